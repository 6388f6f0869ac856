"""Pages of an organiser who has 500 events of 10,000 ballots each: the list, an event, its numbers.

    .venv/bin/python -m bench.organisers --events 500

The rows are copied inside SQLite, and making them is given up after two minutes.
"""

import argparse
import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles

from sqlalchemy.ext.asyncio import AsyncConnection

from bench.figures import Pages
from bench.machine import BenchError, Quiet, ending_within
from bench.server import ANSWER_SECONDS, Server, folder
from poll_server.domain.access import Role
from poll_server.domain.programme import Definition, EventDraft, ItemDraft, ItemKind, Option
from poll_server.storage import events, organisers, sharing
from poll_server.storage.database import Database, migrate
from poll_server.web.accounts import digest, new_key

EVENTS = 500
QUESTIONS, PEOPLE = 10, 1_000
MINUTES = 240
STRIDE = 1_000
"""What the ids of an event's rows are above those of the one before it."""
MAKING_SECONDS = 120.0
ASKED, WARMING = 200, 20
PAGES = {"list of events": "", "an event": "/events/{code}", "its numbers": "/events/{code}/numbers"}

_COUNT = "WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < {most})"
_FILL = (
    f"INSERT INTO wave (question_id, wave, opened, closed, present, discarded, rehearsal, shown, reopened)"
    f" SELECT id, 1, '2026-11-25 09:00:00', '2026-11-25 09:05:00', {PEOPLE}, 0, 0, 1, 0 FROM question",
    f"INSERT INTO tally SELECT id, 1, '', '#', {PEOPLE} FROM question",
    f"INSERT INTO tally SELECT id, 1, '', 'o1', {PEOPLE} FROM question",
    f"{_COUNT.format(most=MINUTES)} INSERT INTO attendance"
    " SELECT event.id, datetime('2026-11-25 09:00', '+' || k.n || ' minutes') || '.000000', 800 + k.n FROM event, k",
    f"{_COUNT.format(most=PEOPLE)} INSERT INTO ballot (question_id, wave, participant, part, number, submission, grp,"
    " answer, marks) SELECT question.id, 1, printf('%032x', k.n), '', 1, printf('%032x', k.n), '', '[\"o1\"]',"
    ' \'{"#":1,"o1":1}\' FROM question, k',
)


def make(data: Path, many: int) -> str:
    """Make so many events in a new database and return the key of a session of their owner; raises BenchError."""
    data.mkdir(parents=True)
    url = f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}"
    migrate(url)
    key = asyncio.run(_first(Database(url)))
    ends = time.monotonic() + MAKING_SECONDS
    with closing(sqlite3.connect(data / "poll.sqlite3", isolation_level=None)) as connection:
        connection.set_progress_handler(lambda: int(time.monotonic() > ends), 100_000)
        connection.execute("PRAGMA synchronous=OFF")
        try:
            connection.execute("BEGIN")
            for table in ("event", "item", "round", "question", "event_organiser"):
                connection.execute(_copies(connection, table, many))
            for statement in _FILL:
                connection.execute(statement)
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise BenchError(f"The events could not be made within {MAKING_SECONDS:.0f} s: {error}.") from error
    return key


async def _first(database: Database) -> str:
    key, now = new_key(), datetime(2026, 11, 25, 9, tzinfo=UTC)
    options = tuple(Option(f"o{at}", f"Antwort {at}") for at in range(1, 5))
    asked = tuple(Definition("single_choice", f"Frage {at}", options) for at in range(QUESTIONS // 2))
    items = tuple(
        ItemDraft(at, f"Runde {at:%H}", ends=at + timedelta(hours=1), kind=ItemKind.ROUND, questions=asked)
        for at in (now, now + timedelta(hours=1))
    )
    async with database.write() as connection:
        draft = EventDraft("Tagung", now.date(), "Europe/Berlin", "de", items=items)
        event_id = await events.create(connection, draft, "bench", bytes(32))
        await _owner(connection, event_id, key)
    await database.close()
    return key


async def _owner(connection: AsyncConnection, event_id: int, key: str) -> None:
    owner = await organisers.add(connection, "bench", Role.ORGANISER, datetime.now(UTC))
    await sharing.give(connection, event_id, owner, owner=True)
    await organisers.begin(connection, owner, digest(key), "", datetime.now(UTC))


def _copies(connection: sqlite3.Connection, table: str, many: int) -> str:
    """Return the statement that copies the rows of the first event: all ids of its own are a stride above."""
    moved = dict.fromkeys(("id", "event_id", "item_id", "round_id"), f"+ k.n * {STRIDE}") | {"code": "|| k.n"}
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(f"{name} {moved.get(name, '')}" for name in names)
    counted = _COUNT.format(most=many - 1)
    return f"{counted} INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table}, k"


def measure(made: Path, quiet: Quiet, many: int = EVENTS) -> list[Pages]:
    """Ask for each page of many events, one after the other."""
    key = make(made / "organisers", many)
    with Server(made / "organisers") as server:
        idle = quiet.wait()
        return [_page(server.port, key, name, path, many, idle) for name, path in PAGES.items()]


def _page(port: int, key: str, name: str, path: str, many: int, idle: float) -> Pages:
    times, size = [], 0
    with closing(HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)) as connection:
        for at in range(WARMING + ASKED):
            code = f"bench{at % many or ''}"
            begun = time.perf_counter()
            connection.request("GET", f"/organise{path.format(code=code)}", headers={"Cookie": f"organiser={key}"})
            answer = connection.getresponse()
            size = len(answer.read())
            times.append((time.perf_counter() - begun) * 1000)
            if answer.status != 200:
                raise BenchError(f"{name} has answered with status {answer.status}.")
    cuts = quantiles(times[WARMING:], n=100)
    return Pages(
        name=name,
        sockets=many,
        rounds=ASKED,
        idle=round(idle, 2),
        p50_ms=round(cuts[49], 1),
        p99_ms=round(cuts[98], 1),
        most_ms=round(max(times[WARMING:]), 1),
        kilobytes=round(size / 1000, 1),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.organisers", description="Measure the pages of organisers.")
    parser.add_argument("--events", type=int, default=EVENTS, help="how many, of 10,000 ballots each")
    wanted = parser.parse_args(arguments)
    ending_within(int(MAKING_SECONDS) * 3)
    with folder() as made:
        for figure in measure(made, Quiet(patience=0), wanted.events):
            print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
