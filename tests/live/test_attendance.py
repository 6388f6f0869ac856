"""Who is there is stored minute by minute, beside everything else."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest_asyncio

from poll_server.live.attendance import Attendance
from poll_server.live.room import Room
from poll_server.storage import attendance
from poll_server.storage.attendance import MINUTES_MAXIMUM
from poll_server.storage.database import Database
from tests.live.room import NOON, SITE, Clock
from tests.storage.databases import migrated, stored


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A database without events."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as made:
        yield made


async def counted(database: Database, clock: Clock, maximum: int = MINUTES_MAXIMUM) -> tuple[Room, Attendance]:
    """An open room with nobody in it, and who counts there."""
    room = Room(await stored(database), bytes(32), clock, SITE)
    return room, Attendance(database, lambda: [room], clock, maximum)


async def series(database: Database, room: Room) -> Sequence[tuple[datetime, int]]:
    """What is stored."""
    async with database.read() as connection:
        return await attendance.series(connection, room.event.id)


async def test_greatest_number_of_a_minute_is_stored(database: Database) -> None:
    """Of a minute the most who were there at once; a minute with nobody leaves nothing."""
    clock = Clock()
    room, counting = await counted(database, clock)
    for moment, here in enumerate((1, 3, 2, 0, 2)):
        clock.time = NOON + timedelta(seconds=25 * moment)
        for at in range(3):
            if at < here and room.present() <= at:
                room.presence.connect(f"p{at}")
        while room.present() > here:
            room.presence.disconnect(f"p{room.present() - 1}", 0.0)
            room.presence.forget_visits()
        await counting.look()
    clock.time = NOON + timedelta(minutes=5)
    await counting.look()
    assert await series(database, room) == [(NOON, 3), (NOON + timedelta(minutes=1), 2)]


async def test_rehearsal_is_not_counted(database: Database) -> None:
    """While an event is rehearsed nobody is counted."""
    clock = Clock()
    room, counting = await counted(database, clock)
    room.event = replace(room.event, rehearsal=True)
    room.presence.connect("p1")
    for minute in range(2):
        clock.time = NOON + timedelta(minutes=minute)
        await counting.look()
    assert await series(database, room) == []


async def test_event_keeps_so_many_minutes_and_no_more(database: Database) -> None:
    """The table is bounded for each event, also after the server was started anew."""
    clock = Clock()
    room, counting = await counted(database, clock, 2)
    room.presence.connect("p1")
    for minute in range(4):
        if minute == 2:
            counting = Attendance(database, lambda: [room], clock, 2)
        clock.time = NOON + timedelta(minutes=minute)
        await counting.look()
    assert [n for _, n in await series(database, room)] == [1, 1]
