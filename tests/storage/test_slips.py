"""Secret ballots in the database: who has voted here, the slip there, each once; numbers when no more come."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import text

from poll_server.domain.ballots import CAST_IN_SECRET, Ballot, Key, Outcome
from poll_server.domain.rounds import Action, Event
from poll_server.storage import events, rehearsal, slips
from poll_server.storage.database import Database
from poll_server.storage.tables import metadata
from tests.harness.postgres import Cluster
from tests.storage.databases import (
    ballot,
    definition,
    differences,
    draft,
    ids,
    migrated,
    rows,
    stepped,
    stored,
    tally,
)

COUNTED, DUPLICATE, CLOSED = Outcome.COUNTED, Outcome.DUPLICATE, Outcome.CLOSED
SECRET = replace(definition(), rules={"secret": True})


async def secretly_opened(database: Database) -> Event:
    """An event whose only question is secret and open."""
    event = await stored(database, draft([SECRET]))
    return await stepped(database, event, Action.OPEN, ids(event)[0])


def slip(question_id: int, person: str, answer: str = "o1", *, wave: int = 1) -> Ballot:
    """A secret ballot."""
    return replace(ballot(question_id, person, answer, wave=wave), secret=True)


async def closed(database: Database, event: Event) -> Event:
    """Close the only question, to the end."""
    event = await stepped(database, event, Action.CLOSE, ids(event)[0])
    return await stepped(database, event, Action.SETTLE, ids(event)[0])


async def answers(database: Database, question_id: int, wave: int = 1) -> Sequence[tuple[str, ...]]:
    """All slips of a wave."""
    async with database.read() as connection:
        return await slips.answers(connection, question_id, wave)


async def voted(database: Database, question_id: int, wave: int = 1) -> set[str]:
    """Who has voted in a wave."""
    async with database.read() as connection:
        return set(await slips.standing(connection, question_id, wave))


async def test_first_vote_counts_and_every_later_one_is_known(database: Database) -> None:
    """Of two in one batch the first is taken; whatever the same person sends later is known and changes nothing."""
    question = ids(await secretly_opened(database))[0]
    batch = [slip(question, "a", "o1"), slip(question, "a", "o2"), slip(question, "b", "o3")]
    first = await slips.count(database, batch)
    again = await slips.count(database, [slip(question, "a", "o4"), slip(question, "c", "o4")])
    assert (first.outcomes, again.outcomes) == ([COUNTED, DUPLICATE, COUNTED], [DUPLICATE, COUNTED])
    assert first.standing == {Key(question, 1, "a"): CAST_IN_SECRET, Key(question, 1, "b"): CAST_IN_SECRET}
    assert await answers(database, question) == [("o1",), ("o3",), ("o4",)]
    assert await voted(database, question) == {"a", "b", "c"}
    assert await rows(database, question) == {}


async def test_same_people_in_racing_batches_vote_once(database: Database) -> None:
    """Four batches with the same forty people at the same moment, as from four servers: forty slips."""
    question = ids(await secretly_opened(database))[0]
    people = [f"p{at:02}" for at in range(40)]
    batches = [[slip(question, person, f"o{at}") for person in people[:: 1 - at % 2 * 2]] for at in range(1, 5)]
    counted = await asyncio.gather(*(slips.count(database, batch) for batch in batches))
    outcomes = [outcome for one in counted for outcome in one.outcomes]
    assert (outcomes.count(COUNTED), outcomes.count(DUPLICATE)) == (40, 120)
    assert len(await answers(database, question)) == 40


async def test_numbers_are_there_when_the_question_is_closed(database: Database) -> None:
    """No tally before; then the sum of the slips, which a recount finds again, and votes are refused."""
    event = await secretly_opened(database)
    question = ids(event)[0]
    await slips.count(database, [slip(question, "a", "o1"), slip(question, "b", "o2"), slip(question, "c", "o2")])
    assert (await tally(database, question), await differences(database, question)) == ({}, [])
    event = await stepped(database, event, Action.CLOSE, question)
    late = await slips.count(database, [slip(question, "d", "o1")])
    event = await stepped(database, event, Action.SETTLE, question)
    too_late = await slips.count(database, [slip(question, "e"), slip(question, "a", "o3")])
    assert (late.outcomes, too_late.outcomes) == ([COUNTED], [CLOSED, DUPLICATE])
    assert await tally(database, question) == {"#": 4, "o1": 2, "o2": 2}
    assert await differences(database, question) == []
    assert await answers(database, question) == [("o1",), ("o1",), ("o2",), ("o2",)]


async def test_recount_finds_a_slip_that_was_changed(database: Database) -> None:
    """A slip that somebody adds afterwards is a difference."""
    event = await secretly_opened(database)
    question = ids(event)[0]
    await slips.count(database, [slip(question, "a", "o1")])
    await closed(database, event)
    forged = {"question_id": question, "wave": 1, "key": "f", "answer": ["o2"], "marks": {"#": 1, "o2": 1}}
    async with database.write() as connection:
        await connection.execute(metadata.tables["slip"].insert(), forged)
    found = {one.mark.key: (one.stored, one.recounted) for one in await differences(database, question)}
    assert found == {"#": (1, 2), "o2": (0, 1)}


async def test_taking_back_shuffles_too_and_the_next_wave_is_new(database: Database) -> None:
    """What was taken back stays stored under other keys and counts no more; everybody may vote in the next wave."""
    event = await secretly_opened(database)
    question = ids(event)[0]
    await slips.count(database, [slip(question, "a", "o1"), slip(question, "b", "o2")])
    before = await _keys(database, question)
    event = await stepped(database, event, Action.TAKE_BACK, question)
    assert (len(before & await _keys(database, question)), len(await _keys(database, question))) == (0, 2)
    assert await differences(database, question) == []
    await stepped(database, event, Action.OPEN, question)
    again = await slips.count(database, [slip(question, "a", "o3"), slip(question, "a", "o3", wave=2)])
    assert again.outcomes == [DUPLICATE, COUNTED]
    assert (await voted(database, question), await voted(database, question, 2)) == ({"a", "b"}, {"a"})


async def test_wiping_a_rehearsal_takes_slips_along(database: Database) -> None:
    """Slips and who has voted are deleted with a rehearsal, while a question is open too, and counted as ballots."""
    event = await stored(database, draft([SECRET]))
    question = ids(event)[0]
    async with database.write() as connection:
        await rehearsal.begin(connection, event, event.revision)
        event = await events.load(connection, event.id)
    event = await stepped(database, event, Action.OPEN, question)
    await slips.count(database, [slip(question, "a"), slip(question, "b")])
    async with database.write() as connection:
        assert await rehearsal.wipe(connection, event, event.revision) == 2
    assert (await answers(database, question), await voted(database, question)) == ([], set())


async def test_rows_stand_in_the_order_of_their_keys(shared_cluster: Cluster) -> None:
    """Where PostgreSQL keeps them says nothing about who came first, in no batch and not after the closing.

    SQLite has no other order than that of the keys.
    """
    async with migrated(shared_cluster.new_database()) as database:
        event = await secretly_opened(database)
        question = ids(event)[0]
        first, second = ([slip(question, f"p{at}") for at in places] for places in (range(59, 29, -1), range(10, 30)))
        await slips.count(database, first)
        assert await _places(database) == [sorted(kept) for kept in await _places(database)]
        await slips.count(database, second)
        await closed(database, event)
        voted, keys = await _places(database)
        assert (voted, keys) == (sorted(voted), sorted(keys))
        assert voted == [f"p{at}" for at in range(10, 60)]


async def _places(database: Database) -> list[list[str]]:
    """Who has voted, and the keys of the slips, in the order in which PostgreSQL keeps them."""
    async with database.read() as connection:
        return [
            [*(await connection.execute(text(f"SELECT {name} FROM {table} ORDER BY ctid"))).scalars()]
            for name, table in (("participant", "voted"), ("key", "slip"))
        ]


async def _keys(database: Database, question_id: int) -> set[str]:
    table = metadata.tables["slip"]
    async with database.read() as connection:
        found = await connection.execute(table.select().where(table.c.question_id == question_id))
        return {row.key for row in found}
