"""Groups in a running event: somebody chooses one, and a closed question's result is split by them."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple

import structlog

from poll_server.domain.access import Role
from poll_server.domain.errors import Refused, Unavailable
from poll_server.domain.rounds import Question
from poll_server.live import connections
from poll_server.live.room import CLOSING, Room
from poll_server.live.sending import broadcast
from poll_server.live.together import Together
from poll_server.messages import Choose
from poll_server.questions.split import NO_GROUP
from poll_server.storage import groups
from poll_server.storage.database import Database, is_passing

log = structlog.get_logger()


class Choice(NamedTuple):
    """Which group a participant of an event comes from, empty for none."""

    event_id: int
    participant: str
    group: str


Choices = Together[Choice, None]


def choices(database: Database, spawn: Callable[[Coroutine[Any, Any, None]], object]) -> Choices:
    """Return what stores choices, of all events in one transaction; the last of several of a participant stands.

    A whole audience chooses in the same minute, and votes do not wait for each of them. Raises what the database does.
    """

    async def store(chosen: Sequence[Choice]) -> Sequence[None]:
        async with database.write() as connection:
            await groups.choose(connection, {(one.event_id, one.participant): one.group for one in chosen})
        return [None] * len(chosen)

    return Together(store, spawn)


async def choose(choices: Choices, room: Room, participant: str, message: Choose) -> None:
    """Store which group a participant comes from; answers given before keep theirs. Raises Refused or Unavailable."""
    if message.group not in {NO_GROUP, *(group.key for group in room.event.groups)} or not room.event.groups:
        raise Refused("unknown_group")
    try:
        await choices.do(Choice(room.event.id, participant, message.group))
    except Exception as error:
        if not is_passing(error):
            raise
        raise Unavailable("not_saved") from error
    connections.choose(room, participant, message.group)


async def split(database: Database, room: Room, question: Question) -> None:
    """Find out what may be shown of a closed question by group and as movements, and show it if its result is."""
    while (question.id, question.wave) not in room.askings.splits:
        try:
            async with database.read() as connection:
                found = await groups.read_split(connection, room.event, question)
        except Unavailable:
            log.warning("closed question not split", code=room.event.code)
            await asyncio.sleep(CLOSING.total_seconds())
            continue
        present = room.event.question(question.id)
        if (present.wave, present.closed) != (question.wave, question.closed):
            return
        room.take_split(question, found)
        if present.state.shown:
            await broadcast(room, *Role)
