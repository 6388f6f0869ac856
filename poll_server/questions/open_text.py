"""Open text: up to 500 characters in the person's own words.

The same text from several people is one entry with a count. Chosen texts come first, then the most frequent, then the
alphabet, and not the newest: only so do several servers, a restart and a recount give the same list, and what somebody
is reading is not pushed away by every new text.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from poll_server.domain.decisions import UNDECIDED, Decisions, Verdict
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.questions.blocks import Block, Look
from poll_server.questions.contract import (
    ANSWERED,
    COMMON_RULES,
    Answer,
    Problem,
    Row,
    Rule,
    check_text_and_options,
)
from poll_server.questions.entered import Rows
from poll_server.questions.written import FIRST, Written, WrittenKind, lines

LENGTH_MAXIMUM = 500
"""How many characters a text may have at most, and without a rule."""


@dataclass(frozen=True, slots=True)
class Text(Row):
    """One text; ``chosen`` ones are large on the screen."""

    chosen: bool = False


@dataclass(frozen=True)
class Texts(Written):
    """The shown texts: chosen ones first, then the most frequent, then by alphabet.

    Where moderators joined several texts, the count is that of all of them.
    """

    @property
    def blocks(self) -> tuple[Block, ...]:
        """One of texts; of few the chosen ones, without any the first."""
        return (Block(self.rows, look=Look.TEXTS, selected=self.chosen or self.first),)

    @property
    def chosen(self) -> list[Row]:
        """The chosen ones among the first."""
        return [row for row in self.first if isinstance(row, Text) and row.chosen]


class OpenText(WrittenKind):
    """One text; equal ones count together, and are shown in the words of the people."""

    name = "open_text"
    presumed = True
    synonyms: tuple[str, ...] = ("Offene Frage", "Open question")
    rules: Mapping[str, Rule] = COMMON_RULES | {"length": Rule(int), "approval": Rule(bool)}

    def check(self, definition: Definition) -> list[Problem]:
        """Besides the text: how long an answer may be."""
        problems = check_text_and_options(definition, self.options)
        if not 1 <= _length(definition) <= LENGTH_MAXIMUM:
            sentence = "A length of one to %(maximum)s characters is possible."
            problems.append(Problem("length", sentence, {"maximum": LENGTH_MAXIMUM}))
        return problems

    def parse(self, definition: Definition, given: Sequence[str]) -> Answer:
        """Take one text as one line, spaces and line ends as single spaces."""
        texts = set(lines(given, _length(definition)))
        if not texts:
            raise Refused("unwritten")
        if len(texts) > 1:
            raise Refused("one_only")
        return tuple(texts)

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """One mark for the person, one for the text: ``t:TEXT``."""
        return Counter([ANSWERED, *(f"t:{text}" for text in answer)])

    def results(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> Texts:
        """The texts that may be seen; the share is of the people who answered."""
        base, seen = tally.get(ANSWERED, 0), self.settled(definition, tally, decisions).seen
        sizes = seen.sizes()
        marked = [text for text, decision in decisions.items() if decision.verdict is Verdict.CHOSEN]
        chosen = {text: seen.counts[text] for text in marked if text in seen.counts}
        first = sorted(chosen.items(), key=lambda one: (-one[1], self.order(one[0])))

        def rows(limit: int | None = None) -> list[Row]:
            others = (one for one in seen.descending(limit and limit + len(chosen)) if one[0] not in chosen)
            return [Text(text, text, n, n / base, n == sizes[0][0], text in chosen) for text, n in chain(first, others)]

        return Texts(base, Rows(rows(FIRST), sum(size for _, size in sizes), rows))


def _length(definition: Definition) -> int:
    length: int = definition.rules.get("length", LENGTH_MAXIMUM)
    return length
