"""Points: a number of points, 100 unless the rules say otherwise, spread over 2 to 20 options until none is left."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from poll_server.domain.decisions import UNDECIDED, Decisions
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.domain.text import begun, count
from poll_server.questions.blocks import Block
from poll_server.questions.comparing import Compared, Figure
from poll_server.questions.contract import (
    ABSTENTION,
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

POINTS = 100
POINTS_LIMITS = range(2, 1001)

_WHOLE = re.compile("[0-9]{1,6}")


def points_of(definition: Definition) -> int:
    """Return how many points each participant gives."""
    return int(definition.rules.get("points", POINTS))


@dataclass(frozen=True)
class Shared(Results):
    """Rows with the points that an option got and its share of all points; ``givers`` is how many people gave it any.

    ``givers`` has the order of the rows.
    """

    givers: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        """All points given."""
        return sum(row.count for row in self.rows)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """One, with the people who gave any."""
        return (Block(self.rows, ("givers", "points", "share")),)

    @property
    def statistics(self) -> Mapping[str, float]:
        """The number of givers of each option, as ``givers-KEY``."""
        return {f"givers-{row.key}": n for row, n in zip(self.rows, self.givers, strict=True)}

    @property
    def compared(self) -> Sequence[Compared]:
        """Of each option its share of all points, and how many it got from a person on average."""
        return tuple(
            Compared(
                *(row.key, row.label, self.base),
                (Figure("share", row.share, share=True), Figure("each", row.count / self.base if self.base else None)),
                row.leads,
            )
            for row in self.rows
        )


class Points(Plain):
    """All points, none left over. An answer is ``KEY=points`` in the order of the ballot, without zeros.

    Marks: the points under the option's key, and one under ``KEY#`` for giving it any.
    """

    name = "points"
    options = range(2, 21)
    rules: Mapping[str, Rule] = COMMON_RULES | SECRET_RULE | {"points": Rule(int)}
    module = "points"

    def check(self, definition: Definition) -> list[Problem]:
        """Besides text and options: 2 to 1,000 points."""
        problems = check_text_and_options(definition, self.options)
        if points_of(definition) not in POINTS_LIMITS:
            limits = {"minimum": POINTS_LIMITS[0], "maximum": POINTS_LIMITS[-1]}
            problems.append(Problem("points", "There must be %(minimum)s to %(maximum)s points.", limits))
        return problems

    def parse(self, definition: Definition, given: Sequence[str]) -> Answer:
        """Take whole numbers from 0 for known options, each once, that add up to the points."""
        points = points_of(definition)
        values = _values(definition, given)
        total = sum(values.values())
        if not total:
            raise Refused("no_points")
        if total < points:
            raise Refused("points_left", given=str(total), points=str(points), left=str(points - total))
        if total > points:
            raise Refused("points_over", given=str(total), points=str(points), excess=str(total - points))
        return tuple(f"{o.key}={values[o.key]}" for o in definition.options if values.get(o.key))

    def wrong(self, definition: Definition, given: Sequence[str]) -> frozenset[str]:
        """Return the options to mend of what was sent: those whose points are no number, else all of a wrong sum."""
        if not given or given == ABSTENTION:
            return frozenset()
        written = [text.partition("=") for text in given]
        unread = frozenset(key for key, _, points in written if points.strip() and not _WHOLE.fullmatch(points.strip()))
        with suppress(Refused):
            self.parse(definition, given)
            return frozenset()
        return unread or frozenset(option.key for option in definition.options)

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """One mark for the person, the points of each option, and one mark for each option that got any."""
        marks = Counter([ANSWERED])
        for key, points in map(_pair, answer):
            marks.update({key: points, f"{key}#": 1})
        return marks

    def results(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> Shared:
        """Options in the order of the ballot; shares of all points given."""
        base = tally.get(ANSWERED, 0)
        counts = [tally.get(option.key, 0) for option in definition.options]
        total, most = sum(counts), max(counts)
        return Shared(
            base,
            tuple(
                Row(option.key, option.label, n, n / total if total else 0.0, leads=n > 0 and n == most)
                for option, n in zip(definition.options, counts, strict=True)
            ),
            givers=tuple(tally.get(f"{option.key}#", 0) for option in definition.options),
        )

    def describe(self, definition: Definition, answer: Answer) -> tuple[str, ...]:
        """The labels of the options that got points, each with them."""
        labels = {option.key: begun(option.label) for option in definition.options}
        return tuple(f"{labels[key]}: {count(points, definition.language)}" for key, points in map(_pair, answer))

    def columns(self, definition: Definition) -> tuple[str, ...]:
        """One for each option."""
        return tuple(option.label for option in definition.options)

    def cells(self, definition: Definition, answer: Answer) -> tuple[Value, ...]:
        """The points of each option."""
        given = dict(map(_pair, answer))
        return tuple(given.get(option.key, 0) for option in definition.options)


def _values(definition: Definition, given: Sequence[str]) -> dict[str, int]:
    """Return the points by option; raises Refused for a stranger, an option given twice and what is no number."""
    known = {option.key for option in definition.options}
    values: dict[str, int] = {}
    for key, _, written in (text.partition("=") for text in given):
        if key not in known:
            raise Refused("unknown_option")
        if key in values:
            raise Refused("points_twice")
        if not _WHOLE.fullmatch(written.strip()):
            raise Refused("not_points", points=str(points_of(definition)))
        values[key] = int(written)
    return values


def _pair(entry: str) -> tuple[str, int]:
    key, _, points = entry.partition("=")
    return key, int(points)
