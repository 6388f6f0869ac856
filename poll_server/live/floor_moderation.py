"""What moderators do with contributions and sessions, and authors with their own: logged, shown at once, taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain import moderation
from poll_server.domain.access import Role
from poll_server.domain.contributions import Contribution, Fate, Session, SessionState, step
from poll_server.domain.errors import Conflict, Forbidden, Unknown
from poll_server.domain.fates import turn
from poll_server.domain.moderation import Deed, Deeds
from poll_server.live.floor_keeping import Keeping
from poll_server.messages.floor import SessionStep, Undo, Withdraw
from poll_server.storage import backings, contributions
from poll_server.storage.contributions import Hand

UNDO = timedelta(seconds=12)
"""How long a deed can be taken back: ten seconds for people, two for the way."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an order: which contributions it has changed, and the ``batch`` that takes it back, maybe empty."""

    deed: str
    contributions: tuple[int, ...]
    batch: str


@dataclass(frozen=True, slots=True)
class Last:
    """What was done last with a contribution, by whom and when, and in which window of a browser, maybe empty.

    Nobody else has changed it from revision ``since`` to ``now``.
    """

    hand: Hand
    deed: str
    at: datetime
    window: str = ""
    since: int = 0
    now: int = 0


@dataclass(frozen=True, slots=True)
class _Undoable:
    session: int
    before: Mapping[int, Contribution]
    now: Mapping[int, Contribution]
    until: datetime


class Moderation:
    """The way of a deed into the database, the log and memory."""

    def __init__(self, kept: Keeping) -> None:
        self._kept = kept
        self._undoable: dict[str, _Undoable] = {}
        self.last: dict[int, Last] = {}
        """Since this process has started, by contribution."""

    async def withdraw(self, participant: str, message: Withdraw) -> Contribution:
        """Take back an own contribution that waits, and return it; twice is once.

        Raises Unknown, Forbidden or Unavailable.
        """
        async with self._kept.changing:
            await self._kept.refresh()
            one = self._kept.memory.contribution(message.contribution)
            if one.participant != participant:
                raise Unknown("unknown_contribution")
            if one.fate is not Fate.WITHDRAWN:
                session = self._changeable(one.item_id)
                after = moderation.withdraw(one, self._kept.memory.there(one.item_id))
                await self._change(session, Deed.WITHDRAW, Hand(Role.AUDIENCE), after)
            return self._kept.memory.contribution(one.id)

    async def carry_out(self, order: Deeds, hand: Hand, window: str = "") -> Done:
        """Carry out an order whole; everybody sees it at once.

        What has been changed since it was seen, but in the same ``window`` only, counts as seen: of two quick orders
        the second one may have been given before the first was answered.

        Raises Unknown, Forbidden, Refused for a text that does not fit, Conflict when somebody else was faster with any
        of the contributions, or Unavailable; then nothing has changed.
        """
        async with self._kept.changing:
            await self._kept.refresh()
            session = self._changeable(order.session)
            seen = ((id_, self._seen(id_, revision, window)) for id_, revision in order.contributions)
            order = replace(order, contributions=tuple(seen))
            after = moderation.plan(order, self._kept.memory.there(session.item_id), self._kept.memory.rules.reasons)
            before = {id_: self._kept.memory.contribution(id_) for id_ in after}
            batch = await self._change(session, order.deed, hand, after, window)
            if batch:
                self._remember(batch, session, before)
            return Done(order.deed, tuple(after), batch)

    def _seen(self, id_: int, revision: int, window: str) -> int:
        """Return the revision that a window knows of which has seen this one and was not answered since."""
        last = self.last.get(id_)
        known = window and last and last.window == window and last.since <= revision
        return max(revision, last.now) if known and last else revision

    def _remember(self, batch: str, session: Session, before: Mapping[int, Contribution]) -> None:
        now = self._kept.now()
        self._undoable = {name: one for name, one in self._undoable.items() if one.until > now}
        stands = {id_: self._kept.memory.contribution(id_) for id_ in before}
        self._undoable[batch] = _Undoable(session.item_id, before, stands, now + UNDO)

    async def undo(self, message: Undo, hand: Hand) -> Done:
        """Take back a batch of deeds whole, within ten seconds; only who gave the order knows the batch.

        Raises Forbidden when it is too late, Conflict when any of it has been changed since, or Unavailable.
        """
        async with self._kept.changing:
            await self._kept.refresh()
            found = self._undoable.get(message.batch)
            if found is None or found.until < self._kept.now():
                raise Forbidden("undo")
            session = self._changeable(found.session)
            after = moderation.undo(found.before, found.now, self._kept.memory.there(session.item_id))
            await self._change(session, "undo", hand, after)
            del self._undoable[message.batch]
            return Done("undo", tuple(after), "")

    async def step(self, message: SessionStep, hand: Hand) -> Session:
        """Open, close, archive or restore a session; raises Unknown, Forbidden, Conflict or Unavailable."""
        async with self._kept.changing:
            await self._kept.refresh()
            session = self._kept.memory.session(message.session)
            if session.revision != message.seen:
                raise Conflict("conflict")
            after = step(session.state, message.action)
            rehearsal = self._kept.event().rehearsal

            async def take(connection: AsyncConnection) -> Session:
                taken = await contributions.take_step(connection, session, after, rehearsal=rehearsal)
                await contributions.note_step(connection, session, message.action, after, hand, self._kept.now())
                return taken

            stands = self._kept.memory.sessions[session.item_id] = await self._kept.write(take)
            self._kept.renew()
        log.info("question session", code=self._kept.event().code, session=session.item_id, state=stands.state)
        return stands

    def _changeable(self, item_id: int) -> Session:
        session = self._kept.memory.session(item_id)
        if session.state is SessionState.ARCHIVED:
            raise Forbidden("archived")
        return session

    async def _change(
        self, session: Session, deed: str, hand: Hand, after: Mapping[int, Contribution], window: str = ""
    ) -> str:
        """Store a change with its line in the log, and take it; returns the name of its batch, empty for no change."""
        if not after:
            return ""
        batch, at = token_hex(8), self._kept.now()
        before = {id_: self._kept.memory.contribution(id_) for id_ in after}
        moved = {id_ for id_, one in after.items() if one.joined != before[id_].joined}
        sets = {before[id_].root for id_ in moved} | {after[id_].root for id_ in moved}

        async def change(connection: AsyncConnection) -> tuple[dict[int, Contribution], dict[int, int]]:
            stands = await contributions.change(connection, session.item_id, before, after)
            changed = [(before[id_], one) for id_, one in stands.items()]
            await contributions.note_deeds(connection, session.item_id, deed, hand, at, batch, changed)
            return stands, await backings.count(connection, sets)

        memory, following = self._kept.memory, self._following(session)
        stands, backers = await self._kept.write(change)
        for one in stands.values():
            memory.turn(one.id, turn(at, *moderation.difference(before[one.id], one)))
            memory.take(one)
            since = self._since(before[one.id], window)
            self.last[one.id] = Last(hand, deed, at, window, since, one.revision)
        memory.backers |= backers
        for id_, one in stands.items():
            at_once = Fate.CURRENT in (before[id_].fate, one.fate) or one.fate is Fate.ANSWERED
            self._kept.tell(one, at_once=at_once, counted=before[id_].listed != one.listed)
        if following != (present := self._following(session)):
            for id_ in filter(None, (following, present)):
                self._kept.tell(memory.contribution(id_), at_once=False)
        log.info("deed", code=self._kept.event().code, session=session.item_id, deed=deed, contributions=len(stands))
        return batch

    def _since(self, before: Contribution, window: str) -> int:
        """Return from which revision on only this window has changed a contribution, up to ``before``."""
        last = self.last.get(before.id)
        return last.since if last and (last.window, last.now) == (window, before.revision) else before.revision

    def _following(self, session: Session) -> int:
        """Return the contribution that is planned as the next one, 0 for none; its author is told so."""
        return next((one.id for one in self._kept.memory.planned(session.item_id)), 0)
