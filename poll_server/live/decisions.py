"""What moderators decide about the entries of a result: stored, then shown."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.additions import Addition
from poll_server.domain.decisions import Decision, resolve
from poll_server.domain.errors import Conflict, Forbidden, Unavailable
from poll_server.domain.rounds import Event, Question
from poll_server.live import additions, connections, sending
from poll_server.live.ballot_box import ATTEMPTS
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.messages import Decide
from poll_server.storage import additions as added
from poll_server.storage import decisions, events, journal
from poll_server.storage.database import is_passing
from poll_server.storage.journal import Line

log = structlog.get_logger()

_Stored = TypeVar("_Stored")


async def decide(rooms: Rooms, room: Room, message: Decide, line: Line | None = None) -> None:
    """Store what a moderator decides about an entry of a result, and show it at the desks at once.

    It is no step: several moderators decide at the same time, and the last word on an entry stands. Raises Unknown,
    Forbidden, Conflict for an asking that is over, or Unavailable; then nothing has changed.
    """
    async with room.stepping:
        question = room.event.question(message.question)
        if message.wave != question.wave:
            raise Conflict("conflict")
        if question.state.archived:
            raise Forbidden("archived_question")
        key, decision = resolve(room.askings.entries(question), message.entry, message.verdict, message.into)
        if addition := additions.decided(room, question, key, message.verdict):
            await _settle_addition(rooms, room, addition, line)
        else:
            room.decide(await _store_decision(rooms, room, question, key, decision, line))
    verdict = message.verdict or "undo"
    log.info("decided", code=room.event.code, question=question.id, wave=question.wave, verdict=verdict)
    await sending.list_entries(room)


async def _settle_addition(rooms: Rooms, room: Room, addition: Addition, line: Line | None) -> None:
    """Store what becomes of an addition; the question goes out anew with the next tick, and its author is told."""

    async def settle(connection: AsyncConnection) -> Event:
        await added.settle(connection, addition)
        return await events.load(connection, room.event.id)

    room.grow(await _stored(rooms, room, settle, line), addition)
    connections.tell_additions(room, addition.participant)


async def _store_decision(
    rooms: Rooms, room: Room, question: Question, key: str, decision: Decision | None, line: Line | None
) -> dict[tuple[int, int], dict[str, Decision]]:
    """Return all decisions that stand after this one."""

    async def store(connection: AsyncConnection) -> dict[tuple[int, int], dict[str, Decision]]:
        await decisions.decide(connection, question.id, question.wave, key, decision)
        return await decisions.decisions(connection, room.event.question_ids)

    return await _stored(rooms, room, store, line)


async def _stored(
    rooms: Rooms, room: Room, store: Callable[[AsyncConnection], Awaitable[_Stored]], line: Line | None
) -> _Stored:
    """Carry out what was decided in one transaction, with its line in the journal.

    Twice is the same as once, so it may be tried again; then the journal may have it twice.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with rooms.database.write() as connection:
                stored = await store(connection)
                if line:
                    await journal.note(connection, room.event.id, line)
                return stored
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("decision not saved", code=room.event.code, attempt=attempt, error=type(error).__name__)
            if attempt == ATTEMPTS:
                raise Unavailable("not_saved") from error
    raise AssertionError("unreachable")
