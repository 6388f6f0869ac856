"""What came of an event: `recount`, `export`."""

import asyncio
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from poll_server.cli.installation import Code, Data, database_of, existing, find
from poll_server.documents.apart import make_apart
from poll_server.domain.errors import PollError
from poll_server.i18n import sentence
from poll_server.settings import Settings
from poll_server.storage import ballots, events
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
    event: Code,
    out: Annotated[Path, typer.Option(help="Folder for the files; it is made if it is not there.")],
    form: Annotated[
        Form,
        typer.Option(
            "--format",
            help="Spreadsheets (csv is for Excel in German, csv-plain RFC 4180), json for programs, pdf and html to"
            " read, svg and png for slides.",
        ),
    ] = Form.XLSX,
    data: Data = None,
) -> None:
    """Write the results of an event into files: every question with its numbers as they stand now.

    They are made in a process of their own that comes after everything else; Ctrl-C ends it, and nothing is left.
    """
    settings = existing(data)
    try:
        out.mkdir(parents=True, exist_ok=True)
        made = asyncio.run(_export(settings, event, form, out))
    except PollError as error:
        fail(sentence(error, language()))
    except OSError as error:
        fail(gettext("%(path)s cannot be written: %(reason)s."), path=out, reason=error.strerror)
    for path in made:
        typer.echo(path)


async def _export(settings: Settings, typed: str, form: Form, out: Path) -> list[Path]:
    async with database_of(settings) as database, database.read() as connection:
        event_id = await find(connection, typed)
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task("", total=None)
        return await make_apart(
            settings.database, event_id, form, out, lambda done, total: shown.update(task, completed=done, total=total)
        )


async def _recount(settings: Settings, typed: str) -> tuple[int, list[ballots.Difference]]:
    async with database_of(settings) as database, database.read() as connection:
        event = await events.load(connection, await find(connection, typed))
        ids = [question.id for question in event.questions if question.answerable]
        return len(ids), await ballots.recount(connection, ids)
