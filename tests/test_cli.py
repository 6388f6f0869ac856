"""The commands, each as people type it; all but the servers run in this process, in a thread with a loop of its own."""

import asyncio
import json
import os
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from signal import SIGINT, SIGTERM
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx2
import pytest
from alembic.script import ScriptDirectory
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from poll_server.cli import app
from poll_server.documents.event_file import example_text, read_event
from poll_server.domain.ballots import Ballot, Key, Rank
from poll_server.domain.programme import ItemDraft
from poll_server.domain.rounds import Action, Event, State, plan
from poll_server.domain.text import CODE_LENGTH, CODE_LETTERS
from poll_server.server import listen
from poll_server.storage import ballots, events
from poll_server.storage.database import Database, alembic_config
from tests.documents.real_programme import PROGRAMME, REASON, programme_yaml
from tests.harness.ports import free_port
from tests.harness.server import INHERITED, PROJECT

TODAY = date(2026, 11, 22)
SECRET_LINKS = "The links of desk and screen are secret: whoever has them can use them."
PATIENCE_SECONDS = 30.0
# Root may write everywhere, unless this is taken away.
WITHOUT_PRIVILEGE = ("--bounding-set=-dac_override",) if os.geteuid() == 0 else ()
NEXT_MIGRATION = """\
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.execute("CREATE TABLE next (id INTEGER)")
"""
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
    wide = {"COLUMNS": "200", "NO_COLOR": "1", "LC_ALL": "C"}
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


def has_ipv6() -> bool:
    """Whether one can listen on ::1."""
    try:
        listen("::1", 0).close()
    except OSError:
        return False
    return True


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
        "export",
        "migrate",
        "recount",
        "round",
        "round add",
        "round save",
        "serve",
        "simulate",
    ]


@pytest.mark.parametrize("names", list(COMMANDS), ids=" ".join)
async def test_help_of_every_command(names: tuple[str, ...]) -> None:
    """Each command says what it does and what each of its options means, and takes a data folder or an address."""
    command = COMMANDS[names]
    shown = await poll_server(*names, "--help")
    assert (shown.code, shown.err) == (0, "")
    options = [parameter for parameter in command.params if parameter.name != "help"]
    words = [command.help or "", *(getattr(option, "help", "") or "" for option in options)]
    assert [word for word in words if not word or " ".join(word.split()) not in " ".join(shown.out.split())] == []
    if not isinstance(command, TyperGroup):
        assert {"data", "url"} & {option.name for option in options}


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
    assert head == "Kleinstädte in Deutschland: 12 items, 10 questions."
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
    sentence = "The code demo belongs to another event. Please choose another; nothing has been made.\n"
    assert again == Ran(1, "", sentence)
    assert await stored(data, "demo") == before


async def test_create_with_mistakes_makes_nothing(data: Path, tmp_path: Path) -> None:
    """Every mistake is told with file, line and column, and not even the data folder is made."""
    path = written(tmp_path / "wrong.yaml", WRONG)
    ran = await poll_server("event", "create", path, "--data", data)
    assert ran.err.splitlines() == [
        f"{path}:2:7: “2022-02-30” is not a day from 2000 to 2100. Write 2022-01-21, 21.1.2022 or today.",
        f"{path}:5:5: Unknown key “titel”. Did you mean “title”?",
        f"Mistakes in {path}: 2. Please mend them; nothing has been made.",
    ]
    assert (ran.code, ran.out, inside(data)) == (1, "", None)


async def test_create_tells_mistakes_in_the_language_of_the_terminal(data: Path, tmp_path: Path) -> None:
    """At a German terminal every mistake is told in German, the keys as the file has them."""
    path = written(tmp_path / "wrong.yaml", WRONG)
    ran = await poll_server("event", "create", path, "--data", data, LC_ALL="de_DE.UTF-8")
    assert ran.err.splitlines()[:2] == [
        f"{path}:2:7: „2022-02-30“ ist kein Tag von 2000 bis 2100. "
        "Schreiben Sie 2022-01-21, 21.1.2022 oder today (heute).",
        f"{path}:5:5: Die Angabe „titel“ ist nicht bekannt. Meinen Sie „title“?",
    ]


async def test_create_with_a_mistake_beside_other_events(data: Path, example: Path) -> None:
    """A mistake at the end of a file leaves the events of the database as they are."""
    await poll_server("event", "create", example, "--data", data)
    before = await stored(data, "demo")
    written(example, f"{example_text().replace('code: demo', 'code: zwei')}    time_zone: UTC\n")
    ran = await poll_server("event", "create", example, "--data", data)
    assert (ran.code, ran.out, ran.err.splitlines()[1:]) == (
        1,
        "",
        [f"Mistakes in {example}: 1. Please mend them; nothing has been made."],
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
    assert ran == Ran(0, "10 questions: every tally equals its ballots.\n", "")


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
    await poll_server("migrate", "--data", data)
    ran = await poll_server(*command, "Ab C", "--data", data)
    assert ran == Ran(1, "", "There is no event with the code Ab C.\n")


@pytest.mark.parametrize("command", [("recount",), ("event", "links")])
async def test_command_for_a_folder_mistyped(data: Path, command: tuple[str, ...]) -> None:
    """Where there is no database, commands that look into one say so and make none."""
    ran = await poll_server(*command, "demo", "--data", data)
    sentence = f"There is no database: {data / 'poll.sqlite3'} does not exist. Please check --data.\n"
    assert (ran, inside(data)) == (Ran(1, "", sentence), None)


async def test_commands_speak_german(data: Path, example: Path) -> None:
    """In a German installation, or without a language in its settings at a German terminal, commands speak German."""
    made = await poll_server("event", "create", example, "--data", data, POLL_LANGUAGE="de")
    assert made.out.splitlines()[0] == "Kleinstädte in Deutschland: 12 Programmpunkte, 10 Fragen."
    said = "10 Fragen: Jede Auszählung stimmt mit ihren Stimmen überein.\n"
    assert await poll_server("recount", "demo", "--data", data, LC_ALL="de_DE.UTF-8") == Ran(0, said, "")
    english = await poll_server("recount", "demo", "--data", data, LC_ALL="de_DE.UTF-8", POLL_LANGUAGE="en")
    assert english.out == "10 questions: every tally equals its ballots.\n"


# Settings and the database


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("PORT", "abc", "Write a whole number from 0 to 65535."),
        (
            "PUBLIC_URL",
            "gefragt.example.de",
            "Write http:// or https:// and the host, no path: https://gefragt.example.de.",
        ),
        (
            "DATABASE_URL",
            "postgresql://kim:geheim@localhost/poll",
            "Write postgresql+asyncpg://user:password@host/database, or nothing for SQLite.",
        ),
        ("LANGUAGE", "fr", "Write de or en."),
        ("LOG_LEVEL", "loud", "Write debug, info, warning or error."),
    ],
)
async def test_setting_that_does_not_fit(data: Path, name: str, value: str, mend: str) -> None:
    """A wrong setting is named with what would fit, its value is not repeated, and nothing is made."""
    ran = await poll_server("migrate", "--data", data, **{f"POLL_{name}": value})
    assert (ran, inside(data)) == (Ran(1, "", f"The setting POLL_{name} does not fit. {mend}\n"), None)


async def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A data folder in the place of a file is refused in one sentence."""
    path = written(tmp_path / "data", "A file.")
    ran = await poll_server("migrate", "--data", path)
    told = f"{path} cannot be made: File exists. Please choose another folder by --data.\n"
    assert ran == Ran(1, "", told)


@pytest.mark.parametrize("locked", ["folder", "database"])
async def test_folder_that_is_read_only(data: Path, locked: str) -> None:
    """A folder or database that may not be written is told, not found by the first vote."""
    await poll_server("migrate", "--data", data)
    path = data if locked == "folder" else data / "poll.sqlite3"
    mode = path.stat().st_mode
    path.chmod(0o555)
    ran = await _ran("demo", "--port", "0", "--data", data, before=WITHOUT_PRIVILEGE)
    path.chmod(mode)
    told = f"{path} is read-only. Please allow writing, or choose another folder by --data.\n"
    assert ran == Ran(1, "", told)


async def test_file_that_is_no_database(tmp_path: Path) -> None:
    """A file that is something else is named, and stays as it is."""
    path = written(tmp_path / "poll.sqlite3", "Something else. " * 100)
    ran = await poll_server("migrate", "--data", tmp_path)
    assert ran == Ran(1, "", f"The database cannot be used (file is not a database). Please check {path}.\n")
    assert path.read_text() == "Something else. " * 100


async def test_database_that_does_not_answer(data: Path) -> None:
    """A PostgreSQL where nobody listens is told without the password."""
    url = f"postgresql+asyncpg://kim:geheim@127.0.0.1:{free_port()}/poll"
    ran = await poll_server("migrate", "--data", data, POLL_DATABASE_URL=url)
    assert (ran.code, ran.out, ran.err[:31], "geheim" in ran.err) == (1, "", "The database cannot be used ([E", False)
    assert ran.err.endswith("). Please check POLL_DATABASE_URL.\n")


async def test_database_that_is_not_there(data: Path, postgres_url: str) -> None:
    """A PostgreSQL without this database says so."""
    url = postgres_url.rpartition("/")[0] + "/gibtesnicht"
    ran = await poll_server("migrate", "--data", data, POLL_DATABASE_URL=url)
    told = 'The database cannot be used (database "gibtesnicht" does not exist). Please check POLL_DATABASE_URL.\n'
    assert ran == Ran(1, "", told)


async def test_database_of_another_version(data: Path, tmp_path: Path) -> None:
    """The next version of the program brings the database forward and says so; this one then leaves it alone."""
    await poll_server("migrate", "--data", data)
    next_version = tmp_path / "next"
    shutil.copytree(PROJECT / "poll_server", next_version / "poll_server", ignore=shutil.ignore_patterns("__pycache__"))
    (next_version / "locale").symlink_to(PROJECT / "locale")
    head = ScriptDirectory.from_config(alembic_config("")).get_current_head()
    versions = next_version / "poll_server" / "storage" / "migrations" / "versions"
    written(versions / "9999_next.py", NEXT_MIGRATION.format(head=head))
    older = "The database was of an older version and has been brought to the newest.\n"
    brought = await _ran("migrate", "--data", data, program=next_version)
    assert brought == Ran(0, "The database is up to date.\n", older)
    before = (data / "poll.sqlite3").read_bytes()
    newer = "The database is of a newer version of this program: please install that. Nothing has changed.\n"
    assert await poll_server("migrate", "--data", data) == Ran(1, "", newer)
    assert ((data / "poll.sqlite3").read_bytes(), inside(data)) == (before, ["poll.sqlite3"])


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
    assert recounted == Ran(0, "10 questions: every tally equals its ballots.\n", "")
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


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
async def test_demo_on_ipv6(data: Path) -> None:
    """The links of a server that listens on ::1 have its brackets, and lead there."""
    links = await _demo(data, "--host", "::1")
    assert links["base"].rpartition(":")[0] == "http://[::1]"


async def test_demo_is_always_today(data: Path, example: Path) -> None:
    """The demo's event of another day moves to today, the programme at its times; what was answered stays."""
    written(example, example_text().replace("date: today", "date: 2026-03-28"))
    await poll_server("event", "create", example, "--data", data)
    await voted(data, "demo")
    await _demo(data)
    event = await stored(data, "demo")
    today = datetime.now(ZoneInfo(event.time_zone)).date()
    assert (event.day, read_back(event)) == (today, list(read_event(example_text(), today).items))
    assert (await poll_server("recount", "demo", "--data", data)).code == 0
    assert next(event.questions).state is State.OPEN


async def test_demo_tells_people_what_to_open(data: Path) -> None:
    """Without --json there is a short text, without colours where no terminal is, and one line after Ctrl-C."""
    async with _running("demo", "--port", "0", "--data", data) as process:
        assert process.stdout is not None
        said = (await process.stdout.readuntil(b"Ctrl-C ends it.\n")).decode()
        base = said.partition("/e/demo")[0].splitlines()[-1]
        links = await poll_server("event", "links", "demo", "--data", data, POLL_PUBLIC_URL=base)
        listed = [line.split()[1] for line in links.out.splitlines()[:3]]
        assert [line for line in said.splitlines() if line.startswith("http")] == listed
        assert "\033" not in said
        process.send_signal(SIGINT)
        assert await process.stdout.read() == b"\nStopped. Every vote that was acknowledged is stored.\n"
        assert await process.wait() == 0


async def test_demo_on_a_port_that_is_taken(data: Path) -> None:
    """A second server on the same port is told which to take, in one sentence, and makes nothing."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        ran = await poll_server("demo", "--port", str(port), "--data", data)
    told = f"Port {port} is taken. Take another: make demo PORT={port + 1}, or --port {port + 1}.\n"
    assert (ran, inside(data)) == (Ran(1, "", told), None)


async def test_serve_on_an_address_of_another_machine(data: Path) -> None:
    """A host that is not this machine is named, and nothing is made."""
    ran = await poll_server("serve", "--host", "2001:db8::1", "--port", "81", "--data", data)
    assert ran.err.startswith("Host 2001:db8::1, port 81: ")
    assert ran.err.endswith(". Please check --host and --port.\n")
    assert (ran.code, ran.out, inside(data)) == (1, "", None)


async def _demo(data: Path, *options: str) -> dict[str, str]:
    """Run the demo on a free port, open what it prints, end it and give what it printed."""
    async with _running("demo", "--json", "--port", "0", "--data", data, *options) as process:
        assert process.stdout is not None
        links: dict[str, str] = json.loads(await process.stdout.readline())
        await _open(links)
        process.terminate()
        assert (await process.stdout.read(), await process.wait()) == (b"", -SIGTERM)
    return links


async def _open(links: dict[str, str]) -> None:
    """Open each link."""
    async with httpx2.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False) as client:
        found = [await client.get(links[name]) for name in ("base", "audience", "desk", "screen")]
    assert [answer.status_code for answer in found] == [200] * 4


@asynccontextmanager
async def _running(
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


async def _ran(*arguments: str | Path, before: Sequence[str] = (), program: Path = PROJECT) -> Ran:
    """Run a command as a process of its own to its end."""
    async with _running(*arguments, before=before, program=program) as process:
        out, err = await process.communicate()
        return Ran(process.returncode or 0, out.decode(), err.decode())
