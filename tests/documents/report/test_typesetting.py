"""The documentation as PDF: PDF/UA-1 by an independent checker, the same bytes each time, all texts as texts."""

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from typing import Any

import page
import pikepdf
import pytest

from poll_server.documents.report import Choice, Part, Report, make
from poll_server.documents.report.lettering import REPLACED, fonts
from poll_server.documents.report.typesetting import to_pdf, to_pictures
from poll_server.domain.rounds import State
from tests.documents.exports import BUS, question
from tests.documents.report.materials import MARKUP, TEXTS, contribution, example, full, material


@pytest.mark.parametrize("report", [make(material(), Choice()), make(material({}), Choice(())), full()])
def test_pdf_conforms_to_ua_1(report: Report) -> None:
    """The compiler checks it in its own PDF/UA-1 mode, and another program, which shares nothing with it, agrees."""
    checked = page.validate_pdf_bytes(to_pdf(report), profile="ua1")
    assert [(one.rule_id, one.message) for one in checked.failures] == []
    assert checked.is_compliant


def test_pdf_is_the_same_each_time() -> None:
    """The same report gives the same bytes; its date is the event's, not that of its making."""
    pdf = to_pdf(make(material(), Choice()))
    assert pdf == to_pdf(make(material(example()), Choice()))
    assert pdf != to_pdf(make(material(), Choice(licence="CC BY 4.0")))
    with pikepdf.open(BytesIO(pdf)) as read, read.open_metadata() as known:
        assert str(known["xmp:CreateDate"])[:10] == "2026-11-22"


def test_pdf_names_itself() -> None:
    """Title, language, tags and bookmarks are there; the bookmarks are the headings."""
    with pikepdf.open(BytesIO(to_pdf(make(material(), Choice(introduction="Hallo."))))) as pdf:
        root: Any = pdf.Root
        assert (str(root.Lang), bool(root.MarkInfo.Marked), str(pdf.docinfo.Title)) == ("de-DE", True, "Tagung")
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_outline() as outline:
            marks = list(_marks(outline.root))
        headings = [kind for kind, _ in tags(pdf) if kind in ("H1", "H2", "H3", "H4")]
    assert marks[:6] == [
        "Inhalt",
        "Zur Einführung",
        "Programm",
        "Fragen und Ergebnisse",
        "Runde I",
        "1 Womit „beginnen“?",
    ]
    assert headings[:2] == ["H1", "H1"]
    assert all(int(after[1]) <= int(before[1]) + 1 for before, after in pairwise(headings))


def _marks(items: Any) -> Iterator[str]:
    for item in items:
        yield " ".join(item.title.split())
        yield from _marks(item.children)


def tags(pdf: pikepdf.Pdf) -> list[tuple[str, Any]]:
    """All elements of the structure tree in their order, with their kinds."""
    found: list[tuple[str, Any]] = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for one in node:
                walk(one)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append((str(node.S).removeprefix("/"), node))
            if "/K" in node:
                walk(node.K)

    walk(pdf.Root.StructTreeRoot.K)
    return found


def attributes(node: Any) -> list[Any]:
    """The attributes of an element, of which there may be one or several."""
    return list(node.A) if isinstance(node.A, pikepdf.Array) else [node.A]


def test_pdf_has_tables_with_headers() -> None:
    """Each result is a table whose first row are headers of columns."""
    with pikepdf.open(BytesIO(to_pdf(make(material(), Choice(parts=(Part.RESULTS,)))))) as pdf:
        kinds = [kind for kind, _ in tags(pdf)]
        scopes = {str(one.Scope) for kind, node in tags(pdf) if kind == "TH" for one in attributes(node)}
    assert (kinds.count("Table"), kinds.count("TH"), kinds.count("TD")) == (2, 6, 15)
    assert scopes == {"/Column"}


def test_markup_is_text() -> None:
    """Whatever participants write in the languages of typesetters stands there as they wrote it."""
    asked = {"R": [(question(replace(BUS, text=MARKUP), State.SHOWN), {"#": 1, "o1": 1})]}
    with pikepdf.open(BytesIO(to_pdf(make(material(asked), Choice())))) as pdf, pdf.open_outline() as outline:
        assert f"1 {MARKUP}" in list(_marks(outline.root))


def test_every_character_of_unicode_is_set() -> None:
    """Any character, alone and beside any other, gives a file that both checkers take."""
    points = [
        point
        for point in range(0x20, sys.maxunicode)
        if not 0xD800 <= point < 0xE000 and point not in range(0x30000, 0xE0000)
    ]
    known = sorted(frozenset[int]().union(*fonts().values()))
    some = random.Random(11)
    texts = ["".join(map(chr, points[start : start + 500])) for start in range(0, 0x30000, 500)]
    texts += ["".join(chr(some.choice(some.choice((points, known)))) for _ in range(60)) for _ in range(300)]
    asked = {"R": [(question(TEXTS, State.SHOWN), {"#": len(texts), **{f"t:{text}": 1 for text in texts}})]}
    pdf = to_pdf(make(material(asked), Choice(every_text=True)))
    assert page.is_pdf_compliant_bytes(pdf, profile="ua1")


def test_replaced_characters_are_explained() -> None:
    """Where a sign stands for characters without a letter, the last page says so; elsewhere it does not."""
    strange = {"R": [(question(TEXTS, State.SHOWN), {"#": 1, "t:漢字": 1})]}
    with_sign, without = (make(material(given), Choice()) for given in (strange, None))
    assert REPLACED in with_sign.labels["replaced"]
    assert len(to_pictures(with_sign, 20)) > 1
    assert to_pictures(replace(with_sign, rounds=without.rounds), 40)[-1] != to_pictures(with_sign, 40)[-1]


def test_two_thousand_texts_are_set_in_seconds() -> None:
    """2,000 texts and 2,000 questions from the floor make one file."""
    given = {"R": [(question(TEXTS, State.SHOWN), {"#": 2000, **{f"t:Text {n} von vielen": 1 for n in range(2000)}})]}
    sent = [contribution(number, f"Frage {number}: wer entscheidet das?") for number in range(1, 2001)]
    report = make(material(given, sent), Choice(every_text=True))
    assert (len(report.rounds[0].questions[0].texts), len(report.sessions[0].contributions)) == (2000, 2000)
    assert len(to_pdf(report)) > 100_000
