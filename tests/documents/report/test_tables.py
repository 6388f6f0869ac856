"""Tables beside a result: passes, groups, movements, items of one scale."""

from dataclasses import replace

import pytest

from poll_server.documents.report import Choice, make
from poll_server.documents.report.model import Asked, Table
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import State
from poll_server.questions.split import Movement, by_group
from tests.documents.exports import BUS, question
from tests.documents.report.materials import GROUPS, material
from tests.documents.report.materials import Asked as Given

SHARE, KM = "\N{NO-BREAK SPACE}%", "\N{NO-BREAK SPACE}km"
LESS, SAME, DASH = "\N{MINUS SIGN}", "\N{PLUS-MINUS SIGN}", "–"
ITEMS = (Option("o1", "Ortskern"), Option("o2", "Bus"))
SHOPS = Definition("rating", "Wie wichtig?", ITEMS, {"scale": "importance"})
GIVEN: dict[str, list[Given]] = {"R": [(question(BUS, State.SHOWN), {"#": 20, "o1": 5, "o2": 15})]}


def cells(table: Table) -> list[tuple[str, ...]]:
    """A table as rows of texts."""
    return [table.headings, *((line.label, *line.cells) for line in table.lines)]


def only(given: dict[str, list[Given]], **more: object) -> Asked:
    """The one question of a documentation."""
    (round_,) = make(material(given, **more), Choice()).rounds  # type: ignore[arg-type]  # what material takes
    (found,) = round_.questions
    return found


def test_passes_stand_beside_each_other() -> None:
    """Each pass has its share with its base, and the last the change from the one before in percentage points."""
    one = only(GIVEN, earlier={1: [{"#": 10, "o1": 5, "o2": 5}]})
    (table,) = one.compared
    n = "\n(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"
    assert cells(table) == [
        ("Antwort", f"Durchgang 1{n}10)", f"Durchgang 2{n}20)", "Veränderung"),
        ("Bus", f"50{SHARE}", f"25{SHARE}", f"{LESS}25"),
        ("Rad; zu Fuß", f"50{SHARE}", f"75{SHARE}", "+25"),
    ]


def test_passes_of_few_have_counts_and_no_change() -> None:
    """A pass with few answers gives counts, and the change would tell its shares."""
    one = only(GIVEN, earlier={1: [{"#": 4, "o1": 1, "o2": 3}]}, shares_from=5)
    assert [line.cells for line in one.compared[0].lines] == [("1", f"25{SHARE}", DASH), ("3", f"75{SHARE}", DASH)]


WORDS = Definition("word_cloud", "Was fehlt?")
NUMBER = Definition("numeric", "Wie weit?", rules={"unit": "km"})
FAR = {"#": 4, "=2": 2, "=6": 2}
MATRIX = Definition("rating", "Wie wichtig?", tuple(Option(f"o{n}", f"Ort {n}") for n in range(1, 6)), {"steps": 5})
OPINIONS = Definition("statements", "Und?", ITEMS)


@pytest.mark.parametrize(
    ("asked", "before", "now", "expected"),
    [
        (
            NUMBER,
            FAR,
            {"#": 1, "=8": 1},
            {"Median": (f"4,0{KM}", f"8,0{KM}", f"+4,0{KM}"), "Unteres Quartil": (f"2,0{KM}", f"8,0{KM}", f"+6,0{KM}")},
        ),
        (
            MATRIX,
            {"#": 2} | {f"o{n}=5": 2 for n in range(1, 6)},
            {"#": 4} | {f"o{n}={n}": 4 for n in range(1, 6)},
            {"Ort 1: Mittelwert": ("5,0", "1,0", f"{LESS}4,0"), "Ort 5: Median": ("5,0", "5,0", f"{SAME}0,0")},
        ),
        (
            WORDS,
            {"#": 4, "w:rad|Rad": 1, "w:mut|Mut": 4},
            {"#": 10, "w:rad|Rad": 5, "w:bus|Bus": 1},
            {"Rad": ("1", f"50{SHARE}", DASH), "Bus": ("0", f"10{SHARE}", DASH)},
        ),
        (
            OPINIONS,
            {"#": 6, "o1=a": 3, "o1=d": 3},
            {"#": 8, "o1=a": 6, "o1=d": 2},
            {
                "Ortskern: Stimme zu": (f"50{SHARE}", f"75{SHARE}", "+25"),
                "Ortskern: Stimme nicht zu": (f"50{SHARE}", f"25{SHARE}", f"{LESS}25"),
            },
        ),
        (
            OPINIONS,
            {"#": 6, "o1=a": 3, "o1=d": 3},
            {"#": 3, "o1=a": 2, "o1=d": 1},
            {"Ortskern: Stimme zu": (f"50{SHARE}", "2", DASH)},
        ),
    ],
    ids=["numbers", "matrix", "words", "statements", "statements, few now"],
)
def test_passes_whose_rows_cannot_be_compared_have_their_figures(
    asked: Definition, before: dict[str, int], now: dict[str, int], expected: dict[str, tuple[str, str, str]]
) -> None:
    """Ranges of numbers, words, statements and many rows: what passes have in common, and how it changed.

    Where few answered, counts stand, and no change.
    """
    one = only({"R": [(question(asked, State.SHOWN), now)]}, earlier={1: [before]}, shares_from=5)
    (table,) = one.compared
    assert [head.splitlines()[0] for head in table.headings] == ["Antwort", "Durchgang 1", "Durchgang 2", "Veränderung"]
    told = {line.label: line.cells for line in table.lines}
    assert {label: told[label] for label in expected} == expected


def test_many_passes_stand_in_several_tables() -> None:
    """So many stand beside each other as fit there; the change is that of the last pass alone."""
    one = only(GIVEN, earlier={1: [{"#": n, "o1": n} for n in range(10, 16)]})
    assert [[heading.splitlines()[0] for heading in table.headings] for table in one.compared] == [
        ["Antwort", *(f"Durchgang {n}" for n in range(1, 6))],
        ["Antwort", "Durchgang 6", "Durchgang 7", "Veränderung"],
    ]
    assert [table.lines[0].cells for table in one.compared] == [
        (f"100{SHARE}",) * 5,
        (f"100{SHARE}", f"25{SHARE}", f"{LESS}75"),
    ]
    assert [len(table.notes) for table in one.compared] == [0, 1]


def test_groups_are_those_that_pages_show() -> None:
    """Groups stand with share and count; small ones are named below and have no number anywhere."""
    there = material(GIVEN)
    tallies = {"g1": {"#": 8, "o1": 2, "o2": 6}, "g2": {"#": 3, "o1": 1, "o2": 2}, "": {"#": 9, "o1": 2, "o2": 7}}
    event = replace(there.export.event, groups=(*GROUPS, Option("g3", "Land")))
    split = by_group(BUS, event.groups, [{**tallies, "g3": {"#": 7, "o1": 1, "o2": 6}}])
    report = make(replace(there, export=replace(there.export, event=event, splits={1: split})), Choice())
    one = report.rounds[0].questions[0]
    assert [part.key for part in split.parts] == ["g1", ""]
    (table,) = one.compared
    assert cells(table)[1:] == [
        ("Bus", f"25{SHARE} (2)", f"22{SHARE} (2)"),
        ("Rad; zu Fuß", f"75{SHARE} (6)", f"78{SHARE} (7)"),
    ]
    assert one.notes == (
        "Nicht gezeigt, damit sich nichts über weniger als fünf Personen errechnen lässt: Verband, Land.",
    )


def test_movements_are_told_as_far_as_they_are_shown() -> None:
    """The cells that are shown stand in a table, with the sums in a sentence and a word on what is hidden."""
    there = material(GIVEN)
    moved = Movement(BUS.options, 40, 12, {("o1", "o2"): 12, ("o2", "o2"): 20}, hidden=True)
    split = replace(by_group(BUS, (), [{}]), movement=moved)
    one = make(replace(there, export=replace(there.export, splits={1: split})), Choice()).rounds[0].questions[0]
    (table,) = one.compared
    assert cells(table)[1:] == [("„Bus“, dann „Rad; zu Fuß“", "12"), ("„Rad; zu Fuß“, unverändert", "20")]
    assert [note.split(".")[0] for note in one.notes] == [
        "12 von 40 Personen, die beide Male geantwortet haben, haben ihre Antwort geändert",
        "Bewegungen von weniger als fünf Personen sind nicht gezeigt, und weitere, wenn sie sich sonst "
        "errechnen ließen",
    ]


def test_items_of_one_scale_share_a_table() -> None:
    """Several items stand in one table, a line for each with its shares, mean and number; one bar has all steps."""
    tally = {"#": 10, "o1=1": 5, "o1=5": 5, "o2=4": 10}
    (table,) = only({"R": [(question(SHOPS, State.SHOWN), tally)]}).tables
    none, half, all_ = f"0{SHARE}", f"50{SHARE}", f"100{SHARE}"
    assert cells(table)[1:] == [
        ("Ortskern", half, none, none, none, half, "3,0", "10"),
        ("Bus", none, none, none, all_, none, "4,0", "10"),
    ]
    assert [line.bars for line in table.lines] == [(0.5, 0.0, 0.0, 0.0, 0.5), (0.0, 0.0, 0.0, 1.0, 0.0)]
    assert table.legend == table.headings[1:6]


def test_long_scales_have_a_table_for_each_item() -> None:
    """Eleven steps do not fit beside each other."""
    tally = {"#": 10, "o1=1": 5, "o1=5": 5, "o2=4": 10}
    tables = only({"R": [(question(replace(SHOPS, rules={"steps": 11}), State.SHOWN), tally)]}).tables
    assert [(table.caption, len(table.lines), len(table.headings)) for table in tables] == [
        ("Ortskern", 11, 3),
        ("Bus", 11, 3),
    ]
    assert [(fact.name, fact.value) for fact in tables[0].sums] == [("Mittelwert", "3,0"), ("Median", "3,0")]


def test_correct_answers_are_marked() -> None:
    """Once the result is shown everybody knows which answer is correct."""
    quiz = replace(BUS, rules={"correct": ("Bus",)})
    (table,) = only({"R": [(question(quiz, State.SHOWN), {"#": 2, "o1": 2})]}).tables
    assert [line.mark for line in table.lines] == ["richtig", ""]


def test_texts_of_earlier_passes_are_said_to_be_elsewhere() -> None:
    """People's texts stand in no table: of an earlier pass it is said where they are."""
    texts = Definition("open_text", "Was noch?")
    one = only({"R": [(question(texts, State.SHOWN), {"#": 9, "t:Ja": 9})]}, earlier={1: [{"#": 10, "t:Nein": 10}]})
    assert one.compared == ()
    assert one.notes == ("Was in früheren Durchgängen geschrieben wurde, steht nur in den Daten der Veranstaltung.",)
