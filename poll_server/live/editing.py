"""Preparing questions at the desk: writing, correcting and deleting them one by one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.errors import Conflict, Forbidden
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Event
from poll_server.i18n import translations
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.questions.drafts import seal
from poll_server.questions.mending import Change
from poll_server.storage import events, prepared
from poll_server.storage.pictures import keep

log = structlog.get_logger()

Write = Callable[[AsyncConnection], Awaitable[object]]


Pictures = Mapping[str, bytes]
"""The pictures that a question names, stored with it."""


async def add(rooms: Rooms, room: Room, definition: Definition, pictures: Pictures, round_id: int, behind: int) -> int:
    """Store a new question behind one of a round, 0 for its end, and return its id; raises as `Rooms.edit`.

    An event without rounds gets one.
    """
    added = 0

    def prepare(event: Event) -> Write:
        async def write(connection: AsyncConnection) -> None:
            nonlocal added
            await keep(connection, event.id, pictures)
            round_ = next((one for one in event.rounds if one.id == round_id), None)
            if round_:
                before = next((one for one in round_.questions if one.id == behind), None)
                added = await prepared.add(connection, event, round_, before, definition)
            else:
                title = translations(event.language).gettext("Questions on the spot")
                added = await events.add_question(connection, event, event.revision, definition, title)

        return write

    await rooms.edit(room, prepare)
    log.info("question added", code=room.event.code, question=added, kind=definition.kind)
    return added


async def rewrite(
    rooms: Rooms,
    room: Room,
    question_id: int,
    seen: str,
    definition: Definition,
    pictures: Pictures,
    mended: Sequence[Change] = (),
) -> None:
    """Store what a question is now, in one that people have been asked only words that were ``mended``.

    ``seen`` is the seal of the question as its writer saw it. Raises Conflict when it has become another one meanwhile,
    or has been opened, else as `Rooms.edit`.
    """

    def prepare(event: Event) -> Write:
        question = event.question(question_id)
        if seal(question.definition) != seen:
            raise Conflict("edited")
        if (question.fixed and not mended) or (question.asked and definition.kind != question.definition.kind):
            raise Conflict("opened")
        log_these = mended if question.fixed else ()

        async def write(connection: AsyncConnection) -> None:
            await keep(connection, event.id, pictures)
            await prepared.rewrite(connection, event, question, definition, log_these)

        return write

    await rooms.edit(room, prepare)
    log.info("question mended" if mended else "question changed", code=room.event.code, question=question_id)


async def remove(rooms: Rooms, room: Room, question_id: int) -> None:
    """Delete a question that nobody has been asked; raises Forbidden for another one, else as `Rooms.edit`."""

    def prepare(event: Event) -> Write:
        question = event.question(question_id)
        if question.asked:
            raise Forbidden("asked")
        return lambda connection: prepared.remove(connection, event, question)

    await rooms.edit(room, prepare)
    log.info("question deleted", code=room.event.code, question=question_id)
