"""Events from programmes as people write them: `event import`."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from poll_server.cli.installation import Data, database_of, prepare, settings_of
from poll_server.cli.links import BY_COMMAND, make_links
from poll_server.cli.organisers import organiser_named
from poll_server.cli.programme_merging import merge_programme
from poll_server.cli.programme_told import day_words, read_file, tell_notices, tell_understood
from poll_server.documents.event_file import LANGUAGE, LANGUAGES
from poll_server.documents.event_times import TIME_ZONE
from poll_server.documents.fields import KEYS
from poll_server.documents.programme_found import ReadProgramme, drafts_of
from poll_server.domain.merging import Way
from poll_server.domain.programme import EventDraft, SeriesDraft
from poll_server.domain.text import fold
from poll_server.settings import Settings
from poll_server.storage import events, journal, series, sharing
from poll_server.storage.journal import Line
from poll_server.terminal import Address, fail, gettext, ngettext, say, written_links


def import_programme(
    file: Annotated[
        Path, typer.Argument(help="The programme as text, or schedule.json of pretalx; docs/programmes.md says how.")
    ],
    title: Annotated[str, typer.Option(help="Title of the event, or of the series; else the one in the file.")] = "",
    zone: Annotated[str, typer.Option(help="Time zone of its times; else that of the file, else Europe/Berlin.")] = "",
    in_language: Annotated[
        str | None, typer.Option("--language", help="Language of the event, de or en; else de.", metavar="LANGUAGE")
    ] = None,
    day: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Day of times with no date above them.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what is understood, and make nothing.")] = False,
    *,
    data: Data = None,
    organiser: Annotated[str | None, typer.Option(help="Whose event it is: the name to sign in with.")] = None,
    into: Annotated[
        str | None, typer.Option(help="The event, by its join code, that gets the programme; no new one is made.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="With --into: in the place of the programme that is there.")
    ] = False,
) -> None:
    """Make an event, or a series of them, from a programme as people write it, and print what was understood."""
    written = day.date() if day else None
    if into is not None:
        if title or in_language or organiser:
            fail(gettext("With --into the event keeps its title, language and owner. Please leave those options out."))
        merge_programme(file, into, Way.REPLACE if replace else Way.ADD, zone, written, data, dry_run=dry_run)
        return
    if replace:
        fail(gettext("--replace needs --into, which says whose programme is replaced. Nothing has been made."))
    in_language = in_language or LANGUAGE
    _check_language(in_language)
    read = read_file(file, zone, in_language, written)
    drafts = _drafts(read, fold(title) or read.title, zone or read.time_zone or TIME_ZONE, in_language)
    _tell(read, drafts)
    if dry_run:
        typer.echo(gettext("Nothing has been made, as --dry-run says."))
        return
    settings = settings_of(data)
    prepare(settings)
    whole = SeriesDraft(fold(title) or read.title, in_language, read.organisers, drafts) if read.series else None
    code, made = asyncio.run(_store(settings, whole, drafts, organiser))
    if code:
        say(gettext("The series: %(address)s"), address=f"{settings.base_url}/s/{code}")
    for draft, (event_code, linked) in zip(drafts, made, strict=True):
        items = ngettext("%(n)s item", "%(n)s items", len(draft.items)) % {"n": len(draft.items)}
        typer.echo(f"{draft.title}, {day_words(draft.day)}: {items}.")
        typer.echo(written_links(settings.base_url, event_code, linked))


def _check_language(in_language: str) -> None:
    if in_language not in LANGUAGES:
        fail(gettext("The language is one of: %(known)s."), known=", ".join(LANGUAGES))


def _drafts(read: ReadProgramme, title: str, zone: str, in_language: str) -> tuple[EventDraft, ...]:
    maximum = KEYS["event"]["title"].maximum
    if not title:
        fail(gettext("The programme has no title. Please give one by --title. Nothing has been made."))
    if len(title) > maximum:
        fail(gettext("The title is longer than %(maximum)s characters. Nothing has been made."), maximum=maximum)
    return drafts_of(read, title, zone, in_language)


def _tell(read: ReadProgramme, drafts: Sequence[EventDraft]) -> None:
    tell_notices(read)
    if read.series:
        say(gettext("A series of %(n)s events, one for each date:"), n=len(drafts))
    tell_understood(read)


async def _store(
    settings: Settings, whole: SeriesDraft | None, drafts: Sequence[EventDraft], organiser: str | None
) -> tuple[str, list[tuple[str, list[Address]]]]:
    """Store all of it in one transaction; return the series' code, empty without one, and each event's, with links."""
    made = []
    async with database_of(settings) as database, database.write() as connection:
        owner = await organiser_named(connection, organiser) if organiser is not None else None
        code, stored = await series.create_events(connection, drafts, whole)
        for event_id, event_code in stored:
            if owner:
                await sharing.give(connection, event_id, owner.id, owner=True)
            await journal.note(connection, event_id, Line(BY_COMMAND, "event_import"))
            made.append((event_code, await make_links(connection, settings, await events.load(connection, event_id))))
    return code, made
