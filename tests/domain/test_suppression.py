"""Suppression against somebody who has everything that is shown: totals, rows by group in two passes, movements."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poll_server.domain.suppression import LEAST, Cell, hidden_cells, hidden_rows
from tests.domain.attack import Attack

GROUPS = "KVPW"
People = Counter[tuple[str, str, str]]
"""How many people of a group went from one answer to another."""
Rows = Callable[[Sequence[dict[str, int]]], frozenset[str]]
Cells = Callable[[Sequence[Counter[Cell]]], frozenset[Cell] | None]


def naive_rows(askings: Sequence[dict[str, int]]) -> frozenset[str]:
    """What a careless hand would hide: rows under five, and no more."""
    return frozenset(row for asking in askings for row, n in asking.items() if n < LEAST)


def naive_cells(classes: Sequence[Counter[Cell]]) -> frozenset[Cell]:
    """The same for movements."""
    table = sum(classes, Counter[Cell]())
    answers = {answer for cell in table for answer in cell}
    return frozenset(cell for cell in product(answers, answers) if table[cell] < LEAST)


@st.composite
def peoples(draw: st.DrawFn) -> tuple[People, str]:
    """People of four groups, some of them small, who answer twice; most keep their answer."""
    options = "ABC"[: draw(st.integers(2, 3))]
    people: People = Counter()
    for group in GROUPS:
        most = draw(st.sampled_from((2, 5, 12)))
        for before, after in product(options, options):
            people[group, before, after] = draw(st.integers(0, most if before == after else most // 2))
    return people, options


def askings_of(people: People) -> list[dict[str, int]]:
    """How many of each group have answered, before and now."""
    size = {group: sum(n for cell, n in people.items() if cell[0] == group) for group in GROUPS}
    return [size, size]


def shown(people: People, options: str, rows: Rows, cells: Cells) -> tuple[Attack, list[list[tuple[str, str, str]]]]:
    """Everything that is shown of them, and the sums that nobody may find: hidden rows, movements of a few people."""
    attack = Attack(people)
    hidden = rows(askings_of(people))
    open_groups = [group for group in GROUPS if group not in hidden]
    lines = [[*GROUPS], *([group] for group in open_groups)]
    for line, one in product(lines, options):
        attack.learn([(group, one, after) for group, after in product(line, options)])
        attack.learn([(group, before, one) for group, before in product(line, options)])
    secrets = [[(group, *cell) for cell in product(options, options)] for group in hidden]
    classes: dict[str, Counter[Cell]] = {}
    for (group, before, after), n in people.items():
        classes.setdefault(group if group in open_groups else "", Counter())[before, after] += n
    hidden_moves = cells(list(classes.values()))
    if hidden_moves is None:
        return attack, secrets
    attack.learn([(group, one, other) for group, one, other in people if one != other])
    for before, after in product(options, options):
        cell = [(group, before, after) for group in GROUPS]
        if (before, after) not in hidden_moves:
            attack.learn(cell)
        elif 0 < sum(people[one] for one in cell) < LEAST:
            secrets.append(cell)
    return attack, secrets


@settings(max_examples=60, deadline=None)
@given(peoples(), st.data())
def test_attack_finds_nothing_hidden(found: tuple[People, str], data: st.DataObject) -> None:
    """From totals, groups in two passes, movements and how many changed, no hidden row or cell can be computed."""
    people, options = found
    attack, secrets = shown(people, options, hidden_rows, hidden_cells)
    if secrets and people.total():
        assert attack.finds(data.draw(st.sampled_from(secrets))) is False


def people_of(options: str, **given: int) -> People:
    """So many people of some groups and answers, named by group, before and after; nobody else."""
    cells = product(GROUPS, options, options)
    return Counter({cell: given.get("".join(cell), 0) for cell in cells})


ONE_SMALL = people_of("AB", KAA=9, VBB=8, PAA=3, WBB=7)
MOVED = people_of("AB", KAA=20, KAB=3, KBA=6, KBB=9)


def test_attack_finds_the_only_hidden_row() -> None:
    """Where only what is small is hidden, one row is the total without the others: the attack can do that."""
    attack, secrets = shown(ONE_SMALL, "AB", naive_rows, lambda classes: None)
    assert [attack.finds(secret) for secret in secrets] == [True]


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
    assert hidden_rows(askings) == frozenset(hidden)


@pytest.mark.parametrize(
    ("moves", "hidden"),
    [
        ({"AA": 40, "AB": 9, "BA": 7, "BB": 31}, set()),
        ({"AA": 40, "AB": 9, "BA": 3, "BB": 31}, None),
        ({"AA": 40, "AB": 4, "BA": 0, "BB": 31}, None),
        ({"AA": 4, "AB": 40, "BA": 30, "BB": 0}, None),
        ({"AA": 40}, None),
        ({}, None),
        (
            {"AA": 60, "AB": 6, "AC": 12, "BA": 8, "BB": 35, "BC": 5, "CA": 1, "CB": 2, "CC": 40},
            {"AA", "AB", "AC", "BA", "BC", "CA", "CB", "CC"},
        ),
    ],
)
def test_cells_are_hidden(moves: dict[str, int], hidden: set[str] | None) -> None:
    """All is shown where all is large; of two answers all or nothing; small cells take others with them."""
    found = hidden_cells([Counter({(cell[0], cell[1]): n for cell, n in moves.items()})])
    assert (None if found is None else {"".join(cell) for cell in found}) == hidden
