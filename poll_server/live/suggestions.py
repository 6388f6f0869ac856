"""Which of the others each waiting contribution may ask the same as: looked up beside the pages, each text once."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence

from poll_server.domain.contributions import GONE, Contribution
from poll_server.domain.errors import Unknown
from poll_server.live.floor_memory import Memory

SHOWN = 2
"""So many are suggested at a contribution in a list."""
REST_SHARE = 2.0
"""After each look-up so many times its length nothing is looked up: it takes the processor from who asks and backs."""


class Suggestions:
    """What was found for the contributions of one event, by id, together with the text that it was found for.

    ``similar`` finds what may ask the same as one; ``memory`` is what is known now.
    """

    def __init__(
        self,
        similar: Callable[[int], Awaitable[Sequence[tuple[Contribution, float]]]],
        memory: Callable[[], Memory],
    ) -> None:
        self._similar = similar
        self._memory = memory
        self._found: dict[int, tuple[str, tuple[int, ...]]] = {}
        self._searching: asyncio.Task[None] | None = None

    @property
    def number(self) -> int:
        """How many have been looked up, for ETags."""
        return len(self._found)

    async def look_up(self, ones: Iterable[Contribution], within: float) -> bool:
        """Look up those that are new or have other words; return whether all are found in so many seconds."""
        missing = [one.id for one in ones if self._found.get(one.id, ("", ()))[0] != one.published]
        if missing and (self._searching is None or self._searching.done()):
            self._searching = asyncio.create_task(self._search(missing))
        if missing and self._searching:
            await asyncio.wait([self._searching], timeout=within)
        return not missing or self._searching is None or self._searching.done()

    async def _search(self, ids: Iterable[int]) -> None:
        for id_ in ids:
            try:
                text = self._memory().contribution(id_).published
                begun = time.monotonic()
                alike = await self._similar(id_)
                await asyncio.sleep(REST_SHARE * (time.monotonic() - begun))
            except Unknown:  # wiped with a rehearsal
                continue
            self._found[id_] = (text, tuple(other.id for other, _ in alike))

    def of(self, one: Contribution) -> list[Contribution]:
        """Return what may ask the same and could still be joined with, most alike first."""
        text, ids = self._found.get(one.id, ("", ()))
        if text != one.published:
            return []
        there = self._memory().there(one.item_id)
        others = (there[id_] for id_ in ids if id_ in there)
        return [other for other in others if not other.joined and other.fate not in GONE and other.id != one.id]
