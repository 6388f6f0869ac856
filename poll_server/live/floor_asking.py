"""Asking the panel: what many send in at once goes into one transaction, and each hears what came of their own."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain import blocked
from poll_server.domain.contributions import (
    Contribution,
    Fate,
    SessionState,
    check_open,
    checked_name,
    checked_text,
    same,
)
from poll_server.domain.errors import PollError, Refused
from poll_server.domain.text import fold
from poll_server.live.floor_keeping import Keeping
from poll_server.live.pace import Pace
from poll_server.live.together import Together
from poll_server.messages.floor import Contribute
from poll_server.storage import contributions

ASKING_PACE = (3, 10.0)
"""So many times in so many seconds one person may ask."""


class Asking:
    """The way of a contribution into the database and memory."""

    def __init__(self, kept: Keeping, spawn: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._kept = kept
        self._together: Together[tuple[str, Contribute], Contribution] = Together(self._ask, spawn)
        self._pace = Pace(*ASKING_PACE)

    async def ask(self, participant: str, message: Contribute) -> Contribution:
        """Store what somebody sends in, with all who do so now, and return it as it stands.

        The same submission again is the same contribution, also when the session is over; with another text it is
        refused. Raises Unknown, Refused or Unavailable.
        """
        return await self._together.do((participant, message))

    async def _ask(self, wishes: Sequence[tuple[str, Contribute]]) -> Sequence[Contribution | PollError]:
        async with self._kept.changing:
            await self._kept.refresh()
            new: list[Contribution] = []
            told: list[Contribution | PollError] = []
            for participant, message in wishes:
                try:
                    one = self._contribution(participant, message, new)
                except PollError as error:
                    told.append(error)
                else:
                    told.append(one)
                    if not one.id:
                        new.append(one)
            if not new:
                return told

            async def add(connection: AsyncConnection) -> dict[contributions.Sending, Contribution]:
                held = await contributions.hold(connection, {one.item_id for one in new})
                taken = [one for one in new if held[one.item_id] is SessionState.OPEN]
                return await contributions.add(connection, taken)

            stored = await self._kept.write(add, again=True)
            for one in stored.values():
                self._kept.memory.take(one)
                self._kept.memory.backers.setdefault(one.id, 0)
                self._kept.tell(one, at_once=False, counted=one.listed)
            return [_as_stored(one, stored) for one in told]

    def _contribution(self, participant: str, message: Contribute, new: Sequence[Contribution]) -> Contribution:
        """Return what a message makes, or what it has made before; raises Unknown or Refused."""
        session = self._kept.memory.session(message.session)
        sending = (session.item_id, participant, message.submission)
        if before := self._kept.memory.sent(sending):
            return _sent_again(before, message)
        check_open(session)
        text = checked_text(message.text)
        if message.addressee and message.addressee not in session.people:
            raise Refused("unknown_addressee")
        mine = [one for one in new if (one.item_id, one.participant) == sending[:2]]
        if again := next((one for one in mine if one.submission == message.submission), None):
            return _sent_again(again, message)
        mine += self._kept.memory.own(participant, session.item_id)
        if len(mine) >= session.maximum:
            raise Refused("asked_enough", maximum=session.maximum)
        if any(same(one.text, text) for one in mine if one.fate is not Fate.WITHDRAWN):
            raise Refused("asked_same")
        name = checked_name(message.name)
        if not self._pace.take(participant, self._kept.now().timestamp()):
            raise Refused("too_fast")
        words = (word for lines in self._kept.memory.rules.blocked.values() for word in lines)
        hits = blocked.hits(f"{name} {text}", words)
        return Contribution(
            id=0,
            item_id=session.item_id,
            participant=participant,
            submission=message.submission,
            text=text,
            at=self._kept.now().replace(second=0, microsecond=0),
            addressee=message.addressee,
            name=name,
            fate=Fate.WAITING if session.moderated or hits else Fate.ACCEPTED,
            hits=hits,
            rehearsal=self._kept.event().rehearsal,
        )


def _sent_again(before: Contribution, message: Contribute) -> Contribution:
    """Return what was sent before under the same id; raises Refused if the message says something else."""
    if (before.text, before.addressee, before.name) != (
        fold(message.text),
        message.addressee,
        checked_name(message.name),
    ):
        raise Refused("sent_before")
    return before


def _as_stored(
    told: Contribution | PollError, stored: Mapping[contributions.Sending, Contribution]
) -> Contribution | PollError:
    """Return what to tell about a new contribution: as it is stored, or that another process has closed the session."""
    if isinstance(told, PollError) or told.id:
        return told
    return stored.get((told.item_id, told.participant, told.submission)) or Refused("session_over")
