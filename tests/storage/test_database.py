"""The two doors to a database: what a transaction sees, what it leaves behind, and which errors pass."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InternalError

from poll_server.domain.errors import Unavailable
from poll_server.domain.rounds import Action, Event
from poll_server.storage import ballots, events, steps
from poll_server.storage.database import Database, is_passing
from tests.harness.postgres import Cluster
from tests.storage.databases import ballot, ids, migrated, opened, stepped, tally


def _raising(condition: str) -> str:
    return f"do $$ begin raise exception using errcode = '{condition}'; end $$"


async def test_read_sees_one_state_from_beginning_to_end(database: Database) -> None:
    """What is committed after the first look is not seen by the second, so that a recount beside votes is clean."""
    question_id = ids(await opened(database))[0]
    await ballots.count(database, [ballot(question_id, "a")])
    async with database.read() as connection:
        before = await ballots.tallies(connection, [question_id])
        await ballots.count(database, [ballot(question_id, "b")])
        assert await ballots.tallies(connection, [question_id]) == before
        assert await ballots.recount(connection, [question_id]) == []
    assert await tally(database, question_id) == {"#": 2, "o1": 2}


async def test_read_cannot_write(database: Database) -> None:
    """Whoever only reads, such as an export, changes nothing, whatever they try."""
    event = await opened(database)
    with pytest.raises(Unavailable):
        async with database.read() as connection:
            await connection.execute(text("UPDATE event SET title = 'x'"))
    async with database.read() as connection:
        assert await events.load(connection, event.id) == event


async def test_write_is_undone_by_an_exception(database: Database) -> None:
    """A step whose transaction fails after it leaves everything as it was."""
    event = await opened(database)
    with pytest.raises(KeyError):
        await _show_join_and_fail(database, event)
    async with database.read() as connection:
        assert await events.load(connection, event.id) == event


async def test_write_works_after_one_that_failed(database: Database) -> None:
    """A failed transaction leaves a connection that takes the next."""
    event = await opened(database)
    with pytest.raises(DBAPIError):
        async with database.write() as connection:
            await connection.execute(text("insert into nowhere values (1)"))
    assert (await stepped(database, event, Action.CLOSE, ids(event)[0])).revision == event.revision + 1


async def test_check_raises_when_the_database_is_gone(tmp_path: Path) -> None:
    """A database that cannot be opened is found by the check, as trouble that may pass."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'poll.sqlite3'}")
    with pytest.raises(Unavailable):
        await database.check()
    await database.close()


async def test_check_of_writing_leaves_nothing(database: Database) -> None:
    """It writes where writing works, and nothing is different afterwards."""
    event = await opened(database)
    await database.check_writing()
    async with database.read() as connection:
        assert await events.load(connection, event.id) == event


async def test_database_that_takes_nothing_is_found(shared_cluster: Cluster) -> None:
    """PostgreSQL that only lets read, as with a full disk or as a replica, fails the check of writing; it may pass."""
    url = shared_cluster.new_database()
    async with migrated(url) as database, database.write() as connection:
        name = await connection.scalar(text("select current_database()"))
        await connection.execute(text(f'alter database "{name}" set default_transaction_read_only = on'))
    later = Database(url)
    try:
        await later.check()
        with pytest.raises(DBAPIError) as failed:
            await later.check_writing()
        assert is_passing(failed.value) is True
    finally:
        await later.close()


async def test_migrate_twice_changes_nothing(database: Database) -> None:
    """A database in its newest form stays as it is, with its rows."""
    event = await opened(database)
    async with migrated(database.url) as again, again.read() as connection:
        assert await events.load(connection, event.id) == event


async def test_sqlite_is_durable(tmp_path: Path) -> None:
    """Every commit is on the disk before it is answered, and foreign keys are checked."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as database:
        for door in (database.write, database.read):
            async with door() as connection:
                found = [
                    await connection.scalar(text(f"PRAGMA {name}"))
                    for name in ("journal_mode", "synchronous", "foreign_keys")
                ]
            assert found == ["wal", 2, 1]


async def test_error_of_a_frozen_process_passes(postgres_url: str) -> None:
    """PostgreSQL ends a transaction that stood still, as after a suspended machine: that is tried again."""
    database = Database(postgres_url)
    try:
        with pytest.raises(DBAPIError) as failed:
            await _freeze(database)
        assert is_passing(failed.value) is True
    finally:
        await database.close()


def test_confusion_of_the_driver_passes() -> None:
    """Sometimes asyncpg itself says after such a freeze that another operation is in progress: tried again, too."""
    said = asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress")
    assert is_passing(InternalError("select 1", {}, said)) is True


@pytest.mark.parametrize(
    ("statement", "passing"),
    [
        ("select pg_terminate_backend(pg_backend_pid())", True),
        (_raising("disk_full"), True),
        (_raising("deadlock_detected"), True),
        (_raising("lock_not_available"), True),
        (_raising("too_many_connections"), True),
        (_raising("internal_error"), False),
        (_raising("read_only_sql_transaction"), True),
        ("select 1/0", False),
        ("select cast('x' as int)", False),
        ("insert into nowhere values (1)", False),
    ],
)
async def test_errors_of_postgresql_are_told_apart(shared_cluster: Cluster, statement: str, passing: bool) -> None:
    """The server's trouble is tried again, a bad value or row never."""
    database = Database(shared_cluster.url("postgres"))
    try:
        with pytest.raises(DBAPIError) as failed:
            async with database.write() as connection:
                await connection.execute(text(statement))
        assert is_passing(failed.value) is passing
    finally:
        await database.close()


async def _show_join_and_fail(database: Database, event: Event) -> None:
    async with database.write() as connection:
        await steps.show_join(connection, event, event.revision, shown=True)
        raise KeyError


async def _freeze(database: Database) -> None:
    """Stand still inside a transaction, loop and all, until the server has ended it; then go on."""
    async with database.write() as connection:
        await connection.execute(text("set idle_in_transaction_session_timeout = '1ms'"))
        process = await connection.scalar(text("select pg_backend_pid()"))
        with ThreadPoolExecutor() as another:
            another.submit(asyncio.run, _gone(database.url, process)).result(timeout=20)
        await connection.execute(text("select 1"))


async def _gone(url: str, process: int) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), timeout=10)
    try:
        async with asyncio.timeout(10):
            while await connection.fetchval("select count(*) from pg_stat_activity where pid = $1", process):
                pass
    finally:
        await connection.close()
