"""A server that is killed amid a burst of votes loses none that it acknowledged and counts none twice."""

import asyncio
import json
import random
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from poll_server.settings import Settings
from poll_server.storage.database import Database
from poll_server.storage.tables import metadata
from tests.harness.server import Server, StartServer
from tests.harness.visitor import visitor
from tests.storage.databases import BACKENDS, LABELS, ids, stored, tally
from tests.web.events import Stored, first_links
from tests.web.people import Desk, Person, ballot_form, receipts

pytestmark = pytest.mark.long

VOTERS = 200
ACKNOWLEDGED_BEFORE_THE_KILL = 700
PATIENCE_SECONDS = 30
OPTIONS = tuple(f"o{at}" for at in range(1, len(LABELS) + 1))


@dataclass(frozen=True)
class Sent:
    """One submission."""

    id: UUID
    number: int
    answer: str


class Voter:
    """Somebody who votes and changes the vote as fast as acknowledgements come, and keeps what has none."""

    def __init__(self, cookie: str, rng: random.Random) -> None:
        self.acknowledged: dict[UUID, Sent] = {}
        self.standing: Sent | None = None
        """The newest submission that was acknowledged."""
        self.pending: Sent | None = None
        self.refusals: list[str] = []
        self._cookie = cookie
        self._rng = rng
        self._form: dict[str, str] = {}
        self._line: ClientConnection | None = None

    @property
    def newest(self) -> set[UUID]:
        """The submissions one of which must stand: the newest that was acknowledged, and what was on its way."""
        return {sent.id for sent in (self.standing, self.pending) if sent}

    async def enter(self, url: str, origin: str) -> str:
        """Connect and return the first frames until the one with the form or the own answer."""
        headers = {"cookie": self._cookie, "origin": origin}
        self._line = await connect(
            url, additional_headers=headers, proxy=None, max_queue=None, open_timeout=30, compression=None
        )
        while "data-vote" not in (frame := await self._next()):
            pass
        self._form = self._form or ballot_form(frame) or {}
        return frame

    async def vote_until_cut_off(self, told: Callable[[], None]) -> None:
        """Vote and change until the connection is lost, and call ``told`` with each acknowledgement."""
        try:
            while True:
                number = self.standing.number + 1 if self.standing else 1
                sent = Sent(UUID(int=self._rng.getrandbits(128), version=4), number, self._rng.choice(OPTIONS))
                await self.send(sent)
                told()
        except ConnectionClosed:
            return

    async def send(self, sent: Sent) -> None:
        """Send a submission and wait for its acknowledgement."""
        assert self._line is not None
        self.pending = sent
        own = {"number": str(sent.number), "submission": str(sent.id), "answer": sent.answer}
        await self._line.send(json.dumps(self._form | own))
        while str(sent.id) not in (frame := await self._next()):
            continue
        (receipt,) = receipts(frame)
        self.pending = None
        if receipt.state == "counted":
            self.acknowledged[sent.id] = sent
            self.standing = max((one for one in (self.standing, sent) if one), key=lambda one: (one.number, one.id))
        else:
            self.refusals.append(receipt.text)

    async def come_back(self, url: str, origin: str) -> str:
        """Connect again, send what was not acknowledged, or sometimes what was; return the answer of the greeting."""
        pending = self.pending or (self.standing if self._rng.random() < 0.5 else None)
        await self.enter(url, origin)
        if pending:
            await self.send(pending)
        await self.leave()
        greeting = await self.enter(url, origin)
        await self.leave()
        return receipts(greeting)[0].answer

    async def leave(self) -> None:
        """Close the connection."""
        if self._line is not None:
            await self._line.close()

    async def _next(self) -> str:
        assert self._line is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            frame = await self._line.recv()
        assert isinstance(frame, str)
        return frame


@pytest.mark.parametrize("backend", BACKENDS)
async def test_kill_amid_a_burst(backend: str, request: pytest.FixtureRequest, start_server: StartServer) -> None:
    """Two hundred people vote and change, the server is killed, again and again: each acknowledged vote counts once."""
    env = {"POLL_DATABASE_URL": request.getfixturevalue("postgres_url")} if backend == "postgresql" else {}
    server = await start_server(env)
    database = Database(env.get("POLL_DATABASE_URL", f"sqlite+aiosqlite:///{server.data / 'poll.sqlite3'}"))
    try:
        await _survive(server, database, request.config.getoption("kills"))
    finally:
        await database.close()


def test_first_start_of_several_processes_makes_one_secret(tmp_path: Path) -> None:
    """Whoever comes first, all read the same whole secret, and nothing else is left in the folder."""
    together = Barrier(8)

    def start(folder: Path) -> bytes:
        given: dict[str, Any] = {"data_dir": folder}
        together.wait(PATIENCE_SECONDS)
        return Settings(**given).secret()

    with ThreadPoolExecutor(8) as processes:
        for number in range(50):
            folder = tmp_path / str(number)
            found = set(processes.map(start, [folder] * 8))
            assert ([len(one) for one in found], [path.name for path in folder.iterdir()]) == ([32], ["secret"])


async def _survive(server: Server, database: Database, kills: int) -> None:
    event = await stored(database)
    async with database.write() as connection:
        await first_links(connection, event.id, event.code)
    question_id, path = ids(event)[0], f"/e/{event.code}"
    async with Person(Stored(server, event, bytes(32))) as moderator:
        await (await Desk.of(moderator)).do("open", question_id)
    voters = await _voters(server, path)
    address = (server.ws_url(f"{path}/socket"), server.url)
    cut_off = 0
    for _ in range(kills):
        await asyncio.gather(*(voter.enter(*address) for voter in voters))
        await _vote_and_kill(server, voters)
        kept = await _rows(database, question_id)
        lost = [voter.standing for voter in voters if voter.standing and not kept.keys() & voter.newest]
        assert lost == []
        cut_off += sum(voter.pending is not None for voter in voters)

        await server.restart()
        greeted = await asyncio.gather(*(voter.come_back(*address) for voter in voters))
        standing = [voter.standing for voter in voters if voter.standing]
        assert ([sent.answer for sent in standing], len(standing)) == (greeted, VOTERS)
        assert await _rows(database, question_id) == {sent.id: (sent.number, (sent.answer,)) for sent in standing}
        assert await tally(database, question_id) == {"#": VOTERS, **Counter(sent.answer for sent in standing)}
    assert cut_off > 0
    assert [refusal for voter in voters for refusal in voter.refusals] == []
    assert await _recount(server, event.code) == (0, "1 question: every tally equals its ballots.\n")


async def _voters(server: Server, path: str) -> Sequence[Voter]:
    """So many people, each with the cookie that the page gave them."""
    voters = []
    async with visitor(server.url) as client:
        for number in range(VOTERS):
            client.cookies.clear()
            await client.get(path)
            cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
            voters.append(Voter(cookie, random.Random(number)))
    return voters


async def _vote_and_kill(server: Server, voters: Sequence[Voter]) -> None:
    """Let all vote, kill the server when enough was acknowledged, and wait until everybody has noticed."""
    acknowledged = 0
    enough = asyncio.Event()

    def told() -> None:
        nonlocal acknowledged
        acknowledged += 1
        if acknowledged >= ACKNOWLEDGED_BEFORE_THE_KILL:
            enough.set()

    burst = [asyncio.create_task(voter.vote_until_cut_off(told)) for voter in voters]
    async with asyncio.timeout(PATIENCE_SECONDS):
        await enough.wait()
    await server.kill()
    await asyncio.gather(*burst)


async def _rows(database: Database, question_id: int) -> dict[UUID, tuple[int, tuple[str, ...]]]:
    table = metadata.tables["ballot"]
    async with database.read() as connection:
        found = await connection.execute(select(table).where(table.c.question_id == question_id))
        return {row.submission: (row.number, tuple(row.answer)) for row in found}


async def _recount(server: Server, code: str) -> tuple[int | None, str]:
    """Run `poll-server recount` beside the server; gives its exit code and what it printed."""
    command = (sys.executable, "-m", "poll_server", "recount", code, "--data", str(server.data))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, env=server.env)
    output, _ = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
    return process.returncode, output.decode()
