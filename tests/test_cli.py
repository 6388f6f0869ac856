"""The commands, each as people type it; all but the servers run in this process, in a thread with a loop of its own."""

import asyncio
import json
import os
import sqlite3
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from signal import SIGTERM
from uuid import UUID

import httpx2
import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from poll_server.cli import app
from poll_server.documents.event_file import example_text, read_event
from poll_server.domain.ballots import Ballot, Key, Rank
from poll_server.domain.programme import ItemDraft
from poll_server.domain.rounds import Action, Event, plan
from poll_server.domain.text import CODE_LENGTH, CODE_LETTERS
from poll_server.storage import ballots, events
from poll_server.storage.database import Database
from tests.documents.real_programme import PROGRAMME, REASON, programme_yaml
from tests.harness.server import INHERITED, PROJECT

TODAY = date(2026, 11, 22)
SECRET_LINKS = "The links of desk and screen are secret: whoever has them can use them."
PATIENCE_SECONDS = 30.0
WRONG = """\
title: Tag der Städte
date: 2022-02-30
programme:
  - time: 9.30
    titel: Begrüßung
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


async def poll_server(*arguments: str | Path, **env: str) -> Ran:
    """Run a command with these settings and no others."""
    unset: dict[str, str | None] = {name: None for name in os.environ if name.startswith("POLL_")}
    wide = {"COLUMNS": "200", "NO_COLOR": "1"}
    words = [str(argument) for argument in arguments]
    result = await asyncio.to_thread(CliRunner().invoke, app, words, env={**unset, **wide, **env})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


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
            await events.take_step(connection, event, event.revision, step, Action.OPEN, 1)
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
    """The programme of a stored event, as it would have been prepared."""
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


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example event as a file of an organiser's."""
    return written(tmp_path / "event.yaml", example_text())


# Help


def _commands(command: object, *names: str) -> dict[tuple[str, ...], TyperCommand | TyperGroup]:
    """A command and all below it, by the words that one types."""
    assert isinstance(command, TyperCommand | TyperGroup)
    below = command.commands if isinstance(command, TyperGroup) else {}
    found: dict[tuple[str, ...], TyperCommand | TyperGroup] = {names: command}
    for name, inner in below.items():
        found |= _commands(inner, *names, name)
    return found


COMMANDS = _commands(get_command(app))


def test_commands_are_those_of_the_documentation() -> None:
    """The commands are the ones that people are told of."""
    assert sorted(" ".join(names) for names in COMMANDS) == [
        "",
        "demo",
        "event",
        "event create",
        "event links",
        "migrate",
        "recount",
        "serve",
    ]


@pytest.mark.parametrize("names", list(COMMANDS), ids=" ".join)
async def test_help_of_every_command(names: tuple[str, ...]) -> None:
    """Each command says what it does and what each of its options means, and takes a data folder."""
    command = COMMANDS[names]
    shown = await poll_server(*names, "--help")
    assert (shown.code, shown.err) == (0, "")
    options = [parameter for parameter in command.params if parameter.name != "help"]
    words = [command.help or "", *(getattr(option, "help", "") or "" for option in options)]
    assert [word for word in words if not word or " ".join(word.split()) not in " ".join(shown.out.split())] == []
    if not isinstance(command, TyperGroup):
        assert "data" in [option.name for option in options]


@pytest.mark.parametrize(
    "arguments", [("sing",), ("event", "delete"), ("serve", "--port", "65536"), ("recount",), ("event", "create")]
)
async def test_command_typed_wrong(arguments: tuple[str, ...]) -> None:
    """An unknown command, an impossible port or a missing argument ends with 2 and a usage line, and does nothing."""
    ran = await poll_server(*arguments)
    assert (ran.code, ran.out, ran.err.split()[0]) == (2, "", "Usage:")


# event create, event links


async def test_create_stores_the_example_whole(data: Path, example: Path) -> None:
    """The example event is in the database as it stands in the file, and its links are printed."""
    made = await poll_server("event", "create", example, "--data", data, POLL_PUBLIC_URL="https://gefragt.example.de/")
    event = await stored(data, "demo")
    draft = read_event(example_text(), event.day)
    assert read_back(event) == list(draft.items)
    head, audience, desk, screen, warning = made.out.splitlines()
    base = "https://gefragt.example.de"
    assert head == "Kleinstädte in Deutschland: 12 items, 7 questions."
    assert audience == f"  Audience  {base}/e/demo   (code DEMO at {base})"
    assert [desk[:-32], screen[:-32]] == [
        f"  Desk      {base}/e/demo/desk/link/",
        f"  Screen    {base}/e/demo/screen/link/",
    ]
    assert desk[-32:] != screen[-32:]
    assert (made.code, made.err, warning) == (0, "", SECRET_LINKS)


async def test_links_are_those_of_creating(data: Path, example: Path) -> None:
    """The links can be printed again, whichever way the code is typed, and are the same."""
    made = await poll_server("event", "create", example, "--data", data)
    again = await poll_server("event", "links", " De-Mo", "--data", data)
    assert again == Ran(0, made.out.partition("\n")[2], "")


async def test_create_makes_a_code_where_none_is_given(data: Path, example: Path) -> None:
    """An event without a code of its own gets six letters that can be read from a wall, each time others."""
    written(example, example_text().replace("code: demo\n", ""))
    made = [await poll_server("event", "create", example, "--data", data) for _ in range(2)]
    codes = [ran.out.splitlines()[1].partition("/e/")[2].split()[0] for ran in made]
    assert [(len(code), set(code.upper()) - set(CODE_LETTERS)) for code in codes] == [(CODE_LENGTH, set())] * 2
    assert codes[0] != codes[1]
    assert [(await stored(data, code)).title for code in codes] == ["Kleinstädte in Deutschland"] * 2


async def test_create_with_a_code_taken(data: Path, example: Path) -> None:
    """A second event under the same code is refused, and the first one stays as it was."""
    await poll_server("event", "create", example, "--data", data)
    before = await stored(data, "demo")
    written(example, example_text().replace("code: demo", "code: DEMO").replace("title: Pause", "title: Imbiss"))
    again = await poll_server("event", "create", example, "--data", data)
    sentence = "The code demo belongs to another event. Nothing has been made; please choose another code.\n"
    assert again == Ran(1, "", sentence)
    assert await stored(data, "demo") == before


async def test_create_with_mistakes_makes_nothing(data: Path, tmp_path: Path) -> None:
    """Every mistake is told with file, line and column, and not even the data folder is made."""
    path = written(tmp_path / "wrong.yaml", WRONG)
    ran = await poll_server("event", "create", path, "--data", data)
    assert ran.err.splitlines() == [
        f"{path}:2:7: “2022-02-30” is not a day from 2000 to 2100. Write 2022-01-21, 21.1.2022 or today.",
        f"{path}:5:5: Unknown key “titel”. Did you mean “title”?",
        f"2 mistakes in {path}. Nothing has been made; please mend the file and repeat the command.",
    ]
    assert (ran.code, ran.out, inside(data)) == (1, "", None)


async def test_create_with_a_mistake_beside_other_events(data: Path, example: Path) -> None:
    """A mistake at the end of a file leaves the events of the database as they are."""
    await poll_server("event", "create", example, "--data", data)
    before = await stored(data, "demo")
    written(example, f"{example_text().replace('code: demo', 'code: zwei')}    time_zone: UTC\n")
    ran = await poll_server("event", "create", example, "--data", data)
    assert (ran.code, ran.out, ran.err.splitlines()[1:]) == (
        1,
        "",
        [f"1 mistake in {example}. Nothing has been made; please mend the file and repeat the command."],
    )
    gone = await poll_server("event", "links", "zwei", "--data", data)
    assert gone == Ran(1, "", "There is no event with the code zwei.\n")
    assert await stored(data, "demo") == before


@pytest.mark.parametrize("content", [None, b"title: \xff\xfe"], ids=["missing", "no text"])
async def test_create_from_a_file_that_cannot_be_read(data: Path, tmp_path: Path, content: bytes | None) -> None:
    """A missing file, and one that is no text, are named in one sentence, and nothing is made."""
    path = tmp_path / "event.yaml"
    if content:
        path.write_bytes(content)
    ran = await poll_server("event", "create", path, "--data", data)
    assert ran.err.startswith(f"{path} could not be read: ")
    assert ran.err.endswith(". Nothing has been made.\n")
    assert (ran.code, ran.out, inside(data)) == (1, "", None)


@pytest.mark.skipif(not PROGRAMME.is_file(), reason=REASON)
async def test_create_stores_a_real_programme_whole(data: Path, tmp_path: Path) -> None:
    """A real programme goes through the command and comes out of the database whole: times, breaks, people, rounds."""
    text = programme_yaml(PROGRAMME.read_text(encoding="utf-8"))
    path = written(tmp_path / "echt.yaml", text)
    made = await poll_server("event", "create", path, "--data", data)
    assert (made.code, made.out.splitlines()[0]) == (0, "Kleinstädte in Deutschland: 12 items, 6 questions.")
    event, draft = await stored(data, "echt"), read_event(text, TODAY)
    assert read_back(event) == list(draft.items)
    told = (event.title, event.subtitle, event.organisers, event.day, event.time_zone, event.language)
    assert told == (draft.title, draft.subtitle, draft.organisers, draft.day, draft.time_zone, draft.language)
    assert [len(round_.questions) for round_ in event.rounds] == [3, 3]


# recount


async def test_recount_of_right_tallies(data: Path, example: Path) -> None:
    """Where every tally is the sum of its ballots, the command says so and ends with 0."""
    await poll_server("event", "create", example, "--data", data)
    await voted(data, "demo")
    ran = await poll_server("recount", "DEMO", "--data", data)
    assert ran == Ran(0, "7 questions: every tally equals its ballots.\n", "")


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


@pytest.mark.parametrize("command", [("recount",), ("event", "links")])
async def test_command_for_an_unknown_event(data: Path, command: tuple[str, ...]) -> None:
    """An event that does not exist is told as it was typed."""
    ran = await poll_server(*command, "Ab C", "--data", data)
    assert ran == Ran(1, "", "There is no event with the code Ab C.\n")


# migrate


async def test_migrate_brings_a_new_database_to_its_newest_form(data: Path) -> None:
    """An empty folder gets a database that takes events at once, and the command may be repeated."""
    expected = Ran(0, "The database is up to date.\n", "")
    assert [await poll_server("migrate", "--data", data) for _ in range(2)] == [expected] * 2
    assert inside(data) == ["poll.sqlite3"]
    assert (await poll_server("recount", "demo", "--data", data)).err == "There is no event with the code demo.\n"


async def test_commands_use_the_database_of_the_settings(data: Path, example: Path, postgres_url: str) -> None:
    """With PostgreSQL in the settings an event lies there, and the data folder holds the secret alone."""
    settings = {"POLL_DATABASE_URL": postgres_url, "POLL_DATA_DIR": str(data)}
    made = await poll_server("event", "create", example, **settings)
    links = await poll_server("event", "links", "demo", **settings)
    recounted = await poll_server("recount", "demo", **settings)
    assert (made.code, links) == (0, Ran(0, made.out.partition("\n")[2], ""))
    assert recounted == Ran(0, "7 questions: every tally equals its ballots.\n", "")
    assert inside(data) == ["secret"]


# demo


async def test_demo_prints_its_links_and_serves_them(data: Path) -> None:
    """The first line is JSON with the links of the example event; the server opens them; a second start keeps them."""
    first = await _demo(data)
    base = first["base"]
    assert sorted(first) == ["audience", "base", "code", "desk", "screen"]
    assert (first["code"], first["audience"]) == ("demo", f"{base}/e/demo")
    assert first["desk"].startswith(f"{base}/e/demo/desk/link/")
    assert first["screen"].startswith(f"{base}/e/demo/screen/link/")
    made = await stored(data, "demo")
    second = await _demo(data)
    assert {name: link.replace(second["base"], base) for name, link in second.items()} == first
    assert await stored(data, "demo") == made


async def _demo(data: Path) -> dict[str, str]:
    """Run the demo on a free port, open what it prints, end it and give what it printed."""
    env = {name: os.environ[name] for name in INHERITED if name in os.environ} | {"PYTHONPATH": str(PROJECT)}
    command = ("setpriv", "--pdeathsig", "KILL", "--", sys.executable, "-m", "poll_server", "demo", "--json")
    process = await asyncio.create_subprocess_exec(
        *command, "--port", "0", "--data", str(data), stdout=asyncio.subprocess.PIPE, env=env, cwd="/"
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            links: dict[str, str] = json.loads(await process.stdout.readline())
            await _open(links)
            process.terminate()
            assert (await process.stdout.read(), await process.wait()) == (b"", -SIGTERM)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return links


async def _open(links: dict[str, str]) -> None:
    """Open each link, the first as soon as somebody listens."""
    async with httpx2.AsyncClient(transport=httpx2.AsyncHTTPTransport(retries=8), timeout=PATIENCE_SECONDS) as client:
        found = [await client.get(links[name]) for name in ("base", "audience", "desk", "screen")]
    assert [answer.status_code for answer in found] == [200] * 4
