"""What exports say of an event of several days."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

from poll_server.documents import floor_export, journal
from poll_server.documents.charts import svg
from poll_server.documents.export import Export, to_csv, to_json
from poll_server.documents.floor_export import FloorExport
from poll_server.documents.sheets import workbook
from poll_server.domain.programme import Item, ItemKind, Person
from poll_server.domain.rounds import Round
from tests.documents.exports import BERLIN, BUS, exported, question, read_csv

NIGHT = datetime(2026, 11, 22, 23, tzinfo=BERLIN)


def longer() -> Export:
    """An evening that goes on past midnight, a second day, and a round outside the programme."""
    items = (
        Item(1, NIGHT, NIGHT + timedelta(hours=1), False, ItemKind.TALK, "Abend", "", ()),
        Item(2, NIGHT + timedelta(hours=1), None, False, ItemKind.ROUND, "Nachts", "Zwei\nZeilen", ()),
        Item(3, NIGHT + timedelta(hours=11), None, True, ItemKind.ROUND, "Früh", "", (Person("Eva", "Rat"),)),
    )
    rounds = tuple(
        Round(at, item_id, title, (question(BUS, id=at),))
        for at, (item_id, title) in enumerate(((2, "Nachts"), (3, "Früh"), (None, "Spontan")), 1)
    )
    made = exported({"": [(question(BUS, id=at), {}) for at in (1, 2, 3)]})
    return replace(made, event=replace(made.event, items=items, rounds=rounds, last_day=date(2026, 11, 24)))


def test_json_has_all_days_of_the_programme() -> None:
    """Each day has its items with times, people and kind; an event may last longer than its programme."""
    told = json.loads(to_json(longer()))
    assert (told["event"]["day"], told["event"]["last_day"]) == ("2026-11-22", "2026-11-24")
    assert [(day["day"], [item["title"] for item in day["items"]]) for day in told["programme"]] == [
        ("2026-11-22", ["Abend", "Nachts"]),
        ("2026-11-23", ["Früh"]),
    ]
    assert told["programme"][1]["items"] == [
        {
            "starts": "2026-11-23T10:00:00+01:00",
            "ends": None,
            "about": True,
            "kind": "round",
            "title": "Früh",
            "description": "",
            "people": [{"name": "Eva", "role": "Rat"}],
        }
    ]
    assert [round_["starts"] for round_ in told["rounds"]] == [
        "2026-11-23T00:00:00+01:00",
        "2026-11-23T10:00:00+01:00",
        None,
    ]


def test_csv_has_the_day_of_each_round() -> None:
    """A round of the second day says so; what goes on past midnight belongs to the evening before."""
    days = {row[3]: row[1] for row in read_csv(to_csv(longer()))[1:]}
    assert days == {"Nachts": "22.11.2026", "Früh": "23.11.2026", "Spontan": "22.11.2026"}


def test_spreadsheets_and_pictures_name_all_days() -> None:
    """From the first to the last one, in the first sheet of every spreadsheet and below each picture."""
    export = longer()
    assert next(iter(workbook(export).sheets[0].rows()))[2] == "Tagung, 22.–24. Nov. 2026"
    assert "Tagung, 22.–24. Nov. 2026</text>" in svg(export, export.event.rounds[0].questions[0])


def test_other_json_has_the_last_day() -> None:
    """Questions from the floor and the log of the team say until when the event was, too."""
    event = longer().event
    for content in (floor_export.to_json(FloorExport(event, {}, {}, {}, ())), journal.to_json(event, [])):
        told = json.loads(content)["event"]
        assert (told["day"], told["last_day"]) == ("2026-11-22", "2026-11-24")
