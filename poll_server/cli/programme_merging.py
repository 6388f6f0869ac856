"""A programme that comes into an event which is there: `event import --into`."""

import asyncio
from datetime import date
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.cli.installation import database_of, existing, find
from poll_server.cli.links import BY_COMMAND
from poll_server.cli.programme_told import read_file, tell_items, tell_notices, tell_understood
from poll_server.documents.programme_found import ReadProgramme
from poll_server.domain.contributions import SessionState
from poll_server.domain.errors import Conflict, Forbidden, PollError
from poll_server.domain.merging import Merger, Way, merge
from poll_server.domain.rounds import Event
from poll_server.domain.slots import seal
from poll_server.settings import Settings
from poll_server.storage import contributions, events, journal, slots
from poll_server.storage.journal import Line
from poll_server.terminal import fail, gettext, say

_ACTS = {Way.ADD: "programme_added", Way.REPLACE: "programme_replaced"}


def merge_programme(
    file: Path, code: str, way: Way, zone: str, day: date | None, data: Path | None, *, dry_run: bool
) -> None:
    """Print what is understood of a programme and what an event's becomes by it, then store that, or fail in words."""
    settings = existing(data)
    event, opened = asyncio.run(_load(settings, code))
    read = read_file(file, zone or event.time_zone, event.language, day or event.day)
    _tell(read, merge(event, read.items, way, opened))
    if dry_run:
        typer.echo(gettext("Nothing has been made, as --dry-run says."))
        return
    try:
        stored = asyncio.run(_store(settings, event, read, way))
    except PollError as error:
        fail(gettext(error.sentence))
    say(gettext("%(title)s has a programme of %(n)s items now."), title=stored.title, n=len(stored.items))
    typer.echo(gettext("A server that is running shows it after the next step at a desk, which it refuses once."))


def _tell(read: ReadProgramme, merger: Merger) -> None:
    tell_notices(read)
    tell_understood(read)
    tell_items(gettext("In the programme already, so not added again:"), merger.there)
    tell_items(gettext("Keep their questions and answers:"), merger.asking)
    tell_items(gettext("Stay as they are, because people have been asked there already:"), merger.kept)
    tell_items(gettext("Are deleted:"), merger.gone)
    if merger.loose:
        loose = gettext("Questions that were prepared there: %(n)s. They stay, as rounds outside the programme.")
        say(loose, n=len(merger.loose))
    tell_items(gettext("On other days than those of the event:"), merger.outside)


async def _load(settings: Settings, code: str) -> tuple[Event, frozenset[int]]:
    async with database_of(settings) as database, database.read() as connection:
        event = await events.load(connection, await find(connection, code))
        return event, await _opened(connection, event)


async def _opened(connection: AsyncConnection, event: Event) -> frozenset[int]:
    found = await contributions.sessions(connection, event.id)
    return frozenset(item_id for item_id, one in found.items() if one.state is not SessionState.READY)


async def _store(settings: Settings, seen: Event, read: ReadProgramme, way: Way) -> Event:
    """Store it if the programme is still the one that was seen; raises Conflict or Forbidden."""
    async with database_of(settings) as database, database.write() as connection:
        event = await events.load(connection, seen.id)
        if event.archived:
            raise Forbidden("event_archived")
        if event.rehearsal:
            raise Forbidden("rehearsal")
        if seal(event.items) != seal(seen.items):
            raise Conflict("programme_changed")
        await slots.merge(connection, event, merge(event, read.items, way, await _opened(connection, event)))
        await journal.note(connection, event.id, Line(BY_COMMAND, _ACTS[way], None, read.title))
        return await events.load(connection, event.id)
