"""Who is there: participants, not sockets. Those without a socket count for a while after each request."""

from collections import Counter

LINGER_SECONDS = 30.0


class Presence:
    """Counts participants by open sockets and recent requests; times are those of a monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._sockets: Counter[str] = Counter()
        self._seen: dict[str, float] = {}
        """Those without a socket now, in the order in which they were last seen."""

    def connect(self, participant: str) -> None:
        """A socket of this participant opened."""
        self._sockets[participant] += 1
        self._seen.pop(participant, None)

    def disconnect(self, participant: str, now: float) -> None:
        """A socket closed; the participant lingers, so that a reload or a short loss does not move the number."""
        self._sockets[participant] -= 1
        if not self._sockets[participant]:
            del self._sockets[participant]
            self._seen[participant] = now

    def visit(self, participant: str, now: float) -> bool:
        """The participant asked for something, with or without a socket; returns whether they were not there before."""
        if participant in self._sockets:
            return False
        before = self._seen.pop(participant, None)
        self._seen[participant] = now
        return before is None or now - before > LINGER_SECONDS

    def forget_visits(self) -> None:
        """Let those go who have no socket now; whoever of them is there will ask again."""
        self._seen.clear()

    def count(self, now: float) -> int:
        """Return how many participants are there, and forget those who left."""
        while self._seen and now - self._seen[longest := next(iter(self._seen))] > LINGER_SECONDS:
            del self._seen[longest]
        return len(self._sockets) + len(self._seen)
