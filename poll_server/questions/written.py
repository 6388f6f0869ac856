"""What the kinds share whose answers people write: texts taken in, and what moderators decide about them."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate

from poll_server.domain.decisions import Decision, Decisions, Entry, Verdict
from poll_server.domain.errors import Refused
from poll_server.domain.text import clean, fold
from poll_server.questions.contract import Results, Row

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


def counted(tally: Mapping[str, int], prefix: str) -> dict[str, int]:
    """Return the marks of one sort, without their prefix and without those that were taken back."""
    return {mark.removeprefix(prefix): n for mark, n in tally.items() if n > 0 and mark.startswith(prefix)}


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


def entries(counts: Mapping[str, int], texts: Mapping[str, str], decisions: Decisions) -> tuple[Entry, ...]:
    """Return every entry with what was decided about it: the most frequent first, then in the order of the tally.

    The tally of a running server keeps the order of arrival, after a restart that of the database.
    """
    found = []
    for key in sorted(counts, key=counts.__getitem__, reverse=True):
        decision = decisions.get(key)
        verdict, into = (decision.verdict, decision.into) if decision else (None, "")
        found.append(Entry(key, texts[key], counts[key], verdict, into))
    return tuple(found)
