"""What was understood of a programme, whatever it was read from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from poll_server.domain.programme import EventDraft, ItemDraft
from poll_server.i18n import N_, Sentence

PROGRAMME_MAXIMUM = 200_000
"""Characters of a programme; the longest real ones have some ten thousand."""
ITEMS_MAXIMUM = 500
SCHEDULE_MAXIMUM = 4_000_000
"""Bytes of a schedule.json: of a large conference, with texts about all its people, it has some three millions."""
TOO_LONG = N_(
    "This is too long and has not been read. A programme has at most %(maximum)s characters, a schedule.json at most "
    "%(megabytes)s MB. Please take the programme alone.",
    maximum=f"{PROGRAMME_MAXIMUM:,}".replace(",", "\N{NARROW NO-BREAK SPACE}"),
    megabytes=SCHEDULE_MAXIMUM // 1_000_000,
)


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of one line; ``line`` counts from 1, ``text`` is its beginning."""

    line: int
    text: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class ReadProgramme:
    """What was understood of a programme.

    ``unread`` are the lines that were not, ``remarks`` say what is odd about lines that were. ``problem`` says why
    nothing can be made of it, ``notices`` what is to be said of the file as a whole. ``items`` are in the order of
    time. ``time_zone`` is the name of the one that the programme itself names.
    """

    title: str = ""
    organisers: str = ""
    items: tuple[ItemDraft, ...] = ()
    unread: tuple[Remark, ...] = ()
    remarks: tuple[Remark, ...] = ()
    problem: Sentence | None = None
    series: bool = False
    notices: tuple[Sentence, ...] = ()
    time_zone: str = ""

    @property
    def days(self) -> tuple[tuple[date, tuple[ItemDraft, ...]], ...]:
        """The items by day."""
        return tuple((day, tuple(items)) for day, items in groupby(self.items, lambda item: item.starts.date()))


def drafts_of(read: ReadProgramme, title: str, time_zone: str, language: str) -> tuple[EventDraft, ...]:
    """Return the events that a programme makes: one, or of a series one for each of its dates, named by its talk."""
    if not read.series:
        return (_event(title, time_zone, language, read.organisers, read.items),)
    return tuple(_event(item.title, time_zone, language, read.organisers, (item,)) for item in read.items)


def _event(title: str, time_zone: str, language: str, organisers: str, items: Sequence[ItemDraft]) -> EventDraft:
    first, last = items[0].starts.date(), max(item.starts.date() for item in items)
    return EventDraft(
        title,
        first,
        time_zone,
        language,
        organisers=organisers,
        items=tuple(items),
        last_day=last if last > first else None,
    )
