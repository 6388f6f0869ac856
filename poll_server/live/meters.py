"""What this process counts of its own work: plain numbers, added to in passing and read when somebody asks.

All of it belongs to the event loop's thread, so nothing is locked. No event and no person is known here.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import repeat
from operator import sub

from poll_server.domain.ballots import Outcome


class Spread:
    """How values are spread: how many are at most each of the ``bounds``, how many there are, and their sum."""

    def __init__(self, *bounds: float) -> None:
        self.bounds = bounds
        self.up_to = [0] * len(bounds)
        self.count = 0
        self.sum = 0.0

    def add(self, values: Sequence[float]) -> None:
        """Add values in ascending order; it costs a search for each bound, however many they are."""
        for at, bound in enumerate(self.bounds):
            self.up_to[at] += bisect_right(values, bound)
        self.count += len(values)
        self.sum += sum(values)


class Traffic:
    """What went over sockets; frames and bytes count when they are handed to the transport or the kernel."""

    def __init__(self) -> None:
        self.frames = self.bytes = 0
        self.received = 0
        """Messages of clients."""
        self.replaced = 0
        """Frames that a slow client never got, because a newer one of the same topic took their place."""
        self.dropped: Counter[str] = Counter()
        """Connections that the server gave up, by reason: ``slow`` or ``flooding``."""


class Writing:
    """The work of the ballot boxes; times are in seconds."""

    def __init__(self) -> None:
        self.batches = Spread(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)
        """Ballots of each transaction."""
        self.commits = Spread(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
        """How long each transaction took, from its beginning to its commit."""
        self.failures = 0
        """Transactions that the database did not take."""
        self.acknowledgements = Spread(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10)
        """How long each vote waited from when the box took it until it was stored and answered."""
        self.outcomes: Counter[Outcome] = Counter()
        """What became of ballots; only those that were answered."""

    def note_commit(self, outcomes: Sequence[Outcome], seconds: float) -> None:
        """Note a transaction and what became of its ballots."""
        self.batches.add([len(outcomes)])
        self.commits.add([seconds])
        self.outcomes.update(outcomes)

    def note_answered(self, begun: Sequence[float], now: float) -> None:
        """Note votes that are answered ``now`` and came at these times of the same clock."""
        self.acknowledgements.add(list(map(sub, repeat(now), sorted(begun, reverse=True))))
