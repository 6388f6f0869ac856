"""Questions asked on the spot find their place."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from poll_server.domain.errors import Conflict
from poll_server.domain.programme import ItemDraft
from poll_server.domain.rounds import Action, Event
from poll_server.storage import rounds
from poll_server.storage.database import Database
from tests.storage.databases import definition, draft, ids, loaded, stepped, stored


async def test_added_question_comes_after_the_one_at_the_desk(database: Database) -> None:
    """A question asked on the spot stands behind the one on the stage, before those that follow."""
    event = await stored(database, draft([definition("A"), definition("B"), definition("C")], [definition("D")]))
    event = await stepped(database, event, Action.OPEN, ids(event)[1])
    event = await _added(database, event, "neu")
    assert _texts(event) == [["A", "B", "neu", "C"], ["D"]]
    event = await _added(database, event, "neuer")
    assert _texts(event) == [["A", "B", "neuer", "neu", "C"], ["D"]]


async def test_added_question_before_the_first_opening_comes_second(database: Database) -> None:
    """Before anything was asked, the desk is at the first question."""
    event = await _added(database, await stored(database, draft([definition("A"), definition("B")])), "neu")
    assert _texts(event) == [["A", "neu", "B"]]


async def test_added_question_in_an_event_without_rounds_gets_one(database: Database) -> None:
    """An event without rounds gets one outside its programme, which the next such question joins."""
    talk = ItemDraft(datetime(2026, 11, 22, 9, 30, tzinfo=UTC), "Vortrag")
    event = await stored(database, replace(draft(), items=(talk,)))
    assert event.rounds == ()
    event = await _added(database, event, "erste")
    event = await _added(database, event, "zweite")
    assert [(r.item_id, r.title) for r in event.rounds] == [(None, "Spontan")]
    assert _texts(event) == [["erste", "zweite"]]


async def test_added_question_from_an_older_state_is_a_conflict(database: Database) -> None:
    """A question that was written while somebody else took a step is not stored."""
    event = await stored(database)
    now = await stepped(database, event, Action.OPEN, ids(event)[0])
    with pytest.raises(Conflict):
        await _added(database, event, "neu")
    assert await loaded(database, event) == now


async def _added(database: Database, event: Event, text: str) -> Event:
    async with database.write() as connection:
        await rounds.add_question(connection, event, event.revision, definition(text), "Spontan")
    return await loaded(database, event)


def _texts(event: Event) -> list[list[str]]:
    return [[question.definition.text for question in round_.questions] for round_ in event.rounds]
