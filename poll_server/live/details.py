"""What organisers do with an event as a whole: its words, its day and code, its way into the archive, and its end."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.contributions import SessionState
from poll_server.domain.errors import Forbidden, Unavailable
from poll_server.domain.programme import EventDraft
from poll_server.domain.rounds import TAKES_BALLOTS, Event
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.storage import deletion, details, events
from poll_server.storage.database import is_passing
from poll_server.storage.deletion import Deleted
from poll_server.storage.journal import Line

CHANGED = "This event has been changed. Please open it again."
ARCHIVED = "This event has been archived."
DELETED = "This event has been deleted."
"""Reasons in the close frames; at most 123 bytes."""

log = structlog.get_logger()


def runs(room: Room) -> bool:
    """Tell whether people are being asked, or can ask, just now."""
    sessions = room.floor.memory.sessions.values() if room.floor else ()
    asked = any(question.state in TAKES_BALLOTS for question in room.event.questions)
    return asked or any(one.state is SessionState.OPEN for one in sessions)


def _check_quiet(room: Room) -> None:
    if room.event.rehearsal:
        raise Forbidden("rehearsal")
    if runs(room):
        raise Forbidden("event_runs")


async def rewrite(rooms: Rooms, room: Room, seen: int, draft: EventDraft, line: Line) -> None:
    """Store what an event is now and show it to everybody.

    Raises Conflict when the edition ``seen`` is not the present one, Forbidden for another code, zone or language while
    the event runs, or for another code once people have been asked, CodeTaken or Unavailable; then nothing has changed.
    """
    async with room.stepping:
        before = room.event
        fresh = (draft.code, draft.time_zone, draft.language) != (before.code, before.time_zone, before.language)
        if fresh and seen == before.edition:
            _check_quiet(room)
        if draft.code != before.code and before.begun:
            raise Forbidden("code_fixed")

        async def change(connection: AsyncConnection) -> Event:
            await details.rewrite(connection, before.id, seen, draft)
            return await events.load(connection, before.id)

        await rooms.change(room, change, line)
        if fresh:
            rooms.close(room, CHANGED)
    log.info("event rewritten", code=draft.code)


async def archive(rooms: Rooms, room: Room, at: datetime | None, line: Line) -> None:
    """Put an event into the archive, or with None take it back; raises Forbidden while it runs, or Unavailable."""
    async with room.stepping:
        if bool(at) is bool(room.event.archived):
            return
        if at:
            _check_quiet(room)

        async def change(connection: AsyncConnection) -> Event:
            await details.archive(connection, room.event.id, at)
            return await events.load(connection, room.event.id)

        await rooms.change(room, change, line)
        rooms.close(room, ARCHIVED if at else CHANGED)
    log.info("event archived" if at else "event restored", code=room.event.code)


async def delete(rooms: Rooms, room: Room, by: str) -> None:
    """Delete an event with all that is its own, also from the files; raises Forbidden while it runs, or Unavailable."""
    async with room.stepping:
        _check_quiet(room)
        try:
            async with rooms.database.write() as connection:
                await deletion.delete_event(connection, room.event.id)
                await deletion.note(connection, Deleted(room.now(), room.event.code, room.event.title, by))
        except Exception as error:
            if not is_passing(error):
                raise
            raise Unavailable("not_saved") from error
        rooms.close(room, DELETED)
        rooms.sweep()
    log.info("event deleted", code=room.event.code)
