"""A room with one question on its stage, and the ends of its connections."""

import asyncio
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

import orjson

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.ballots import Rank, Standing
from poll_server.domain.programme import Definition, Item, ItemKind, Option, Reveal
from poll_server.domain.rounds import FINAL, Event, Question, Round, State
from poll_server.live import connections
from poll_server.live.hub import Audience, Member
from poll_server.live.protocol import FanoutProtocol
from poll_server.live.room import Room
from poll_server.render import Site

NOON = datetime(2022, 1, 21, 11, 0, tzinfo=UTC)
SITE = Site("http://localhost", "", "/i", "/p", "/a", lambda name: f"/static/{name}")
OPTIONS = (Option("o1", "Wohnraum"), Option("o2", "Bus"), Option("o3", "Netz"))
TALLY = Counter({"#": 9127, "o1": 7331, "o2": 1796})
RESULT = re.compile(r"7\.?331|1\.?796|\b80\s%|80\.3%|19\.7%|is-lead|Am häufigsten")
COUNT = re.compile(r"9\.?127")
STANDING = Standing(Rank(1, UUID(int=7)), ("o2",))
ANSWERED, WAITING = Audience(Role.AUDIENCE, answered=True), Audience(Role.AUDIENCE)


class Wire:
    """The end of a connection that keeps the text of what is pushed."""

    is_idle = False

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.came = asyncio.Event()

    def push(self, frame: bytes, topic: str | None = None) -> bool:
        """Keep what is in one frame or in several."""
        while frame:
            start, length = (4, int.from_bytes(frame[2:4], "big")) if frame[1] == 126 else (2, frame[1])
            self.frames.append(frame[start : start + length].decode())
            frame = frame[start + length :]
        self.came.set()
        return True

    async def ticks(self, many: int) -> list[dict[str, dict[str, str]]]:
        """Wait until so many ticks have come, and return them."""
        async with asyncio.timeout(5):
            while len(found := [frame for frame in self.frames if frame.startswith('{"tick"')]) < many:
                self.came.clear()
                await self.came.wait()
        return [orjson.loads(frame)["tick"] for frame in found]


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.time


def event(state: State, reveal: Reveal = Reveal.SHOWN) -> Event:
    """An event whose only question is on the stage in this state."""
    definition = Definition("single_choice", "Was fehlt?", OPTIONS, reveal=reveal)
    closed = NOON if state in FINAL else None
    question = Question(5, 1, definition, state, 1, NOON - timedelta(minutes=2), closed, 9500)
    item = Item(1, NOON - timedelta(hours=1), NOON + timedelta(hours=1), False, ItemKind.ROUND, "Runde eins", "", ())
    later = Item(2, NOON + timedelta(hours=1), None, False, ItemKind.TALK, "Vortrag", "", ())
    rounds = (Round(1, 1, "Runde eins", (question,)),)
    day = NOON.date()
    return Event(1, "k7d42p", "Tagung", "", "", day, "Europe/Berlin", "de", 3, 5, False, (item, later), rounds)


def room_of(state: State, reveal: Reveal = Reveal.SHOWN, clock: Clock | None = None) -> Room:
    """A room in which somebody called ``anna`` has answered."""
    room = Room(event(state, reveal), b"key", clock or Clock(), SITE)
    room.askings.tallies = {(5, 1): Counter(TALLY)}
    room.standing = {"anna": STANDING}
    return room


def enter(room: Room, role: Role = Role.AUDIENCE, participant: str = "") -> tuple[Wire, Member]:
    """Let somebody in; return the end of the connection, and the member."""
    wire = Wire()
    return wire, connections.join(room, cast("FanoutProtocol", wire), role, participant)


def bytes_for(room: Room, audience: Audience) -> str:
    """All bytes that an audience gets of a state: frame, page and tick."""
    seen = room.view(audience.role, answered=audience.answered)
    page = room.frames.page(audience).plain if audience.role is Role.AUDIENCE else b""
    return (room.frames.of(audience).html + page + (render.tick(seen) or b"")).decode()
