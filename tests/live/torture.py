"""Torture of the ballot box, and of boxes broken on purpose.

    python -m tests.live.torture sqlite|postgresql [--seconds 60] [--processes 4] [--kills 0.3] [--box NAME] [--seed 1]

In each round several server processes get ballots for one question: two tabs of each participant with colliding
numbers, changes out of order, resends to other processes. At a random moment the question is closed or taken back, and
a process is killed, restarted, and sent what it had not acknowledged and some of what it had. In the end everything is
sent once more.

Verdicts come from what was planned, acknowledged and stored; none of them calls the code under test. A process reports
an acknowledgement by one unbuffered write, so what was read here was acknowledged, whatever became of the process.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.ballots import Ballot, Key, Mark, Rank
from poll_server.domain.errors import PollError
from poll_server.domain.rounds import TAKES_BALLOTS, Action, Event, plan
from poll_server.live.ballot_box import BallotBox
from poll_server.storage import ballots, steps
from poll_server.storage.database import Database
from poll_server.storage.tables import metadata
from tests.harness.postgres import running_cluster
from tests.storage.databases import BACKENDS, ids, migrated, opened, stepped

PROJECT = Path(__file__).parents[2]
LINE_BYTES = 2**24
GRACE_SECONDS = 60
_QUESTIONS, _BALLOTS, _TALLIES = (metadata.tables[name] for name in ("question", "ballot", "tally"))


# Boxes broken on purpose, each a little slow where it is wrong, so that its fault shows within a few rounds

SLOW_SECONDS = 0.02


class LateDatabase(Database):
    """Leaves a transaction, so that its ballots are acknowledged, a little before it commits."""

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Commit later."""
        async with AsyncExitStack() as stack:
            yield await stack.enter_async_context(super().write())
            committing = stack.pop_all()
            asyncio.get_running_loop().call_later(SLOW_SECONDS, lambda: asyncio.ensure_future(committing.aclose()))


async def _read_add_write(connection: AsyncConnection, dialect: str, changes: Mapping[Mark, int]) -> None:
    """Add to the tally in the program."""
    for mark, n in sorted(changes.items()):
        here = [_TALLIES.c[name] == value for name, value in mark._asdict().items()]
        sum_ = (await connection.scalar(select(_TALLIES.c.n).where(*here)) or 0) + n
        await asyncio.sleep(SLOW_SECONDS / 10)
        new = ballots._INSERT[dialect](_TALLIES).on_conflict_do_update(
            index_elements=tuple(_TALLIES.primary_key), set_={"n": sum_}
        )
        await connection.execute(new, [mark._asdict() | {"n": sum_}])


def _equal_overwrites(dialect: str) -> Any:
    """Let the later of two ballots with the same number replace the earlier, as without a total order."""
    new = ballots._INSERT[dialect](_BALLOTS)
    keep = {column: new.excluded[column] for column in ("number", "submission", "answer", "marks")}
    return new.on_conflict_do_update(
        index_elements=tuple(_BALLOTS.primary_key),
        set_=keep | {"replaced": _BALLOTS.c.marks},
        where=(new.excluded.number >= _BALLOTS.c.number) & (new.excluded.submission != _BALLOTS.c.submission),
    ).returning(*_BALLOTS.primary_key, _BALLOTS.c.grp, _BALLOTS.c.replaced)


async def _look_without_lock(connection: AsyncConnection, wanted: Collection[int]) -> set[tuple[int, int]]:
    """Look whether questions are open, and let them close meanwhile."""
    rows = select(_QUESTIONS.c.id, _QUESTIONS.c.wave)
    found = await connection.execute(rows.where(_QUESTIONS.c.id.in_(wanted), _QUESTIONS.c.state.in_(TAKES_BALLOTS)))
    await asyncio.sleep(SLOW_SECONDS)
    return {(question_id, wave) for question_id, wave in found}


class Box(NamedTuple):
    """What a process runs: a class of database, and functions that replace those of ``storage.ballots``."""

    database: type[Database] = Database
    functions: Mapping[str, Callable[..., Any]] = {}


SOUND = "sound"
BOXES = {
    SOUND: Box(),
    "acknowledges_early": Box(LateDatabase),
    "reads_adds_writes": Box(functions={"add_to_tally": _read_add_write}),
    "overwrites_equal": Box(functions={"_highest_statement": _equal_overwrites}),
    "looks_without_lock": Box(functions={"hold_open": _look_without_lock}),
}


# The processes


class Submission(NamedTuple):
    """What a participant sends."""

    id: str
    question_id: int
    participant: str
    number: int
    answer: list[str]
    group: str


class Told(NamedTuple):
    """An acknowledgement, and when its ballot was cast and answered, on the clock of all processes."""

    id: str
    outcome: str
    cast: float
    answered: float


async def certain() -> None:
    """A worker keeps nothing in memory that could be wrong."""


async def work(url: str, name: str) -> None:
    """Be a server process: read batches from stdin, cast each ballot at its time, write what is said to stdout."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    for function, replacement in BOXES[name].functions.items():
        assert hasattr(ballots, function)
        setattr(ballots, function, replacement)
    database = BOXES[name].database(url)
    box = BallotBox(database, lambda _: None, lambda _: None, certain)
    writer = asyncio.create_task(box.run())

    async def send(at: float, submission: Submission) -> None:
        await asyncio.sleep(at - time.monotonic())
        cast = time.monotonic()
        try:
            outcome: str = await box.cast(_ballot(submission))
        except PollError as error:
            outcome = error.code
        os.write(1, f"{submission.id} {outcome} {cast!r} {time.monotonic()!r}\n".encode())

    reader = asyncio.StreamReader(limit=LINE_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await database.check()
    os.write(1, b"ready\n")
    while line := await reader.readline():
        await asyncio.gather(*(send(at, Submission(*submission)) for at, submission in json.loads(line)))
        os.write(1, b"done\n")
    writer.cancel()
    await database.close()


def _ballot(sent: Submission) -> Ballot:
    key, rank = Key(sent.question_id, 1, sent.participant), Rank(sent.number, UUID(sent.id))
    return Ballot(key, rank, tuple(sent.answer), Counter(_marks(sent)), sent.group)


def _marks(sent: Submission) -> dict[str, int]:
    return {"#": 1, **dict.fromkeys(sent.answer, 1)}


Batch = list[tuple[float, Submission]]


class Worker:
    """A process that can be killed; ``start`` it first, and again after that."""

    def __init__(self, url: str, box: str) -> None:
        self._command = (sys.executable, "-m", "tests.live.torture", "worker", url, box)
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it and wait until it can take ballots."""
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, limit=LINE_BYTES, cwd=PROJECT
        )
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), GRACE_SECONDS) == b"ready\n"
        self._process = process

    async def send(self, batch: Batch) -> list[Told]:
        """Let it cast these ballots at their times; returns what it told, until it was done or killed."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(batch).encode() + b"\n")
        told: list[Told] = []
        async with asyncio.timeout(GRACE_SECONDS):
            while (line := await self._process.stdout.readline()).endswith(b"\n") and line != b"done\n":
                submission, outcome, cast, answered = line.decode().split()
                told.append(Told(submission, outcome, float(cast), float(answered)))
        return told

    async def kill(self) -> None:
        """End it at once (SIGKILL)."""
        assert self._process is not None
        self._process.kill()

    async def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        if self._process is not None:
            await self._process.communicate()


# One round


class Row(NamedTuple):
    """A stored ballot."""

    rank: Rank
    group: str
    answer: tuple[str, ...]
    marks: dict[str, int]


Rows = dict[str, Row]


@dataclass
class Seen:
    """All that is known after a round, for the verdict.

    ``at_end`` are the ballots inside the transaction that ended the asking, ``ended`` is when it had committed;
    ``stored`` are those after everything was acknowledged, ``swept`` after all of it was sent once more.
    """

    sent: dict[str, Submission]
    told: list[Told] = field(default_factory=list)
    told_again: list[Told] = field(default_factory=list)
    at_end: Rows | None = None
    ended: float = float("inf")
    stored: Rows = field(default_factory=dict)
    swept: Rows = field(default_factory=dict)
    tally: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass
class Report:
    """What happened in all rounds; ``faults`` counts the rounds with each fault."""

    rounds: int = 0
    bad: int = 0
    kills: int = 0
    lost: int = 0
    """Ballots that a killed process had not acknowledged."""
    kept: int = 0
    """Those of them that it had stored."""
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)


class Torture:
    """Rounds on one database."""

    def __init__(self, database: Database, workers: Sequence[Worker], kills: float, rng: random.Random) -> None:
        self.report = Report()
        self._database = database
        self._workers = workers
        self._kills = kills
        self._rng = rng

    async def round(self) -> None:
        """Torture one question and note what was wrong."""
        event = await opened(self._database)
        question_id = ids(event)[0]
        kill = self._rng.random() < self._kills
        # A kill needs a long burst, so that it comes amid it.
        people, spread = (60, 0.05) if kill else (self._rng.choice([3, 20, 60]), self._rng.choice([0.0, 0.01, 0.05]))
        seen = Seen({one.id: one for one in self._submissions(question_id, people)})
        batches = self._batches(seen.sent, time.monotonic() + 0.02, spread)
        ending = asyncio.create_task(self._end(event, seen)) if self._rng.random() < 0.7 else None
        if kill:
            await self._send_and_kill(batches, seen)
        else:
            for told in await asyncio.gather(*map(Worker.send, self._workers, batches)):
                seen.told += told
        if ending:
            await ending
        seen.stored = await self._rows(question_id)
        again = [(0.0, one) for one in self._rng.sample(list(seen.sent.values()), len(seen.sent))]
        parts = [again[at :: len(self._workers)] for at in range(len(self._workers))]
        for told in await asyncio.gather(*map(Worker.send, self._workers, parts)):
            seen.told_again += told
        seen.swept, seen.tally = await self._rows(question_id), await self._tally(question_id)
        self._note(seen)

    def _note(self, seen: Seen) -> None:
        faults = set(verdict(seen))
        self.report.rounds += 1
        self.report.bad += bool(faults)
        self.report.faults.update(faults)
        self.report.outcomes.update(told.outcome for told in seen.told + seen.told_again)

    def _submissions(self, question_id: int, people: int) -> Iterator[Submission]:
        """Two tabs of each participant, each with three changes whose numbers collide."""
        for person in range(people):
            for number in (1, 1, 2, 2, 3, 3):
                id_ = UUID(int=self._rng.getrandbits(128)).hex
                answer = self._rng.sample("ABCDE", self._rng.randint(0, 4))
                yield Submission(id_, question_id, f"p{person}", number, answer, f"g{person % 3}")

    def _batches(self, sent: Mapping[str, Submission], start: float, spread: float) -> list[Batch]:
        """Deal the submissions out to the processes, each once, some twice, few three times."""
        batches: list[Batch] = [[] for _ in self._workers]
        for one in sent.values():
            for again in range(self._rng.choices([1, 2, 3], [6, 3, 1])[0]):
                at = start + self._rng.uniform(0, spread) + again * self._rng.uniform(0, 0.03)
                self._rng.choice(batches).append((at, one))
        return batches

    async def _end(self, event: Event, seen: Seen) -> None:
        """Close the question, or take its opening back, at a random moment."""
        await asyncio.sleep(self._rng.uniform(0, 0.1))
        question_id, action = ids(event)[0], self._rng.choice([Action.SETTLE, Action.TAKE_BACK])
        if action is Action.SETTLE:
            event = await stepped(self._database, event, Action.CLOSE, question_id)
        async with self._database.write() as connection:
            step = plan(event, action, question_id)
            await steps.take_step(connection, event, event.revision, step, action, present=0)
            seen.at_end = await _rows(connection, question_id)
        seen.ended = time.monotonic()

    async def _send_and_kill(self, batches: list[Batch], seen: Seen) -> None:
        """Kill a process amid its ballots; restart it, and send what it did not acknowledge and some of what it did."""
        victim = self._rng.randrange(len(self._workers))
        sending = [
            asyncio.create_task(worker.send(batch)) for worker, batch in zip(self._workers, batches, strict=True)
        ]
        await asyncio.sleep(self._rng.uniform(0.02, 0.06))
        await self._workers[victim].kill()
        for told in await asyncio.gather(*sending):
            seen.told += told
        known = {told.id for told in sending[victim].result()}
        await self._workers[victim].start()
        lost = [one for _, one in batches[victim] if one.id not in known]
        again = [one for _, one in batches[victim] if one.id in known and self._rng.random() < 0.3]
        told = await self._workers[victim].send([(0.0, one) for one in lost + again])
        anywhere = {one.id for one in seen.told}
        self.report.kills += 1
        self.report.lost += len(lost)
        self.report.kept += len({one.id for one in told if one.outcome == "duplicate"} - anywhere)
        seen.told += told

    async def _rows(self, question_id: int) -> Rows:
        async with self._database.read() as connection:
            return await _rows(connection, question_id)

    async def _tally(self, question_id: int) -> dict[tuple[str, str], int]:
        async with self._database.read() as connection:
            found = await connection.execute(select(_TALLIES).where(_TALLIES.c.question_id == question_id))
            return {(row.grp, row.key): row.n for row in found if row.n}


async def _rows(connection: AsyncConnection, question_id: int) -> Rows:
    found = await connection.execute(select(_BALLOTS).where(_BALLOTS.c.question_id == question_id))
    return {
        row.participant: Row(Rank(row.number, row.submission), row.grp, tuple(row.answer), row.marks) for row in found
    }


# The verdict

TALLY = "the tally is not the sum of the ballots"
OTHER = "a stored ballot is not what was sent"
MOVED = "ballots moved after the end"
SWEPT = "sending again moved ballots of an ended asking"
NOT_HIGHEST = "not the highest ballot stands"
MISSING = "acknowledged as counted, but an older ballot or none is stored"
LATE = "counted, although cast after the end"
NOT_STALE = "called stale, but nothing newer is stored"
NOT_CLOSED = "called closed, although open or stored"
TROUBLE = "answered with an error"
SILENT = "never answered"
TWICE = "counted twice"


def verdict(seen: Seen) -> Iterator[str]:
    """Name what is wrong."""
    yield from _wrong_with_rows(seen)
    for told in seen.told:
        yield from _wrong_with_word(seen, told, seen.stored)
    for told in seen.told_again:
        yield from _wrong_with_word(seen, told, seen.swept)
    said = defaultdict(list)
    for told in seen.told + seen.told_again:
        said[told.id].append(told.outcome)
    if seen.sent.keys() - said.keys():
        yield SILENT
    if any(outcomes.count("counted") > 1 for outcomes in said.values()):
        yield TWICE


def _wrong_with_rows(seen: Seen) -> Iterator[str]:
    cells = Counter((row.group, key) for row in seen.swept.values() for key in row.marks)
    if cells != seen.tally:
        yield TALLY
    for row in seen.swept.values():
        sent = seen.sent[row.rank.submission.hex]
        if (row.rank.number, row.group, row.marks) != (sent.number, sent.group, _marks(sent)):
            yield OTHER
    if seen.at_end is not None:
        if seen.stored != seen.at_end:
            yield MOVED
        if seen.swept != seen.stored:
            yield SWEPT
    elif {person: row.rank for person, row in seen.swept.items()} != _highest(seen):
        yield NOT_HIGHEST


def _highest(seen: Seen) -> dict[str, Rank]:
    highest: dict[str, Rank] = {}
    for one in seen.sent.values():
        rank = Rank(one.number, UUID(one.id))
        highest[one.participant] = max(highest.get(one.participant, rank), rank)
    return highest


def _wrong_with_word(seen: Seen, told: Told, rows: Rows) -> Iterator[str]:
    sent = seen.sent[told.id]
    rank, row = Rank(sent.number, UUID(sent.id)), rows.get(sent.participant)
    if told.outcome in ("counted", "duplicate"):
        if row is None or row.rank < rank:
            yield MISSING
        if told.outcome == "counted" and told.cast > seen.ended:
            yield LATE
    elif told.outcome == "stale":
        if row is None or row.rank <= rank:
            yield NOT_STALE
    elif told.outcome == "closed":
        if seen.at_end is None or (row is not None and row.rank >= rank):
            yield NOT_CLOSED
    else:
        yield TROUBLE


# All rounds


async def torture(
    database: Database, *, box: str = SOUND, processes: int, kills: float, seed: int, go_on: Callable[[Report], bool]
) -> Report:
    """Run rounds while ``go_on`` says so, with this share of them having a kill."""
    workers = [Worker(database.url, box) for _ in range(processes)]
    try:
        await asyncio.gather(*(worker.start() for worker in workers))
        rounds = Torture(database, workers, kills, random.Random(seed))
        while go_on(rounds.report):
            await rounds.round()
        return rounds.report
    finally:
        for worker in workers:
            await worker.stop()


def _main() -> int:
    parser = argparse.ArgumentParser(description="Torture the ballot box, or one that is broken on purpose.")
    parser.add_argument("backend", choices=BACKENDS)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--processes", type=int, default=4, help="on PostgreSQL; SQLite has one")
    parser.add_argument("--kills", type=float, default=0.3, help="share of the rounds in which a process is killed")
    parser.add_argument("--box", choices=BOXES, default=SOUND)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with ExitStack() as stack:
        if options.backend == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            url, processes = f"sqlite+aiosqlite:///{folder}/poll.sqlite3", 1
        else:
            url, processes = stack.enter_context(running_cluster(durable=True)).new_database(), options.processes
        report = asyncio.run(_run(url, processes, options))
    print(report)
    return int(report.bad > 0)


async def _run(url: str, processes: int, options: argparse.Namespace) -> Report:
    end = time.monotonic() + options.seconds
    async with migrated(url) as database:
        return await torture(
            database,
            box=options.box,
            processes=processes,
            kills=options.kills,
            seed=options.seed,
            go_on=lambda _: time.monotonic() < end,
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        asyncio.run(work(*sys.argv[2:]))
    else:
        sys.exit(_main())
