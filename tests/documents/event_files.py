"""Event files for tests: how they are written, and how they are read."""

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from poll_server.documents.event_file import EventFileError, read_event
from poll_server.domain.programme import EventDraft

TODAY = date(2026, 11, 22)
BERLIN = ZoneInfo("Europe/Berlin")
DOCUMENT = (Path(__file__).parents[2] / "docs" / "event-file.md").read_text(encoding="utf-8")
HEAD = "title: Tag der Städte\ndate: 2022-01-21\nprogramme:\n"
ROUND = HEAD + "  - time: 11.15\n    title: Sie sind gefragt!\n    kind: round\n    questions:\n"


def read(text: str) -> EventDraft:
    """Read a file on a certain day."""
    return read_event(text, TODAY)


def mistakes(text: str) -> list[tuple[int, int, str]]:
    """Return the mistakes of a file, none of a right one."""
    try:
        read(text)
    except EventFileError as error:
        return [(mistake.line, mistake.column, mistake.sentence) for mistake in error.mistakes]
    return []


def items(*written: str) -> str:
    """Return a file with an item for each time; text after a bar is another key of it."""
    entries = (f"  - title: a\n    time: {each}\n".replace(" | ", "\n    ") for each in written)
    return HEAD + "".join(entries)


def at(hour: int, minute: int, day: date = date(2022, 1, 21)) -> datetime:
    """Return a time of the event's day."""
    return datetime.combine(day, time(hour, minute), BERLIN)
