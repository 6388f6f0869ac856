"""A programme that comes into an event, in both databases: whole or not at all, and nothing that was asked is lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from poll_server.domain.contributions import SessionState
from poll_server.domain.errors import Conflict
from poll_server.domain.merging import Merger, Way, merge
from poll_server.domain.programme import ItemDraft, ItemKind, Person
from poll_server.domain.rounds import Event
from poll_server.storage import ballots, contributions, slots
from poll_server.storage.database import Database
from tests.storage.databases import STARTS, ballot, definition, draft, ids, loaded, opened, stored, tally
from tests.storage.sessions import asking, with_session


def slot(hours: float, title: str, kind: ItemKind = ItemKind.TALK, **more: Any) -> ItemDraft:
    """A slot so many hours after the beginning of the event."""
    return replace(ItemDraft(STARTS + timedelta(hours=hours), title, kind=kind), **more)


async def merged(database: Database, event: Event, merger: Merger) -> Event:
    """Take a programme into an event, and read that."""
    async with database.write() as connection:
        await slots.merge(connection, event, merger)
    return await loaded(database, event)


async def test_added_programme_stands_in_the_order_of_time(database: Database) -> None:
    """Rounds and question sessions come with their slots; what was there stays, with its ids."""
    event = await stored(database, draft([definition()], []))
    new = (slot(0.5, "Auftakt"), slot(1.5, "Mitte", ItemKind.ROUND), slot(9, "Fragen", ItemKind.QUESTION_SESSION))
    after = await merged(database, event, merge(event, new, Way.ADD, ()))
    assert [item.title for item in after.items] == ["Auftakt", "Runde 1", "Mitte", "Runde 2", "Fragen"]
    assert [(round_.title, len(round_.questions)) for round_ in after.rounds] == [
        ("Runde 1", 1),
        ("Mitte", 0),
        ("Runde 2", 0),
    ]
    assert {item.id for item in event.items} < {item.id for item in after.items}
    async with database.read() as connection:
        sessions = await contributions.sessions(connection, event.id)
    assert (list(sessions), after.revision) == ([after.items[-1].id], event.revision + 1)


async def test_replaced_programme_keeps_what_was_asked(database: Database) -> None:
    """A round goes on with its answers at another time; one that was only prepared stays outside the programme."""
    event = await opened(database)
    (question_id,) = ids(event)
    await ballots.count(database, [ballot(question_id, "a")])
    first = event.items[0]
    more = (
        slot(5, "Vorbereitet", ItemKind.ROUND, questions=(definition("Später?"),)),
        slot(6, "Pause", ItemKind.BREAK),
    )
    event = await merged(database, event, merge(event, more, Way.ADD, ()))
    people = (Person("Eva", "Rat"),)
    new = (slot(2, "Tor"), slot(3, first.title, ItemKind.ROUND, people=people, description="Neu"))
    after = await merged(database, event, merge(event, new, Way.REPLACE, ()))
    assert [(item.title, item.starts - STARTS, item.people) for item in after.items] == [
        ("Tor", timedelta(hours=2), ()),
        (first.title, timedelta(hours=3), people),
    ]
    assert after.items[1].id == first.id
    assert [(round_.item_id, len(round_.questions)) for round_ in after.rounds] == [(first.id, 1), (None, 1)]
    assert await tally(database, question_id) == {"#": 1, "o1": 1}


async def test_round_that_was_asked_stays_though_it_is_not_in_the_new_one(database: Database) -> None:
    """Its slot stays as it is, among the new ones."""
    event = await opened(database)
    after = await merged(database, event, merge(event, (slot(9, "Tor"),), Way.REPLACE, ()))
    assert [item.title for item in after.items] == ["Runde 1", "Tor"]
    assert after.items[0] == event.items[0]


async def test_opened_session_cannot_go(database: Database) -> None:
    """A session that is opened after the plan was made refuses it; nothing of the plan is done."""
    found = await asking(database)
    merger = merge(found.event, (slot(9, "Tor"),), Way.REPLACE, ())
    assert found.session in [item.id for item in merger.gone]
    with pytest.raises(Conflict):
        await merged(database, found.event, merger)
    assert await loaded(database, found.event) == found.event
    assert (await found.sessions())[found.session].state is SessionState.OPEN


async def test_session_that_has_not_begun_goes_with_its_slot(database: Database) -> None:
    """No row of it is left; a replaced programme may be empty but for what stays."""
    event = await stored(database, with_session())
    after = await merged(database, event, merge(event, (slot(9, "Tor"),), Way.REPLACE, ()))
    async with database.read() as connection:
        assert await contributions.sessions(connection, event.id) == {}
    assert [item.title for item in after.items] == ["Tor"]


async def test_programme_on_an_old_state_is_refused(database: Database) -> None:
    """Whoever has read an earlier revision changes nothing."""
    event = await stored(database)
    after = await merged(database, event, merge(event, (slot(9, "Erster"),), Way.ADD, ()))
    for way in Way:
        with pytest.raises(Conflict):
            await merged(database, event, merge(event, (slot(9, "Zweiter"),), way, ()))
    assert await loaded(database, event) == after
