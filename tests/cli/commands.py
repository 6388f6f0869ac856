"""The commands as people type them: in this process, in a thread with a loop of its own, or as a process apart."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from typer.testing import CliRunner

from poll_server.cli import app
from poll_server.domain.ballots import Ballot, Key, Rank
from poll_server.domain.programme import EventDraft, ItemDraft, SessionDraft
from poll_server.domain.rounds import Action, Event, plan
from poll_server.storage import ballots, events, steps
from poll_server.storage.database import Database
from tests.harness.server import INHERITED, PROJECT

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


async def poll_server(*arguments: str | Path, **env: str) -> Ran:
    """Run a command with these settings and no others."""
    unset: dict[str, str | None] = {name: None for name in os.environ if name.startswith("POLL_")}
    wide = {"COLUMNS": "200", "NO_COLOR": "1", "LC_ALL": "C"}
    words = [str(argument) for argument in arguments]
    result = await asyncio.to_thread(CliRunner().invoke, app, words, env={**unset, **wide, **env})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


@asynccontextmanager
async def running(
    *arguments: str | Path, before: Sequence[str] = (), program: Path = PROJECT
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command of the program in this folder as a process of its own, for a limited time; then end it."""
    env = {name: os.environ[name] for name in INHERITED if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *("setpriv", "--pdeathsig", "KILL", *before, "--", sys.executable, "-m", "poll_server", *map(str, arguments)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=env | {"PYTHONPATH": str(program), "LC_ALL": "C.UTF-8"},
        cwd="/",
    )
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ran_apart(*arguments: str | Path, before: Sequence[str] = (), program: Path = PROJECT) -> Ran:
    """Run a command as a process of its own to its end."""
    async with running(*arguments, before=before, program=program) as process:
        out, err = await process.communicate()
        return Ran(process.returncode or 0, out.decode(), err.decode())


async def stored(data: Path, code: str) -> Event:
    """Read an event out of the database in a folder."""
    database = Database(f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}")
    try:
        async with database.read() as connection:
            found = await events.find(connection, code)
            assert found is not None
            return await events.load(connection, found[0])
    finally:
        await database.close()


async def voted(data: Path, code: str) -> int:
    """Open the first question of an event, count one vote for o1 and give the question's id."""
    event = await stored(data, code)
    question = next(event.questions)
    key = Key(question.id, question.wave, "kim")
    vote = Ballot(key, Rank(1, UUID(int=1)), ("o1",), Counter({"#": 1, "o1": 1}))
    database = Database(f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}")
    try:
        async with database.write() as connection:
            step = plan(event, Action.OPEN, question.id)
            await steps.take_step(connection, event, event.revision, step, Action.OPEN, 1)
        await ballots.count(database, [vote])
    finally:
        await database.close()
    return question.id


def written(path: Path, text: str) -> Path:
    """Write a file and return its path."""
    path.write_text(text, encoding="utf-8")
    return path


def inside(folder: Path) -> list[str] | None:
    """The names of what lies in a folder; None if there is no folder."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else None


def read_back(event: Event) -> list[ItemDraft]:
    """The programme of a stored event, as it would have been prepared; sessions are not part of an event."""
    questions = {round_.item_id: tuple(question.definition for question in round_.questions) for round_ in event.rounds}
    return [
        ItemDraft(
            item.starts,
            item.title,
            item.ends,
            item.about,
            item.kind,
            item.description,
            item.people,
            questions.get(item.id, ()),
        )
        for item in event.items
    ]


def without_sessions(draft: EventDraft) -> list[ItemDraft]:
    """The programme of a prepared event, as `read_back` gives it."""
    return [replace(item, session=SessionDraft()) for item in draft.items]
