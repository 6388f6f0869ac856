"""Comparisons of series made of values alone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from poll_server.documents.series import Comparison, compare
from poll_server.domain.library import Asking
from poll_server.domain.programme import Definition, Series, SeriesEvent
from tests.documents.exports import BERLIN

DAYS = {f"tag{at}": date(2026, at, 3) for at in range(1, 13)}
"""Codes of events, a month after each other."""


def asking(event: str, definition: Definition, tally: Mapping[str, int], *, id: int = 1, again: int = 1) -> Asking:
    """What came of a question at one of the events, asked so many times."""
    day = DAYS[event]
    opened = datetime(day.year, day.month, day.day, 11, 15, again, tzinfo=BERLIN)
    return Asking(f"Veranstaltung {event}", event, id, again, opened, 130, definition, tally, {}, False)


def series(events: Sequence[str], title: str = "Kommunen im Gespräch", language: str = "de") -> Series:
    """A series of these events."""
    listed = tuple(SeriesEvent(code, f"Veranstaltung {code}", DAYS[code], None, None) for code in events)
    return Series("reihe", title, "Netzwerk", language, listed)


def compared(*askings: Asking, left_out: int = 0) -> Comparison:
    """What a series of the events of these askings has in common."""
    events = sorted({one.code for one in askings}, key=lambda code: DAYS[code])
    return compare(series(events), sorted(askings, key=lambda one: one.opened), left_out)
