"""What came of an event: `recount`, `export`."""

import asyncio
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.cli.installation import Code, Data, database_of, existing, find
from poll_server.documents.apart import SERIES_FORMATS, Selection, make_apart
from poll_server.domain.errors import PollError, Unknown
from poll_server.domain.text import normal_code
from poll_server.i18n import sentence
from poll_server.settings import Settings
from poll_server.storage import ballots, events
from poll_server.storage import series as stored_series
from poll_server.terminal import fail, gettext, language, ngettext, say


class Form(StrEnum):
    """The formats of an export."""

    XLSX = "xlsx"
    ODS = "ods"
    CSV = "csv"
    CSV_PLAIN = "csv-plain"
    JSON = "json"
    PDF = "pdf"
    HTML = "html"
    SVG = "svg"
    PNG = "png"


def recount(event: Code, data: Data = None) -> None:
    """Compare all tallies of an event with their ballots; ends with 1 if they differ."""
    checked, differences = asyncio.run(_recount(existing(data), event))
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
        count = len(differences)
        fail(
            ngettext("%(count)s number differs from the ballots.", "%(count)s numbers differ from the ballots.", count),
            count=count,
        )
    right = ngettext(
        "%(count)s question: every tally equals its ballots.",
        "%(count)s questions: every tally equals its ballots.",
        checked,
    )
    say(right, count=checked)


def export(
    out: Annotated[Path, typer.Option(help="Folder for the files; it is made if it is not there.")],
    form: Annotated[
        Form,
        typer.Option(
            "--format",
            help="Spreadsheets (csv is for Excel in German, csv-plain RFC 4180), json for programs, pdf and html to"
            " read, svg and png for slides.",
        ),
    ] = Form.XLSX,
    event: Annotated[str | None, typer.Argument(help="Join code of the event.", metavar="EVENT")] = None,
    series: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="A series instead: what its events were asked alike, side by side."),
    ] = None,
    data: Data = None,
) -> None:
    """Write the results of an event into files: every question with its numbers as they stand now.

    They are made in a process of their own that comes after everything else; Ctrl-C ends it, and nothing is left.
    """
    if (event is None) == (series is None):
        fail(gettext("Name either an event or, by --series, a series."))
    if series is not None and form not in SERIES_FORMATS:
        fail(gettext("Of a series there are: %(forms)s."), forms=", ".join(SERIES_FORMATS))
    settings = existing(data)
    try:
        out.mkdir(parents=True, exist_ok=True)
        made = asyncio.run(_export(settings, event, series, form, out))
    except PollError as error:
        fail(sentence(error, language()))
    except OSError as error:
        fail(gettext("%(path)s cannot be written: %(reason)s."), path=out, reason=error.strerror)
    for path in made:
        typer.echo(path)


async def _export(settings: Settings, event: str | None, series: str | None, form: Form, out: Path) -> list[Path]:
    async with database_of(settings) as database, database.read() as connection:
        subject = await find(connection, event) if event is not None else await _selection(connection, series or "")
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task("", total=None)
        return await make_apart(
            settings.database, subject, form, out, lambda done, total: shown.update(task, completed=done, total=total)
        )


async def _selection(connection: AsyncConnection, typed: str) -> Selection:
    """Return all events of a series."""
    code = normal_code(typed)
    found = await stored_series.event_ids(connection, code)
    if not found:
        raise Unknown("unknown_series")
    return Selection(code, tuple(found.values()))


async def _recount(settings: Settings, typed: str) -> tuple[int, list[ballots.Difference]]:
    async with database_of(settings) as database, database.read() as connection:
        event = await events.load(connection, await find(connection, typed))
        ids = [question.id for question in event.questions if question.answerable]
        return len(ids), await ballots.recount(connection, ids)
