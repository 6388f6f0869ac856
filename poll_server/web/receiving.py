"""What comes over one connection: parsed at once, answered beside it, never more at a time than a person sends."""

from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any

from poll_server import render
from poll_server.domain.errors import PollError
from poll_server.live.encoding import encode
from poll_server.live.hub import Member
from poll_server.live.protocol import FanoutProtocol
from poll_server.live.room import Room
from poll_server.web.doors import Parts

WAITING_MAXIMUM = 16
"""Messages of one connection that may wait for their answer at a time; more come from no person."""


class Receiver(ABC):
    """Takes the messages of one connection."""

    __slots__ = ("_member", "_parts", "_room", "_waiting")

    def __init__(self, found: Parts, room: Room, member: Member) -> None:
        self._parts = found
        self._room = room
        self._member = member
        self._waiting = 0

    def __call__(self, connection: FanoutProtocol, message: str | bytes) -> None:
        """Parse a message and let it be answered; what is wrong with it is told to its sender alone."""
        if self._waiting >= WAITING_MAXIMUM:
            connection.close(1008, "too many messages")
            return
        try:
            self._take(message)
        except PollError as error:
            self._tell_error(error)

    @abstractmethod
    def _take(self, message: str | bytes) -> None:
        """Parse a message and begin to answer it; raises Malformed."""

    @property
    def _spoken(self) -> str:
        return self._member.audience.language or self._room.event.language

    def _tell_error(self, error: PollError) -> None:
        self._member.connection.push(encode(render.error_frame(error, self._spoken)))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._waiting += 1
        self._parts.rooms.spawn(self._carry_out(work))

    async def _carry_out(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            self._waiting -= 1
