"""What commands say of a programme in a file: what is understood of it, what is odd, and what is not."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import typer
from babel.dates import format_date

from poll_server.documents.event_times import TIME_ZONE
from poll_server.documents.programme_file import read_programme_file
from poll_server.documents.programme_found import ReadProgramme, Remark
from poll_server.documents.programme_words import KIND_NAMES
from poll_server.documents.round_file import NoText
from poll_server.domain.errors import Malformed
from poll_server.domain.programme import Item, ItemDraft
from poll_server.i18n import Sentence
from poll_server.messages.events import time_zones
from poll_server.terminal import fail, gettext, language, say

TOLD_MAXIMUM = 200
"""Lines that are told one by one."""


def read_file(file: Path, zone: str, in_language: str, day: date | None) -> ReadProgramme:
    """Return what is understood of a file; fails in words where that is nothing."""
    if zone and zone not in time_zones():
        fail(gettext("Unknown time zone “%(zone)s”. Write a name such as %(example)s."), zone=zone, example=TIME_ZONE)
    try:
        read = read_programme_file(file.read_bytes(), zone, in_language, day)
    except NoText:
        fail("%(file)s: %(reason)s", file=file, reason=gettext(Malformed("no_text").sentence))
    except OSError as error:
        fail(gettext("%(file)s could not be read: %(reason)s. Nothing has been made."), file=file, reason=error)
    if read.problem:
        _tell_remarks(gettext("Not understood:"), read.unread)
        fail("%(file)s: %(problem)s", file=file, problem=_said(read.problem))
    return read


def tell_notices(read: ReadProgramme) -> None:
    """Print what is to be said of the file as a whole."""
    for notice in read.notices:
        typer.echo(_said(notice))


def tell_understood(read: ReadProgramme) -> None:
    """Print the items by day, then the lines that are odd and those that were not understood."""
    for day, items in read.days:
        typer.echo(day_words(day))
        for row in _table(items):
            typer.echo(f"  {row}")
    _tell_remarks(gettext("Understood, but odd:"), read.remarks)
    _tell_remarks(gettext("Not understood:"), read.unread)


def tell_items(heading: str, items: Sequence[Item | ItemDraft]) -> None:
    """Print some items below a heading, nothing without any."""
    if items:
        typer.echo(heading)
    for item in items:
        typer.echo(f"  {day_words(item.starts.date())}, {_times(item)}: {item.title}")


def _table(items: Sequence[ItemDraft]) -> Iterator[str]:
    times, kinds = [_times(item) for item in items], [_said(KIND_NAMES[item.kind]) for item in items]
    for item, when, kind in zip(items, times, kinds, strict=True):
        yield f"{when:<{max(map(len, times))}}  {kind:<{max(map(len, kinds))}}  {item.title}"


def _times(item: Item | ItemDraft) -> str:
    about = f"{gettext('about')} " if item.about else ""
    start = f"{about}{item.starts.hour}:{item.starts:%M}"
    return f"{start}–{item.ends.hour}:{item.ends:%M}" if item.ends else start


def _tell_remarks(heading: str, remarks: Sequence[Remark]) -> None:
    if not remarks:
        return
    typer.echo(heading)
    for remark in remarks[:TOLD_MAXIMUM]:
        number = gettext("Line %(n)s") % {"n": remark.line} if remark.line else ""
        typer.echo(
            f"  {number}: {remark.text}  ({_said(remark.sentence)})" if number else f"  {_said(remark.sentence)}"
        )
    if len(remarks) > TOLD_MAXIMUM:
        say(gettext("  and %(n)s more"), n=len(remarks) - TOLD_MAXIMUM)


def _said(sentence: Sentence) -> str:
    return sentence.said(gettext, {})


def day_words(day: date) -> str:
    """Return a day with its weekday."""
    return format_date(day, "full", locale=language())
