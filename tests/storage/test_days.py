"""Moving an event to another day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from poll_server.domain.programme import EventDraft, ItemDraft
from poll_server.domain.rounds import Event
from poll_server.storage import ballots, days, events
from poll_server.storage.database import Database
from tests.storage.databases import ballot, ids, opened, stored, tally

BERLIN = ZoneInfo("Europe/Berlin")


async def moved(database: Database, event: Event, day: date) -> Event:
    """Move an event and read it."""
    async with database.write() as connection:
        await days.move(connection, event.id, day)
        return await events.load(connection, event.id)


@pytest.mark.parametrize("day", [date(2026, 3, 30), date(2026, 11, 22), date(2026, 3, 28), date(2025, 12, 31)])
async def test_move_keeps_the_times_of_the_wall(database: Database, day: date) -> None:
    """Whether the clocks change in between or not, every slot begins and ends at the same time of the new day."""
    at = [datetime(2026, 3, 28, hour, 30, tzinfo=BERLIN) for hour in (9, 11, 14)]
    items = (ItemDraft(at[0], "Begrüßung", at[1]), ItemDraft(at[1], "Runde", at[2]), ItemDraft(at[2], "Ende"))
    event = await stored(database, EventDraft("Tagung", at[0].date(), BERLIN.key, "de", items=items))
    after = await moved(database, event, day)
    slots = [(item.starts.isoformat(), item.ends and item.ends.isoformat()) for item in after.items]
    expected = [datetime.combine(day, moment.time(), BERLIN).isoformat() for moment in at]
    assert (after.day, slots) == (day, list(zip(expected, [*expected[1:], None], strict=True)))


async def test_move_keeps_what_was_asked_and_answered(database: Database) -> None:
    """Questions, their states and ballots are the same afterwards."""
    event = await opened(database)
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, "a")])
    after = await moved(database, event, date(2027, 1, 1))
    assert (after.rounds, after.revision, await tally(database, question_id)) == (
        event.rounds,
        event.revision,
        {"#": 1, "o1": 1},
    )
