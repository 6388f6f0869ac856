"""The urn: secret votes wait in it for company before they are written, because a batch of one names its voter."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from poll_server.domain.ballots import Ballot, Outcome
from poll_server.live.ballot_box import BallotBox
from poll_server.live.meters import Writing
from poll_server.storage import slips
from poll_server.storage.ballots import Counted
from poll_server.storage.database import Database

COMPANY = 10
"""So many votes of one asking are written at once."""
WAIT_SECONDS = 2.0
"""After this they are written, however few."""


_Gathered = tuple[tuple[Ballot, ...], asyncio.Future[Outcome]]


class Urn(BallotBox):
    """A ballot box for secret votes: the acknowledgement comes later, but as before only after the commit."""

    def __init__(
        self,
        database: Database,
        on_counted: Callable[[Counted], None],
        on_trouble: Callable[[bool], None],
        on_doubt: Callable[[], Awaitable[None]],
        writing: asyncio.Lock,
        meter: Writing,
    ) -> None:
        super().__init__(database, on_counted, on_trouble, on_doubt, slips.count, writing, meter)
        self._gathering: dict[tuple[int, int], list[_Gathered]] = {}

    def cast(self, *ballots: Ballot) -> asyncio.Future[Outcome]:
        """As the base, for a single ballot; it is written with others of the same asking, or after a while."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Outcome] = loop.create_future()
        asking = ballots[0].key[:2]
        gathered = self._gathering.setdefault(asking, [])
        gathered.append((ballots, outcome))
        if len(gathered) == COMPANY:
            self._empty(asking, gathered)
        elif len(gathered) == 1:
            loop.call_later(WAIT_SECONDS, self._empty, asking, gathered)
        return outcome

    def _empty(self, asking: tuple[int, int], gathered: list[_Gathered]) -> None:
        """Hand over what has gathered, unless that has been done already."""
        if self._gathering.get(asking) is gathered:
            del self._gathering[asking]
            now = time.monotonic()  # the wait for company is no delay of ours
            for ballots, outcome in gathered:
                self._waiting.put_nowait((ballots, outcome, now))

    async def drained(self) -> None:
        """As the base; nothing waits for company any more."""
        for asking, gathered in list(self._gathering.items()):
            self._empty(asking, gathered)
        await super().drained()


class Boxes:
    """The ballot box and the urn behind one slot; parameters and methods are those of the box."""

    def __init__(
        self,
        database: Database,
        on_counted: Callable[[Counted], None],
        on_trouble: Callable[[bool], None],
        on_doubt: Callable[[], Awaitable[None]],
    ) -> None:
        writing = asyncio.Lock()
        self.meter = Writing()
        self._box = BallotBox(database, on_counted, on_trouble, on_doubt, writing=writing, meter=self.meter)
        self._urn = Urn(database, on_counted, on_trouble, on_doubt, writing, self.meter)

    @property
    def troubled(self) -> bool:
        """Whether the database does not take ballots."""
        return self._box.troubled or self._urn.troubled

    @property
    def waiting(self) -> int:
        """How many votes are not answered yet; those that wait for company in the urn do not count."""
        return self._box.waiting + self._urn.waiting

    @property
    def waited(self) -> float:
        """How many seconds the one that came first of these has waited; 0 if there is none."""
        return max(self._box.waited, self._urn.waited)

    def cast(self, *ballots: Ballot) -> asyncio.Future[Outcome]:
        """Take the ballots of a vote, a secret one into the urn."""
        return (self._urn if ballots[0].secret else self._box).cast(*ballots)

    async def drained(self) -> None:
        """Return when every ballot that waits now has been answered."""
        await asyncio.gather(self._box.drained(), self._urn.drained())

    async def run(self) -> None:
        """Write until cancelled; no error ends it."""
        await asyncio.gather(self._box.run(), self._urn.run())
