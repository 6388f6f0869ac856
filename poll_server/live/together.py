"""What many wish at the same moment is carried out at once: an audience does the same thing in the same second."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

from poll_server.domain.errors import PollError

AT_ONCE_MAXIMUM = 250
"""Wishes carried out at once; others, a moderator among them, get a turn in between."""

_Wish = TypeVar("_Wish")
_Told = TypeVar("_Told")


class Together(Generic[_Wish, _Told]):
    """Collects wishes while earlier ones are carried out, without a timer: an idle one begins at once.

    ``carry_out`` gets wishes in the order in which they came, and returns for each its result or why it is refused;
    what it raises is told to all of them. ``spawn`` runs it in the background, so that nobody who leaves takes the
    others with them.
    """

    def __init__(
        self,
        carry_out: Callable[[Sequence[_Wish]], Awaitable[Sequence[_Told | PollError]]],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._carry_out = carry_out
        self._spawn = spawn
        self._waiting: list[tuple[_Wish, asyncio.Future[_Told]]] = []
        self._working = False

    async def do(self, wish: _Wish) -> _Told:
        """Return what came of a wish when it is carried out; raises why it was refused, or what ended its batch."""
        outcome: asyncio.Future[_Told] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, outcome))
        if not self._working:
            self._working = True
            self._spawn(self._work())
        return await outcome

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_ONCE_MAXIMUM], self._waiting[AT_ONCE_MAXIMUM:]
            told: Sequence[_Told | Exception]
            try:
                told = await self._carry_out([wish for wish, _ in batch])
            except Exception as error:
                told = [error] * len(batch)
            for (_, outcome), one in zip(batch, told, strict=True):
                if outcome.done():  # its waiter has left
                    continue
                if isinstance(one, Exception):
                    outcome.set_exception(one)
                else:
                    outcome.set_result(one)
        self._working = False
