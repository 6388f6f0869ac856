"""A spreadsheet, whatever the format: one description that XLSX, ODS and CSV are written from."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from poll_server.documents.cells import Cell

NAME_MAXIMUM = 31
"""UTF-16 units of a sheet's name in Excel."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile(r"\r\n?")

Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what stands in it in a sentence, and how wide it is, in characters."""

    title: str
    meaning: str
    width: int = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table below its headings. ``rows`` gives its ``size`` rows anew each time it is called.

    ``name`` is unique in a workbook and fits Excel, ``file`` is its name as a file without the ending. Sheets of one
    ``sort`` are explained together.
    """

    name: str
    file: str
    sort: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Row]]
    size: int


@dataclass(frozen=True, slots=True)
class Workbook:
    """All sheets of an event, in their order."""

    title: str
    day: date
    language: str
    sheets: tuple[Sheet, ...]

    @property
    def size(self) -> int:
        """How many rows there are in all sheets."""
        return sum(sheet.size for sheet in self.sheets)


def sheet_name(words: str) -> str:
    """Return words as the name of a sheet: without what Excel forbids, cut where it would be too long."""
    name = " ".join(_FORBIDDEN.sub(" ", words).split()).strip("'")
    if _units(name) > NAME_MAXIMUM:
        while _units(name) > NAME_MAXIMUM - 1:
            name = name[:-1]
        name = f"{name.rstrip()}…"
    return name


def _units(name: str) -> int:
    return len(name.encode("utf-16-le")) // 2


def visible(text: str) -> str:
    """Return a text as XML takes it: what it forbids is replaced by a sign that shows it, line ends are plain ones."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", _LINE_END.sub("\n", text))
