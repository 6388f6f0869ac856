"""Statements: people agree or disagree with each of a list, one after the other, or skip it.

Which statements lead is decided by the lower bound of the Wilson score interval for 95 % (E. B. Wilson, Probable
Inference, the Law of Succession, and Statistical Inference, 1927): the share that is still certain when only some
have answered a statement. So one that 9 of 10 agree with stands behind one that 800 of 1,000 agree with.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import blake2b
from html import escape
from math import sqrt

import orjson

from poll_server.domain.decisions import UNDECIDED, Decisions, Entry, Listing, listing
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.domain.text import begun
from poll_server.questions.blocks import Block, Look
from poll_server.questions.comparing import Compared, Figure
from poll_server.questions.contract import (
    ANSWERED,
    COMMON_RULES,
    Answer,
    Page,
    Plain,
    Problem,
    Results,
    Row,
    Rule,
    Value,
    check_text_and_options,
)

AGREE, DISAGREE, SKIP = "a", "d", "s"
CHOICES = (AGREE, DISAGREE, SKIP)
WORDS = {"de": ("Stimme zu", "Stimme nicht zu", "Überspringen"), "en": ("Agree", "Disagree", "Skip")}
WORDS["de-simple"] = ("Das finde ich auch", "Das finde ich nicht", "Keine Antwort")
"""The choices in their order, as buttons say them."""
NUMBER_OF_STATEMENTS = "This kind needs %(minimum)s to %(maximum)s statements."
STATEMENT_MAXIMUM = 280
"""Characters of a statement."""
PAGE = 50
"""So many statements are fetched at a time."""
LISTED_MINIMUM = 5
"""Statements that fewer people have answered are in none of the three lists."""
LISTED = 3
"""So many statements are in each list at most."""
LISTED_BYTES = 2400
"""Their texts are at most so long together as they go out, so that a frame of them stays under 6 KB."""
_Z = 1.96
_KEY = re.compile(r"o([1-9][0-9]{0,2})")


@dataclass(frozen=True, slots=True)
class Statement:
    """What people say to one statement: how many agree, disagree and skip."""

    key: str
    text: str
    agree: int
    disagree: int
    skip: int

    @property
    def n(self) -> int:
        """How many have answered it."""
        return self.agree + self.disagree + self.skip

    @property
    def counts(self) -> tuple[int, int, int]:
        """In the order of the three choices."""
        return self.agree, self.disagree, self.skip

    @property
    def shares(self) -> tuple[float, float, float]:
        """Of those who have answered this statement; zeros when nobody has."""
        agree, disagree, skip = (count / self.n if self.n else 0.0 for count in self.counts)
        return agree, disagree, skip


@dataclass(frozen=True)
class Opinions(Results):
    """The statements in the order of the question; each is in one of the three lists at most, certain ones first.

    Agreed with or disagreed with is one that more than twice as many people agree with as disagree, or the other way
    round; any other divides. One that everybody skips is in no list.
    """

    items: tuple[Statement, ...] = ()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """One for each statement."""
        return tuple(
            Block(
                tuple(replace(row, label=row.label.removeprefix(f"{one.text}: ")) for row in self.rows[at : at + 3]),
                label=one.text,
                look=Look.PARTS,
            )
            for at, one in zip(range(0, len(self.rows), 3), self.items, strict=True)
        )

    @cached_property
    def agreed(self) -> list[Statement]:
        """Those with most agreement."""
        return self._led(lambda one: one.agree > 2 * one.disagree, lambda one: one.agree)

    @cached_property
    def disagreed(self) -> list[Statement]:
        """Those with most disagreement."""
        return self._led(lambda one: one.disagree > 2 * one.agree, lambda one: one.disagree)

    @cached_property
    def divided(self) -> list[Statement]:
        """Those whose smaller side is largest."""
        return self._led(
            lambda one: 0 < one.agree <= 2 * one.disagree <= 4 * one.agree, lambda one: min(one.agree, one.disagree)
        )

    def _led(self, belongs: Callable[[Statement], bool], side: Callable[[Statement], int]) -> list[Statement]:
        known = [one for one in self.items if one.n >= LISTED_MINIMUM and belongs(one)]
        return sorted(known, key=lambda one: certain(side(one), one.n), reverse=True)[:LISTED]

    @property
    def compared(self) -> Sequence[Compared]:
        """Of each statement how many have answered it, and which shares of them agree and disagree."""
        return tuple(
            Compared(
                *(one.key, one.text, one.n),
                (
                    Figure("agree", one.shares[0], share=True, people=one.agree),
                    Figure("disagree", one.shares[1], share=True, people=one.disagree),
                ),
            )
            for one in self.items
        )

    @cached_property
    def lists(self) -> tuple[list[Statement], list[Statement], list[Statement]]:
        """The three lists, shorter where their texts are long."""
        lists = (self.agreed, self.disagreed, self.divided)
        length = LISTED
        while length > 1 and _size(lists, length) > LISTED_BYTES:
            length -= 1
        agreed, disagreed, divided = (some[:length] for some in lists)
        return agreed, disagreed, divided


def _size(lists: Sequence[Sequence[Statement]], length: int) -> int:
    return sum(len(escape(one.text).encode()) for some in lists for one in some[:length])


def certain(k: int, n: int) -> float:
    """Return the share that ``k`` of ``n`` at least stand for: the lower bound of Wilson's interval for 95 %."""
    p, z2 = k / n, _Z * _Z / n
    return (p + z2 / 2 - _Z * sqrt(p * (1 - p) / n + z2 / (4 * n))) / (1 + z2)


class Statements(Plain):
    """A list of statements; each answer to one is a ballot of its own."""

    name = "statements"
    options = range(2, 601)
    rules: Mapping[str, Rule] = COMMON_RULES | {"additions": Rule(bool)}
    grows = True
    piecewise = True
    module = "statements"

    def check(self, definition: Definition) -> list[Problem]:
        """Return what is wrong with the text and with the statements, which are longer than options elsewhere."""
        return check_text_and_options(definition, self.options, STATEMENT_MAXIMUM, NUMBER_OF_STATEMENTS)

    def parse(self, definition: Definition, given: Sequence[str]) -> Answer:
        """Take one choice for each statement that is answered, at least one; those taken back since are passed over."""
        if not given:
            raise Refused("empty")
        taken = {option.key for option in definition.added if not option.label}
        given = [one for one in given if one.partition("=")[0] not in taken] or given[:1]
        parts = [one.partition("=")[::2] for one in given]
        if any(choice not in CHOICES or not self.text(definition, key) for key, choice in parts):
            raise Refused("unknown_option")
        if len(dict(parts)) < len(set(given)):
            raise Refused("one_only")
        return tuple(dict.fromkeys(given))

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """One mark for the person, one for the choice of each statement."""
        return Counter([ANSWERED, *answer])

    def results(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> Opinions:
        """Three rows for each statement; shares of those who have answered it."""
        items = tuple(
            Statement(option.key, option.label, *(tally.get(f"{option.key}={choice}", 0) for choice in CHOICES))
            for option in self.asked(definition)
        )
        words = WORDS[definition.language]
        rows = tuple(
            Row(f"{one.key}={choice}", f"{one.text}: {word}", count, share, leads=False)
            for one in items
            for choice, word, count, share in zip(CHOICES, words, one.counts, one.shares, strict=True)
        )
        return Opinions(tally.get(ANSWERED, 0), rows, items=items)

    def describe(self, definition: Definition, answer: Answer) -> tuple[str, ...]:
        """Each answered statement with the choice."""
        words = dict(zip(CHOICES, WORDS[definition.language], strict=True))
        texts = {option.key: option.label for option in self.asked(definition)}
        pieces = (one.partition("=") for one in answer)
        return tuple(f"{begun(texts[key])}: {words[choice]}" for key, _, choice in pieces if key in texts)

    def columns(self, definition: Definition) -> tuple[str, ...]:
        """One for each statement that is asked."""
        return tuple(option.label for option in self.asked(definition))

    def cells(self, definition: Definition, answer: Answer) -> tuple[Value, ...]:
        """The choice for each statement that was answered."""
        words = dict(zip(CHOICES, WORDS[definition.language], strict=True))
        given = {key: words[choice] for key, _, choice in (one.partition("=") for one in answer)}
        return tuple(given.get(option.key) for option in self.asked(definition))

    def extensible(self, definition: Definition) -> bool:
        """If the question's rules say so."""
        return bool(definition.rules.get("additions"))

    def moderated(self, definition: Definition) -> bool:
        """About what participants add."""
        return self.extensible(definition)

    def entries(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions) -> tuple[Entry, ...]:
        """What participants have added, by arrival: it stands beside the tally, see `domain.additions`."""
        return tuple(
            Entry(key, key.partition(" ")[2], 1, decisions[key].verdict if key in decisions else None)
            for key in sorted(mark for mark in tally if mark.startswith("+"))
        )

    def listing(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions, wanted: str) -> Listing:
        """All of it waits until it is decided about."""
        return listing(self.entries(definition, tally, decisions), wanted, approval=True)

    def asked(self, definition: Definition) -> tuple[Option, ...]:
        """Return all statements that are asked now: those of the question, then those that were added."""
        return (*definition.options, *(option for option in definition.added if option.label))

    def taken_back(self, definition: Definition) -> tuple[str, ...]:
        """Return the keys of statements that were added and are not asked any more."""
        return tuple(option.key for option in definition.added if not option.label)

    def pages(self, definition: Definition) -> tuple[Page, ...]:
        """The statements in pages of fifty, in their order; the last one is another whenever one is added."""
        return _pages((*definition.options, *definition.added))

    def served(self, definition: Definition) -> Mapping[str, bytes]:
        """The present pages, and the last ones as they were after each addition."""
        return _served(definition.options, definition.added)

    def next_part(self, definition: Definition, answer: Answer, seed: str) -> str:
        """The first statement without an answer, in an order that the seed gives."""
        answered = {one.partition("=")[0] for one in answer}
        rest = [option.key for option in self.asked(definition) if option.key not in answered]
        return min(rest, key=lambda key: blake2b(f"{seed} {key}".encode(), digest_size=8).digest(), default="")

    def choices(self, definition: Definition) -> tuple[tuple[str, str], ...]:
        """Return the choices with their words, for the template."""
        return tuple(zip(CHOICES, WORDS[definition.language], strict=True))

    def text(self, definition: Definition, key: str) -> str:
        """Return the text of a statement, empty if there is no such; keys are ``o1`` and so on in their order."""
        found = _KEY.fullmatch(key)
        at = int(found[1]) - 1 if found else -1
        if 0 <= at < len(definition.options):
            return definition.options[at].label
        at -= len(definition.options)
        return definition.added[at].label if 0 <= at < len(definition.added) else ""


@lru_cache(maxsize=32)
def _pages(options: tuple[Option, ...]) -> tuple[Page, ...]:
    return tuple(_page(options[start : start + PAGE]) for start in range(0, len(options), PAGE))


@lru_cache(maxsize=32)
def _served(options: tuple[Option, ...], added: tuple[Option, ...]) -> dict[str, bytes]:
    every = (*options, *added)
    ends = range(len(options), len(every) + 1)
    return dict([*_pages(every), *(_page(every[(end - 1) // PAGE * PAGE : end]) for end in ends)])


def _page(options: Sequence[Option]) -> Page:
    content = orjson.dumps([option.label for option in options])
    return Page(blake2b(content, digest_size=5).hexdigest(), content)
