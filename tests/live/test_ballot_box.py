"""The ballot box counts each ballot once, says so when it is stored, and outlives every trouble of the database."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import Engine

from poll_server.domain.ballots import NUMBER_MAXIMUM, Ballot, Key, Outcome, Rank
from poll_server.domain.rounds import Action
from poll_server.live.ballot_box import BATCH_MAXIMUM, BallotBox
from poll_server.storage.ballots import Counted, standing_ballots
from poll_server.storage.database import Database
from tests.harness.postgres import Cluster
from tests.storage.databases import BACKENDS, ballot, differences, ids, migrated, opened, rows, stepped, tally

COUNTED, DUPLICATE, REFUSED = Outcome.COUNTED, Outcome.DUPLICATE, Outcome.REFUSED


class Listener:
    """What a box has told: the batches it counted, and whether there was trouble."""

    def __init__(self) -> None:
        self.counted: list[Counted] = []
        self.trouble: list[bool] = []
        self.doubts = 0

    async def compare(self) -> None:
        """The box is not sure what became of an attempt."""
        self.doubts += 1


async def certain() -> None:
    """Nothing to compare with."""


@pytest_asyncio.fixture(params=BACKENDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database of this test alone."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres_url")
    async with migrated(url) as database:
        yield database


@pytest_asyncio.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """An SQLite database of this test alone."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as database:
        yield database


@asynccontextmanager
async def running(database: Database) -> AsyncIterator[tuple[BallotBox, Listener]]:
    """A box that counts until the end of the block, when its writer must still live."""
    listener = Listener()
    box = BallotBox(database, listener.counted.append, listener.trouble.append, listener.compare)
    writer = asyncio.create_task(box.run())
    try:
        yield box, listener
        assert not writer.done()
    finally:
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)


async def cast_all(box: BallotBox, batch: Sequence[Ballot]) -> list[Outcome | Exception]:
    """Cast all in the same moment; what is raised stands in its place."""
    found = await asyncio.gather(*(box.cast(one) for one in batch), return_exceptions=True)
    return [one for one in found if isinstance(one, Outcome | Exception)]


class Transactions:
    """The transactions on one database while a block runs."""

    def __init__(self, database: Database) -> None:
        self.commits = 0
        self.begun = asyncio.Event()
        self._database = database

    def __enter__(self) -> Self:
        event.listen(Engine, "begin", self._begin)
        event.listen(Engine, "commit", self._commit)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "begin", self._begin)
        event.remove(Engine, "commit", self._commit)

    def _here(self, connection: Connection) -> bool:
        return connection.engine.url.render_as_string(hide_password=False) == self._database.url

    def _begin(self, connection: Connection) -> None:
        if self._here(connection):
            self.begun.set()

    def _commit(self, connection: Connection) -> None:
        self.commits += self._here(connection)


def crowd(question_id: int, size: int) -> list[Ballot]:
    """One ballot each of so many people."""
    return [ballot(question_id, f"p{at}", f"o{at % 4 + 1}") for at in range(size)]


# Group commit


async def test_casts_at_once_share_transactions(database: Database) -> None:
    """Five hundred votes in the same moment are one transaction, and a further one for each that comes alone."""
    question_id = ids(await opened(database))[0]
    async with running(database) as (box, listener):
        with Transactions(database) as seen:
            assert await cast_all(box, crowd(question_id, 500)) == [COUNTED] * 500
            assert await box.cast(ballot(question_id, "late")) == COUNTED
    assert [seen.commits, [len(counted.outcomes) for counted in listener.counted]] == [2, [500, 1]]
    assert await tally(database, question_id) == {"#": 501, "o1": 126, "o2": 125, "o3": 125, "o4": 125}


async def test_batch_has_a_limit(sqlite: Database) -> None:
    """More votes than a batch may hold are several transactions, none of them longer than allowed."""
    question_id = ids(await opened(sqlite))[0]
    async with running(sqlite) as (box, listener):
        await cast_all(box, crowd(question_id, 2 * BATCH_MAXIMUM + 1))
    assert [len(counted.outcomes) for counted in listener.counted] == [BATCH_MAXIMUM, BATCH_MAXIMUM, 1]


async def test_votes_that_come_during_a_commit_share_the_next(database: Database) -> None:
    """While the first vote commits, the others gather: two transactions for all."""
    question_id = ids(await opened(database))[0]
    async with running(database) as (box, listener):
        with Transactions(database) as seen:
            first = box.cast(ballot(question_id, "first"))
            await seen.begun.wait()
        assert await cast_all(box, crowd(question_id, 50)) == [COUNTED] * 50
        assert await first == COUNTED
    assert [len(counted.outcomes) for counted in listener.counted] == [1, 50]


async def test_counted_is_told_before_the_acknowledgement(database: Database) -> None:
    """Whoever hears that a vote is counted finds it in the database and in what the listener was told."""
    question_id = ids(await opened(database))[0]
    async with running(database) as (box, listener):

        async def vote(one: Ballot) -> tuple[bool, bool]:
            await box.cast(one)
            told = any(one.key in counted.standing for counted in listener.counted)
            return told, (1, one.key.participant) in await rows(database, question_id)

        assert await asyncio.gather(*(vote(one) for one in crowd(question_id, 20))) == [(True, True)] * 20


async def test_counted_tells_every_batch_once(database: Database) -> None:
    """What the listener adds up is the stored tally, also after changes, resends and refusals."""
    question_id = ids(await opened(database))[0]
    async with running(database) as (box, listener):
        for number in (1, 2, 2, 1):
            await cast_all(box, [replace(one, rank=Rank(number, UUID(int=1))) for one in crowd(question_id, 9)])
            await cast_all(box, [ballot(question_id, f"p{at}", "o2", number + 1) for at in range(4)])
    sums: dict[str, int] = {}
    for counted in listener.counted:
        for mark, n in counted.changes.items():
            sums[mark.key] = sums.get(mark.key, 0) + n
    assert {key: n for key, n in sums.items() if n} == await tally(database, question_id)


async def test_listener_that_fails_loses_no_acknowledgement(sqlite: Database) -> None:
    """An error in what is done after the commit takes neither the acknowledgement of a stored vote nor the writer."""
    question_id = ids(await opened(sqlite))[0]

    def fail(_: Counted) -> None:
        raise KeyError

    box = BallotBox(sqlite, fail, lambda _: None, certain)
    writer = asyncio.create_task(box.run())
    async with asyncio.timeout(20):
        assert await cast_all(box, crowd(question_id, 3)) == [COUNTED] * 3
        assert await box.cast(ballot(question_id, "p0")) == DUPLICATE
    assert not writer.done()
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)


async def test_drained_returns_when_everybody_is_answered(database: Database) -> None:
    """After draining no vote that waited before is without its answer; an empty box is drained at once."""
    question_id = ids(await opened(database))[0]
    async with running(database) as (box, _):
        await box.drained()
        casts = [box.cast(one) for one in crowd(question_id, 50)]
        await asyncio.sleep(0)
        await box.drained()
        assert len(await rows(database, question_id)) == 50
        assert await asyncio.gather(*casts) == [COUNTED] * 50


async def test_voter_who_leaves_does_not_disturb_the_others(database: Database) -> None:
    """A cast that is cancelled while it waits is counted all the same, and so are the others."""
    question_id = ids(await opened(database))[0]
    async with running(database) as (box, _):
        casts = [box.cast(one) for one in crowd(question_id, 5)]
        await asyncio.sleep(0)
        casts[2].cancel()
        assert await asyncio.gather(*casts[:2], *casts[3:]) == [COUNTED] * 4
    assert len(await rows(database, question_id)) == 5


# Bad rows


def _bad(question_id: int) -> dict[str, Ballot]:
    good = ballot(question_id, "bad")
    key = good.key
    return {
        "surrogate": replace(good, key=Key(question_id, 1, "\ud800")),
        "surrogate in a mark": replace(good, marks=Counter({"\udfff": 1})),
        "number beyond 64 bits": replace(good, rank=Rank(2**63, UUID(int=1))),
        "question beyond 64 bits": replace(good, key=key._replace(question_id=2**63)),
        "marks beyond 64 bits": replace(good, marks=Counter({"o1": 2**63})),
        "NUL": replace(good, key=Key(question_id, 1, "a\0b")),
        "NUL in a mark": replace(good, marks=Counter({"a\0b": 1})),
    }


BAD = tuple(_bad(1))
TAKEN_BY_SQLITE = ("NUL", "NUL in a mark")


@pytest.mark.parametrize("fault", BAD)
async def test_bad_row_is_refused_alone(database: Database, fault: str) -> None:
    """A ballot that the database cannot store is refused to its voter; the sixteen others of its batch are counted."""
    expected = COUNTED if fault in TAKEN_BY_SQLITE and database.is_sqlite else REFUSED
    question_id = ids(await opened(database))[0]
    good, bad = crowd(question_id, 16), _bad(question_id)[fault]
    async with running(database) as (box, listener):
        assert await cast_all(box, [*good[:5], bad, *good[5:]]) == [COUNTED] * 5 + [expected] + [COUNTED] * 11
        assert await box.cast(bad) == (DUPLICATE if expected is COUNTED else REFUSED)
    assert len(await rows(database, question_id)) == 16 + (expected is COUNTED)
    assert (await differences(database, question_id), listener.trouble) == ([], [])


def _vote(question_id: int, who: str) -> tuple[Ballot, ...]:
    whole = ballot(question_id, who)
    return tuple(replace(whole, key=whole.key._replace(part=part)) for part in ("", "o1", "o2"))


async def test_ballots_of_one_vote_are_written_together(database: Database) -> None:
    """No batch ends inside a vote, however many wait, and each hears one outcome; a later one of it is a duplicate."""
    question_id = ids(await opened(database))[0]
    people = [f"p{at:04}" for at in range(BATCH_MAXIMUM // 2)]
    async with running(database) as (box, listener):
        votes = [box.cast(*_vote(question_id, who)) for who in people]
        assert await asyncio.gather(*votes) == [COUNTED] * len(people)
        assert await box.cast(*_vote(question_id, "p0000")) == DUPLICATE
    batches = [Counter(key.participant for key in counted.standing) for counted in listener.counted]
    assert {n for batch in batches for n in batch.values()} == {3}
    assert len(batches) == 3


async def test_vote_with_a_bad_ballot_is_refused_whole(database: Database) -> None:
    """One piece that the database cannot store keeps the others of its vote out, and nobody else's."""
    question_id = ids(await opened(database))[0]
    good, bad = _vote(question_id, "good"), _vote(question_id, "bad")
    bad = (*bad[:2], replace(bad[2], rank=Rank(2**63, UUID(int=1))))
    async with running(database) as (box, _):
        assert [*await asyncio.gather(box.cast(*bad), box.cast(*good))] == [REFUSED, COUNTED]
        async with database.read() as connection:
            assert set(await standing_ballots(connection, question_id, 1)) == {"good"}
    assert await differences(database, question_id) == []


async def test_bad_rows_only_are_all_refused(database: Database) -> None:
    """A batch of nothing but bad rows stores nothing, and the next vote is counted."""
    question_id = ids(await opened(database))[0]
    bad = [replace(ballot(question_id, f"p{at}"), rank=Rank(2**63, UUID(int=1))) for at in range(5)]
    async with running(database) as (box, _):
        assert await cast_all(box, bad) == [REFUSED] * 5
        assert await box.cast(ballot(question_id, "p1", number=NUMBER_MAXIMUM)) == COUNTED
    assert list(await rows(database, question_id)) == [(1, "p1")]


# A database in trouble


async def test_locked_database_is_told_and_tried_again(sqlite: Database) -> None:
    """While another holds the lock votes are unavailable and nothing is stored; then they are counted."""
    question_id = ids(await opened(sqlite))[0]
    votes = crowd(question_id, 8)
    another = Database(sqlite.url)
    async with running(sqlite) as (box, listener):
        async with another.write():
            refused = await cast_all(box, votes)
        assert [getattr(one, "code", one) for one in refused] == ["unavailable"] * 8
        assert (listener.trouble, await rows(sqlite, question_id)) == ([True], {})
        assert await cast_all(box, votes) == [COUNTED] * 8
    await another.close()
    assert (listener.trouble, len(listener.counted)) == ([True, False], 1)
    assert await differences(sqlite, question_id) == []


async def test_lock_that_passes_is_not_trouble(sqlite: Database) -> None:
    """A lock that is let go while the box tries again is not noticed by anybody."""
    question_id = ids(await opened(sqlite))[0]
    another = Database(sqlite.url)
    async with running(sqlite) as (box, listener):
        async with another.write():
            with Transactions(sqlite) as seen:
                casting = box.cast(ballot(question_id, "a"))
                await seen.begun.wait()
        assert await casting == COUNTED
    await another.close()
    assert listener.trouble == []


async def test_full_disk_stores_nothing_by_halves(sqlite: Database) -> None:
    """When no page is left votes are unavailable, nothing of their batch is stored, and with space they are counted."""
    question_id = ids(await opened(sqlite))[0]
    async with running(sqlite) as (box, listener):
        assert await box.cast(ballot(question_id, "before")) == COUNTED
        normal = await _limit_pages(sqlite, 1)
        votes = crowd(question_id, 300)
        refused = await cast_all(box, votes)
        assert [getattr(one, "code", one) for one in refused] == ["unavailable"] * 300
        assert (listener.trouble, list(await rows(sqlite, question_id))) == ([True], [(1, "before")])
        assert await tally(sqlite, question_id) == {"#": 1, "o1": 1}
        await _limit_pages(sqlite, normal)
        assert await cast_all(box, votes) == [COUNTED] * 300
    assert listener.trouble == [True, False]
    assert (len(await rows(sqlite, question_id)), await differences(sqlite, question_id)) == (301, [])


async def test_stopped_database_is_told_and_used_again(postgres_cluster: Cluster) -> None:
    """PostgreSQL down: votes are unavailable; up again: the same votes are counted, on new connections."""
    async with migrated(postgres_cluster.new_database()) as database:
        question_id = ids(await opened(database))[0]
        votes = crowd(question_id, 8)
        async with running(database) as (box, listener):
            assert await cast_all(box, votes[:4]) == [COUNTED] * 4
            await asyncio.to_thread(postgres_cluster.stop)
            refused = await cast_all(box, votes)
            assert [getattr(one, "code", one) for one in refused] == ["unavailable"] * 8
            await asyncio.to_thread(postgres_cluster.start)
            assert await cast_all(box, votes) == [DUPLICATE] * 4 + [COUNTED] * 4
            assert listener.trouble == [True, False]
        assert await differences(database, question_id) == []


async def test_restarted_database_is_not_noticed(postgres_cluster: Cluster) -> None:
    """A restart between two votes leaves dead connections behind; the vote that finds them is counted all the same."""
    async with migrated(postgres_cluster.new_database()) as database:
        question_id = ids(await opened(database))[0]
        async with running(database) as (box, listener):
            assert await cast_all(box, crowd(question_id, 4)) == [COUNTED] * 4
            await asyncio.to_thread(postgres_cluster.stop)
            await asyncio.to_thread(postgres_cluster.start)
            assert await box.cast(ballot(question_id, "late")) == COUNTED
        assert listener.trouble == []


async def test_closing_waits_for_what_the_box_holds(database: Database) -> None:
    """Drain, then settle: every vote cast before is counted, every one after is refused."""
    event_ = await opened(database)
    question_id = ids(event_)[0]
    closing = await stepped(database, event_, Action.CLOSE, question_id)
    async with running(database) as (box, _):
        casts = [box.cast(one) for one in crowd(question_id, 30)]
        await asyncio.sleep(0)
        await box.drained()
        await stepped(database, closing, Action.SETTLE, question_id)
        assert await box.cast(ballot(question_id, "late")) == Outcome.CLOSED
        assert await asyncio.gather(*casts) == [COUNTED] * 30


async def _limit_pages(database: Database, pages: int) -> int:
    """Let SQLite's one writing connection use no more pages than this or than it has; returns the limit before."""
    async with database.write() as connection:
        before = await connection.scalar(text("PRAGMA max_page_count"))
        await connection.execute(text(f"PRAGMA max_page_count={pages}"))
    assert isinstance(before, int)
    return before
