"""The ballot box: the one place where a ballot becomes counted.

It takes all ballots that wait, counts them in one transaction, acknowledges them, and starts over: group commit
without a timer. An idle box answers at the speed of one commit; a full one writes batches.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import TypeVar

import structlog

from poll_server.domain.ballots import Ballot, Outcome, together
from poll_server.domain.errors import Unavailable
from poll_server.live.meters import Writing
from poll_server.storage.ballots import Counted, count
from poll_server.storage.database import Database, is_passing

BATCH_MAXIMUM = 1000
ATTEMPTS = 3
PAUSE_SECONDS = 0.05
PROBE_SECONDS = 2.0
"""How often a box without votes sees whether a database in trouble takes something again."""

log = structlog.get_logger()

_T = TypeVar("_T")
_Waiting = tuple[tuple[Ballot, ...], asyncio.Future[Outcome], float]
"""A vote, its answer, and since when it waits."""


class BallotBox:
    """Counts ballots; one writer in the process.

    ``on_counted`` is called after each commit and before the acknowledgements, with what changed; ``on_trouble`` with
    True when the database does not take ballots and with False when it does again. ``on_doubt`` is awaited after the
    first commit that follows a failure, while nothing else is written: the failed attempt may have been committed and
    only its answer lost, so what is kept in memory has to be read anew. ``count`` writes a batch; boxes that share what
    is kept in memory share the lock ``writing`` too. Its work is noted in ``meter``.
    """

    def __init__(
        self,
        database: Database,
        on_counted: Callable[[Counted], None],
        on_trouble: Callable[[bool], None],
        on_doubt: Callable[[], Awaitable[None]],
        count: Callable[[Database, Sequence[Ballot]], Awaitable[Counted]] = count,
        writing: asyncio.Lock | None = None,
        meter: Writing | None = None,
    ) -> None:
        self._meter = meter or Writing()
        self._database = database
        self._count_batch = count
        self._writing = writing or asyncio.Lock()
        self._on_counted = on_counted
        self._on_trouble = on_trouble
        self._on_doubt = on_doubt
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._batch: list[_Waiting] = []  # that is being written
        self.troubled = False
        """Whether the database does not take ballots."""
        self._doubtful = False

    def cast(self, *ballots: Ballot) -> asyncio.Future[Outcome]:
        """Take the ballots of a vote, all in one transaction; the future tells what became of it once that is durable.

        It raises Unavailable when the database does not take the vote now; it can be cast again.
        """
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((ballots, outcome, time.monotonic()))
        return outcome

    @property
    def waiting(self) -> int:
        """How many votes are not answered yet."""
        return len(self._batch) + self._waiting.qsize()

    @property
    def waited(self) -> float:
        """How many seconds the one that came first of these has waited; 0 if there is none."""
        return time.monotonic() - self._batch[0][2] if self._batch else 0.0

    async def drained(self) -> None:
        """Return when every vote that waits now has been answered."""
        await self._waiting.join()

    async def run(self) -> None:
        """Write until cancelled; no error ends it."""
        while True:
            batch = self._batch = [await self._next()]
            ballots = len(batch[0][0])
            while ballots < BATCH_MAXIMUM and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
                ballots += len(batch[-1][0])
            try:
                async with self._writing:
                    await self._settle(batch)
            finally:
                self._batch = []
                for _ in batch:
                    self._waiting.task_done()

    async def _next(self) -> _Waiting:
        """Return the vote that came first; while there is none, see whether the database's trouble has passed."""
        while True:
            try:
                async with asyncio.timeout(PROBE_SECONDS if self.troubled else None):
                    return await self._waiting.get()
            except TimeoutError:
                await self._probe()

    async def _probe(self) -> None:
        try:
            async with self._writing:
                await self._database.check_writing()
        except Exception as error:  # whatever it is: not yet
            log.warning("nothing can be written", error=type(error).__name__)
        else:
            self._set_trouble(False)

    async def _settle(self, batch: Sequence[_Waiting]) -> None:
        """Count a batch; halve it until a vote that the database rejects stands alone."""
        try:
            counted = await self._count([ballot for ballots, *_ in batch for ballot in ballots])
        except Unavailable as error:
            _fail(batch, error)
        except Exception as error:  # the writer must live: without it no later ballot would be answered
            if len(batch) > 1:
                middle = len(batch) // 2
                await self._settle(batch[:middle])
                await self._settle(batch[middle:])
                return
            log.error("ballot rejected by the database", error=type(error).__name__)
            self._meter.outcomes[Outcome.REFUSED] += len(batch[0][0])
            _answer(batch, [Outcome.REFUSED] * len(batch[0][0]))
        else:
            _tell(self._on_counted, counted)
            if self._doubtful:
                await self._resolve_doubt()
            _answer(batch, counted.outcomes)
            self._meter.note_answered([since for *_, since in batch], time.monotonic())

    async def _resolve_doubt(self) -> None:
        try:
            await self._on_doubt()
        except Exception as error:  # as with a listener: the ballots are stored, and the next commit asks again
            log.warning("memory not compared with the database", error=type(error).__name__)
        else:
            self._doubtful = False

    async def _count(self, ballots: list[Ballot]) -> Counted:
        """Try a few times while the database's trouble may pass; raises Unavailable when it does not."""
        for attempt in range(ATTEMPTS):
            begun = time.monotonic()
            try:
                counted = await self._count_batch(self._database, ballots)
            except Exception as error:
                if not is_passing(error):
                    raise
                self._doubtful = True
                self._meter.failures += 1
                log.warning("ballots not written", ballots=len(ballots), attempt=attempt, error=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS * 2**attempt)
            else:
                self._meter.note_commit(counted.outcomes, time.monotonic() - begun)
                self._set_trouble(False)
                return counted
        self._set_trouble(True)
        raise Unavailable("unavailable")

    def _set_trouble(self, troubled: bool) -> None:
        if troubled != self.troubled:
            self.troubled = troubled
            _tell(self._on_trouble, troubled)


def _tell(listener: Callable[[_T], None], what: _T) -> None:
    """Call a listener; what it raises may keep no acknowledgement back and end no writer."""
    try:
        listener(what)
    except Exception:
        log.exception("listener of the ballot box failed")


def _answer(batch: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
    rest = iter(outcomes)
    for ballots, future, _ in batch:
        found = tuple(islice(rest, len(ballots)))
        if not future.done():
            future.set_result(together(ballots, found))


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for _, future, _ in batch:
        if not future.done():
            future.set_exception(error)
