"""Rating: one step of a scale, for the question itself or for each of up to ten items: a matrix."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from poll_server.domain.decisions import UNDECIDED, Decisions
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.domain.text import begun
from poll_server.questions.blocks import Block, Look
from poll_server.questions.comparing import Compared, Figure, Line
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
from poll_server.questions.scales import SCALES, STANDARD, STEPS, Step, scale_of

BESIDE = 5
"""So many steps stand beside each other in a document."""
END_MAXIMUM = 40
"""Characters of an end label: two of them stand beside each other on a phone."""


@dataclass(frozen=True, slots=True)
class Rated:
    """How one item was rated, or the question itself, whose key and label are empty. One row for each step."""

    key: str
    label: str
    steps: tuple[Step, ...]
    rows: tuple[Row, ...]

    @property
    def n(self) -> int:
        """How many people rated it."""
        return sum(row.count for row in self.rows)

    @property
    def mean(self) -> float | None:
        """The arithmetic mean of the values of the steps, None without answers."""
        weighted = sum(step.value * row.count for step, row in zip(self.steps, self.rows, strict=True))
        return weighted / self.n if self.n else None

    @property
    def median(self) -> float | None:
        """The value in the middle, or half-way between the two in the middle; None without answers."""
        return (self._value_at((self.n - 1) // 2) + self._value_at(self.n // 2)) / 2 if self.n else None

    def _value_at(self, place: int) -> int:
        """The value at a place, from 0, in the order of the values."""
        below = 0
        for step, row in zip(self.steps, self.rows, strict=True):
            below += row.count
            if place < below:
                return step.value
        raise IndexError(place)


@dataclass(frozen=True)
class Ratings(Results):
    """A result by item; the rows are those of all items, one after the other."""

    items: tuple[Rated, ...] = ()

    @property
    def statistics(self) -> Mapping[str, float | None]:
        """Mean, median and n: under these names, or with the item's key after a hyphen."""
        return {
            f"{name}-{item.key}" if item.key else name: value
            for item in self.items
            for name, value in (("mean", item.mean), ("median", item.median), ("n", item.n))
        }

    @property
    def lines(self) -> tuple[Line, ...]:
        """The mean of each item; of the question itself the distribution, too."""
        means = tuple(Line(f"mean-{item.key}", item.label, mean=item.mean) for item in self.items)
        return means if len(means) > 1 else (*super().lines, *means)

    @property
    def compared(self) -> Sequence[Compared]:
        """Mean and median of each item; of the question itself the distribution, too."""
        means = [
            Compared(f"mean-{item.key}", item.label, item.n, (Figure("mean", item.mean), Figure("median", item.median)))
            for item in self.items
        ]
        return means if len(means) > 1 else [*means, *super().compared]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """One for each item; those of several stand in one table, with their means, while the steps fit there."""
        beside = len(self.items) > 1 and len(self.items[0].steps) <= BESIDE
        look = Look.PARTS if beside else Look.BARS
        return tuple(
            Block(
                tuple(replace(row, label=step.label) for row, step in zip(item.rows, item.steps, strict=True)),
                label=item.label,
                sums={"mean": item.mean} if beside else {"mean": item.mean, "median": item.median},
                look=look,
            )
            for item in self.items
        )

    @property
    def highest(self) -> tuple[Rated, ...]:
        """The items with the highest mean."""
        return self._with_mean(max(item.mean or 0 for item in self.items))

    @property
    def lowest(self) -> tuple[Rated, ...]:
        """The items with the lowest mean."""
        return self._with_mean(min(item.mean or 0 for item in self.items))

    def _with_mean(self, mean: float) -> tuple[Rated, ...]:
        return tuple(item for item in self.items if item.mean == mean)


class Rating(Plain):
    """One step for each item; whoever answers rates them all. An answer is a value, or ``ITEM=value`` for each."""

    name = "rating"
    splits = True
    options = range(11)
    rules: Mapping[str, Rule] = (
        COMMON_RULES
        | SECRET_RULE
        | {
            "scale": Rule(str, max(map(len, SCALES))),
            "steps": Rule(int),
            "low": Rule(str, END_MAXIMUM, wording=True, words=True),
            "high": Rule(str, END_MAXIMUM, wording=True, words=True),
        }
    )
    on_the_spot = False

    def check(self, definition: Definition) -> list[Problem]:
        """Besides text and items: 2 to 11 steps, a known scale, and both end labels or none."""
        rules, problems = definition.rules, check_text_and_options(definition, self.options)
        if rules.get("steps", STEPS[0]) not in STEPS:
            limits = {"minimum": STEPS[0], "maximum": STEPS[-1]}
            problems.append(Problem("steps", "A scale has %(minimum)s to %(maximum)s steps.", limits))
        if rules.get("scale", STANDARD) not in SCALES:
            problems.append(Problem("scale", "The scale must be one of %(known)s.", {"known": ", ".join(SCALES)}))
        ends = {"low", "high"} & set(rules)
        if len(ends) == 1 or (ends and "scale" in rules):
            sentence = "The labels of the ends, low and high, go together, and not with a ready-made scale."
            problems.append(Problem("rules", sentence, {}))
        return problems

    def parse(self, definition: Definition, given: Sequence[str]) -> Answer:
        """Take one step for each item."""
        if not given:
            raise Refused("empty")
        cells = {cell(item, step): item for item, _ in _items(definition) for step in scale_of(definition)}
        if not set(given) <= set(cells):
            raise Refused("unknown_option")
        rated = Counter(cells[field] for field in set(given))
        if max(rated.values()) > 1:
            raise Refused("one_only")
        for item, label in _items(definition):
            if item not in rated:
                raise Refused("unrated", item=label)
        return tuple(field for field in cells if field in given)

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """One mark for the person, one for the step of each item."""
        return Counter([ANSWERED, *answer])

    def results(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> Results:
        """Items in the order of the ballot, steps from little to much; shares of the people who answered."""
        scale, base = scale_of(definition), tally.get(ANSWERED, 0)
        items = tuple(
            Rated(key, label, scale, _rows(key, label, scale, tally, base)) for key, label in _items(definition)
        )
        return Ratings(base, tuple(row for item in items for row in item.rows), items=items)

    def describe(self, definition: Definition, answer: Answer) -> tuple[str, ...]:
        """The step with its word, after the item."""
        return tuple(
            _label(begun(label), step)
            for key, label in _items(definition)
            for step in scale_of(definition)
            if cell(key, step) in answer
        )

    def columns(self, definition: Definition) -> tuple[str, ...]:
        """One for each item."""
        return tuple(label for _, label in _items(definition))

    def cells(self, definition: Definition, answer: Answer) -> tuple[Value, ...]:
        """The value of the step of each item."""
        steps = {cell(key, step): step.value for key, _ in _items(definition) for step in scale_of(definition)}
        given = {one.rpartition("=")[0]: steps[one] for one in answer}
        return tuple(given.get(key) for key, _ in _items(definition))

    def scale(self, definition: Definition) -> tuple[Step, ...]:
        """The steps, for the template."""
        return scale_of(definition)


def cell(item: str, step: Step) -> str:
    """Return the answer, mark and row key that say that this item, or else the question, was rated with this step."""
    return f"{item}={step.value}" if item else str(step.value)


def _items(definition: Definition) -> list[tuple[str, str]]:
    """Return keys and labels of what is rated; both are empty for the question itself."""
    return [(option.key, option.label) for option in definition.options] or [("", "")]


def _label(item: str, step: Step) -> str:
    return f"{item}: {step.label}" if item else step.label


def _rows(key: str, label: str, scale: Sequence[Step], tally: Mapping[str, int], base: int) -> tuple[Row, ...]:
    counts = [tally.get(cell(key, step), 0) for step in scale]
    return tuple(
        Row(cell(key, step), _label(label, step), n, n / base if base else 0.0, leads=n > 0 and n == max(counts))
        for step, n in zip(scale, counts, strict=True)
    )
