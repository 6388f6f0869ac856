"""Exports are made in a process of their own: what it gives back, how it is stopped, and that it is never left over."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from poll_server.cli.results import Form
from poll_server.documents.apart import FORMATS, make_apart
from poll_server.documents.making import DOCUMENTS, FORMS, JSON, NICE, PNG, STEP, SVG, take, write
from poll_server.domain.errors import Forbidden, Unavailable
from poll_server.domain.rounds import Action, Event
from poll_server.storage import ballots, rehearsal
from poll_server.storage.database import IDLE_SECONDS, Database
from tests.harness.server import PROJECT
from tests.storage.databases import ballot, ids, migrated, opened, stepped, stored

PATIENCE_SECONDS = 30.0
PEOPLE = 6


@pytest_asyncio.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    """A migrated SQLite database that the tests share; each uses an event of its own."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('making') / 'poll.sqlite3'}") as database:
        yield database


async def answered(database: Database, people: int = PEOPLE) -> Event:
    """An event whose one question so many people have answered, closed."""
    event = await opened(database)
    (question_id,) = ids(event)
    await ballots.count(database, [ballot(question_id, f"geheim{at}", f"o{at % 4 + 1}", id=at) for at in range(people)])
    for action in (Action.CLOSE, Action.SETTLE):
        event = await stepped(database, event, action, question_id)
    return event


def inside(folder: Path) -> dict[str, bytes]:
    """The files in a folder, and nothing else in it."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_command_offers_every_format() -> None:
    """What can be made is what can be asked for."""
    assert tuple(Form) == FORMATS == (*FORMS, JSON, *DOCUMENTS, SVG, PNG)


@pytest.mark.parametrize("form", ["xlsx", "json"])
async def test_process_makes_the_same_files(form: str, database: Database, tmp_path: Path) -> None:
    """What is made apart is what is made here, byte by byte, and names nobody."""
    event = await answered(database)
    apart, here = tmp_path / "apart", tmp_path / "here"
    for folder in (apart, here):
        folder.mkdir()
    async with asyncio.timeout(PATIENCE_SECONDS):
        made = await make_apart(database.url, event.id, form, apart)
    assert made == [apart / path.name for path in write(await take(database, event.id, form), form, here)]
    assert inside(apart) == inside(here)
    assert [name for name, content in inside(apart).items() if b"geheim" in content] == []


async def test_progress_goes_from_reading_to_the_last_row(database: Database, tmp_path: Path) -> None:
    """It never goes back, and ends at the whole."""
    event = await answered(database, 3 * STEP)
    told: list[tuple[int, int]] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        await make_apart(database.url, event.id, "csv", tmp_path, lambda done, total: told.append((done, total)))
    shares = [done / total for done, total in told]
    assert shares == sorted(shares)
    assert (len(shares) >= 3, shares[0] <= 0.5, 0.5 < shares[-1] <= 1) == (True, True, True)


async def test_refusal_comes_back_as_it_was(database: Database, tmp_path: Path) -> None:
    """While a rehearsal runs there is no export, and no file."""
    event = await stored(database)
    async with database.write() as connection:
        await rehearsal.begin(connection, event, event.revision)
    with pytest.raises(Forbidden, match="rehearsal"):
        await make_apart(database.url, event.id, "xlsx", tmp_path)
    assert inside(tmp_path) == {}


_FULL = """
import asyncio, pathlib, resource, sys
from poll_server.documents.apart import make_apart
from poll_server.documents.making import FORMS, JSON, PNG, SVG, take, write
from poll_server.storage.database import Database
url, event, folder = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
async def main():
    database = Database(url)
    for form in (*FORMS, JSON, SVG, PNG):
        try:
            write(await take(database, event, form), form, folder / "here")
        except OSError as error:
            print(error.strerror)
    await database.close()
    try:
        await make_apart(url, event, "xlsx", folder / "apart")
    except OSError as error:
        print(error.strerror)
resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
asyncio.run(main())
"""


async def test_file_that_cannot_be_written_is_told_and_left_out(database: Database, tmp_path: Path) -> None:
    """Whatever the format, a disk that takes no more is told as the system says it, and nothing is left."""
    event = await answered(database)
    for name in ("here", "apart"):
        (tmp_path / name).mkdir()
    async with in_time():
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _FULL, database.url, str(event.id), str(tmp_path)),
            cwd=PROJECT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        told, faults = await process.communicate()
    assert faults.decode() == ""
    assert told.decode().splitlines() == ["File too large"] * (len(FORMS) + 4)
    assert inside(tmp_path / "apart") == {}


async def test_folder_that_is_not_there_is_an_error_of_the_system(database: Database, tmp_path: Path) -> None:
    """What cannot be written is said as the system says it."""
    with pytest.raises(FileNotFoundError):
        await make_apart(database.url, (await stored(database)).id, "json", tmp_path / "nowhere")


async def test_database_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    """Trouble of the database is told as everywhere."""
    with pytest.raises(Unavailable):
        await make_apart(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'poll.sqlite3'}", 1, "xlsx", tmp_path)


_WAITING = """
ALTER TABLE tally RENAME TO stored;
CREATE VIEW tally AS SELECT * FROM stored WHERE pg_advisory_lock_shared(1) IS NOT NULL;
"""
"""Whoever reads the tally waits for who holds lock number 1."""


async def test_process_that_gets_no_turn_goes_on_afterwards(postgres_url: str, tmp_path: Path) -> None:
    """Whatever comes before it may take all of the machine for longer than PostgreSQL waits for others."""
    async with migrated(postgres_url) as database:
        event = await answered(database)
        watching = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
        async with in_time():
            await watching.execute(f"{_WAITING} SELECT pg_advisory_lock(1)")
            making = asyncio.create_task(make_apart(postgres_url, event.id, "json", tmp_path))
            while not await watching.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                pass
            (child,) = children(os.getpid())
            os.kill(child, signal.SIGSTOP)
            await watching.execute("SELECT pg_advisory_unlock(1)")
            await watching.execute("SELECT pg_sleep($1)", IDLE_SECONDS * 1.5)
            os.kill(child, signal.SIGCONT)
            (made,) = await making
            await watching.close()
    assert [one["answered"] for one in json.loads(made.read_bytes())["rounds"][0]["questions"]] == [PEOPLE]


# A process that is in the midst of its work: its database takes the connection and says nothing.


@dataclass
class Silence:
    """A database that never answers: who has ``come``, and whether they are ``gone``."""

    url: str
    come: asyncio.Event
    gone: asyncio.Event


@pytest_asyncio.fixture
async def silence() -> AsyncIterator[Silence]:
    """A port that takes a connection and waits for its end."""
    come, gone = asyncio.Event(), asyncio.Event()

    async def take_and_wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        come.set()
        try:
            while await reader.read(1024):
                pass
        except ConnectionError:
            pass
        gone.set()
        writer.close()

    async with await asyncio.start_server(take_and_wait, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield Silence(f"postgresql+asyncpg://kim:geheim@127.0.0.1:{port}/poll", come, gone)


def command_of(process: int) -> str:
    """What everybody on the machine can see of a process."""
    return Path(f"/proc/{process}/cmdline").read_text()


def children(parent: int) -> list[int]:
    """The processes that make exports for this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status, command = (folder / "status").read_text(), (folder / "cmdline").read_text()
        except OSError:
            continue
        if f"\nPPid:\t{parent}\n" in status and "poll_server.documents.making" in command:
            found.append(int(folder.name))
    return found


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """Bound in time."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        yield


async def test_process_is_nice_and_ends_when_it_is_cancelled(silence: Silence, tmp_path: Path) -> None:
    """Whatever else runs comes before it; stopped, it is gone at once, and so is what it had begun."""
    async with in_time():
        making = asyncio.create_task(make_apart(silence.url, 1, "xlsx", tmp_path))
        await silence.come.wait()
        (child,) = children(os.getpid())
        assert os.getpriority(os.PRIO_PROCESS, child) == NICE
        assert "geheim" not in command_of(child)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
        await silence.gone.wait()
    assert children(os.getpid()) == []
    assert inside(tmp_path) == {}


async def test_process_that_is_ended_by_others_is_an_error(silence: Silence, tmp_path: Path) -> None:
    """When the system ends it, for lack of memory maybe, whoever waits hears so, and nothing is left."""
    async with in_time():
        making = asyncio.create_task(make_apart(silence.url, 1, "xlsx", tmp_path))
        await silence.come.wait()
        os.kill(children(os.getpid())[0], signal.SIGKILL)
        with pytest.raises(OSError, match="ended"):
            await making
    assert inside(tmp_path) == {}


_PARENT = """
import asyncio, pathlib, sys
from poll_server.documents.apart import make_apart
asyncio.run(make_apart(sys.argv[1], 1, "xlsx", pathlib.Path(sys.argv[2])))
"""


async def test_process_ends_with_its_parent(silence: Silence, tmp_path: Path) -> None:
    """A parent that is killed takes no leave; its process notices all the same, and is gone."""
    async with in_time():
        parent = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _PARENT, silence.url, str(tmp_path)), cwd=PROJECT
        )
        try:
            await silence.come.wait()
            assert len(children(parent.pid)) == 1
        finally:
            parent.kill()
            await parent.wait()
        await silence.gone.wait()
