"""Changing what is asked: questions written one by one, asked on the spot, in whole rounds; moved, copied, deleted.

Each change is stored with its line in the journal.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.errors import Conflict, Forbidden, Malformed
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Action, Event, neighbour, plan
from poll_server.i18n import translations
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.messages import Arrange, Ask, Move
from poll_server.questions import KINDS
from poll_server.questions.drafts import seal
from poll_server.questions.mending import Change
from poll_server.storage import events, library, prepared, rounds, steps
from poll_server.storage.journal import Line
from poll_server.storage.pictures import keep

log = structlog.get_logger()

Write = Callable[[AsyncConnection], Awaitable[object]]


Pictures = Mapping[str, bytes]
"""The pictures that a question names, stored with it."""


async def add(
    rooms: Rooms,
    room: Room,
    definition: Definition,
    pictures: Pictures,
    round_id: int,
    behind: int,
    line: Line | None = None,
) -> int:
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
                added = await rounds.add_question(connection, event, event.revision, definition, title)

        return write

    await rooms.edit(room, prepare, line)
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
    line: Line | None = None,
) -> None:
    """Store what a question is now, in one that people have been asked only words that were ``mended``.

    ``seen`` is the seal of the question as its writer saw it. Raises Conflict when it has become another one meanwhile,
    or has been opened, Forbidden when it is archived, else as `Rooms.edit`.
    """

    def prepare(event: Event) -> Write:
        question = event.question(question_id)
        if question.state.archived:
            raise Forbidden("archived_question")
        if seal(question.definition) != seen:
            raise Conflict("edited")
        if (question.fixed and not mended) or (question.asked and definition.kind != question.definition.kind):
            raise Conflict("opened")
        log_these = mended if question.fixed else ()

        async def write(connection: AsyncConnection) -> None:
            await keep(connection, event.id, pictures)
            await prepared.rewrite(connection, event, question, definition, log_these)

        return write

    await rooms.edit(room, prepare, line)
    log.info("question mended" if mended else "question changed", code=room.event.code, question=question_id)


async def remove(rooms: Rooms, room: Room, question_id: int, line: Line | None = None) -> None:
    """Delete a question that nobody has been asked; raises Forbidden for another one, else as `Rooms.edit`."""

    def prepare(event: Event) -> Write:
        question = event.question(question_id)
        if question.asked:
            raise Forbidden("asked")
        return lambda connection: prepared.remove(connection, event, question)

    await rooms.edit(room, prepare, line)
    log.info("question deleted", code=room.event.code, question=question_id)


async def keep_in_library(
    rooms: Rooms, room: Room, question_id: int, organiser_id: int, origin: str, line: Line
) -> None:
    """Keep a question in an organiser's library, under the origin that it has, else under this new one.

    Raises as `Rooms.edit`.
    """

    def prepare(event: Event) -> Write:
        question = event.question(question_id)
        kept = replace(question.definition, origin=question.definition.origin or origin)

        async def write(connection: AsyncConnection) -> None:
            if kept != question.definition:
                await library.link(connection, event, question, origin)
            await library.keep(connection, organiser_id, kept)

        return write

    await rooms.edit(room, prepare, line)
    log.info("question kept", code=room.event.code, question=question_id)


async def arrange(rooms: Rooms, room: Room, message: Arrange, line: Line | None = None) -> None:
    """Move a question within its round, or copy it; raises as `Rooms.command`, at the end of the round Forbidden."""

    def plan_move(event: Event) -> Callable[[AsyncConnection], Awaitable[object]]:
        room.check_seen(message.seen)
        question = event.question(message.question)
        if message.move is Move.COPY:
            return lambda connection: rounds.copy_question(connection, event, message.seen, question)
        other = neighbour(event, question, up=message.move is Move.UP)
        return lambda connection: rounds.swap_questions(connection, event, message.seen, question, other)

    await rooms.edit(room, plan_move, line)


async def add_round(
    rooms: Rooms,
    room: Room,
    seen: int,
    round_id: int | None,
    title: str,
    definitions: Sequence[Definition],
    line: Line | None = None,
) -> int:
    """Store checked questions at the end of a round, or as a new one outside the programme; raises as `Rooms.command`.

    Returns the id of the first one.
    """
    async with room.stepping:
        room.check_seen(seen)
        if room.event.rehearsal:
            raise Forbidden("rehearsal")
        added = 0

        async def change(connection: AsyncConnection) -> Event:
            nonlocal added
            added = await rounds.add_round(connection, room.event, seen, round_id, title, definitions)
            return await events.load(connection, room.event.id)

        await rooms.change(room, change, line)
    return added


async def ask(rooms: Rooms, room: Room, ask: Ask, line: Line | None = None) -> list[str]:
    """Store a question asked on the spot; returns what is wrong with it in words, and then stores nothing.

    With ``open_now`` it is opened in the same transaction. Raises as `Rooms.command` does, also Forbidden when it is to
    be opened while another question takes ballots, or in a rehearsal, which would leave it behind; then nothing is
    stored.
    """
    kind = KINDS.get(ask.kind)
    if kind is None or not kind.on_the_spot:
        raise Malformed("malformed")
    labels = ask.options if kind.options.stop > 1 else ()
    options = tuple(Option(f"o{at}", label) for at, label in enumerate(labels, 1))
    definition = Definition(ask.kind, ask.text, options)
    gettext = translations(room.event.language).gettext
    if problems := kind.check(definition):
        return [gettext(problem.sentence) % problem.values for problem in problems]
    async with room.stepping:
        room.check_seen(ask.seen)
        if room.event.rehearsal:
            raise Forbidden("rehearsal")

        async def change(connection: AsyncConnection) -> Event:
            title = gettext("Questions on the spot")
            added = await rounds.add_question(connection, room.event, ask.seen, definition, title)
            event = await events.load(connection, room.event.id)
            if ask.open_now:
                step = plan(event, Action.OPEN, added)
                await steps.take_step(connection, event, event.revision, step, Action.OPEN, room.present())
                event = await events.reread(connection, event)
            return event

        await rooms.change(room, change, line)
    return []
