"""What is on now, and when the audience is asked next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from poll_server.domain.programme import Item, ItemKind, item_now, next_round

TALK, ROUND, BREAK, END = ItemKind.TALK, ItemKind.ROUND, ItemKind.BREAK, ItemKind.END


def at(clock: str, seconds: int = 0) -> datetime:
    """A time of the day in Berlin."""
    hour, minute = clock.split(":")
    return datetime(2026, 11, 22, int(hour), int(minute), seconds, tzinfo=ZoneInfo("Europe/Berlin"))


def item(number: int, starts: str, ends: str = "", kind: ItemKind = TALK) -> Item:
    """A slot; its end is open without one."""
    return Item(number, at(starts), at(ends) if ends else None, False, kind, f"Punkt {number}", "", ())


DAY = (
    item(1, "9:30", "9:45"),
    item(2, "9:45", "10:30", ROUND),
    item(3, "11:00", "11:30", BREAK),
    item(4, "11:30", "", ROUND),
    item(5, "12:00", "", END),
)
OPEN_END = DAY[:4]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at("9:29", 59), None),
        (at("9:30"), 1),
        (at("9:44", 59), 1),
        (at("9:45"), 2),
        (at("10:30"), None),
        (at("10:59", 59), None),
        (at("11:00"), 3),
        (at("11:59", 59), 4),
        (at("12:00"), None),
        (at("23:59"), None),
    ],
)
def test_item_now_at_every_edge_of_the_day(now: datetime, expected: int | None) -> None:
    """A slot runs from its start up to its end, the next start or the event's end; in a gap nothing does."""
    found = item_now(DAY, now)
    assert (found and found.id) == expected


def test_item_now_after_a_last_slot_with_an_open_end() -> None:
    """The last slot runs on where nothing says when it ends."""
    assert item_now(OPEN_END, at("9:30") + timedelta(days=1)) == DAY[3]


def test_item_now_in_another_time_zone() -> None:
    """The same moment on another clock finds the same slot."""
    assert item_now(DAY, at("9:45").astimezone(UTC)) == DAY[1]


@pytest.mark.parametrize(
    ("now", "expected"),
    [(at("9:00"), 2), (at("9:44", 59), 2), (at("9:45"), 4), (at("11:29", 59), 4), (at("11:30"), None)],
)
def test_next_round_is_the_first_that_has_not_begun(now: datetime, expected: int | None) -> None:
    """The next round is the first one that begins after now; a running one is not the next."""
    found = next_round(DAY, now)
    assert (found and found.id) == expected


@pytest.mark.parametrize("items", [(), DAY[:1], DAY[4:]])
def test_next_round_without_rounds(items: tuple[Item, ...]) -> None:
    """Where nobody is asked, there is no next round."""
    assert next_round(items, at("9:00")) is None
    assert item_now(items, at("9:00")) is None


def test_item_now_while_slots_overlap() -> None:
    """A long slot is on again when one that began later and ran beside it is over."""
    items = (item(1, "9:00", "12:00"), item(2, "9:30", "10:00"))
    assert [item_now(items, at(clock)) for clock in ("9:15", "9:45", "10:00", "12:00")] == [*items, items[0], None]


def test_item_now_on_days_of_a_longer_event() -> None:
    """A slot with an open end lasts until its day is over where the event goes on; on the last day it runs on."""
    tomorrow = replace(item(3, "9:00"), starts=at("9:00") + timedelta(days=1))
    items = (item(1, "9:00", "10:00"), item(2, "18:00"), tomorrow)
    moments = [
        at("23:59"),
        at("23:59") + timedelta(minutes=1),
        at("9:00") + timedelta(days=1),
        at("9:00") + timedelta(days=2),
    ]
    assert [item_now(items, moment) for moment in moments] == [items[1], None, tomorrow, tomorrow]
