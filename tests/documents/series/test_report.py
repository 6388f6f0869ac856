"""The comparison of a series as a document: what it says, and that it is PDF/UA-1."""

import re
from dataclasses import replace
from typing import Any

import page
import pikepdf
import pytest

from poll_server.documents.report.html_file import to_html
from poll_server.documents.report.model import Asked, Fact, Line, Report
from poll_server.documents.report.typesetting import to_pdf
from poll_server.documents.series import make
from poll_server.domain.programme import Definition, Option, Reveal
from tests.documents.exports import BUS, FIRST
from tests.documents.report.materials import WILD
from tests.documents.report.test_typesetting import attributes, tags
from tests.documents.series.comparisons import DAYS, asking, compared, series
from tests.render.test_side_by_side import TALLIES

ENOUGH = replace(BUS, shares_from=20)


def asked(report: Report) -> tuple[Asked, ...]:
    """The questions that stand side by side."""
    return report.rounds[0].questions


def cells(lines: tuple[Line, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Label and cells of each line, with plain spaces."""
    return [(one.label, tuple(cell.replace("\xa0", " ") for cell in one.cells)) for one in lines]


def all_kinds() -> Report:
    """Every kind at nine events, with wild texts, few answers and none, and a long series."""
    askings = []
    for number, (definition, tally) in enumerate(TALLIES.values()):
        wild = replace(definition, text=f"{definition.text} {WILD[:200]}", shares_from=20)
        few = {key: 3 * n for key, n in tally.items()}
        for at, code in enumerate(list(DAYS)[:9]):
            askings.append(asking(code, wild, few if at % 3 else {}, id=number + 1))
    once = asking("tag1", replace(FIRST, text=WILD[:300]), {}, id=99)
    found = compared(*askings, once, left_out=2)
    return make(replace(found, series=series(list(DAYS)[:9], title=WILD[:200])))


@pytest.mark.parametrize("report", [all_kinds(), make(compared(asking("tag1", BUS, {})))])
def test_pdf_conforms_to_ua_1(report: Report) -> None:
    """The compiler checks it in its own PDF/UA-1 mode, and another program, which shares nothing with it, agrees."""
    checked = page.validate_pdf_bytes(to_pdf(report), profile="ua1")
    assert [(one.rule_id, one.message) for one in checked.failures] == []
    assert checked.is_compliant


def test_pdf_is_the_same_each_time_and_names_itself(tmp_path: Any) -> None:
    """The same comparison gives the same bytes, with title, language, bookmarks and headed tables."""
    pair = [asking("tag1", ENOUGH, {"#": 30, "o1": 10, "o2": 20}), asking("tag2", ENOUGH, {"#": 40, "o1": 40})]
    pdf = to_pdf(make(compared(*pair)))
    assert pdf == to_pdf(make(compared(*reversed(pair))))
    (tmp_path / "made.pdf").write_bytes(pdf)
    with pikepdf.open(tmp_path / "made.pdf") as read:
        root: Any = read.Root
        assert (str(root.Lang), str(read.docinfo.Title)) == ("de-DE", "Kommunen im Gespräch")
        with read.open_outline() as outline:
            marks = [" ".join(one.title.split()) for one in outline.root]
        heads = {str(one.Scope) for kind, node in tags(read) if kind == "TH" for one in attributes(node)}
    assert marks[:5] == ["Inhalt", "Zur Einführung", "Veranstaltungen", "Fragen und Ergebnisse", "Wie gezählt wurde"]
    assert heads == {"/Column"}


def test_html_has_the_same_cells_and_bars() -> None:
    """A bar below each share of enough people, none below a count; what was asked once is a list; texts are texts."""
    few = asking("tag2", ENOUGH, {"#": 3, "o1": 1, "o2": 2})
    once = asking("tag2", replace(FIRST, text="<b>Allein?"), {}, id=2)
    html = to_html(make(compared(asking("tag1", ENOUGH, {"#": 30, "o1": 10, "o2": 20}), few, once))).decode()
    found = re.findall(r"<td[^>]*>([^<]*)(<svg)?", html.partition("Rad; zu Fuß")[2].partition("</tr>")[0])
    assert found == [("67\xa0% (20)", "<svg"), ("2", "")]
    assert "<li><bdi>&lt;b&gt;Allein?</bdi>" in html


def test_answers_stand_beside_each_other() -> None:
    """A column for each asking says its number, day and n; a share has its count and a bar, few people a count."""
    (one,) = asked(
        make(
            compared(
                asking("tag1", ENOUGH, {"#": 30, "o1": 10, "o2": 20, "-": 2}),
                asking("tag2", ENOUGH, {"#": 3, "o1": 1, "o2": 2}),
            )
        )
    )
    when, result = one.tables
    assert cells(when.lines) == [
        ("1: Veranstaltung tag1", ("03.01.2026", "130", "30", "2")),
        ("2: Veranstaltung tag2", ("03.02.2026", "130", "3", "0")),
    ]
    assert [head.replace("\xa0", " ") for head in result.headings] == [
        "Antwort",
        "1: 03.01.2026 (n = 30)",
        "2: 03.02.2026 (n = 3)",
    ]
    assert cells(result.lines) == [("Bus", ("33 % (10)", "1")), ("Rad; zu Fuß", ("67 % (20)", "2"))]
    bars: list[object] = [line.below for line in result.lines]
    assert bars == [(pytest.approx(1 / 3), None), (pytest.approx(2 / 3), None)]
    assert len(result.notes) == 1


def test_many_askings_are_parted() -> None:
    """At most three stand in a table, and each is in one of them; where enough have answered there is no note."""
    (one,) = asked(make(compared(*(asking(code, ENOUGH, {"#": 30, "o1": 30}) for code in list(DAYS)[:7]))))
    assert [len(table.headings) - 1 for table in one.tables[1:]] == [3, 3, 1]
    assert [table.notes for table in one.tables] == [()] * 4


@pytest.mark.parametrize(
    ("which", "captions", "first"),
    [
        ("rating", ["", ""], ("Mittelwert", ("2,6", "–"))),
        ("number", [""], ("Median", ("7,25 km", "–"))),
        ("matrix", ["Mittelwert", "Median"], ("Ja", ("1,0", "–"))),
        ("ranking", ["Anteil an den möglichen Punkten", "Mittlerer Platz"], ("Ja", ("90 %", "–"))),
        ("points", ["Anteil", "Punkte pro Person"], ("Ja", ("75 %", "–"))),
        ("statements", ["Stimme zu", "Stimme nicht zu"], ("Ja", ("80 % (8)", "–"))),
        ("cloud", [""], ("Bus", ("70 % (7)", "–"))),
        ("text", [], None),
    ],
)
def test_every_kind_has_its_figures(which: str, captions: list[str], first: tuple[str, tuple[str, ...]] | None) -> None:
    """Each sort of figures has a table; where nobody answered stands a dash."""
    definition, tally = TALLIES[which]
    one_from = replace(definition, shares_from=1)
    (one,) = asked(make(compared(asking("tag1", one_from, tally), asking("tag2", one_from, {}))))
    assert [table.caption for table in one.tables[1:]] == captions
    assert [cells(table.lines)[0] for table in one.tables[1:2]] == ([first] if first else [])
    assert bool(one.notes) == (first is None)


def test_what_was_different_is_said() -> None:
    """Another wording, another language, a result that was seen meanwhile, and a correction."""
    own = replace(BUS, origin="eigen")
    other = Definition("single_choice", "Womit?", (Option("o1", "Buss"), own.options[1]), language="en", origin="eigen")
    mended = replace(asking("tag1", replace(other, reveal=Reveal.LIVE), {}), mended=True)
    (one,) = asked(make(compared(mended, asking("tag2", own, {}))))
    assert one.text == own.text
    assert one.notes == (
        "1: In einer anderen Sprache gestellt: English",
        f"1: „Womit?“ statt „{own.text}“.",
        "1: „Buss“ statt „Bus“.",
        "1: Ein Fehler im Wortlaut wurde nach dem Öffnen berichtigt.",
        "1: Die Leinwand zeigte das Ergebnis schon während der Abstimmung; das kann Antworten beeinflussen.",
    )


def test_document_says_what_is_not_in_it() -> None:
    """Events of others are counted, and questions that were asked once are named with their event."""
    secret = replace(BUS, rules={"secret": True})
    found = compared(
        asking("tag1", secret, {}), asking("tag2", secret, {}), asking("tag2", FIRST, {}, id=2), left_out=2
    )
    report = make(found)
    assert report.introduction[1].startswith("2 Veranstaltungen der Reihe sind nicht in diesem Dokument")
    assert report.rounds[1].named == (Fact(FIRST.text, "Veranstaltung tag2"),)
    assert [note.title for note in report.method][:2] == ["Dieselbe Frage", "Verschiedene Menschen"]
    assert "Geheime Abstimmungen" in [note.title for note in report.method]
    assert (report.dates, report.last) == ("3. Jan.\u2009–\u20093. Feb. 2026", "2026-02-03")
