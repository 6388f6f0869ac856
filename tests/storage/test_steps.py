"""Moderators' steps move events and questions once, and askings keep what they were."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from poll_server.domain.errors import Conflict
from poll_server.domain.rounds import Action, Event, State, plan
from poll_server.storage import ballots, rounds, steps
from poll_server.storage.database import Database
from poll_server.storage.tables import metadata
from tests.storage.databases import ballot, definition, draft, ids, loaded, opened, rows, stepped, stored, tally

BERLIN = ZoneInfo("Europe/Berlin")


async def test_step_moves_question_stage_and_revision(database: Database) -> None:
    """Opening puts the question on the stage, counts the revision and notes when."""
    event = await stored(database, draft([definition(), definition()]))
    before = datetime.now(UTC)
    after = await stepped(database, event, Action.OPEN, ids(event)[1])
    states = [question.state for question in after.questions]
    assert (states, after.current, after.revision) == ([State.READY, State.OPEN], ids(event)[1], 1)
    moment = after.question(ids(event)[1]).opened
    assert moment is not None
    assert (before <= moment <= datetime.now(UTC), moment.tzinfo) == (True, BERLIN)


async def test_step_from_an_older_state_is_a_conflict(database: Database) -> None:
    """A step whose sender saw an older revision does nothing."""
    event = await stored(database)
    question_id = ids(event)[0]
    now = await stepped(database, event, Action.OPEN, question_id)
    with pytest.raises(Conflict):
        await stepped(database, event, Action.OPEN, question_id)
    assert await loaded(database, event) == now


async def test_step_planned_from_another_state_changes_nothing(database: Database) -> None:
    """Even with the right revision a step is not taken if the question stands elsewhere than planned."""
    event = await stored(database)
    question_id = ids(event)[0]
    now = await stepped(database, event, Action.OPEN, question_id)
    with pytest.raises(Conflict):
        async with database.write() as connection:
            await steps.take_step(
                connection, now, now.revision, plan(event, Action.OPEN, question_id), Action.OPEN, present=0
            )
    assert await loaded(database, event) == now


async def test_two_steps_at_once_are_one_step(database: Database) -> None:
    """Of two steps with the same revision in the same moment exactly one wins, thirty times in a row."""
    for _ in range(30):
        event = await stored(database)
        outcomes = await _outcomes(*(stepped(database, event, Action.OPEN, ids(event)[0]) for _ in range(2)))
        now = await loaded(database, event)
        assert (sorted(outcomes), now.revision) == (["Conflict", "Event"], 1)


async def test_different_steps_at_once_are_one_step(database: Database) -> None:
    """Close, take back, another question and the join code in the same moment: one wins and the others are told."""
    event = await opened(database)
    question_id = ids(event)[0]

    async def join() -> Event:
        async with database.write() as connection:
            await steps.show_join(connection, event, event.revision, shown=True)
            return event

    async def ask() -> Event:
        async with database.write() as connection:
            await rounds.add_question(connection, event, event.revision, definition(), "")
            return event

    taken = (stepped(database, event, action, question_id) for action in (Action.CLOSE, Action.TAKE_BACK))
    outcomes = await _outcomes(*taken, join(), ask())
    assert sorted(outcomes) == ["Conflict", "Conflict", "Conflict", "Event"]
    assert (await loaded(database, event)).revision == event.revision + 1


async def test_join_code_stays_until_the_moderators_next_step(database: Database) -> None:
    """The join code on the screen goes with the moderator's next step, but not with the server's own settling."""
    event = await opened(database)
    question_id = ids(event)[0]
    closing = await stepped(database, event, Action.CLOSE, question_id)
    async with database.write() as connection:
        await steps.show_join(connection, closing, closing.revision, shown=True)
    joining = await loaded(database, event)
    settled = await stepped(database, joining, Action.SETTLE, question_id)
    shown = await stepped(database, settled, Action.SHOW, question_id)
    assert [one.join_shown for one in (joining, settled, shown)] == [True, True, False]


async def test_closing_keeps_when_and_how_many_were_there(database: Database) -> None:
    """A question that closes notes the moment and the number of people; settling does not move either."""
    event = await opened(database)
    question_id = ids(event)[0]
    closing = (await stepped(database, event, Action.CLOSE, question_id, present=120)).question(question_id)
    settled = await stepped(database, await loaded(database, event), Action.SETTLE, question_id, present=5)
    question = settled.question(question_id)
    assert (closing.state, question.state) == (State.CLOSING, State.CLOSED)
    assert closing.closed is not None
    assert (question.closed, question.present) == (closing.closed, 120)


async def test_reopened_question_goes_on_where_it_was(database: Database) -> None:
    """Reopening keeps wave, opening and ballots, and forgets the closing with its number of people."""
    event = await opened(database)
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, "a")])
    closed = await _closed(database, event, present=7)
    question = (await stepped(database, closed, Action.REOPEN, question_id)).question(question_id)
    assert question == event.question(question_id)
    await ballots.count(database, [ballot(question_id, "b")])
    assert await tally(database, question_id) == {"#": 2, "o1": 2}


@pytest.mark.parametrize("ending", [Action.TAKE_BACK, Action.DISCARD])
async def test_discarded_wave_stays_stored_and_counts_no_more(database: Database, ending: Action) -> None:
    """The ballots of a wave that was taken back or discarded stay as they are, and the next wave begins empty."""
    event = await opened(database)
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, "a"), ballot(question_id, "b", "o2")])
    if ending is Action.DISCARD:
        event = await _closed(database, event)
    ready = await stepped(database, event, ending, question_id)
    question = ready.question(question_id)
    assert (question.state, question.wave, question.opened, question.closed) == (State.READY, 2, None, None)
    assert await tally(database, question_id, wave=2) == {}
    await stepped(database, ready, Action.OPEN, question_id)
    await ballots.count(database, [ballot(question_id, "a", "o4", id=9, wave=2)])
    assert await rows(database, question_id) == {
        (1, "a"): (1, 1, ("o1",)),
        (1, "b"): (1, 1, ("o2",)),
        (2, "a"): (1, 9, ("o4",)),
    }
    assert await tally(database, question_id) == {"#": 2, "o1": 1, "o2": 1}
    assert await tally(database, question_id, wave=2) == {"#": 1, "o4": 1}
    assert await _discarded(database, question_id) == {1: True, 2: False}


@pytest.mark.parametrize("shown", [False, True])
async def test_archived_question_loses_nothing(database: Database, shown: bool) -> None:
    """Neither archiving nor restoring touches ballots, tally, asking, stage or code; a vote is too late as before."""
    event = await opened(database, 2)
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, "a"), ballot(question_id, "b", "o2")])
    event = await _closed(database, event, present=7)
    for action in [Action.SHOW] * shown + [Action.NEXT]:
        event = await stepped(database, event, action, question_id)
    async with database.write() as connection:
        await steps.show_join(connection, event, event.revision, shown=True)
    before = await loaded(database, event)
    archived = await stepped(database, before, Action.ARCHIVE, question_id)
    question = archived.question(question_id)
    assert question == replace(before.question(question_id), state=State.ARCHIVED_SHOWN if shown else State.ARCHIVED)
    await ballots.count(database, [ballot(question_id, "c")])
    assert set(await rows(database, question_id)) == {(1, "a"), (1, "b")}
    assert await tally(database, question_id) == {"#": 2, "o1": 1, "o2": 1}
    restored = await stepped(database, archived, Action.RESTORE, question_id)
    assert restored == replace(before, revision=before.revision + 2)


async def _closed(database: Database, event: Event, present: int = 0) -> Event:
    question_id = ids(event)[0]
    closing = await stepped(database, event, Action.CLOSE, question_id, present)
    return await stepped(database, closing, Action.SETTLE, question_id)


async def _discarded(database: Database, question_id: int) -> dict[int, bool]:
    table = metadata.tables["wave"]
    async with database.read() as connection:
        found = await connection.execute(select(table).where(table.c.question_id == question_id))
        return {row.wave: row.discarded for row in found}


async def _outcomes(*steps: Awaitable[Event]) -> list[str]:
    """Take steps in the same moment, and name the class of each one's result or error."""
    return [type(outcome).__name__ for outcome in await asyncio.gather(*steps, return_exceptions=True)]
