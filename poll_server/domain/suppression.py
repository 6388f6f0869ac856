"""What of a breakdown may be shown, so that nobody finds single people in it.

Statistical disclosure control for tables of counts: what is small is hidden (primary suppression), and so much more
that it cannot be computed from the totals, which are shown (secondary suppression). See Hundepool and others,
"Statistical Disclosure Control", Wiley 2012, chapter 4; `docs/groups.md` says it in plain words.
"""

from collections import Counter, deque
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import product

LEAST = 5
"""People that a row or cell needs to be shown."""

Cell = tuple[str, str]
"""From which answer to which."""
Exchange = tuple[tuple[Cell, int], ...]
"""By how many people cells change."""
WORLDS_MAXIMUM, CELLS_MAXIMUM = 200, 150
"""So many tables that might look the same are tried, if no more cells are hidden: a matter of seconds."""
NOWHERE = ""
"""In place of an answer that somebody has not given."""


def hidden_rows(people: Mapping[str, int], before: Collection[str] = ()) -> frozenset[str]:
    """Return the rows to hide: of ``people`` by row, when those ``before`` have been hidden in an earlier asking.

    Hidden is a row with fewer than LEAST people, and what was hidden before; then the smallest of the others, with all
    that are as small, until two or more are hidden with LEAST people together. Where they might all be just under LEAST
    it goes on, too: whoever knows this rule could otherwise tell. An asking that nobody has answered says nothing.
    """
    hidden = set(before)
    if any(people.values()):
        hidden |= {row for row, n in people.items() if n < LEAST}
        while shown := {row: n for row, n in people.items() if hidden and row not in hidden}:
            together = sum(people.get(row, 0) for row in hidden)
            if len(hidden) > 1 and together >= LEAST and together != len(hidden) * (LEAST - 1):
                break
            hidden |= {row for row, n in shown.items() if n == min(shown.values())}
    return frozenset(hidden)


def hidden_cells(classes: Sequence[Counter[Cell]]) -> frozenset[Cell] | None:
    """Return the cells to hide in a table of movements, None if nothing of it may be shown.

    ``classes`` are its people by what else is shown about them, such as their group. Whoever has answered only once
    comes from NOWHERE or goes there. The sums of all rows and columns count as known, and so does how many have
    changed their answer. Cells in empty rows and columns tell nothing and are in no result. Hidden are cells under
    LEAST people, and so many more that in each row and column those hidden are nobody or LEAST people together, and
    that each cell of one to four people may as well have another number: two or three people of one class could
    exchange their later answers without anything shown being different. Even for whoever knows this rule: the same
    would have to be hidden then, too, or nothing is shown.

    Those who have answered only once are never in the table, so what they answered is the difference to the results:
    that may be known of LEAST of them together, or of nobody.
    """
    hidden = _pattern(classes)
    return hidden if hidden is not None and _tells_nothing(classes, hidden) else None


def _pattern(classes: Sequence[Counter[Cell]]) -> frozenset[Cell] | None:
    """Return what to hide from somebody who does not know the rule; as `hidden_cells`."""
    whole = sum(classes, Counter[Cell]())
    once = [sum(n for cell, n in whole.items() if cell[side] == NOWHERE) for side in (0, 1)]
    kept = [Counter({cell: n for cell, n in people.items() if not any(_is_known(cell, once))}) for people in classes]
    table = sum(kept, Counter[Cell]())
    both = Counter({cell: n for cell, n in table.items() if NOWHERE not in cell})
    changed = sum(n for (before, after), n in both.items() if before != after)
    if min(changed, both.total() - changed) < LEAST:
        return None
    before, after = ({cell[side] for cell, n in table.items() if n} for side in (0, 1))
    cells = [(one, other) for one in sorted(before) for other in sorted(after) if one or other]
    hidden = {cell for cell in cells if table[cell] < LEAST or NOWHERE in cell}
    free: set[Cell] = set()
    while weak := next(_weak_cells(cells, hidden, table, kept, free), None):
        shown = [cell for cell in cells if cell not in hidden]
        if not shown:
            return None
        near = [cell for cell in shown if cell[0] == weak[0] or cell[1] == weak[1]]
        hidden.add(min(near or shown, key=lambda cell: table[cell]))
    return frozenset(hidden)


def _tells_nothing(classes: Sequence[Counter[Cell]], hidden: frozenset[Cell]) -> bool:
    """Tell whether each hidden cell of one to four people has another number in some world with the same pattern.

    They are looked for by one exchange after the other. Whoever is in one of those worlds finds
    the others from there, so that what is shown does not tell in which one they are.
    """
    if len(hidden) > CELLS_MAXIMUM:
        return False
    whole = sum(classes, Counter[Cell]())
    pinned = {cell for cell in hidden if 0 < whole[cell] < LEAST}
    found, waiting = {_name(classes)}, deque([list(classes)])
    while pinned and waiting:
        for other in _neighbours(waiting.popleft(), hidden, pinned):
            if _name(other) in found:
                continue
            if len(found) == WORLDS_MAXIMUM:
                return False
            found.add(_name(other))
            if _pattern(other) == hidden:
                waiting.append(other)
                pinned -= {cell for cell in pinned if sum(one[cell] for one in other) != whole[cell]}
    return not pinned


def _neighbours(
    world: list[Counter[Cell]], hidden: frozenset[Cell], pinned: Collection[Cell]
) -> Iterator[list[Counter[Cell]]]:
    """Yield worlds that are one exchange away, in turn for each cell that is still pinned."""
    waiting = deque(
        (cell, at, _exchanges(cell, hidden, one)) for cell in sorted(pinned) for at, one in enumerate(world)
    )
    while waiting:
        cell, at, exchanges = waiting.popleft()
        if cell in pinned and (change := next(exchanges, None)):
            yield [*world[:at], _after(world[at], change), *world[at + 1 :]]
            waiting.append((cell, at, exchanges))


def _name(world: Sequence[Counter[Cell]]) -> Hashable:
    return tuple(frozenset((cell, n) for cell, n in people.items() if n) for people in world)


def _after(people: Counter[Cell], change: Exchange) -> Counter[Cell]:
    after = Counter(people)
    for cell, n in change:
        after[cell] += n
    return after


def _is_known(cell: Cell, once: Sequence[int]) -> Iterator[bool]:
    """Tell for both sides whether those of a cell have answered only once, with enough others."""
    return (one == NOWHERE and others >= LEAST for one, others in zip(cell, once, strict=True))


def _weak_cells(
    cells: Sequence[Cell],
    hidden: Collection[Cell],
    table: Counter[Cell],
    classes: Sequence[Counter[Cell]],
    free: set[Cell],
) -> Iterator[Cell]:
    """Yield hidden cells that what is shown tells too much about.

    Those found ``free`` are not looked at again: they stay so however much more is hidden.
    """
    for side in (0, 1):
        for line in sorted({cell[side] for cell in hidden}):
            members = [cell for cell in cells if cell[side] == line]
            secret = [cell for cell in members if cell in hidden]
            if len(secret) < len(members) and 0 < sum(table[cell] for cell in secret) < LEAST:
                yield min(secret)
    for cell in sorted(cell for cell in hidden if 0 < table[cell] < LEAST and cell not in free):
        if any(True for people in classes for _ in _exchanges(cell, hidden, people)):
            free.add(cell)
        else:
            yield cell


def _exchanges(cell: Cell, hidden: Collection[Cell], people: Mapping[Cell, int]) -> Iterator[Exchange]:
    """Yield exchanges of answers after which this cell is another number, and all that is shown the same.

    Two or three people exchange answers, and all sums stay: that is a cycle through hidden cells, by turns one more and
    one less, with as many stayers as before.
    """
    for sign in (1, -1):
        yield from _cycles(cell, sign, hidden, people)


def _cycles(cell: Cell, sign: int, hidden: Collection[Cell], people: Mapping[Cell, int]) -> Iterator[Exchange]:
    def can(one: Cell, change: int) -> bool:
        return one in hidden and (change > 0 or people.get(one, 0) > 0)

    if not can(cell, sign):
        return
    row, column = cell
    ordered = sorted(hidden)
    across = [c for r, c in ordered if r == row and c != column and can((r, c), -sign)]
    down = [r for r, c in ordered if c == column and r != row and can((r, c), -sign)]
    for c, r in product(across, down):
        taken = [(row, c), (r, column)]
        if can((r, c), sign) and _same_stayers([cell, (r, c)], taken):
            yield _exchange([cell, (r, c)], taken, sign)
        for r3, c3 in ordered:
            more, less = [cell, (r, c3), (r3, c)], [*taken, (r3, c3)]
            fits = r3 not in (row, r) and c3 not in (column, c) and can((r3, c3), -sign)
            if fits and all(can(one, sign) for one in more) and _same_stayers(more, less):
                yield _exchange(more, less, sign)


def _exchange(more: Iterable[Cell], less: Iterable[Cell], sign: int) -> Exchange:
    return (*((cell, sign) for cell in more), *((cell, -sign) for cell in less))


def _same_stayers(more: Iterable[Cell], less: Iterable[Cell]) -> bool:
    return sum(a == b for a, b in more) == sum(a == b for a, b in less)
