"""`recount`: all tallies against their ballots; `export`: results, and questions from the floor beside them."""

import csv
import json
import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from poll_server.domain.contributions import Contribution, Fate
from poll_server.storage import backings, contributions
from poll_server.storage.database import Database
from tests.cli.commands import Ran, poll_server, voted


async def test_recount_of_right_tallies(data: Path, example: Path) -> None:
    """Where every tally is the sum of its ballots, the command says so and ends with 0."""
    await poll_server("event", "create", example, "--data", data)
    await voted(data, "demo")
    ran = await poll_server("recount", "DEMO", "--data", data)
    assert ran == Ran(0, "11 questions: every tally equals its ballots.\n", "")


async def test_recount_of_a_tampered_tally(data: Path, example: Path) -> None:
    """Each number that the ballots contradict is named, and the command ends with 1."""
    await poll_server("event", "create", example, "--data", data)
    question = await voted(data, "demo")
    database = sqlite3.connect(data / "poll.sqlite3")
    with database:
        database.execute("UPDATE tally SET n = 3 WHERE key = 'o1'")
        database.execute("DELETE FROM tally WHERE key = '#'")
    database.close()
    ran = await poll_server("recount", "demo", "--data", data)
    found = f"question {question}, wave 1, mark '#': tally 0, ballots 1\n"
    found += f"question {question}, wave 1, mark 'o1': tally 3, ballots 1\n"
    assert ran == Ran(1, found, "2 numbers differ from the ballots.\n")


async def test_export_has_questions_from_the_floor(data: Path, example: Path, tmp_path: Path) -> None:
    """Beside the results stand the questions with what became of them, and the log; in each form what belongs to it."""
    await poll_server("event", "create", example, "--data", data)
    database = Database(f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}")
    async with database.write() as connection:
        (session, *_) = (await contributions.sessions(connection, 1)).values()
        at = datetime(2026, 11, 22, 13, 5, tzinfo=ZoneInfo("Europe/Berlin"))
        new = [
            Contribution(0, session.item_id, f"geheim{number}", UUID(int=number), text, at)
            for number, text in enumerate(("=1+1, oder nicht?", "Wann fährt der Bus?"), 1)
        ]
        first, _ = (await contributions.add(connection, new)).values()
        accepted = replace(first, fate=Fate.ACCEPTED)
        await contributions.change(connection, session.item_id, {first.id: first}, {first.id: accepted})
        await backings.keep(connection, {(first.id, "fan1"): True, (first.id, "fan2"): True})
    await database.close()
    out = tmp_path / "out"
    for form, names in (("csv", ("", "-questions", "-questions-log")), ("json", ("", "-questions"))):
        ran = await poll_server("export", "demo", "--out", out, "--format", form, "--data", data)
        assert ran == Ran(0, "".join(f"{out / f'demo{name}.{form}'}\n" for name in names), "")
    rows = list(csv.reader((out / "demo-questions.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    kept = [(row[2], row[3], row[7], row[10]) for row in rows[1:]]
    when = "22.11.2026 13:05"
    assert kept == [(when, "'=1+1, oder nicht?", "Freigegeben", "2"), (when, "Wann fährt der Bus?", "Wartend", "0")]
    sessions = json.loads((out / "demo-questions.json").read_text("utf-8"))["sessions"]
    told = [(one["text"], one["fate"], one["backers"]) for one in sessions[0]["contributions"]]
    assert told == [("=1+1, oder nicht?", "accepted", 2), ("Wann fährt der Bus?", "waiting", 0)]
    assert [file.name for file in out.iterdir() if b"geheim" in file.read_bytes()] == []
