"""What a simulation finds."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from poll_server.simulate.frames import Key, Stage

LATENCIES_KEPT = 10_000
NOTHING_ON = Stage(Key("", ""), "", "")


@dataclass(frozen=True)
class Row:
    """A line of a result as the crowd sees it, numbers as people read them."""

    label: str
    count: str
    share: str


@dataclass(frozen=True)
class Report:
    """Counts since the beginning, and what the crowd sees now.

    ``votes`` are different votes, however often each was sent: each is ``acknowledged`` as counted, or ``refused``,
    or still ``pending``. ``changes`` are those that replaced a counted one, ``added`` the statements of their own that
    people have had a word about. ``p50`` and ``p99`` are the seconds from
    sending a vote to its acknowledgement, of the last 10,000; None before the first. ``believed`` is the tally by what
    everybody was told at last: for each "QUESTION-WAVE" the votes of each option and the number of ``people``.
    ``asked`` are questions to the panel, ``questions_stored`` of them are acknowledged, and so many ``backings``.
    docs/simulate.md says what is lost and doubled.
    """

    seconds: float
    participants: int
    arrived: int
    connected: int
    reconnects: int
    frames: int
    bytes: int
    votes: int
    changes: int
    acknowledged: int
    refused: int
    pending: int
    errors: int
    added: int
    lost: int
    doubled: int
    believed: Mapping[str, Mapping[str, int]]
    p50: float | None
    p99: float | None
    title: str
    state: str
    present: str
    answered: str
    rows: tuple[Row, ...]
    asked: int = 0
    questions_stored: int = 0
    backings: int = 0

    @property
    def failed(self) -> bool:
        """Whether anything was lost or doubled."""
        return self.lost > 0 or self.doubled > 0


@dataclass
class Ledger:
    """What all participants write down together while it runs."""

    arrived: int = 0
    connected: int = 0
    reconnects: int = 0
    frames: int = 0
    bytes: int = 0
    votes: int = 0
    changes: int = 0
    acknowledged: int = 0
    refused: int = 0
    errors: int = 0
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES_KEPT))
    believed: dict[Key, Counter[str]] = field(default_factory=dict)
    added: int = 0
    voters: dict[Key, set[int]] = field(default_factory=dict)
    refused_sizes: dict[Key, set[int]] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)
    foreign: set[tuple[int, Key]] = field(default_factory=set)
    surplus: dict[Key, int] = field(default_factory=dict)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    stage: Stage = NOTHING_ON
    looks: Counter[Stage] = field(default_factory=Counter)
    figures: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    questions_stored: int = 0
    backings: int = 0
    questions_lost: int = 0
    questions_doubled: int = 0

    def look(self, before: Stage | None, now: Stage | None) -> None:
        """Somebody sees another stage than before, None while they are away; the crowd is where most of them are.

        People hear of a step one after the other, so the last word that one of them got may be an old one.
        """
        if before:
            self.looks[before] -= 1
        if now:
            self.looks[now] += 1
        self.looks = +self.looks
        (stage, people), *_ = self.looks.most_common(1) or [(self.stage, 0)]
        if people > self.looks[self.stage]:
            if (stage.title, stage.state) != (self.stage.title, self.stage.state):
                self.figures = {}
            self.stage = stage

    def believe(self, key: Key, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        """Somebody was told that their vote is counted, in place of an earlier one if they had any."""
        self.believed[key] = self.believed.get(key, Counter()) + Counter(new) - Counter(old)

    def report(self, participants: int, seconds: float) -> Report:
        """The present state of everything."""
        return Report(
            seconds=round(seconds, 3),
            participants=participants,
            arrived=self.arrived,
            connected=self.connected,
            reconnects=self.reconnects,
            frames=self.frames,
            bytes=self.bytes,
            votes=self.votes,
            changes=self.changes,
            acknowledged=self.acknowledged,
            refused=self.refused,
            pending=self.votes - self.acknowledged - self.refused,
            errors=self.errors,
            added=self.added,
            lost=len(self.unanswered | self.forgotten) + self.questions_lost,
            doubled=len(self.foreign) + sum(self.surplus.values()) + self.questions_doubled,
            believed={"-".join(key): dict(sorted(counts.items())) for key, counts in self.believed.items()},
            p50=self._quantile(0.5),
            p99=self._quantile(0.99),
            title=self.stage.title,
            state=self.stage.state,
            present=self.figures.get("present", ""),
            answered=self.figures.get("answered", ""),
            rows=self._rows(),
            asked=self.asked,
            questions_stored=self.questions_stored,
            backings=self.backings,
        )

    def _quantile(self, share: float) -> float | None:
        """The least latency that so large a share of all did not exceed."""
        ordered = sorted(self.latencies)
        return round(ordered[ceil(share * len(ordered)) - 1], 6) if ordered else None

    def _rows(self) -> tuple[Row, ...]:
        keys = [name.removeprefix("n-") for name in self.figures if name.startswith("n-")]
        return tuple(
            Row(
                self.labels.get((self.stage.key.question, key), key),
                self.figures[f"n-{key}"],
                self.figures.get(f"s-{key}", ""),
            )
            for key in keys
        )
