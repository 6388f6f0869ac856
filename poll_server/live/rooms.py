"""All running events of this process, the one ballot box they share, and the way of a moderator's step."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.access import Role
from poll_server.domain.ballots import Mark, Standing
from poll_server.domain.errors import Conflict, Forbidden, Unavailable, Unknown
from poll_server.domain.programme import ItemKind
from poll_server.domain.rounds import TAKES_BALLOTS, Action, Event, plan
from poll_server.domain.text import normal_code
from poll_server.live import floor_memory, links, reading, sending, storing
from poll_server.live.additions import Adding
from poll_server.live.attendance import Attendance
from poll_server.live.ballot_box import ATTEMPTS, PROBE_SECONDS
from poll_server.live.consequences import Consequences
from poll_server.live.extensions import Extensions
from poll_server.live.floor import Floor
from poll_server.live.floor_sending import Telling
from poll_server.live.floor_staging import Staging
from poll_server.live.groups import choices
from poll_server.live.rehearsal import Crowds
from poll_server.live.room import Room
from poll_server.live.storing import EVERYTHING_STORED, Light
from poll_server.live.urn import Boxes
from poll_server.messages import Command
from poll_server.render import Site
from poll_server.storage import additions, decisions, deletion, events, extensions, groups, journal, slips, steps
from poll_server.storage.ballots import Counted
from poll_server.storage.database import Database, is_passing
from poll_server.storage.journal import Line

log = structlog.get_logger()


class Rooms:
    """Opens a room for each event that is asked for, and keeps it."""

    def __init__(self, database: Database, clock: Callable[[], datetime], site: Site, crowds: Crowds) -> None:
        self.box = Boxes(database, self._counted, self._look_at_boxes, self._recall)
        self.choices = choices(database, self.spawn)
        self.adding = Adding(database, self.spawn)
        self.extensions = Extensions(database, self.spawn)
        self.database = database
        self._clock = clock
        self._site = site
        self._crowds = crowds
        self._consequences = Consequences(database, self.box, crowds, self.spawn, self._step)
        self._rooms: dict[str, Room] = {}
        self._room_of: dict[int, Room] = {}
        self._storing = EVERYTHING_STORED
        self._opening = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._upkeep: dict[Room, list[asyncio.Task[None]]] = {}

    def start(self) -> None:
        """Begin to count, and go on where an earlier process has left a question open or closing."""
        self.spawn(self.box.run())
        self.spawn(self._watch_storing())
        self.spawn(links.Watch(self.database, lambda: ((one.event.id, one.links) for one in self), self._clock).run())
        self.spawn(Attendance(self.database, lambda: self, self._clock).run())
        self.spawn(self._resume())

    async def _resume(self) -> None:
        try:
            async with self.database.read() as connection:
                codes = await events.codes_taking_ballots(connection)
                traces = await slips.stored(connection)
                deleted = await deletion.unswept(connection)
            for code in codes:
                await self.get(code)
        except Unavailable:
            log.warning("open questions not resumed before somebody comes")
        else:
            if deleted:
                self.sweep()
            if traces:  # an earlier process may have been ended before it could
                await self._consequences.leave_no_traces()

    async def stop(self) -> None:
        """Count what waits, then stop."""
        await self._crowds.end_all()
        await self.box.drained()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something of a room in the background until it ends or the server stops."""
        self._begin(work)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def __iter__(self) -> Iterator[Room]:
        """Walk through the rooms that are open."""
        return iter(list(self._rooms.values()))

    def opened(self, event_id: int) -> Room | None:
        """Return the room of an event if it is open."""
        return next((room for room in self._rooms.values() if room.event.id == event_id), None)

    async def get(self, code: str) -> Room:
        """Return the room of the event with this join code, however it is typed; raises Unknown or Unavailable."""
        code = normal_code(code)
        room = self._rooms.get(code)
        if room is None:
            async with self._opening:
                room = self._rooms.get(code) or await self._open(code)
        return room

    async def _open(self, code: str) -> Room:
        async with self.database.read() as connection:
            found = await events.find(connection, code)
            if found is None:
                raise Unknown("unknown_code")
            event = await events.load(connection, found[0])
            room = Room(event, found[1], self._clock, self._site)
            room.links = await links.read(connection, event.id, self._clock)
            room.take_storing(self._storing)
            room.groups = await groups.members(connection, event.id) if event.groups else {}
            room.askings.additions = await additions.additions(connection, event.question_ids)
            room.recall(*await reading.counted_so_far(connection, event))
            if memory := await floor_memory.read(connection, event.id, ZoneInfo(event.time_zone)):
                room.floor = self._floor(room, memory)
            if (stage := event.on_stage) and stage.state in TAKES_BALLOTS:
                room.extensions = await extensions.read(connection, stage, ZoneInfo(event.time_zone))
                room.extended = bool(room.extensions)
        self._rooms[code] = room
        self._room_of |= {question.id: room for question in event.questions}
        upkeep = [sending.send_numbers(room), sending.heartbeat(room)]
        if room.floor:
            upkeep += self._of_floor(room, room.floor)
        self._upkeep[room] = [self._begin(work) for work in upkeep]
        for participant, extension in room.extensions.items():
            self.spawn(self.extensions.expire(room, participant, extension))
        self._consequences.follow(room, None)
        return room

    def close(self, room: Room, reason: str) -> None:
        """Forget a room whose event is another one now, or none: all connections end, and pages are asked for anew.

        Nothing of it may be open. The caller holds the room's lock.
        """
        self._rooms = {code: one for code, one in self._rooms.items() if one is not room}
        self._room_of = {question_id: one for question_id, one in self._room_of.items() if one is not room}
        for task in self._upkeep.pop(room, ()):
            task.cancel()
        for hub in (room.hub, room.floor.hub) if room.floor else (room.hub,):
            for member in hub.members(*Role):
                member.connection.close(links.LINK_OVER, reason)

    def sweep(self) -> None:
        """Take what belonged to deleted events out of the database's files, while nobody is being asked anywhere."""
        self.spawn(self._consequences.sweep(self._is_quiet))

    def _is_quiet(self) -> bool:
        return not any(question.state in TAKES_BALLOTS for room in self for question in room.event.questions)

    async def plan_floor(self, room: Room) -> None:
        """Let a room that is open have the question sessions that its programme has now; raises Unavailable."""
        async with room.stepping:
            async with self.database.read() as connection:
                memory = await floor_memory.read(connection, room.event.id, ZoneInfo(room.event.time_zone))
            if memory is None:
                room.floor = None
            elif room.floor is None:
                room.floor = floor = self._floor(room, memory)
                self._upkeep[room] += [self._begin(work) for work in self._of_floor(room, floor)]
            else:
                async with room.floor.kept.changing:
                    await room.floor.kept.reread()
        room.renew()

    def _floor(self, room: Room, memory: floor_memory.Memory) -> Floor:
        return Floor(
            self.database,
            memory,
            lambda: room.event,
            room.now,
            self.spawn,
            room.key,
            see=room.seen,
            version=lambda: room.frames.version,
            site=self._site,
        )

    @staticmethod
    def _of_floor(room: Room, floor: Floor) -> list[Coroutine[Any, Any, None]]:
        return [Telling(floor, partial(sending.tell_waiting, room)).run(), Staging(room, floor).run()]

    def _counted(self, counted: Counted) -> None:
        by_room: dict[Room, dict[Mark, int]] = {}
        for mark, n in counted.changes.items():
            if room := self._room_of.get(mark.question_id):  # one that was closed meanwhile reads them when it opens
                by_room.setdefault(room, {})[mark] = n
        for key in counted.standing:
            if room := self._room_of.get(key.question_id):
                by_room.setdefault(room, {})
        for room, changes in by_room.items():
            room.count(changes, counted.standing)

    async def _watch_storing(self) -> None:
        probe = time.monotonic()
        while True:
            await asyncio.sleep(sending.DESK_SECONDS)
            if self._storing.light is Light.FAILING and not self.box.troubled and time.monotonic() > probe:
                with suppress(Exception):  # whatever it is: not yet
                    await self.database.check_writing()
                probe = time.monotonic() + PROBE_SECONDS
            self._look_at_boxes()

    def _look_at_boxes(self, _: object = None) -> None:
        """Tell all desks what has changed in how votes are stored."""
        present = storing.look(self.box, self.database, self._storing, self._clock())
        if present != self._storing:
            self._storing = present
            for room in self._rooms.values():
                self.spawn(sending.tell_storing(room, present))

    async def _recall(self) -> None:
        """Read the tallies and the standing ballots of all rooms anew; the box writes nothing meanwhile."""
        for room in list(self._rooms.values()):
            async with room.stepping, self.database.read() as connection:
                room.recall(*await reading.counted_so_far(connection, room.event))

    # The moderators' steps

    async def command(self, room: Room, command: Command, line: Line | None = None) -> None:
        """Carry out a moderator's step, with its line in the journal, and show it to everybody.

        Raises Unknown, Forbidden, Conflict when the sender saw an older state, or Unavailable; then nothing has
        changed.
        """
        async with room.stepping:
            await self._step(room, command.action, command.question, command.seen, line)

    async def _step(self, room: Room, action: Action, question_id: int, seen: int, line: Line | None = None) -> None:
        room.check_seen(seen)
        step = plan(room.event, action, question_id)

        async def change(connection: AsyncConnection) -> Event:
            await steps.take_step(connection, room.event, seen, step, action, room.present())
            return await events.reread(connection, room.event)

        await self.change(room, change, line)

    async def edit(
        self,
        room: Room,
        prepare: Callable[[Event], Callable[[AsyncConnection], Awaitable[object]]],
        line: Line | None = None,
    ) -> None:
        """Change what is asked.

        ``prepare`` looks at the event as it stands and returns what to write in one transaction, or raises. Raises
        Forbidden in a rehearsal, which would leave it behind, Conflict or Unavailable; then nothing has changed.
        """
        async with room.stepping:
            if room.event.rehearsal:
                raise Forbidden("rehearsal")
            write = prepare(room.event)

            async def change(connection: AsyncConnection) -> Event:
                await write(connection)
                return await events.load(connection, room.event.id)

            await self.change(room, change, line)

    async def change(
        self, room: Room, change: Callable[[AsyncConnection], Awaitable[Event]], line: Line | None = None
    ) -> None:
        """Carry out a change in one transaction, with its line, and show what stands after it to everybody at once.

        The caller holds the room's lock. A transaction that could not begin is tried again: nobody else has to be
        asked whether it was done. Raises Unavailable, or Conflict when the database knows a step whose answer we lost.
        """
        for attempt in range(ATTEMPTS):
            begun = False
            try:
                async with self.database.write() as connection:
                    begun = True
                    event = await change(connection)
                    if line:
                        await journal.note(connection, event.id, line)
                    standing = await reading.standing(connection, event, room.event)
                    secret = await reading.secret_tallies(connection, event)
            except Conflict:
                await self._catch_up(room)
                raise
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("step not saved", code=room.event.code, attempt=attempt, error=type(error).__name__)
                if begun or attempt == ATTEMPTS - 1:
                    raise Unavailable("not_saved") from error
            else:
                self._take(room, event, standing, secret)
                return

    async def _catch_up(self, room: Room) -> None:
        before = sessions_of(room.event)
        async with self.database.read() as connection:
            event = await events.load(connection, room.event.id)
            standing = await reading.standing(connection, event)
            secret = await reading.secret_tallies(connection, event)
            room.decide(await decisions.decisions(connection, event.question_ids))
        self._take(room, event, standing, secret)
        if sessions_of(event) != before:  # a command has changed the programme
            self.spawn(self.plan_floor(room))

    def _take(self, room: Room, event: Event, standing: dict[str, Standing] | None, secret: reading.Tallies) -> None:
        before = room.event
        room.askings.tallies |= secret
        self._room_of |= {question.id: room for question in event.questions}
        room.begin_event(event, standing)
        self.spawn(sending.broadcast(room, *Role))
        self._consequences.follow(room, before)


def sessions_of(event: Event) -> list[tuple[object, ...]]:
    """Return what the question sessions of an event take from its programme."""
    return [(item.id, item.title, item.people) for item in event.items if item.kind is ItemKind.QUESTION_SESSION]
