"""Whatever is written into a field, it stands on the pages: whole, inside the margins, and over nothing else."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from io import BytesIO
from typing import Any, NamedTuple

import page as checker
import pikepdf
import pytest

from poll_server.documents.report import Report
from poll_server.documents.report.lettering import lettered
from poll_server.documents.report.typesetting import to_pdf
from tests.documents.report.pages import MILLIMETRE, Box, Glyph, Tags, glyphs, squeezed
from tests.documents.report.wild import TEXTS, wild


class Typeset(NamedTuple):
    """A documentation, and what stands in its file: the letters of each page, and everything that is read out."""

    report: Report
    pages: list[list[Glyph]]
    said: str


def each(names: Iterable[str]) -> Iterator[Any]:
    """The texts; those that find little alone only in the long run."""
    for name in names:
        marks = () if name in ("wide letters", "markup", "all scripts") else pytest.mark.long
        yield pytest.param(name, marks=marks)


@pytest.fixture(params=each(TEXTS), scope="module")
def made(request: pytest.FixtureRequest) -> Typeset:
    """The documentation of a text, which keeps the rules of PDF/UA-1."""
    report = wild(TEXTS[request.param])
    content = to_pdf(report)
    assert checker.is_pdf_compliant_bytes(content, profile="ua1")
    with pikepdf.open(BytesIO(content)) as pdf:
        pages = glyphs(pdf)
        return Typeset(report, pages, squeezed(Tags(pdf, pages).text()))


def shared(letters: Sequence[Glyph]) -> Iterator[tuple[str, str]]:
    """Letters that stand over others of another tag."""
    above: list[Glyph] = []
    for glyph in sorted(letters, key=lambda one: one.box.bottom):
        above = [one for one in above if one.box.top > glyph.box.bottom]
        yield from ((one.text, glyph.text) for one in above if one.tag != glyph.tag and one.box.covers(glyph.box))
        above.append(glyph)


def test_every_letter_stands_inside_and_over_no_other(made: Typeset) -> None:
    """No letter leaves the margins, none is cut off, and no two texts share a place: no cell runs into the next."""
    margins = Box(23 * MILLIMETRE, 12 * MILLIMETRE, 187 * MILLIMETRE, 277 * MILLIMETRE)  # commas hang
    for number, page in enumerate(made.pages, 1):
        letters = [glyph for glyph in page if squeezed(glyph.text)]
        assert [(number, glyph.text) for glyph in letters if not glyph.box.inside(glyph.seen)] == []
        assert [(number, glyph.text) for glyph in letters if not glyph.box.inside(margins)] == []
        assert [(number, *pair) for pair in shared(letters)] == []


def test_no_letter_is_lost(made: Typeset) -> None:
    """What was written is read out, letter by letter, or has a sign in its place."""
    left, there = [], Counter(made.said)
    for text in texts(asdict(made.report)):
        expected = squeezed(lettered(text))
        if expected not in made.said and (expected.isascii() or Counter(expected) - there):
            left.append(text)
    assert left == []


def texts(value: Any) -> Iterator[str]:
    """All texts of a documentation that stand in it."""
    match value:
        case dict():
            for name, one in value.items():
                if name not in ("code", "language", "spoken", "last", "parts", "labels"):
                    yield from texts(one)
        case list() | tuple():
            for one in value:
                yield from texts(one)
        case str():
            yield value
