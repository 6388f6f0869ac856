"""A workbook as ODS (OpenDocument 1.3), row by row, so that its size does not matter. No cell is a formula.

Written by hand: of the libraries that are kept, one holds the whole document in memory, and the one that does not knows
no percentages and writes an error into empty cells.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from poll_server.documents.cells import Cell, Share
from poll_server.documents.workbook import Sheet, Workbook, visible

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACES = (
    " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}"'
        for name, urn in (
            ("office", "office:1.0"),
            ("table", "table:1.0"),
            ("text", "text:1.0"),
            ("style", "style:1.0"),
            ("number", "datastyle:1.0"),
            ("fo", "xsl-fo-compatible:1.0"),
            ("meta", "meta:1.0"),
            ("config", "config:1.0"),
            ("manifest", "manifest:1.0"),
        )
    )
    + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
_MANIFEST = (
    f'{_HEAD}<manifest:manifest {_NAMESPACES} manifest:version="1.3">'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
        for path, media in (("/", MEDIA_TYPE), ("content.xml", "text/xml"), ("meta.xml", "text/xml"))
    )
    + "</manifest:manifest>"
)
_DAY = (
    '<number:day number:style="long"/><number:text>.</number:text><number:month number:style="long"/>'
    '<number:text>.</number:text><number:year number:style="long"/>'
)
_TIME = (
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/><number:text>:</number:text><number:seconds number:style="long"/>'
)
_CELL = '<style:style style:name="{0}" style:family="table-cell"{1}>{2}</style:style>'
_WRAPPED = '<style:table-cell-properties style:vertical-align="top" fo:wrap-option="wrap"/>'
_TOP = '<style:table-cell-properties style:vertical-align="top"/>'
_STYLES = (
    '<number:percentage-style style:name="percent"><number:number number:decimal-places="1"'
    ' number:min-decimal-places="1" number:min-integer-digits="1"/><number:text>%</number:text>'
    "</number:percentage-style>"
    f'<number:date-style style:name="date">{_DAY}</number:date-style>'
    f'<number:date-style style:name="time">{_DAY}{_TIME}</number:date-style>'
    + _CELL.format("head", "", f'{_WRAPPED}<style:text-properties fo:font-weight="bold"/>')
    + _CELL.format("words", "", _WRAPPED)
    + _CELL.format("figure", "", _TOP)
    + _CELL.format("share", ' style:data-style-name="percent"', _TOP)
    + _CELL.format("day", ' style:data-style-name="date"', _TOP)
    + _CELL.format("moment", ' style:data-style-name="time"', _TOP)
)
_CENTIMETRES = 0.21
"""A character."""
_SPACES = re.compile(r"  +|^ | $|\t")


def write(book: Workbook, path: Path, tell: Callable[[int], None] = lambda rows: None) -> None:
    """Write a workbook; ``tell`` hears of each row. The same workbook gives the same bytes."""
    with ZipFile(path, "w") as packed:
        packed.writestr(_entry("mimetype", ZIP_STORED), MEDIA_TYPE)
        packed.writestr(_entry("META-INF/manifest.xml"), _MANIFEST)
        packed.writestr(_entry("meta.xml"), _meta(book))
        with packed.open(_entry("content.xml"), "w", force_zip64=True) as content:
            for piece in _content(book, tell):
                content.write(piece.encode())


def _entry(name: str, method: int = ZIP_DEFLATED) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = method
    return entry


def _meta(book: Workbook) -> str:
    return (
        f'{_HEAD}<office:document-meta {_NAMESPACES} office:version="1.3"><office:meta>'
        f"<dc:title>{escape(visible(book.title))}</dc:title><dc:date>{book.day}T00:00:00</dc:date>"
        f"<dc:language>{book.language}</dc:language></office:meta></office:document-meta>"
    )


def _content(book: Workbook, tell: Callable[[int], None]) -> Iterator[str]:
    widths = {column.width for sheet in book.sheets for column in sheet.columns}
    yield f'{_HEAD}<office:document-content {_NAMESPACES} office:version="1.3"><office:automatic-styles>{_STYLES}'
    for width in sorted(widths):
        wide = f'<style:table-column-properties style:column-width="{width * _CENTIMETRES:.2f}cm"/>'
        yield f'<style:style style:name="w{width}" style:family="table-column">{wide}</style:style>'
    yield "</office:automatic-styles><office:body><office:spreadsheet>"
    for sheet in book.sheets:
        yield from _table(sheet, tell)
    yield "</office:spreadsheet></office:body></office:document-content>"


def _table(sheet: Sheet, tell: Callable[[int], None]) -> Iterator[str]:
    yield f"<table:table table:name={quoteattr(sheet.name)}>"
    yield "".join(f'<table:table-column table:style-name="w{column.width}"/>' for column in sheet.columns)
    head = "".join(_text(column.title, "head") for column in sheet.columns)
    yield f"<table:table-header-rows><table:table-row>{head}</table:table-row></table:table-header-rows>"
    for row in sheet.rows():
        yield f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>"
        tell(1)
    yield "</table:table>"


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return "<table:table-cell/>"
        case str():
            return _text(cell, "words")
        case Share():
            return _typed("percentage", "value", float(cell), "share")
        case int() | float() | Decimal():
            return _typed("float", "value", f"{cell:f}" if isinstance(cell, Decimal) else repr(cell), "figure")
        case datetime():
            return _typed("date", "date-value", cell.replace(tzinfo=None).isoformat(timespec="seconds"), "moment")
        case date():
            return _typed("date", "date-value", cell.isoformat(), "day")


def _typed(kind: str, name: str, value: object, style: str) -> str:
    return f'<table:table-cell table:style-name="{style}" office:value-type="{kind}" office:{name}="{value}"/>'


def _text(text: str, style: str) -> str:
    lines = "".join(f"<text:p>{_line(line)}</text:p>" for line in visible(text).split("\n"))
    return f'<table:table-cell table:style-name="{style}" office:value-type="string">{lines}</table:table-cell>'


def _line(line: str) -> str:
    """Write a line with its tabs and all its spaces: more than one, or those at an end, would be lost."""
    return _SPACES.sub(lambda found: _space(found[0]), escape(line))


def _space(found: str) -> str:
    return "<text:tab/>" if found == "\t" else f'<text:s text:c="{len(found)}"/>'
