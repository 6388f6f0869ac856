"""Everything a client may say: one parse at the door, then only types.

Over the socket a message is a flat JSON object with string values, repeated fields as lists, as htmx sends a form; over
HTTP it is the same form. ``docs/protocol.md`` describes each message, and a test runs its examples.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from poll_server.domain.ballots import NUMBER_MAXIMUM
from poll_server.domain.errors import Malformed
from poll_server.domain.rounds import Action
from poll_server.domain.text import clean

ANSWERS_MAXIMUM = 50
WAVE_MAXIMUM = 2**31 - 1
ID_MAXIMUM = 2**63 - 1

Fields = Mapping[str, Sequence[str]]
"""A form: each field with all its values."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One submission of an answer. ``submission`` is None when the client gave no id; then the newest form stands."""

    question: int
    wave: int
    number: int
    submission: UUID | None
    answer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A moderator's step with a question; ``seen`` is the event's revision that the sender saw."""

    action: Action
    question: int
    seen: int


@dataclass(frozen=True, slots=True)
class Look:
    """A moderator selects a question at the desk; 0 follows the stage."""

    question: int


@dataclass(frozen=True, slots=True)
class Ask:
    """A moderator asks a question that was not prepared; ``open_now`` opens it at once."""

    kind: str
    text: str
    options: tuple[str, ...]
    open_now: bool
    seen: int


@dataclass(frozen=True, slots=True)
class ShowJoin:
    """A moderator puts the join code on the screen, or takes it away."""

    shown: bool
    seen: int


@dataclass(frozen=True, slots=True)
class Rehearse:
    """A moderator begins a rehearsal, or ends it and wipes what was asked in it."""

    begin: bool
    seen: int


DeskMessage = Command | Look | Ask | ShowJoin | Rehearse


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


def parse_vote(fields: Fields) -> Vote:
    """Read a vote; raises Malformed, also for a message that is no vote at all."""
    if "question" not in fields:
        raise Malformed("unknown_message")
    answer = _answer(fields)
    if len(answer) > ANSWERS_MAXIMUM:
        raise Malformed("malformed")
    return Vote(
        question=_number(fields, "question", ID_MAXIMUM),
        wave=_number(fields, "wave", WAVE_MAXIMUM),
        number=_number(fields, "number", NUMBER_MAXIMUM),
        submission=_submission(fields),
        answer=answer,
    )


def _answer(fields: Fields) -> tuple[str, ...]:
    """Return the values of ``answer``, and those of ``answer.KEY`` as ``KEY=value`` unless they are empty."""
    given = list(fields.get("answer", ()))
    for name, values in fields.items():
        if name.startswith("answer."):
            given += [f"{name.removeprefix('answer.')}={value}" for value in values if value.strip()]
    return tuple(given)


def parse_desk(fields: Fields) -> DeskMessage:
    """Read what a moderator says; raises Malformed."""
    action = _text(fields, "action")
    if action == "look":
        return Look(_number(fields, "question", ID_MAXIMUM))
    seen = _number(fields, "seen", ID_MAXIMUM)
    if action == "ask":
        lines = (line.strip() for line in _text(fields, "options").splitlines())
        options = tuple(line for line in lines if line)
        return Ask(_text(fields, "kind"), _text(fields, "text").strip(), options, "open" in fields, seen)
    if action in ("join_show", "join_hide"):
        return ShowJoin(action == "join_show", seen)
    if action in ("rehearsal_begin", "rehearsal_wipe"):
        return Rehearse(action == "rehearsal_begin", seen)
    if action in set(Action) - {Action.SETTLE}:
        return Command(Action(action), _number(fields, "question", ID_MAXIMUM), seen)
    raise Malformed("unknown_message")


def _values(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in values):
        raise Malformed("malformed")
    return tuple(map(clean, values))


def _text(fields: Fields, name: str) -> str:
    values = fields.get(name, ())
    if len(values) != 1:
        raise Malformed("malformed")
    return values[0]


def whole_number(text: str, maximum: int) -> int:
    """Read a number from 0 to ``maximum`` in plain digits; raises Malformed."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(maximum)) and int(text) <= maximum):
        raise Malformed("malformed")
    return int(text)


def _number(fields: Fields, name: str, maximum: int) -> int:
    return whole_number(_text(fields, name), maximum)


def _submission(fields: Fields) -> UUID | None:
    text = _text(fields, "submission") if "submission" in fields else ""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise Malformed("malformed") from error
