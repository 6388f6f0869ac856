"""Backing contributions: what many wish at once goes into one transaction; the database counts the people."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.contributions import PUBLIC, check_backing, takes_backing
from poll_server.domain.errors import PollError, Refused, Unknown
from poll_server.live.floor_keeping import Keeping
from poll_server.live.pace import Pace
from poll_server.live.together import Together
from poll_server.messages.floor import Back
from poll_server.storage import backings, contributions

BACKING_PACE = (60, 10.0)
"""So many times in so many seconds one person may back something or take it back."""


@dataclass(frozen=True, slots=True)
class Backed:
    """What came of backing: the contribution that stands for it, whether it is backed now, and by how many people."""

    contribution: int
    backed: bool
    backers: int


class Backing:
    """The way of a backing into the database and memory."""

    def __init__(self, kept: Keeping, spawn: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._kept = kept
        self._together: Together[tuple[str, Back], Backed] = Together(self._back, spawn)
        self._pace = Pace(*BACKING_PACE)

    async def back(self, participant: str, message: Back) -> Backed:
        """Store that somebody backs a contribution, or does not any more; raises Unknown, Refused or Unavailable."""
        return await self._together.do((participant, message))

    async def _back(self, wishes: Sequence[tuple[str, Back]]) -> Sequence[Backed | PollError]:
        async with self._kept.changing:
            await self._kept.refresh()
            pairs: dict[tuple[int, str], bool] = {}
            told: list[Backed | PollError] = []
            for participant, message in wishes:
                try:
                    told.append(self._backed(participant, message, pairs))
                except PollError as error:
                    told.append(error)
            if pairs:
                session_of = {id_: self._kept.memory.contribution(id_).item_id for id_, _ in pairs}
                roots = {self._kept.memory.contribution(id_).root for id_, _ in pairs}

                async def keep(connection: AsyncConnection) -> tuple[dict[tuple[int, str], bool], dict[int, int]]:
                    held = await contributions.hold(connection, set(session_of.values()))
                    kept = {
                        pair: backed
                        for pair, backed in pairs.items()
                        if takes_backing(held[session_of[pair[0]]], backed=backed)
                    }
                    await backings.keep(connection, kept)
                    return kept, await backings.count(connection, roots)

                kept, backers = await self._kept.write(keep, again=True)
                self._kept.memory.note(kept, backers)
                self._kept.tell_numbers()
                late = pairs.keys() - kept.keys()  # another process has closed the session
                told = [
                    Refused("not_backable") if isinstance(one, Backed) and (one.contribution, who) in late else one
                    for one, (who, _) in zip(told, wishes, strict=True)
                ]
            return [
                replace(one, backers=self._kept.memory.backers.get(one.contribution, 0))
                if isinstance(one, Backed)
                else one
                for one in told
            ]

    def _backed(self, participant: str, message: Back, pairs: dict[tuple[int, str], bool]) -> Backed:
        """Add what a wish changes to ``pairs``, nothing if it stands so already; raises Unknown or Refused."""
        one = self._kept.memory.contribution(message.contribution)
        root = self._kept.memory.contribution(one.root)
        if not {one.fate, root.fate} <= PUBLIC:
            raise Unknown("unknown_contribution")
        together = self._kept.memory.together(root.id)
        told = Backed(root.id, message.backed, 0)
        standing = pairs.get((root.id, participant), self._kept.memory.backs(participant, root.id))
        if standing == message.backed:
            return told
        check_backing(self._kept.memory.session(root.item_id), root.fate, backed=message.backed)
        if message.backed and participant in {one.participant for one in (root, *together)}:
            raise Refused("own")
        if not self._pace.take(participant, self._kept.now().timestamp()):
            raise Refused("too_fast")
        pairs[root.id, participant] = message.backed
        if not message.backed:
            pairs.update({(one.id, participant): False for one in together})
        return told
