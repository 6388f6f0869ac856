"""An event for people's own calendars."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from poll_server.documents.calendar import calendar_of
from poll_server.domain.programme import Item, ItemKind
from poll_server.domain.rounds import Event

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2027, 1, 1, tzinfo=UTC)
JOIN = "https://gefragt.example.de/e/tag"


def item(
    number: int, starts: datetime, ends: datetime | None, title: str = "Wege", kind: ItemKind = ItemKind.TALK
) -> Item:
    """A slot of the programme."""
    return Item(number, starts, ends, False, kind, title, "", ())


SATURDAY = datetime(2027, 3, 27, 22, tzinfo=ZONE)
SUNDAY = datetime(2027, 3, 28, 9, tzinfo=ZONE)
ITEMS = (
    item(1, SATURDAY, datetime(2027, 3, 28, 1, tzinfo=ZONE), "Nacht; der, Orte\\n"),
    item(2, SUNDAY, datetime(2027, 3, 28, 12, tzinfo=ZONE)),
    item(3, datetime(2027, 3, 28, 10, tzinfo=ZONE), datetime(2027, 3, 28, 11, tzinfo=ZONE), "BEGIN:VEVENT\r\nX"),
)
EVENT = Event(7, "tag", "Tag, der; Orte", "", "Land", SATURDAY.date(), "Europe/Berlin", "de", 0, None, False, ITEMS, ())


def entries(event: Event) -> list[Any]:
    """The entries of the calendar of an event."""
    return Calendar.from_ical(calendar_of(event, JOIN, NOW)).walk("VEVENT")


def test_calendar_of_two_days_over_the_change_of_the_clocks() -> None:
    """Each day is one entry with its programme, in the event's zone with its rules; texts cannot break out."""
    written = calendar_of(EVENT, JOIN, NOW)
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    calendar = Calendar.from_ical(written)
    first, second = entries(EVENT)
    assert [(str(one["SUMMARY"]), str(one["UID"]), str(one["URL"])) for one in (first, second)] == [
        ("Tag, der; Orte, Tag 1 von 2", "7-1@gefragt.example.de", JOIN),
        ("Tag, der; Orte, Tag 2 von 2", "7-2@gefragt.example.de", JOIN),
    ]
    assert [(one.start, one.end) for one in (first, second)] == [
        (SATURDAY, datetime(2027, 3, 28, 1, tzinfo=ZONE)),
        (SUNDAY, datetime(2027, 3, 28, 12, tzinfo=ZONE)),
    ]
    assert [one.start.utcoffset() for one in (first, second)] == [timedelta(hours=1), timedelta(hours=2)]
    assert str(first["DESCRIPTION"]) == f"Teilnehmen: {JOIN}\nLand\n22:00  Nacht; der, Orte\\n"
    assert str(second["DESCRIPTION"]).splitlines()[2:] == ["9:00  Wege", "10:00  BEGIN:VEVENT", "X"]
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Berlin"


def test_calendar_keeps_its_names() -> None:
    """Made again later it differs in its stamp only, so that it takes the place of the earlier one."""
    again = calendar_of(EVENT, JOIN, NOW + timedelta(days=1))
    assert again.replace(b"20270102T", b"20270101T") == calendar_of(EVENT, JOIN, NOW)


def test_calendar_without_an_end_and_without_a_programme() -> None:
    """A talk whose end is not known has none; an event without a programme is a whole day."""
    (open_end,) = entries(replace(EVENT, items=(item(1, SUNDAY, None),)))
    assert (open_end.start, "DTEND" in open_end, str(open_end["SUMMARY"])) == (SUNDAY, False, "Tag, der; Orte")
    (whole,) = entries(replace(EVENT, items=()))
    assert (whole.start, whole.end) == (date(2027, 3, 27), date(2027, 3, 28))
