"""The connections of a floor, and sending to them: at once what moderators do on stage, lists and numbers in ticks."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from poll_server import render
from poll_server.domain.access import Role
from poll_server.live.encoding import encode
from poll_server.live.floor import Floor
from poll_server.live.floor_frames import FIGURES, LIST, WHOLE
from poll_server.live.floor_keeping import Moved
from poll_server.live.hub import Audience, Member
from poll_server.live.protocol import FanoutProtocol
from poll_server.live.room import Room

PASS_SECONDS = 0.25
"""What has changed is looked at no more often."""
FIGURES_SECONDS = 1.0
"""Numbers go out at most this often; a number that moves faster cannot be read."""
LIST_SECONDS = 5.0
"""A list goes out at most this often: who reads it shall not chase it."""
DESK_FIGURES_SECONDS = 3.0
"""Desks hear of numbers alone at most this often: each asks for its whole page then."""
SENDING_SHARE = 4
"""Of the time between two ticks at most one part in so many is spent sending."""
_PEOPLE_AT_ONCE = 200


def join(room: Room, floor: Floor, connection: FanoutProtocol, audience: Audience, participant: str) -> Member:
    """Take a participant's connection in and send it the complete present state."""
    member = Member(connection, participant, audience)
    floor.hub.join(member)
    room.presence.connect(participant)
    room.people_moved()
    connection.push(floor.frames.of(audience).encoded, WHOLE)
    tell_own(floor, participant)
    return member


def leave(room: Room, floor: Floor, member: Member) -> None:
    """Forget a connection that is closed."""
    floor.hub.leave(member)
    room.presence.disconnect(member.participant, time.monotonic())


def tell_own(floor: Floor, participant: str) -> None:
    """Send all connections of a participant what is private to them."""
    for member in floor.hub.of(participant):
        member.connection.push(encode(floor.frames.own(member.audience, participant)))


def join_desk(floor: Floor, connection: FanoutProtocol, session: int) -> Member:
    """Take a moderator's connection in; it hears that something has moved, and asks for what it looks at itself.

    So it does at once: something may have moved while it was not connected.
    """
    member = Member(connection, "", Audience(Role.MODERATOR, look=session))
    floor.hub.join(member)
    connection.push(encode(render.questions_moved(floor.kept.version)))
    return member


class Telling:
    """What a floor has to tell, and when each sort of it is due.

    ``tell_waiting`` tells those who are at the desk of the poll which contributions wait, and what comes next.
    """

    def __init__(self, floor: Floor, tell_waiting: Callable[[], Awaitable[None]]) -> None:
        self._floor = floor
        self._tell_waiting = tell_waiting
        self._desks_due = 0.0
        self._desks_wait = False
        self._moved = Moved()
        self._figures_due = self._list_due = 0.0
        self._listed: dict[Audience, object] = {}
        """What the list showed that each audience has got."""

    async def run(self) -> None:
        """Tell what has changed for as long as the floor is there; runs until cancelled."""
        while True:
            if not (self._moved.numbers or self._moved.list or self._desks_wait):
                await self._floor.kept.wake.wait()
            moved = self._floor.kept.taken()
            await self._tell_desks(moved)
            self._moved.add(moved)
            await self._tell()
            await asyncio.sleep(PASS_SECONDS)

    async def _tell_desks(self, moved: Moved) -> None:
        """Let moderators see at once what others have done or sent, and numbers of backers from time to time."""
        begun = time.monotonic()
        self._desks_wait |= moved.numbers
        if moved.list or moved.at_once or moved.people or (self._desks_wait and begun >= self._desks_due):
            self._desks_wait, self._desks_due = False, begun + DESK_FIGURES_SECONDS
            frame = encode(render.questions_moved(self._floor.kept.version))
            for audience in self._floor.hub.audiences(Role.MODERATOR):
                await self._send(audience, frame, WHOLE)
            await self._tell_waiting()

    async def _tell(self) -> None:
        begun = time.monotonic()
        if self._moved.at_once:
            self._floor.frames.forget()
            await self._send_whole()
            self._moved.at_once = self._moved.numbers = self._moved.list = False
        people, self._moved.people = self._moved.people, set()
        await self._send_own(people)
        if self._moved.numbers and begun >= self._figures_due:
            self._moved.numbers = False
            self._floor.frames.forget()
            await self._send_figures()
            self._figures_due = begun + max(FIGURES_SECONDS, SENDING_SHARE * (time.monotonic() - begun))
            self._moved.list = True  # backing moves the order, too
        if self._moved.list and begun >= self._list_due:
            self._moved.list = False
            await self._send_lists()
            self._list_due = begun + LIST_SECONDS

    async def _send_whole(self) -> None:
        for audience in self._floor.hub.audiences(Role.AUDIENCE):
            self._listed[audience] = self._floor.frames.shape(audience)
            await self._send(audience, self._floor.frames.of(audience).encoded, WHOLE)

    async def _send_figures(self) -> None:
        for audience in self._floor.hub.audiences(Role.AUDIENCE):
            await self._send(audience, encode(self._floor.frames.figures(audience)), FIGURES)

    async def _send_lists(self) -> None:
        audiences = self._floor.hub.audiences(Role.AUDIENCE)
        for gone in self._listed.keys() - set(audiences):
            del self._listed[gone]
        for audience in audiences:
            shape = self._floor.frames.shape(audience)
            if shape != self._listed.get(audience):
                self._listed[audience] = shape
                await self._send(audience, encode(self._floor.frames.list_of(audience)), LIST)

    async def _send(self, audience: Audience, frame: bytes, topic: str) -> None:
        await self._floor.hub.send(audience, frame, topic, lambda: True)

    async def _send_own(self, people: set[str]) -> None:
        for at, participant in enumerate(people):
            tell_own(self._floor, participant)
            if at % _PEOPLE_AT_ONCE == 0:
                await asyncio.sleep(0)
