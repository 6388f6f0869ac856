"""All running events of this process, the one ballot box they share, and the steps of their moderators."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.access import Role
from poll_server.domain.additions import Addition
from poll_server.domain.ballots import Mark, Standing
from poll_server.domain.decisions import Decision, resolve
from poll_server.domain.errors import Conflict, Forbidden, Malformed, PollError, Refused, Unavailable, Unknown
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import (
    FINAL,
    TAKES_BALLOTS,
    Action,
    Event,
    Question,
    State,
    check_rehearsal,
    neighbour,
    plan,
)
from poll_server.domain.text import normal_code
from poll_server.domain.timing import Extension, countdown, extend
from poll_server.i18n import translations
from poll_server.live import additions
from poll_server.live.ballot_box import ATTEMPTS
from poll_server.live.groups import choices, split
from poll_server.live.rehearsal import Crowds
from poll_server.live.room import CLOSING, Room
from poll_server.live.together import Together
from poll_server.live.urn import Boxes
from poll_server.messages import Arrange, Ask, Command, Decide, Extend, Move, Rehearse, ShowJoin, Time
from poll_server.questions import KINDS, kind_of
from poll_server.questions.contract import ABSTENTION
from poll_server.render import Site
from poll_server.storage import additions as added
from poll_server.storage import ballots, decisions, events, groups, slips
from poll_server.storage.ballots import Counted
from poll_server.storage.database import Database, is_passing

TRACES_ATTEMPTS = 100
TRACES_SECONDS = 5.0
"""After the first attempt to remove the traces of secret votes; after each later one as much more, as votes wait."""
FAREWELL_SECONDS = 1.0
"""Until the last sockets of a process that has ended are closed."""

log = structlog.get_logger()

_Tallies = dict[tuple[int, int], Counter[str]]
_Stored = TypeVar("_Stored")
_Extending = Together[tuple[str, Extend], Extension]


class Rooms:
    """Opens a room for each event that is asked for, and keeps it."""

    def __init__(self, database: Database, clock: Callable[[], datetime], site: Site, crowds: Crowds) -> None:
        self.box = Boxes(database, self._counted, self._trouble, self._recall)
        self.choices = choices(database, self.spawn)
        self.adding = additions.Adding(database, self.spawn)
        self._database = database
        self._clock = clock
        self._site = site
        self._crowds = crowds
        self._rooms: dict[str, Room] = {}
        self._room_of: dict[int, Room] = {}
        self._extending: dict[Room, _Extending] = {}
        self._opening = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to count, and go on where an earlier process has left a question open or closing."""
        self.spawn(self.box.run())
        self.spawn(self._resume())

    async def _resume(self) -> None:
        try:
            async with self._database.read() as connection:
                codes = await events.codes_taking_ballots(connection)
                traces = await slips.stored(connection)
            for code in codes:
                await self.get(code)
        except Unavailable:
            log.warning("open questions not resumed before somebody comes")
        else:
            if traces:  # an earlier process may have been ended before it could
                await self._leave_no_traces()

    async def _leave_no_traces(self) -> None:
        """Take away what a secret question that was closed has left behind in the files."""
        for attempt in range(TRACES_ATTEMPTS):
            try:
                await self._database.leave_no_traces(slips.TABLES)
            except Unavailable as error:
                log.warning(
                    "traces of secret votes not removed yet", attempt=attempt, error=type(error.__cause__).__name__
                )
                await asyncio.sleep(TRACES_SECONDS * (attempt + 1))
            else:
                return

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
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def get(self, code: str) -> Room:
        """Return the room of the event with this join code, however it is typed; raises Unknown or Unavailable."""
        code = normal_code(code)
        room = self._rooms.get(code)
        if room is None:
            async with self._opening:
                room = self._rooms.get(code) or await self._open(code)
        return room

    async def _open(self, code: str) -> Room:
        async with self._database.read() as connection:
            found = await events.find(connection, code)
            if found is None:
                raise Unknown("unknown_code")
            event = await events.load(connection, found[0])
            room = Room(event, found[1], self._clock, self._site)
            room.groups = await groups.members(connection, event.id) if event.groups else {}
            room.additions = await added.additions(connection, _ids(event))
            room.recall(*await _counted_so_far(connection, event))
            if (stage := event.on_stage) and stage.state in TAKES_BALLOTS:
                room.extensions = await events.extensions(connection, stage, ZoneInfo(event.time_zone))
                room.extended = bool(room.extensions)
        self._rooms[code] = room
        self._room_of |= {question.id: room for question in event.questions}
        self.spawn(room.run())
        self.spawn(room.heartbeat())
        for participant, extension in room.extensions.items():
            self.spawn(self._expire(room, participant, extension))
        self._follow(room, None)
        return room

    def _counted(self, counted: Counted) -> None:
        by_room: dict[Room, dict[Mark, int]] = {}
        for mark, n in counted.changes.items():
            by_room.setdefault(self._room_of[mark.question_id], {})[mark] = n
        for key in counted.standing:
            by_room.setdefault(self._room_of[key.question_id], {})
        for room, changes in by_room.items():
            room.count(changes, counted.standing)

    def _trouble(self, troubled: bool) -> None:
        for room in self._rooms.values():
            self.spawn(room.set_trouble(troubled))

    async def _recall(self) -> None:
        """Read the tallies and the standing ballots of all rooms anew; the box writes nothing meanwhile."""
        for room in list(self._rooms.values()):
            async with room.stepping, self._database.read() as connection:
                room.recall(*await _counted_so_far(connection, room.event))

    # The moderators' steps

    async def command(self, room: Room, command: Command) -> None:
        """Carry out a moderator's step and show it to everybody.

        Raises Unknown, Forbidden, Conflict when the sender saw an older state, or Unavailable; then nothing has
        changed.
        """
        async with room.stepping:
            await self._step(room, command.action, command.question, command.seen)

    async def _step(self, room: Room, action: Action, question_id: int, seen: int) -> None:
        _check_seen(room, seen)
        step = plan(room.event, action, question_id)

        async def change(connection: AsyncConnection) -> Event:
            await events.take_step(connection, room.event, seen, step, action, room.present())
            return await events.reread(connection, room.event)

        await self._change(room, change)

    async def _settle(self, room: Room, question_id: int) -> None:
        """End a closing: after the grace, when every ballot that waited has been answered."""
        await asyncio.sleep(CLOSING.total_seconds())
        while room.extensions:  # noqa: ASYNC110 - each ends at its own time
            await asyncio.sleep(CLOSING.total_seconds())
        await self.box.drained()
        while True:
            async with room.stepping:
                try:
                    await self._step(room, Action.SETTLE, question_id, room.event.revision)
                except (Unavailable, Conflict):
                    pass
                except PollError:
                    return
                else:
                    return
            await asyncio.sleep(CLOSING.total_seconds())

    async def time(self, room: Room, message: Time) -> None:
        """Start, prolong or take away the countdown of an open question; raises as ``command``.

        0 seconds also end what some participants have taken more, while the question closes only that.
        """
        async with room.stepping:
            _check_seen(room, message.seen)
            question = room.event.question(message.question)
            ends_extensions = message.seconds == 0
            only_these = ends_extensions and question.state is State.CLOSING
            running = None if only_these else countdown(question, message.seconds, room.now())

            async def change(connection: AsyncConnection) -> Event:
                await events.set_time(connection, room.event, message.seen, question, running)
                if ends_extensions:
                    await events.end_extensions(connection, question.id, question.wave)
                return await events.reread(connection, room.event)

            await self._change(room, change)
            if ends_extensions:
                for participant, held in list(room.extensions.items()):
                    self._grant(room, participant, held._replace(until=room.now()))

    async def extend(self, room: Room, participant: str, message: Extend) -> Extension:
        """Give a participant more time, with all who wish it now; raises Unknown, Refused or Unavailable."""
        if room not in self._extending:
            self._extending[room] = Together(partial(self._extend, room), self.spawn)
        return await self._extending[room].do((participant, message))

    async def _extend(self, room: Room, wishes: Sequence[tuple[str, Extend]]) -> Sequence[Extension | PollError]:
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
                        await events.keep_extensions(connection, stage, granted)
                except Exception as error:
                    if not is_passing(error):
                        raise
                    log.warning("more time not saved", code=room.event.code, error=type(error).__name__)
                    return [one if isinstance(one, PollError) else Unavailable("not_saved") for one in told]
                for participant, extension in granted.items():
                    self._grant(room, participant, extension)
            return told

    def _grant(self, room: Room, participant: str, extension: Extension) -> None:
        room.extend(participant, extension)
        self.spawn(self._expire(room, participant, extension))

    async def _expire(self, room: Room, participant: str, extension: Extension) -> None:
        """End an extension, with the same grace for a vote on its way as at the common end."""
        await asyncio.sleep(max(0.0, (extension.until + CLOSING - room.now()).total_seconds()))
        if room.extensions.get(participant) == extension:
            room.extend(participant, None)

    async def _run_out(self, room: Room, question: Question) -> None:
        """Close a question when its countdown is over, unless that has changed meanwhile."""
        assert question.closes is not None
        await asyncio.sleep(max(0.0, (question.closes - room.now()).total_seconds()))
        async with room.stepping:
            present = room.event.question(question.id)
            if present.state is not State.OPEN or present.closes != question.closes:
                return
            with suppress(PollError):
                await self._step(room, Action.CLOSE, question.id, room.event.revision)
                return
        await asyncio.sleep(CLOSING.total_seconds())
        self.spawn(self._run_out(room, question))

    async def show_join(self, room: Room, message: ShowJoin) -> None:
        """Put the join code on the screen or take it away; raises Conflict or Unavailable."""
        async with room.stepping:
            _check_seen(room, message.seen)

            async def change(connection: AsyncConnection) -> Event:
                await events.show_join(connection, room.event, message.seen, message.shown)
                return await events.reread(connection, room.event)

            await self._change(room, change)

    async def rehearse(self, room: Room, message: Rehearse) -> None:
        """Begin a rehearsal with simulated participants, or end it and wipe what was asked; raises as ``command``."""
        code = room.event.code
        wiped = 0
        async with room.stepping:
            _check_seen(room, message.seen)
            check_rehearsal(room.event, message.begin)

            async def change(connection: AsyncConnection) -> Event:
                nonlocal wiped
                if message.begin:
                    await events.begin_rehearsal(connection, room.event, message.seen)
                else:
                    wiped = await events.wipe_rehearsal(connection, room.event, message.seen)
                return await events.load(connection, room.event.id)

            await self._change(room, change)
            if not message.begin:
                async with self._database.read() as connection:
                    room.additions = await added.additions(connection, _ids(room.event))
        if message.begin:
            log.info("rehearsal begun", code=code)
        else:
            log.info("rehearsal wiped", code=code, ballots=wiped)

    async def decide(self, room: Room, message: Decide) -> None:
        """Store what a moderator decides about an entry of a result, and show it at the desks at once.

        It is no step: several moderators decide at the same time, and the last word on an entry stands. Raises Unknown,
        Forbidden, Conflict for an asking that is over, or Unavailable; then nothing has changed.
        """
        async with room.stepping:
            question = room.event.question(message.question)
            if message.wave != question.wave:
                raise Conflict("conflict")
            key, decision = resolve(room.entries(question), message.entry, message.verdict, message.into)
            if addition := additions.decided(room, question, key, message.verdict):
                await self._settle_addition(room, addition)
            else:
                room.decide(await self._store_decision(room, question, key, decision))
        verdict = message.verdict or "undo"
        log.info("decided", code=room.event.code, question=question.id, wave=question.wave, verdict=verdict)
        await room.list_entries()

    async def _settle_addition(self, room: Room, addition: Addition) -> None:
        """Store what becomes of an addition; the question goes out anew with the next tick, and its author is told."""

        async def settle(connection: AsyncConnection) -> Event:
            await added.settle(connection, addition)
            return await events.load(connection, room.event.id)

        room.grow(await self._decide(room, settle), addition)
        room.tell_additions(addition.participant)

    async def _store_decision(
        self, room: Room, question: Question, key: str, decision: Decision | None
    ) -> dict[tuple[int, int], dict[str, Decision]]:
        """Return all decisions that stand after this one."""

        async def store(connection: AsyncConnection) -> dict[tuple[int, int], dict[str, Decision]]:
            await decisions.decide(connection, question.id, question.wave, key, decision)
            return await decisions.decisions(connection, _ids(room.event))

        return await self._decide(room, store)

    async def _decide(self, room: Room, store: Callable[[AsyncConnection], Awaitable[_Stored]]) -> _Stored:
        """Carry out what was decided in one transaction. Twice is the same as once, so it may be tried again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._database.write() as connection:
                    return await store(connection)
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("decision not saved", code=room.event.code, attempt=attempt, error=type(error).__name__)
                if attempt == ATTEMPTS:
                    raise Unavailable("not_saved") from error
        raise AssertionError("unreachable")

    async def ask(self, room: Room, ask: Ask) -> list[str]:
        """Store a question asked on the spot; returns what is wrong with it in words, and then stores nothing.

        With ``open_now`` it is opened in the same transaction. Raises as ``command`` does, also Forbidden when it is to
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
            _check_seen(room, ask.seen)
            if room.event.rehearsal:
                raise Forbidden("rehearsal")

            async def change(connection: AsyncConnection) -> Event:
                title = gettext("Questions on the spot")
                added = await events.add_question(connection, room.event, ask.seen, definition, title)
                event = await events.load(connection, room.event.id)
                if ask.open_now:
                    step = plan(event, Action.OPEN, added)
                    await events.take_step(connection, event, event.revision, step, Action.OPEN, room.present())
                    event = await events.reread(connection, event)
                return event

            await self._change(room, change)
        return []

    async def add_round(
        self, room: Room, seen: int, round_id: int | None, title: str, definitions: Sequence[Definition]
    ) -> int:
        """Store checked questions at the end of a round, or as a new one outside the programme; raises as ``command``.

        Returns the id of the first one.
        """
        async with room.stepping:
            _check_seen(room, seen)
            if room.event.rehearsal:
                raise Forbidden("rehearsal")
            added = 0

            async def change(connection: AsyncConnection) -> Event:
                nonlocal added
                added = await events.add_round(connection, room.event, seen, round_id, title, definitions)
                return await events.load(connection, room.event.id)

            await self._change(room, change)
        return added

    async def arrange(self, room: Room, message: Arrange) -> None:
        """Move a question within its round, or copy it; raises as ``command``, at the end of the round Forbidden."""

        def plan_move(event: Event) -> Callable[[AsyncConnection], Awaitable[object]]:
            _check_seen(room, message.seen)
            question = event.question(message.question)
            if message.move is Move.COPY:
                return lambda connection: events.copy_question(connection, event, message.seen, question)
            other = neighbour(event, question, up=message.move is Move.UP)
            return lambda connection: events.swap_questions(connection, event, message.seen, question, other)

        await self.edit(room, plan_move)

    async def edit(
        self, room: Room, prepare: Callable[[Event], Callable[[AsyncConnection], Awaitable[object]]]
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

            await self._change(room, change)

    async def _change(self, room: Room, change: Callable[[AsyncConnection], Awaitable[Event]]) -> None:
        """Carry out a change in one transaction, and show what stands after it to everybody at once.

        A transaction that could not begin is tried again: nobody else has to be asked whether it was done. Raises
        Unavailable, or Conflict when the database knows a step whose answer we lost.
        """
        for attempt in range(ATTEMPTS):
            begun = False
            try:
                async with self._database.write() as connection:
                    begun = True
                    event = await change(connection)
                    standing = await _standing(connection, event, room.event)
                    secret = await _secret_tallies(connection, event)
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
        async with self._database.read() as connection:
            event = await events.load(connection, room.event.id)
            standing = await _standing(connection, event)
            secret = await _secret_tallies(connection, event)
            room.decide(await decisions.decisions(connection, _ids(event)))
        self._take(room, event, standing, secret)

    def _take(self, room: Room, event: Event, standing: dict[str, Standing] | None, secret: _Tallies) -> None:
        before = room.event
        room.tallies |= secret
        self._room_of |= {question.id: room for question in event.questions}
        room.begin_event(event, standing)
        self.spawn(room.broadcast(*Role))
        self._follow(room, before)

    def _follow(self, room: Room, before: Event | None) -> None:
        """Set going what follows from a new state, whoever brought it about: the end of a closing, rehearsals."""
        closing = {question.id for question in before.questions if question.state is State.CLOSING} if before else set()
        counting = {question.closes for question in before.questions} if before else set()
        for question in room.event.questions:
            if question.state is State.OPEN and question.closes and question.closes not in counting:
                self.spawn(self._run_out(room, question))
            elif question.state is State.CLOSING and question.id not in closing:
                self.spawn(self._settle(room, question.id))
            elif question.state in FINAL and kind_of(question.definition).finishes:
                self.spawn(self._finish(room, question))
            if question.state in FINAL and groups.has_split(room.event, question):
                self.spawn(split(self._database, room, question))
        if before and any(room.event.question(one.id).state not in TAKES_BALLOTS for one in _taking_secretly(before)):
            self.spawn(self._leave_no_traces())
        rehearsed = before is not None and before.rehearsal
        if room.event.rehearsal and not rehearsed:
            self.spawn(self._crowds.begin(room.event.code))
        elif rehearsed and not room.event.rehearsal:
            self.spawn(self._send_home(room))

    async def _finish(self, room: Room, question: Question) -> None:
        """Compute what only all ballots of a closed question together give, and show it."""
        if (question.id, question.wave) in room.finals:
            return
        try:
            async with self._database.read() as connection:
                stored = slips if question.definition.secret else ballots
                answers = await stored.answers(connection, question.id, question.wave)
        except Unavailable:
            log.warning("closed question not finished", code=room.event.code)
            await asyncio.sleep(CLOSING.total_seconds())
            self._follow(room, room.event)
            return
        given = [answer for answer in answers if answer != ABSTENTION]
        final = await asyncio.to_thread(kind_of(question.definition).final, question.definition, given)
        if room.event.question(question.id).closed == question.closed:
            room.finish(question, final)
            await room.broadcast(*Role)

    async def _send_home(self, room: Room) -> None:
        """End a rehearsal's simulated participants, and count those who are there without them."""
        await self._crowds.end(room.event.code)
        await asyncio.sleep(FAREWELL_SECONDS)
        room.presence.forget_visits()
        room.people_moved()


def _ids(event: Event) -> list[int]:
    return [question.id for question in event.questions]


async def _counted_so_far(
    connection: AsyncConnection, event: Event
) -> tuple[dict[tuple[int, int], Counter[str]], dict[tuple[int, int], dict[str, Decision]], dict[str, Standing]]:
    """Read all tallies of an event, what was decided about them, and the ballots of the asking on its stage."""
    tallies = await ballots.tallies(connection, _ids(event))
    decided = await decisions.decisions(connection, _ids(event))
    return tallies, decided, await _standing(connection, event) or {}


async def _standing(
    connection: AsyncConnection, event: Event, known: Event | None = None
) -> dict[str, Standing] | None:
    """Read the ballots of the asking on the stage; None if it is the same as in ``known``, which is in memory already.

    In the transaction that puts it there no ballot can come between, so what is read is complete.
    """
    stage, before = event.on_stage, known.on_stage if known else None
    if stage is None:
        return {}
    if before is not None and (before.id, before.wave) == (stage.id, stage.wave):
        return None
    if stage.definition.secret:
        return await slips.standing(connection, stage.id, stage.wave)
    return await ballots.standing_ballots(connection, stage.id, stage.wave)


async def _secret_tallies(connection: AsyncConnection, event: Event) -> _Tallies:
    """Read the tallies of secret questions: they are written when one closes, and not added up in memory."""
    asked = [question.id for question in event.questions if question.definition.secret]
    return await ballots.tallies(connection, asked) if asked else {}


def _taking_secretly(event: Event) -> list[Question]:
    return [one for one in event.questions if one.definition.secret and one.state in TAKES_BALLOTS]


def _extension(room: Room, held: Extension | None, message: Extend) -> Extension:
    question = room.event.question(message.question)
    if question != room.event.on_stage or question.wave != message.wave:
        raise Refused("no_extension")
    return extend(question, held, room.now())


def _check_seen(room: Room, seen: int) -> None:
    if seen != room.event.revision:
        raise Conflict("conflict")
