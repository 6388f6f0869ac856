"""The throwaway PostgreSQL keeps databases apart and leaves nothing behind."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable

import asyncpg
import pytest

from tests.harness.postgres import Cluster, running_cluster


async def _ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), timeout=10)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_new_database_is_empty_beside_another(new_postgres: Callable[[], str]) -> None:
    """A table made in one database is not in the next."""
    first, second = new_postgres(), new_postgres()
    await _ask(first, "create table vote (id int)")
    tables = "select count(*) from pg_tables where schemaname = 'public'"
    assert [await _ask(first, tables), await _ask(second, tables)] == [1, 0]


async def test_cluster_refuses_a_wrong_password(postgres_url: str) -> None:
    """Nobody else on the machine gets in while tests run."""
    with pytest.raises(asyncpg.InvalidPasswordError):
        await _ask(postgres_url.replace("poll:", "poll:x"), "select 1")


async def test_data_outlives_a_stop(postgres_cluster: Cluster) -> None:
    """A cluster that is stopped and started again serves the same rows at the same address."""
    url = postgres_cluster.new_database()
    await _ask(url, "create table vote as select 7 as id")
    postgres_cluster.stop()
    with pytest.raises(ConnectionRefusedError):
        await _ask(url, "select 1")
    postgres_cluster.start()
    assert await _ask(url, "select id from vote") == 7


def test_cluster_is_gone_after_use() -> None:
    """Files and process are removed when the block ends."""
    with running_cluster() as cluster:
        folder, pid = cluster.folder, cluster.pid
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_cluster_ends_with_a_killed_run() -> None:
    """A run that is killed takes its cluster along, so that nothing stays on a developer's machine."""
    script = (
        "import sys\nfrom tests.harness.postgres import running_cluster\n"
        "with running_cluster() as cluster:\n    print(cluster.pid, cluster.folder, flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        pid, folder = run.stdout.readline().split()
        ended = os.pidfd_open(int(pid))
        run.send_signal(signal.SIGKILL)
    try:
        assert _ends(ended)
    finally:
        os.close(ended)
        subprocess.run(["rm", "-rf", folder], check=True, timeout=30)


def _ends(pidfd: int) -> bool:
    """Wait up to 20 s for a process that is not our child."""
    readable, _, _ = select.select([pidfd], [], [], 20)
    return bool(readable)
