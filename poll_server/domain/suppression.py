"""What of a breakdown may be shown, so that nobody finds single people in it.

Statistical disclosure control for tables of counts: what is small is hidden (primary suppression), and so much more
that it cannot be computed from the totals, which are shown (secondary suppression). See Hundepool and others,
"Statistical Disclosure Control", Wiley 2012, chapter 4; `docs/groups.md` says it in plain words.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

LEAST = 5
"""People that a row or cell needs to be shown."""

Cell = tuple[str, str]
"""From which answer to which."""


def hidden_rows(askings: Sequence[Mapping[str, int]]) -> frozenset[str]:
    """Return the rows to hide: of ``askings`` of one question, each the number of people by row, the present one last.

    A row with fewer than LEAST people is hidden in this asking and all later ones; then the next smallest, until two or
    more are hidden with LEAST people together in each. So everything shown stays the same however the hidden people are
    spread over the hidden rows. Askings that nobody has answered say nothing.
    """
    answered = [asking for asking in askings if any(asking.values())]
    rows = list(dict.fromkeys(row for asking in askings for row in asking))
    hidden: set[str] = set()
    for number, present in enumerate(answered, 1):
        size = {row: present.get(row, 0) for row in rows}
        hidden |= {row for row in rows if size[row] < LEAST}
        while hidden and len(hidden) < len(rows) and not _covers(hidden, answered[:number]):
            hidden.add(min((row for row in rows if row not in hidden), key=lambda row: size[row]))
    return frozenset(hidden)


def _covers(hidden: Collection[str], askings: Iterable[Mapping[str, int]]) -> bool:
    return len(hidden) > 1 and all(sum(asking.get(row, 0) for row in hidden) >= LEAST for asking in askings)


def hidden_cells(classes: Sequence[Counter[Cell]]) -> frozenset[Cell] | None:
    """Return the cells to hide in a table of movements, None if nothing of it may be shown.

    ``classes`` are its people by what else is shown about them, such as their group. The sums of all rows and columns
    count as known, and so does how many people have changed their answer. Cells in empty rows and columns tell nothing
    and are in no result. Hidden are cells under LEAST people, and so many more that in each row and column those hidden
    are nobody or LEAST people together, and that each cell of one to four people may as well have another number: two
    or three people of one class could exchange their later answers without anything shown being different.
    """
    table = sum(classes, Counter[Cell]())
    changed = sum(n for (before, after), n in table.items() if before != after)
    if min(changed, table.total() - changed) < LEAST:
        return None
    before, after = ({cell[side] for cell, n in table.items() if n} for side in (0, 1))
    cells = [(one, other) for one in sorted(before) for other in sorted(after)]
    hidden = {cell for cell in cells if table[cell] < LEAST}
    while weak := next(_weak_cells(cells, hidden, table, classes), None):
        shown = [cell for cell in cells if cell not in hidden]
        if not shown:
            return None
        near = [cell for cell in shown if cell[0] == weak[0] or cell[1] == weak[1]]
        hidden.add(min(near or shown, key=lambda cell: table[cell]))
    return frozenset(hidden)


def _weak_cells(
    cells: Sequence[Cell], hidden: Collection[Cell], table: Counter[Cell], classes: Sequence[Counter[Cell]]
) -> Iterator[Cell]:
    """Yield hidden cells that what is shown tells too much about."""
    for side in (0, 1):
        for line in sorted({cell[side] for cell in hidden}):
            members = [cell for cell in cells if cell[side] == line]
            secret = [cell for cell in members if cell in hidden]
            if len(secret) < len(members) and 0 < sum(table[cell] for cell in secret) < LEAST:
                yield min(secret)
    for cell in sorted(cell for cell in hidden if 0 < table[cell] < LEAST):
        if not any(_is_free(cell, sign, hidden, people) for people in classes for sign in (1, -1)):
            yield cell


def _is_free(cell: Cell, sign: int, hidden: Collection[Cell], people: Mapping[Cell, int]) -> bool:
    """Tell whether a cell may be one more (or less): two or three people exchange answers, and all sums stay.

    That is a cycle through hidden cells, by turns one more and one less, with as many stayers as before.
    """

    def can(one: Cell, change: int) -> bool:
        return one in hidden and (change > 0 or people.get(one, 0) > 0)

    if not can(cell, sign):
        return False
    row, column = cell
    across = [c for r, c in hidden if r == row and c != column and can((r, c), -sign)]
    down = [r for r, c in hidden if c == column and r != row and can((r, c), -sign)]
    for c in across:
        for r in down:
            taken = [(row, c), (r, column)]
            if can((r, c), sign) and _same_stayers([cell, (r, c)], taken):
                return True
            for r3, c3 in hidden:
                more = [cell, (r, c3), (r3, c)]
                fits = r3 not in (row, r) and c3 not in (column, c) and can((r3, c3), -sign)
                if fits and all(can(one, sign) for one in more) and _same_stayers(more, [*taken, (r3, c3)]):
                    return True
    return False


def _same_stayers(more: Iterable[Cell], less: Iterable[Cell]) -> bool:
    return sum(a == b for a, b in more) == sum(a == b for a, b in less)
