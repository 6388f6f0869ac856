"""The connections of a floor, and sending to them: at once what moderators do on stage, lists and numbers in ticks."""

import asyncio
import time

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


class Telling:
    """What a floor has to tell, and when each sort of it is due."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._moved = Moved()
        self._figures_due = self._list_due = 0.0
        self._listed: dict[Audience, object] = {}
        """What the list showed that each audience has got."""

    async def run(self) -> None:
        """Tell what has changed for as long as the floor is there; runs until cancelled."""
        while True:
            if not (self._moved.numbers or self._moved.list):
                await self._floor.kept.wake.wait()
            self._moved.add(self._floor.kept.taken())
            await self._tell()
            await asyncio.sleep(PASS_SECONDS)

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
