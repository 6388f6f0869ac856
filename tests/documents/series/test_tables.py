"""The comparison of a series as spreadsheet and JSON: each figure is that of its asking."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from poll_server.documents import series as module
from poll_server.documents.cells import PLAIN
from poll_server.documents.csv_files import write as write_csv
from poll_server.documents.series import Comparison, to_json, workbook
from poll_server.documents.workbook import Sheet
from poll_server.documents.xlsx import write as write_xlsx
from tests.documents.exports import BUS, FIRST
from tests.documents.series.comparisons import asking, compared
from tests.render.test_side_by_side import TALLIES

SCHEMA = json.loads(Path(module.__file__).with_name("series.schema.json").read_text(encoding="utf-8"))
LATER = replace(BUS, shares_from=20)


def example() -> Comparison:
    """A question of two events, of which few answered at the second, and one that only the first has asked."""
    return compared(
        asking("tag1", LATER, {"#": 30, "o1": 10, "o2": 20, "-": 2}),
        asking("tag2", LATER, {"#": 3, "o1": 1, "o2": 2}),
        asking("tag1", FIRST, {"#": 8, "o1": 8}, id=2),
        left_out=1,
    )


def sheets(found: Comparison) -> dict[str, Sheet]:
    """The sheets by the names of their files."""
    return {one.file: one for one in workbook(found).sheets}


def valid(found: Comparison) -> Any:
    """The JSON of a comparison, which keeps the schema."""
    content = json.loads(to_json(found))
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(content)
    return content


def test_json_has_each_asking_of_each_question() -> None:
    """Base, counts and shares of each stand beside each other; of few people there are no shares."""
    content = valid(example())
    assert content["series"] == {
        "code": "reihe",
        "title": "Kommunen im Gespräch",
        "organisers": "Netzwerk",
        "language": "de",
        "left_out": 1,
    }
    assert [(one["code"], one["day"]) for one in content["events"]] == [("tag1", "2026-01-03"), ("tag2", "2026-02-03")]
    (question,) = content["questions"]
    found = [
        (one["event"], one["answered"], one["abstained"], [(row["count"], row["share"]) for row in one["options"]])
        for one in question["askings"]
    ]
    assert found == [
        ("tag1", 30, 2, [(10, pytest.approx(1 / 3)), (20, pytest.approx(2 / 3))]),
        ("tag2", 3, 0, [(1, None), (2, None)]),
    ]
    assert content["once"] == [{"text": FIRST.text, "event": "tag1"}]


@pytest.mark.parametrize("which", TALLIES)
def test_every_kind_keeps_the_schema_and_has_a_sheet(which: str) -> None:
    """Whatever a question counts, its JSON fits, and its sheet says how many answered at each event."""
    definition, tally = TALLIES[which]
    found = compared(asking("tag1", definition, tally), asking("tag2", definition, {}))
    content = valid(found)
    base = content["questions"][0]["askings"][0]["answered"]
    rows = [tuple(row) for row in sheets(found)["1"].rows()]
    assert [row[2:] for row in rows if row[1] == "Haben geantwortet"] == [(base, None, 0, None)]


def test_sheet_has_askings_beside_each_other() -> None:
    """Two columns for each, under its number, event and day; shares only where enough have answered."""
    sheet = sheets(example())["1"]
    heads = [column.title for column in sheet.columns]
    assert heads[2:] == [
        "1, Veranstaltung tag1, 03.01.2026: Anzahl",
        "1, Veranstaltung tag1, 03.01.2026: Anteil",
        "2, Veranstaltung tag2, 03.02.2026: Anzahl",
        "2, Veranstaltung tag2, 03.02.2026: Anteil",
    ]
    assert [tuple(row) for row in sheet.rows()] == [
        (1, "Bus", 10, pytest.approx(1 / 3), 1, None),
        (2, "Rad; zu Fuß", 20, pytest.approx(2 / 3), 2, None),
        (None, "Haben geantwortet", 30, None, 3, None),
    ]


def test_ranges_of_numbers_do_not_stand_beside_each_other() -> None:
    """They are other ones each time, so the sheet has median, quartiles and mean alone."""
    definition, tally = TALLIES["number"]
    found = compared(asking("tag1", definition, tally), asking("tag2", definition, {"#": 2, "=100": 2}))
    labels = [row[1] for row in sheets(found)["1"].rows()]
    assert labels == ["Haben geantwortet", "Median", "Unteres Quartil", "Oberes Quartil", "Mittelwert"]


def test_other_sheets_list_events_askings_and_the_rest() -> None:
    """What is compared, when it was asked, what was asked once; the first sheet says what is left out."""
    found = sheets(example())
    assert list(found) == ["explanations", "events", "askings", "1", "once"]
    assert [row[0] for row in found["events"].rows()] == ["Veranstaltung tag1", "Veranstaltung tag2"]
    assert [(row[3], row[4], row[8], row[9]) for row in found["askings"].rows()] == [
        (1, "Veranstaltung tag1", 30, 2),
        (2, "Veranstaltung tag2", 3, 0),
    ]
    assert [tuple(row) for row in found["once"].rows()] == [(FIRST.text, "Veranstaltung tag1")]
    assert "Veranstaltungen der Reihe, die hier fehlen: 1" in [row[2] for row in found["explanations"].rows()]


def test_same_comparison_gives_the_same_bytes(tmp_path: Path) -> None:
    """In each format."""
    made = []
    for name in ("one", "two"):
        book = workbook(example())
        write_xlsx(book, tmp_path / f"{name}.xlsx")
        write_csv(book, tmp_path / f"{name}.zip", dialect=PLAIN)
        made.append([(tmp_path / f"{name}{end}").read_bytes() for end in (".xlsx", ".zip")] + [to_json(example())])
    assert made[0] == made[1]


def test_schema_is_a_schema() -> None:
    """The schema keeps the rules of its own draft, and demands everything that it describes."""
    Draft202012Validator.check_schema(SCHEMA)
    objects = [SCHEMA, SCHEMA["properties"]["series"], SCHEMA["$defs"]["asking"]]
    objects += [SCHEMA["properties"][name]["items"] for name in ("events", "questions", "once")]
    assert [set(one["required"]) for one in objects] == [set(one["properties"]) for one in objects]
