"""Numbers over the time of a day, in steps that a picture and a table can show."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

STEPS_MAXIMUM = 36
"""So many bars of a picture, and rows of its table."""
_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60))


@dataclass(frozen=True, slots=True)
class Step:
    """One of the equal steps of a picture: when it starts, and its number."""

    starts: datetime
    n: int


@dataclass(frozen=True, slots=True)
class OverTime:
    """Equal steps without holes, from the first to the last with a number; none when there are no numbers."""

    steps: tuple[Step, ...]
    every: timedelta

    @property
    def most(self) -> int:
        """The greatest number."""
        return max((step.n for step in self.steps), default=0)

    @property
    def peak(self) -> Step | None:
        """The first step with the greatest number."""
        return max(self.steps, key=lambda step: step.n, default=None)

    @property
    def minutes(self) -> int:
        """How long a step is."""
        return int(self.every.total_seconds()) // 60


def over_time(numbers: Sequence[tuple[datetime, int]], fold: Callable[[Iterable[int]], int]) -> OverTime:
    """Put numbers at minutes of at most two days together: ``max`` where they were read, ``sum`` of what happened.

    Between minutes with a number there is none, which is nought.
    """
    if not numbers:
        return OverTime((), _STEPS[0])
    zone = numbers[0][0].tzinfo
    stamps = [(int(at.timestamp()), n) for at, n in numbers]
    first, last = min(at for at, _ in stamps), max(at for at, _ in stamps)
    every = next((step for step in _STEPS if (last - first) / step.total_seconds() < STEPS_MAXIMUM - 1), _STEPS[-1])
    seconds = int(every.total_seconds())
    found: dict[int, list[int]] = {}
    for at, n in stamps:
        found.setdefault(at // seconds, []).append(n)
    steps = (
        Step(datetime.fromtimestamp(at * seconds, zone), fold(found.get(at, [0])))
        for at in range(first // seconds, last // seconds + 1)
    )
    return OverTime(tuple(steps), every)
