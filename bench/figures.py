"""What is measured, as lines of JSON and as tables in a page. Times of several rounds are medians, in milliseconds."""

import json
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import ClassVar

BEGIN, END = "<!-- made by make bench -->", "<!-- end -->"


@dataclass(frozen=True, kw_only=True)
class Figure(ABC):
    """One line: ``sockets`` were connected; ``idle`` is the least share of idle time before a round was begun."""

    title: ClassVar[str]
    head: ClassVar[tuple[str, ...]]

    name: str
    sockets: int
    rounds: int
    idle: float

    def line(self) -> str:
        """Return the figure as JSON."""
        return json.dumps(asdict(self))

    @abstractmethod
    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row below ``head``."""


@dataclass(frozen=True, kw_only=True)
class FanOut(Figure):
    """One frame to all sockets; ``missing`` and ``differing`` add up over the rounds, ``ratio`` is median to floor.

    ``first_ms`` and ``screen_ms`` are medians from the click to the first socket and to the screen.
    """

    title = "One frame to all"
    head = (
        "frame",
        "sockets",
        "bytes",
        "first",
        "screen",
        "median",
        "least and most",
        "floor",
        "ratio",
        "without or with another one",
    )

    bytes: int
    first_ms: float
    screen_ms: float
    median_ms: float
    least_ms: float
    most_ms: float
    floor_ms: float
    ratio: float
    missing: int
    differing: int

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row below ``head``."""
        return (
            self.name,
            f"{self.sockets:,}",
            f"{self.bytes:,}",
            f"{self.first_ms:.1f} ms",
            f"{self.screen_ms:.1f} ms",
            f"{self.median_ms:.1f} ms",
            f"{self.least_ms:.1f} to {self.most_ms:.1f} ms",
            f"{self.floor_ms:.1f} ms",
            f"{self.ratio:.2f} ×",
            str(self.missing + self.differing),
        )


@dataclass(frozen=True, kw_only=True)
class Votes(Figure):
    """Many vote at one instant; times from then to acknowledgements, ``median_ms`` to the last; counts of all rounds.

    ``stored`` are the ballots in the database afterwards, the round that warms up included, as in ``counted``; None
    where nothing is looked at. ``ticks`` are the most frames beside acknowledgements that anybody got in a burst,
    ``stale`` the voters whose last one was not the newest; ``megabytes`` are those of a second for all phones together.
    """

    title = "Votes at the same instant"
    head = (
        "what",
        "sockets",
        "last acknowledged",
        "least and most",
        "p50",
        "p99",
        "a second",
        "lost, refused, doubled",
        "recount",
        "ticks, stale",
        "MB/s for all",
    )

    median_ms: float
    least_ms: float
    most_ms: float
    p50_ms: float
    p99_ms: float
    per_second: int
    counted: int
    stored: int | None
    lost: int
    refused: int
    doubled: int
    recount_clean: bool | None
    ticks: int
    stale: int
    megabytes: float

    @property
    def is_clean(self) -> bool:
        """Whether nothing is lost, doubled or other than the ballots say, as far as anybody looked."""
        return self.recount_clean is not False and self.stored in (None, self.counted) and not self.lost + self.doubled

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row below ``head``."""
        clean = "clean" if self.is_clean else "**differs**"
        return (
            self.name,
            f"{self.sockets:,}",
            f"{self.median_ms:.0f} ms",
            f"{self.least_ms:.0f} to {self.most_ms:.0f} ms",
            f"{self.p50_ms:.0f} ms",
            f"{self.p99_ms:.0f} ms",
            f"{self.per_second:,}",
            f"{self.lost}, {self.refused}, {self.doubled}",
            "" if self.recount_clean is None else clean,
            f"{self.ticks}, {self.stale}",
            f"{self.megabytes:.1f}",
        )


@dataclass(frozen=True, kw_only=True)
class Joins(Figure):
    """All come at once; ``kilobytes`` are those of one, acknowledgements and first frames included."""

    title = "All come in"
    head = ("what", "sockets", "median", "least and most", "a second", "KB each")

    median_ms: float
    least_ms: float
    most_ms: float
    per_second: int
    kilobytes: float

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row below ``head``."""
        least, most = self.least_ms / 1000, self.most_ms / 1000
        return (
            self.name,
            f"{self.sockets:,}",
            f"{self.median_ms / 1000:.2f} s",
            f"{least:.2f} to {most:.2f} s",
            f"{self.per_second:,}",
            f"{self.kilobytes:.1f}",
        )


@dataclass(frozen=True, kw_only=True)
class Memory(Figure):
    """Resident memory that a fresh server has gained, KiB for each connection."""

    title = "Memory for each connection"
    head = ("who", "sockets", "connected and quiet", "after everybody has voted")

    quiet_kib: float
    voted_kib: float

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row below ``head``."""
        return (self.name, f"{self.sockets:,}", f"{self.quiet_kib:.1f} KiB", f"{self.voted_kib:.1f} KiB")


@dataclass(frozen=True, kw_only=True)
class Polling(Figure):
    """Answers to those who ask again and again, ``unchanged`` the share of them that were 304."""

    title = "Those whose sockets are blocked"
    head = ("what", "people", "answers a second", "304", "p99", "lost connections")

    per_second: int
    unchanged: float
    p99_ms: float
    lost: int

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row below ``head``."""
        share, p99 = f"{self.unchanged:.1%}", f"{self.p99_ms:.1f} ms"
        return (self.name, f"{self.sockets:,}", f"{self.per_second:,}", share, p99, str(self.lost))


@dataclass(frozen=True, kw_only=True)
class Tick(Figure):
    """A tick's work for one question before anything is sent, in processor time."""

    title = "A tick's work"
    head = ("question", "people", "median", "most")

    answers: int
    median_ms: float
    most_ms: float

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row below ``head``."""
        return (self.name, f"{self.answers:,}", f"{self.median_ms:.1f} ms", f"{self.most_ms:.1f} ms")


@dataclass(frozen=True, kw_only=True)
class Pages(Figure):
    """A page of organisers, asked for one after the other; ``sockets`` is the number of their events."""

    title = "Pages of organisers"
    head = ("page", "events of 10,000 ballots", "p50", "p99", "most", "size")

    p50_ms: float
    p99_ms: float
    most_ms: float
    kilobytes: float

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row below ``head``."""
        times = (f"{ms:.1f} ms" for ms in (self.p50_ms, self.p99_ms, self.most_ms))
        return (self.name, f"{self.sockets:,}", *times, f"{self.kilobytes:.1f} kB")


@dataclass(frozen=True, kw_only=True)
class Exports(Figure):
    """Files of a large conference, made while ``sockets`` vote again and again in ``rounds`` bursts.

    ``mebibytes`` are the most that one of its processes had; ``alone_ms`` and ``p99_ms`` the worst burst's
    acknowledgements before and meanwhile; ``megabytes`` the size of the files.
    """

    title = "Exports beside votes"
    head = ("format", "voters", "made in", "memory", "acknowledged p99 alone", "meanwhile", "size")

    seconds: float
    mebibytes: int
    alone_ms: float
    p99_ms: float
    megabytes: float

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row below ``head``."""
        times = (f"{ms:.0f} ms" for ms in (self.alone_ms, self.p99_ms))
        made, memory, size = f"{self.seconds:.1f} s", f"{self.mebibytes} MiB", f"{self.megabytes:.1f} MB"
        return (self.name, f"{self.sockets:,}", made, memory, *times, size)


@dataclass(frozen=True, kw_only=True)
class Questions(Figure):
    """People back and ask for some time; times from sending to acknowledgements, and of the desk's searches.

    ``busy`` is the share of the time that the server computed, of one core. ``lost`` was sent and is not acknowledged,
    or acknowledged and not stored; both sorts add up.
    """

    title = "Questions from the floor"
    head = (
        "people",
        "backings and questions",
        "acknowledged p50",
        "p99",
        "most",
        "search p50",
        "p99",
        "tick of numbers",
        "list",
        "server computed",
        "lost, refused",
    )

    seconds: float
    busy: float
    backings: int
    asked: int
    p50_ms: float
    p99_ms: float
    most_ms: float
    search_p50_ms: float
    search_p99_ms: float
    tick_bytes: int
    list_bytes: int
    lost: int
    refused: int

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row below ``head``."""
        return (
            f"{self.sockets:,}",
            f"{self.backings:,} and {self.asked:,} in {self.seconds:.0f} s",
            *(
                f"{ms:.0f} ms"
                for ms in (self.p50_ms, self.p99_ms, self.most_ms, self.search_p50_ms, self.search_p99_ms)
            ),
            f"{self.tick_bytes:,} B",
            f"{self.list_bytes:,} B",
            f"{self.busy:.0%} of the time",
            f"{self.lost}, {self.refused}",
        )
