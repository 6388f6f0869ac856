"""The log of an event's team in words and as files."""

import csv
import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator, ValidationError

from poll_server.documents import journal
from poll_server.documents.journal import FORMS, Entry, act_name
from poll_server.domain.decisions import Verdict
from poll_server.domain.moderation import Deed
from poll_server.domain.rounds import Action
from poll_server.messages import Move
from tests.documents.exports import exported

SCHEMA = json.loads(Path(journal.__file__).with_name("journal.schema.json").read_text(encoding="utf-8"))
AT = datetime(2026, 11, 22, 12, 0, 7, tzinfo=UTC)
ENTRIES = [
    Entry(AT, "command", "", "link_made", "=1+1"),
    Entry(AT, "moderator", "=Anna", "open", "Was fehlt?", question=7),
    Entry(AT, "moderator", "", "floor_accept", "Fragerunde", contribution=12),
    Entry(AT, "organiser", "Kim", "link_revoked", "Anna"),
    Entry(AT, "server", "", "run_out", "Was fehlt?", question=7),
]


def test_everything_that_is_noted_has_words() -> None:
    """Each step, move, decision and deed is said in words, in German others than in English."""
    acts = [*(set(Action) - {Action.SETTLE}), *Move, *(f"entry_{one}" for one in (*Verdict, "undo"))]
    acts += [*(f"floor_{deed}" for deed in Deed), "archive_round", "restore_round", "time", "add", "rewrite", "mend"]
    acts += ["remove", "add_round", "ask", "join_show", "join_hide", "rehearsal_begin", "rehearsal_wipe"]
    acts += ["link_made", "link_revoked", "run_out"]
    acts += [f"event_{deed}" for deed in ("create", "import", "copy", "copied", "edit", "archive", "restore")]
    acts += [f"event_{deed}" for deed in ("share", "unshare", "give")]
    said = {act: (act_name(act, "de"), act_name(act, "en")) for act in acts}
    assert [act for act, (german, english) in said.items() if act in (german, english) or german == english] == []


def test_table_is_safe_and_in_the_words_of_the_event() -> None:
    """A table for spreadsheets in the event's language; names and words are guarded against being formulas."""
    written = FORMS["csv"].write(exported({}).event, ENTRIES).decode("utf-8-sig")
    assert list(csv.reader(StringIO(written), delimiter=";")) == [
        ["Zeit", "Wer", "Was getan wurde", "Worum es geht"],
        ["22.11.2026 12:00:07", "Befehl auf dem Server", "Link angelegt", "'=1+1"],
        ["22.11.2026 12:00:07", "Moderation, =Anna", "Frage geöffnet", "Was fehlt?"],
        ["22.11.2026 12:00:07", "Moderation, Link ohne Namen", "Freigeben", "Fragerunde, Nr. 12"],
        ["22.11.2026 12:00:07", "Veranstaltende, Kim", "Link zurückgezogen", "Anna"],
        ["22.11.2026 12:00:07", "Von selbst", "Frage geschlossen, weil ihre Zeit um war", "Was fehlt?"],
    ]


def test_json_names_role_link_and_what_it_is_about() -> None:
    """The JSON has the same lines with the names of roles and acts for programs."""
    content = orjson.loads(FORMS["json"].write(exported({}).event, ENTRIES))
    assert content["schema"] == 1
    at = "2026-11-22T12:00:07+00:00"
    plain = {"at": at, "link": None, "about": None, "question": None, "contribution": None}
    assert content["log"] == [
        plain | {"role": "command", "act": "link_made", "about": "=1+1"},
        plain | {"role": "moderator", "link": "=Anna", "act": "open", "about": "Was fehlt?", "question": 7},
        plain | {"role": "moderator", "act": "floor_accept", "about": "Fragerunde", "contribution": 12},
        plain | {"role": "organiser", "link": "Kim", "act": "link_revoked", "about": "Anna"},
        plain | {"role": "server", "act": "run_out", "about": "Was fehlt?", "question": 7},
    ]


def validated(content: dict[str, Any]) -> None:
    """Raise ValidationError unless a log keeps the schema."""
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(content)


def test_json_keeps_its_schema() -> None:
    """What is written keeps the published schema, an empty log as well."""
    for entries in (ENTRIES, []):
        validated(orjson.loads(FORMS["json"].write(exported({}).event, entries)))


@pytest.mark.parametrize("change", [{"more": 1}, {"role": "audience"}, {"at": None}, {"link": ""}, {"question": "7"}])
def test_schema_refuses_what_is_not_a_line(change: dict[str, Any]) -> None:
    """A field that nobody knows, somebody of the audience, and values of another type do not keep it."""
    content = orjson.loads(FORMS["json"].write(exported({}).event, ENTRIES))
    content["log"][0] |= change
    with pytest.raises(ValidationError):
        validated(content)
