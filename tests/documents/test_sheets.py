"""What stands in the sheets of an event: every question with its numbers, by group and by pass, and what it means."""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from poll_server import questions
from poll_server.documents.sheets import workbook
from poll_server.documents.workbook import NAME_MAXIMUM, Sheet, Workbook, sheet_name
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import State, Wave
from poll_server.questions.contract import ABSTENTION
from poll_server.questions.split import Movement, Part, Split
from poll_server.render.counted import Pass
from tests.documents.exports import BUS, CLOSED, OPENED, example, exported, question

RATING = Definition("rating", "Wie war es?", (Option("o1", "Essen"), Option("o2", "Ton")), {"abstention": True})


def rows(sheet: Sheet) -> list[list[Any]]:
    """The rows below the headings."""
    return [list(row) for row in sheet.rows()]


def named(book: Workbook, name: str) -> Sheet:
    """The sheet of this name."""
    return next(sheet for sheet in book.sheets if sheet.name == name)


def test_sheets_are_explained_and_in_order() -> None:
    """First what the columns mean, then the questions, then each of them; contributions and ballots where there are."""
    book = workbook(example())
    assert [(sheet.name, sheet.file) for sheet in book.sheets] == [
        ("Erläuterungen", "explanations"),
        ("Fragen", "questions"),
        ("1.1 Womit „beginnen“", "1.1"),
        ("1.2 Womit sind Sie gekommen", "1.2"),
        ("3.1 Womit sind Sie gekommen", "3.1"),
    ]


def test_explanations_have_every_column_of_every_sheet() -> None:
    """Whatever a column holds is said in the first sheet; what sheets of one sort have in common once."""
    book = workbook(example(), None, {1: Counter({("o1",): 8})})
    first, *others = book.sheets
    said = {(row[0], row[2]) for row in rows(first)}
    assert {(sheet.sort, column.meaning) for sheet in others for column in sheet.columns} <= said
    assert len(rows(first)) == len({tuple(row) for row in rows(first)})


def test_questions_say_everything_about_each() -> None:
    """Wording, rules in words, times, who was there and answered, and why there are no single ballots."""
    shown, open_, ready = rows(named(workbook(example()), "Fragen"))
    assert shown == [
        1,
        "Runde I",
        1,
        "Womit „beginnen“?",
        "Zwei Vorhaben.",
        "Mehrfachauswahl",
        "Bitte wählen Sie bis zu zwei Antworten.",
        "Ergebnis gezeigt",
        1,
        OPENED,
        CLOSED,
        9,
        8,
        0,
        None,
        "",
    ]
    assert (open_[7], open_[11:]) == ("noch offen", [None, 3, 4, None, "Keine: Die Frage ist nicht geschlossen."])
    assert (ready[0], ready[2], ready[7]) == (3, 1, "noch nicht gestellt")


def test_question_has_answers_with_counts_and_shares() -> None:
    """Below the wording of the question its answers, then how many answered; shares are fractions of these."""
    sheet = named(workbook(example()), "1.1 Womit „beginnen“")
    assert [column.title for column in sheet.columns] == ["Antwort Nr.", "Womit „beginnen“?", "Anzahl", "Anteil"]
    assert rows(sheet) == [
        [1, 'Der "Ortskern"', 8, 1.0],
        [2, "Radwege\nund Bus", 1, 0.125],
        [3, "Jugendrat", 0, 0.0],
        [None, "Haben geantwortet", 8, None],
    ]


def test_question_has_the_numbers_of_its_kind() -> None:
    """Abstentions, mean and median of each item stand below, each under its name."""
    export = exported({"": [(question(RATING, State.CLOSED), {"#": 2, "o1=1": 1, "o1=5": 1, "o2=4": 2, "-": 3})]})
    sheet = named(workbook(export), "1.1 Wie war es")
    assert [row[1:3] for row in rows(sheet)[10:]] == [
        ["Haben geantwortet", 2],
        ["Haben sich enthalten", 3],
        ["Mittelwert: Essen", 3.0],
        ["Median: Essen", 3.0],
        ["Haben bewertet: Essen", 2],
        ["Mittelwert: Ton", 4.0],
        ["Median: Ton", 4.0],
        ["Haben bewertet: Ton", 2],
    ]


def test_question_has_groups_and_passes_side_by_side() -> None:
    """Groups that are shown and earlier passes have columns of their own, with their own sums."""
    tally = {"#": 20, "o1": 15, "o2": 5}
    export = exported({"": [(question(BUS, State.SHOWN), tally)]})
    town = questions.results(replace(BUS, shares_from=1), {"#": 10, "o1": 8, "o2": 2})
    before = questions.results(replace(BUS, shares_from=1), {"#": 4, "o1": 1, "o2": 3})
    export = replace(
        export,
        splits={1: Split((Part("g1", "Kommune", town, {}),))},
        earlier={1: [Pass(Wave(1, OPENED, CLOSED, 5), before)]},
    )
    sheet = named(workbook(export), "1.1 Womit sind Sie gekommen")
    assert [column.title for column in sheet.columns[2:]] == [
        "Anzahl",
        "Anteil",
        "Kommune: Anzahl",
        "Kommune: Anteil",
        "Durchgang 1: Anzahl",
        "Durchgang 1: Anteil",
    ]
    assert rows(sheet) == [
        [1, "Bus", 15, 0.75, 8, 0.8, 1, 0.25],
        [2, "Rad; zu Fuß", 5, 0.25, 2, 0.2, 3, 0.75],
        [None, "Haben geantwortet", 20, None, 10, None, 4, None],
    ]


def test_ranges_of_numbers_are_the_same_only_from_end_to_end() -> None:
    """Ranges that begin alike in two passes and end elsewhere are rows of their own, each with its own count."""
    wide = Definition("numeric", "Wie weit?")
    once = questions.results(wide, {"#": 2, "=0": 1, "=1000": 1})
    again = questions.results(wide, {"#": 3, "=0": 1, "=9": 2})
    assert once.rows[0].label != again.rows[0].label
    export = exported({"": [(question(wide, State.SHOWN), {"#": 3, "=0": 1, "=9": 2})]})
    export = replace(export, earlier={1: [Pass(Wave(1, OPENED, CLOSED, 5), once)]})
    found = {row[1]: (row[2], row[4]) for row in rows(named(workbook(export), "1.1 Wie weit"))}
    counts = [{row.label: row.count for row in each.rows} for each in (again, once)]
    for label in {**counts[0], **counts[1]}:
        assert (label, found[label]) == (label, (counts[0].get(label), counts[1].get(label)))


def test_movements_have_a_sheet_where_they_are_shown() -> None:
    """From which answer to which, how many; and two sums over what is not shown, too."""
    bus, bike = BUS.options
    moved = Movement(BUS.options, 30, 12, {(bus.key, bike.key): 9, (bus.key, bus.key): 18}, hidden=True)
    export = exported({"": [(question(BUS, State.SHOWN), {"#": 30, "o1": 20, "o2": 10})]})
    sheet = named(workbook(replace(export, splits={1: Split(movement=moved)})), "Wanderungen")
    assert [row[3:] for row in rows(sheet)] == [
        ["Bus", "Bus", 18],
        ["Bus", "Rad; zu Fuß", 9],
        [None, "Summe: haben beide Male geantwortet", 30],
        [None, "Summe: haben ihre Antwort geändert", 12],
    ]


def test_share_of_few_people_is_left_out() -> None:
    """Below the event's own limit there are counts and no shares."""
    export = exported({"": [(question(BUS, State.SHOWN), {"#": 4, "o1": 3, "o2": 1})]}, shares_from=5)
    assert [row[2:] for row in rows(workbook(export).sheets[2])] == [[3, None], [1, None], [4, None]]


# Ballots


def test_ballots_are_rows_in_the_order_of_the_answers() -> None:
    """One row a ballot under a number that says nothing: the same answers give the same sheet, whoever gave them."""
    given = Counter({("o1", "o3"): 2, ("o1",): 1})
    book = workbook(example(), None, {1: given})
    sheet = named(book, "1.1 Stimmen")
    assert [column.title for column in sheet.columns] == [
        "Stimme Nr.",
        'Der "Ortskern"',
        "Radwege\nund Bus",
        "Jugendrat",
    ]
    assert rows(sheet) == [[1, 1, 0, 0], [2, 1, 0, 1], [3, 1, 0, 1]]
    assert rows(named(book, "Fragen"))[0][-1] == "1.1 Stimmen"
    turned = workbook(example(), None, {1: Counter(dict(reversed(given.items())))})
    assert rows(named(turned, "1.1 Stimmen")) == rows(sheet)


def test_ballots_say_who_abstained() -> None:
    """Where people may abstain a column says so, and their row has nothing else."""
    export = exported({"": [(question(RATING, State.CLOSED), {})]})
    sheet = named(workbook(export, None, {1: Counter({ABSTENTION: 1, ("o1=1", "o2=5"): 1})}), "1.1 Stimmen")
    assert [column.title for column in sheet.columns] == ["Stimme Nr.", "Enthalten", "Essen", "Ton"]
    assert rows(sheet) == [[1, 1, None, None], [2, 0, 1, 5]]


# Names


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("1.1 Kurz", "1.1 Kurz"),
        ("1.1 [a]/b\\c:d*e?f", "1.1 a b c d e f"),
        ("'so'", "so"),
        ("1.2 Zeile\neins\tund mehr", "1.2 Zeile eins und mehr"),
        ("1.3 " + "x" * 40, "1.3 " + "x" * 26 + "…"),
        ("1.4 " + "😀" * 20, "1.4 " + "😀" * 13 + "…"),
    ],
)
def test_sheet_name_is_one_that_excel_takes(words: str, name: str) -> None:
    """Nothing that Excel forbids, one line, at most 31 of its letters, of which an emoji is two."""
    assert sheet_name(words) == name
    assert len(name.encode("utf-16-le")) // 2 <= NAME_MAXIMUM


def test_names_of_sheets_differ() -> None:
    """Each name and each file is there once, also where questions have the same long words, and whatever their case."""
    same = [(question(replace(BUS, text="Q" * 300), State.CLOSED, id), Counter[str]()) for id in range(1, 25)]
    book = workbook(exported({"a": same[:12], "b": same[12:]}), None, {id: Counter() for id in range(1, 25)})
    assert len({sheet.name.casefold() for sheet in book.sheets}) == len(book.sheets) == 2 + 2 * 24
    assert len({sheet.file for sheet in book.sheets}) == len(book.sheets)
    assert [sheet.file for sheet in book.sheets if not re.fullmatch(r"[a-z0-9.-]+", sheet.file)] == []


def test_size_is_the_number_of_rows() -> None:
    """Progress is told by it."""
    book = workbook(example(), None, {1: Counter({("o1",): 3})})
    assert book.size == sum(len(rows(sheet)) for sheet in book.sheets)


def test_times_are_those_of_the_event() -> None:
    """Moments stay in the event's zone."""
    found = rows(named(workbook(example()), "Fragen"))[0][9]
    assert found == datetime(2026, 11, 22, 11, 16, 7, 987654, ZoneInfo("Europe/Berlin"))
