"""The export as CSV, read back by Python's csv module and by LibreOffice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.documents.cells import unguarded
from poll_server.documents.export import Export, headings, to_csv
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import State
from poll_server.domain.text import storable
from poll_server.i18n import LANGUAGES
from tests.documents.exports import BUS, CLOSED, OPENED, example, exported, question, read_csv
from tests.documents.office import office_csv
from tests.documents.spreadsheet import FORMULAS, NUMBERS_AND_DATES, PLAIN

TEXT_COLUMNS = (0, 3, 5, 6, 7, 8, 9, 17, 20)
TIME_COLUMNS = (1, 11, 12)
NUMBER_COLUMNS = (2, 4, 10, 13, 14, 15, 16, 18, 19)


def with_labels(*labels: str, title: str = "Tagung", text: str = "Was?", tally: Mapping[str, int]) -> Export:
    """The export of one closed question with these options."""
    options = tuple(Option(f"o{at}", label) for at, label in enumerate(labels, 1))
    asked = question(Definition("single_choice", text, options, hint=text), State.CLOSED)
    return exported({title: [(asked, tally)]}, title)


def test_csv_is_what_excel_in_german_reads() -> None:
    """Byte order mark, semicolons, decimal commas, German times, CRLF, and quotes only where they are needed."""
    first = "Tagung;22.11.2026;1;Runde I;1;Womit „beginnen“?;Zwei Vorhaben.;Mehrfachauswahl;"
    first += "Bitte wählen Sie bis zu zwei Antworten.;Ergebnis gezeigt;1;22.11.2026 11:16:07;22.11.2026 11:18:00;9;8;0;"
    second = "Tagung;22.11.2026;1;Runde I;2;Womit sind Sie gekommen?;;Einfachauswahl;Bitte wählen Sie eine Antwort.;"
    third = second.replace("1;Runde I;2;", "3;Runde III;1;")
    second += "noch offen;1;22.11.2026 11:16:07;;;3;4;"
    third += "noch nicht gestellt;1;;;;0;0;"
    lines = [
        "Veranstaltung;Tag;Runde Nr.;Runde;Frage Nr.;Frage;Hinweis;Frageart;Vorgabe;Stand;Durchgang;Geöffnet;"
        "Geschlossen;Anwesend beim Schließen;Haben geantwortet;Haben sich enthalten;Antwort Nr.;Antwort;Anzahl;"
        "Anteil in Prozent;Berichtigungen",
        first + '1;"Der ""Ortskern""";8;100,0;',
        first + '2;"Radwege\nund Bus";1;12,5;',
        first + "3;Jugendrat;0;0,0;",
        second + "1;Bus;1;33,3;",
        second + '2;"Rad; zu Fuß";2;66,7;',
        third + "1;Bus;0;;",
        third + '2;"Rad; zu Fuß";0;;',
        "",
    ]
    assert to_csv(example()) == b"\xef\xbb\xbf" + "\r\n".join(lines).encode()


def test_csv_speaks_the_language_of_the_event() -> None:
    """Headings and words follow the event; how numbers and times are written does not, it is Excel's German."""
    head, first, *_ = read_csv(to_csv(example("en")))
    assert head == list(headings("en"))
    assert first[7:15] == [
        "Multiple choice",
        "Please choose up to two answers.",
        "result shown",
        "1",
        "22.11.2026 11:16:07",
        "22.11.2026 11:18:00",
        "9",
        "8",
    ]
    assert first[19] == "100,0"


@pytest.mark.parametrize(
    ("count", "base", "share"),
    [(1, 3, "33,3"), (2, 3, "66,7"), (1, 16, "6,3"), (1, 8, "12,5"), (1, 2001, "0,0"), (1, 2000, "0,1"), (0, 0, "")],
)
def test_csv_rounds_shares_to_one_decimal(count: int, base: int, share: str) -> None:
    """Halves are rounded up, exactly; without an answer there is no share."""
    shown = read_csv(to_csv(with_labels("Ja", "Nein", tally={"#": base, "o1": count})))[1]
    assert shown[-3:-1] == [str(count), share]


def test_csv_takes_the_share_that_the_kind_gives() -> None:
    """Where it is no share of people, as of points, the column has it all the same."""
    points = question(replace(BUS, kind="points"), State.CLOSED)
    rows = read_csv(to_csv(exported({"": [(points, {"#": 2, "o1": 50, "o1#": 1, "o2": 150, "o2#": 2})]})))
    assert [row[14:] for row in rows[1:]] == [
        ["2", "0", "1", "Bus", "50", "25,0", ""],
        ["2", "0", "2", "Rad; zu Fuß", "150", "75,0", ""],
    ]


def test_csv_has_a_row_for_a_question_without_answers() -> None:
    """What people write has no rows before anybody has written; the question is in the file all the same."""
    asked = question(Definition("open_text", "Was noch?"), State.OPEN)
    _, row = read_csv(to_csv(exported({"": [(asked, {"-": 1})]})))
    assert (row[5], row[14:]) == ("Was noch?", ["0", "1", "", "", "", "", ""])


@pytest.mark.parametrize("text", FORMULAS + NUMBERS_AND_DATES)
def test_csv_guards_what_a_spreadsheet_would_turn_into_something_else(text: str) -> None:
    """Formulas behind any disguise, and texts that look like numbers or dates, begin with an apostrophe everywhere."""
    head, first, second = read_csv(to_csv(with_labels(text, "b", title=text, text=text, tally={"#": 1, "o1": 1})))
    assert [first[at] for at in (0, 3, 5, 6, 17)] == [f"'{text}"] * 5
    assert (head, first[18:20], second[17:20]) == (list(headings("de")), ["1", "100,0"], ["b", "0", "0,0"])


@pytest.mark.parametrize("text", PLAIN)
def test_csv_leaves_other_text_alone(text: str) -> None:
    """Text that stays text in a spreadsheet, and short whole numbers, are written as they are."""
    assert read_csv(to_csv(with_labels(text, "b", tally={})))[1][17] == text


@given(text=st.text(st.characters(exclude_categories=["Cs"])).filter(storable))
def test_csv_comes_back_as_it_was(text: str) -> None:
    """Whatever text may be stored is read back whole, at most with the apostrophe, and never begins a formula."""
    cell = read_csv(to_csv(with_labels(text, "b", tally={})))[1][17]
    assert unguarded(cell) == text
    assert cell.strip()[:1] not in {"=", "+", "-", "@"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_are_no_formulas_and_differ(language: str) -> None:
    """Each column has a name of its own that the guard leaves as it is."""
    names = list(headings(language))
    assert read_csv(to_csv(exported({}, language=language))) == [names]
    assert len(set(names)) == len(names)


# LibreOffice


def _as_text(value: str | float | datetime) -> str:
    """A short whole number among the answers is a number that is shown as it was written."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_libreoffice_reads_numbers_times_and_text_as_they_are_meant(tmp_path: Path) -> None:
    """Its own reader finds no formula, text where text was written, and numbers and times of the right type."""
    export = with_labels(
        *FORMULAS, *NUMBERS_AND_DATES, *filter(str.strip, PLAIN), title="=1+1", tally={"#": 3, "o1": 1, "o2": 2}
    )
    content = to_csv(export)
    rows_read = office_csv(content, tmp_path)
    written = read_csv(content)
    assert rows_read[0] == written[0]
    for shown, meant in zip(rows_read[1:], written[1:], strict=True):
        texts = [meant[at].replace("\r", "\n") for at in TEXT_COLUMNS]
        assert [_as_text(shown[at]) for at in TEXT_COLUMNS] == texts
        assert [shown[at] for at in TIME_COLUMNS] == [
            datetime(2026, 11, 22),  # noqa: DTZ001 - a spreadsheet knows no zones
            OPENED.replace(microsecond=0, tzinfo=None),
            CLOSED.replace(tzinfo=None),
        ]
        assert [shown[at] for at in NUMBER_COLUMNS] == [float(meant[at].replace(",", ".")) for at in NUMBER_COLUMNS]
