"""The tables of a question: its result, its result by group, the passes beside each other, and where people moved."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from math import ceil

from poll_server.documents.report.model import Fact, Line, Table
from poll_server.documents.report.words import DASH, Words
from poll_server.domain import text
from poll_server.domain.programme import Option
from poll_server.questions import comparing
from poll_server.questions.blocks import COUNTS, Block, Look
from poll_server.questions.comparing import Line as Compared
from poll_server.questions.contract import Results, Row
from poll_server.questions.split import Movement, Split
from poll_server.render import Pass

BESIDE = 5
"""So many groups stand beside each other in a table."""
FIGURES = 20
"""So many lines of a result are compared by their figures."""


class Tables:
    """The tables of one question; ``spoken`` is the language of its words, ``correct`` are labels of right answers."""

    def __init__(self, words: Words, results: Results, spoken: str, correct: Sequence[str] = ()) -> None:
        self._words = words
        self._results = results
        self._spoken = spoken
        self._correct = correct

    def result(self) -> Iterator[Table]:
        """Give the tables of the result: one, or one for each item, or one for all of them."""
        parts = [block for block in self._results.blocks if block.look is Look.PARTS]
        if parts:
            yield self._parts(parts)
        yield from (self._bars(block) for block in self._results.blocks if block.look is Look.BARS)

    # One block, a line for each row

    def _bars(self, block: Block) -> Table:
        answer = self._words.gettext("Answer")
        return Table(
            block.label,
            (answer, *(self._words.column(name, of_row=True) for name in block.columns)),
            tuple(self._row(block, row) for row in block.rows),
            self._spoken,
            sums=self._sums(block),
        )

    def _row(self, block: Block, row: Row) -> Line:
        right = self._words.gettext("correct") if row.label in self._correct else ""
        cells = tuple(self._cell(name, row) for name in block.columns)
        bars = (min(1.0, row.share / block.whole),) if self._has_bars(block) else ()
        return Line(row.label, cells, bars, leads=row.leads, mark=right)

    def _has_bars(self, block: Block) -> bool:
        """Tell whether bars stand there: where there are shares, or points, whose bars are no shares of people."""
        return not self._results.small or "share" not in block.columns

    def _cell(self, name: str, row: Row) -> str:
        if name in COUNTS:
            return self._words.count(row.count)
        if name == "share":
            return DASH if self._results.small else self._words.share(row.share)
        return self._words.number(self._results.statistics[f"{name}-{row.key}"])

    def _sums(self, block: Block) -> tuple[Fact, ...]:
        if not self._results.base:
            return ()
        named = block.sums.items()
        return tuple(
            Fact(self._words.column(name, of_row=False), self._words.number(value, block.unit, block.places))
            for name, value in named
        )

    # All blocks in one table, a line for each block

    def _parts(self, blocks: Sequence[Block]) -> Table:
        names = tuple(row.label for row in blocks[0].rows)
        sums = tuple(self._words.column(name, of_row=False) for name in blocks[0].sums)
        return Table(
            "",
            (self._words.gettext("Answer"), *names, *sums, "n"),
            tuple(self._part(block) for block in blocks),
            self._spoken,
            self._spoken,
            legend=names,
        )

    def _part(self, block: Block) -> Line:
        people = sum(row.count for row in block.rows)
        few = people < max(1, self._results.shares_from)
        cells = [self._words.count(row.count) if few else self._words.share(row.share) for row in block.rows]
        sums = [self._words.number(value, block.unit) for value in block.sums.values()]
        bars = () if few else tuple(row.share for row in block.rows)
        return Line(block.label, (*cells, *sums, self._words.count(people)), bars)

    # By group

    def groups(self, split: Split) -> Iterator[Table]:
        """Give the result by group, so many groups in a table that they fit beside each other."""
        tables = ceil(len(split.parts) / BESIDE)
        size = ceil(len(split.parts) / max(1, tables))
        for start in range(0, len(split.parts), max(1, size)):
            some = split.parts[start : start + size]
            heads = (self._head(part.label, part.results.base) for part in some)
            yield Table(
                self._words.gettext("By group"),
                (self._words.gettext("Answer"), *heads),
                tuple(
                    Line(
                        line.label or self._words.gettext("Mean"),
                        tuple(self._compared(part.results.lines[at], part.results) for part in some),
                        leads=bool(line.row and line.row.leads),
                    )
                    for at, line in enumerate(self._results.lines)
                ),
                self._spoken,
                self._spoken,
            )

    def _head(self, label: str, base: int) -> str:
        name = label or self._words.gettext("No group chosen")
        return f"{name}\n{self._words.people(base)}"

    def _compared(self, line: Compared, results: Results) -> str:
        if line.row is None:
            return self._words.number(line.mean)
        if results.small:
            return self._words.count(line.row.count)
        return f"{self._words.share(line.row.share)} ({self._words.count(line.row.count)})"

    # Passes

    def passes(self, earlier: Sequence[Pass]) -> Iterator[Table]:
        """Give all passes, so many in a table that they fit beside each other; the last has the change.

        That is the change from the pass before the last.
        """
        numbered = [*(one.results for one in earlier), self._results] if earlier else []
        for start in range(0, len(numbered), BESIDE):
            some, last = numbered[start : start + BESIDE], start + BESIDE >= len(numbered)
            yield Table(
                self._words.gettext("Asked again: all passes"),
                (
                    self._words.gettext("Answer"),
                    *self._heads(start, some),
                    *([self._words.gettext("Change")] if last else []),
                ),
                tuple(self._passed(row, some, earlier[-1] if last else None) for row in self._results.rows),
                self._spoken,
                notes=(self._about_change(earlier[-1]),) if last else (),
            )

    def _heads(self, before: int, some: Sequence[Results]) -> Iterator[str]:
        """Give the headings of passes before which there are so many others."""
        for n, one in enumerate(some, before + 1):
            yield self._head(self._words.gettext("Pass %(n)s", n=str(n)), one.base)

    def _passed(self, row: Row, some: Sequence[Results], before: Pass | None) -> Line:
        cells = [self._share_of(row.key, one) for one in some]
        return Line(row.label, (*cells, *([self._change(row, before)] if before else [])), leads=row.leads)

    def _share_of(self, key: str, results: Results) -> str:
        row = next((one for one in results.rows if one.key == key), None)
        if row is None:
            return DASH
        return self._words.count(row.count) if results.small else self._words.share(row.share)

    def _change(self, row: Row, before: Pass) -> str:
        was = before.row(row.key)
        return DASH if was is None or self._few(before) else text.change(row.share, was.share)

    def _about_change(self, before: Pass) -> str:
        notes = [self._words.gettext("Change in percentage points, from the exact shares, rounded.")]
        if self._few(before):
            notes.append(self._words.gettext("With few answers there is none."))
        return " ".join(notes)

    def _few(self, before: Pass) -> bool:
        return before.results.small or self._results.small

    # Movements

    def movements(self, movement: Movement) -> Iterator[Table]:
        """Give where people went, if any of it may be shown."""
        if not movement.cells:
            return
        cells = movement.cells
        yield Table(
            self._words.gettext("From the pass before to this one"),
            (self._words.gettext("Answer before and now"), self._words.gettext("People")),
            tuple(
                Line(self._moved(before, after), (self._words.count(cells[before.key, after.key]),))
                for before in movement.options
                for after in movement.options
                if (before.key, after.key) in cells
            ),
            self._spoken,
        )

    def _moved(self, before: Option, after: Option) -> str:
        if before == after:
            return self._words.gettext("“%(answer)s”, unchanged", answer=before.label)
        return self._words.gettext("“%(before)s”, then “%(after)s”", before=before.label, after=after.label)

    # Figures of passes

    def figures(self, earlier: Sequence[Pass]) -> Iterator[Table]:
        """Give the figures of all passes of a result whose rows come and go, or are too many to compare."""
        passes = [*(one.results for one in earlier), self._results]
        lines = self._results.compared[:FIGURES] if earlier else ()
        for start in range(0, len(passes) if lines else 0, BESIDE):
            some, last = passes[start : start + BESIDE], start + BESIDE >= len(passes)
            yield Table(
                self._words.gettext("Asked again: all passes"),
                (
                    self._words.gettext("Answer"),
                    *self._heads(start, some),
                    *([self._words.gettext("Change")] if last else []),
                ),
                tuple(told for line in lines for told in self._figures_of(line, some, earlier[-1] if last else None)),
                self._spoken,
                notes=(self._words.gettext("Change from the exact numbers, rounded; in percentage points of shares."),)
                if last
                else (),
            )

    def _figures_of(self, line: comparing.Compared, passes: Sequence[Results], before: Pass | None) -> Iterator[Line]:
        found = [_found(line, each) for each in passes]
        was = _found(line, before.results) if before else None
        for at, figure in enumerate(line.figures):
            name = self._words.column(figure.name, of_row=False)
            label = line.label if figure.name == "share" else f"{line.label}: {name}" if line.label else name
            if figure.name != "count":
                cells = [*map(self._figure, found, passes, repeat(at))]
                if before:
                    cells.append(self._figure_change(was, line, before.results, at))
                yield Line(label, tuple(cells), leads=line.leads)

    def _figure_change(self, was: comparing.Compared | None, line: comparing.Compared, before: Results, at: int) -> str:
        now = line.figures[at]
        then = was.figures[at].value if was else None
        if was is None or then is None or now.value is None:
            return DASH
        if not now.share:
            return self._words.change(now.value - then, now.unit, now.places)
        enough = was.n >= max(1, before.shares_from) and line.n >= max(1, self._results.shares_from)
        return text.change(now.value, then) if enough else DASH

    def _figure(self, found: comparing.Compared | None, results: Results, at: int) -> str:
        if found is None:
            return DASH
        figure = found.figures[at]
        if not figure.share or figure.value is None:
            return self._words.number(figure.value, figure.unit, figure.places)
        if found.n >= max(1, results.shares_from):
            return self._words.share(figure.value)
        counted = (one.value for one in found.figures if one.name == "count")
        people = next(counted, figure.people) if figure.people is None else figure.people
        return DASH if people is None else self._words.count(int(people))


def _found(line: comparing.Compared, results: Results) -> comparing.Compared | None:
    """Return what a pass has of a line of the last one."""
    return next((one for one in results.compared if one.key == line.key), results.absent(line))
