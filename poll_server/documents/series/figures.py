"""The tables of a question that several events have asked: its askings, and their figures side by side."""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple

from poll_server.documents.report.model import Line
from poll_server.documents.report.model import Table as Written
from poll_server.documents.report.words import DASH, Words
from poll_server.domain.languages import NAMES
from poll_server.domain.programme import Definition, Reveal
from poll_server.questions.comparing import Figure
from poll_server.render.side_by_side import Cell, Column, Row, SideBySide

BESIDE = 3
"""So many askings stand beside each other in a table."""


def askings(seen: SideBySide, words: Words) -> Written:
    """Return when and where a question was asked, and how many answered."""
    headings = (
        words.gettext("Asking"),
        words.gettext("Opened"),
        words.gettext("Present at the close"),
        words.gettext("Have answered"),
        words.gettext("Have abstained"),
    )
    return Written("", headings, tuple(_asking(one, words) for one in seen.columns), words.language)


def _asking(column: Column, words: Words) -> Line:
    asking = column.asking
    again = f", {words.gettext('Pass %(n)s', n=str(asking.pass_number))}" if asking.pass_number > 1 else ""
    cells = (
        words.short(asking.opened.date()),
        words.count(asking.present),
        words.count(column.results.base),
        words.count(column.results.abstained),
    )
    return Line(f"{column.number}: {asking.event}{again}", cells)


def figures(seen: SideBySide, words: Words) -> Iterator[Written]:
    """Give the figures: of the question as a whole, then of its answers, so many askings in a table that they fit."""
    wholes = [
        _Line(_called(name, words), row, name)
        for table in seen.tables
        for row in table.rows
        if not row.label
        for name in table.names
    ]
    for columns in _parted(seen.columns):
        if wholes:
            yield _table("", wholes, columns, words.language, words)
    for table in seen.tables:
        for name in table.names:
            answers = [_Line(row.label, row, name) for row in table.rows if row.label]
            if answers and name != "count":
                caption = "" if "count" in table.names else _called(name, words)
                for columns in _parted(seen.columns):
                    yield _table(caption, answers, columns, columns[-1].asking.definition.language, words)


class _Line(NamedTuple):
    """A line of a table: which figure of which row, under a label."""

    label: str
    row: Row
    name: str

    def cell(self, column: Column) -> Cell | None:
        """Return what an asking gave, None where it did not have this answer, or nobody gave any."""
        return next((cell for cell in self.row.cells if cell.column.number == column.number and cell.line.n), None)


def _parted(columns: Sequence[Column]) -> Iterator[Sequence[Column]]:
    size = ceil(len(columns) / ceil(len(columns) / BESIDE))
    for start in range(0, len(columns), size):
        yield columns[start : start + size]


def _table(caption: str, lines: Sequence[_Line], columns: Sequence[Column], language: str, words: Words) -> Written:
    heads = (
        f"{one.number}:\N{NO-BREAK SPACE}{words.short(one.asking.opened.date())} {words.people(one.results.base)}"
        for one in columns
    )
    few = words.gettext("A number without percent is a count: too few answered for shares.")
    has_few = any(_counted(cell, line.name) for line in lines for column in columns if (cell := line.cell(column)))
    return Written(
        caption,
        (words.gettext("Answer"), *heads),
        tuple(_written(line, columns, words) for line in lines),
        language,
        notes=(few,) if has_few else (),
    )


def _written(line: _Line, columns: Sequence[Column], words: Words) -> Line:
    cells = [line.cell(column) for column in columns]
    bars = tuple(_bar(cell, line.name) if cell else None for cell in cells)
    said = tuple(_said(cell, line.name, words) if cell else DASH for cell in cells)
    return Line(line.label, said, below=bars if any(bars) else ())


def _figure(cell: Cell, name: str) -> Figure:
    return next(one for one in cell.line.figures if one.name == name)


def _count(cell: Cell, figure: Figure) -> int | None:
    """Return how many people a share stands for, None where it is no share of people."""
    found = next((one.value for one in cell.line.figures if one.name == "count"), figure.people)
    return None if found is None else int(found)


def _counted(cell: Cell, name: str) -> bool:
    """Tell whether a count stands in the place of a share, as few people answered."""
    figure = _figure(cell, name)
    return figure.share and cell.small and _count(cell, figure) is not None


def _said(cell: Cell, name: str, words: Words) -> str:
    figure = _figure(cell, name)
    if not figure.share:
        return words.number(figure.value, figure.unit, figure.places)
    count = _count(cell, figure)
    if cell.small or figure.value is None:
        return DASH if count is None else words.count(count)
    share = words.share(figure.value)
    return share if count is None else f"{share} ({words.count(count)})"


def _bar(cell: Cell, name: str) -> float | None:
    figure = _figure(cell, name)
    return min(1.0, figure.value) if figure.share and figure.value is not None and not cell.small else None


def _called(name: str, words: Words) -> str:
    return {
        "count": words.gettext("Count"),
        "share": words.gettext("Share"),
        "points": words.gettext("Share of possible points"),
        "place": words.gettext("Mean place"),
        "each": words.gettext("Points per person"),
        "agree": words.gettext("Agree"),
        "disagree": words.gettext("Disagree"),
    }.get(name) or words.column(name, of_row=False)


# What is to be known


def notes(seen: SideBySide, words: Words) -> Iterator[str]:
    """Give what was different at some askings, and what is left out."""
    latest = seen.columns[-1].asking.definition
    for column in seen.columns:
        for told in _differences(column, latest, words):
            yield f"{column.number}: {told}"
    if seen.more:
        yield words.gettext("Left out are those with the smallest figures: %(n)s", n=words.count(seen.more))
    if not seen.tables:
        yield words.gettext("What people wrote stands in the documentation of each event.")


def _differences(column: Column, latest: Definition, words: Words) -> Iterator[str]:
    asking, own = column.asking, column.asking.definition
    if own.language != latest.language:
        yield words.gettext("Asked in another language: %(name)s", name=NAMES[own.language])
    labels = {option.key: option.label for option in latest.options}
    pairs = [(own.text, latest.text), (own.hint, latest.hint)]
    pairs += [(option.label, labels.get(option.key, option.label)) for option in own.options]
    for there, here in pairs:
        if there != here:
            yield words.gettext("“%(there)s” instead of “%(here)s”.", there=there, here=here)
    if asking.mended:
        yield words.gettext("A mistake in its words was corrected after the opening.")
    if own.reveal is Reveal.LIVE:
        yield words.gettext("The screen showed the result while people answered, which can lead them.")
