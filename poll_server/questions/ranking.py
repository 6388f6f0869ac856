"""Ranking: an order of 2 to 20 options, complete or the best ``places`` of them.

The answer is the keys of the options in order, first choice first. The marks are its places: ``o3@1`` for the first.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import NamedTuple

from poll_server.domain.decisions import UNDECIDED, Decisions
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.questions.blocks import Block
from poll_server.questions.comparing import Compared, Figure
from poll_server.questions.contract import (
    ANSWERED,
    COMMON_RULES,
    SECRET_RULE,
    Answer,
    Plain,
    Problem,
    Results,
    Row,
    Rule,
    Value,
    check_text_and_options,
)


def places(definition: Definition) -> int:
    """Return how many places a participant gives: the rule, or else one for each option."""
    found: int = definition.rules.get("places", len(definition.options))
    return found


class Duels(NamedTuple):
    """How many other options an option wins against, is level with and loses to, compared two by two."""

    won: int
    tied: int
    lost: int


@dataclass(frozen=True)
class Ranked(Results):
    """Rows with Borda points: ``count`` is the sum of points, ``share`` that of the most that were possible.

    Place p of k gives k + 1 - p points, no place none: Borda's own count, whose last place gives one point (Mémoire sur
    les élections au scrutin, 1784), where only some places are given as in Emerson's modified count (The original Borda
    count and partial voting, 2013).

    ``firsts`` counts first places, ``means`` is the mean place that an option has with those who gave it one, None
    without any. ``duels`` are the comparisons in pairs of a closed question, None before.
    """

    firsts: Mapping[str, int] = field(default_factory=dict)
    means: Mapping[str, float | None] = field(default_factory=dict)
    duels: Mapping[str, Duels] | None = None

    @property
    def winner(self) -> Row | None:
        """The option that wins against every other (Condorcet, Essai sur l'application de l'analyse, 1785)."""
        duels = self.duels or {}
        return next((row for row in self.rows if row.key in duels and duels[row.key].won == len(self.rows) - 1), None)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """One; its bars are the points."""
        return (Block(self.rows, ("first", "mean", "points")),)

    @property
    def statistics(self) -> Mapping[str, float | None]:
        """First places and mean place of each option, as ``first-KEY`` and ``mean-KEY``."""
        return {f"first-{key}": n for key, n in self.firsts.items()} | {
            f"mean-{key}": mean for key, mean in self.means.items()
        }

    @property
    def compared(self) -> Sequence[Compared]:
        """Of each option the share of the most points that were possible, and its mean place."""
        return tuple(
            Compared(
                *(row.key, row.label, self.base),
                (Figure("points", row.share, share=True), Figure("place", self.means.get(row.key))),
                row.leads,
            )
            for row in self.rows
        )


class Ranking(Plain):
    """Options in the order of preference."""

    name = "ranking"
    synonyms: tuple[str, ...] = ("Rangfolge", "Rangliste")
    options = range(2, 21)
    rules: Mapping[str, Rule] = COMMON_RULES | SECRET_RULE | {"places": Rule(int)}
    shares = False
    finishes = True
    module = "ranking"

    def check(self, definition: Definition) -> list[Problem]:
        """Besides text and options: 2 <= places <= number of options."""
        problems = check_text_and_options(definition, self.options)
        if "places" in definition.rules and not 2 <= places(definition) <= len(definition.options):
            sentence = "The number of places must fit: 2 ≤ places ≤ number of options."
            problems.append(Problem("places", sentence, {}))
        return problems

    def parse(self, definition: Definition, given: Sequence[str]) -> Answer:
        """Take the keys of options in order, or a place for each as in ``o3=1``; raises Refused."""
        if not given:
            raise Refused("no_places")
        keys = {option.key for option in definition.options}
        if {one.partition("=")[0] for one in given} - keys:
            raise Refused("unknown_option")
        answer = tuple(given) if keys.issuperset(given) else _by_place(given, places(definition))
        if len(set(answer)) < len(answer):
            raise Refused("option_twice")
        _check_number(len(answer), places(definition))
        return answer

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """One mark for the person, and the place of each option that has one."""
        return Counter([ANSWERED, *(f"{key}@{place}" for place, key in enumerate(answer, 1))])

    def results(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> Ranked:
        """Options in the order of the ballot; with the pairs of `final` in the tally also who wins against whom."""
        base, last = tally.get(ANSWERED, 0), places(definition)
        given = {
            option.key: {place: tally.get(f"{option.key}@{place}", 0) for place in range(1, last + 1)}
            for option in definition.options
        }
        points = {key: sum((last + 1 - place) * n for place, n in counts.items()) for key, counts in given.items()}
        most = max(points.values())
        return Ranked(
            base,
            tuple(
                Row(option.key, option.label, n, n / (base * last) if base else 0.0, leads=n == most > 0)
                for option in definition.options
                for n in (points[option.key],)
            ),
            firsts={key: counts[1] for key, counts in given.items()},
            means={key: _mean(counts) for key, counts in given.items()},
            duels=_duels(list(given), tally),
        )

    def final(self, definition: Definition, answers: Iterable[Answer]) -> Counter[str]:
        """How many people put one option before another, under ``o1>o2``; options with a place beat those without."""
        pairs: Counter[tuple[str, str]] = Counter()
        for answer in answers:
            pairs.update(combinations(answer, 2))
            pairs.update(product(answer, [option.key for option in definition.options if option.key not in answer]))
        return Counter({f"{one}>{other}": n for (one, other), n in pairs.items()})

    def describe(self, definition: Definition, answer: Answer) -> tuple[str, ...]:
        """The labels in order, each with its place."""
        labels = {option.key: option.label for option in definition.options}
        return tuple(f"{place}. {labels[key]}" for place, key in enumerate(answer, 1))

    def columns(self, definition: Definition) -> tuple[str, ...]:
        """One for each option."""
        return tuple(option.label for option in definition.options)

    def cells(self, definition: Definition, answer: Answer) -> tuple[Value, ...]:
        """The place of each option that has one."""
        at = {key: place for place, key in enumerate(answer, 1)}
        return tuple(at.get(option.key) for option in definition.options)


def _by_place(given: Sequence[str], last: int) -> Answer:
    """Order options that came with places; raises Refused for places that are no order from the first on."""
    at: dict[int, str] = {}
    for one in given:
        key, _, place = one.partition("=")
        if place not in map(str, range(1, last + 1)):
            raise Refused("no_such_place", last=str(last))
        if int(place) in at:
            raise Refused("place_twice", place=place)
        at[int(place)] = key
    missing = [place for place in range(1, max(at)) if place not in at]
    if missing:
        raise Refused("place_missing", place=str(missing[0]))
    return tuple(at[place] for place in sorted(at))


def _check_number(given: int, last: int) -> None:
    if given < last:
        raise Refused("too_few_places", given=str(given), last=str(last))
    if given > last:
        raise Refused("too_many_places", given=str(given), last=str(last))


def _mean(counts: Mapping[int, int]) -> float | None:
    people = sum(counts.values())
    return sum(place * n for place, n in counts.items()) / people if people else None


def _duels(keys: Sequence[str], tally: Mapping[str, int]) -> dict[str, Duels] | None:
    """Return the comparisons of each option with every other, None while the pairs are not there."""
    pairs = {(one, other): tally.get(f"{one}>{other}", 0) for one in keys for other in keys if one != other}
    if not any(pairs.values()):
        return None
    margins = {key: [n - pairs[other, one] for (one, other), n in pairs.items() if one == key] for key in keys}
    return {
        key: Duels(sum(m > 0 for m in found), sum(m == 0 for m in found), sum(m < 0 for m in found))
        for key, found in margins.items()
    }
