"""Files of a conference of 10,000 people, made while a question is open on the same server and core.

    .venv/bin/python -m bench.exports

30 questions, 300,000 ballots, 2,000 questions from the floor; the rows are made inside SQLite.
"""

import argparse
import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.clients import Crowd, Floor, build
from bench.crises import burst
from bench.figures import Exports
from bench.hall import Hall
from bench.machine import BenchError, Quiet, ending_within, on_core, raise_file_limit
from bench.server import SHIPPED, Server, folder
from poll_server.domain.programme import Definition, EventDraft, ItemDraft, ItemKind, Option
from poll_server.storage import events
from poll_server.storage.database import Database, migrate

PEOPLE, ROUNDS, QUESTIONS, CONTRIBUTIONS = 10_000, 3, 10, 2_000
VOTERS = 1_000
FORMATS = ("pdf", "xlsx")
MAKING_SECONDS = 180.0

_COUNT = "WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < {most})"
_OPTION = "'o' || (1 + (k.n * 7 + question.id) % 4)"
_FILL = (
    "UPDATE question SET state = 'shown', wave = 1",
    f"INSERT INTO wave (question_id, wave, opened, closed, present, discarded, rehearsal, shown, reopened)"
    f" SELECT id, 1, '2026-11-25 09:00:00.000000', '2026-11-25 09:05:00.000000', {PEOPLE}, 0, 0, 1, 0 FROM question",
    f"{_COUNT.format(most=PEOPLE)} INSERT INTO ballot (question_id, wave, participant, part, number, submission, grp,"
    f" answer, marks) SELECT question.id, 1, printf('%032x', k.n), '', 1, printf('%032x', k.n), '',"
    f" json_array({_OPTION}), json_object('#', 1, {_OPTION}, 1) FROM question, k",
    "INSERT INTO tally SELECT question_id, wave, grp, json_extract(answer, '$[0]'), count(*) FROM ballot"
    " GROUP BY 1, 2, 3, 4",
    "INSERT INTO tally SELECT question_id, wave, grp, '#', count(*) FROM ballot GROUP BY 1, 2, 3",
    f"{_COUNT.format(most=CONTRIBUTIONS)} INSERT INTO contribution (item_id, participant, submission, at, text,"
    " addressee, name, fate, wording, reason, labels, note, place, joined, hits, assignee, draft, answer, rehearsal,"
    " revision) SELECT item_id, printf('%032x', k.n), printf('%032x', k.n), '2026-11-25 12:00:00.000000',"
    " 'Wie geht es nach Frage ' || k.n || ' in den kleinen Orten weiter, wenn das Programm endet?', '', '',"
    " CASE k.n % 3 WHEN 0 THEN 'answered' ELSE 'accepted' END, '', '', '[]', '', k.n, 0, '[]', '', '', '', 0, 1"
    " FROM question_session, k",
    "INSERT INTO backing SELECT id, printf('%032x', k.n) FROM contribution, "
    f"({_COUNT.format(most=50)} SELECT n FROM k) AS k WHERE (id + k.n) % 7 = 0",
)


def make(data: Path) -> None:
    """Make the conference in a new database; raises BenchError."""
    data.mkdir(parents=True)
    url = f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}"
    migrate(url)
    asyncio.run(_create(Database(url)))
    with closing(sqlite3.connect(data / "poll.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        try:
            for statement in _FILL:
                connection.execute(statement)
        except sqlite3.OperationalError as error:
            raise BenchError(f"The conference could not be made: {error}.") from error


async def _create(database: Database) -> None:
    begins = datetime(2026, 11, 25, 9, tzinfo=UTC)
    options = tuple(Option(f"o{at}", f"Antwort {at}") for at in range(1, 5))
    rounds = [
        ItemDraft(
            begins + timedelta(hours=hour),
            f"Runde {hour + 1}",
            ends=begins + timedelta(hours=hour + 1),
            kind=ItemKind.ROUND,
            questions=tuple(
                Definition("single_choice", f"Frage {at} der Runde {hour + 1}?", options) for at in range(QUESTIONS)
            ),
        )
        for hour in range(ROUNDS)
    ]
    floor = ItemDraft(begins + timedelta(hours=ROUNDS), "Fragerunde", kind=ItemKind.QUESTION_SESSION)
    async with database.write() as connection:
        draft = EventDraft("Tagung", begins.date(), "Europe/Berlin", "de", items=(*rounds, floor))
        await events.create(connection, draft, "bench", bytes(32))
    await database.close()


def measure(made: Path, quiet: Quiet) -> list[Exports]:
    """Have each file made while people vote in another event; before that the same votes alone."""
    make(made / "exports")
    with Server(made / "exports") as server:
        crowd = Crowd(made, server.port, VOTERS, f"{server.page}/socket", server.page)
        with crowd, Floor(made) as floor:
            crowd.join()
            idle = quiet.wait()
            hall = Hall(server, crowd, floor, crowd, Quiet(patience=0))
            alone = max(burst(hall, VOTERS).told["p99"] for _ in range(5)) / 1e6
            return [_made(made, form, hall, idle, alone) for form in FORMATS]


def _made(made: Path, form: str, hall: Hall, idle: float, alone: float) -> Exports:
    command = (sys.executable, "-m", SHIPPED, "export", "bench", "--format", form)
    with on_core(0):
        begun = time.monotonic()
        process = subprocess.Popen(
            [*command, "--out", made / form, "--data", made / "exports"], stdout=subprocess.DEVNULL
        )
    bursts = [burst(hall, VOTERS)]
    while not (waited := os.wait4(process.pid, os.WNOHANG))[0] and time.monotonic() - begun < MAKING_SECONDS:
        bursts.append(burst(hall, VOTERS))
    seconds = time.monotonic() - begun
    ended, status, used = waited
    if not ended:
        process.kill()
        process.wait()
        raise BenchError(f"The {form} was not made within {MAKING_SECONDS:.0f} s.")
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise BenchError(f"The {form} was not made: its command ended with {process.returncode}.")
    return Exports(
        name=form,
        sockets=VOTERS,
        rounds=len(bursts),
        idle=round(idle, 2),
        seconds=round(seconds, 1),
        mebibytes=round(used.ru_maxrss / 1024),
        alone_ms=round(alone, 1),
        p99_ms=round(max(one.told["p99"] for one in bursts) / 1e6, 1),
        megabytes=round(sum(file.stat().st_size for file in (made / form).iterdir()) / 1e6, 2),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    argparse.ArgumentParser(prog="python -m bench.exports", description="Measure exports beside votes.").parse_args(
        arguments
    )
    ending_within(int(MAKING_SECONDS) * 3)
    raise_file_limit()
    with folder() as made:
        build(made)
        for figure in measure(made, Quiet(patience=5)):
            print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
