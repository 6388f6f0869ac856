"""Print how well similar contributions are found, for each threshold: precision and recall on pairs with known answers.

    python -m tools.similarity

The thresholds are those of poll_server/domain/similar.py. Every third pair was held out when its numbers were chosen.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from poll_server.domain.similar import THRESHOLD, likeness

PAIRS = Path(__file__).parents[1] / "tests" / "domain" / "similar_pairs.txt"
THRESHOLDS = (0.5, 0.55, 0.6, THRESHOLD, 0.7, 0.75, 0.8)


class Pair(NamedTuple):
    """Two texts, whether they ask the same, and whether the pair was held out."""

    language: str
    same: bool
    held_out: bool
    one: str
    other: str


class Figures(NamedTuple):
    """Of the pairs that are suggested so many ask the same; of those that ask the same so many are suggested."""

    precision: float
    recall: float


def read_pairs() -> Iterator[Pair]:
    """Give all pairs of the file, in its order."""
    language, seen = "", Counter[tuple[str, str]]()
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif line.startswith(("= ", "! ")):
            seen[language, line[0]] += 1
            one, other = line[2:].split(" | ")
            yield Pair(language, line[0] == "=", seen[language, line[0]] % 3 == 0, one, other)


def measure(pairs: Sequence[Pair], threshold: float = THRESHOLD) -> Figures:
    """Return precision and recall at a threshold; 1 where nothing is to be divided by."""
    suggested = [pair.same for pair in pairs if likeness(pair.one, pair.other, pair.language) >= threshold]
    same = sum(pair.same for pair in pairs)
    return Figures(sum(suggested) / (len(suggested) or 1), sum(suggested) / (same or 1))


def main() -> None:
    """Print a table."""
    pairs = list(read_pairs())
    print("language  pairs              threshold  precision  recall")
    for language in ("de", "en"):
        for held_out in (False, True):
            some = [pair for pair in pairs if (pair.language, pair.held_out) == (language, held_out)]
            for threshold in THRESHOLDS:
                name = f"{len(some)} {'held out' if held_out else 'for tuning'}"
                figures = measure(some, threshold)
                print(f"{language:8}  {name:17}  {threshold:9.2f}  {figures.precision:9.2f}  {figures.recall:6.2f}")


if __name__ == "__main__":
    main()
