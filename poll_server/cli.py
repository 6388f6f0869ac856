"""The commands: ``poll-server serve | demo | event | recount | migrate``."""

import asyncio
import json
import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer

from poll_server.documents.event_file import TIME_ZONE, EventFileError, example_text, read_event
from poll_server.domain.access import Role
from poll_server.domain.programme import EventDraft
from poll_server.domain.text import CODE_LENGTH, CODE_LETTERS, normal_code, shown_code
from poll_server.server import free_port, run
from poll_server.settings import Settings
from poll_server.storage import ballots, events
from poll_server.storage.database import Database, migrate
from poll_server.web.sessions import Sessions

app = typer.Typer(
    no_args_is_help=True, help="Live participation: ask an audience, count every vote once.", add_completion=False
)
event_app = typer.Typer(no_args_is_help=True, help="Prepare events.")
app.add_typer(event_app, name="event")

Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the embedded database and the signing secret; else that of POLL_DATA_DIR, else ./data."
    ),
]
Code = Annotated[str, typer.Argument(help="Join code of the event.", metavar="EVENT")]
Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]


def _settings(data: Path | None, host: str | None = None, port: int | None = None) -> Settings:
    given: dict[str, Any] = {"data_dir": data, "host": host, "port": port}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    if settings.port == 0:
        settings = settings.model_copy(update={"port": free_port(settings.host)})
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return settings


@app.command()
def serve(data: Data = None, host: Host = None, port: Port = None) -> None:
    """Run the server; the database is brought to its newest form first."""
    settings = _settings(data, host, port)
    migrate(settings.database)
    typer.echo(f"Serving {settings.base_url}. Ctrl-C ends it.")
    run(settings)


@app.command("migrate")
def migrate_command(data: Data = None) -> None:
    """Bring the database to its newest form."""
    migrate(_settings(data).database)
    typer.echo("The database is up to date.")


@app.command()
def demo(
    data: Data = None,
    host: Host = None,
    port: Port = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the links as one line of JSON first.")] = False,
) -> None:
    """Run the server with the example event, and print its links."""
    settings = _settings(data, host, port)
    migrate(settings.database)
    draft = read_event(example_text(), datetime.now(ZoneInfo(TIME_ZONE)).date())
    asyncio.run(_create_unless_there(settings, draft))
    links = _links(settings, draft.code)
    if as_json:
        typer.echo(json.dumps({"code": draft.code, **links}))
    else:
        _print_links(links)
    run(settings)


@event_app.command("create")
def create(
    file: Annotated[Path, typer.Argument(help="The event as YAML; docs/event-file.md says how.")], data: Data = None
) -> None:
    """Make an event with its programme, rounds and questions from a YAML file. With a mistake in it nothing is made."""
    try:
        text = file.read_text(encoding="utf-8")
        draft = read_event(text, datetime.now(ZoneInfo(TIME_ZONE)).date())
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"{file} could not be read: {error}. Nothing has been made.")
    except EventFileError as error:
        for mistake in error.mistakes:
            typer.echo(f"{file}:{mistake.line}:{mistake.column}: {mistake.sentence}", err=True)
        found = "1 mistake" if len(error.mistakes) == 1 else f"{len(error.mistakes)} mistakes"
        _fail(f"{found} in {file}. Nothing has been made; please mend the file and repeat the command.")
    settings = _settings(data)
    migrate(settings.database)
    try:
        code = asyncio.run(_create(settings, draft))
    except events.CodeTaken as error:
        _fail(f"The code {error} belongs to another event. Nothing has been made; please choose another code.")
    typer.echo(
        f"{draft.title}: {len(draft.items)} items, {sum(len(item.questions) for item in draft.items)} questions."
    )
    _print_links(_links(settings, code))


@event_app.command("links")
def links(event: Code, data: Data = None) -> None:
    """Print the links of an event: audience, desk and screen."""
    settings = _settings(data)
    migrate(settings.database)
    code = normal_code(event)
    if code not in asyncio.run(_codes(settings)):
        _fail(f"There is no event with the code {event}.")
    _print_links(_links(settings, code))


@app.command()
def recount(event: Code, data: Data = None) -> None:
    """Compare all tallies of an event with their ballots; ends with 1 if they differ."""
    settings = _settings(data)
    migrate(settings.database)
    checked, differences = asyncio.run(_recount(settings, normal_code(event), event))
    for difference in differences:
        mark = difference.mark
        typer.echo(
            f"question {mark.question_id}, wave {mark.wave}, mark {mark.key!r}: "
            f"tally {difference.stored}, ballots {difference.recounted}"
        )
    if differences:
        _fail(f"{len(differences)} numbers differ from the ballots.")
    typer.echo(f"{checked} questions: every tally equals its ballots.")


async def _create(settings: Settings, draft: EventDraft) -> str:
    code = draft.code or "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)).lower()
    database = Database(settings.database)
    try:
        async with database.write() as connection:
            await events.create(connection, draft, code, secrets.token_bytes(32))
    finally:
        await database.close()
    return code


async def _create_unless_there(settings: Settings, draft: EventDraft) -> None:
    if draft.code not in await _codes(settings):
        await _create(settings, draft)


async def _codes(settings: Settings) -> list[str]:
    database = Database(settings.database)
    try:
        async with database.read() as connection:
            return list(await events.codes(connection))
    finally:
        await database.close()


async def _recount(settings: Settings, code: str, typed: str) -> tuple[int, list[ballots.Difference]]:
    database = Database(settings.database)
    try:
        async with database.read() as connection:
            found = await events.find(connection, code)
            if found is None:
                _fail(f"There is no event with the code {typed}.")
            event = await events.load(connection, found[0])
            ids = [question.id for question in event.questions]
            return len(ids), await ballots.recount(connection, ids)
    finally:
        await database.close()


def _links(settings: Settings, code: str) -> dict[str, str]:
    sessions = Sessions(settings.secret(), https=settings.is_https)
    audience = f"{settings.base_url}/e/{code}"
    return {
        "base": settings.base_url,
        "audience": audience,
        "desk": f"{audience}/desk/link/{sessions.key(Role.MODERATOR, code)}",
        "screen": f"{audience}/screen/link/{sessions.key(Role.SCREEN, code)}",
    }


def _print_links(found: dict[str, str]) -> None:
    code = found["audience"].rpartition("/")[2]
    typer.echo(f"  Audience  {found['audience']}   (code {shown_code(code)} at {found['base']})")
    typer.echo(f"  Desk      {found['desk']}")
    typer.echo(f"  Screen    {found['screen']}")
    typer.echo("The links of desk and screen are secret: whoever has them can use them.")


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
