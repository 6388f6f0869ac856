"""Times of a programme that move: among neighbours, and when a conference runs late, over the change of summer time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from poll_server.domain.errors import Forbidden, Unknown
from poll_server.domain.programme import Item, ItemKind
from poll_server.domain.slots import Times, beside, moved, seal, shifted, until_now

BERLIN = ZoneInfo("Europe/Berlin")


def at(clock: str, day: str = "2026-11-22") -> datetime:
    """A time in Berlin."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BERLIN)


def item(number: int, starts: str, ends: str = "", kind: ItemKind = ItemKind.TALK, day: str = "2026-11-22") -> Item:
    """A slot; its end is open without one."""
    return Item(number, at(starts, day), at(ends, day) if ends else None, False, kind, f"Punkt {number}", "", ())


DAY = (
    item(1, "09:30", "09:45"),
    item(2, "09:45", "10:30"),
    item(3, "11:00", "11:30"),
    item(4, "11:30"),
    item(5, "12:00", "", ItemKind.END),
    item(6, "09:00", "10:00", day="2026-11-23"),
)


def told(times: Times) -> dict[int, str]:
    """Times on the clock, by slot."""
    return {
        number: f"{starts:%H:%M}-{ends:%H:%M}" if ends else f"{starts:%H:%M}"
        for number, (starts, ends) in sorted(times.items())
    }


@pytest.mark.parametrize(
    ("number", "by", "order", "expected"),
    [
        (1, 1, [2, 1, 3, 4, 5], {1: "10:15-10:30", 2: "09:30-10:15"}),
        (2, 1, [1, 3, 2, 4, 5], {2: "10:45-11:30", 3: "09:45-10:15"}),
        (3, -2, [3, 1, 2, 4, 5], {1: "10:00-10:15", 2: "10:45-11:30", 3: "09:30-10:00"}),
        (4, -1, [1, 2, 4, 3, 5], {3: "11:30-12:00", 4: "11:00"}),
    ],
)
def test_moved_slots_keep_their_lengths(number: int, by: int, order: list[int], expected: dict[int, str]) -> None:
    """Neighbours change places with their lengths and the gap between them; where an end is open, with their starts."""
    after, times = moved(DAY, number, by=by)
    stayed = {one.id: (one.starts, one.ends) for one in DAY[:5] if one.id not in expected}
    assert ([one.id for one in after], told(times)) == (order, told(stayed) | expected)


@pytest.mark.parametrize(("number", "by"), [(1, -1), (4, 1), (5, -1), (6, 1), (6, -1), (1, 4)])
def test_moves_end_at_the_edge_of_the_day(number: int, by: int) -> None:
    """Neither into another day nor past the end of the event."""
    with pytest.raises(Forbidden, match="slot_edge"):
        moved(DAY, number, by=by)


def test_all_that_follow_begin_later() -> None:
    """What ends where the slot begins goes on until then, other days stay, and the same time earlier is what it was."""
    later = shifted(DAY, 2, timedelta(minutes=5))
    assert told(later) == {1: "09:30-09:50", 2: "09:50-10:35", 3: "11:05-11:35", 4: "11:35", 5: "12:05"}
    late = tuple(
        replace(one, starts=later[one.id][0], ends=later[one.id][1]) if one.id in later else one for one in DAY
    )
    assert shifted(late, 2, timedelta(minutes=-5)) == {one.id: (one.starts, one.ends) for one in DAY[:5]}


def test_nothing_begins_before_the_one_before_it() -> None:
    """Earlier is refused where the slot before would have no time left; later is not."""
    with pytest.raises(Forbidden, match="too_early"):
        shifted(DAY, 2, timedelta(minutes=-15))
    assert told(shifted(DAY, 2, timedelta(minutes=-10)))[1] == "09:30-09:35"


def test_slot_begins_in_the_present_minute() -> None:
    """A slot begins now, whether it should have begun already or not; one that is hours away does not."""
    assert until_now(DAY[1], at("09:52:40")) == timedelta(minutes=7)
    assert until_now(DAY[1], at("09:40:01").astimezone(UTC)) == timedelta(minutes=-5)
    with pytest.raises(Forbidden, match="not_now"):
        until_now(DAY[5], at("09:00"))


@pytest.mark.parametrize(("day", "night"), [("2026-03-29", ["03:03", "03:33"]), ("2026-10-25", ["02:03", "02:33"])])
def test_later_is_real_time_over_the_change_of_summer_time(day: str, night: list[str]) -> None:
    """Five minutes are five minutes of people's lives, though the clock jumps by an hour meanwhile."""
    items = (
        item(1, "01:58", day=day),
        replace(item(2, "01:58", day=day), ends=at("01:58", day) + timedelta(minutes=30)),
    )
    if day.startswith("2026-03"):  # 30 minutes later the clock says 3.28
        items = (items[0], replace(items[1], ends=at("03:28", day)))
    times = shifted(items, 2, timedelta(minutes=5))
    assert [f"{moment:%H:%M}" for moment in times[2] if moment] == night
    starts, ends = times[2]
    assert ends is not None
    assert ends.astimezone(UTC) - starts.astimezone(UTC) == timedelta(minutes=30)


def test_slots_that_run_beside_others_are_found() -> None:
    """A slot that begins while any earlier one runs is named; one that begins at its end is not."""
    long = replace(DAY[0], ends=at("11:10"))
    assert [sorted(beside(DAY)), sorted(beside((long, *DAY[1:])))] == [[], [2, 3]]


def test_seal_changes_with_each_field() -> None:
    """What one organiser has seen is known by any change, and by none else."""
    changed = [replace(DAY[0], title="x"), replace(DAY[0], ends=None), replace(DAY[0], about=True)]
    assert len({seal(one) for one in (DAY[0], *changed)}) == 4
    assert seal(DAY) == seal(tuple(DAY))
    with pytest.raises(Unknown):
        moved(DAY, 99, by=1)
