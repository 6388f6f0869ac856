"""What is known of an event's sessions in a process, how that is written, and what of it has changed for whom."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.contributions import Contribution
from poll_server.domain.errors import Unavailable
from poll_server.domain.rounds import Event
from poll_server.live.ballot_box import ATTEMPTS, PAUSE_SECONDS
from poll_server.live.floor_memory import Memory, read
from poll_server.storage.database import Database, is_passing

log = structlog.get_logger()

_T = TypeVar("_T")


class Moved:
    """What has changed since it was last told: ``numbers``, a ``list``, or what is shown ``at_once``.

    Numbers are those of backers, and of all that is listed. ``people`` are those whose own contributions have changed.
    """

    def __init__(self) -> None:
        self.numbers = self.list = self.at_once = False
        self.people: set[str] = set()

    def add(self, other: "Moved") -> None:
        """Add what has changed besides."""
        self.numbers |= other.numbers
        self.list |= other.list
        self.at_once |= other.at_once
        self.people |= other.people


class Keeping:
    """The one that writes for the floor of an event: whoever holds ``changing`` may, after `refresh`.

    ``event`` and ``now`` give how the event stands, and the time.
    """

    def __init__(
        self, database: Database, memory: Memory, event: Callable[[], Event], now: Callable[[], datetime]
    ) -> None:
        self.memory = memory
        self.event = event
        self.now = now
        self.changing = asyncio.Lock()
        self.wake = asyncio.Event()
        """Set when anything has changed that somebody sees; see `taken`."""
        self.version = self.numbers = 0
        """Count what has changed: everything but numbers of backers, and these."""
        self._database = database
        self._moved = Moved()
        self._stale = False

    async def write(self, work: Callable[[AsyncConnection], Awaitable[_T]], *, again: bool = False) -> _T:
        """Carry out ``work`` in one transaction; tried again when it could not begin, or when twice is as once.

        Raises Conflict, or Unavailable; then memory is read anew before anything else is done.
        """
        for attempt in range(1, ATTEMPTS + 1):
            begun = False
            self._stale = True  # until what came of it is known, also where somebody leaves in the middle
            try:
                async with self._database.write() as connection:
                    begun = True
                    found = await work(connection)
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("floor not saved", code=self.event().code, attempt=attempt, error=type(error).__name__)
                if attempt == ATTEMPTS or (begun and not again):
                    raise Unavailable("not_saved") from error
            else:
                self._stale = False
                return found
            await asyncio.sleep(PAUSE_SECONDS)
        raise AssertionError("unreachable")

    async def refresh(self) -> None:
        """Read memory anew if it may not be what the database has; raises Unavailable."""
        if not self._stale:
            return
        event = self.event()
        async with self._database.read() as connection:
            memory = await read(connection, event.id, ZoneInfo(event.time_zone))
        assert memory is not None
        self._moved.people |= self.memory.people | memory.people
        self.memory = memory
        self._stale = False
        self.renew()

    async def reread(self) -> None:
        """Read memory anew, now or before anything else is done; raises Unavailable."""
        self._stale = True
        await self.refresh()

    def renew(self) -> None:
        """Say that everybody shall see everything anew."""
        self.version += 1
        self._moved.list = self._moved.numbers = self._moved.at_once = True
        self.wake.set()

    def tell(self, one: Contribution, *, at_once: bool, counted: bool = False) -> None:
        """Say that a contribution is new or has changed, maybe to everybody at once.

        ``counted`` says that another number of them is listed for everybody now.
        """
        self.version += 1
        self._moved.list = True
        self._moved.numbers |= counted
        self._moved.at_once |= at_once
        self._moved.people |= {other.participant for other in (one, *self.memory.together(one.id))}
        self.wake.set()

    def tell_numbers(self) -> None:
        """Say that numbers of backers have changed."""
        self.numbers += 1
        self._moved.numbers = True
        self.wake.set()

    def taken(self) -> Moved:
        """Return what has changed since this was last called."""
        moved, self._moved = self._moved, Moved()
        self.wake.clear()
        return moved
