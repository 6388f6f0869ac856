"""What came of an event: `recount`, `export`."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from poll_server.cli.installation import Code, Data, database_of, existing, find
from poll_server.documents import floor_export
from poll_server.documents.export import FORMATS, Export, read_export
from poll_server.domain.errors import Forbidden
from poll_server.settings import Settings
from poll_server.storage import ballots, events
from poll_server.terminal import fail, gettext, ngettext, say


class Form(StrEnum):
    """The formats of an export."""

    CSV = "csv"
    JSON = "json"


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
    out: Annotated[Path, typer.Option(help="Folder for the file; it is made if it is not there.")],
    form: Annotated[Form, typer.Option("--format", help="For spreadsheets or for programs.")] = Form.CSV,
    data: Data = None,
) -> None:
    """Write the results of an event into a file: every question with its numbers as they stand now.

    Questions from the floor and the log of their moderation go into files beside it, if the event takes any.
    """
    chosen = FORMATS[form]
    try:
        found, floor = asyncio.run(_read_export(existing(data), event))
    except Forbidden as error:
        fail(gettext(error.sentence))
    files = {f"{found.event.code}{chosen.suffix}": chosen.write(found)}
    if floor:
        files |= {f"{found.event.code}{one.suffix}": one.write(floor) for one in _forms_of(form)}
    for name, content in files.items():
        path = out / name
        try:
            out.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            fail(gettext("%(path)s cannot be written: %(reason)s."), path=path, reason=error.strerror)
        typer.echo(path)


def _forms_of(form: Form) -> list[floor_export.Form]:
    """Return the files about questions from the floor that belong to a format."""
    return [one for name, one in floor_export.FORMS.items() if name.endswith(f".{form}")]


async def _read_export(settings: Settings, typed: str) -> tuple[Export, floor_export.FloorExport | None]:
    async with database_of(settings) as database, database.read() as connection:
        event_id = await find(connection, typed)
        return await read_export(connection, event_id), await floor_export.read(connection, event_id)


async def _recount(settings: Settings, typed: str) -> tuple[int, list[ballots.Difference]]:
    async with database_of(settings) as database, database.read() as connection:
        event = await events.load(connection, await find(connection, typed))
        ids = [question.id for question in event.questions if question.answerable]
        return len(ids), await ballots.recount(connection, ids)
