"""Every count in every format is that of a count by other means: of the rows of the database, with nothing of ours."""

import csv
import io
import json
import random
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from poll_server.documents import report
from poll_server.documents.making import FORMS, take, write
from poll_server.documents.report.html_file import to_html
from poll_server.domain.ballots import PERSON_RANK, Ballot, Key, Rank
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Action, Event
from poll_server.questions import kind_of
from poll_server.questions.contract import ANSWERED
from poll_server.storage import ballots
from poll_server.storage.database import Database
from tests.documents.report.read_html import Read
from tests.live.klimarat import CHOICES, FOLDER, REASON, accepted, recount, rows
from tests.storage.databases import draft, ids, migrated, stepped, stored

PEOPLE = 60
OPTIONS = tuple(Option(f"o{at}", f"Antwort {at}") for at in range(1, 5))
KEYS = [option.key for option in OPTIONS]
DEFINITIONS = (
    Definition("single_choice", "Womit?", OPTIONS),
    Definition("multiple_choice", "Was alles?", OPTIONS),
    Definition("rating", "Wie war es?", OPTIONS),
    Definition("points", "Wie viel wofür?", OPTIONS),
    Definition("ranking", "In welcher Folge?", OPTIONS),
    Definition("statements", "Wie sehen Sie das?", OPTIONS),
)


def form(kind: str, chance: random.Random) -> list[str]:
    """What somebody sends."""
    some = chance.sample(KEYS, chance.randint(1, 4))
    forms = {
        "single_choice": some[:1],
        "multiple_choice": some,
        "rating": [f"{key}={chance.randint(1, 5)}" for key in KEYS],
        "points": [f"{some[0]}=100"] if len(some) == 1 else [f"{some[0]}=30", f"{some[1]}=70"],
        "ranking": chance.sample(KEYS, 4),
        "statements": [f"{key}={chance.choice('ads')}" for key in some],
    }
    return forms[kind]


def sent(definition: Definition, question_id: int, chance: random.Random) -> Iterable[Ballot]:
    """The ballots of all people: those of a kind that is answered piece by piece are several."""
    kind = kind_of(definition)
    for at in range(PEOPLE):
        answer = kind.parse(definition, form(definition.kind, chance))
        rank = Rank(1, UUID(int=at + 1))
        if not kind.piecewise:
            yield Ballot(Key(question_id, 1, f"p{at}"), rank, answer, kind.marks(definition, answer))
            continue
        yield Ballot(Key(question_id, 1, f"p{at}"), PERSON_RANK, (), Counter([ANSWERED]))
        for piece in answer:
            yield Ballot(Key(question_id, 1, f"p{at}", piece.partition("=")[0]), rank, (piece,), Counter([piece]))


async def asked(database: Database, definitions: Sequence[Definition]) -> Event:
    """An event in which all of these have been asked, and answered at random."""
    chance = random.Random(8)
    event = await stored(database, draft(definitions))
    for question_id, definition in zip(ids(event), definitions, strict=True):
        event = await stepped(database, event, Action.OPEN, question_id)
        await ballots.count(database, list(sent(definition, question_id, chance)))
        for action in (Action.CLOSE, Action.SETTLE, Action.SHOW, Action.NEXT):
            event = await stepped(database, event, action, question_id)
    return event


def answers(file: Path, question_id: int) -> list[list[str]]:
    """The answers of a question as they are stored, read with nothing of the program."""
    with sqlite3.connect(file) as database:
        found = database.execute("SELECT answer FROM ballot WHERE question_id = ?", (question_id,)).fetchall()
    database.close()
    return [json.loads(answer) for (answer,) in found]


def counted(kind: str, given: Sequence[Sequence[str]]) -> list[int]:
    """Count answers by hand, in the order of the result's rows."""
    pieces = Counter(piece for answer in given for piece in answer)
    if kind in ("single_choice", "multiple_choice"):
        return [pieces[key] for key in KEYS]
    if kind == "rating":
        return [pieces[f"{key}={step}"] for key in KEYS for step in range(1, 6)]
    if kind == "statements":
        return [pieces[f"{key}={choice}"] for key in KEYS for choice in "ads"]
    if kind == "points":
        return [
            sum(int(one.split("=")[1]) for answer in given for one in answer if one.startswith(f"{key}="))
            for key in KEYS
        ]
    return [sum(4 - answer.index(key) for answer in given) for key in KEYS]


def read_back(path: Path) -> dict[str, list[list[object]]]:
    """The sheets of questions and ballots in a file, by the name that they have in the zip."""
    if path.suffix == ".zip":
        delimiter = "," if "plain" in path.name else ";"
        with zipfile.ZipFile(path) as packed:
            texts = {name.removesuffix(".csv"): packed.read(name).decode("utf-8-sig") for name in packed.namelist()}
        return {
            name: [[*map(number, row)] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
            for name, text in texts.items()
        }
    book = CalamineWorkbook.from_path(str(path))
    names = {name: name.split()[0] + ("-ballots" if name.endswith(" Stimmen") else "") for name in book.sheet_names}
    return {names[name]: [[*row] for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names}


def number(cell: str) -> object:
    """A cell of a CSV as a number, where it is a whole one."""
    return float(cell) if cell.isdigit() else cell


def told(sheet: Sequence[Sequence[object]]) -> tuple[list[object], object]:
    """The counts of a question's sheet, and how many answered."""
    (base,) = (row[2] for row in sheet if row[1] == "Haben geantwortet")
    return [row[2] for row in sheet[1:] if row[0] != ""], base


@pytest.mark.parametrize("written", [*FORMS, "json"])
async def test_counts_of_every_format_are_those_of_the_stored_ballots(written: str, tmp_path: Path) -> None:
    """Sheets of questions, sheets of ballots and the JSON say what a count of the database's rows gives."""
    file = tmp_path / "poll.sqlite3"
    async with migrated(f"sqlite+aiosqlite:///{file}") as database:
        event = await asked(database, DEFINITIONS)
        (path,) = write(await take(database, event.id, written), written, tmp_path)
    expected = [counted(one.kind, answers(file, id)) for one, id in zip(DEFINITIONS, ids(event), strict=True)]
    if written == "json":
        found = json.loads(path.read_bytes())["rounds"][0]["questions"]
        assert [[option["count"] for option in one["options"]] for one in found] == expected
        assert {one["answered"] for one in found} == {PEOPLE}
        return
    sheets = read_back(path)
    assert [told(sheets[f"1.{at}"]) for at in range(1, 7)] == [(one, PEOPLE) for one in expected]
    assert [len(sheets[f"1.{at}-ballots"]) for at in range(1, 7)] == [PEOPLE + 1] * 6
    assert from_ballots(sheets) == expected


async def test_figures_of_the_html_file_are_those_of_the_stored_ballots(tmp_path: Path) -> None:
    """Counts, and shares of things that are answered one by one, are what the database's rows give."""
    file = tmp_path / "poll.sqlite3"
    async with migrated(f"sqlite+aiosqlite:///{file}") as database:
        event = await asked(database, DEFINITIONS)
        async with database.read() as connection:
            made = report.make(await report.read(connection, event.id), report.Choice())
    tables = Read(to_html(made)).tables
    given = [answers(file, id) for id in ids(event)]
    single, multiple, rating, points, ranking, statements = (
        counted(one.kind, some) for one, some in zip(DEFINITIONS, given, strict=True)
    )
    counts = [
        [number(line[head.index(name)].replace(".", "")) for line in lines]
        for name, at in (("Personen", 0), ("Personen", 1), ("Punkte", 3), ("Punkte", 4))
        for head, *lines in [tables[at]]
    ]
    assert counts == [single, multiple, points, ranking]
    assert [line[1:6] for line in tables[2][1:]] == [percents(rating[at : at + 5]) for at in range(0, 20, 5)]
    assert [line[1:4] for line in tables[5][1:]] == [percents(statements[at : at + 3]) for at in range(0, 12, 3)]


def percents(counts: Sequence[int]) -> list[str]:
    """Parts of a whole in percent, halves rounded up."""
    whole = sum(counts)
    return [f"{(200 * n + whole) // (2 * whole)}\N{NO-BREAK SPACE}%" for n in counts]


def from_ballots(sheets: Mapping[str, Sequence[Sequence[object]]]) -> list[list[int]]:
    """Count the sheets of ballots, column by column, in the order of the results' rows."""
    columns = {
        at: [
            [row[column] for row in sheets[f"1.{at}-ballots"][1:]]
            for column in range(1, len(sheets[f"1.{at}-ballots"][0]))
        ]
        for at in range(1, 7)
    }
    words = ("Stimme zu", "Stimme nicht zu", "Überspringen")
    return [
        [columns[1][0].count(option.label) for option in OPTIONS],
        [column.count(1) for column in columns[2]],
        [column.count(step) for column in columns[3] for step in range(1, 6)],
        [sum(int(str(one).partition(".")[0]) for one in column) for column in columns[4]],
        [sum((5 - place) * column.count(place) for place in range(1, 5)) for column in columns[5]],
        [column.count(word) for column in columns[6] for word in words],
    ]


@pytest.mark.long
@pytest.mark.skipif(not FOLDER.is_dir(), reason=REASON)
@pytest.mark.parametrize("written", ["xlsx", "ods", "csv", "json"])
async def test_real_votes_come_home_in_every_format(written: str, tmp_path: Path) -> None:
    """The statements and votes of a real deliberation: each count in each file is that of a count by other means."""
    keys = {row["comment-id"]: f"o{number}" for number, row in enumerate(accepted(), 1)}
    options = tuple(Option(keys[row["comment-id"]], row["comment-body"]) for row in accepted())
    latest = {
        (row["voter-id"], keys[row["comment-id"]]): CHOICES[row["vote"]]
        for row in rows("votes")
        if row["comment-id"] in keys
    }
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as database:
        event = await stored(database, draft([Definition("statements", "Produktion und Konsum", options)]))
        (question_id,) = ids(event)
        event = await stepped(database, event, Action.OPEN, question_id)
        batch = [
            Ballot(Key(question_id, 1, who), PERSON_RANK, (), Counter([ANSWERED])) for who in {who for who, _ in latest}
        ]
        batch += [
            Ballot(Key(question_id, 1, who, key), Rank(1, UUID(int=1)), (f"{key}={vote}",), Counter([f"{key}={vote}"]))
            for (who, key), vote in latest.items()
        ]
        for start in range(0, len(batch), 5000):
            await ballots.count(database, batch[start : start + 5000])
        for action in (Action.CLOSE, Action.SETTLE):
            event = await stepped(database, event, action, question_id)
        (path,) = write(await take(database, event.id, written), written, tmp_path)
    votes, people = recount()
    of_keys = {keys[comment]: {CHOICES[vote]: n for vote, n in of.items()} for comment, of in votes.items()}
    expected = [of_keys[option.key].get(choice, 0) for option in options for choice in "ads"]
    if written == "json":
        (found,) = json.loads(path.read_bytes())["rounds"][0]["questions"]
        assert ([option["count"] for option in found["options"]], found["answered"]) == (expected, people)
        return
    sheets = read_back(path)
    assert told(sheets["1.1"]) == (expected, people)
    table = sheets["1.1-ballots"][1:]
    words = {"a": "Stimme zu", "d": "Stimme nicht zu", "s": "Überspringen"}
    columns = [Counter(row[at] for row in table) for at in range(1, len(options) + 1)]
    assert (len(table), [column[words[choice]] for column in columns for choice in "ads"]) == (people, expected)
