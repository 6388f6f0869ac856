"""The sheet of a question: its answers with the numbers of each, once or several times beside each other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from poll_server import questions
from poll_server.documents.cells import Cell, Share
from poll_server.documents.workbook import Column, Row, Sheet, sheet_name
from poll_server.domain.programme import Definition
from poll_server.i18n import translations
from poll_server.questions.contract import Results


@dataclass(frozen=True, slots=True)
class Counts:
    """Two columns beside the answers: the result of one group, pass or event; that of everybody without a name."""

    name: str
    meaning: str
    results: Results

    def columns(self, gettext: Callable[[str], str]) -> tuple[Column, Column]:
        """Return their headings."""
        before = f"{self.name}: " if self.name else ""
        count, share = gettext("Count"), gettext("Share")
        part = gettext("As a share; empty where too few have answered for shares.")
        return Column(before + count, self.meaning), Column(before + share, f"{part} {self.meaning}")


def sheet(name: str, file: str, columns: Sequence[Column], rows: Sequence[Row], sort: str = "") -> Sheet:
    """Return a sheet of rows that are there already, explained by itself unless it has a ``sort``."""
    return Sheet(name, file, sort or name, tuple(columns), partial(iter, rows), len(rows))


def explanations(said: Sequence[str], sheets: Sequence[Sheet], language: str) -> Sheet:
    """Say what holds for all sheets, and what all their columns are: those of one sort once."""
    gettext = translations(language).gettext
    everywhere: list[Row] = [(gettext("All sheets"), None, one) for one in said]
    meanings: dict[tuple[str, str], Row] = {}
    for one in sheets:
        for column in one.columns:
            meanings.setdefault((one.sort, column.meaning), (one.sort, column.title, column.meaning))
    columns = (
        Column(gettext("Sheet"), "", 24),
        Column(gettext("Column"), "", 36),
        Column(gettext("What stands there"), "", 100),
    )
    return sheet(gettext("Explanations"), "explanations", columns, [*everywhere, *meanings.values()])


def result_sheet(name: str, definition: Definition, sides: Sequence[Counts], language: str) -> Sheet:
    """Give the answers of a question, who answered and the kind's own numbers, on each side; ``name`` is its number."""
    gettext = translations(language).gettext
    columns = (
        Column(gettext("Answer no."), gettext("The answer's place on the ballot, or in the result, from 1."), 9),
        Column(
            definition.text,
            gettext("Below the question its answers, then how many answered, and sums such as a mean."),
            60,
        ),
        *(column for side in sides for column in side.columns(gettext)),
    )
    rows = [*_answer_rows(sides), *_sum_rows(sides, definition, language)]
    words = sheet_name(f"{name} {definition.text}")
    return sheet(words, name, columns, rows, gettext("A sheet for each question"))


def _answer_rows(sides: Sequence[Counts]) -> Iterator[Row]:
    labels: dict[str, str] = {}
    for side in sides:
        for row in side.results.rows:
            labels.setdefault(row.key, row.label)
    counted = [{row.key: row for row in side.results.rows} for side in sides]
    for number, (key, label) in enumerate(labels.items(), 1):
        cells: list[Cell] = [number, label]
        for side, rows in zip(sides, counted, strict=True):
            found = rows.get(key)
            cells += (found.count, None if side.results.small else Share(found.share)) if found else (None, None)
        yield cells


def _sum_rows(sides: Sequence[Counts], definition: Definition, language: str) -> Iterator[Row]:
    gettext = translations(language).gettext

    def row(label: str, values: Sequence[Cell]) -> Row:
        return (None, label, *(cell for value in values for cell in (value, None)))

    yield row(gettext("Have answered"), [side.results.base for side in sides])
    if questions.kind_of(definition).abstains(definition):
        yield row(gettext("Have abstained"), [side.results.abstained or None for side in sides])
    for name in dict.fromkeys(name for side in sides for name in side.results.statistics):
        yield row(_statistic_name(name, definition, language), [side.results.statistics.get(name) for side in sides])


def _statistic_name(name: str, definition: Definition, language: str) -> str:
    """Return what a number of a kind's own is called; with the answer that it is of, whose key is behind a hyphen."""
    gettext = translations(language).gettext
    called = {
        "mean": gettext("Mean"),
        "median": gettext("Median"),
        "quartile-1": gettext("Lower quartile"),
        "quartile-3": gettext("Upper quartile"),
        "n": gettext("Have rated it"),
        "first": gettext("First places"),
        "givers": gettext("People who gave points"),
    }
    if name in called:
        return called[name]
    what, _, key = name.partition("-")
    labels = {option.key: option.label for option in definition.options}
    return f"{called.get(what, what)}: {labels.get(key, key)}"
