"""The JSON of questions from the floor keeps its schema."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, ValidationError

from poll_server.documents import floor_export
from poll_server.documents.floor_export import FloorExport, to_json
from poll_server.domain.contributions import Contribution, Fate, Session, SessionState
from poll_server.domain.moderation import LOGGED, Deed
from poll_server.storage.contributions import Entry
from tests.documents.exports import exported

PROJECT = Path(__file__).parents[2]
SCHEMA = json.loads(Path(floor_export.__file__).with_name("floor_export.schema.json").read_text(encoding="utf-8"))
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SESSION = Session(7, SessionState.OPEN, True, 10, False, 1, "Fragerunde", ())
PLAIN = Contribution(1, 7, "anna", UUID(int=1), "Was kostet das?", AT)
FULL = replace(
    PLAIN,
    name="Kim",
    addressee="Alex",
    fate=Fate.IN_WRITING,
    wording="Was kostet es?",
    reason="Doppelt",
    labels=("Geld",),
    note="Notiz",
    hits=("doof",),
    assignee="Amt 7",
    draft="Zwei",
    answer="Zwei Euro.",
)


def entry(deed: str, before: dict[str, Any], after: dict[str, Any], contribution: int | None = 1) -> Entry:
    """A line of the log."""
    return Entry(AT, 7, contribution, "moderator", "Regie 2", deed, before, after, "")


def example() -> FloorExport:
    """A question of each fate, with everything and with nothing, one that is joined, and a line of each sort."""
    found = [PLAIN, FULL, replace(PLAIN, joined=2), *(replace(PLAIN, fate=fate) for fate in Fate)]
    there = {number: replace(one, id=number, submission=UUID(int=number)) for number, one in enumerate(found, 1)}
    step = entry("open", {"state": "ready"}, {"state": "open"}, None)
    changes = [
        entry(deed, {name: getattr(PLAIN, name) for name in LOGGED}, {name: getattr(FULL, name) for name in LOGGED})
        for deed in Deed
    ]
    nameless = replace(step, role="audience", link="", contribution=1)
    return FloorExport(exported({}).event, {7: SESSION}, there, {1: 3}, [step, *changes, nameless])


def valid(content: Any) -> bool:
    """Tell whether some content keeps the schema."""
    try:
        Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(content)
    except ValidationError:
        return False
    return True


def test_json_keeps_its_schema() -> None:
    """Every fate, every deed, with and without all that may be missing."""
    Draft202012Validator.check_schema(SCHEMA)
    assert valid(json.loads(to_json(example())))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("event", "day"), "22.11.2026"),
        (("sessions", 0, "contributions", 0, "at"), "2026-11-22T12:00"),
        (("sessions", 0, "contributions", 0, "fate"), "withdrawn"),
        (("sessions", 0, "contributions", 0, "backers"), "3"),
        (("sessions", 0, "contributions", 0, "participant"), "anna"),
        (("log", 0, "role"), "anna"),
        (("log", 0, "after", "participant"), "anna"),
    ],
)
def test_schema_refuses_what_it_does_not_describe(path: Sequence[str | int], value: object) -> None:
    """Another version, a time without offset, a fate that is not exported, a field more: none fits."""
    content = json.loads(to_json(example()))
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not valid(content)


def test_document_describes_every_field() -> None:
    """docs/export.md has a row for each field of a question, in the order of the file."""
    document = (PROJECT / "docs" / "export.md").read_text(encoding="utf-8")
    section = document.partition("## Questions from the floor in JSON")[2].partition("\n## ")[0]
    described = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert described == list(SCHEMA["$defs"]["contribution"]["properties"])
