"""The steps of moderators that are none of a question's life: its time, the join code, a rehearsal.

Each is stored with its line in the journal.
"""

from contextlib import nullcontext

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.errors import Forbidden
from poll_server.domain.rounds import Event, State, check_rehearsal, plan_round
from poll_server.domain.timing import countdown
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.messages import Rehearse, ShowJoin, Sweep, Time
from poll_server.storage import additions, events, extensions, rehearsal, steps
from poll_server.storage.journal import Line

log = structlog.get_logger()


async def time(rooms: Rooms, room: Room, message: Time, line: Line | None = None) -> None:
    """Start, prolong or take away the countdown of an open question; raises as `Rooms.command`.

    0 seconds also end what some participants have taken more, while the question closes only that.
    """
    async with room.stepping:
        room.check_seen(message.seen)
        question = room.event.question(message.question)
        ends_extensions = message.seconds == 0
        only_these = ends_extensions and question.state is State.CLOSING
        running = None if only_these else countdown(question, message.seconds, room.now())

        async def change(connection: AsyncConnection) -> Event:
            await steps.set_time(connection, room.event, message.seen, question, running)
            if ends_extensions:
                await extensions.end(connection, question.id, question.wave)
            return await events.reread(connection, room.event)

        await rooms.change(room, change, line)
        if ends_extensions:
            for participant, held in list(room.extensions.items()):
                rooms.extensions.grant(room, participant, held._replace(until=room.now()))


async def show_join(rooms: Rooms, room: Room, message: ShowJoin, line: Line | None = None) -> None:
    """Put the join code on the screen or take it away; raises Conflict or Unavailable."""
    async with room.stepping:
        room.check_seen(message.seen)

        async def change(connection: AsyncConnection) -> Event:
            await steps.show_join(connection, room.event, message.seen, message.shown)
            return await events.reread(connection, room.event)

        await rooms.change(room, change, line)


async def sweep(rooms: Rooms, room: Room, message: Sweep, line: Line | None = None) -> None:
    """Archive or restore what can be of a round, all of it in one transaction; raises as `Rooms.command`."""
    async with room.stepping:
        room.check_seen(message.seen)
        planned = plan_round(room.event, message.action, message.question)
        if not planned:
            raise Forbidden("step")

        async def change(connection: AsyncConnection) -> Event:
            for seen, step in enumerate(planned, message.seen):
                await steps.take_step(connection, room.event, seen, step, message.action, room.present())
            return await events.reread(connection, room.event)

        await rooms.change(room, change, line)


async def rehearse(rooms: Rooms, room: Room, message: Rehearse, line: Line | None = None) -> None:
    """Begin a rehearsal with simulated participants, or end it and wipe what was asked; raises as `Rooms.command`."""
    code = room.event.code
    wiped = 0
    async with room.stepping, room.floor.kept.changing if room.floor else nullcontext():
        room.check_seen(message.seen)
        check_rehearsal(room.event, message.begin)
        if message.begin and room.floor and not room.floor.is_empty:
            raise Forbidden("contributed_already")

        async def change(connection: AsyncConnection) -> Event:
            nonlocal wiped
            if message.begin:
                await rehearsal.begin(connection, room.event, message.seen)
            else:
                wiped = await rehearsal.wipe(connection, room.event, message.seen)
            return await events.load(connection, room.event.id)

        await rooms.change(room, change, line)
        if not message.begin:
            async with rooms.database.read() as connection:
                room.askings.additions = await additions.additions(connection, room.event.question_ids)
            if room.floor:
                await room.floor.kept.reread()
    if message.begin:
        log.info("rehearsal begun", code=code)
    else:
        log.info("rehearsal wiped", code=code, ballots=wiped)
