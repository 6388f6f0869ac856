"""An event with an open session for questions from the floor, people who ask and back, and moderators."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from poll_server.domain.contributions import Contribution, Fate, SessionAction
from poll_server.domain.errors import PollError
from poll_server.domain.moderation import Deed, Deeds
from poll_server.domain.programme import EventDraft
from poll_server.live.floor import Floor
from poll_server.live.floor_moderation import Done
from poll_server.live.rehearsal import Crowds
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.messages.floor import Back, Contribute, SessionStep, Undo, Withdraw
from poll_server.storage.contributions import Hand
from poll_server.storage.database import Database
from tests.live.test_cast import SITE
from tests.storage.databases import stored
from tests.storage.sessions import with_session

DESK, OTHER = Hand("moderator", "Regie"), Hand("moderator", "Zweite")


class Clock:
    """A clock that a test sets forward."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, seconds: float) -> None:
        """Let so much time pass."""
        self.time += timedelta(seconds=seconds)


class Hall:
    """One server's rooms, the room of the event, and what people do in its first session."""

    def __init__(self, rooms: Rooms, room: Room, clock: Clock) -> None:
        assert room.floor is not None
        self.rooms = rooms
        self.room = room
        self.floor: Floor = room.floor
        self.clock = clock
        self.session = next(iter(self.floor.memory.sessions))

    async def step(self, action: SessionAction = SessionAction.OPEN) -> None:
        """Let a moderator make a step with the session."""
        seen = self.floor.memory.session(self.session).revision
        await self.floor.step(SessionStep(self.session, action, seen), DESK)

    def contribute(self, number: int, text: str = "", **changed: Any) -> Contribute:
        """A message that asks; its number makes its id, and its text unless there is one."""
        return Contribute(self.session, UUID(int=number), text or f"Was kostet Haus {number}?", **changed)

    async def ask(self, who: str, number: int, text: str = "", **changed: Any) -> Contribution:
        """Ask, in a minute of its own."""
        self.clock.forward(60)
        return await self.floor.ask(who, self.contribute(number, text, **changed))

    async def accepted(self, who: str, number: int, text: str = "") -> Contribution:
        """Ask, and let a moderator accept it."""
        one = await self.ask(who, number, text)
        await self.do(Deed.ACCEPT, one)
        return self.now(one)

    def now(self, one: Contribution) -> Contribution:
        """A contribution as it stands now."""
        return self.floor.memory.contribution(one.id)

    async def do(self, deed: Deed, *chosen: Contribution, hand: Hand = DESK, window: str = "", **values: Any) -> Done:
        """Let a moderator do something with contributions as they were seen."""
        seen = tuple((one.id, one.revision) for one in chosen)
        return await self.floor.carry_out(Deeds(self.session, deed, seen, **values), hand, window)

    async def undo(self, batch: str) -> Done:
        """Take it back."""
        return await self.floor.undo(Undo(batch), DESK)

    async def back(self, who: str, one: Contribution, *, backed: bool = True) -> int:
        """Back a contribution, or not any more; returns how many people do."""
        return (await self.floor.back(who, Back(one.id, backed))).backers

    async def withdraw(self, who: str, one: Contribution) -> Fate:
        """Take a contribution back."""
        return (await self.floor.withdraw(who, Withdraw(one.id))).fate


async def told(work: Any) -> str:
    """The code of the refusal of something done; empty if there was none."""
    try:
        await work
    except PollError as error:
        return error.code
    return ""


@asynccontextmanager
async def server_on(database: Database, code: str, clock: Clock | None = None) -> AsyncIterator[Hall]:
    """A server that starts on this database and opens the room of this event."""
    clock = clock or Clock()
    rooms = Rooms(database, clock, SITE, Crowds("http://127.0.0.1:9"))
    rooms.start()
    try:
        yield Hall(rooms, await rooms.get(code), clock)
    finally:
        await rooms.stop()


@asynccontextmanager
async def open_hall(database: Database, prepared: EventDraft | None = None) -> AsyncIterator[Hall]:
    """A server with an event whose session is open."""
    event = await stored(database, prepared or with_session())
    async with server_on(database, event.code) as hall:
        await hall.step()
        yield hall
