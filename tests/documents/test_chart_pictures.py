"""The pictures of results as PNG: of the same size as the drawing, and with their words in the file."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from struct import unpack

from poll_server.documents.chart_pictures import png, write
from poll_server.documents.charts import alternative
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import State
from tests.documents.exports import example, exported, question


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG, each with a right check sum."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    at = 8
    while at < len(content):
        (length,) = unpack(">I", content[at : at + 4])
        sort, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        assert unpack(">I", content[at + 8 + length : at + 12 + length]) == (zlib.crc32(sort + data),)
        yield sort, data
        at += 12 + length


def test_picture_has_its_size_and_its_words() -> None:
    """1600 by 900 pixels, with the wording and the result in words, in the language of the event."""
    export = example()
    asked = next(export.event.questions)
    found = list(chunks(png(export, asked)))
    assert (found[0][0], unpack(">II", found[0][1][:8]), found[-1][0]) == (b"IHDR", (1600, 900), b"IEND")
    words = [data for sort, data in found if sort == b"iTXt"]
    told = {"Title": asked.definition.text, "Description": alternative(export, asked)}
    assert words == [f"{name}\0\0\0de\0\0{said}".encode() for name, said in told.items()]


def test_any_text_is_drawn() -> None:
    """Letters that no font has, markup and control characters stop nothing."""
    options = (Option("o1", "漢字 שלום مرحبا 👩🏽‍💻 \x01\ufffe"), Option("o2", "#let x = <b>&amp;</b>"))
    asked = question(Definition("single_choice", "W" * 300, options), State.SHOWN)
    export = exported({"": [(asked, {"#": 2, "o1": 2})]})
    assert next(chunks(png(export, asked)))[0] == b"IHDR"


def test_zip_is_the_same_each_time(tmp_path: Path) -> None:
    """One picture for each question that is closed; the same results give the same bytes."""
    for name in ("a", "b"):
        write(example(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    with zipfile.ZipFile(tmp_path / "a") as packed:
        assert packed.namelist() == ["1.1.png"]
