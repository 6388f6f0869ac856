"""More time for single participants: granted to all who wish it at once, and taken back when it is over."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

import structlog

from poll_server.domain.errors import PollError, Refused, Unavailable
from poll_server.domain.timing import Extension, extend
from poll_server.live import connections
from poll_server.live.room import CLOSING, Room
from poll_server.live.together import Together
from poll_server.messages import Extend
from poll_server.storage import extensions
from poll_server.storage.database import Database, is_passing

log = structlog.get_logger()


class Extensions:
    """Gives more time in all rooms."""

    def __init__(self, database: Database, spawn: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._database = database
        self._spawn = spawn
        self._wishes: dict[Room, Together[tuple[str, Extend], Extension]] = {}

    async def give(self, room: Room, participant: str, message: Extend) -> Extension:
        """Give a participant more time, with all who wish it now; raises Unknown, Refused or Unavailable."""
        if room not in self._wishes:
            self._wishes[room] = Together(partial(self._give, room), self._spawn)
        return await self._wishes[room].do((participant, message))

    async def _give(self, room: Room, wishes: Sequence[tuple[str, Extend]]) -> Sequence[Extension | PollError]:
        """Give more time to all who may have it, in one transaction; if that fails, they are told Unavailable."""
        async with room.stepping:
            granted: dict[str, Extension] = {}
            told: list[Extension | PollError] = []
            for participant, message in wishes:
                held = granted.get(participant) or room.extensions.get(participant)
                try:
                    extension = _extension(room, held, message)
                except PollError as error:
                    told.append(error)
                else:
                    granted[participant] = extension
                    told.append(extension)
            if (stage := room.event.on_stage) and granted:
                try:
                    async with self._database.write() as connection:
                        await extensions.keep(connection, stage, granted)
                except Exception as error:
                    if not is_passing(error):
                        raise
                    log.warning("more time not saved", code=room.event.code, error=type(error).__name__)
                    return [one if isinstance(one, PollError) else Unavailable("not_saved") for one in told]
                for participant, extension in granted.items():
                    self.grant(room, participant, extension)
            return told

    def grant(self, room: Room, participant: str, extension: Extension) -> None:
        """Let somebody have more time, or less than before, and end it when it is over."""
        connections.extend(room, participant, extension)
        self._spawn(self.expire(room, participant, extension))

    async def expire(self, room: Room, participant: str, extension: Extension) -> None:
        """End an extension, with the same grace for a vote on its way as at the common end."""
        await asyncio.sleep(max(0.0, (extension.until + CLOSING - room.now()).total_seconds()))
        if room.extensions.get(participant) == extension:
            connections.extend(room, participant, None)


def _extension(room: Room, held: Extension | None, message: Extend) -> Extension:
    question = room.event.question(message.question)
    if question != room.event.on_stage or question.wave != message.wave:
        raise Refused("no_extension")
    return extend(question, held, room.now())
