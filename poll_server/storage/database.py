"""One database: SQLite (WAL, every commit on disk) or PostgreSQL, behind the same two doors, read and write."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, make_url, text
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from poll_server.domain.errors import Unavailable

BUSY_MILLISECONDS = 1000
"""How long SQLite waits for another process's lock before the attempt counts as failed."""
ANSWER_SECONDS = 10.0
"""How long PostgreSQL may take to connect or to answer a statement before the attempt counts as failed."""
IDLE_SECONDS = 2
"""How long PostgreSQL waits for a process that stands still inside a transaction."""
OTHERS_SECONDS = 0.05
"""How often PostgreSQL is asked whether the transactions of others are over."""
ROWS_IN_A_STATEMENT = 100
"""SQLite keeps statements prepared, one for each number of rows: with a thousand in each they would take 80 MiB."""
_READ_ONLY = "25006"
"""As a database is whose disk is nearly full, or which has just become a replica."""
_PASSING_SQLSTATES = {"08", "40", "53", "55", "57", "58"}


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


class Database:
    """The doors to one database. Close it with ``close``.

    SQLite has one writing connection in this process, for which writers queue in the pool; each write begins IMMEDIATE.
    PostgreSQL gives up on a process that froze inside a transaction after two seconds. A process that comes after all
    others on its machine may stand still for longer: ``patience`` times as long.
    """

    failing_since: float | None = None
    """Since when, by the monotonic clock, no transaction that writes has got through; None while they do."""

    def __init__(self, url: str, patience: int = 1) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = create_async_engine(
                url,
                hide_parameters=True,
                pool_size=1,
                max_overflow=0,
                json_serializer=_json,
                insertmanyvalues_page_size=ROWS_IN_A_STATEMENT,
            )
            self._reader = create_async_engine(url, hide_parameters=True, pool_size=2, json_serializer=_json)
            _configure_sqlite(self._writer, "BEGIN IMMEDIATE")
            _configure_sqlite(self._reader, "BEGIN", "query_only=ON")
        else:
            arguments = {
                "server_settings": {"idle_in_transaction_session_timeout": f"{IDLE_SECONDS * patience}s"},
                "timeout": ANSWER_SECONDS * patience,
                "command_timeout": ANSWER_SECONDS * patience,
            }
            self._writer = create_async_engine(url, hide_parameters=True, connect_args=arguments)
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._writer.dialect.name

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that may write: committed at the end of the block, undone by an exception."""
        try:
            async with self._writer.begin() as connection:
                yield connection
        except Exception as error:
            if self.failing_since is None and is_passing(error):
                self.failing_since = time.monotonic()
            raise
        self.failing_since = None

    @property
    def failed_for(self) -> float:
        """For how many seconds nothing that was tried has been written; 0 when the last try got through."""
        return 0.0 if self.failing_since is None else time.monotonic() - self.failing_since

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that only reads, from one consistent state; raises Unavailable."""
        try:
            async with self._reader.begin() as connection:
                yield connection
        except Exception as error:
            if is_passing(error):
                raise Unavailable("unreachable") from error
            raise

    async def leave_no_traces(self, tables: Collection[str]) -> None:
        """Rewrite what held rows of these tables, so that deleted ones and the order of writing cannot be read from it.

        SQLite: the whole file, and an empty log. PostgreSQL: the tables, once nobody can see the deleted rows any more;
        its own log keeps what was written until it is recycled. Raises Unavailable when somebody else reads or writes
        so long that it cannot be done now.
        """
        try:
            async with self._writer.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                if not self.is_sqlite:
                    await _wait_for_others(driver)
                    await driver.execute(f"VACUUM FULL {', '.join(tables)}")
                    return
                await driver.execute("VACUUM")
                async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as found:
                    busy, *_ = await found.fetchone()
        except Exception as error:  # the driver's own, which SQLAlchemy does not sort out here
            raise Unavailable("unreachable") from error
        if busy:
            raise Unavailable("unreachable")

    async def check(self) -> None:
        """Raise Unavailable if the database does not answer."""
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def check_writing(self) -> None:
        """Raise what the driver raises unless something can be written now; what is written says nothing."""
        async with self.write() as connection:
            if self.is_sqlite:
                version = await connection.scalar(text("PRAGMA user_version"))
                await connection.execute(text(f"PRAGMA user_version = {version}"))
            else:
                await connection.execute(text("UPDATE alembic_version SET version_num = version_num"))

    async def close(self) -> None:
        """Give all connections back."""
        await self._writer.dispose()
        await self._reader.dispose()


_OLDER = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND greatest(age(backend_xid), age(backend_xmin)) >= age($1::text::xid)
"""


async def _wait_for_others(driver: Any) -> None:
    """Return when every transaction that PostgreSQL has begun is over: rows that it may see are not removed.

    Raises TimeoutError after ``ANSWER_SECONDS``.
    """
    now = await driver.fetchval("SELECT pg_current_xact_id()::xid::text")
    async with asyncio.timeout(ANSWER_SECONDS):
        while await driver.fetchval(_OLDER, now):  # noqa: ASYNC110 - the database tells nobody when they are over
            await asyncio.sleep(OTHERS_SECONDS)


def _configure_sqlite(engine: AsyncEngine, begin: str, *more: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _: object) -> None:
        connection.isolation_level = None
        pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MILLISECONDS}")
        for pragma in (*pragmas, *more):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql(begin))


def is_passing(error: Exception) -> bool:
    """Tell the database's trouble (locked, full, gone: try again) from a row's (bad value: never again).

    An internal error without a code is the driver's own: it lost count when its connection was ended while we froze.
    """
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    lost = isinstance(error, (OperationalError, InterfaceError, PoolTimeout, OSError))
    return (
        lost
        or state == _READ_ONLY
        or state[:2] in _PASSING_SQLSTATES
        or (isinstance(error, InternalError) and not state)
    )


def alembic_config(url: str) -> Config:
    """Return the configuration of our migrations for the database at ``url``."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


class NewerDatabase(Exception):
    """A newer version of this program has changed the database."""


def migrate(url: str) -> bool:
    """Bring the database at ``url`` to the newest form; an empty one gets all tables.

    Returns whether it was one of an older version; raises NewerDatabase and changes nothing if it is one of a newer.
    """
    config = alembic_config(url)
    versions = ScriptDirectory.from_config(config)
    found = asyncio.run(_version(url))
    if found == versions.get_current_head():
        return False
    if found and found not in {one.revision for one in versions.walk_revisions()}:
        raise NewerDatabase
    command.upgrade(config, "head")
    return found is not None


async def _version(url: str) -> str | None:
    engine = create_async_engine(url, hide_parameters=True)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(lambda inner: MigrationContext.configure(inner).get_current_revision())
    finally:
        await engine.dispose()
