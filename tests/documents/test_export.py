"""The export: all questions of an event with their numbers, as the database has them, and as JSON."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from jsonschema import Draft202012Validator, ValidationError

from poll_server.documents import export as module
from poll_server.documents.export import FORMATS, Export, headings, read_export, to_csv, to_json
from poll_server.documents.report import Choice
from poll_server.domain.ballots import Ballot, Key, Rank
from poll_server.domain.errors import Forbidden
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Action, Event, State
from poll_server.questions import kind_of
from poll_server.storage import ballots, rehearsal, report_choices
from poll_server.storage.database import Database
from poll_server.storage.report_choices import Kept
from tests.documents.exports import BERLIN, BUS, example, exported, question, read_csv
from tests.questions.samples import ANSWERED_KINDS, SAMPLES
from tests.storage.databases import ballot, differences, draft, ids, migrated, opened, rows, stepped, stored

SCHEMA = json.loads(Path(module.__file__).with_name("export.schema.json").read_text(encoding="utf-8"))
DOCUMENT = (Path(__file__).parents[2] / "docs" / "export.md").read_text(encoding="utf-8")


# JSON


def test_json_says_everything_of_each_question() -> None:
    """Wording, times with their offset, present, answered, counts and shares: as numbers, empty where there is none."""
    bus = {
        "kind": "single_choice",
        "text": BUS.text,
        "hint": "",
        "remark": "",
        "rules": {},
        "translations": {},
        "wave": 1,
        "groups": [],
        "movements": None,
        "earlier": [],
    }
    assert json.loads(to_json(example())) == {
        "schema": 2,
        "event": {
            "code": "demo",
            "title": "Tagung",
            "subtitle": "Ein Tag",
            "organisers": "Netzwerk",
            "partners": "",
            "contact": "",
            "licence": "",
            "introduction": "",
            "day": "2026-11-22",
            "last_day": "2026-11-22",
            "time_zone": "Europe/Berlin",
            "language": "de",
            "groups": [],
        },
        "programme": [],
        "rounds": [
            {
                "title": "Runde I",
                "starts": None,
                "questions": [
                    {
                        "kind": "multiple_choice",
                        "text": "Womit „beginnen“?",
                        "hint": "Zwei Vorhaben.",
                        "remark": "",
                        "rules": {"minimum": 1, "maximum": 2},
                        "translations": {},
                        "state": "shown",
                        "wave": 1,
                        "opened": "2026-11-22T11:16:07+01:00",
                        "closed": "2026-11-22T11:18:00+01:00",
                        "present": 9,
                        "answered": 8,
                        "abstained": 0,
                        "statistics": {},
                        "options": [
                            {"key": "o1", "label": 'Der "Ortskern"', "count": 8, "share": 1.0},
                            {"key": "o2", "label": "Radwege\nund Bus", "count": 1, "share": 0.125},
                            {"key": "o3", "label": "Jugendrat", "count": 0, "share": 0.0},
                        ],
                        "corrections": [],
                        "groups": [],
                        "movements": None,
                        "earlier": [],
                    },
                    bus
                    | {
                        "state": "open",
                        "opened": "2026-11-22T11:16:07+01:00",
                        "closed": None,
                        "present": None,
                        "answered": 3,
                        "abstained": 4,
                        "statistics": {},
                        "options": [
                            {"key": "o1", "label": "Bus", "count": 1, "share": 1 / 3},
                            {"key": "o2", "label": "Rad; zu Fuß", "count": 2, "share": 2 / 3},
                        ],
                        "corrections": [],
                    },
                ],
            },
            {"title": "Runde II", "starts": None, "questions": []},
            {
                "title": "Runde III",
                "starts": None,
                "questions": [
                    bus
                    | {
                        "state": "ready",
                        "opened": None,
                        "closed": None,
                        "present": None,
                        "answered": 0,
                        "abstained": 0,
                        "statistics": {},
                        "options": [
                            {"key": "o1", "label": "Bus", "count": 0, "share": None},
                            {"key": "o2", "label": "Rad; zu Fuß", "count": 0, "share": None},
                        ],
                        "corrections": [],
                    }
                ],
            },
        ],
    }


def test_json_has_the_statistics_of_the_kind() -> None:
    """Numbers beside the rows come under the kind's names, whole or with all decimals, null without answers."""
    points = question(replace(BUS, kind="points", rules={"points": 100, "abstention": True}), State.CLOSED)
    tallies = {"#": 3, "o1": 50, "o1#": 1, "o2": 250, "o2#": 3, "-": 2}
    (told,) = json.loads(to_json(exported({"": [(points, tallies)]})))["rounds"][0]["questions"]
    assert (told["answered"], told["abstained"], told["rules"]) == (3, 2, {"points": 100, "abstention": True})
    assert told["statistics"] == {"givers-o1": 1.0, "givers-o2": 3.0}
    assert [option["share"] for option in told["options"]] == [50 / 300, 250 / 300]
    ranking = question(replace(BUS, kind="ranking"))
    (told,) = json.loads(to_json(exported({"": [(ranking, {})]})))["rounds"][0]["questions"]
    assert told["statistics"] == {"first-o1": 0, "first-o2": 0, "mean-o1": None, "mean-o2": None}


def valid(content: Any) -> bool:
    """Tell whether some content keeps the schema."""
    try:
        Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(content)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("kind", ANSWERED_KINDS)
@given(data=st.data())
def test_json_keeps_its_schema(kind: str, data: st.DataObject) -> None:
    """Every question of every kind, in every state, makes JSON that fits the schema."""
    definition = data.draw(SAMPLES[kind].definitions)
    tally = data.draw(
        st.lists(SAMPLES[kind].forms(definition)).map(
            lambda forms: sum(
                (kind_of(definition).marks(definition, kind_of(definition).parse(definition, form)) for form in forms),
                Counter(),
            )
        )
    )
    asked = question(definition, data.draw(st.sampled_from(State)), present=data.draw(st.integers(0, 10_000)))
    assert valid(json.loads(to_json(exported({"": [(asked, tally)]}))))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 1),
        (("event", "day"), "22.11.2026"),
        (("rounds", 0, "questions", 0, "answered"), "8"),
        (("rounds", 0, "questions", 0, "opened"), "2026-11-22T11:16:07"),
        (("rounds", 0, "questions", 0, "options", 0, "share"), 12.5),
        (("rounds", 0, "questions", 0, "statistics", "mean"), "2,5"),
        (("rounds", 0, "questions", 0, "rules", "minimum"), None),
        (("rounds", 0, "questions", 0, "participants"), ["kim"]),
    ],
)
def test_schema_refuses_what_it_does_not_describe(path: Sequence[str | int], value: object) -> None:
    """Another version, a time without offset, text for a number, percent for a fraction, a field more: none fits."""
    content = json.loads(to_json(example()))
    assert valid(content)
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not valid(content)


def test_schema_is_a_schema() -> None:
    """The schema keeps the rules of its own draft, and demands everything that it describes."""
    Draft202012Validator.check_schema(SCHEMA)
    objects = [
        SCHEMA,
        SCHEMA["properties"]["event"],
        SCHEMA["properties"]["programme"]["items"],
        SCHEMA["properties"]["rounds"]["items"],
        SCHEMA["$defs"]["item"],
        SCHEMA["$defs"]["item"]["properties"]["people"]["items"],
        SCHEMA["$defs"]["question"],
        SCHEMA["$defs"]["question"]["properties"]["groups"]["items"],
        SCHEMA["$defs"]["question"]["properties"]["movements"],
        SCHEMA["$defs"]["question"]["properties"]["earlier"]["items"],
        SCHEMA["$defs"]["options"]["items"],
    ]
    assert [one["required"] for one in objects] == [list(one["properties"]) for one in objects]


# From the database


@pytest_asyncio.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    """A migrated SQLite database that the tests share; each uses an event of its own."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('export') / 'poll.sqlite3'}") as database:
        yield database


async def export_of(database: Database, event: Event) -> Export:
    """Read an export in one transaction."""
    async with database.read() as connection:
        return await read_export(connection, event.id)


def counts(export: Export) -> list[tuple[int, dict[str, int]]]:
    """Of each question how many answered, and the counts of its options."""
    return [
        (each["answered"], {option["key"]: option["count"] for option in each["options"]})
        for round_ in json.loads(to_json(export))["rounds"]
        for each in round_["questions"]
    ]


Submission = tuple[str, int, int, Sequence[str]]


@st.composite
def askings(draw: DrawFn) -> tuple[Definition, list[list[list[Submission]]]]:
    """A question, and for each asking batches of (person, number, id, form); all askings but the last are discarded."""
    definition = draw(st.one_of([SAMPLES[kind].definitions for kind in ANSWERED_KINDS]))
    person, few = st.sampled_from(["kim", "alex", "robin", "sascha"]), st.integers(1, 4)
    batch = st.lists(st.tuples(person, few, few, SAMPLES[definition.kind].forms(definition)), min_size=1, max_size=8)
    return definition, draw(st.lists(st.lists(batch, max_size=4), min_size=1, max_size=2))


@settings(max_examples=50)
@given(asked=askings())
async def test_export_equals_the_recount(
    asked: tuple[Definition, list[list[list[Submission]]]], database: Database
) -> None:
    """After any votes, changes and resends the export's counts are those that the stored ballots add up to."""
    definition, waves = asked
    event = await stored(database, draft([definition]))
    (question_id,) = ids(event)
    for number, batches in enumerate(waves, 1):
        if number > 1:
            event = await stepped(database, event, Action.TAKE_BACK, question_id)
        event = await stepped(database, event, Action.OPEN, question_id)
        for batch in batches:
            await ballots.count(database, [_ballot(definition, question_id, number, one) for one in batch])
    standing = [answer for (wave, _), (_, _, answer) in (await rows(database, question_id)).items() if wave == number]
    added: Counter[str] = sum((kind_of(definition).marks(definition, tuple(answer)) for answer in standing), Counter())
    found = kind_of(definition).results(definition, added)
    expected = [(len(standing), {row.key: row.count for row in found.rows})]
    export = await export_of(database, event)
    assert await differences(database, question_id) == []
    assert counts(export) == expected
    assert [int(row[18]) for row in read_csv(to_csv(export))[1:] if row[18]] == list(expected[0][1].values())


def _ballot(definition: Definition, question_id: int, wave: int, submission: Submission) -> Ballot:
    person, number, id, form = submission
    kind = kind_of(definition)
    answer = kind.parse(definition, form)
    return Ballot(Key(question_id, wave, person), Rank(number, UUID(int=id)), answer, kind.marks(definition, answer))


async def test_export_has_only_the_present_wave_of_its_own_event(database: Database) -> None:
    """Ballots of a discarded asking, and of another event's question, are not in it."""
    other = await opened(database)
    event = await opened(database, questions=2)
    first = ids(event)[0]
    await ballots.count(database, [ballot(first, "a"), ballot(ids(other)[0], "b")])
    event = await stepped(database, event, Action.TAKE_BACK, first)
    export = await export_of(database, event)
    assert counts(export) == [(0, dict.fromkeys(("o1", "o2", "o3", "o4"), 0))] * 2
    assert [(one.wave, one.opened) for one in export.event.questions] == [(2, None), (1, None)]


async def test_export_has_what_organisers_wrote_for_the_documentation(database: Database) -> None:
    """Licence, introduction and remarks come out of the choice as they were written, and fit the schema."""
    event = await stored(database, draft([BUS, BUS]))
    _, second = ids(event)
    choice = Choice(introduction="Eins.\n\nZwei.", remarks={second: "Dazu gab es Streit."}, licence="CC BY 4.0")
    async with database.write() as connection:
        await report_choices.keep(connection, event.id, Kept(choice.fields(), public=False))
    told = json.loads(to_json(await export_of(database, event)))
    assert valid(told)
    assert (told["event"]["introduction"], told["event"]["licence"]) == ("Eins.\n\nZwei.", "CC BY 4.0")
    assert [one["remark"] for one in told["rounds"][0]["questions"]] == ["", "Dazu gab es Streit."]


async def test_export_tells_times_and_present_in_the_event_s_zone(database: Database) -> None:
    """The stored times come out in the event's time zone, and present is the number at the closing."""
    event = await opened(database)
    (question_id,) = ids(event)
    event = await stepped(database, event, Action.CLOSE, question_id, present=42)
    (stood,) = event.questions
    assert stood.opened
    assert stood.closed
    (told,) = json.loads(to_json(await export_of(database, event)))["rounds"][0]["questions"]
    assert (told["state"], told["present"]) == ("closing", 42)
    assert [told["opened"], told["closed"]] == [
        moment.astimezone(BERLIN).isoformat(timespec="seconds") for moment in (stood.opened, stood.closed)
    ]


@pytest.mark.parametrize("written", [each.write for each in FORMATS.values()], ids=FORMATS)
async def test_export_names_nobody(database: Database, written: Any) -> None:
    """No pseudonym of a participant and no key of the event is in a file."""
    event = await opened(database)
    await ballots.count(database, [ballot(ids(event)[0], "pseudonym4711", id=0xABC0FFEE)])
    content = written(await export_of(database, event)).decode("utf-8-sig").lower()
    assert re.findall("4711|pseudonym|c0ffee|00000000", content) == []


async def test_export_waits_for_the_end_of_a_rehearsal(database: Database) -> None:
    """What simulated participants answered is no result."""
    event = await stored(database)
    async with database.write() as connection:
        await rehearsal.begin(connection, event, event.revision)
    with pytest.raises(Forbidden, match="rehearsal"):
        await export_of(database, event)


@pytest.mark.parametrize(("people", "share"), [(4, None), (5, 0.6)])
def test_share_of_few_people_is_left_out(people: int, share: float | None) -> None:
    """Below the event's own limit there are counts and no shares, in the JSON and in the CSV."""
    tally = {"#": people, "o1": 3, "o2": people - 3}
    found = exported({"Runde": [(question(BUS, State.SHOWN), tally)]}, shares_from=5)
    (first, _) = json.loads(to_json(found))["rounds"][0]["questions"][0]["options"]
    assert (first["count"], first["share"]) == (3, share)
    assert read_csv(to_csv(found))[1][-3:-1] == ["3", "" if share is None else "60,0"]


# The docs


def test_document_describes_every_column() -> None:
    """docs/export.md has a row for each column, with its German and its English name, in their order."""
    table = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|", DOCUMENT, re.MULTILINE)
    assert [(int(number), german, english) for number, german, english in table] == [
        (number, *names) for number, names in enumerate(zip(headings("de"), headings("en"), strict=True), 1)
    ]


def test_document_says_what_each_kind_counts() -> None:
    """docs/export.md tells of every kind what its count and its share are."""
    section = DOCUMENT.partition("## What is counted")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(ANSWERED_KINDS)


def test_document_describes_every_field() -> None:
    """docs/export.md has a row for each field of the JSON, and its example keeps the schema."""
    described = re.findall(r"^\| `(\w+)` \|", DOCUMENT.partition("## JSON")[2], re.MULTILINE)
    properties = SCHEMA["$defs"]["question"]["properties"]
    assert described == [*properties, *SCHEMA["$defs"]["options"]["items"]["properties"]]
    shown = json.loads(re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)[0])
    assert valid(shown)
