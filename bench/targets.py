"""What is to be reached with ten thousand people on two cores, and what was: one row for each promise."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bench.figures import FanOut, Figure, Joins, Memory, Votes

FULL, BURST, HALL = 10_000, 5_000, 1_000
HALF = f"{BURST:,} of {FULL:,}"
WITH_DEAF = f"{HALF}, 2 % never read"


@dataclass(frozen=True)
class Target:
    """A promise: ``find`` gives a measured number, or None where it was not measured; more is better with ``least``."""

    what: str
    must: float
    aim: float | None
    unit: str
    find: Callable[[Sequence[Figure]], float | None]
    least: bool = False

    def cells(self, figures: Sequence[Figure]) -> tuple[str, ...]:
        """Return the row of a table."""
        found = self.find(figures)
        aim = "" if self.aim is None else f"{self.aim:,g} {self.unit}"
        if found is None:
            return self.what, f"{self.must:,g} {self.unit}", aim, "not measured", ""
        told = f"{found:,.0f}" if found >= 1000 else f"{found:.4g}"
        return self.what, f"{self.must:,g} {self.unit}", aim, f"{told} {self.unit}", self._verdict(found)

    def _verdict(self, found: float) -> str:
        if self.aim is not None and self._meets(found, self.aim):
            return "aim"
        return "yes" if self._meets(found, self.must) else "**no**"

    def _meets(self, found: float, bound: float) -> bool:
        return found >= bound if self.least else found <= bound


def _worst(
    sort: type[Figure], attribute: str, names: Iterable[str], sockets: int, scale: float = 1.0
) -> Callable[..., float | None]:
    """Return what finds the greatest of some figures of a size."""

    def find(figures: Sequence[Figure]) -> float | None:
        found = [
            getattr(one, attribute) * scale
            for one in figures
            if isinstance(one, sort) and one.sockets == sockets and one.name in names
        ]
        return max(found, default=None)

    return find


def _over(part: Callable[..., float | None], whole: Callable[..., float | None]) -> Callable[..., float | None]:
    """Return what finds one figure divided by another."""

    def find(figures: Sequence[Figure]) -> float | None:
        dividend, divisor = part(figures), whole(figures)
        return dividend / divisor if dividend and divisor else None

    return find


def _votes(attribute: str, name: str, sockets: int, scale: float = 1.0) -> Callable[..., float | None]:
    return _worst(Votes, attribute, (name,), sockets, scale)


def _bad(figures: Sequence[Figure]) -> float | None:
    votes = [one for one in figures if isinstance(one, Votes)]
    return sum(one.lost + one.doubled + (not one.is_clean) for one in votes) if votes else None


FRAMES = ("question from first to last", "result from first to last")
CLICKS = ("question from click to last", "result from click to last")
TARGETS = (
    Target(
        "frame to 10,000, first to last socket, against the floor",
        1.6,
        1.25,
        "×",
        _worst(FanOut, "ratio", FRAMES, FULL),
    ),
    Target("the same from the click to the last socket", 1.6, 1.25, "×", _worst(FanOut, "ratio", CLICKS, FULL)),
    Target(
        "5,000 votes at one instant, a second",
        8000,
        15000,
        "",
        _votes("per_second", "everybody", BURST),
        least=True,
    ),
    Target("their acknowledgements, p99", 0.75, 0.35, "s", _votes("p99_ms", "everybody", BURST, 1e-3)),
    Target(
        "ratio to the same server without storage",
        0.8,
        0.9,
        "×",
        _over(_votes("per_second", "with storage", BURST), _votes("per_second", "without storage", BURST)),
        least=True,
    ),
    Target("votes lost or counted twice, in all rounds of this run", 0, None, "", _bad),
    Target(
        "10,000 come in, page and socket, a second",
        1000,
        1700,
        "",
        _worst(Joins, "per_second", ("page and socket",), FULL),
        least=True,
    ),
    Target(
        "10,000 first visits with all the page needs",
        30,
        20,
        "s",
        _worst(Joins, "median_ms", ("first visit, with all it needs",), FULL, 1e-3),
    ),
    Target(
        "10,000 back after a kill, voting",
        15,
        8,
        "s",
        _worst(Joins, "median_ms", ("back after a kill, voting",), FULL, 1e-3),
    ),
    Target("memory of a quiet connection", 14, 4, "KiB", _worst(Memory, "quiet_kib", ("everybody",), FULL)),
    Target(
        "p99 while 2,000 of 10,000 ask over HTTP, against that without",
        1.2,
        None,
        "×",
        _over(
            _votes("p99_ms", "5,000 of 8,000, 2,000 ask", 8_000), _votes("p99_ms", "5,000 of 8,000, nobody asks", 8_000)
        ),
    ),
    Target(
        "p99 while 2 % never read, against that without them",
        1.2,
        None,
        "×",
        _over(_votes("p99_ms", WITH_DEAF, FULL), _votes("p99_ms", HALF, FULL)),
    ),
    Target(
        "kept for each who never reads",
        1024,
        None,
        "KiB",
        _worst(Memory, "quiet_kib", ("never read",), FULL // 50),
    ),
    Target(
        "to 10,000 phones while 5,000 vote",
        25,
        10,
        "MB/s",
        _votes("megabytes", HALF, FULL),
    ),
    Target("click to the first of 1,000 phones", 100, 50, "ms", _worst(FanOut, "first_ms", CLICKS, HALL)),
    Target("click to the last of 1,000 phones", 300, 150, "ms", _worst(FanOut, "median_ms", CLICKS, HALL)),
    Target("click to the screen", 300, 150, "ms", _worst(FanOut, "screen_ms", CLICKS, HALL)),
    Target("frames each gets while 5,000 vote", 12, None, "", _votes("ticks", HALF, FULL)),
    Target(
        "voters whose last frame then was not the newest",
        0,
        None,
        "",
        _votes("stale", HALF, FULL),
    ),
)
HEAD = ("what", "must", "aim", "measured", "reached")


def rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """Return a row for each promise."""
    return [target.cells(figures) for target in TARGETS]
