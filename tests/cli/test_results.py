"""`recount`: all tallies against their ballots; `export`: results, and questions from the floor beside them."""

import csv
import json
import sqlite3
import zipfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pikepdf

from poll_server.domain.contributions import Contribution, Fate
from poll_server.storage import backings, contributions, rehearsal, report_choices
from poll_server.storage.database import Database
from tests.cli.commands import Ran, poll_server, stored, voted, written


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
    files = {"csv": ("-csv.zip", "-questions-log.csv"), "json": (".json", "-questions.json")}
    for form, names in files.items():
        ran = await poll_server("export", "demo", "--out", out, "--format", form, "--data", data)
        assert ran == Ran(0, "".join(f"{out / f'demo{name}'}\n" for name in names), "")
    assert sorted(path.name for path in out.iterdir()) == sorted(
        f"demo{name}" for names in files.values() for name in names
    )
    with zipfile.ZipFile(out / "demo-csv.zip") as packed:
        contributed = packed.read("contributions.csv").decode("utf-8-sig")
    rows = list(csv.reader(contributed.splitlines(), delimiter=";"))
    kept = [(row[2], row[3], row[7], row[10]) for row in rows[1:]]
    when = "22.11.2026 13:05"
    assert kept == [(when, "'=1+1, oder nicht?", "Freigegeben", "2"), (when, "Wann fährt der Bus?", "Wartend", "0")]
    sessions = json.loads((out / "demo-questions.json").read_text("utf-8"))["sessions"]
    told = [(one["text"], one["fate"], one["backers"]) for one in sessions[0]["contributions"]]
    assert told == [("=1+1, oder nicht?", "accepted", 2), ("Wann fährt der Bus?", "waiting", 0)]
    assert [file.name for file in out.iterdir() if b"geheim" in file.read_bytes()] == []


async def test_export_of_nothing_makes_nothing(data: Path, example: Path, tmp_path: Path) -> None:
    """An unknown code, an installation that is not there and a folder that is a file are said in a sentence."""
    await poll_server("event", "create", example, "--data", data)
    out = tmp_path / "out"
    ran = await poll_server("export", "nowhere", "--out", out, "--data", data)
    assert ran == Ran(1, "", "There is no event with the code nowhere.\n")
    ran = await poll_server("export", "demo", "--out", out, "--data", tmp_path / "none")
    assert (ran.code, ran.out) == (1, "")
    ran = await poll_server("export", "demo", "--out", example, "--data", data)
    assert ran == Ran(1, "", f"{example} cannot be written: File exists.\n")
    assert list(out.iterdir()) == []


async def test_export_waits_for_the_end_of_a_rehearsal(data: Path, example: Path, tmp_path: Path) -> None:
    """While simulated participants answer there is no export, and the command says why."""
    await poll_server("event", "create", example, "--data", data)
    database = Database(f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}")
    event = await stored(data, "demo")
    async with database.write() as connection:
        await rehearsal.begin(connection, event, event.revision)
    await database.close()
    ran = await poll_server("export", "demo", "--out", tmp_path / "out", "--data", data)
    assert ran == Ran(1, "", "A rehearsal is running. Please end it first.\n")


async def test_export_makes_the_documentation(data: Path, example: Path, tmp_path: Path) -> None:
    """As PDF and HTML an event gives its documentation, the same each time, in the language that was chosen for it."""
    await poll_server("event", "create", example, "--data", data)
    made = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        ran = await poll_server("export", "DEMO", "--out", folder, "--format", "pdf", "--data", data)
        assert ran == Ran(0, f"{folder / 'demo.pdf'}\n", "")
        made.append((folder / "demo.pdf").read_bytes())
    assert (made[0] == made[1], spoken(made[0])) == (True, "de-DE")
    database = Database(f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}")
    async with database.write() as connection:
        await report_choices.keep(connection, 1, report_choices.Kept({"language": "en"}, public=False))
    await database.close()
    await poll_server("export", "demo", "--out", tmp_path / "one", "--format", "pdf", "--data", data)
    assert spoken((tmp_path / "one" / "demo.pdf").read_bytes()) == "en-GB"
    ran = await poll_server("export", "demo", "--out", tmp_path / "one", "--format", "html", "--data", data)
    assert ran == Ran(0, f"{tmp_path / 'one' / 'demo.html'}\n", "")
    assert b'<html lang="en">' in (tmp_path / "one" / "demo.html").read_bytes()


def spoken(pdf: bytes) -> str:
    """The language of a PDF."""
    with pikepdf.open(BytesIO(pdf)) as read:
        return str(read.Root.Lang)


async def test_export_of_a_series(data: Path, tmp_path: Path) -> None:
    """Each format makes one file, the same each time; a code that is none is said, and so are two wishes at once."""
    code = await series_made(data)
    names = {"xlsx": ".xlsx", "ods": ".ods", "csv": "-csv.zip", "json": ".json", "pdf": ".pdf", "html": ".html"}
    made = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        for form, end in names.items():
            ran = await poll_server(
                "export", "--series", code.upper(), "--out", folder, "--format", form, "--data", data
            )
            assert ran == Ran(0, f"{folder / f'series-{code}'}{end}\n", "")
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert made[0] == made[1]
    content = json.loads(made[0][f"series-{code}.json"])
    assert (content["series"]["title"], len(content["events"]), content["questions"]) == ("Reihe", 2, [])
    out = ("--out", tmp_path / "three", "--data", data)
    nowhere = await poll_server("export", "--series", "nowhere", *out)
    assert nowhere == Ran(1, "", "There is no series at this address. Please check it.\n")
    for wrong in ((), ("demo", "--series", code)):
        told = await poll_server("export", *wrong, *out)
        assert told == Ran(1, "", "Name either an event or, by --series, a series.\n")
    told = await poll_server("export", "--series", code, "--format", "svg", *out)
    assert told == Ran(1, "", "Of a series there are: xlsx, ods, csv, csv-plain, json, pdf, html.\n")


async def series_made(data: Path) -> str:
    """Make an installation with a series of two events and return its code."""
    text = "Reihe\n\n11.3.2027, 18.30 – 20 Uhr\nWohnen\n\n8.4.2027, 18.30 Uhr\nVerkehr\n"
    data.parent.mkdir(exist_ok=True)
    ran = await poll_server("event", "import", written(data.parent / "reihe.txt", text), "--data", data)
    return ran.out.partition("/s/")[2].split()[0]
