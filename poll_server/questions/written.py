"""What the kinds share whose answers people write: texts taken in, and what moderators decide about them."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import accumulate
from typing import Any

from poll_server.domain.decisions import (
    LISTED_MAXIMUM,
    Decisions,
    Entry,
    Listing,
    alphabet,
    listing,
)
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.domain.text import clean, fold
from poll_server.questions.comparing import Compared
from poll_server.questions.contract import Plain, Results, Row
from poll_server.questions.entered import Entered

FIRST = 60
"""So many rows are shown at most."""
FIRST_BYTES = 4900
"""They are at most so long together as they go out, so that a frame of them stays under 6 KB."""
_ROW_BYTES = 42
"""The tags around each of them."""

_QUOTED = 20


@dataclass(frozen=True)
class Written(Results):
    """A result whose rows are what people wrote, what is shown first at the beginning."""

    @cached_property
    def first(self) -> Sequence[Row]:
        """As many rows from the beginning as are shown, one at least."""
        sizes = accumulate(_ROW_BYTES + len(escape(row.label).encode()) for row in self.rows[:FIRST])
        return self.rows[: max(1, sum(size <= FIRST_BYTES for size in sizes))]

    @property
    def compared(self) -> Sequence[Compared]:
        """Nothing: no two askings have the same texts."""
        return ()

    @property
    def more(self) -> int:
        """How many rows there are after the first."""
        return len(self.rows) - len(self.first)


def says_something(text: str) -> bool:
    """Tell whether a text has a letter, a digit or a symbol such as an emoji; punctuation alone is no answer."""
    return any(unicodedata.category(letter)[0] in "LNS" for letter in text)


def lines(given: Sequence[str], length: int) -> Iterator[str]:
    """Return the texts of a form that say something, each as one line; raises Refused for one over ``length``."""
    for text in given:
        line = fold(clean(text), length + 1)
        if len(line) > length:
            raise Refused("too_long", start=line[:_QUOTED].rstrip(), maximum=str(length))
        if says_something(line):
            yield line


class WrittenKind(Plain):
    """Base of the kinds whose answers people write: an entry for each different text."""

    grows = True
    shares = False
    decided = True
    written = True
    has_forms = False
    """Whether the same entry can be written in several ways."""

    def order(self, key: str) -> Any:
        """What entries of the same count are sorted by."""
        return alphabet(key)

    def text(self, entered: Entered, key: str) -> str:
        """The text of an entry."""
        return key

    def kept(self, tally: Mapping[str, int]) -> Entered:
        """The tally with its entries in order."""
        return tally if isinstance(tally, Entered) else Entered(tally, self.order, forms=self.has_forms)

    def settled(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions) -> Entered:
        """The tally with its entries in order, and where these decisions want them."""
        entered = self.kept(tally)
        entered.settle(decisions, approval=bool(definition.rules.get("approval")))
        return entered

    def entries(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions) -> tuple[Entry, ...]:
        """All entries, the hidden and the waiting too; the most frequent first, then in the order of the tally.

        The tally of a running server keeps the order of arrival, after a restart that of the database.
        """
        entered = self.kept(tally)
        keys = sorted(entered.counts, key=entered.counts.__getitem__, reverse=True)
        return tuple(self._entry(entered, key, decisions) for key in keys)

    def listing(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions, wanted: str) -> Listing:
        """Without anything wanted only the first of each group are looked at."""
        approval = bool(definition.rules.get("approval"))
        entered = self.settled(definition, tally, decisions)
        if wanted:
            return listing(self.entries(definition, entered, decisions), wanted, approval=approval, by=self.order)
        groups, left = list[tuple[Entry, ...]](), LISTED_MAXIMUM
        for ranked in entered.groups:
            groups.append(tuple(self._entry(entered, key, decisions) for key, _ in ranked.descending(left)))
            left -= len(groups[-1])
        waiting, open_, hidden = groups
        sizes = [len(ranked.counts) for ranked in entered.groups]
        targets = {entry.into for group in groups for entry in group} & entered.counts.keys()
        names = {key: self.text(entered, key) for key in targets}
        more = sum(sizes) - LISTED_MAXIMUM + left
        return Listing(waiting, open_, hidden, more, wanted, (sizes[0], sizes[1], sizes[2]), names)

    def _entry(self, entered: Entered, key: str, decisions: Decisions) -> Entry:
        decision = decisions.get(key)
        verdict, into = (decision.verdict, decision.into) if decision else (None, "")
        return Entry(key, self.text(entered, key), entered.counts[key], verdict, into)
