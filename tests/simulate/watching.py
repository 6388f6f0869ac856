"""A simulation that a test looks at while it runs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from poll_server.simulate import Report, simulate

PATIENCE_SECONDS = 15.0


class Watched:
    """The reports of a simulation; ``stop`` ends it in order and gives the last one."""

    def __init__(self) -> None:
        self.leave = asyncio.Event()
        self.task: asyncio.Task[Report] | None = None
        self._report: Report | None = None
        self._news = asyncio.Event()

    def hear(self, report: Report) -> None:
        """Take the next report."""
        self._report = report
        self._news.set()

    async def until(self, wanted: Callable[[Report], object]) -> Report:
        """Wait for a report that is ``wanted``; at most 15 s."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while self._report is None or not wanted(self._report):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"it never came to that: {self._report}") from None
        return self._report

    async def stop(self) -> Report:
        """End it and return what was found."""
        assert self.task is not None
        self.leave.set()
        return await asyncio.wait_for(self.task, PATIENCE_SECONDS)


@asynccontextmanager
async def simulating(
    url: str, participants: int, *, pace: float, patience: float = 10.0, alone: bool = True
) -> AsyncIterator[Watched]:
    """Run a simulation beside the test; it does not outlive it."""
    watched = Watched()
    running = simulate(
        url,
        participants,
        seconds=None,
        pace=pace,
        seed=7,
        watch=watched.hear,
        stop=watched.leave,
        alone=alone,
        patience=patience,
    )
    watched.task = asyncio.create_task(running)
    try:
        yield watched
    finally:
        watched.task.cancel()
        await asyncio.gather(watched.task, return_exceptions=True)
