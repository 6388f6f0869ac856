"""Suppression against somebody who has everything that is shown: totals, rows by group in two passes, movements."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poll_server.domain.suppression import LEAST, NOWHERE, Cell, hidden_cells, hidden_rows
from tests.domain.attack import Attack

GROUPS = ("K", "V", "P", "")
Person = tuple[str, str, str]
"""A group, an answer before and one after; either may be nowhere."""
People = Counter[Person]
Rows = Callable[[dict[str, int], Collection[str]], frozenset[str]]
Cells = Callable[[Sequence[Counter[Cell]]], frozenset[Cell] | None]


def naive_rows(people: dict[str, int], before: Collection[str]) -> frozenset[str]:
    """What a careless hand would hide: rows under five, and no more."""
    return frozenset(before) | {row for row, n in people.items() if n < LEAST}


def naive_cells(classes: Sequence[Counter[Cell]]) -> frozenset[Cell]:
    """The same for movements."""
    table = sum(classes, Counter[Cell]())
    answers = {answer for cell in table for answer in cell}
    return frozenset(cell for cell in product(answers, answers) if table[cell] < LEAST)


def cells_of(options: str) -> list[Cell]:
    """All ways to answer twice, or once."""
    return [cell for cell in product([*options, NOWHERE], repeat=2) if any(cell)]


@st.composite
def peoples(draw: st.DrawFn) -> tuple[People, str]:
    """People with and without a group, some groups small, who answer twice; most keep their answer, some miss once."""
    options = "ABC"[: draw(st.integers(2, 3))]
    people: People = Counter()
    once = draw(st.sampled_from((0, 1, 3)))
    for group in GROUPS:
        most = draw(st.sampled_from((2, 5, 12)))
        for before, after in cells_of(options):
            top = once if NOWHERE in (before, after) else most if before == after else most // 2
            people[group, before, after] = draw(st.integers(0, top))
    return people, options


def asking(people: People, side: int) -> dict[str, int]:
    """How many of each group have answered, before (1) or now (2)."""
    return {group: sum(n for one, n in people.items() if one[0] == group and one[side]) for group in GROUPS}


def shown(people: People, options: str, rows: Rows, cells: Cells) -> tuple[Attack, list[list[Person]]]:
    """Everything that is shown of them, and the sums that nobody may find: hidden rows, movements of a few people."""
    attack = Attack(people)
    hidden: frozenset[str] = frozenset()
    secrets: list[list[Person]] = []
    for side in (1, 2):
        hidden = rows(asking(people, side), hidden)
        for line, answer in product([GROUPS, *((group,) for group in GROUPS if group not in hidden)], options):
            attack.learn([one for one in people if one[0] in line and one[side] == answer])
        secrets += [[one for one in people if one[0] == group and one[side]] for group in hidden]
    classes: dict[str | None, Counter[Cell]] = {}
    for (group, before, after), n in people.items():
        classes.setdefault(None if group in hidden else group, Counter())[before, after] += n
    hidden_moves = cells(list(classes.values()))
    if hidden_moves is None:
        return attack, secrets
    both = [one for one in people if all(one[1:])]
    attack.learn(both)
    attack.learn([one for one in both if one[1] != one[2]])
    once = {side: [one for one in people if not one[side]] for side in (1, 2)}
    few = {side for side, ones in once.items() if sum(people[one] for one in ones) < LEAST}
    for cell in cells_of(options):
        members = [one for one in people if one[1:] == cell]
        if cell not in hidden_moves and all(cell):
            attack.learn(members)
        elif 0 < sum(people[one] for one in members) < LEAST and (all(cell) or cell.index(NOWHERE) + 1 in few):
            secrets.append(members)
    return attack, secrets


@settings(max_examples=40, deadline=None)
@given(peoples(), st.data())
def test_attack_finds_nothing_hidden(found: tuple[People, str], data: st.DataObject) -> None:
    """From totals, groups in two passes, movements and how many changed, no hidden row or cell can be computed.

    Nor what the few said who have answered only once.
    """
    people, options = found
    attack, secrets = shown(people, options, hidden_rows, hidden_cells)
    if secrets and all(any(asking(people, side).values()) for side in (1, 2)):
        assert attack.finds(data.draw(st.sampled_from(secrets))) is False


def worlds(most: int, rows: int) -> Iterator[tuple[int, ...]]:
    """All ways to spread one to so many people over rows."""
    return (sizes for sizes in product(range(most + 1), repeat=rows) if 0 < sum(sizes) <= most)


@pytest.mark.parametrize(
    ("before", "rows", "most"), [("", 4, 18), ("", 3, 30), ("K", 3, 16), ("KV", 4, 16), ("KVP", 4, 15)]
)
def test_attack_that_knows_the_rule_finds_no_hidden_row(before: str, rows: int, most: int) -> None:
    """Of all audiences that look the same, whatever was hidden before, no two rows that are hidden are always alike."""
    names = GROUPS[:rows]
    found: dict[object, list[set[int]]] = {}
    for sizes in worlds(most, rows):
        hidden = hidden_rows(dict(zip(names, sizes, strict=True)), before)
        seen = (sum(sizes), hidden, tuple(n for name, n in zip(names, sizes, strict=True) if name not in hidden))
        possible = found.setdefault(seen, [set() for _ in names])
        for values, n in zip(possible, sizes, strict=True):
            values.add(n)
    told = [
        seen
        for seen, possible in found.items()
        for name, values in zip(names, possible, strict=True)
        if name in seen[1] and len(values) == 1  # type: ignore[index] # a tuple, see above
    ]
    assert told == []


def seen(people: People, options: str) -> list[object]:
    """Everything that is shown of them, to be compared: both passes by group, then the movements."""
    hidden: frozenset[str] = frozenset()
    found: list[object] = []
    for side in (1, 2):
        hidden = hidden_rows(asking(people, side), hidden)
        found.append(hidden)
        for line, answer in product([GROUPS, *((group,) for group in GROUPS if group not in hidden)], options):
            found.append(sum(n for one, n in people.items() if one[0] in line and one[side] == answer))
    classes: dict[str | None, Counter[Cell]] = {}
    for (group, before, after), n in people.items():
        classes.setdefault(None if group in hidden else group, Counter())[before, after] += n
    table = Counter({cell: n for cell, n in sum(classes.values(), Counter[Cell]()).items() if all(cell)})
    cells = hidden_cells(list(classes.values()))
    if cells is None:
        return [*found, None]
    shown_cells = {cell: n for cell, n in table.items() if cell not in cells}
    return [*found, table.total(), sum(n for (one, other), n in table.items() if one != other), shown_cells]


@pytest.mark.parametrize("seed", range(24))
def test_attack_that_knows_the_rule_finds_no_hidden_movement(seed: int) -> None:
    """Of some audience that looks the same in both passes, whatever is hidden of movements is another number."""
    chance = Random(seed)
    options = "ABC"[: chance.choice((2, 3, 3))]
    once, share = chance.choice((0, 0, 1, 3)), chance.choice((2, 2, 4))
    people: People = Counter()
    for group in GROUPS:
        most = chance.choice((2, 5, 12, 20))
        for before, after in cells_of(options):
            top = once if NOWHERE in (before, after) else most if before == after else max(1, most // share)
            people[group, before, after] = chance.randint(0, top)
    attack, secrets = shown(people, options, hidden_rows, hidden_cells)
    moved = [secret for secret in secrets if len({one[1:] for one in secret}) == 1]
    alike = [attack.is_fooled(one, lambda world: seen(world, options) == seen(people, options), 15) for one in moved]
    assert alike == [True] * len(moved)


def test_movements_that_tell_somebody_who_knows_the_rule_are_not_shown() -> None:
    """Without a circle of exchanges after which the same would be hidden, the four who went from A to C are known."""
    cells = {"AA": 12, "AB": 7, "AC": 4, "BA": 7, "BB": 22, "BC": 10, "CA": 4, "CB": 5, "CC": 18}
    assert hidden_cells([Counter({(cell[0], cell[1]): n for cell, n in cells.items()})]) is None


def people_of(options: str, **given: int) -> People:
    """So many people of some groups and answers, named by group, before and after; nobody else."""
    cells = product(GROUPS, options, options)
    return Counter({cell: given.get("".join(cell), 0) for cell in cells})


ONE_SMALL = people_of("AB", KAA=9, VBB=8, PAA=3, BB=7)
MOVED = people_of("AB", KAA=20, KAB=3, KBA=6, KBB=9)


def test_attack_finds_the_only_hidden_row() -> None:
    """Where only what is small is hidden, one row is the total without the others: the attack can do that."""
    attack, secrets = shown(ONE_SMALL, "AB", naive_rows, lambda classes: None)
    assert [attack.finds(secret) for secret in secrets] == [True, True]


def test_attack_finds_the_only_hidden_movement() -> None:
    """In the same way it finds a movement that alone is hidden."""
    attack, secrets = shown(MOVED, "AB", hidden_rows, naive_cells)
    assert [attack.finds(secret) for secret in secrets if len(secret) == len(GROUPS)][-1] is True


@pytest.mark.parametrize(
    ("askings", "hidden"),
    [
        ([{"K": 12, "V": 9, "P": 8}], ""),
        ([{"K": 12, "V": 9, "P": 4}], "VP"),
        ([{"K": 12, "V": 4, "P": 3}], "VP"),
        ([{"K": 12, "V": 9, "P": 4, "W": 0}], "VPW"),
        ([{"K": 12, "V": 9, "P": 5, "W": 0}], "PW"),
        ([{"K": 12, "V": 5, "P": 5, "W": 4}], "VPW"),
        ([{"K": 12, "V": 9, "P": 4, "W": 4}], "VPW"),
        ([{"K": 12, "V": 9, "P": 3, "N": 30}], "VP"),
        ([{"K": 12, "V": 9, "P": 8, "N": 2}], "PN"),
        ([{"K": 4, "V": 0}], "KV"),
        ([{"K": 12, "V": 9, "P": 4, "W": 20}, {"K": 12, "V": 13, "P": 14, "W": 20}], "VP"),
        ([{"K": 12, "V": 9, "P": 8}, {"K": 12, "V": 13, "P": 4}], "KP"),
        ([{"K": 12, "V": 4, "P": 4}, {"K": 1, "V": 13, "P": 14}], "KVP"),
        ([{"K": 0, "V": 0, "P": 0}, {"K": 12, "V": 13, "P": 14}], ""),
        ([{"K": 0, "V": 0, "P": 0}], ""),
    ],
)
def test_rows_are_hidden(askings: Sequence[dict[str, int]], hidden: str) -> None:
    """Under five people, then the next smallest until two rows of five people together are hidden, in all askings."""
    found: frozenset[str] = frozenset()
    for people in askings:
        found = hidden_rows(people, found)
    assert found == frozenset(hidden)


@pytest.mark.parametrize(
    ("moves", "hidden"),
    [
        ({"AA": 40, "AB": 9, "BA": 7, "BB": 31}, set()),
        ({"AA": 40, "AB": 9, "BA": 3, "BB": 31}, None),
        ({"AA": 40, "AB": 4, "BA": 0, "BB": 31}, None),
        ({"AA": 4, "AB": 40, "BA": 30, "BB": 0}, None),
        ({"AA": 2, "BB": 1, "CC": 1, "AB": 30, "BC": 30, "CA": 30, "AC": 9, "BA": 9, "CB": 9}, None),
        (
            {"AA": 1, "AB": 1, "BB": 2, "BC": 2, "CA": 1, "CB": 1, "CC": 3},
            {"AA", "AB", "AC", "BA", "BB", "BC", "CA", "CB", "CC"},
        ),
        ({"AA": 40}, None),
        ({}, None),
        (
            {"AA": 60, "AB": 6, "AC": 12, "BA": 8, "BB": 35, "BC": 5, "CA": 1, "CB": 2, "CC": 40},
            {"AA", "AB", "AC", "BA", "BC", "CA", "CB", "CC"},
        ),
    ],
)
def test_cells_are_hidden(moves: dict[str, int], hidden: set[str] | None) -> None:
    """All is shown where all is large; of two answers all or nothing; small cells take others with them.

    How many have stayed is shown too, so nothing is where those are few; a cell that might be one less only is safe.
    """
    found = hidden_cells([Counter({(cell[0], cell[1]): n for cell, n in moves.items()})])
    assert (None if found is None else {"".join(cell) for cell in found}) == hidden
