"""A disk that is full, a row that the database refuses, an end that comes amid votes: nothing acknowledged is lost."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from poll_server.domain.errors import Refused, Unavailable
from tests.harness.server import PRODUCT, Server, StartServer
from tests.web.conftest import NewPerson
from tests.web.crowding import MIB
from tests.web.events import SINGLE, Stored, ballots_of, database_of, draft, store
from tests.web.people import Desk, Line, ballot_form, german
from tests.web.test_locked_database import FAILING, STORED, locked

pytestmark = pytest.mark.long

DISK_BYTES = 16 * MIB
STOPPED_SECONDS = 3.0
LOCKED_SECONDS = 0.6
"""After the sockets are closed; in all much less than the box tries to store a vote."""
UNSHARE = ("unshare", "--mount", "--map-root-user", "--")
"""As root of a user namespace of its own a process may mount what nobody else sees; it goes with the process."""


async def opened(stored: Stored, new_person: NewPerson, people: int) -> tuple[Desk, list[Line], dict[str, str]]:
    """Open an event's question: its desk, so many people at their sockets, and the form."""
    desk = await Desk.of(await new_person(stored))
    lines = [await (await new_person(stored)).take_part() for _ in range(people)]
    await desk.do("open", stored.ids[0])
    forms = [ballot_form(await line.until(ballot_form)) for line in lines]
    assert forms[0] is not None
    return desk, lines, forms[0]


async def submissions(stored: Stored) -> set[UUID]:
    """What is stored of an event's first question."""
    async with database_of(stored.server) as database, database.read() as connection:
        rows = await connection.exec_driver_sql(f"SELECT submission FROM ballot WHERE question_id = {stored.ids[0]}")
        return {UUID(str(row.submission)) for row in rows}


def recount(stored: Stored) -> int:
    """Whether every tally equals its ballots: the exit code of the command."""
    command = (sys.executable, "-m", "poll_server", "recount", stored.code, "--data", str(stored.server.data))
    return subprocess.run(command, env=stored.server.env, check=False, capture_output=True, timeout=60).returncode


async def test_sigterm_amid_votes(start_server: StartServer, new_person: NewPerson) -> None:
    """What came before the signal is stored, everybody gets 1012, nobody enters, and it is over in three seconds."""
    server = await start_server()
    stored = await store(server, draft(SINGLE))
    _, lines, form = await opened(stored, new_person, 50)
    sent = [str(uuid4()) for _ in lines]
    with locked(server):  # so that all of them wait
        for line, submission in zip(lines, sent, strict=True):
            await line.send({**form, "answer": "o1", "submission": submission})
        await asyncio.gather(*(line.connection.ping() for line in lines))
        pongs = [await line.connection.ping() for line in lines]
        await asyncio.gather(*pongs)  # behind the votes, so they have been read
        assert await submissions(stored) == set()
        begun = time.monotonic()
        stopping = asyncio.create_task(server.stop())
        while await takes_connections(server.port):
            await asyncio.wait([stopping], timeout=0.01)
        closed = [await end_of(line) for line in lines]
        assert await asyncio.wait([stopping], timeout=LOCKED_SECONDS) == (set(), {stopping})  # it waits for them
    await stopping
    took = time.monotonic() - begun
    assert await submissions(stored) == {UUID(one) for one in sent}
    assert (set(closed), took < STOPPED_SECONDS, recount(stored)) == ({1012}, True, 0)


async def takes_connections(port: int) -> bool:
    """Whether somebody listens."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return False
    writer.transport.abort()
    return True


async def end_of(line: Line) -> int | None:
    """The code of a socket's close frame."""
    with pytest.raises(ConnectionClosed) as closed:
        await line.until(lambda frame: False)
    return closed.value.rcvd.code if closed.value.rcvd else None


async def test_row_that_the_database_refuses(start_server: StartServer, new_person: NewPerson) -> None:
    """The batch is split until the refused vote stands alone: its voter is told, all others count, and it goes on."""
    server = await start_server()
    stored = await store(server, draft(SINGLE))
    _, lines, form = await opened(stored, new_person, 30)
    with closing(sqlite3.connect(server.data / "poll.sqlite3", isolation_level=None)) as database:
        refuse = "SELECT RAISE(ABORT, 'refused') WHERE NEW.number = 7"
        database.execute(f"CREATE TRIGGER refuse BEFORE INSERT ON ballot BEGIN {refuse}; END")
    with locked(server):  # so that they come in one batch
        votes = [
            asyncio.create_task(line.vote(form, "o1", number="7" if at == 11 else "1")) for at, line in enumerate(lines)
        ]
        pongs = [await line.connection.ping() for line in lines]
        await asyncio.gather(*pongs)
    told = [await vote for vote in votes]
    assert [at for at, one in enumerate(told) if one.state == "refused"] == [11]
    assert told[11].text.strip() == german(Refused("unstorable"))
    assert await ballots_of(stored) == {(stored.ids[0], 1): 29}
    assert (await lines[11].vote(form, "o1", number="8")).state == "counted"
    assert recount(stored) == 0
    assert server.logs().count("ballot rejected by the database") == 1


def can_mount() -> bool:
    """Whether this machine lets a process have a disk of its own."""
    if shutil.which("unshare") is None:
        return False
    trying = (*UNSHARE, "mount", "-t", "tmpfs", "tmpfs", "/mnt")
    return subprocess.run(trying, check=False, capture_output=True, timeout=20).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="this machine lets no process mount a disk of its own (user namespaces)")
async def test_full_disk(tmp_path: Path, start_server: StartServer, new_person: NewPerson) -> None:
    """While there is no room voters and desk are told so; nothing acknowledged is lost, and with room it goes on.

    The disk is a small one in memory which only the server sees: writing to it fails as on a full one. What SQLite
    makes of a limit of its own (max_page_count) is tested at the ballot box.
    """
    prepared = await store(await start_server(), draft(SINGLE))
    await prepared.server.stop()
    data = tmp_path / "disk"
    mount = f'mount -t tmpfs -o size={DISK_BYTES} tmpfs {data} && cp {prepared.server.data}/* {data} && exec "$@"'
    server = Server(data, command=(*UNSHARE, "sh", "-c", mount, "sh", *PRODUCT))
    await server.start()
    try:
        server.data = Path(f"/proc/{server.pid}/root{data}")
        stored = replace(prepared, server=server)
        desk, (line, beside), form = await opened(stored, new_person, 2)
        counted: set[UUID] = set()
        number = 0

        async def vote(answer: str) -> str:
            nonlocal number
            number += 1
            submission = str(uuid4())
            receipt = await line.vote(form, answer, number=str(number), submission=submission)
            if receipt.state == "counted":
                counted.clear()
                counted.add(UUID(submission))
            elif receipt.state == "waiting":
                assert german(Unavailable("unavailable")) in receipt.text
            return receipt.state

        assert await vote("o1") == "counted"
        fill(server.data / "ballast")
        async with asyncio.timeout(60):
            while await vote("o2") == "counted":  # there is room left in files that stand already
                pass
        await desk.line.until(lambda frame: FAILING in frame)
        first = str(uuid4())
        assert (await beside.vote(form, "o3", submission=first)).state == "waiting"
        assert (await desk.person.http.get("/readyz")).status_code == 503
        assert await submissions(copied(stored, tmp_path / "full")) == counted

        (server.data / "ballast").unlink()
        assert (await beside.vote(form, "o3", submission=first)).state == "counted"
        assert await vote("o1") == "counted"
        await desk.line.until(lambda frame: STORED in frame)
        after = copied(stored, tmp_path / "after")
        assert (await submissions(after), recount(after)) == (counted | {UUID(first)}, 0)
    finally:
        await server.close()
    assert [line for line in server.logs().splitlines() if "Traceback" in line] == []


def copied(stored: Stored, folder: Path) -> Stored:
    """The event as it is on the server's disk now, in another folder: SQLite finds no way to a disk of others."""
    shutil.copytree(stored.server.data, folder, ignore=shutil.ignore_patterns("ballast", "*-shm"))
    return replace(stored, server=Server(folder))


def fill(ballast: Path) -> None:
    """Leave no room on the disk of this file."""
    with ballast.open("wb", buffering=0) as file:
        for size in (64 * 1024, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
