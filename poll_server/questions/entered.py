"""What people wrote, in order: a tally that keeps its entries by their counts, and results that make only what is seen.

So that a tick costs no more when there are tens of thousands of different entries, or thousands of decisions about
them: what moves is put in its new place, and everything else stays where it is.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import nsmallest
from typing import Any, overload

from poll_server.domain.decisions import Decision, Decisions, Verdict, group_of
from poll_server.questions.contract import Row

Order = Callable[[str], Any]
"""What entries of the same count are sorted by: a text, or a tuple; no two entries have the same."""


class Ranked:
    """Entries in order: ``counts`` by their keys, ``levels`` for each count the places of its entries with their keys.

    Nothing is kept of a count of 0.
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.levels: dict[int, dict[Any, str]] = {}

    def add(self, key: str, place: Any, change: int) -> None:
        """Count an entry that is sorted by its ``place`` so much higher."""
        old = self.counts.pop(key, 0)
        if old:
            level = self.levels[old]
            del level[place]
            if not level:
                del self.levels[old]
        if n := old + change:
            self.counts[key] = n
            self.levels.setdefault(n, {})[place] = key

    def sizes(self) -> list[tuple[int, int]]:
        """The counts that there are, the highest first, each with how many entries have it."""
        return [(n, len(self.levels[n])) for n in sorted(self.levels, reverse=True)]

    def descending(self, limit: int | None = None) -> Iterator[tuple[str, int]]:
        """Give the entries with their counts, the highest first; at most so many."""
        given = 0
        for n in sorted(self.levels, reverse=True):
            level = self.levels[n]
            places = sorted(level) if limit is None else nsmallest(limit - given, level)
            given += len(places)
            yield from ((level[place], n) for place in places)
            if given == limit:
                return


_Aim = tuple[int, str | None]
"""Where an entry counts: in a group of a desk's list, and with which entry in the result, None for with none."""


class Entered(Counter[str]):
    """The marks of a question; those of entries are ``?:KEY``, or ``?:KEY|FORM`` where entries have several ``forms``.

    ``counts`` has the sum of each entry's marks, ``forms`` the marks of each entry where there can be several. Marks
    that were taken back count nothing. ``seen`` are the entries of the result and ``groups`` those of a desk's list,
    see `domain.decisions.Listing`, by the decisions that were given to ``settle`` last. Only by setting single marks
    may it be changed.
    """

    def __init__(self, marks: Mapping[str, int], order: Order, *, forms: bool = False) -> None:
        super().__init__(marks)
        self.counts: dict[str, int] = {}
        self.forms: dict[str, list[str]] = {}
        self.seen = Ranked()
        self.groups = (Ranked(), Ranked(), Ranked())
        self._order = order
        self._has_forms = forms
        self._settled: tuple[dict[str, Decision], bool] | None = None
        self._aims: dict[str, _Aim] = {}
        for mark, n in marks.items():
            if mark[1:2] == ":":
                key = self._note(mark)
                if n > 0:
                    self.counts[key] = self.counts.get(key, 0) + n

    def __setitem__(self, mark: str, n: int) -> None:
        before = self.get(mark, 0)
        is_new = mark not in self
        super().__setitem__(mark, n)
        if mark[1:2] != ":":
            return
        key = self._note(mark) if is_new else self._key(mark)
        if change := max(n, 0) - max(before, 0):
            if self._settled:
                self._count(key, change)
            self.counts[key] = self.counts.get(key, 0) + change
            if not self.counts[key]:
                del self.counts[key]

    def settle(self, decisions: Decisions, *, approval: bool) -> None:
        """Put the entries where these decisions want them.

        Where they wait for ``approval``, only what was shown is seen. What was decided before stays where it is.
        """
        if self._settled == (decisions, approval):
            return
        if self._settled is None or self._settled[1] != approval:
            self._settled = {}, approval
            self.seen, self.groups, self._aims = Ranked(), (Ranked(), Ranked(), Ranked()), {}
            for key, n in self.counts.items():
                self._count(key, n)
        aims, before = _aims(decisions, approval=approval), self._aims
        moved = [key for key in {*before, *aims} if before.get(key) != aims.get(key) and key in self.counts]
        for key in moved:
            self._count(key, -self.counts[key])
        self._settled, self._aims = (dict(decisions), approval), aims
        for key in moved:
            self._count(key, self.counts[key])

    def _count(self, key: str, change: int) -> None:
        """Count an entry where it counts now."""
        assert self._settled
        place = self._order(key)
        group, shown_as = self._aims.get(key) or _undecided(key, approval=self._settled[1])
        self.groups[group].add(key, place, change)
        if shown_as is not None:
            self.seen.add(shown_as, place if shown_as == key else self._order(shown_as), change)

    def _key(self, mark: str) -> str:
        return mark[2:].partition("|")[0] if self._has_forms else mark[2:]

    def _note(self, mark: str) -> str:
        """Take a mark that is new, and return the key of its entry."""
        key = self._key(mark)
        if self._has_forms:
            self.forms.setdefault(key, []).append(mark)
        return key


def _undecided(key: str, *, approval: bool) -> _Aim:
    return group_of(None, approval=approval), None if approval else key


def _aims(decisions: Decisions, *, approval: bool) -> dict[str, _Aim]:
    """Return where the entries count that decisions are about."""
    ends, aims = _joined(decisions), {}
    for key, decision in decisions.items():
        end = ends.get(key, key)
        decided = decision if end == key else decisions.get(end)
        shown_as = end if _is_shown(decided, approval=approval) else None
        aims[key] = group_of(decision.verdict, approval=approval), shown_as
    return aims


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
    return decision.verdict in (Verdict.SHOWN, Verdict.CHOSEN)


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
