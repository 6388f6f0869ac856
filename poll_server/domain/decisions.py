"""What moderators decide about what participants wrote: shown, hidden, joined with another. Marks are never touched."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from heapq import nsmallest
from typing import Any, NamedTuple

from poll_server.domain.errors import Forbidden, Unknown


class Verdict(StrEnum):
    """What becomes of one entry of a result."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    JOINED = "joined"
    """Counted with another entry; its own text is not shown."""
    CHOSEN = "chosen"
    """Shown, and large on the screen."""


class Decision(NamedTuple):
    """The verdict on an entry; ``into`` is the key of the entry that it is joined with, else empty."""

    verdict: Verdict
    into: str = ""


Decisions = Mapping[str, Decision]
"""The decisions that stand for one asking of a question, by the key of the entry; what is not in it is undecided."""

UNDECIDED: Decisions = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a result as moderators see it, whatever was decided about it; never for audience and screen.

    ``count`` is the number of people who wrote just this, without those joined with it; ``into`` is the key of the
    entry that it is joined with as decided, else empty.
    """

    key: str
    text: str
    count: int
    verdict: Verdict | None
    into: str = ""

    @property
    def name(self) -> str:
        """What the key is called on the wire: short also where the key is a long text."""
        return _name(self.key)


@lru_cache(maxsize=10_000)
def _name(key: str) -> str:
    return blake2b(key.encode(), digest_size=12).hexdigest()


def resolve(entries: Iterable[Entry], name: str, verdict: Verdict | None, into: str) -> tuple[str, Decision | None]:
    """Return the key and the decision of a verdict on the entry with this name, None for none; ``into`` is a name too.

    Raises Unknown if an entry is not there, Forbidden if a joining would go to the entry itself or on to a third.
    """
    named = {entry.name: entry for entry in entries}
    if name not in named:
        raise Unknown("unknown_entry")
    if verdict is not Verdict.JOINED:
        return named[name].key, Decision(verdict) if verdict else None
    if into in ("", name):
        raise Forbidden("joining")
    if into not in named:
        raise Unknown("unknown_entry")
    if named[into].verdict is Verdict.JOINED:
        raise Forbidden("joining")
    return named[name].key, Decision(verdict, named[into].key)


LISTED_MAXIMUM = 200
"""Entries that a desk lists at a time; the others are found by what they contain."""
_SORTED = 40
"""So many characters of entries are sorted without regard to capital letters: the longer the dearer."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Entries of a result at the desk: those that wait, those that are shown, the hidden and joined, by count in each.

    Only those that contain ``wanted``, and of these the first; ``more`` is how many of them are left out. ``sizes`` are
    those of the three groups with all entries, ``names`` the texts of those that listed ones are joined with.
    """

    waiting: tuple[Entry, ...]
    shown: tuple[Entry, ...]
    hidden: tuple[Entry, ...]
    more: int
    wanted: str
    sizes: tuple[int, int, int]
    names: Mapping[str, str]

    @property
    def groups(self) -> tuple[tuple[Entry, ...], ...]:
        """The three groups in their order."""
        return self.waiting, self.shown, self.hidden


def alphabet(key: str) -> tuple[str, str]:
    """Return what texts are sorted by: without regard to capital letters first."""
    return key[:_SORTED].casefold(), key


def group_of(verdict: Verdict | None, *, approval: bool) -> int:
    """Return in which of the three groups of a desk's list an entry stands."""
    if verdict in (Verdict.HIDDEN, Verdict.JOINED):
        return 2
    return 0 if approval and verdict is None else 1


def listing(
    entries: Sequence[Entry], wanted: str = "", *, approval: bool = False, by: Callable[[str], Any] = alphabet
) -> Listing:
    """Return what a desk lists of these entries; those of equal counts are sorted ``by`` their keys.

    Where entries wait for ``approval``, nobody else sees what has not been decided about.
    """

    def group(entry: Entry) -> int:
        return group_of(entry.verdict, approval=approval)

    folded = wanted.casefold()
    found = [entry for entry in entries if not folded or folded in entry.text.casefold()]

    def order(entry: Entry) -> tuple[int, int, Any]:
        return group(entry), -entry.count, by(entry.key)

    listed = nsmallest(LISTED_MAXIMUM, found, order)
    waiting, shown, hidden = (tuple(entry for entry in listed if group(entry) == at) for at in range(3))
    sizes = Counter(map(group, entries))
    targets = {entry.into for entry in listed}
    names = {entry.key: entry.text for entry in entries if entry.key in targets}
    return Listing(waiting, shown, hidden, len(found) - len(listed), wanted, (sizes[0], sizes[1], sizes[2]), names)
