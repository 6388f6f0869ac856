"""A workbook as CSV: a file for each sheet, in one zip."""

from collections.abc import Callable, Iterator
from io import TextIOWrapper
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from poll_server.documents.cells import GERMAN, Cell, Dialect, write_table
from poll_server.documents.workbook import Row, Sheet, Workbook


def write(
    book: Workbook, path: Path, tell: Callable[[int], None] = lambda rows: None, dialect: Dialect = GERMAN
) -> None:
    """Write a workbook; ``tell`` hears of each row. The same workbook gives the same bytes. No cell is a formula."""
    with ZipFile(path, "w") as packed:
        for sheet in book.sheets:
            entry = ZipInfo(f"{sheet.file}.csv")
            entry.compress_type = ZIP_DEFLATED
            with (
                packed.open(entry, "w", force_zip64=True) as content,
                TextIOWrapper(content, dialect.encoding, newline="") as text,
            ):
                write_table(_rows(sheet, tell), text, dialect)


def _rows(sheet: Sheet, tell: Callable[[int], None]) -> Iterator[Row]:
    head: tuple[Cell, ...] = tuple(column.title for column in sheet.columns)
    yield head
    for row in sheet.rows():
        yield row
        tell(1)
