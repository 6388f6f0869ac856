"""What a kind of question must offer. Everything here is a pure function of its arguments.

A kind turns an answer into *marks*: a bag of whole numbers under short keys. ``#`` counts people who answered. The
tally of a question is the sum of the marks of its ballots, so a change is minus old plus new and order does not matter.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from poll_server.domain.programme import Definition

ANSWERED = "#"

Answer = tuple[str, ...]
"""What is stored of one participant's answer; for choices the option keys in the order of the ballot."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a prepared question: which field, and a sentence (a catalogue key with its values)."""

    field: str
    sentence: str
    values: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a result: ``share`` is a fraction of ``Results.base``, 0 to 1; ``leads`` marks the most frequent."""

    key: str
    label: str
    count: int
    share: float
    leads: bool


@dataclass(frozen=True, slots=True)
class Results:
    """A result, in the order of the ballot. ``base`` is the number of people who answered: every share's base."""

    base: int
    rows: tuple[Row, ...]

    @property
    def leading(self) -> tuple[Row, ...]:
        """The most frequent rows, more than one when they tie, none without answers."""
        return tuple(row for row in self.rows if row.leads)

    @property
    def following(self) -> tuple[Row, ...]:
        """The second most frequent rows that anybody chose."""
        rest = [row for row in self.rows if not row.leads and row.count]
        return tuple(row for row in rest if row.count == max(other.count for other in rest))


class Kind(Protocol):
    """A kind of question."""

    name: str
    """Name of the module, the template and the value stored in the question."""

    def check(self, definition: Definition) -> list[Problem]:
        """Return what is wrong with a prepared question; nothing if it can be asked."""
        ...

    def parse(self, definition: Definition, given: Sequence[str]) -> Answer:
        """Turn the form's ``answer`` fields into an answer.

        Raises Refused with the reason in words.
        """
        ...

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """Return what this answer adds to the tally."""
        ...

    def results(self, definition: Definition, tally: Mapping[str, int]) -> Results:
        """Return the view of a tally, which may be empty."""
        ...

    def describe(self, definition: Definition, answer: Answer) -> tuple[str, ...]:
        """Return the answer in the words of the question."""
        ...
