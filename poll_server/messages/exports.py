"""What organisers say about the files of an event."""

from collections.abc import Collection
from dataclasses import dataclass

from poll_server.domain.errors import Malformed
from poll_server.messages.fields import Fields, text_of


@dataclass(frozen=True, slots=True)
class MakeExport:
    """An organiser wants the files of an event in a format."""

    form: str


@dataclass(frozen=True, slots=True)
class EndExport:
    """An organiser stops the making of files, or takes them away."""

    id: str


def parse_export(fields: Fields, forms: Collection[str]) -> MakeExport | EndExport:
    """Read what an organiser wants with the files, in one of these formats; raises Malformed."""
    if "end" in fields:
        return EndExport(text_of(fields, "end"))
    form = text_of(fields, "form")
    if form not in forms:
        raise Malformed("malformed")
    return MakeExport(form)
