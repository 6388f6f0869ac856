"""Slots of a programme in both databases: stored, changed, moved and deleted, with what hangs on them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from poll_server.domain.errors import Conflict
from poll_server.domain.programme import ItemDraft, ItemKind, Person
from poll_server.domain.rounds import Event
from poll_server.domain.slots import shifted
from poll_server.storage import ballots, events, slots
from poll_server.storage.database import Database
from tests.storage.databases import STARTS, ballot, definition, draft, ids, opened, stored, tally

CHANGE = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
"""Half past one in Berlin, an hour and a half before the clock is put back."""


async def read(database: Database, event: Event) -> Event:
    """The event as it is stored now."""
    async with database.read() as connection:
        return await events.load(connection, event.id)


async def test_added_slots_stand_in_the_order_of_time(database: Database) -> None:
    """Rounds are numbered with their slots; a question session comes with its slot; people and open ends are kept."""
    event = await stored(database, draft([definition("eins")], [definition("zwei")]))
    early = ItemDraft(STARTS, "Früh", people=(Person("Eva", "Rat"),), kind=ItemKind.QUESTION_SESSION)
    between = ItemDraft(STARTS + timedelta(minutes=90), "Mitte", kind=ItemKind.ROUND)
    async with database.write() as connection:
        await slots.add(connection, event, [between, early])
    after = await read(database, event)
    assert [item.title for item in after.items] == ["Früh", "Runde 1", "Mitte", "Runde 2"]
    assert [round_.title for round_ in after.rounds] == ["Runde 1", "Mitte", "Runde 2"]
    assert (after.items[0].people, after.items[0].ends) == ((Person("Eva", "Rat"),), None)
    assert after.revision == event.revision + 1


async def test_deleted_slot_leaves_questions_and_answers(database: Database) -> None:
    """A round with answers stays outside the programme, with its answers; the slot is gone."""
    event = await opened(database)
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, "a")])
    async with database.write() as connection:
        await slots.remove(connection, event, event.items)
    after = await read(database, event)
    assert (after.items, [round_.item_id for round_ in after.rounds]) == ((), [None])
    assert await tally(database, question_id) == {"#": 1, "o1": 1}


async def test_changed_slot_is_what_its_form_says(database: Database) -> None:
    """A round whose slot becomes a talk stays if it has questions; its title follows the slot's while it is one."""
    event = await stored(database, draft([definition()], []))
    first, second = event.items
    async with database.write() as connection:
        await slots.rewrite(
            connection, event, first, ItemDraft(first.starts, "Anders", kind=ItemKind.ROUND, description="<b>")
        )
    renamed = await read(database, event)
    assert (renamed.rounds[0].title, renamed.items[0].description) == ("Anders", "<b>")
    async with database.write() as connection:
        await slots.rewrite(connection, renamed, renamed.items[0], ItemDraft(first.starts, "Vortrag"))
    talk = await read(database, event)
    async with database.write() as connection:
        await slots.rewrite(connection, talk, talk.items[1], ItemDraft(second.starts, "Pause", kind=ItemKind.BREAK))
    after = await read(database, event)
    assert [(round_.item_id, len(round_.questions)) for round_ in after.rounds] == [(None, 1)]


async def test_times_that_move_are_stored_over_the_change_of_summer_time(database: Database) -> None:
    """Five minutes later is five minutes of real time in both databases, also where the clock shows an hour twice."""
    items = (ItemDraft(CHANGE, "Nacht", CHANGE + timedelta(hours=1)), ItemDraft(CHANGE + timedelta(hours=1), "Ende"))
    event = await stored(database, replace(draft(), items=items))
    times = shifted(event.items, event.items[1].id, timedelta(minutes=35))
    async with database.write() as connection:
        await slots.retime(connection, event, times)
    after = await read(database, event)
    assert [item.starts.astimezone(UTC) - CHANGE for item in after.items] == [timedelta(0), timedelta(minutes=95)]
    assert (f"{after.items[1].starts:%H:%M}", after.items[1].starts.fold) == ("02:05", 1)
    assert after.items[0].ends == after.items[1].starts


async def test_change_on_an_old_state_is_refused(database: Database) -> None:
    """Whoever has read an earlier revision changes nothing."""
    event = await stored(database)
    async with database.write() as connection:
        await slots.add(connection, event, [ItemDraft(STARTS, "Erster")])
    with pytest.raises(Conflict):
        async with database.write() as connection:
            await slots.add(connection, event, [ItemDraft(STARTS, "Zweiter")])
    assert [item.title for item in (await read(database, event)).items] == ["Erster", "Runde 1"]
