"""What the kinds share whose answers people write: texts taken in, and what moderators decide about them."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import accumulate
from typing import Any, NamedTuple

from poll_server.domain.decisions import (
    LISTED_MAXIMUM,
    Decision,
    Decisions,
    Entry,
    Listing,
    Verdict,
    alphabet,
    listing,
)
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.domain.text import clean, fold
from poll_server.questions.contract import Plain, Results, Row
from poll_server.questions.entered import Entered, Levels, Order, decided, descending

FIRST = 60
"""So many rows are shown at most."""
FIRST_BYTES = 4900
"""They are at most so long together as they go out, so that a frame of them stays under 6 KB."""
_ROW_BYTES = 42
"""The tags around each of them."""

_SHOWN = (Verdict.SHOWN, Verdict.CHOSEN)
_QUOTED = 20


@dataclass(frozen=True)
class Written(Results):
    """A result whose rows are what people wrote, what is shown first at the beginning."""

    @property
    def first(self) -> Sequence[Row]:
        """As many rows from the beginning as are shown, one at least."""
        sizes = accumulate(_ROW_BYTES + len(escape(row.label).encode()) for row in self.rows[:FIRST])
        return self.rows[: max(1, sum(size <= FIRST_BYTES for size in sizes))]

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

    def seen(self, definition: Definition, entered: Entered, decisions: Decisions) -> "Seen":
        """What the audience may see of the entries."""
        about = decided(decisions)
        approval = bool(definition.rules.get("approval"))
        some = {key: entered.counts[key] for key in about if key in entered.counts}
        others = shown(some, decisions, approval=approval)
        return Seen({} if approval else entered.levels, about, others, self.order)

    def entries(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions) -> tuple[Entry, ...]:
        """All entries, the hidden and the waiting too; the most frequent first, then in the order of the tally.

        The tally of a running server keeps the order of arrival, after a restart that of the database.
        """
        entered = self.kept(tally)
        keys = sorted(entered.counts, key=entered.counts.__getitem__, reverse=True)
        return tuple(self._entry(entered, key, decisions) for key in keys)

    def listing(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions, wanted: str) -> Listing:
        """Without anything wanted only of those entries that can be among the first."""
        approval = bool(definition.rules.get("approval"))
        entered, about = self.kept(tally), decided(decisions)
        if wanted:
            return listing(self.entries(definition, entered, decisions), wanted, approval=approval, by=self.order)
        first = descending(entered.levels, about, {}, self.order, LISTED_MAXIMUM)
        keys = [*(key for key in about if key in entered.counts), *(key for key, _ in first)]
        found = listing([self._entry(entered, key, decisions) for key in keys], approval=approval, by=self.order)
        left = len(entered.counts) - len(keys)
        waiting, open_, hidden = found.sizes
        sizes = (waiting + left, open_, hidden) if approval else (waiting, open_ + left, hidden)
        return replace(found, more=found.more + left, sizes=sizes)

    def _entry(self, entered: Entered, key: str, decisions: Decisions) -> Entry:
        decision = decisions.get(key)
        verdict, into = (decision.verdict, decision.into) if decision else (None, "")
        return Entry(key, self.text(entered, key), entered.counts[key], verdict, into)


class Seen(NamedTuple):
    """What may be seen of entries: those of ``levels`` that no decision is ``about``, and ``others`` by count."""

    levels: Levels
    about: set[str]
    others: Mapping[str, int]
    order: Order

    def sizes(self) -> list[tuple[int, int]]:
        """The counts that there are, the highest first, each with how many entries have it."""
        sizes = Counter(self.others.values())
        about = [self.order(key) for key in self.about]
        for n, level in self.levels.items():
            if size := len(level) - sum(place in level for place in about):
                sizes[n] += size
        return sorted(sizes.items(), reverse=True)

    def descending(self, limit: int | None = None) -> Iterator[tuple[str, int]]:
        """The entries with their counts, the highest first; at most so many."""
        return descending(self.levels, self.about, self.others, self.order, limit)


def shown(counts: Mapping[str, int], decisions: Decisions, *, approval: bool) -> dict[str, int]:
    """Return what the audience may see: counts by entry, joined ones added to the entry that they are joined with.

    Where entries wait for ``approval``, only what was shown or chosen is seen.
    """
    sums = dict(counts)
    for key, target in _joined(decisions).items():
        if key in counts and target != key:
            sums[target] = sums.get(target, 0) + sums.pop(key)
    return {key: n for key, n in sums.items() if _is_shown(decisions.get(key), approval=approval)}


def _joined(decisions: Decisions) -> dict[str, str]:
    """Return for each joined entry the one that it counts with in the end; for a circle that is its first by alphabet.

    An entry keeps standing for others when nobody has it any more.
    """
    into = {key: one.into for key, one in decisions.items() if one.verdict is Verdict.JOINED and one.into}
    ends: dict[str, str] = {}
    for start in into:
        key, passed = start, dict[str, None]()
        while key in into and key not in ends and key not in passed:
            passed[key] = None
            key = into[key]
        chain = list(passed)
        end = min(chain[chain.index(key) :]) if key in passed else ends.get(key, key)
        ends |= dict.fromkeys(chain, end)
    return ends


def _is_shown(decision: Decision | None, *, approval: bool) -> bool:
    if decision is None or decision.verdict is Verdict.JOINED:
        return not approval
    return decision.verdict in _SHOWN
