"""Loading and saving the rounds of an event: `round add`, `round save`."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from poll_server.cli.installation import Code, Data, database_of, existing, find
from poll_server.documents.round_file import FORMS as ROUND_FORMS
from poll_server.documents.round_file import NoText, decoded, form_of_name, pictures_of, read_round, save_round
from poll_server.domain.errors import Forbidden, Malformed
from poll_server.domain.rounds import Event
from poll_server.i18n import translations
from poll_server.settings import Settings
from poll_server.storage import events, rounds
from poll_server.terminal import fail, gettext, say


class RoundForm(StrEnum):
    """The forms of a round."""

    TEXT = "text"
    CSV = "csv"
    YAML = "yaml"


def add_round(
    event: Code,
    file: Annotated[Path, typer.Argument(help="The round as text, CSV or YAML; docs/preparing.md says how.")],
    slot: Annotated[
        str, typer.Option(help="Start of the slot whose round takes the questions, as 11:15; else a round of its own.")
    ] = "",
    data: Data = None,
) -> None:
    """Add the questions of a file to an event. With a mistake in it nothing is added."""
    settings = existing(data)
    try:
        text = decoded(file.read_bytes())
    except NoText:
        fail("%(file)s: %(reason)s", file=file, reason=gettext(Malformed("no_text").sentence))
    except OSError as error:
        fail(gettext("%(file)s could not be read: %(reason)s. Nothing has been made."), file=file, reason=error)
    added = asyncio.run(_add_round(settings, event, file, text, slot))
    say(gettext("Questions added: %(count)s."), count=added)
    typer.echo(gettext("A server that is running shows them after the next step at a desk, which it refuses once."))


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
    found = asyncio.run(_load(existing(data), event))
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


async def _load(settings: Settings, typed: str) -> Event:
    async with database_of(settings) as database, database.read() as connection:
        return await events.load(connection, await find(connection, typed))


async def _add_round(settings: Settings, typed: str, file: Path, text: str, slot: str) -> int:
    """Return how many questions have been added; fails in words."""
    async with database_of(settings) as database, database.write() as connection:
        event = await events.load(connection, await find(connection, typed))
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
        await rounds.add_round(connection, event, event.revision, home, title, read.definitions)
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
