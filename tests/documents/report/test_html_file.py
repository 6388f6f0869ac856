"""The documentation as one HTML file: the numbers of the report, all texts as texts, and nothing that asks anybody."""

import re

import pytest

from poll_server.documents.report import Choice, Report, make
from poll_server.documents.report.html_file import to_html
from poll_server.domain.rounds import State
from tests.documents.exports import BUS, question
from tests.documents.report.materials import ENGLISH, contribution, full, material
from tests.documents.report.read_html import Read

PLAIN = make(material(sent=[contribution(1, "Wann?")]), Choice(introduction="Hallo.", licence="CC BY 4.0"))
WHOLE = full()
ACTIVE = {"base", "button", "embed", "form", "iframe", "img", "input", "object", "script", "template"}
SVG = "http://www.w3.org/2000/svg"
"""The name of a language, which no browser asks for."""


def read(report: Report) -> Read:
    """Read the file of a report."""
    return Read(to_html(report))


@pytest.mark.parametrize("report", [PLAIN, WHOLE], ids=["plain", "whole"])
def test_file_has_the_numbers_of_the_report(report: Report) -> None:
    """Each table has the lines of its own in the report, with label and cells, and below headings nothing else."""
    told = [table for round_ in report.rounds for one in round_.questions for table in (*one.tables, *one.compared)]
    expected = [[[line.label, *line.cells] for line in table.lines] for table in told]
    assert [_bare(table[1:]) for table in read(report).tables] == [_bare(table) for table in expected]


def _bare(table: list[list[str]]) -> list[list[str]]:
    return [["".join(cell.split()) for cell in row] for row in table]


@pytest.mark.parametrize("report", [PLAIN, WHOLE], ids=["plain", "whole"])
def test_file_asks_nobody(report: Report) -> None:
    """No script and no form; links lead to its own parts, which are there once; no address of anybody else."""
    found = read(report)
    assert set(found.elements) & ACTIVE == set()
    assert [name for name, _ in found.attributes if name.startswith("on") or name in ("src", "style", "action")] == []
    ids = [value for name, value in found.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    links = [value for name, value in found.attributes if name == "href"]
    assert [link for link in links if link.removeprefix("#") not in ids and not link.startswith("data:")] == []
    html = to_html(report).decode()
    assert set(re.findall(r"https?://[^'\"\s)]+", html)) == {SVG}
    assert set(re.findall(r"url\(.{6}", html)) == {'url("data:'}


def test_file_names_nobody() -> None:
    """Whoever asked from the floor is in it by the name that they gave, never by what the database knows them by."""
    assert b"geheim" not in to_html(PLAIN) + to_html(WHOLE)


def test_file_is_the_same_each_time() -> None:
    """The same report gives the same bytes, another one others."""
    again = make(material(sent=[contribution(1, "Wann?")]), Choice(introduction="Hallo.", licence="CC BY 4.0"))
    assert to_html(again) == to_html(PLAIN) != to_html(WHOLE)


def test_markup_is_text() -> None:
    """What people write in HTML stands there as they wrote it."""
    written = '</style></title><script>alert(1)</script> & &amp; {{ 7 }} <a href="https://example.org">'
    asked = {written: [(question(BUS, State.SHOWN), {"#": 1, "o1": 1})]}
    found = read(make(material(asked), Choice(introduction=written)))
    assert (found.texts.count(written), set(found.elements) & ACTIVE, "https://" in str(found.attributes)) == (
        3,
        set(),
        False,
    )


def test_file_says_its_language() -> None:
    """The whole has the language that was chosen, and what is in another one says so."""
    asked = {"Runde": [(question(ENGLISH, State.SHOWN), {"#": 1, "o1": 1})]}
    html = to_html(make(material(asked), Choice(language="en"))).decode()
    assert (html.count('<html lang="en">'), html.count("<title>Documentation: Tagung</title>")) == (1, 1)
    assert '<h1 dir="auto" lang="de">Tagung</h1>' in html
    assert "<bdi>How did you come?</bdi>" in html
