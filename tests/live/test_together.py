"""What many wish at the same moment: batches, and what each of them hears."""

import asyncio
from collections.abc import Sequence

from poll_server.domain.errors import PollError, Refused
from poll_server.live.together import AT_ONCE_MAXIMUM, Together


class Hands:
    """Carries wishes out once it may: says them in capitals, refuses an empty one, and drops what it carries at "!"."""

    def __init__(self) -> None:
        self.may = asyncio.Event()
        self.batches: list[int] = []
        self.begun = asyncio.Event()
        self.together = Together(self.carry_out, asyncio.create_task)

    async def carry_out(self, wishes: Sequence[str]) -> Sequence[str | PollError]:
        """Answer each wish."""
        self.batches.append(len(wishes))
        self.begun.set()
        await self.may.wait()
        if "!" in wishes:
            raise OSError("dropped")
        return [wish.upper() if wish else Refused("empty") for wish in wishes]

    async def wish(self, *wishes: str) -> list[asyncio.Task[str]]:
        """Wish all of these at once; the tasks tell what comes of them."""
        tasks = [asyncio.create_task(self.together.do(wish)) for wish in wishes]
        await self.begun.wait()
        return tasks


async def outcomes(*tasks: asyncio.Task[str]) -> list[str]:
    """What each heard: their result, or the class of what was raised."""
    async with asyncio.timeout(8):
        told = await asyncio.gather(*tasks, return_exceptions=True)
    return [one if isinstance(one, str) else type(one).__name__ for one in told]


async def test_wishes_that_come_meanwhile_are_one_batch() -> None:
    """The first is carried out at once, those who wait for it together; each hears their own, in any case."""
    hands = Hands()
    first = await hands.wish("a")
    second = await hands.wish("b", "", "c")
    await asyncio.sleep(0)
    hands.may.set()
    assert await outcomes(*first, *second) == ["A", "B", "Refused", "C"]
    assert hands.batches == [1, 3]


async def test_wishes_at_once_are_bounded() -> None:
    """A batch holds no more than may be carried out in one turn; all are answered."""
    hands = Hands()
    hands.may.set()
    told = await outcomes(*await hands.wish(*["a"] * (2 * AT_ONCE_MAXIMUM + 1)))
    assert (set(told), hands.batches) == ({"A"}, [AT_ONCE_MAXIMUM, AT_ONCE_MAXIMUM, 1])


async def test_failure_is_told_to_its_batch_only() -> None:
    """What ends a batch is told to all in it; the next wish is carried out."""
    hands = Hands()
    hands.may.set()
    assert await outcomes(*await hands.wish("a", "!", "")) == ["OSError"] * 3
    assert await outcomes(*await hands.wish("b")) == ["B"]


async def test_one_who_leaves_takes_nobody_along() -> None:
    """The wishes of a batch are carried out, and told to the others, whoever stops waiting."""
    hands = Hands()
    leaving, *others = await hands.wish("a", "b", "c")
    await asyncio.sleep(0)
    leaving.cancel()
    hands.may.set()
    assert await outcomes(leaving, *others) == ["CancelledError", "B", "C"]
