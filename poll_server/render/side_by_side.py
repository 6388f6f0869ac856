"""The results of one question of a library, asked in several events or again in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from poll_server import questions
from poll_server.domain.library import Asking
from poll_server.questions.comparing import Compared
from poll_server.questions.contract import Results

ROWS_MAXIMUM = 60
"""So many rows stand beside each other: of more, those with the largest figures."""


@dataclass(frozen=True, slots=True)
class Column:
    """One asking with its result; ``number`` is what it is called on the page, from one."""

    number: int
    asking: Asking
    results: Results


@dataclass(frozen=True, slots=True)
class Cell:
    """What one asking gave for a row; of a ``small`` number of people there are no shares."""

    column: Column
    line: Compared

    @property
    def small(self) -> bool:
        """Whether too few people answered just this for shares."""
        return self.line.n < max(1, self.column.results.shares_from)


@dataclass(frozen=True, slots=True)
class Row:
    """One answer, or the question as a whole where ``label`` is empty, with what each asking gave.

    An asking that did not have this answer is missing.
    """

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with the same figures, by their names."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """All askings, and their figures in tables; no table where answers are people's own texts.

    ``more`` is how many rows are left out.
    """

    columns: tuple[Column, ...]
    tables: tuple[Table, ...]
    more: int = 0


def side_by_side(askings: Sequence[Asking]) -> SideBySide:
    """Put the results of askings of the same question beside each other; labels are those of the latest one."""
    columns = tuple(
        Column(number, one, questions.results(one.definition, one.tally, one.decisions))
        for number, one in enumerate(askings, 1)
    )
    found = [{line.key: line for line in column.results.compared} for column in columns]
    latest: dict[str, Compared] = {}
    for lines in reversed(found):
        latest = {**latest, **{key: line for key, line in lines.items() if key not in latest}}
    kept = _largest(latest, found)
    rows = [
        (latest[key].figures, Row(latest[key].label, tuple(_cells(columns, found, latest[key]))))
        for key in latest
        if key in kept
    ]
    tables = groupby(rows, lambda row: tuple(figure.name for figure in row[0]))
    return SideBySide(
        columns,
        tuple(Table(names, tuple(row for _, row in some)) for names, some in tables),
        len(latest) - len(kept),
    )


def _cells(columns: Sequence[Column], found: Sequence[dict[str, Compared]], wanted: Compared) -> list[Cell]:
    lines = [
        lines.get(wanted.key) or column.results.absent(wanted) for column, lines in zip(columns, found, strict=True)
    ]
    return [Cell(column, line) for column, line in zip(columns, lines, strict=True) if line]


def _largest(latest: dict[str, Compared], found: Sequence[dict[str, Compared]]) -> set[str]:
    """Return the keys of as many lines as are shown: those whose first figure is largest in some asking."""
    largest = {key: max(lines[key].figures[0].value or 0 for lines in found if key in lines) for key in latest}
    return set(sorted(latest, key=lambda key: -largest[key])[:ROWS_MAXIMUM])
