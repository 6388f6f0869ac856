"""A closed question's result by group, and where people have moved since the pass before: what may be shown of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from poll_server import questions
from poll_server.domain.programme import Definition, Option
from poll_server.domain.suppression import NOWHERE, Cell, hidden_cells, hidden_rows
from poll_server.questions.contract import ABSTAINED, ABSTENTION, ANSWERED, Answer, Results

NO_GROUP = ""
"""The group of those who have chosen none."""

Pair = tuple[Answer, Answer, str]
"""One person's answers in the pass before and in the present one, empty where they gave none, and their last group."""


@dataclass(frozen=True, slots=True)
class Part:
    """One group's result, shown, and its tally; ``label`` is empty for those who have chosen no group."""

    key: str
    label: str
    results: Results
    tally: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Movement:
    """Where people went between two passes; ``people`` have answered both, ``changed`` of them differently.

    ``cells`` are the numbers that are shown, by key from and to; ``options`` those that anybody chose, and ``hidden``
    says that others are not shown. ``people`` is 0 if nothing of it may be shown.
    """

    options: tuple[Option, ...] = ()
    people: int = 0
    changed: int = 0
    cells: Mapping[Cell, int] | None = None
    hidden: bool = False

    @property
    def largest(self) -> tuple[Option, Option, int] | None:
        """The largest movement among those shown, None if several are or nothing is."""
        moved = Counter({cell: n for cell, n in (self.cells or {}).items() if cell[0] != cell[1]}).most_common(2)
        if not moved or (len(moved) == 2 and moved[0][1] == moved[1][1]):
            return None
        by_key = {option.key: option for option in self.options}
        (before, after), n = moved[0]
        return by_key[before], by_key[after], n


@dataclass(frozen=True, slots=True)
class Split:
    """What may be shown beside a result: by group, in the order of the event, and as movements.

    ``hidden`` are the groups that are not shown, without a label for those without one. ``reopened`` says that the
    asking was opened again after its result had been shown: then there is nothing else here.
    """

    parts: tuple[Part, ...] = ()
    hidden: tuple[Option, ...] = ()
    movement: Movement | None = None
    reopened: bool = False


def splits(definition: Definition) -> bool:
    """Tell whether there are results by group: for kinds that can, and never for secret questions."""
    return questions.kind_of(definition).splits and not definition.secret


def moves(definition: Definition) -> bool:
    """Tell whether there are movements between passes: as `splits`."""
    return questions.kind_of(definition).moves and not definition.secret


def by_group(
    definition: Definition, groups: Sequence[Option], askings: Sequence[Mapping[str, Mapping[str, int]]]
) -> Split:
    """Return what may be shown by group of the last of these askings, each the tallies by group.

    The others are those whose results have been shown before: what was hidden there stays hidden. Abstentions are left
    out: a few of them in a shown group could be taken from the total.
    """
    labels = {group.key: group.label for group in groups} | {NO_GROUP: ""}
    rows = [key for key in labels if key != NO_GROUP or any(_people(asking, key) for asking in askings)]
    hidden: frozenset[str] = frozenset()
    for asking in askings:
        hidden = hidden_rows({key: _people(asking, key) for key in rows}, hidden)
    parts = tuple(
        Part(key, labels[key], questions.results(definition, tally), tally)
        for key in rows
        if key not in hidden
        for tally in [{mark: n for mark, n in askings[-1].get(key, {}).items() if mark != ABSTAINED}]
    )
    return Split(parts, tuple(Option(key, labels[key]) for key in rows if key in hidden))


def _people(asking: Mapping[str, Mapping[str, int]], group: str) -> int:
    return asking.get(group, {}).get(ANSWERED, 0)


def translated(split: Split, definition: Definition, groups: Sequence[Option]) -> Split:
    """Return the same in the words of this question and with the names of these groups, which may be translations."""
    called = {group.key: group.label for group in groups} | {NO_GROUP: ""}
    parts = tuple(
        replace(part, label=called[part.key], results=questions.results(definition, part.tally)) for part in split.parts
    )
    found = split.movement
    if found:
        offered = questions.kind_of(definition).offered(definition)
        chosen = {option.key for option in found.options}
        found = replace(found, options=tuple(option for option in offered if option.key in chosen))
    hidden = tuple(replace(group, label=called[group.key]) for group in split.hidden)
    return replace(split, parts=parts, hidden=hidden, movement=found)


def movement(definition: Definition, pairs: Mapping[Pair, int], shown: Sequence[str]) -> Movement:
    """Return what may be shown of the movements of people who answered twice; ``shown`` are the groups that are.

    An abstention counts as no answer.
    """
    classes: dict[str | None, Counter[Cell]] = {}
    for (one, other, group), n in pairs.items():
        before, after = (NOWHERE if answer in ((), ABSTENTION) else answer[0] for answer in (one, other))
        if before or after:
            classes.setdefault(group if group in shown else None, Counter())[before, after] += n
    hidden = hidden_cells(list(classes.values()))
    if hidden is None:
        return Movement()
    whole = sum(classes.values(), Counter[Cell]())
    table = Counter({cell: n for cell, n in whole.items() if NOWHERE not in cell})
    offered = questions.kind_of(definition).offered(definition)
    chosen = {key for cell in table for key in cell}
    return Movement(
        options=tuple(option for option in offered if option.key in chosen),
        people=table.total(),
        changed=sum(n for (before, after), n in table.items() if before != after),
        cells={cell: n for cell, n in table.items() if cell not in hidden},
        hidden=any(NOWHERE not in cell for cell in hidden),
    )
