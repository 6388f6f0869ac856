"""A rehearsal leaves no trace but a new wave, and takes nothing with it that was there before."""

import pytest

from poll_server.domain.errors import Conflict
from poll_server.domain.rounds import Action, Event, State
from poll_server.storage import ballots, events, rehearsal
from poll_server.storage.database import Database
from tests.storage.databases import ballot, definition, differences, draft, ids, rows, stepped, stored, tally


async def begun(database: Database, event: Event) -> Event:
    """Begin a rehearsal and read the event."""
    async with database.write() as connection:
        await rehearsal.begin(connection, event, event.revision)
        return await events.reread(connection, event)


async def wiped(database: Database, event: Event) -> tuple[Event, int]:
    """Wipe a rehearsal; returns the event and how many ballots went."""
    async with database.write() as connection:
        count = await rehearsal.wipe(connection, event, event.revision)
        return await events.reread(connection, event), count


async def test_wipe_deletes_all_that_was_asked_since(database: Database) -> None:
    """Ballots of an archived question, of one taken back and of an open one go; all are ready again, in a new wave."""
    event = await begun(database, await stored(database, draft([definition("A"), definition("B"), definition("C")])))
    shown, again, unasked = ids(event)
    event = await stepped(database, event, Action.OPEN, shown)
    await ballots.count(database, [ballot(shown, "kim"), ballot(shown, "alex", "o2")])
    for action in (Action.CLOSE, Action.SETTLE, Action.SHOW, Action.NEXT, Action.ARCHIVE):
        event = await stepped(database, event, action, shown)
    event = await stepped(database, event, Action.OPEN, again)
    await ballots.count(database, [ballot(again, "kim")])
    event = await stepped(database, event, Action.TAKE_BACK, again)
    event = await stepped(database, event, Action.OPEN, again)
    await ballots.count(database, [ballot(again, "kim", wave=2)])
    event, count = await wiped(database, event)
    assert (count, event.rehearsal, event.current) == (4, False, None)
    assert [(question.state, question.opened) for question in event.questions] == [(State.READY, None)] * 3
    assert [question.wave for question in event.questions] == [2, 3, 1]
    for question_id in (shown, again, unasked):
        assert (await rows(database, question_id), await tally(database, question_id)) == ({}, {})
    assert await differences(database, shown, again, unasked) == []


async def test_wipe_keeps_what_was_before(database: Database) -> None:
    """The ballots of an opening that was taken back before the rehearsal stay stored, and so do other events'."""
    event, other = await stored(database), await stored(database)
    (mine,), (theirs,) = ids(event), ids(other)
    event = await stepped(database, event, Action.OPEN, mine)
    await ballots.count(database, [ballot(mine, "kim")])
    event = await begun(database, await stepped(database, event, Action.TAKE_BACK, mine))
    other = await stepped(database, await begun(database, other), Action.OPEN, theirs)
    event = await stepped(database, event, Action.OPEN, mine)
    await ballots.count(database, [ballot(mine, "kim", wave=2), ballot(theirs, "kim")])
    event, count = await wiped(database, event)
    assert count == 1
    assert (set(await rows(database, mine)), set(await rows(database, theirs))) == ({(1, "kim")}, {(1, "kim")})
    assert await tally(database, theirs) == {"#": 1, "o1": 1}


async def test_vote_after_the_wipe_is_too_late(database: Database) -> None:
    """A vote of the rehearsal that arrives when the question is asked in earnest does not count."""
    event = await begun(database, await stored(database))
    (question,) = ids(event)
    event, _ = await wiped(database, await stepped(database, event, Action.OPEN, question))
    await stepped(database, event, Action.OPEN, question)
    await ballots.count(database, [ballot(question, "simulated"), ballot(question, "kim", wave=2)])
    assert set(await rows(database, question)) == {(2, "kim")}


async def test_wipe_from_an_older_state_changes_nothing(database: Database) -> None:
    """A moderator who has not seen the last step wipes nothing."""
    before = await begun(database, await stored(database))
    (question,) = ids(before)
    await stepped(database, before, Action.OPEN, question)
    await ballots.count(database, [ballot(question, "kim")])
    with pytest.raises(Conflict):
        await wiped(database, before)
    assert await tally(database, question) == {"#": 1, "o1": 1}
