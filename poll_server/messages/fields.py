"""Reading the fields of a message, whichever way it came: over the socket or as a form."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from poll_server.domain.errors import Malformed
from poll_server.domain.text import clean

Fields = Mapping[str, Sequence[str]]
"""A form: each field with all its values."""


def fields_of(message: str | bytes) -> Fields:
    """Read a socket message into fields.

    Raises Malformed for anything but a flat JSON object of strings and lists of strings; ``headers``, which htmx
    adds, is dropped.
    """
    try:
        data = orjson.loads(message)
    except orjson.JSONDecodeError as error:
        raise Malformed("malformed") from error
    if not isinstance(data, dict):
        raise Malformed("malformed")
    data.pop("headers", None)
    return {name: _values(value) for name, value in data.items()}


def fields_of_form(items: Iterable[tuple[str, object]]) -> Fields:
    """Read the (name, value) pairs of a posted form into fields; raises Malformed for an uploaded file."""
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in items:
        fields[name] = fields.get(name, ()) + _values(value)
    return fields


def _values(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (clean(value),)
    if not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise Malformed("malformed")
    return tuple(map(clean, value))


def text_of(fields: Fields, name: str) -> str:
    """Return the one value of a field; raises Malformed if there is none, or are more."""
    values = fields.get(name, ())
    if len(values) != 1:
        raise Malformed("malformed")
    return values[0]


def whole_number(text: str, maximum: int) -> int:
    """Read a number from 0 to ``maximum`` in plain digits; raises Malformed."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(maximum)) and int(text) <= maximum):
        raise Malformed("malformed")
    return int(text)


def number_of(fields: Fields, name: str, maximum: int) -> int:
    """Return the one value of a field as a number from 0 to ``maximum``; raises Malformed."""
    return whole_number(text_of(fields, name), maximum)


def submission_of(fields: Fields) -> UUID | None:
    """Return the id that a client gave its submission, None without one; raises Malformed."""
    text = text_of(fields, "submission") if "submission" in fields else ""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise Malformed("malformed") from error
