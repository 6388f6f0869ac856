"""Which contributions may ask the same: found beside the event loop, because reading many texts takes a while."""

import asyncio
from collections.abc import Mapping, Sequence

from poll_server.domain.similar import Similar


class Likenesses:
    """The texts of one event, kept as they were compared last; of equal texts nothing is read twice."""

    def __init__(self, language: str) -> None:
        self._similar = Similar(language)
        self._texts: dict[int, str] = {}
        self._comparing = asyncio.Lock()

    async def to(self, id_: int, text: str, others: Mapping[int, str]) -> Sequence[tuple[int, float]]:
        """Return the ids of the others that may ask the same, most alike first, with likeness from 0 to 1."""
        async with self._comparing:
            return await asyncio.to_thread(self._compare, text, {at: one for at, one in others.items() if at != id_})

    def _compare(self, text: str, others: Mapping[int, str]) -> Sequence[tuple[int, float]]:
        for gone in self._texts.keys() - others.keys():
            self._similar.remove(gone)
        for new in [at for at, one in others.items() if self._texts.get(at) != one]:
            self._similar.add(new, others[new])
        self._texts = dict(others)
        return self._similar.suggest(text)
