"""Questions from the floor under load: people back and ask at the pace of a full hall while list and desk are live.

    .venv/bin/python -m bench.questions --page docs/benchmarks.md      all ten minutes; `make bench` has one of them

The pace is that of 50,000 backings and 2,000 questions in ten minutes. The server is on the first core, all clients are
on the second, in this process. A desk searches twice a second all the while.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from math import ceil
from pathlib import Path
from typing import NamedTuple, TypeVar, cast
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx2
import uvloop

from bench.figures import Questions
from bench.machine import BenchError, Quiet, ending_within, on_core, raise_file_limit
from bench.page import QUESTIONS_BEGIN, write
from bench.server import Server, folder
from poll_server.domain.contributions import Contribution, Fate, SessionState
from poll_server.simulate.questions import QUESTIONS
from poll_server.storage import contributions
from poll_server.storage.database import Database

PEOPLE = 5_000
SECONDS = 600
SHORT_SECONDS = 60
BACKED_A_SECOND = 50_000 / 600
ASKED_A_SECOND = 2_000 / 600
PUBLISHED = WAITING = 2_000
"""So many questions are published, and so many wait at the end."""
SEARCH_EVERY = 0.5
"""Seconds between two searches."""
OWN_WITHIN = 200
"""Bytes of a frame in which it says that it is private."""
KEY = "AAAAAAAAAAAAAAAAAAAAAA=="
ANSWER_SECONDS = 30.0
MORE_SECONDS = 600
"""What coming in and starting may take beside the time that is measured."""

T = TypeVar("T")


@dataclass
class Heard:
    """What came: seconds until each acknowledgement, how many were refused, and bytes of frames by what they are."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    frames: dict[str, list[int]] = field(default_factory=dict)
    waiting: dict[tuple[int, str], float] = field(default_factory=dict)

    def hear(self, person: int, frame: bytes) -> None:
        """Take a frame that came to somebody."""
        if frame.startswith(b'{"told"'):
            told = json.loads(frame)["told"]
            begun = self.waiting.pop((person, str(told.get("contribution") or told.get("submission"))))
            self.seconds.append(time.perf_counter() - begun)
            self.refused += told["state"] != "stored"
            return
        sort = "figures" if frame.startswith(b'{"tick"') else "beat" if frame.startswith(b"{") else "list"
        if b'hx-target="#own"' in frame[:OWN_WITHIN]:
            sort = "own"
        self.frames.setdefault(sort, []).append(len(frame))


class Used(NamedTuple):
    """What was heard in so many seconds, the share of them that the server computed, and how long searches took."""

    heard: Heard
    seconds: float
    busy: float
    backings: int
    searches: list[float]


class Line(asyncio.Protocol):
    """Somebody's socket; a client that reads no more of a frame than must be known here."""

    def __init__(self, heard: Callable[[bytes], None]) -> None:
        self.is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._heard = heard
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.is_open.done():
            self.is_open.set_exception(BenchError("The server has closed a socket before it was open."))

    def begin(self, path: str, cookie: str) -> None:
        """Ask for the socket."""
        head = ("Host: localhost", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
        lines = (f"GET {path} HTTP/1.1", *head, f"Sec-WebSocket-Key: {KEY}", f"Cookie: {cookie}", "", "")
        self.transport.write("\r\n".join(lines).encode())

    def send(self, message: dict[str, str]) -> None:
        """Send a message of less than 64 KiB, masked with zeros (RFC 6455, 5.2)."""
        text = json.dumps(message).encode()
        short = len(text) < 126
        head = bytes((0x81, 0x80 | (len(text) if short else 126)))
        self.transport.write(head + (b"" if short else len(text).to_bytes(2)) + bytes(4) + text)

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        if not self.is_open.done():
            head, ended, data = data.partition(b"\r\n\r\n")
            if not ended:
                self._rest = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.is_open.set_exception(BenchError(f"A socket is refused: {head[:40]!r}"))
                return
            self.is_open.set_result(None)
        at = 0
        while (found := _payload(data, at)) is not None:
            begun, at = found
            self._heard(data[begun:at])
        self._rest = data[at:]


def _payload(data: bytes, at: int) -> tuple[int, int] | None:
    """Return where the payload of the frame at a place begins and ends, None while it is not all there."""
    if len(data) < at + 2:
        return None
    short = data[at + 1]
    size = {126: 2, 127: 8}.get(short, 0)
    begun = at + 2 + size
    end = begun + (int.from_bytes(data[at + 2 : begun]) if size else short)
    return (begun, end) if len(data) >= max(begun, end) else None


def measure(folder: Path, idle: float, seconds: int = SHORT_SECONDS, people: int = PEOPLE) -> Questions:
    """Measure for so many seconds; the database is left in the folder. Raises BenchError."""
    data = folder / "questions"
    with Server(data):
        pass  # makes the database
    asked = round(seconds * ASKED_A_SECOND)
    session, ids = asyncio.run(_fill(data, asked))
    with (
        Server(data) as server,
        on_core(1),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        used = runner.run(_use(server, session, ids, people, seconds))
    with closing(sqlite3.connect(data / "poll.sqlite3")) as database:
        rows = [
            database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in ("backing", "contribution")
        ]
    heard, latencies, stored = used.heard, sorted(used.heard.seconds), sum(rows) - PUBLISHED - WAITING + asked
    return Questions(
        name="questions",
        sockets=people,
        rounds=1,
        idle=round(idle, 2),
        seconds=round(used.seconds, 1),
        busy=round(used.busy, 2),
        backings=used.backings,
        asked=asked,
        p50_ms=_ms(latencies, 0.5),
        p99_ms=_ms(latencies, 0.99),
        most_ms=_ms(latencies, 1),
        search_p50_ms=_ms(used.searches, 0.5),
        search_p99_ms=_ms(used.searches, 0.99),
        tick_bytes=max(heard.frames["figures"]),
        list_bytes=max(heard.frames["list"]),
        lost=len(heard.waiting) + abs(len(latencies) - heard.refused - stored),
        refused=heard.refused,
    )


async def _fill(data: Path, asked: int) -> tuple[int, list[int]]:
    """Open the session and store what is published and what waits already; returns it and the ids of the published."""
    database = Database(f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}")
    async with database.write() as connection:
        (session,) = (await contributions.sessions(connection, 1)).values()
        await contributions.take_step(connection, session, SessionState.OPEN, rehearsal=False)
        fates = [Fate.ACCEPTED] * PUBLISHED + [Fate.WAITING] * (WAITING - asked)
        now = datetime.now(ZoneInfo("Europe/Berlin"))
        new = [
            Contribution(0, session.item_id, f"author{at}", UUID(int=at), _text(at), now, fate=fate)
            for at, fate in enumerate(fates, 1)
        ]
        stored = await contributions.add(connection, new)
    await database.close()
    return session.item_id, sorted(one.id for one in stored.values() if one.fate is Fate.ACCEPTED)


def _text(number: int) -> str:
    return f"{QUESTIONS[number % len(QUESTIONS)].text} ({number})"


async def _use(server: Server, session: int, ids: list[int], people: int, seconds: int) -> Used:
    """Let people come in, back, ask and search."""
    chance, heard = random.Random(1), Heard()
    # Whoever stands above is backed more.
    pairs = {
        (chance.randrange(people), ids[int(len(ids) * chance.random() ** 2)])
        for _ in range(round(seconds * BACKED_A_SECOND))
    }
    _say(f"{people:,} come in to the questions.")
    async with httpx2.AsyncClient(base_url=server.base, trust_env=False, timeout=60) as http:
        lines = [await _enter(http, f"{server.page}/questions", partial(heard.hear, at)) for at in range(people)]

        def back(pair: tuple[int, int]) -> None:
            heard.waiting[pair[0], str(pair[1])] = time.perf_counter()
            lines[pair[0]].send({"do": "back", "contribution": str(pair[1])})

        def ask(number: int) -> None:
            person, submission, text = number % people, str(uuid4()), _text(PUBLISHED + WAITING + number)
            heard.waiting[person, submission] = time.perf_counter()
            lines[person].send({"do": "ask", "session": str(session), "submission": submission, "text": text})

        _say(f"{seconds} s of backing and asking.")
        searches: list[float] = []
        searching = asyncio.create_task(_search(http, server, searches))
        begun, busy, asked = time.perf_counter(), server.processor_seconds, range(round(seconds * ASKED_A_SECOND))
        await asyncio.gather(_at_pace(pairs, BACKED_A_SECOND, back), _at_pace(asked, ASKED_A_SECOND, ask))
        spent = time.perf_counter() - begun
        busy = server.processor_seconds - busy
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                while heard.waiting:  # noqa: ASYNC110 - a bench, told to nobody else
                    await asyncio.sleep(0.05)
        searching.cancel()
        for line in lines:
            line.transport.abort()
    return Used(heard, spent, busy / spent, len(pairs), sorted(searches))


async def _enter(http: httpx2.AsyncClient, page: str, hear: Callable[[bytes], None]) -> Line:
    http.cookies.clear()
    await http.get(page)
    cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    _, line = await asyncio.get_running_loop().create_connection(
        lambda: Line(hear), "127.0.0.1", http.base_url.port or 80
    )
    line.begin(f"{page}/socket", cookie)
    await line.is_open
    return line


async def _at_pace(some: Collection[T], a_second: float, do: Callable[[T], None]) -> None:
    begun = time.perf_counter()
    for number, one in enumerate(some):
        await asyncio.sleep(max(0.0, begun + number / a_second - time.perf_counter()))
        do(one)


async def _search(http: httpx2.AsyncClient, server: Server, spent: list[float]) -> None:
    """Search at the desk until cancelled, and note the seconds of each search."""
    for number in count():
        begun = time.perf_counter()
        word = QUESTIONS[number % len(QUESTIONS)].text.split()[-2]
        headers = {"cookie": server.desk}
        answer = await http.get(f"{server.page}/desk/questions/state", params={"wanted": word}, headers=headers)
        answer.raise_for_status()
        spent.append(time.perf_counter() - begun)
        await asyncio.sleep(SEARCH_EVERY)


def _ms(ordered: Sequence[float], share: float) -> float:
    return round(1000 * ordered[ceil(share * len(ordered)) - 1], 1)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.questions", description="Measure questions from the floor.")
    parser.add_argument("--people", type=int, default=PEOPLE, help="how many are connected")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long they back and ask")
    parser.add_argument("--page", type=Path, help="Markdown page whose part between two markers is renewed")
    wanted = parser.parse_args()
    ending_within(wanted.seconds + MORE_SECONDS)
    raise_file_limit()
    try:
        with folder() as made:
            found = measure(made, Quiet().wait(), wanted.seconds, wanted.people)
        print(found.line(), flush=True)
        if wanted.page:
            write(wanted.page, [found], QUESTIONS_BEGIN)
    except BenchError as error:
        _say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
