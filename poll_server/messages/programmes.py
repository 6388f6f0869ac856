"""What organisers say when they paste a programme."""

from dataclasses import dataclass
from datetime import date

from poll_server.domain.errors import Malformed
from poll_server.domain.merging import Way
from poll_server.domain.text import fold
from poll_server.messages.fields import Fields, text_of

TITLE_MAXIMUM = 200
ZONE_MAXIMUM = 60


@dataclass(frozen=True, slots=True)
class Programme:
    """An organiser wants to see how a programme is understood, or to ``save`` it.

    ``title``, ``zone`` and ``day`` may be left to the programme itself; ``zone`` is as typed.
    """

    text: str = ""
    title: str = ""
    zone: str = ""
    language: str = "de"
    day: date | None = None
    save: bool = False


def parse_programme(fields: Fields, languages: tuple[str, ...]) -> Programme:
    """Read a pasted programme; raises Malformed."""
    language = text_of(fields, "language")
    if language not in languages:
        raise Malformed("malformed")
    return Programme(
        text_of(fields, "text").replace("\r\n", "\n"),
        fold(text_of(fields, "title"), TITLE_MAXIMUM),
        fold(text_of(fields, "zone"), ZONE_MAXIMUM),
        language,
        _day(text_of(fields, "day")),
        "save" in fields,
    )


@dataclass(frozen=True, slots=True)
class Merging:
    """An organiser wants to see how a programme goes with that of an event, or to ``save`` it in this ``way``.

    ``seen`` is the seal of the programme that they saw, ``looked`` that of the text that was shown as understood.
    """

    text: str = ""
    day: date | None = None
    way: Way = Way.ADD
    seen: str = ""
    looked: str = ""
    save: bool = False


def parse_merging(fields: Fields) -> Merging:
    """Read a programme that is pasted into an event; raises Malformed."""
    way = text_of(fields, "way") if "way" in fields else Way.ADD
    if way not in set(Way):
        raise Malformed("malformed")
    return Merging(
        text_of(fields, "text").replace("\r\n", "\n"),
        _day(text_of(fields, "day")),
        Way(way),
        text_of(fields, "seen"),
        text_of(fields, "looked") if "looked" in fields else "",
        "save" in fields,
    )


def _day(written: str) -> date | None:
    """Return the day of a date field, None for an empty one; raises Malformed."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise Malformed("malformed") from error
