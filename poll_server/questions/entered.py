"""What people wrote, in order: a tally that keeps its entries by their counts, and results that make only what is seen.

So that a tick costs no more when there are tens of thousands of different entries.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from heapq import nsmallest
from typing import Any, overload

from poll_server.domain.decisions import Decisions
from poll_server.questions.contract import Row

Order = Callable[[str], Any]
"""What entries of the same count are sorted by: a text, or a tuple; no two entries have the same."""


class Entered(Counter[str]):
    """The marks of a question; those of entries are ``?:KEY``, or ``?:KEY|FORM`` where entries have several ``forms``.

    ``counts`` has the sum of each entry's marks, ``levels`` for each count what its entries are sorted by with their
    keys, ``forms`` the marks of each entry where there can be several. Marks that were taken back count nothing. Only
    by setting single marks may it be changed.
    """

    def __init__(self, marks: Mapping[str, int], order: Order, *, forms: bool = False) -> None:
        super().__init__()
        self.counts: dict[str, int] = {}
        self.levels: dict[int, dict[Any, str]] = {}
        self.forms: dict[str, list[str]] = {}
        self._order = order
        self._has_forms = forms
        for mark, n in marks.items():
            self[mark] = n

    def __setitem__(self, mark: str, n: int) -> None:
        before = self.get(mark, 0)
        is_new = mark not in self
        super().__setitem__(mark, n)
        if mark[1:2] != ":":
            return
        key = mark[2:].partition("|")[0] if self._has_forms else mark[2:]
        if is_new and self._has_forms:
            self.forms.setdefault(key, []).append(mark)
        if change := max(n, 0) - max(before, 0):
            self._move(key, change)

    def _move(self, key: str, change: int) -> None:
        old, place = self.counts.get(key, 0), self._order(key)
        if old:
            level = self.levels[old]
            del level[place]
            if not level:
                del self.levels[old]
        if old + change:
            self.counts[key] = old + change
            self.levels.setdefault(old + change, {})[place] = key
        else:
            del self.counts[key]


def decided(decisions: Decisions) -> set[str]:
    """Return the entries that decisions are about, or that others are joined with."""
    return set(decisions) | {decision.into for decision in decisions.values()} - {""}


Levels = Mapping[int, Mapping[Any, str]]


def descending(
    levels: Levels, left_out: Set[str], others: Mapping[str, int], order: Order, limit: int | None = None
) -> Iterator[tuple[str, int]]:
    """Give entries with their counts, the highest first; at most so many.

    They are those of ``levels`` without ``left_out``, and ``others``.
    """
    away = {order(key) for key in left_out}
    more: dict[int, dict[Any, str]] = defaultdict(dict)
    for key, n in others.items():
        more[n][order(key)] = key
    given = 0
    for n in sorted({*levels, *more}, reverse=True):
        level, added = levels.get(n, {}), more.get(n, {})
        if limit is None:
            places = sorted((level.keys() - away) | added.keys())
        else:  # those that are left out may be among the first
            some = nsmallest(limit - given + len(away), level)
            places = sorted((set(some) - away) | added.keys())[: limit - given]
        given += len(places)
        yield from ((added[place] if place in added else level[place], n) for place in places)
        if given == limit:
            return


class Rows(Sequence[Row]):
    """Rows of which the first are made at once and the others when somebody asks for them.

    To be read before the tally moves on, as everything that is made of it.
    """

    def __init__(self, first: Sequence[Row], size: int, every: Callable[[], Sequence[Row]]) -> None:
        self._first = first
        self._size = size
        self._every = every

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        places = range(self._size)[at]
        ends = [places] if isinstance(places, int) else [*places[:1], *places[-1:]]
        if ends and max(ends) >= len(self._first):
            self._first = self._every()
        return self._first[at] if isinstance(at, int) else self._first[: self._size][at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # as any sequence that may still grow inside
