"""Word cloud: one to five words or short phrases; what differs in spelling only counts together.

Joined are forms that differ in

- capital and small letters: "nähe", "Nähe", "NÄHE";
- ä, ö, ü, ß written as ae, oe, ue, ss: "Straße", "Strasse";
- spaces and hyphens: "Home Office", "Home-Office", "Homeoffice"; between two digits they stay, "24/7" and "24-7" too;
- punctuation around words, apostrophes in them, a "#" before them: "Mut!", "„Mut“", "#mut";
- the sign before a gender-neutral ending: "Bürger:innen", "Bürger*innen", "Bürger/-innen";
- composed and compatible characters: "CO₂", "CO2".

Not joined are words that are others: "Nahe" and "Nähe", "Bürgerinnen" and "Bürger:innen", one and many, synonyms
(moderators can join them), and the few pairs in which ß and ss make the difference: "Maße" and "Masse", "Buße" and
"Busse". In capitals and in Switzerland those cannot be told apart; "MASSE" is read as "Masse".
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import isqrt
from typing import Any

from poll_server.domain.decisions import UNDECIDED, Decisions
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.questions.blocks import Block, Look
from poll_server.questions.comparing import Compared, counted
from poll_server.questions.contract import (
    ANSWERED,
    COMMON_RULES,
    Answer,
    Problem,
    Row,
    Rule,
    check_text_and_options,
)
from poll_server.questions.entered import Entered, Rows
from poll_server.questions.written import FIRST, Written, WrittenKind, lines, says_something

WORDS, WORDS_MAXIMUM = 3, 5
"""How many words somebody may give: without a rule, and at most."""
LENGTH, LENGTH_MAXIMUM = 30, 60
"""How many characters a word may have: without a rule, and at most."""

SIZES = 6
_COMPARED = 15
"""So many words of each asking stand beside each other."""
_NAMED = 2
"""So many words are named in a sentence that says which are the most frequent."""
_FEW = 5
"""A word of one mention is not large only because no other has more."""


@dataclass(frozen=True, slots=True)
class Word(Row):
    """One word; ``size`` is 1 to 6, and the area of its letters grows with the count."""

    size: int = 1


@dataclass(frozen=True)
class Words(Written):
    """The shown words, most frequent first, those of the same count by alphabet.

    A count is a number of mentions: of people who wrote the word, and where moderators joined several words, somebody
    who wrote two of them counts twice. ``levels`` are the two highest counts, each with how many words have it.
    """

    levels: tuple[tuple[int, int], ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict, repr=False, compare=False)
    """The count of every word that is shown."""

    @property
    def compared(self) -> Sequence[Compared]:
        """The most frequent words."""
        return tuple(counted(row, self.base) for row in self.rows[:_COMPARED])

    def absent(self, line: Compared) -> Compared:
        """A word that is not among the most frequent here, or that nobody wrote."""
        n = self.counts.get(line.key, 0)
        return counted(Row(line.key, line.label, n, min(1.0, n / self.base) if self.base else 0.0, False), self.base)

    @cached_property
    def leading(self) -> Sequence[Row]:
        """The most frequent words."""
        return self._level(0)

    @cached_property
    def following(self) -> Sequence[Row]:
        """The second most frequent words."""
        return self._level(1)

    def _level(self, place: int) -> Sequence[Row]:
        start = sum(size for _, size in self.levels[:place])
        size = sum(size for _, size in self.levels[place : place + 1])
        return Rows(self.rows[start : min(start + size, start + _NAMED)], size, lambda: self.rows[start : start + size])

    @property
    def blocks(self) -> tuple[Block, ...]:
        """One of words, the most frequent first."""
        return (Block(self.rows, ("mentions",), look=Look.WORDS, selected=self.first),)

    @property
    def alphabetical(self) -> list[Row]:
        """The first words by alphabet, ä like ae: there each keeps its place while counts grow."""
        return sorted(self.first, key=lambda row: row.key)


class WordCloud(WrittenKind):
    """Words by frequency; the form of a word that is shown is the most frequent one."""

    name = "word_cloud"
    synonyms: tuple[str, ...] = ("Schlagworte",)
    rules: Mapping[str, Rule] = COMMON_RULES | {"words": Rule(int), "length": Rule(int), "approval": Rule(bool)}
    has_forms = True

    def check(self, definition: Definition) -> list[Problem]:
        """Besides the text: how many words, and how long."""
        words, length = limits(definition)
        problems = check_text_and_options(definition, self.options)
        if not 1 <= words <= WORDS_MAXIMUM:
            problems.append(Problem("words", "One to %(maximum)s words are possible.", {"maximum": WORDS_MAXIMUM}))
        if not 1 <= length <= LENGTH_MAXIMUM:
            sentence = "A length of one to %(maximum)s characters is possible."
            problems.append(Problem("length", sentence, {"maximum": LENGTH_MAXIMUM}))
        return problems

    def parse(self, definition: Definition, given: Sequence[str]) -> Answer:
        """Take the words as they were written, the first form of each."""
        words, length = limits(definition)
        found: dict[str, str] = {}
        for word in lines(given, length):
            if key := key_of(word):
                found.setdefault(key, word)
        if not found:
            raise Refused("unwritten")
        if len(found) > words:
            raise Refused("too_many_words", written=len(found), excess=len(found) - words)
        return tuple(found.values())

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """One mark for the person, one for each word with the form that it was written in: ``w:KEY|FORM``."""
        return Counter([ANSWERED, *(f"w:{key_of(word)}|{word}" for word in answer)])

    def results(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> Words:
        """The words that may be seen; the share is of the people who answered, at most all."""
        base, entered = tally.get(ANSWERED, 0), self.settled(definition, tally, decisions)
        seen, sizes = entered.seen, entered.seen.sizes()

        def rows(limit: int | None = None) -> list[Row]:
            return [
                Word(key, self.text(entered, key), n, min(1.0, n / base), n == sizes[0][0], _size(n, sizes[0][0]))
                for key, n in seen.descending(limit)
            ]

        return Words(
            base, Rows(rows(FIRST), sum(size for _, size in sizes), rows), levels=tuple(sizes[:2]), counts=seen.counts
        )

    def order(self, key: str) -> str:
        """The key itself, where ä is like ae."""
        return key

    def text(self, entered: Entered, key: str) -> str:
        """The form that most people wrote.

        Of equally frequent forms it is the shortest; "Nähe" comes before "nähe" and "NÄHE".
        """
        forms = ((entered[mark], mark.partition("|")[2]) for mark in entered.forms.get(key, ()))
        return min(((n, form) for n, form in forms if n > 0), key=_rank, default=(0, key))[1]


def limits(definition: Definition) -> tuple[int, int]:
    """Return how many words a participant may give, and how many characters each may have."""
    rules: Mapping[str, Any] = definition.rules
    return rules.get("words", WORDS), rules.get("length", LENGTH)


def _rank(written: tuple[int, str]) -> tuple[int, int, bool, bool, str]:
    n, form = written
    return -n, len(form), form.isupper(), form.islower(), form


def _size(n: int, most: int) -> int:
    return 1 + isqrt((SIZES - 1) ** 2 * n // max(most, _FEW))


# Spelling

_BETWEEN = re.compile(r"[\s|\-\N{HYPHEN}-\N{HORIZONTAL BAR}\N{MINUS SIGN}]+")
_INVISIBLE = re.compile(
    "[\N{SOFT HYPHEN}\u180b-\u180f\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)
_KEY_MAXIMUM = 200
"""Characters; some letters are many in their compatible form."""
_MEANT = "%\N{PER MILLE SIGN}§&@#/\\"
_AROUND = "".join(
    letter for letter in map(chr, range(0x3100)) if unicodedata.category(letter)[0] == "P" and letter not in _MEANT
)
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_ALIKE = str.maketrans(dict.fromkeys(":_/·•", "*") | dict.fromkeys("'’‘`´ʼ", ""))
_DIFFERENT = frozenset({"maße", "maßen", "buße", "bußen"})


@lru_cache(maxsize=10_000)
def key_of(text: str) -> str:
    """Return what all spellings of a word have in common, see above, without ``|``; empty if the text says nothing."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).lower())
    key = ""
    for part in map(_common, _BETWEEN.split(plain)):
        key += f" {part}" if key[-1:].isdigit() and part[:1].isdigit() else part
    return key[:_KEY_MAXIMUM] if says_something(key) else ""


def _common(word: str) -> str:
    """Return the common spelling of a word without spaces."""
    word = word.strip(_AROUND).lstrip("#")
    if word not in _DIFFERENT:
        word = word.replace("ß", "ss").casefold()
    return word.translate(_GERMAN).translate(_ALIKE)
