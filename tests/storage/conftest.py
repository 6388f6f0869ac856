"""Every test of the storage runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from poll_server.storage.database import Database
from tests.harness.postgres import Cluster
from tests.storage.databases import BACKENDS, migrated


@pytest_asyncio.fixture(scope="session", params=BACKENDS)
async def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    """A migrated database that the tests share; each uses an event of its own."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('storage') / 'poll.sqlite3'}"
    else:
        cluster: Cluster = request.getfixturevalue("shared_cluster")
        url = cluster.new_database()
    async with migrated(url) as database:
        yield database
