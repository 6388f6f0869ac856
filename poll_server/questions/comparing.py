"""What stands beside each other when groups, or askings of the same question, are compared."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from poll_server.questions.contract import Row


class Line(NamedTuple):
    """A line of a comparison of groups: a row of the result, or a mean, None where there is none."""

    key: str
    label: str
    row: "Row | None" = None
    mean: float | None = None


class Figure(NamedTuple):
    """A number of a line: a count, a ``share`` from 0 to 1, or else a mean or the like; None where there is none.

    ``name`` says what it is; the page has its words. ``places`` are the decimals of what is no count and no share,
    ``people`` is told instead of a share of few.
    """

    name: str
    value: float | None
    share: bool = False
    places: int = 1
    unit: str = ""
    people: int | None = None


class Compared(NamedTuple):
    """A line of a comparison of askings: what ``n`` people gave; figures of the same line have the same names.

    ``label`` is empty for the question as a whole, ``leads`` marks what most people chose.
    """

    key: str
    label: str
    n: int
    figures: tuple[Figure, ...]
    leads: bool = False


def counted(row: "Row", n: int) -> Compared:
    """Return the line of a row that counts people: how many, and their share."""
    return Compared(row.key, row.label, n, (Figure("count", row.count), Figure("share", row.share, True)), row.leads)
