"""The journal of an event: what its team has done, by which link; a line is stored with what it says, or not at all."""

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.storage.contributions import Hand
from poll_server.storage.tables import JournalRow, metadata

_JOURNAL = metadata.tables[str(JournalRow.__tablename__)]
COMMAND = "command"
"""The role of whoever does something by a command on the server."""
SERVER = "server"
"""The role of what happens by itself, such as the end of a countdown."""


class Line(NamedTuple):
    """What somebody of the team does: an ``act``, maybe ``about`` a question, in its ``words`` or others of theirs."""

    hand: Hand
    act: str
    about: int | None = None
    words: str = ""


class Noted(NamedTuple):
    """A line of the journal with its time."""

    at: datetime
    line: Line


async def note(connection: AsyncConnection, event_id: int, line: Line) -> None:
    """Write a line to the journal of an event."""
    row = {
        "event_id": event_id,
        "at": datetime.now(UTC),
        "role": line.hand.role,
        "link": line.hand.link,
        "act": line.act,
        "about": line.about,
        "words": line.words,
    }
    await connection.execute(_JOURNAL.insert(), row)


async def lines(connection: AsyncConnection, event_id: int, zone: ZoneInfo) -> list[Noted]:
    """Return the journal of an event, oldest first."""
    rows = select(_JOURNAL).where(_JOURNAL.c.event_id == event_id).order_by(_JOURNAL.c.id)
    return [
        Noted(row.at.astimezone(zone), Line(Hand(row.role, row.link), row.act, row.about, row.words))
        for row in await connection.execute(rows)
    ]
