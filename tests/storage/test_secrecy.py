"""After closing nobody can say who cast which secret ballot: neither from the rows, nor from the files they lie in."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from math import sqrt
from pathlib import Path
from secrets import token_hex

import pytest
from sqlalchemy import text

from poll_server.domain.rounds import Action, Event
from poll_server.storage import slips
from poll_server.storage.database import OTHERS_SECONDS, Database
from tests.harness.postgres import Cluster
from tests.storage.attacker import Guess, attack_postgresql, attack_sqlite, hits, sqlite_files, table_files
from tests.storage.databases import (
    BACKENDS,
    ballot,
    definition,
    differences,
    draft,
    ids,
    migrated,
    stepped,
    stored,
    tally,
)

OPTIONS = ("o1", "o2", "o3", "o4")
VOTERS = 200
CHANCE = VOTERS / len(OPTIONS)
# Answers dealt out evenly: the hits of a blind guess have this spread. One run in three million exceeds five of it.
SPREAD = sqrt(VOTERS * (1 / len(OPTIONS)) * (1 - 1 / len(OPTIONS)) * VOTERS / (VOTERS - 1))
BLIND = CHANCE + 5 * SPREAD
NEARLY_ALL = VOTERS * 0.95

Attack = Callable[[], Awaitable[dict[str, Guess]]]


class Target:
    """A database with a secret question, who is there, and what its files hold."""

    def __init__(self, database: Database, attack: Attack, contents: Callable[[], Awaitable[bytes]]) -> None:
        self.database = database
        self.attack = attack
        self.contents = contents


PEOPLE = [token_hex(16) for _ in range(VOTERS)]
TRUTH = dict(zip(PEOPLE, random.SystemRandom().sample(OPTIONS * (VOTERS // len(OPTIONS)), VOTERS), strict=True))


@asynccontextmanager
async def target(backend: str, request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[Target]:
    """An empty database of its own, so that all that lies in it is of this test."""
    if backend == "sqlite":
        path = folder / "poll.sqlite3"

        async def both_files() -> bytes:
            return b"".join(sqlite_files(path))

        async with migrated(f"sqlite+aiosqlite:///{path}") as database:
            yield Target(database, lambda: attack_sqlite(database, path, PEOPLE), both_files)
        return
    cluster: Cluster = request.getfixturevalue("shared_cluster")

    async def all_files() -> bytes:
        return b"".join(await table_files(database, cluster.folder))

    async with migrated(cluster.new_database()) as database:
        yield Target(database, lambda: attack_postgresql(database, cluster.folder, PEOPLE), all_files)


async def voted_one_by_one(database: Database) -> Event:
    """Everybody has voted, each in a transaction of their own: nobody had any company."""
    event = await stored(database, draft([replace(definition(), rules={"secret": True})]))
    event = await stepped(database, event, Action.OPEN, ids(event)[0])
    for person in random.sample(PEOPLE, VOTERS):
        cast = replace(ballot(ids(event)[0], person, TRUTH[person]), secret=True)
        await slips.count(database, [cast])
    return event


def found_out(guesses: dict[str, Guess]) -> dict[str, int]:
    """How many each way has found out."""
    return {way: hits(guess, TRUTH) for way, guess in guesses.items()}


@pytest.mark.parametrize("backend", BACKENDS)
async def test_secret_ballots_are_tied_to_nobody_after_closing(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """An attacker who finds out everybody before the closing guesses blindly afterwards, in every way."""
    async with target(backend, request, tmp_path) as here:
        event = await voted_one_by_one(here.database)
        question = ids(event)[0]
        assert max(found_out(await here.attack()).values()) >= NEARLY_ALL

        event = await stepped(here.database, event, Action.CLOSE, question)
        before = await _keys(here.database)
        await stepped(here.database, event, Action.SETTLE, question)
        assert max(found_out(await here.attack()).values()) >= NEARLY_ALL, "the old rows should lie about still"

        await here.database.leave_no_traces(slips.TABLES)
        found = found_out(await here.attack())
        assert {way: count for way, count in found.items() if count > BLIND} == {}
        assert len(found) >= 4
        contents = await here.contents()
        assert [key for key in before if key.encode() in contents] == []
        assert before.isdisjoint(await _keys(here.database))
        assert await tally(here.database, question) == {"#": VOTERS, **Counter(TRUTH.values())}
        assert await differences(here.database, question) == []


async def test_rows_that_somebody_still_sees_are_waited_for(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """PostgreSQL keeps deleted rows while an older transaction may see them: they go once it is over, not before."""
    async with target("postgresql", request, tmp_path) as here:
        event = await voted_one_by_one(here.database)
        question = ids(event)[0]
        event = await stepped(here.database, event, Action.CLOSE, question)
        before = await _keys(here.database)
        async with here.database.read() as connection:
            await connection.execute(text("SELECT count(*) FROM event"))
            await stepped(here.database, event, Action.SETTLE, question)
            removing = asyncio.create_task(here.database.leave_no_traces(slips.TABLES))
            done, _ = await asyncio.wait([removing], timeout=5 * OTHERS_SECONDS)
            assert done == set()
        await removing
        contents = await here.contents()
        assert [key for key in before if key.encode() in contents] == []


@pytest.mark.parametrize("backend", BACKENDS)
async def test_files_alone_do_not_make_it_secret(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Without the shuffling, rewritten files still tell on PostgreSQL, whose rows know their transaction."""
    async with target(backend, request, tmp_path) as here:
        await voted_one_by_one(here.database)
        await here.database.leave_no_traces(slips.TABLES)
        most = max(found_out(await here.attack()).values())
        assert (most >= NEARLY_ALL) == (backend == "postgresql")


async def _keys(database: Database) -> set[str]:
    async with database.read() as connection:
        return set((await connection.execute(text("SELECT key FROM slip"))).scalars())
