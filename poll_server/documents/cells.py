"""Tables for spreadsheets: whoever wrote a text, it must not be taken for a formula."""

import csv
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import NamedTuple, TextIO

_GUARD = "'"


class Plain(str):
    """A text of our own, such as a time, which a spreadsheet may read as it likes."""


class Share(float):
    """A fraction, which spreadsheets show in percent."""


Cell = str | int | float | Decimal | date | None
"""What may stand in a cell. Moments are aware."""


class Dialect(NamedTuple):
    """How a CSV is written: ``encoding`` for Python, how values are parted, the decimal point, `strftime` formats.

    Without a format for moments they are in ISO 8601 with their offset.
    """

    encoding: str
    delimiter: str
    point: str
    day: str
    moment: str


GERMAN = Dialect("utf-8-sig", ";", ",", "%d.%m.%Y", "%d.%m.%Y %H:%M:%S")
"""As Excel in German reads it: UTF-8 with a byte order mark, semicolons, decimal commas."""
PLAIN = Dialect("utf-8", ",", ".", "%Y-%m-%d", "")
"""RFC 4180, for programs: commas, decimal points, times in ISO 8601."""


def table(rows: Iterable[Iterable[Cell]]) -> bytes:
    """Return rows as CSV that Excel in German reads. No cell is a formula."""
    written = StringIO(newline="")
    write_table(rows, written)
    return written.getvalue().encode(GERMAN.encoding)


def write_table(rows: Iterable[Iterable[Cell]], into: TextIO, dialect: Dialect = GERMAN) -> None:
    """Write rows as CSV with lines that end with CRLF. No cell is a formula."""
    written = csv.writer(into, delimiter=dialect.delimiter, lineterminator="\r\n")
    written.writerows([_written(cell, dialect) for cell in row] for row in rows)


def _written(cell: Cell, dialect: Dialect) -> str:
    """Write one cell."""
    match cell:
        case None:
            return ""
        case Plain():
            return cell
        case str():
            return guarded(cell)
        case Decimal():
            return f"{cell:f}".replace(".", dialect.point)
        case float():
            return repr(float(cell)).replace(".", dialect.point)
        case datetime():
            return cell.strftime(dialect.moment) if dialect.moment else cell.isoformat(timespec="seconds")
        case date():
            return cell.strftime(dialect.day)
        case _:
            return str(cell)


def guarded(text: str) -> str:
    """Return the text with an apostrophe before it if a spreadsheet would turn it into something else.

    So is a text that looks guarded already, so that ``unguarded`` gives back each text as it was.
    """
    return _GUARD + text if _is_misread(text.lstrip(_GUARD)) else text


def unguarded(cell: str) -> str:
    """Return the text that ``guarded`` made this cell of."""
    return cell[1:] if cell.startswith(_GUARD) and _is_misread(cell.lstrip(_GUARD)) else cell


_NUMBER_OR_DATE = re.compile(
    r"""
    (?! (?:0|[1-9]\d{0,14}) \Z )  # a short whole number stays what it is
    (?: [(€$\s]* [.,]? \d [\d.,:/\s%€$)eE-]*
    |   wahr | falsch | true | false
    |   (?=.*\d) [\d.\s]*
        (?: jan(uar)? | feb(ruar)? | märz? | mrz | apr(il)? | mai | juni? | juli?
        |   aug(ust)? | sept?(ember)? | okt(ober)? | nov(ember)? | dez(ember)? )
        [\d.\s]*
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)


def _is_misread(text: str) -> bool:
    """Tell whether a spreadsheet takes this text for a formula, or for a number or date that it shows differently.

    White space, format characters and full-width forms do not hide a formula's first sign; tab and line ends may move
    what follows into a cell of its own.
    """
    at = next((at for at, letter in enumerate(text) if unicodedata.category(letter)[0] not in "ZC"), len(text))
    first = unicodedata.normalize("NFKC", text[at : at + 1])[:1]
    return (
        first in {"=", "+", "-", "@", "\N{MINUS SIGN}"}
        or not {"\t", "\r", "\n"}.isdisjoint(text[:at])
        or _NUMBER_OR_DATE.fullmatch(text.strip()) is not None
    )
