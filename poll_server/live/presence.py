"""Who is there: participants, not sockets. Those without a socket count for a while after each request."""

from collections import Counter

LINGER_SECONDS = 30.0


class Presence:
    """Counts participants by open sockets and recent requests; times are those of a monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._sockets: Counter[str] = Counter()
        self._seen: dict[str, float] = {}

    def connect(self, participant: str) -> None:
        """A socket of this participant opened."""
        self._sockets[participant] += 1

    def disconnect(self, participant: str, now: float) -> None:
        """A socket closed; the participant lingers, so that a reload or a short loss does not move the number."""
        self._sockets[participant] -= 1
        if not self._sockets[participant]:
            del self._sockets[participant]
        self._seen[participant] = now

    def visit(self, participant: str, now: float) -> None:
        """The participant asked for something without a socket."""
        self._seen[participant] = now

    def count(self, now: float) -> int:
        """Return how many participants are there, and forget those who left."""
        for participant in [one for one, seen in self._seen.items() if now - seen > LINGER_SECONDS]:
            del self._seen[participant]
        return len(self._sockets.keys() | self._seen.keys())
