"""Keeps how many people were at each event, minute by minute, beside everything else that the server does."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog

from poll_server.live.room import Room
from poll_server.storage import attendance
from poll_server.storage.attendance import MINUTES_MAXIMUM
from poll_server.storage.database import Database

LOOK_SECONDS = 5.0
"""How often it is counted; of a minute the greatest number is kept."""

log = structlog.get_logger()


class Attendance:
    """Counts who is there in all open events that are not rehearsed, and stores one number a minute of each."""

    def __init__(
        self,
        database: Database,
        opened: Callable[[], Iterable[Room]],
        clock: Callable[[], datetime],
        maximum: int = MINUTES_MAXIMUM,
    ) -> None:
        self._database = database
        self._opened = opened
        self._clock = clock
        self._maximum = maximum
        self._minute = _minute(clock())
        self._most: dict[int, int] = {}
        self._stored: dict[int, int] = {}  # how many minutes of each event

    async def run(self) -> None:
        """Look every few seconds until cancelled. A minute that cannot be stored is lost: votes come first."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception as error:
                log.warning("attendance not stored", error=type(error).__name__)

    async def look(self) -> None:
        """Count once; when a minute has passed, store what was counted in it."""
        minute = _minute(self._clock())
        if minute != self._minute:
            most, before = self._most, self._minute
            self._most, self._minute = {}, minute
            await self._store(before, most)
        for room in self._opened():
            if not room.event.rehearsal and (present := room.present()):
                self._most[room.event.id] = max(present, self._most.get(room.event.id, 0))

    async def _store(self, minute: datetime, most: dict[int, int]) -> None:
        if new := most.keys() - self._stored.keys():
            async with self._database.read() as connection:
                self._stored |= {event_id: await attendance.minutes(connection, event_id) for event_id in new}
        kept = {event_id: n for event_id, n in most.items() if self._stored[event_id] < self._maximum}
        if not kept:
            return
        async with self._database.write() as connection:
            await attendance.note(connection, self._database.dialect, minute, kept)
        for event_id in kept:
            self._stored[event_id] += 1


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
