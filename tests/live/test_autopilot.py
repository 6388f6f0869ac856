"""An event that goes by itself: on and on while nobody is at the desk, and not a step while somebody is."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from poll_server.domain.access import Role
from poll_server.domain.rounds import State
from poll_server.live.autopilot import drive
from poll_server.live.hub import Audience, Member
from poll_server.live.protocol import FanoutProtocol
from poll_server.live.rehearsal import Crowds
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.render import Site
from tests.storage.databases import definition, draft, migrated, stored

SITE = Site("http://localhost", "", "/i", "/p", "/a", lambda name: name)
AT_ONCE = dict.fromkeys(State, 0.01)


class Noted(dict[State, float]):
    """Seconds by state, and which states were asked for, each once in a row."""

    def __init__(self, seconds: Mapping[State, float]) -> None:
        super().__init__(seconds)
        self.states: list[State] = []

    def __getitem__(self, state: State) -> float:
        """Note who is asked for."""
        self.states += [] if self.states[-1:] == [state] else [state]
        return super().__getitem__(state)


class Wire:
    """The end of a desk's connection that nobody reads."""

    is_idle = False

    def push(self, frame: bytes, topic: str | None = None) -> bool:
        """Forget a frame."""
        return True


@asynccontextmanager
async def driven(
    folder: Path, *, desk: bool, seconds: Mapping[State, float] = AT_ONCE
) -> AsyncIterator[tuple[Room, Member]]:
    """A room with two questions that goes by itself, and somebody who is at its desk or not."""
    async with migrated(f"sqlite+aiosqlite:///{folder / 'poll.sqlite3'}") as database:
        event = await stored(database, draft([definition("A"), definition("B")]))
        rooms = Rooms(database, lambda: datetime.now(UTC), SITE, Crowds("http://127.0.0.1:9"))
        rooms.start()
        room = await rooms.get(event.code)
        member = Member(cast("FanoutProtocol", Wire()), "", Audience(Role.MODERATOR))
        if desk:
            room.hub.join(member)
        driving = asyncio.create_task(drive(rooms, event.code, seconds))
        try:
            yield room, member
        finally:
            driving.cancel()
            await asyncio.gather(driving, return_exceptions=True)
            await rooms.stop()


async def seen(room: Room, what: Callable[[Room], bool]) -> None:
    """Wait until the room is in a state."""
    async with asyncio.timeout(20):
        while not what(room):  # noqa: ASYNC110 - told to nobody else
            await asyncio.sleep(0.01)


async def test_event_goes_round_and_round(tmp_path: Path) -> None:
    """Each question is opened, closed and shown, and after the last one the first is asked again."""
    async with driven(tmp_path, desk=False) as (room, _):
        first, second = (question.id for question in room.event.questions)
        for question in (first, second):
            for state in (State.OPEN, State.SHOWN):
                await seen(room, lambda room, q=question, s=state: room.event.question(q).state is s)  # type: ignore[misc]
        await seen(room, lambda room: (room.event.question(first).wave, room.event.current) == (2, first))


async def test_event_waits_while_somebody_is_at_the_desk(tmp_path: Path) -> None:
    """With a desk open no step is made; when it is closed the event goes on."""
    async with driven(tmp_path, desk=True) as (room, member):
        with suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                await seen(room, lambda room: room.event.revision > 0)
        assert room.event.revision == 0
        room.hub.leave(member)
        await seen(room, lambda room: room.event.revision > 0)


async def test_every_state_lasts_its_own_time(tmp_path: Path) -> None:
    """A question that was closed while its closing was waited for stays closed for as long as any; then it is shown."""
    seconds = Noted(AT_ONCE | {State.CLOSING: 2.5})
    async with driven(tmp_path, desk=False, seconds=seconds) as (room, _):
        await seen(room, lambda room: State.SHOWN in seconds.states)
    assert seconds.states[:5] == [State.READY, State.OPEN, State.CLOSING, State.CLOSED, State.SHOWN]
