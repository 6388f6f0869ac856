"""Preparing events: `event create`."""

import asyncio
import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from poll_server.cli.installation import Data, database_of, prepare, settings_of
from poll_server.cli.links import BY_COMMAND, make_links
from poll_server.cli.organisers import organiser_named
from poll_server.documents.event_file import EventFileError, read_event
from poll_server.documents.event_times import TIME_ZONE
from poll_server.domain.programme import EventDraft
from poll_server.questions import KINDS
from poll_server.settings import Settings
from poll_server.storage import events, journal, sharing
from poll_server.storage.journal import Line
from poll_server.terminal import Address, fail, gettext, language, ngettext, written_links


def create(
    file: Annotated[Path, typer.Argument(help="The event as YAML; docs/event-file.md says how.")],
    data: Data = None,
    organiser: Annotated[str | None, typer.Option(help="Whose event it is: the name to sign in with.")] = None,
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
        code, made = asyncio.run(_create(settings, draft, organiser))
    except events.CodeTaken as error:
        taken = gettext("The code %(code)s belongs to another event. Please choose another; nothing has been made.")
        fail(taken, code=error)
    questions = sum(KINDS[question.kind].answerable for item in draft.items for question in item.questions)
    items = ngettext("%(n)s item", "%(n)s items", len(draft.items)) % {"n": len(draft.items)}
    asked = ngettext("%(n)s question", "%(n)s questions", questions) % {"n": questions}
    typer.echo(f"{draft.title}: {items}, {asked}.")
    typer.echo(written_links(settings.base_url, code, made))


async def _create(settings: Settings, draft: EventDraft, organiser: str | None) -> tuple[str, list[Address]]:
    code = draft.code or events.new_code()
    async with database_of(settings) as database, database.write() as connection:
        owner = await organiser_named(connection, organiser) if organiser is not None else None
        event_id = await events.create(connection, draft, code, secrets.token_bytes(32))
        if owner:
            await sharing.give(connection, event_id, owner.id, owner=True)
        await journal.note(connection, event_id, Line(BY_COMMAND, "event_create"))
        made = await make_links(connection, settings, await events.load(connection, event_id))
    return code, made
