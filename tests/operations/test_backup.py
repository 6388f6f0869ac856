"""The backup and the restore of docs/operations.md, amid votes."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from tests.harness.server import Server, StartServer
from tests.operations import page
from tests.test_recovery import Sent, Voter
from tests.web.events import SINGLE, Stored, draft, store
from tests.web.people import Desk, Person, receipts

VOTERS = 60
BEFORE_THE_BACKUP = 300
PATIENCE_SECONDS = 30
Ballots = dict[UUID, str]


class Burst:
    """People who vote and change as fast as they can; `count` votes were acknowledged so far."""

    def __init__(self, voters: Sequence[Voter]) -> None:
        self.voters = voters
        self.count = 0
        self._enough = asyncio.Event()

    async def reach(self, count: int) -> None:
        """Wait until so many votes were acknowledged."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.count < count:
                self._enough.clear()
                await self._enough.wait()

    def told(self) -> None:
        """Count an acknowledgement."""
        self.count += 1
        self._enough.set()


@asynccontextmanager
async def voting(server: Server, voters: Sequence[Voter], path: str) -> AsyncIterator[Burst]:
    """Let these people vote until the server is stopped inside the block."""
    await asyncio.gather(*(voter.enter(server.ws_url(f"{path}/socket"), server.url) for voter in voters))
    burst = Burst(voters)
    async with asyncio.TaskGroup() as tasks:
        for voter in voters:
            tasks.create_task(voter.vote_until_cut_off(burst.told))
        yield burst
        await server.stop()


async def audience_of(stored: Stored) -> list[Voter]:
    """So many people, each with a cookie that the page gave."""
    voters = []
    async with Person(stored) as browser:
        for number in range(VOTERS):
            browser.http.cookies.clear()
            await browser.get()
            voters.append(Voter(browser.cookies(browser.path), Random(number)))
    return voters


def since(voter: Voter, first: Sent) -> set[UUID]:
    """A submission of somebody's and all later ones."""
    sent = [*voter.acknowledged.values(), *([voter.pending] if voter.pending else [])]
    return {one.id for one in sent if (one.number, one.id) >= (first.number, first.id)}


def ballots_in(copy: Path) -> Ballots:
    """The answer of each submission that stands in a database, which must be sound."""
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = database.execute("SELECT submission, answer FROM ballot").fetchall()
    return {UUID(submission): json.loads(answer)[0] for submission, answer in rows}


def modes_in(folder: Path) -> dict[str, str]:
    """The files in a folder, each with its rights."""
    return {file.name: f"{file.stat().st_mode & 0o777:o}" for file in folder.iterdir()}


async def test_backup_amid_votes_can_be_restored(start_server: StartServer, tmp_path: Path) -> None:
    """What was acknowledged before the backup began is in it; restored, links and cookies lead to what it holds."""
    server = await start_server()
    places = {"/var/lib/poll-server": server.data, "/var/backups/poll-server": tmp_path / "backups"}
    stored = await store(server, draft(SINGLE))
    link, path = stored.link("desk"), f"/e/{stored.code}"
    async with Person(stored) as moderator:
        await (await Desk.of(moderator)).do("open", stored.ids[0])
    voters = await audience_of(stored)

    async with voting(server, voters, path) as burst:
        await burst.reach(BEFORE_THE_BACKUP)
        before = [(voter, voter.standing) for voter in voters]
        counted = burst.count
        copy = Path((await page.run("backup", places)).strip())
        assert burst.count > counted
    held = ballots_in(copy / "poll.sqlite3")
    assert [first for voter, first in before if first and not held.keys() & since(voter, first)] == []
    assert modes_in(copy) == {"poll.sqlite3": "600", "secret": "600"}
    await page.run("test", {**places, "CODE": stored.code})

    await page.run("restore", places)
    await server.start()
    assert stored.link("desk") == link
    for voter in voters:
        greeting = await voter.enter(server.ws_url(f"{path}/socket"), server.url)
        await voter.leave()
        (mine,) = held.keys() & since(voter, min(voter.acknowledged.values(), key=lambda sent: sent.number))
        assert [receipt.answer for receipt in receipts(greeting)] == [held[mine]]
    async with Person(stored) as moderator:
        await (await Desk.of(moderator)).do("close", stored.ids[0])


@pytest.mark.parametrize("missing", ["poll.sqlite3", "secret"])
def test_backup_of_a_wrong_folder_says_so(missing: str, tmp_path: Path) -> None:
    """Without database or secret there is one sentence, exit code 1, no folder that looks complete, and no new file."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "poll.sqlite3").touch()
    (data / "secret").touch()
    (data / missing).unlink()
    command = [sys.executable, str(page.DEPLOY / "poll-server-backup"), str(data), str(tmp_path / "backups")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert [folder.suffix for folder in (tmp_path / "backups").iterdir()] == [".part"]
    assert not (data / missing).exists()
