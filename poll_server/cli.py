"""The commands: ``poll-server serve | demo | event | round | export | recount | migrate | simulate``."""

import asyncio
import errno
import json
import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer
from asyncpg import PostgresError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.app import SelfRunning
from poll_server.documents.event_file import TIME_ZONE, EventFileError, example_text, read_event
from poll_server.documents.export import FORMATS, Export, read_export
from poll_server.documents.round_file import FORMS as ROUND_FORMS
from poll_server.documents.round_file import decoded, form_of_name, pictures_of, read_round, save_round
from poll_server.domain.access import Role
from poll_server.domain.errors import Forbidden
from poll_server.domain.programme import EventDraft
from poll_server.domain.rounds import Event
from poll_server.domain.text import CODE_LENGTH, CODE_LETTERS, normal_code
from poll_server.i18n import translations
from poll_server.questions import KINDS
from poll_server.server import listen, run
from poll_server.settings import Settings
from poll_server.simulate import show
from poll_server.storage import ballots, days, events
from poll_server.storage.database import Database, NewerDatabase, migrate
from poll_server.terminal import fail, gettext, language, links, say, setting_fault, welcome
from poll_server.web.sessions import Sessions

app = typer.Typer(
    no_args_is_help=True,
    help="Live participation: ask an audience, count every vote once.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
event_app = typer.Typer(no_args_is_help=True, help="Prepare events.")
app.add_typer(event_app, name="event")
round_app = typer.Typer(no_args_is_help=True, help="Load and save rounds of an event.")
app.add_typer(round_app, name="round")

Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the embedded database and the signing secret; else that of POLL_DATA_DIR, else ./data."
    ),
]
Code = Annotated[str, typer.Argument(help="Join code of the event.", metavar="EVENT")]
Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]


class Form(StrEnum):
    """The formats of an export."""

    CSV = "csv"
    JSON = "json"


@app.command()
def serve(data: Data = None, host: Host = None, port: Port = None) -> None:
    """Run the server; the database is brought to its newest form first."""
    with _listening(_settings(data, host, port)) as (settings, listener):
        _prepare(settings)
        serving = gettext("Serving %(address)s. Ctrl-C ends it.") % {"address": settings.base_url}
        _run(settings, listener, serving)


@app.command("migrate")
def migrate_command(data: Data = None) -> None:
    """Bring the database to its newest form."""
    _prepare(_settings(data))
    typer.echo(gettext("The database is up to date."))


@app.command()
def demo(
    data: Data = None,
    host: Host = None,
    port: Port = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the links as one line of JSON first.")] = False,
    simulated: Annotated[
        int, typer.Option("--simulate", min=0, help="Simulated participants; the rounds go by themselves.")
    ] = 0,
) -> None:
    """Run the server with the example event, dated today, and print its links."""
    with _listening(_settings(data, host, port)) as (settings, listener):
        _prepare(settings)
        draft = read_event(example_text(), datetime.now(ZoneInfo(TIME_ZONE)).date())
        asyncio.run(_create_or_move(settings, draft))
        found = _links(settings, draft.code)
        greeting = json.dumps(found) if as_json else welcome(found, local=settings.is_local)
        _run(settings, listener, greeting, SelfRunning(draft.code, simulated) if simulated else None)


@event_app.command("create")
def create(
    file: Annotated[Path, typer.Argument(help="The event as YAML; docs/event-file.md says how.")], data: Data = None
) -> None:
    """Make an event with its programme, rounds and questions from a YAML file. With a mistake in it nothing is made."""
    try:
        text = file.read_text(encoding="utf-8")
        draft = read_event(text, datetime.now(ZoneInfo(TIME_ZONE)).date(), file.parent, language())
    except (OSError, UnicodeDecodeError) as error:
        fail(gettext("%(file)s could not be read: %(reason)s. Nothing has been made."), file=file, reason=error)
    except EventFileError as error:
        for mistake in error.mistakes:
            typer.echo(f"{file}:{mistake.line}:{mistake.column}: {mistake.sentence}", err=True)
        mend = gettext("Mistakes in %(file)s: %(count)s. Please mend them; nothing has been made.")
        fail(mend, file=file, count=len(error.mistakes))
    settings = _settings(data)
    _prepare(settings)
    try:
        code = asyncio.run(_create(settings, draft))
    except events.CodeTaken as error:
        taken = gettext("The code %(code)s belongs to another event. Please choose another; nothing has been made.")
        fail(taken, code=error)
    questions = sum(KINDS[question.kind].answerable for item in draft.items for question in item.questions)
    made = gettext("%(title)s: %(items)s items, %(questions)s questions.")
    say(made, title=draft.title, items=len(draft.items), questions=questions)
    typer.echo(links(_links(settings, code)))


@event_app.command("links")
def event_links(event: Code, data: Data = None) -> None:
    """Print the links of an event: audience, desk and screen."""
    settings = _existing(data)
    code = normal_code(event)
    if code not in asyncio.run(_codes(settings)):
        _fail_unknown(event)
    typer.echo(links(_links(settings, code)))


class RoundForm(StrEnum):
    """The forms of a round."""

    TEXT = "text"
    CSV = "csv"
    YAML = "yaml"


@round_app.command("add")
def add_round(
    event: Code,
    file: Annotated[Path, typer.Argument(help="The round as text, CSV or YAML; docs/preparing.md says how.")],
    slot: Annotated[
        str, typer.Option(help="Start of the slot whose round takes the questions, as 11:15; else a round of its own.")
    ] = "",
    data: Data = None,
) -> None:
    """Add the questions of a file to an event. With a mistake in it nothing is added."""
    settings = _existing(data)
    try:
        text = decoded(file.read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        fail(gettext("%(file)s could not be read: %(reason)s. Nothing has been made."), file=file, reason=error)
    added = asyncio.run(_add_round(settings, event, file, text, slot))
    say(gettext("Questions added: %(count)s."), count=added)
    typer.echo(gettext("A server that is running shows them after the next step at a desk, which it refuses once."))


@round_app.command("save")
def save_round_command(
    event: Code,
    number: Annotated[int, typer.Argument(min=1, help="Which round, in the order of the programme.", metavar="ROUND")],
    out: Annotated[Path, typer.Option(help="Folder for the file; it is made if it is not there.")],
    form: Annotated[
        RoundForm, typer.Option("--format", help="For people, for spreadsheets, or exact.")
    ] = RoundForm.TEXT,
    data: Data = None,
) -> None:
    """Write a round of an event into a file that can be loaded again."""
    found = asyncio.run(_load(_existing(data), event))
    if number > len(found.rounds):
        fail(gettext("The event has no round %(number)s, only %(count)s."), number=number, count=len(found.rounds))
    round_ = found.rounds[number - 1]
    path = out / f"{found.code}-{number}{ROUND_FORMS[form].suffixes[0]}"
    definitions = [question.definition for question in round_.questions]
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_bytes(save_round(round_.title, definitions, found.language, form))
    except OSError as error:
        fail(gettext("%(path)s cannot be written: %(reason)s."), path=path, reason=error.strerror)
    typer.echo(path)


@app.command()
def recount(event: Code, data: Data = None) -> None:
    """Compare all tallies of an event with their ballots; ends with 1 if they differ."""
    checked, differences = asyncio.run(_recount(_existing(data), event))
    for difference in differences:
        mark = difference.mark
        say(
            gettext("question %(question)s, wave %(wave)s, mark %(mark)r: tally %(stored)s, ballots %(recounted)s"),
            question=mark.question_id,
            wave=mark.wave,
            mark=mark.key,
            stored=difference.stored,
            recounted=difference.recounted,
        )
    if differences:
        fail(gettext("%(count)s numbers differ from the ballots."), count=len(differences))
    say(gettext("%(count)s questions: every tally equals its ballots."), count=checked)


@app.command()
def export(
    event: Code,
    out: Annotated[Path, typer.Option(help="Folder for the file; it is made if it is not there.")],
    form: Annotated[Form, typer.Option("--format", help="For spreadsheets or for programs.")] = Form.CSV,
    data: Data = None,
) -> None:
    """Write the results of an event into a file: every question with its numbers as they stand now."""
    chosen = FORMATS[form]
    try:
        found = asyncio.run(_read_export(_existing(data), event))
    except Forbidden as error:
        fail(gettext(error.sentence))
    path = out / f"{found.event.code}{chosen.suffix}"
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_bytes(chosen.write(found))
    except OSError as error:
        fail(gettext("%(path)s cannot be written: %(reason)s."), path=path, reason=error.strerror)
    typer.echo(path)


@app.command()
def simulate(
    url: Annotated[str, typer.Argument(help="The audience's page of an event.", metavar="URL")],
    *,
    participants: Annotated[int, typer.Option(min=1, max=5000, help="How many.")] = 50,
    seconds: Annotated[float | None, typer.Option(min=0, help="Ends after so many seconds; else by Ctrl-C.")] = None,
    pace: Annotated[float, typer.Option(min=0.01, help="How fast they are: 1 as in life.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed is another crowd.")] = 1,
    alone: Annotated[bool, typer.Option("--alone", help="Nobody else takes part, so doubled votes are seen.")] = False,
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="Vote only while the pages say rehearsal.")] = False,
    attached: Annotated[bool, typer.Option("--attached", help="End with the standard input, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON at the end.")] = False,
) -> None:
    """Let simulated participants take part; ends with 1 if a vote was lost or doubled."""
    found = show(
        url,
        participants,
        seconds=seconds,
        pace=pace,
        seed=seed,
        alone=alone,
        rehearsal=rehearsal,
        attached=attached,
        as_json=as_json,
    )
    raise typer.Exit(found)


def _settings(data: Path | None, host: str | None = None, port: int | None = None) -> Settings:
    given: dict[str, Any] = {"data_dir": data, "host": host, "port": port}
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        fail(setting_fault(error))


@contextmanager
def _listening(settings: Settings) -> Iterator[tuple[Settings, socket.socket]]:
    """Listen before anything is made; in the settings that come back a port of 0 is the one that was found."""
    host, port = settings.host, settings.port
    try:
        listener = listen(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            taken = gettext("Port %(port)s is taken. Take another: make demo PORT=%(other)s, or --port %(other)s.")
            fail(taken, port=port, other=port + 1)
        refused = gettext("Host %(host)s, port %(port)s: %(reason)s. Please check --host and --port.")
        fail(refused, host=host, port=port, reason=str(error.strerror).partition(" (")[0])
    with listener:
        yield settings.model_copy(update={"port": listener.getsockname()[1]}), listener


def _existing(data: Path | None) -> Settings:
    """Return the settings of an installation that is there already: a mistyped folder makes no new one."""
    settings = _settings(data)
    path = settings.database_file or settings.data_dir
    if not path.exists():
        fail(gettext("There is no database: %(path)s does not exist. Please check --data."), path=path)
    _prepare(settings)
    return settings


def _prepare(settings: Settings) -> None:
    """Make the data folder, and bring the database to its newest form; fails in words where that cannot be."""
    folder, file = settings.data_dir, settings.database_file
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refused = gettext("%(path)s cannot be made: %(reason)s. Please choose another folder by --data.")
        fail(refused, path=folder, reason=error.strerror)
    for path in (folder, file):
        if path and path.exists() and not os.access(path, os.W_OK):
            fail(gettext("%(path)s is read-only. Please allow writing, or choose another folder by --data."), path=path)
    try:
        was_older = migrate(settings.database)
    except NewerDatabase:
        fail(gettext("The database is of a newer version of this program: please install that. Nothing has changed."))
    except (DBAPIError, PostgresError, OSError) as error:
        unusable = gettext("The database cannot be used (%(reason)s). Please check %(path)s.")
        reason = error.orig if isinstance(error, DBAPIError) else error
        fail(unusable, reason=reason, path=file or "POLL_DATABASE_URL")
    if was_older:
        typer.echo(gettext("The database was of an older version and has been brought to the newest."), err=True)


def _run(settings: Settings, listener: socket.socket, greeting: str, self_running: SelfRunning | None = None) -> None:
    run(settings, listener, lambda: typer.echo(greeting), self_running)
    typer.echo("\n" + gettext("Stopped. Every vote that was acknowledged is stored."))


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database)
    try:
        yield database
    finally:
        await database.close()


async def _create(settings: Settings, draft: EventDraft) -> str:
    code = draft.code or "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)).lower()
    async with _database(settings) as database, database.write() as connection:
        await events.create(connection, draft, code, secrets.token_bytes(32))
    return code


async def _create_or_move(settings: Settings, draft: EventDraft) -> None:
    """Make the demo's event, or move the one that is there to the draft's day: a demo is always today."""
    async with _database(settings) as database, database.write() as connection:
        found = await events.find(connection, draft.code)
        if found:
            await days.move(connection, found[0], draft.day)
        else:
            await events.create(connection, draft, draft.code, secrets.token_bytes(32))


async def _codes(settings: Settings) -> list[str]:
    async with _database(settings) as database, database.read() as connection:
        return list(await events.codes(connection))


async def _read_export(settings: Settings, typed: str) -> Export:
    async with _database(settings) as database, database.read() as connection:
        return await read_export(connection, await _find(connection, typed))


async def _load(settings: Settings, typed: str) -> Event:
    async with _database(settings) as database, database.read() as connection:
        return await events.load(connection, await _find(connection, typed))


async def _add_round(settings: Settings, typed: str, file: Path, text: str, slot: str) -> int:
    """Return how many questions have been added; fails in words."""
    async with _database(settings) as database, database.write() as connection:
        event = await events.load(connection, await _find(connection, typed))
        if event.rehearsal:
            fail(gettext(Forbidden("rehearsal").sentence))
        pictures = pictures_of(question.definition for question in event.questions)
        read = read_round(text, event.language, form_of_name(file.name), pictures)
        for mistake in read.mistakes:
            typer.echo(f"{file}:{mistake.line}:{mistake.column}: {mistake.sentence}", err=True)
        if read.mistakes:
            mend = gettext("Mistakes in %(file)s: %(count)s. Please mend them; nothing has been made.")
            fail(mend, file=file, count=len(read.mistakes))
        title = read.title or translations(event.language).gettext("Further questions")
        home = _round_at(event, slot) if slot else None
        await events.add_round(connection, event, event.revision, home, title, read.definitions)
    return len(read.questions)


def _round_at(event: Event, slot: str) -> int:
    """Return the round of the slot that starts at a time such as 11:15 or 11.15; fails in words."""
    starts = {item.id: f"{item.starts:%H:%M}" for item in event.items}
    rounds = {starts[one.item_id]: one.id for one in event.rounds if one.item_id is not None}
    found = rounds.get(slot.replace(".", ":").rjust(5, "0"))
    if found is None:
        none = gettext("No round starts at %(slot)s. Rounds start at: %(known)s. Nothing has been made.")
        fail(none, slot=slot, known=", ".join(rounds))
    return found


async def _recount(settings: Settings, typed: str) -> tuple[int, list[ballots.Difference]]:
    async with _database(settings) as database, database.read() as connection:
        event = await events.load(connection, await _find(connection, typed))
        ids = [question.id for question in event.questions if question.answerable]
        return len(ids), await ballots.recount(connection, ids)


async def _find(connection: AsyncConnection, typed: str) -> int:
    """Return the id of the event with a join code, however it is typed; fails in words."""
    found = await events.find(connection, normal_code(typed))
    if found is None:
        _fail_unknown(typed)
    return found[0]


def _links(settings: Settings, code: str) -> dict[str, str]:
    sessions = Sessions(settings.secret(), https=settings.is_https)
    audience = f"{settings.base_url}/e/{code}"
    return {
        "code": code,
        "base": settings.base_url,
        "audience": audience,
        "desk": f"{audience}/desk/link/{sessions.key(Role.MODERATOR, code)}",
        "screen": f"{audience}/screen/link/{sessions.key(Role.SCREEN, code)}",
    }


def _fail_unknown(typed: str) -> NoReturn:
    fail(gettext("There is no event with the code %(code)s."), code=typed)
