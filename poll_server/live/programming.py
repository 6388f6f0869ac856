"""Changing the programme of an event, while people may look at it.

Each change is stored with its line in the journal.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain import merging
from poll_server.domain.contributions import SessionState
from poll_server.domain.errors import Conflict, Forbidden
from poll_server.domain.merging import Way
from poll_server.domain.programme import Item, ItemDraft
from poll_server.domain.rounds import Event
from poll_server.domain.slots import find, moved, seal, shifted, until_now
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms, sessions_of
from poll_server.messages import Shift
from poll_server.storage import slots
from poll_server.storage.journal import Line

Write = Callable[[AsyncConnection], Awaitable[object]]


async def add(rooms: Rooms, room: Room, drafts: Sequence[ItemDraft], line: Line) -> None:
    """Store further slots; raises as `Rooms.edit`."""
    await _edit(rooms, room, lambda event: lambda connection: slots.add(connection, event, drafts), line)


async def rewrite(rooms: Rooms, room: Room, item_id: int, seen: str, draft: ItemDraft, line: Line) -> None:
    """Store what a slot is now; ``seen`` is its seal as the writer saw it.

    Raises Conflict when somebody else has changed it, Unknown when it is gone, Forbidden when it would lose a question
    session that has begun, else as `Rooms.edit`.
    """

    def prepare(event: Event) -> Write:
        item = find(event.items, item_id)
        if seal(item) != seen:
            raise Conflict("slot_changed")
        if draft.kind is not item.kind:
            _check_ready(room, item)
        return lambda connection: slots.rewrite(connection, event, item, draft)

    await _edit(rooms, room, prepare, line)


async def remove(rooms: Rooms, room: Room, item_id: int, seen: str, line: Line) -> None:
    """Delete a slot; its round stays outside the programme if it has questions. Raises as `rewrite`."""

    def prepare(event: Event) -> Write:
        item = find(event.items, item_id)
        if seal(item) != seen:
            raise Conflict("slot_changed")
        _check_ready(room, item)
        return lambda connection: slots.remove(connection, event, [item])

    await _edit(rooms, room, prepare, line)


async def move(rooms: Rooms, room: Room, item_id: int, by: int, seen: str, line: Line) -> None:
    """Move a slot by so many places of its day; ``seen`` is the seal of the programme. Raises as `rewrite`."""

    def prepare(event: Event) -> Write:
        if seal(event.items) != seen:
            raise Conflict("programme_changed")
        order, times = moved(event.items, item_id, by=by)
        return lambda connection: slots.retime(connection, event, times, order)

    await _edit(rooms, room, prepare, line)


async def merge(rooms: Rooms, room: Room, drafts: Sequence[ItemDraft], way: Way, seen: str, line: Line) -> None:
    """Take a programme into the one that is there; ``seen`` is the seal of the programme. Raises as `rewrite`."""

    def prepare(event: Event) -> Write:
        if seal(event.items) != seen:
            raise Conflict("programme_pasted")
        merger = merging.merge(event, drafts, way, opened(room))
        return lambda connection: slots.merge(connection, event, merger)

    await _edit(rooms, room, prepare, line)


def opened(room: Room) -> frozenset[int]:
    """Return the ids of the slots whose question session has begun."""
    sessions = room.floor.memory.sessions if room.floor else {}
    return frozenset(item_id for item_id, one in sessions.items() if one.state is not SessionState.READY)


async def shift(rooms: Rooms, room: Room, message: Shift, line: Line | None) -> None:
    """Let a slot and all that follow on its day begin later, earlier, or the slot now; raises as `rewrite`."""

    def prepare(event: Event) -> Write:
        if seal(event.items) != message.programme:
            raise Conflict("programme_changed")
        item = find(event.items, message.item)
        by = timedelta(minutes=message.minutes) if message.minutes else until_now(item, room.now())
        times = shifted(event.items, item.id, by)
        return lambda connection: slots.retime(connection, event, times)

    await _edit(rooms, room, prepare, line)


def _check_ready(room: Room, item: Item) -> None:
    if item.id in opened(room):
        raise Forbidden("slot_session")


async def _edit(rooms: Rooms, room: Room, prepare: Callable[[Event], Write], line: Line | None) -> None:
    before = sessions_of(room.event)
    await rooms.edit(room, prepare, line)
    if sessions_of(room.event) != before:
        await rooms.plan_floor(room)
