"""What LibreOffice, in German, reads of a spreadsheet: a program that has nothing to do with what wrote it."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_SPACES = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_NUMBERS = ("float", "percentage")
# Semicolon, double quote, UTF-8, from line 1, no column formats, German, quotes say nothing, find dates.
_CSV_READER = "--infilter=Text - txt - csv (StarCalc):59,34,76,1,,1031,false,true"

Cell = str | float | datetime
"""A text, empty where nothing stands, a number or a moment without a zone."""


def office_csv(content: bytes, folder: Path) -> list[list[Cell]]:
    """The cells of a CSV; the test fails where one is a formula."""
    path = folder / "demo.csv"
    path.write_bytes(content)
    (rows,) = office_sheets(path, _CSV_READER).values()
    return rows


def office_sheets(path: Path, *reader: str) -> dict[str, list[list[Cell]]]:
    """The cells of each sheet of a file by its name; the test fails where one is a formula."""
    program = shutil.which("soffice")
    assert program
    folder = path.parent
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", *reader, "--convert-to", "fods", "--outdir", str(folder), path.name]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=90)
    found = ElementTree.parse(path.with_suffix(".fods")).iter(f"{_TABLE}table")
    return {table.attrib[f"{_TABLE}name"]: _rows(table) for table in found}


def _rows(table: ElementTree.Element) -> list[list[Cell]]:
    """The rows of a sheet; empty cells that go on to its edge are a thousand."""
    rows = []
    for row in table.iter(f"{_TABLE}table-row"):
        cells: list[Cell] = []
        for cell in row.findall(f"{_TABLE}table-cell"):
            cells += [_cell(cell)] * min(1000, int(cell.get(f"{_TABLE}number-columns-repeated", "1")))
        rows.append(cells)
    return rows


def filled(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The rows without the empty cells at their ends, and without empty rows."""
    kept = []
    for row in rows:
        last = max((at for at, cell in enumerate(row, 1) if cell != ""), default=0)
        if last:
            kept.append(row[:last])
    return kept


def _cell(cell: ElementTree.Element) -> Cell:
    assert cell.get(f"{_TABLE}formula") is None
    kind = cell.get(f"{_OFFICE}value-type", "string")
    if kind == "date":
        return datetime.fromisoformat(cell.attrib[f"{_OFFICE}date-value"])
    if kind in _NUMBERS:
        return float(cell.attrib[f"{_OFFICE}value"])
    assert kind == "string"
    return "\n".join(_written(line) for line in cell.findall(f"{_TEXT}p"))


def _written(node: ElementTree.Element) -> str:
    space = _SPACES.get(node.tag, "") * int(node.get(f"{_TEXT}c", "1"))
    return space + (node.text or "") + "".join(_written(child) + (child.tail or "") for child in node)
