"""The pictures of results as PNG, for programs that know no SVG: drawn with our own fonts, the same on every machine.

The words of a picture, its title and its alternative, stand in it as PNG has them: in ``iTXt`` chunks.
"""

from pathlib import Path
from struct import pack
from zlib import crc32

import typst

from poll_server.documents import charts
from poll_server.documents.apart import Tell
from poll_server.documents.charts import alternative, svg
from poll_server.documents.export import Export
from poll_server.documents.report.lettering import lettered
from poll_server.documents.workbook import visible
from poll_server.domain.rounds import Question

_FONTS = Path(__file__).parent / "fonts"
_PAGE = (
    b"#set page(width: auto, height: auto, margin: 0pt)\n"
    b'#image(bytes(sys.inputs.picture), format: "svg", width: 1600pt)\n'
)
_DOTS = 72
"""In an inch: a point of the drawing is a pixel."""
_HEAD = 33
"""Bytes of a PNG before its second chunk."""


def png(export: Export, question: Question) -> bytes:
    """Return the picture of a question's result; a character that no font has is replaced visibly."""
    drawn = svg(export, question, lambda words: lettered(visible(words)).replace("\u200b", ""))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)])
    found = typst.Compiler(_PAGE, font_paths=fonts, sys_inputs={"picture": drawn}).compile(format="png", ppi=_DOTS)
    assert isinstance(found, bytes)
    told = {"Title": visible(question.definition.text), "Description": alternative(export, question)}
    chunks = b"".join(_chunk(name, words, export.event.language) for name, words in told.items())
    return found[:_HEAD] + chunks + found[_HEAD:]


def write(export: Export, path: Path, tell: Tell = lambda done, total: None) -> None:
    """Write a zip with a picture of each question that is closed. The same results give the same bytes."""
    charts.write(export, path, tell, png, ".png")


def _chunk(name: str, words: str, language: str) -> bytes:
    """Return words as a chunk of a PNG: its length, its sort, not compressed, in this language, and a check sum."""
    content = b"iTXt" + name.encode() + b"\0\0\0" + language.encode() + b"\0\0" + words.encode()
    return pack(">I", len(content) - 4) + content + pack(">I", crc32(content))
