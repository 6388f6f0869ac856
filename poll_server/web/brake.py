"""Slowing down who guesses passwords: in memory only, for an hour, and never for good."""

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from poll_server.domain.accounts import wait_after

FORGOTTEN_SECONDS = 3600.0
REMEMBERED_MAXIMUM = 10_000
"""More are not kept; the oldest goes first."""

Keys = Mapping[str, int]
"""What failures are counted for, with how many of each are free: an account, a network, a browser."""


@dataclass(slots=True)
class _Failed:
    times: int = 0
    last: float = 0.0


class Brake:
    """Counts failures. ``clock`` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failed: OrderedDict[str, _Failed] = OrderedDict()

    def take(self, keys: Keys) -> int:
        """Count an attempt as failed beforehand, so that of many at the same moment no more than these are tried.

        Returns the seconds to wait first; then nothing has been counted.
        """
        now = self._clock()
        while self._failed and next(iter(self._failed.values())).last < now - FORGOTTEN_SECONDS:
            self._failed.popitem(last=False)
        waits = (self._wait(self._failed.get(key, _Failed()), free, now) for key, free in keys.items())
        if wait := max(waits, default=0):
            return wait
        for key in keys:
            failed = self._failed.setdefault(key, _Failed())
            failed.times, failed.last = failed.times + 1, now
            self._failed.move_to_end(key)
        while len(self._failed) > REMEMBERED_MAXIMUM:
            self._failed.popitem(last=False)
        return 0

    def succeed(self, keys: Keys) -> None:
        """Take back what an attempt counted beforehand: it was right."""
        for key in keys:
            if failed := self._failed.get(key):
                failed.times -= 1

    @staticmethod
    def _wait(failed: _Failed, free: int, now: float) -> int:
        left = failed.last + wait_after(failed.times, free) - now
        return max(math.ceil(left), 2) if left > 0 and failed.times >= free else 0
