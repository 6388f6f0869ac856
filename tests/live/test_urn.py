"""Secret votes wait for company: ten, or a while, or the closing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from poll_server.domain.ballots import Ballot, Outcome
from poll_server.domain.rounds import Action
from poll_server.live.urn import COMPANY, WAIT_SECONDS, Boxes
from poll_server.storage.ballots import Counted
from poll_server.storage.database import Database
from tests.storage.databases import ballot, definition, draft, ids, migrated, stepped, stored

PATIENCE_SECONDS = 8.0
SECRET = replace(definition(), rules={"secret": True})


class Polling:
    """Boxes that run, a database, and the batches that were written."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.batches: list[int] = []
        self.boxes = Boxes(database, self._note, lambda _: None, _certain)

    def _note(self, counted: Counted) -> None:
        self.batches.append(len(counted.outcomes))

    async def ask(self) -> int:
        """Open a secret question of a new event."""
        event = await stored(self.database, draft([SECRET]))
        await stepped(self.database, event, Action.OPEN, ids(event)[0])
        return ids(event)[0]


async def _certain() -> None:
    """There is no doubt."""


@asynccontextmanager
async def polling(folder: Path) -> AsyncIterator[Polling]:
    """Boxes on a database of their own."""
    async with migrated(f"sqlite+aiosqlite:///{folder / 'poll.sqlite3'}") as database:
        here = Polling(database)
        running = asyncio.create_task(here.boxes.run())
        try:
            yield here
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def crowd(question: int, count: int, start: int = 0) -> list[Ballot]:
    """Secret ballots of so many people."""
    return [replace(ballot(question, f"p{at}"), secret=True) for at in range(start, start + count)]


async def all_of(outcomes: Sequence[asyncio.Future[Outcome]]) -> list[Outcome]:
    """What became of these."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        return list(await asyncio.gather(*outcomes))


async def test_ten_are_written_at_once(tmp_path: Path) -> None:
    """Nine wait; with the tenth all are written in one batch, and an eleventh waits for company of its own."""
    async with polling(tmp_path) as here:
        question = await here.ask()
        waiting = [here.boxes.cast(one) for one in crowd(question, COMPANY - 1)]
        assert await here.boxes.cast(ballot(question, "public")) is Outcome.COUNTED
        assert (here.batches, [one.done() for one in waiting]) == ([1], [False] * 9)
        waiting += [here.boxes.cast(one) for one in crowd(question, 2, COMPANY)]
        assert await all_of(waiting) == [Outcome.COUNTED] * (COMPANY + 1)
        assert here.batches == [1, COMPANY, 1]


async def test_fewer_are_written_after_a_while(tmp_path: Path) -> None:
    """Three are written together, not before the wait is over; each question waits for itself."""
    async with polling(tmp_path) as here:
        one, other = await here.ask(), await here.ask()
        begun = asyncio.get_running_loop().time()
        waiting = [here.boxes.cast(vote) for vote in (*crowd(one, COMPANY - 4), *crowd(other, 5))]
        assert await all_of(waiting) == [Outcome.COUNTED] * (COMPANY + 1)
        assert asyncio.get_running_loop().time() - begun >= WAIT_SECONDS * 0.99
        assert here.batches in ([COMPANY - 4, 5], [COMPANY + 1])


async def test_draining_empties_the_urn(tmp_path: Path) -> None:
    """Whoever waits is written when the boxes are drained, as before a closing, and later ones gather anew."""
    async with polling(tmp_path) as here:
        question = await here.ask()
        waiting = [here.boxes.cast(one) for one in crowd(question, 2)]
        async with asyncio.timeout(PATIENCE_SECONDS):
            await here.boxes.drained()
        assert [one.done() for one in waiting] == [True, True]
        later = [here.boxes.cast(one) for one in crowd(question, COMPANY, 2)]
        assert await all_of([*waiting, *later]) == [Outcome.COUNTED] * (COMPANY + 2)
        assert here.batches == [2, COMPANY]
