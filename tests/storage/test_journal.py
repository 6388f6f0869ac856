"""The journal in the database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.errors import Conflict
from poll_server.storage import journal
from poll_server.storage.contributions import Hand
from poll_server.storage.database import Database
from poll_server.storage.journal import Line
from tests.storage.databases import stored


async def note_in_vain(connection: AsyncConnection, event_id: int) -> None:
    """A step that is noted and then turns out to come too late."""
    await journal.note(connection, event_id, Line(Hand("moderator"), "close"))
    raise Conflict("conflict")


BERLIN = ZoneInfo("Europe/Berlin")


async def test_line_is_stored_with_what_it_says_or_not_at_all(database: Database) -> None:
    """Lines come back in their order with the time in the event's zone; one of a change that is undone is not there."""
    event, other = await stored(database), await stored(database)
    said = [Line(Hand("moderator", "Anna"), "open", 7, "Wie geht es?"), Line(Hand("command"), "link_made", None, "Ü")]
    for line in said:
        async with database.write() as connection:
            await journal.note(connection, event.id, line)
    with pytest.raises(Conflict):
        async with database.write() as connection:
            await note_in_vain(connection, event.id)
    async with database.read() as connection:
        found = await journal.lines(connection, event.id, BERLIN)
        assert await journal.lines(connection, other.id, BERLIN) == []
    assert [line for _, line in found] == said
    assert {at.tzinfo for at, _ in found} == {BERLIN}
    assert all(abs(datetime.now(UTC) - at) < timedelta(minutes=1) for at, _ in found)
