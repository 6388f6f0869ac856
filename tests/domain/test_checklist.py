"""What the check list finds in the times of a programme."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from poll_server.domain.checklist import Wrong, slot_flaws
from poll_server.domain.programme import Item, ItemKind

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 11, 25)


def item(title: str, starts: str, ends: str = "", day: int = 25) -> Item:
    """A slot at these times of a day in November."""
    at = [
        datetime.fromisoformat(f"2026-11-{day}T{time}").replace(tzinfo=BERLIN) if time else None
        for time in (starts, ends)
    ]
    assert at[0]
    return Item(1, at[0], at[1], False, ItemKind.TALK, title, "", ())


def found(*items: Item, last: date | None = None) -> list[tuple[Wrong, str, str]]:
    """What is wrong, with the titles concerned."""
    flaws = slot_flaws(items, DAY, last)
    return [(flaw.wrong, flaw.item.title, flaw.after.title if flaw.after else "") for flaw in flaws]


def test_slots_that_follow_one_another_have_no_flaw() -> None:
    """One begins when the other ends, or one has no end; a night between two days is no gap."""
    fine = [item("a", "09:00", "10:00"), item("b", "10:00"), item("c", "11:00", "17:00")]
    assert found(*fine, item("d", "09:00", "10:00", day=26)) == []


def test_slot_that_ends_first_is_told_alone() -> None:
    """An end before the start is one flaw, and makes no gap or overlap of its own."""
    slots = (item("a", "09:00", "10:00"), item("b", "10:00", "09:30"), item("c", "10:00", "11:00"))
    assert found(*slots) == [(Wrong.ENDS_FIRST, "b", "")]


def test_overlaps_are_told_with_the_slot_that_lasts_longest() -> None:
    """A long slot overlaps all that begin while it lasts, whatever their order."""
    slots = (item("c", "11:00", "12:00"), item("long", "09:00", "12:00"), item("b", "10:00", "10:30"))
    assert found(*slots) == [(Wrong.OVERLAP, "b", "long"), (Wrong.OVERLAP, "c", "long")]


def test_gaps_are_told_after_the_latest_end() -> None:
    """A gap begins when all slots before are over."""
    slots = (item("a", "09:00", "11:00"), item("b", "09:30", "10:00"), item("c", "11:15", "12:00"))
    assert found(*slots) == [(Wrong.OVERLAP, "b", "a"), (Wrong.GAP, "c", "a")]


def test_slots_outside_the_days_of_the_event() -> None:
    """Days that follow one another belong to the event; a day before it, or one after a pause, does not."""
    slots = (item("early", "09:00", day=24), item("second", "09:00", day=26), item("late", "09:00", day=28))
    assert found(*slots) == [(Wrong.OUTSIDE, "early", ""), (Wrong.OUTSIDE, "late", "")]
    assert found(*slots, last=date(2026, 11, 28)) == [(Wrong.OUTSIDE, "early", "")]
    assert found(*slots, last=DAY) == [(Wrong.OUTSIDE, title, "") for title in ("early", "second", "late")]
