"""How often one person may do the same thing."""

from collections import deque


class Pace:
    """Lets each person do something so many ``times`` within so many ``seconds``."""

    def __init__(self, times: int, seconds: float) -> None:
        self._times = times
        self._seconds = seconds
        self._last: dict[str, deque[float]] = {}

    def take(self, who: str, now: float) -> bool:
        """Note that somebody does it at ``now``, in seconds of any clock; False, and not noted, if that is too fast.

        A clock that was put back keeps nobody waiting.
        """
        last = self._last.setdefault(who, deque(maxlen=self._times))
        if len(last) == self._times and 0 <= now - last[0] < self._seconds:
            return False
        last.append(now)
        return True
