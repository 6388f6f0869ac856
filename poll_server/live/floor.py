"""The questions from the floor in a running event: everything that pages, sockets and desks ask for, in one place.

Stored before shown, acknowledged only when stored. `floor_memory` is what is known, `floor_keeping` writes it,
`floor_views` makes of it what somebody may see.
"""

from collections.abc import Callable, Coroutine
from datetime import datetime
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

from poll_server.domain.contributions import GONE, Contribution, Fate, Session, SessionState
from poll_server.domain.errors import Unknown
from poll_server.domain.moderation import Deeds
from poll_server.domain.rounds import Event
from poll_server.live.floor_asking import Asking
from poll_server.live.floor_backing import Backed, Backing
from poll_server.live.floor_frames import FloorFrames
from poll_server.live.floor_keeping import Keeping
from poll_server.live.floor_memory import Memory
from poll_server.live.floor_moderation import Done, Last, Moderation
from poll_server.live.hub import Audience, Hub
from poll_server.live.likenesses import Likenesses
from poll_server.live.suggestions import Suggestions
from poll_server.messages.floor import Back, Contribute, SessionStep, Undo, Withdraw
from poll_server.render import Site, View
from poll_server.storage.contributions import Hand
from poll_server.storage.database import Database


class Floor:
    """The audience-question sessions of one event; ``key`` is that of its pseudonyms.

    ``see``, ``version`` and ``site`` are as in `FloorFrames`, the rest as in `Keeping`. ``hub`` has those who look.
    """

    def __init__(
        self,
        database: Database,
        memory: Memory,
        event: Callable[[], Event],
        now: Callable[[], datetime],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        key: bytes,
        *,
        see: Callable[[Audience], View],
        version: Callable[[], int],
        site: Site,
    ) -> None:
        self.hub = Hub()
        self.kept = Keeping(database, memory, event, now)
        self._asking = Asking(self.kept, spawn)
        self._backing = Backing(self.kept, spawn)
        self._moderation = Moderation(self.kept)
        self._likenesses = Likenesses(event().language)
        self.suggestions = Suggestions(self.similar, lambda: self.memory)
        self._key = key
        self.frames = FloorFrames(self.kept, see, version, site, self.answer_key)

    @property
    def memory(self) -> Memory:
        """What is known now; views are made of it."""
        return self.kept.memory

    @property
    def waiting(self) -> int:
        """How many contributions wait for moderators, in all sessions that are not archived."""
        there = [one for one in self.memory.sessions.values() if one.state is not SessionState.ARCHIVED]
        found = (one for session in there for one in self.memory.there(session.item_id).values())
        return sum(one.fate is Fate.WAITING and not one.joined for one in found)

    @property
    def is_empty(self) -> bool:
        """Whether nobody has asked anything yet."""
        return not self.memory.people

    async def ask(self, participant: str, message: Contribute) -> Contribution:
        """Store what somebody sends in and return it as it stands; raises Unknown, Refused or Unavailable.

        The same submission again is the same contribution, also when the session is over.
        """
        return await self._asking.ask(participant, message)

    async def back(self, participant: str, message: Back) -> Backed:
        """Store that somebody backs a contribution, or does not any more; raises Unknown, Refused or Unavailable."""
        return await self._backing.back(participant, message)

    async def withdraw(self, participant: str, message: Withdraw) -> Contribution:
        """Take back an own contribution that waits, and return it; raises Unknown, Forbidden or Unavailable."""
        return await self._moderation.withdraw(participant, message)

    async def carry_out(self, order: Deeds, hand: Hand, window: str = "") -> Done:
        """Carry out a moderator's order whole, given in this window of a browser.

        Raises Unknown, Forbidden, Refused, Conflict or Unavailable.
        """
        return await self._moderation.carry_out(order, hand, window)

    async def undo(self, message: Undo, hand: Hand) -> Done:
        """Take an order back whole; raises Forbidden when it is too late, Conflict or Unavailable."""
        return await self._moderation.undo(message, hand)

    def last(self, id_: int) -> Last | None:
        """Return what was done last with a contribution, None for nothing since this process has started."""
        return self._moderation.last.get(id_)

    async def step(self, message: SessionStep, hand: Hand) -> Session:
        """Open, close, archive or restore a session; raises Unknown, Forbidden, Conflict or Unavailable."""
        return await self._moderation.step(message, hand)

    async def similar(self, id_: int) -> list[tuple[Contribution, float]]:
        """Return what may ask the same as a contribution, most alike first, with likeness from 0 to 1.

        Only what stands for itself and could be joined with it. Raises Unknown.
        """
        one = self.memory.contribution(id_)
        others = self.memory.there(one.item_id).values()
        texts = {other.id: other.published for other in others if not other.joined and other.fate not in GONE}
        found = await self._likenesses.to(one.id, one.published, texts)
        return [(self.memory.contribution(other), like) for other, like in found]

    def answer_key(self, id_: int) -> str:
        """Return the key of the private link to a contribution's answer; nothing of it is stored. Raises Unknown."""
        return answer_key(self.memory.contribution(id_), self._key)

    def by_answer_key(self, key: str) -> Contribution:
        """Return the contribution that a private link is for; raises Unknown."""
        id_ = key.partition("-")[0]
        if not (key.isascii() and id_.isdigit() and len(id_) < 20 and compare_digest(self.answer_key(int(id_)), key)):
            raise Unknown("unknown_page")
        return self.memory.contribution(int(id_))


def answer_key(one: Contribution, key: bytes) -> str:
    """Return the key of the private link to a contribution's answer, in the event whose pseudonyms have this key.

    It is of the submission, too: a database may give the id of one that was wiped with a rehearsal to another one.
    """
    named = f"{one.id}:{one.submission}".encode()
    return f"{one.id}-{blake2b(named, key=key, digest_size=16, person=b'answer').hexdigest()}"
