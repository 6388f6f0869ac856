"""What follows from a state by itself, whoever brought it about: ends of closings and countdowns, final sums."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog

from poll_server.domain.access import Role
from poll_server.domain.errors import Conflict, PollError, Unavailable
from poll_server.domain.rounds import FINAL, TAKES_BALLOTS, Action, Event, Question, State
from poll_server.live.groups import split
from poll_server.live.rehearsal import Crowds
from poll_server.live.room import CLOSING, Room
from poll_server.live.sending import broadcast
from poll_server.live.urn import Boxes
from poll_server.questions import kind_of
from poll_server.questions.contract import ABSTENTION
from poll_server.storage import ballots, deletion, groups, slips
from poll_server.storage.contributions import Hand
from poll_server.storage.database import Database
from poll_server.storage.journal import SERVER, Line

TRACES_ATTEMPTS = 100
TRACES_SECONDS = 5.0
"""After the first attempt to remove the traces of secret votes; after each later one as much more, as votes wait."""
QUIET_ATTEMPTS, QUIET_SECONDS = 720, 5.0
"""How often, and after how long again, it is looked whether nobody is being asked: votes would wait meanwhile."""
FAREWELL_SECONDS = 1.0
"""Until the last sockets of a process that has ended are closed."""

log = structlog.get_logger()


class Consequences:
    """Sets going what follows; ``step`` takes the steps that the server itself makes, under the room's lock."""

    def __init__(
        self,
        database: Database,
        box: Boxes,
        crowds: Crowds,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        step: Callable[[Room, Action, int, int, Line | None], Awaitable[None]],
    ) -> None:
        self._database = database
        self._box = box
        self._crowds = crowds
        self._spawn = spawn
        self._step = step

    def follow(self, room: Room, before: Event | None) -> None:
        """Set going what follows from a new state, whoever brought it about: the end of a closing, rehearsals."""
        closing = {question.id for question in before.questions if question.state is State.CLOSING} if before else set()
        counting = {question.closes for question in before.questions} if before else set()
        for question in room.event.questions:
            if question.state is State.OPEN and question.closes and question.closes not in counting:
                self._spawn(self._run_out(room, question))
            elif question.state is State.CLOSING and question.id not in closing:
                self._spawn(self._settle(room, question.id))
            elif question.state in FINAL and kind_of(question.definition).finishes:
                self._spawn(self._finish(room, question))
            if question.state in FINAL and groups.has_split(room.event, question):
                self._spawn(split(self._database, room, question))
        if before and any(room.event.question(one.id).state not in TAKES_BALLOTS for one in _taking_secretly(before)):
            self._spawn(self.leave_no_traces())
        rehearsed = before is not None and before.rehearsal
        if room.event.rehearsal and not rehearsed:
            self._spawn(self._crowds.begin(room.event.code))
        elif rehearsed and not room.event.rehearsal:
            self._spawn(self._send_home(room))

    async def sweep(self, quiet: Callable[[], bool]) -> None:
        """Take what belonged to deleted events out of the files, once it is ``quiet``, after an hour in any case.

        Of PostgreSQL its operators take care: it rewrites no table without keeping everybody from it.
        """
        if not self._database.is_sqlite:
            return
        for _ in range(QUIET_ATTEMPTS):
            if quiet():
                break
            await asyncio.sleep(QUIET_SECONDS)
        with suppress(Unavailable):  # the next start tries again
            async with self._database.read() as connection:
                gone = await deletion.unswept(connection)
            if gone and await self._rewritten():
                async with self._database.write() as connection:
                    await deletion.keep_swept(connection, gone)

    async def leave_no_traces(self) -> None:
        """Take away what a secret question that was closed has left behind in the files."""
        await self._rewritten()

    async def _rewritten(self) -> bool:
        """Rewrite what held rows that are gone, as soon as it can be done; tells whether it was."""
        for attempt in range(TRACES_ATTEMPTS):
            try:
                await self._database.leave_no_traces(slips.TABLES)
            except Unavailable as error:
                log.warning(
                    "traces of what is gone not removed yet", attempt=attempt, error=type(error.__cause__).__name__
                )
                await asyncio.sleep(TRACES_SECONDS * (attempt + 1))
            else:
                return True
        return False

    async def _settle(self, room: Room, question_id: int) -> None:
        """End a closing: after the grace, when every ballot that waited has been answered."""
        await asyncio.sleep(CLOSING.total_seconds())
        while room.extensions:  # noqa: ASYNC110 - each ends at its own time
            await asyncio.sleep(CLOSING.total_seconds())
        await self._box.drained()
        while True:
            async with room.stepping:
                try:
                    await self._step(room, Action.SETTLE, question_id, room.event.revision, None)
                except (Unavailable, Conflict):
                    pass
                except PollError:
                    return
                else:
                    return
            await asyncio.sleep(CLOSING.total_seconds())

    async def _run_out(self, room: Room, question: Question) -> None:
        """Close a question when its countdown is over, unless that has changed meanwhile."""
        assert question.closes is not None
        await asyncio.sleep(max(0.0, (question.closes - room.now()).total_seconds()))
        async with room.stepping:
            present = room.event.question(question.id)
            if present.state is not State.OPEN or present.closes != question.closes:
                return
            line = Line(Hand(SERVER), "run_out", question.id, present.definition.text)
            with suppress(PollError):
                await self._step(room, Action.CLOSE, question.id, room.event.revision, line)
                return
        await asyncio.sleep(CLOSING.total_seconds())
        self._spawn(self._run_out(room, question))

    async def _finish(self, room: Room, question: Question) -> None:
        """Compute what only all ballots of a closed question together give, and show it."""
        if (question.id, question.wave) in room.askings.finals:
            return
        try:
            async with self._database.read() as connection:
                stored = slips if question.definition.secret else ballots
                answers = await stored.answers(connection, question.id, question.wave)
        except Unavailable:
            log.warning("closed question not finished", code=room.event.code)
            await asyncio.sleep(CLOSING.total_seconds())
            self.follow(room, room.event)
            return
        given = [answer for answer in answers if answer != ABSTENTION]
        final = await asyncio.to_thread(kind_of(question.definition).final, question.definition, given)
        if room.event.question(question.id).closed == question.closed:
            room.finish(question, final)
            await broadcast(room, *Role)

    async def _send_home(self, room: Room) -> None:
        """End a rehearsal's simulated participants, and count those who are there without them."""
        await self._crowds.end(room.event.code)
        await asyncio.sleep(FAREWELL_SECONDS)
        room.presence.forget_visits()
        room.people_moved()


def _taking_secretly(event: Event) -> list[Question]:
    return [one for one in event.questions if one.definition.secret and one.state in TAKES_BALLOTS]
