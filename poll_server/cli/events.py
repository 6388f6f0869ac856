"""Preparing events: `event create`, `event links`."""

import asyncio
import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

import typer

from poll_server.cli.installation import Code, Data, database_of, existing, fail_unknown, prepare, settings_of
from poll_server.documents.event_file import TIME_ZONE, EventFileError, read_event
from poll_server.domain.access import Role
from poll_server.domain.contributions import NAME_MAXIMUM
from poll_server.domain.programme import EventDraft, ItemKind
from poll_server.domain.rounds import Event
from poll_server.domain.text import CODE_LENGTH, CODE_LETTERS, fold, normal_code
from poll_server.questions import KINDS
from poll_server.settings import Settings
from poll_server.storage import events
from poll_server.terminal import fail, gettext, language, links, ngettext
from poll_server.web.sessions import Sessions


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
    settings = settings_of(data)
    prepare(settings)
    try:
        code = asyncio.run(_create(settings, draft))
    except events.CodeTaken as error:
        taken = gettext("The code %(code)s belongs to another event. Please choose another; nothing has been made.")
        fail(taken, code=error)
    questions = sum(KINDS[question.kind].answerable for item in draft.items for question in item.questions)
    items = ngettext("%(n)s item", "%(n)s items", len(draft.items)) % {"n": len(draft.items)}
    asked = ngettext("%(n)s question", "%(n)s questions", questions) % {"n": questions}
    typer.echo(f"{draft.title}: {items}, {asked}.")
    typer.echo(links(links_of(settings, code, podium=has_podium(draft))))


def event_links(
    event: Code,
    data: Data = None,
    desk: Annotated[
        list[str] | None,
        typer.Option(help="Print one more link to the desk, with this name in it: the log says whose link it was."),
    ] = None,
) -> None:
    """Print the links of an event: audience, desk, screen and, with a session for questions, podium."""
    names = [fold(name) for name in desk or ()]
    if any(not 0 < len(name) <= NAME_MAXIMUM or "/" in name for name in names):
        fail(gettext("The name of a link has up to %(n)s characters, and no slash."), n=NAME_MAXIMUM)
    settings = existing(data)
    code = normal_code(event)
    found = asyncio.run(_event(settings, code))
    if found is None:
        fail_unknown(event)
    podium = any(item.kind is ItemKind.QUESTION_SESSION for item in found.items)
    sessions = Sessions(settings.secret(), https=settings.is_https)
    address = f"{settings.base_url}/e/{code}/desk/link/"
    named = {name: f"{address}{quote(sessions.key(Role.MODERATOR, code, name), safe='')}" for name in names}
    typer.echo(links(links_of(settings, code, podium=podium), named))


def has_podium(draft: EventDraft) -> bool:
    """Tell whether an event has a session for questions to the podium."""
    return any(item.kind is ItemKind.QUESTION_SESSION for item in draft.items)


def links_of(settings: Settings, code: str, *, podium: bool) -> dict[str, str]:
    """Return the links of an event by whom they are for, with its ``code`` and the ``base`` of them all."""
    sessions = Sessions(settings.secret(), https=settings.is_https)
    audience = f"{settings.base_url}/e/{code}"
    found = {
        "code": code,
        "base": settings.base_url,
        "audience": audience,
        "desk": f"{audience}/desk/link/{sessions.key(Role.MODERATOR, code)}",
        "screen": f"{audience}/screen/link/{sessions.key(Role.SCREEN, code)}",
    }
    return found | {"podium": f"{audience}/podium/link/{sessions.key(Role.PODIUM, code)}"} if podium else found


async def _create(settings: Settings, draft: EventDraft) -> str:
    code = draft.code or "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)).lower()
    async with database_of(settings) as database, database.write() as connection:
        await events.create(connection, draft, code, secrets.token_bytes(32))
    return code


async def _event(settings: Settings, code: str) -> Event | None:
    async with database_of(settings) as database, database.read() as connection:
        found = await events.find(connection, code)
        return await events.load(connection, found[0]) if found else None
