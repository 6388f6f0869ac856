"""What other programs read in the files of an export."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
from python_calamine import CalamineWorkbook

from tests.documents.report.pages import Tags, glyphs, squeezed
from tests.documents.report.read_html import Read

_SVG = "{http://www.w3.org/2000/svg}"
_COUNT = re.compile(r": \d+\s% \(([\d.]+)\)\.")

Sheet = Sequence[Sequence[object]]


def sheets(path: Path) -> dict[str, list[list[object]]]:
    """The sheets of questions and ballots in a spreadsheet, by the name that they have in a zip of CSV files."""
    if path.suffix == ".zip":
        delimiter = "," if "plain" in path.name else ";"
        return {
            name.removesuffix(".csv"): [
                [*map(_number, row)] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            ]
            for name, text in packed(path).items()
        }
    book = CalamineWorkbook.from_path(str(path))
    names = {name: name.split()[0] + ("-ballots" if name.endswith(" Stimmen") else "") for name in book.sheet_names}
    return {names[name]: [[*row] for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names}


def packed(path: Path) -> dict[str, str]:
    """The texts in a zip, by their names."""
    with zipfile.ZipFile(path) as found:
        return {name: found.read(name).decode("utf-8-sig") for name in found.namelist()}


def _number(cell: str) -> object:
    return float(cell) if cell.isdigit() else cell


def counts(sheet: Sheet) -> list[object]:
    """The counts in the sheet of a question."""
    return [row[2] for row in sheet[1:] if row[0] != ""]


def turnout(sheet: Sheet) -> tuple[object, object]:
    """How many answered and how many abstained, as the sheet of a question says it."""
    sums = {row[1]: row[2] for row in sheet[1:] if row[0] == ""}
    return sums["Haben geantwortet"], sums.get("Haben sich enthalten") or 0


def drawn(path: Path) -> list[list[int]]:
    """The counts that the text alternatives of pictures say, picture by picture."""
    roots = map(ElementTree.fromstring, packed(path).values())
    found = [root.findtext(f"{_SVG}desc") or "" for root in roots]
    return [[int(n.replace(".", "")) for n in _COUNT.findall(text)] for text in found]


def of_pdf(content: bytes) -> tuple[list[list[list[str]]], str]:
    """The tables of a documentation, and everything that is read out of it, without spaces."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        tags = Tags(pdf, glyphs(pdf))
        return [table for table in tags.tables() if table[0][0] != "Zeit"], squeezed(tags.text())


def of_html(content: bytes) -> tuple[list[list[list[str]]], str]:
    """The same of a documentation in HTML."""
    read = Read(content)
    tables = [[[" ".join(cell.split()) for cell in row] for row in table] for table in read.tables]
    return tables, squeezed("".join(read.texts))


def column(table: Sequence[Sequence[str]], names: Sequence[str]) -> list[int]:
    """The whole numbers below the first of these headings that a table has."""
    at = next(table[0].index(name) for name in names if name in table[0])
    return [int(row[at].replace(".", "")) for row in table[1:]]
