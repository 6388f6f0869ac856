"""A round as a table: what spreadsheets save is understood, and what cannot be is told by line and column."""

import csv
from dataclasses import replace
from io import StringIO

import pytest

from poll_server.documents.round_file import ReadRound, decoded, read_round, save_round
from poll_server.domain.programme import Definition, Option
from tests.documents.test_round_text import TWO

UNNAMED = "Lassen Sie den Namen leer, wenn sie nicht gelesen werden soll."
TABLE = "Frage;Art;Antwort 1;Antwort 2\nWas braucht Ihre Stadt?;;Wohnraum;Bus und Bahn\nWas noch?;Freitext;;\n"


def read(text: str, language: str = "de") -> ReadRound:
    """Read a table."""
    return read_round(text, language, "csv")


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        TABLE.replace("\n", "\r\n"),
        TABLE.replace(";", ","),
        TABLE.replace(";", "\t"),
        TABLE.replace("Frage;Art;Antwort 1;Antwort 2", "Question;kind;Answer 1;option 2"),
        "Antworten;Fragetext\nWohnraum | Bus und Bahn;Was braucht Ihre Stadt?\n;Was noch?",
        TABLE.replace("Was b", '"Was b').replace("Stadt?", 'Stadt?"'),
        TABLE.replace("\n", "\n;;;\n"),
        TABLE.replace(";Freitext;;", ";offene frage"),
    ],
)
def test_table_is_understood_as_spreadsheets_save_it(text: str) -> None:
    """Semicolons, commas or tabs, quotes, empty rows, cells that are missing at the end: it is the same round."""
    found = read(text)
    shape = [(one.text, tuple(option.label for option in one.options)) for one in found.definitions]
    assert (found.mistakes, shape) == ((), TWO)


def test_every_column_is_read() -> None:
    """Title, hint, result and rules stand in columns with German or English names."""
    found = read(
        "Runde,Frage,Art,Hint,result,Höchstens,Richtig,Abstention,Antworten\n"
        "Ihre Meinung,Womit?,Mehrfachauswahl,Bis zu zwei,live,2,Ortskern|Radwege,x,Ortskern|Radwege|Jugendrat\n"
    )
    (definition,) = found.definitions
    assert (found.mistakes, found.title, definition.hint, definition.reveal.value) == (
        (),
        "Ihre Meinung",
        "Bis zu zwei",
        "live",
    )
    assert definition.rules == {"maximum": 2, "correct": ("Ortskern", "Radwege"), "abstention": True}


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("", [(1, 1, "Hier steht noch nichts.")]),
        (
            "a;b",
            [
                (1, 1, "Die erste Zeile nennt die Spalten; eine davon muss „Frage“ oder „Question“ heißen."),
            ],
        ),
        ("Frage;Art\n", [(1, 1, "Unter der ersten Zeile steht keine Frage.")]),
        ("Frage;Höchtens\nWas?;2", [(1, 2, "Die Spalte „Höchtens“ ist nicht bekannt. Meinen Sie „Höchstens“?")]),
        ("Frage;Nummer\nWas?;2", [(1, 2, f"Die Spalte „Nummer“ ist nicht bekannt. {UNNAMED}")]),
        ("Frage;Art;Kind\nWas?", [(1, 3, "Die Spalte „Art“ gibt es zweimal.")]),
        ("Frage;Art\nWas?;Freitext;b", [(2, 3, "Diese Spalte hat in der ersten Zeile keinen Namen.")]),
        ("Frage;Sekunden\n\n;9", [(3, 1, "Die Angabe „Frage“ fehlt.")]),
        ('Frage;Sekunden\n"Was\nnun?";viele', [(2, 2, "Bei „Sekunden“ steht eine ganze Zahl.")]),
        ('Frage;Sekunden\n"Was\nnun?";9\nWie?;viele', [(4, 2, "Bei „Sekunden“ steht eine ganze Zahl.")]),
        ("Runde;Frage\na;Was?\nb;Wie?", [(3, 1, "Die Angabe „Runde“ steht schon in Zeile 2.")]),
        ("Frage;Antworten\nWas?;a", [(2, 2, "Eine Frage braucht 2 bis 20 Antworten.")]),
    ],
)
def test_mistakes_are_told_by_line_and_column(text: str, mistakes: list[tuple[int, int, str]]) -> None:
    """The line is that of the file also behind cells of several lines, the column that of the table."""
    found = [(one.line, one.column, one.sentence) for one in read(text).mistakes]
    assert found == mistakes


@pytest.mark.parametrize("label", ["=1+1", "+49 30", "@summe", "-1", "3.10", "'=1+1", "\uff1d1", "1/2"])
def test_saved_table_has_no_formula(label: str) -> None:
    """What a spreadsheet would compute or turn into a date has an apostrophe before it, and loses it when loaded."""
    made = Definition("single_choice", "Was?", (Option("o1", label), Option("o2", "b")))
    saved = decoded(save_round("=A1", [made], "de", "csv"))
    cells = [cell for row in csv.reader(StringIO(saved), delimiter=";") for cell in row]
    assert [cell for cell in cells if cell in (label, "=A1")] == []
    found = read(saved)
    assert (found.title, found.definitions) == ("=A1", (made,))


def test_saved_table_has_a_column_for_each_answer() -> None:
    """Excel in German opens it: a byte order mark, semicolons, German names, an answer in each column."""
    made = Definition("ranking", "Was?", (Option("o1", "a|b"), Option("o2", "c")), {"places": 2, "abstention": True})
    saved = save_round("Runde I", [made, replace(made, options=(), kind="open_text", rules={})], "de", "csv")
    assert saved.decode() == (
        "\ufeffRunde;Frage;Art;Antwort 1;Antwort 2;Plätze;Enthaltung\r\n"
        "Runde I;Was?;Reihenfolge;a|b;c;2;ja\r\n"
        "Runde I;Was?;Freitext;;;;\r\n"
    )
