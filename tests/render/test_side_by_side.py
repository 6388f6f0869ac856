"""The results of one question of a library, put beside each other."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest

from poll_server import render
from poll_server.domain.decisions import Decision, Decisions, Verdict
from poll_server.domain.library import Asking
from poll_server.domain.programme import Definition, Option
from poll_server.questions.contract import ANSWERED
from poll_server.render.side_by_side import ROWS_MAXIMUM, SideBySide, side_by_side
from tests.live.room import SITE

OPTIONS = (Option("o1", "Ja"), Option("o2", "Nein"))
CHOICE = Definition("single_choice", "Kommen Sie?", OPTIONS)
RATED = Definition("rating", "Wie war es?", rules={"steps": 3, "low": "schlecht", "high": "gut"})
MATRIX = Definition("rating", "Wie war es?", OPTIONS, rules={"steps": 3, "low": "schlecht", "high": "gut"})
NUMBER = Definition("numeric", "Wie weit?", rules={"unit": "km", "decimals": 1})
RANKED = Definition("ranking", "In welcher Reihenfolge?", OPTIONS)
SHARED = Definition("points", "Wofür?", OPTIONS, rules={"points": 10})
OPINIONS = Definition("statements", "Und?", OPTIONS)
CLOUD = Definition("word_cloud", "Ein Wort?")
TEXT = Definition("open_text", "Was noch?")

TALLIES: dict[str, tuple[Definition, Mapping[str, int]]] = {
    "choice": (CHOICE, {"#": 30, "o1": 20, "o2": 10}),
    "rating": (RATED, {"#": 10, "1": 2, "3": 8}),
    "matrix": (MATRIX, {"#": 10, "o1=1": 10, "o2=2": 4, "o2=3": 6}),
    "number": (NUMBER, {"#": 10, "=2": 5, "=12.5": 5}),
    "ranking": (RANKED, {"#": 10, "o1@1": 8, "o2@1": 2, "o1@2": 2, "o2@2": 8}),
    "points": (SHARED, {"#": 10, "o1": 75, "o1#": 9, "o2": 25, "o2#": 4}),
    "statements": (OPINIONS, {"#": 10, "o1=a": 8, "o1=d": 1, "o1=s": 1, "o2=a": 1}),
    "cloud": (CLOUD, {"#": 10, "w:bus|Bus": 7, "w:rad|Rad": 3}),
    "text": (TEXT, {"#": 10, "t:Mehr Licht": 2}),
}
FIGURES: dict[str, dict[str, tuple[int, dict[str, float | None]]]] = {
    "choice": {"Ja": (30, {"count": 20, "share": 2 / 3}), "Nein": (30, {"count": 10, "share": 1 / 3})},
    "rating": {
        "": (10, {"mean": 2.6, "median": 3.0}),
        "1\N{NO-BREAK SPACE}– schlecht": (10, {"count": 2, "share": 0.2}),
        "2": (10, {"count": 0, "share": 0.0}),
        "3\N{NO-BREAK SPACE}– gut": (10, {"count": 8, "share": 0.8}),
    },
    "matrix": {"Ja": (10, {"mean": 1.0, "median": 1.0}), "Nein": (10, {"mean": 2.6, "median": 3.0})},
    "number": {"": (10, {"median": 7.25, "mean": 7.25, "quartile-1": 2.0, "quartile-3": 12.5})},
    "ranking": {"Ja": (10, {"points": 0.9, "place": 1.2}), "Nein": (10, {"points": 0.6, "place": 1.8})},
    "points": {"Ja": (10, {"share": 0.75, "each": 7.5}), "Nein": (10, {"share": 0.25, "each": 2.5})},
    "statements": {"Ja": (10, {"agree": 0.8, "disagree": 0.1}), "Nein": (1, {"agree": 1.0, "disagree": 0.0})},
    "cloud": {"Bus": (10, {"count": 7, "share": 0.7}), "Rad": (10, {"count": 3, "share": 0.3})},
    "text": {},
}


def asking(definition: Definition, tally: Mapping[str, int], at: int = 1, decisions: Decisions | None = None) -> Asking:
    """An asking on a day of November."""
    opened = datetime(2026, 11, at, 11, 15, tzinfo=UTC)
    return Asking("Tagung", "tagung", at, 1, opened, 30, definition, tally, decisions or {}, False)


def cells(seen: SideBySide) -> dict[str, list[tuple[int, float | None]]]:
    """By the label of each row: the number of the asking, and its first figure."""
    return {
        row.label: [(cell.column.number, cell.line.figures[0].value) for cell in row.cells]
        for table in seen.tables
        for row in table.rows
    }


@pytest.mark.parametrize("which", TALLIES)
def test_each_kind_has_its_figures(which: str) -> None:
    """Each row says of how many people it is, and in figures what they gave; there is nothing for texts alone."""
    found: dict[str, tuple[int, dict[str, float | None]]] = {}
    for table in side_by_side([asking(*TALLIES[which])]).tables:
        for row in table.rows:
            (line,) = [cell.line for cell in row.cells]
            figures = found.setdefault(row.label, (line.n, {}))[1]
            figures |= {one.name: one.value for one in line.figures}
            assert table.names == tuple(one.name for one in line.figures)
    expected: Any = {
        label: (n, {name: pytest.approx(value) for name, value in figures.items()})
        for label, (n, figures) in FIGURES[which].items()
    }
    assert found == expected


@pytest.mark.parametrize("which", TALLIES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_page_has_the_table_first(which: str, language: str) -> None:
    """Every kind's page says n and all figures in a table before anything else, also of an asking without answers."""
    definition, tally = TALLIES[which]
    seen = side_by_side([asking(definition, tally), asking(definition, {}, 2)])
    page = render.page(
        "library/compare.html", language, SITE, here=None, definition=definition, most=20, seen=seen
    ).decode()
    heads = re.findall(r'<th scope="col">(.*?)</th>', page)
    assert (len(heads), "" in heads) == (sum(len(table.names) + 2 for table in seen.tables), False)
    rows = re.findall(r'<th scope="row"><b>(\d)</b>.*?</th><td>(\d+)</td>', page)
    assert rows == [
        (str(cell.column.number), str(cell.line.n)) for table in seen.tables for row in table.rows for cell in row.cells
    ]
    assert not seen.tables or page.index("<table") < page.index('id="where"') < page.index('id="words"')


def test_figures_are_written_as_people_write_them() -> None:
    """Shares in percent, means with a decimal, numbers with their unit; nothing where there is nothing."""
    seen = side_by_side(
        [asking(NUMBER, TALLIES["number"][1]), asking(NUMBER, {"#": 1, "=3": 1}, 2), asking(NUMBER, {}, 3)]
    )
    page = render.page("library/compare.html", "de", SITE, here=None, definition=NUMBER, most=20, seen=seen).decode()
    rows = re.findall(r"</th><td>\d+</td>(.*?)</tr>", page)
    said = [unescape(re.sub(r"</?td>", "|", one)).replace("\xa0", " ") for one in rows]
    assert said == ["|7,25 km||7,25 km|", "|3 km||3 km|", "|–||–|", "|2 km||12,5 km|", "|3 km||3 km|", "|–||–|"]


def test_each_answer_has_what_each_asking_gave() -> None:
    """Askings are numbered as they come; the base is each one's own, and few answers have no shares there alone."""
    seen = side_by_side([asking(CHOICE, {"#": 30, "o1": 20, "o2": 10}), asking(CHOICE, {"#": 2, "o2": 2}, 2)])
    assert cells(seen) == {"Ja": [(1, 20), (2, 0)], "Nein": [(1, 10), (2, 2)]}
    assert [cell.small for cell in seen.tables[0].rows[0].cells] == [False, True]


def test_statement_that_few_have_answered_has_no_shares() -> None:
    """Each statement has a base of its own; of few people there are counts."""
    seen = side_by_side([asking(OPINIONS, {"#": 30, "o1=a": 20, "o1=d": 5, "o2=a": 3, "o2=s": 1})])
    assert [cell.small for table in seen.tables for row in table.rows for cell in row.cells] == [False, True]
    page = render.page("library/compare.html", "de", SITE, here=None, definition=OPINIONS, most=20, seen=seen).decode()
    assert re.findall(r"</th><td>(\d+)</td><td>(.*?)</td><td>(.*?)</td>", page) == [
        ("25", "80\xa0%", "20\xa0%"),
        ("4", "3", "0"),
    ]


def test_statement_of_one_asking_alone() -> None:
    """A statement that was added in one asking is missing in the other, where nobody was asked."""
    added = replace(OPINIONS, added=(Option("o3", "Neu"),))
    seen = side_by_side([asking(OPINIONS, {"#": 1, "o1=a": 1}), asking(added, {"#": 1, "o3=a": 1}, 2)])
    assert cells(seen) == {"Ja": [(1, 1.0), (2, 0.0)], "Nein": [(1, 0.0), (2, 0.0)], "Neu": [(2, 1.0)]}


def test_words_are_those_of_the_latest_asking() -> None:
    """A mistake that was corrected, or another language: the same answer under its present name."""
    later = replace(CHOICE, options=(Option("o1", "Ja!"), CHOICE.options[1]))
    seen = side_by_side([asking(CHOICE, {"#": 1, "o1": 1}), asking(later, {"#": 1, "o1": 1}, 2)])
    assert cells(seen) == {"Ja!": [(1, 1), (2, 1)], "Nein": [(1, 0), (2, 0)]}


def test_word_that_nobody_wrote_in_one_asking_is_none_there() -> None:
    """Whatever is frequent in one asking has its count in each, also where it is rare; hidden words are nowhere."""
    many = {f"w:wort{at}|Wort{at}": 50 - at for at in range(20)}
    hidden = {"geheim": Decision(Verdict.HIDDEN)}
    first = asking(CLOUD, {"#": 99, "w:bus|Bus": 7, "w:geheim|Geheim": 60, **many}, 1, hidden)
    seen = cells(side_by_side([first, asking(CLOUD, {"#": 10, "w:bus|Bus": 3, "w:rad|Rad": 2}, 2)]))
    assert (seen["Bus"], seen["Rad"], seen["Wort0"]) == ([(1, 7), (2, 3)], [(1, 0), (2, 2)], [(1, 50), (2, 0)])
    assert ("Geheim" in seen, list(seen)[:2], len(seen)) == (False, ["Bus", "Rad"], 17)


def test_only_the_largest_rows_are_shown() -> None:
    """Of more rows than there is room for, those with the largest figures stay in their order; the rest is counted."""
    agreed = {f"o{n}": n for n in range(1, ROWS_MAXIMUM + 3)}
    many = replace(OPINIONS, options=tuple(Option(key, key) for key in agreed))
    tally = {mark: n for key, yes in agreed.items() for mark, n in ((f"{key}=a", yes), (f"{key}=d", 100 - yes))}
    seen = side_by_side([asking(many, {ANSWERED: 100} | tally)])
    assert (list(cells(seen)), seen.more) == (list(agreed)[2:], 2)


def test_nothing_was_asked() -> None:
    """Without askings there is nothing."""
    assert side_by_side([]) == SideBySide((), ())
