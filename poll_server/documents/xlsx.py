"""A workbook as XLSX, row by row, so that its size does not matter. No cell is a formula or a link."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook as Book
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from poll_server.documents.cells import Cell, Share
from poll_server.documents.workbook import Sheet, Workbook, visible

_TEXT_MAXIMUM = 32_767
"""Characters of a cell."""
_LOOKS = {
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "text": {"text_wrap": True, "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top"},
    "day": {"num_format": "dd.mm.yyyy", "valign": "top"},
    "moment": {"num_format": "dd.mm.yyyy hh:mm:ss", "valign": "top"},
    "number": {"valign": "top"},
}


def write(book: Workbook, path: Path, tell: Callable[[int], None] = lambda rows: None) -> None:
    """Write a workbook; ``tell`` hears of each row. The same workbook gives the same bytes. Raises OSError.

    What it needs meanwhile lies beside the file.
    """
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    made = Book(str(path), options)
    midnight = datetime.combine(book.day, time(), UTC).replace(tzinfo=None)
    made.set_properties({"title": visible(book.title), "created": midnight})
    looks = {name: made.add_format(look) for name, look in _LOOKS.items()}
    for sheet in book.sheets:
        _write_sheet(made.add_worksheet(sheet.name), sheet, looks, tell)
    try:
        made.close()
    except FileCreateError as error:
        raise error.args[0] from error


def _write_sheet(page: Worksheet, sheet: Sheet, looks: dict[str, Any], tell: Callable[[int], None]) -> None:
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.autofilter(0, 0, sheet.size, len(sheet.columns) - 1)
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
    for at, column in enumerate(sheet.columns):
        page.write_string(0, at, _fitting(column.title), looks["head"])
    for number, row in enumerate(sheet.rows(), 1):
        for at, cell in enumerate(row):
            _write_cell(page, number, at, cell, looks)
        tell(1)


def _write_cell(page: Worksheet, row: int, at: int, cell: Cell, looks: dict[str, Any]) -> None:
    match cell:
        case None:
            pass
        case str():
            page.write_string(row, at, _fitting(cell), looks["text"])
        case Share():
            page.write_number(row, at, cell, looks["share"])
        case int() | float() | Decimal():
            page.write_number(row, at, cell, looks["number"])
        case datetime():
            page.write_datetime(row, at, cell.replace(microsecond=0, tzinfo=None), looks["moment"])
        case date():
            page.write_datetime(row, at, cell, looks["day"])


def _fitting(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= _TEXT_MAXIMUM else f"{shown[: _TEXT_MAXIMUM - 1]}…"
