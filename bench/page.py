"""The figures in ``docs/benchmarks.md``: first what is to be reached, then every table."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path

from bench import targets
from bench.figures import Exports, FanOut, Figure, Joins, Memory, Pages, Polling, Questions, Tick, Votes
from bench.machine import description

BEGIN, END = "<!-- made by make bench -->", "<!-- end -->"
QUESTIONS_BEGIN = "<!-- made by python -m bench.questions -->"


def write(page: Path, figures: Sequence[Figure], begins: str = BEGIN) -> None:
    """Put tables of the figures between two markers of the page, with machine and date; all else stays as it is."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(begins)
    _, end, after = rest.partition(END)
    assert begin, f"{page} lacks the marker {begins}"
    assert end, f"{page} lacks the marker {END}"
    promises = _promises(figures) if begins == BEGIN else ""
    page.write_text(f"{before}{begins}\n\n{promises}{tables(figures)}\n{END}{after}", encoding="utf-8")


def _promises(figures: Sequence[Figure]) -> str:
    return f"**What is to be reached**\n\n{_table(targets.HEAD, targets.rows(figures))}\n"


def tables(figures: Sequence[Figure]) -> str:
    """Return the figures in Markdown, one table for each sort."""
    day = datetime.now(UTC)
    idle = min(figure.idle for figure in figures)
    parts = [
        f"**Machine**: {description()} {day.day} {day:%B %Y}. "
        f"It was idle for {idle:.0%} of the time before the least quiet measurement.\n"
    ]
    for sort in (FanOut, Votes, Joins, Memory, Polling, Tick, Questions, Pages, Exports):
        some = sorted((one for one in figures if isinstance(one, sort)), key=attrgetter("name", "sockets"))
        if rows := [figure.cells() for figure in some]:
            parts.append(f"**{sort.title}**\n\n{_table(sort.head, rows)}")
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
