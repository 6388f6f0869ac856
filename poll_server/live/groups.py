"""Groups in a running event: somebody chooses one, and a closed question's result is split by them."""

import asyncio

import structlog

from poll_server.domain.access import Role
from poll_server.domain.errors import Refused, Unavailable
from poll_server.domain.rounds import Question, State
from poll_server.live.room import CLOSING, Room
from poll_server.messages import Choose
from poll_server.questions.split import NO_GROUP
from poll_server.storage import groups
from poll_server.storage.database import Database, is_passing

log = structlog.get_logger()


class Choices:
    """Stores what participants choose: all that waits in one transaction.

    A whole audience chooses in the same minute, and votes do not wait for each of them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[tuple[int, str], str] = {}
        self._next: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    async def store(self, event_id: int, participant: str, group: str) -> None:
        """Return when the choice is stored; the last of several stands. Raises what the database does."""
        self._waiting[event_id, participant] = group
        if self._next is None:
            self._next = asyncio.create_task(self._write())
        await asyncio.shield(self._next)

    async def _write(self) -> None:
        async with self._writing:
            chosen, self._waiting, self._next = self._waiting, {}, None
            async with self._database.write() as connection:
                await groups.choose(connection, chosen)


async def choose(choices: Choices, room: Room, participant: str, message: Choose) -> None:
    """Store which group a participant comes from; answers given before keep theirs. Raises Refused or Unavailable."""
    if message.group not in {NO_GROUP, *(group.key for group in room.event.groups)} or not room.event.groups:
        raise Refused("unknown_group")
    try:
        await choices.store(room.event.id, participant, message.group)
    except Exception as error:
        if not is_passing(error):
            raise
        raise Unavailable("not_saved") from error
    room.choose(participant, message.group)


async def split(database: Database, room: Room, question: Question) -> None:
    """Find out what may be shown of a closed question by group and as movements, and show it if its result is."""
    while (question.id, question.wave) not in room.splits:
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
        if present.state is State.SHOWN:
            await room.broadcast(*Role)
