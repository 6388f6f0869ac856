"""The same workbook as XLSX, ODS and CSV: read back by other programs, with equal cells and none a formula."""

import csv
import io
import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from poll_server.documents.cells import unguarded
from poll_server.documents.making import FORMS
from poll_server.documents.sheets import workbook
from poll_server.documents.workbook import Column, Sheet, Workbook, visible
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import State
from poll_server.questions.split import by_group
from tests.documents.exports import CLOSED, OPENED, example, exported, question
from tests.documents.office import filled, office_sheets
from tests.documents.spreadsheet import FORMULAS, NUMBERS_AND_DATES, PLAIN

TEXTS = [*FORMULAS, *NUMBERS_AND_DATES, *filter(None, PLAIN)]
STRANGE = [
    "Zeile eins\nZeile zwei",
    "  zwei   Leerzeichen  ",
    "a\tb",
    "<b>&amp;</b> ]]> \"'",
    "_x0041_",
    "#let x = $y$ \\textbf{z}",
    "שלום مرحبا Ελλάδα Москва 漢字 👩🏽‍💻",
    "\N{RIGHT-TO-LEFT OVERRIDE}abc\N{POP DIRECTIONAL FORMATTING}",
    "x" * 4000,
]
SPREADSHEETS = ("xlsx", "ods")

every_spreadsheet = pytest.mark.parametrize("form", SPREADSHEETS)
every_form = pytest.mark.parametrize("form", FORMS)


def of_texts(texts: Iterable[str], heading: str = "=1+1") -> Workbook:
    """A workbook of one sheet that has these texts, under such a heading."""
    rows = [(text,) for text in texts]
    sheet = Sheet("Blatt", "sheet", "", (Column(heading, ""),), lambda: iter(rows), len(rows))
    return Workbook("=Tagung", date(2026, 11, 22), "de", (sheet,))


def everything() -> Workbook:
    """An event with all sorts of cells: formulas as question, option, round and group; numbers, times and ballots."""
    options = tuple(Option(f"o{at}", text) for at, text in enumerate([*TEXTS[:15], *STRANGE[:4]], 1))
    asked = question(Definition("multiple_choice", "=SUM(A1:A9)", options, hint="@x"), State.SHOWN, 7, present=9)
    named = question(Definition("yes_no", "Wie geht's [heute]? '👩🏽‍💻' " + "W" * 300, hint="'x"), State.SHOWN, 8)
    export = exported({"=1+1": [(asked, {"#": 8, "o1": 8, "o2": 1}), (named, {"#": 3, "yes": 3})]}, title="=Tagung")
    groups = (Option("g1", "=1+1"), Option("g2", "@SUM(A1)"))
    split = by_group(asked.definition, groups, [{"g1": {"#": 5, "o1": 5}, "g2": {"#": 6, "o2": 6}}])
    both = replace(export, event=replace(export.event, rounds=(*export.event.rounds, *example().event.rounds)))
    both = replace(both, results={**export.results, **example().results}, splits={7: split})
    return workbook(both, None, {7: Counter({("o1",): 7, ("o1", "o2"): 1})})


def written(book: Workbook, form: str, folder: Path) -> Path:
    """The file of a workbook."""
    path = folder / f"demo{FORMS[form].suffix}"
    FORMS[form].write(book, path, lambda rows: None)
    return path


def without_tabs(cell: object, form: str) -> object:
    """A cell as calamine and LibreOffice 7.4 see it: both pass over tabs in ODS, although the latter writes them so."""
    return cell.replace("\t", "") if isinstance(cell, str) and form == "ods" else cell


def calamine(path: Path) -> dict[str, list[list[object]]]:
    """The cells of each sheet, as calamine reads them."""
    book = CalamineWorkbook.from_path(str(path))
    return {
        name: [[*row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        for name in book.sheet_names
    }


def plain(cell: object) -> object:
    """A cell as every program gives it back: no None, no zone, no fraction of a second, numbers as numbers."""
    match cell:
        case None:
            return ""
        case datetime():
            return cell.replace(tzinfo=None, microsecond=0)
        case date():
            return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a spreadsheet knows no zones
        case Decimal() | int():
            return float(cell)
        case str():
            return visible(cell)
    return cell


def meant(book: Workbook) -> dict[str, list[list[object]]]:
    """What should stand in each sheet, headings first."""
    return {
        sheet.name: [
            [plain(column.title) for column in sheet.columns],
            *([plain(cell) for cell in row] for row in sheet.rows()),
        ]
        for sheet in book.sheets
    }


def even(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """Rows without the empty cells at their ends; days as moments, numbers with twelve digits."""
    found = []
    for row in rows:
        cells = [float(f"{cell:.12g}") if isinstance(cell, float) else plain(cell) for cell in row]
        while cells and cells[-1] == "":
            cells.pop()
        found.append(cells)
    return found


@every_spreadsheet
def test_spreadsheet_has_every_cell_as_it_was(form: str, tmp_path: Path) -> None:
    """Sheets, headings, texts, numbers, shares and times are read back by calamine; none is a formula."""
    book = everything()
    path = written(book, form, tmp_path)
    assert {name: even(rows) for name, rows in calamine(path).items()} == {
        name: [[without_tabs(cell, form) for cell in row] for row in even(rows)] for name, rows in meant(book).items()
    }
    xml = [content for name, content in unpacked(path).items() if name.endswith(".xml")]
    assert [
        found for content in xml for found in re.findall(rb"<f>|<f |table:formula|<hyperlink|xlink:href", content)
    ] == []


def unpacked(path: Path) -> dict[str, bytes]:
    """The files in a zip."""
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@every_spreadsheet
def test_every_text_stays_text(form: str, tmp_path: Path) -> None:
    """Formulas in any disguise, numbers, dates, markup, every script: each is the text that it was, in the head too."""
    texts = [*TEXTS, *STRANGE]
    for heading in ("=1+1", "+1", "-1", "@x", "\t=1"):
        (rows,) = calamine(written(of_texts(texts, heading), form, tmp_path)).values()
        assert rows == [[without_tabs(visible(text), form)] for text in (heading, *texts)]


@every_spreadsheet
@settings(max_examples=30)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=20))
def test_whatever_was_written_is_read_back(
    form: str, texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any letters at all make a file that is read again; what XML forbids has become a sign that shows it."""
    path = written(of_texts(texts, "Text"), form, tmp_path_factory.mktemp("any"))
    ((_, *rows),) = calamine(path).values()
    assert [row[0] for row in rows] == [without_tabs(visible(text), form) for text in texts]


@every_form
def test_same_workbook_gives_the_same_bytes(form: str, tmp_path: Path) -> None:
    """Nothing in a file is of the time or the place where it was made."""
    book = everything()
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
    one = written(book, form, first)
    os.utime(one, (0, 0))
    assert one.read_bytes() == written(book, form, second).read_bytes()
    with zipfile.ZipFile(one) as packed:
        assert {entry.date_time[0] for entry in packed.infolist()} == {1980}
    assert [path.name for path in first.iterdir()] == [one.name]


@pytest.mark.parametrize(("form", "delimiter", "point"), [("csv", ";", ","), ("csv-plain", ",", ".")])
def test_csv_has_a_file_for_each_sheet(form: str, delimiter: str, point: str, tmp_path: Path) -> None:
    """Each sheet is a file: with a byte order mark, semicolons and decimal commas, or as RFC 4180 has it."""
    book = everything()
    files = unpacked(written(book, form, tmp_path))
    assert [*files] == [f"{sheet.file}.csv" for sheet in book.sheets]
    for sheet, content in zip(book.sheets, files.values(), strict=True):
        assert content.startswith(b"\xef\xbb\xbf") == (form == "csv")
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        assert [unguarded(cell) for cell in rows[0]] == [column.title for column in sheet.columns]
        for shown, cells in zip(rows[1:], sheet.rows(), strict=True):
            for cell, value in zip(shown, cells, strict=True):
                assert cell[:1] not in {*"=+-@\t\r"}
                if isinstance(value, float):
                    assert float(cell.replace(point, ".")) == value
                elif isinstance(value, str):
                    assert unguarded(cell) == value


def test_times_in_plain_csv_have_their_offset(tmp_path: Path) -> None:
    """Programs read ISO 8601, people the German way."""
    book = workbook(example())
    found = {
        form: unpacked(written(book, form, tmp_path))["questions.csv"].decode("utf-8-sig")
        for form in ("csv", "csv-plain")
    }
    assert OPENED.replace(microsecond=0).isoformat() in found["csv-plain"]
    assert f"{CLOSED:%d.%m.%Y %H:%M:%S}" in found["csv"]


def test_ods_begins_with_its_media_type(tmp_path: Path) -> None:
    """The first file in it is the type, not compressed, as OpenDocument wants it; every part is well-formed."""
    path = written(everything(), "ods", tmp_path)
    with zipfile.ZipFile(path) as packed:
        first = packed.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert packed.read(first).decode() == FORMS["ods"].media_type
        for name in packed.namelist()[1:]:
            ElementTree.fromstring(packed.read(name))


@every_spreadsheet
def test_libreoffice_finds_the_same_cells_and_no_formula(form: str, tmp_path: Path) -> None:
    """The program of another house reads all sheets with equal numbers, times and texts."""
    book = everything()
    found = office_sheets(written(book, form, tmp_path))
    expected = {
        name: [[without_tabs(cell, form) for cell in row] for row in even(rows) if row]
        for name, rows in meant(book).items()
    }
    assert {name: even(filled(rows)) for name, rows in found.items()} == expected
