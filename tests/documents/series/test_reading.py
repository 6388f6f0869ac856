"""What a series is compared by, from the database: the figures of each event's own export, and nothing beyond."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event as listening
from sqlalchemy.engine import Engine

from poll_server.documents import series
from poll_server.documents.export import read_export
from poll_server.documents.export import to_json as export_to_json
from poll_server.domain.access import Role
from poll_server.domain.errors import Unknown
from poll_server.domain.programme import Definition, Option, SeriesDraft
from poll_server.domain.rounds import Action, Event
from poll_server.storage import ballots, events, sharing
from poll_server.storage import series as stored_series
from poll_server.storage.database import Database
from tests.documents.report.test_reading import shown
from tests.storage.databases import ballot, definition, draft, ids, migrated, stepped
from tests.storage.test_organisers import new

ORDER = Definition("ranking", "Was zuerst?", (Option("o1", "Bus"), Option("o2", "Bahn")))
TWO = {"a": "o1", "b": "o2"}


@pytest_asyncio.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    """A migrated SQLite database that the tests share; each uses a series of its own."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('series') / 'poll.sqlite3'}") as database:
        yield database


async def held(database: Database, *asked: Sequence[Definition]) -> tuple[str, list[Event]]:
    """Store a series with an event for each of these lists of questions, a day after each other."""
    drafts = [replace(draft(each), day=date(2026, 11, day)) for day, each in enumerate(asked, 2)]
    async with database.write() as connection:
        code, made = await stored_series.create_events(connection, drafts, SeriesDraft("Reihe", "de"))
        return code, [await events.load(connection, event_id) for event_id, _ in made]


async def read(database: Database, code: str, of: Sequence[Event]) -> Any:
    """The comparison of these events as it is taken home."""
    async with database.read() as connection:
        return json.loads(series.to_json(await series.read(connection, code, [event.id for event in of])))


async def exported(database: Database, event: Event) -> list[Any]:
    """The questions of an event as its own export has them."""
    async with database.read() as connection:
        content = json.loads(export_to_json(await read_export(connection, event.id)))
    return [question for round_ in content["rounds"] for question in round_["questions"]]


FIGURES = ("opened", "present", "answered", "abstained", "statistics", "options")


async def test_figures_are_those_of_each_event(database: Database) -> None:
    """Every asking, the earlier pass too, has the numbers that the event's own export has, of each kind of question."""
    code, (first, second) = await held(database, [definition(), ORDER], [ORDER, definition()])
    choice, order = ids(first)
    first = await shown(database, first, choice, TWO)
    first = await stepped(database, first, Action.REPEAT, choice)
    first = await shown(database, first, choice, {"a": "o2", "b": "o2", "c": "o1"})
    first = await shown(database, first, order, {"a": "o2 o1"})
    for question, answers in zip(ids(second), ({"a": "o1 o2", "b": "o2 o1"}, {"a": "o4"}), strict=True):
        second = await shown(database, second, question, answers)
    one, other = [await exported(database, event) for event in (first, second)]
    expected = [
        [(first.code, one[0]["earlier"][0]), (first.code, one[0]), (second.code, other[1])],
        [(first.code, one[1]), (second.code, other[0])],
    ]
    found = await read(database, code, [first, second])
    assert [
        [(asking["event"], {name: asking[name] for name in FIGURES}) for asking in question["askings"]]
        for question in found["questions"]
    ] == [[(event, {name: fields[name] for name in FIGURES}) for event, fields in each] for each in expected]
    assert [one["pass"] for one in found["questions"][0]["askings"]] == [1, 2, 1]


async def test_only_results_that_were_shown_are_compared(database: Database) -> None:
    """One that is open, closed or hidden again is not there, nor is a secret one before everybody has seen it."""
    secret = replace(definition("Geheim?"), rules={"secret": True})
    code, both = await held(database, [definition(), secret], [definition(), secret])
    found = []
    for question in (0, 1):
        for action in (Action.OPEN, Action.CLOSE, Action.SETTLE, Action.SHOW):
            both = [await stepped(database, event, action, ids(event)[question]) for event in both]
            found.append([one["text"] for one in (await read(database, code, both))["questions"]])
    choice, both_texts = [definition().text], [definition().text, "Geheim?"]
    assert found == [[], [], [], choice, choice, choice, choice, both_texts]
    both = [await stepped(database, event, Action.HIDE, ids(event)[0]) for event in both]
    assert [one["text"] for one in (await read(database, code, both))["questions"]] == ["Geheim?"]


async def test_nothing_is_there_by_group_or_person(database: Database) -> None:
    """Small groups cannot be found: no group is named; whoever answered is in no format."""
    with_groups = replace(draft([definition()]), groups=(Option("g1", "Kommune"), Option("g2", "Verband")))
    async with database.write() as connection:
        code, made = await stored_series.create_events(connection, [with_groups] * 2, SeriesDraft("Reihe", "de"))
        both = [await events.load(connection, event_id) for event_id, _ in made]
    both = [await stepped(database, event, Action.OPEN, ids(event)[0]) for event in both]
    for event in both:
        people = [(f"geheim{at}", "g1" if at < 7 else "g2") for at in range(9)]
        cast = [ballot(ids(event)[0], who, grp=group, id=at) for at, (who, group) in enumerate(people, 1)]
        await ballots.count(database, cast)
    for action in (Action.CLOSE, Action.SETTLE, Action.SHOW):
        both = [await stepped(database, event, action, ids(event)[0]) for event in both]
    async with database.read() as connection:
        found = await series.read(connection, code, [event.id for event in both])
    said = [series.to_json(found).decode(), str(series.make(found))]
    said += [str([list(sheet.rows()), sheet.columns]) for sheet in series.workbook(found).sheets]
    assert [text for text in said if "geheim" in text or "Kommune" in text] == []
    small = [row["share"] for one in json.loads(said[0])["questions"][0]["askings"] for row in one["options"]]
    assert small == [None] * 8


async def test_events_of_others_are_left_out(database: Database) -> None:
    """What an organiser may not see is counted and not read; shared events are there, an administrator has all."""
    kim, alex, chief = await new(database), await new(database), await new(database, Role.ADMINISTRATOR)
    code, made = await held(database, *[[definition()]] * 3)
    made = [await shown(database, event, ids(event)[0], TWO) for event in made]
    async with database.write() as connection:
        await sharing.give(connection, made[0].id, kim.id, owner=True)
        await sharing.give(connection, made[2].id, kim.id, owner=False)
    async with database.read() as connection:
        theirs = [await stored_series.event_ids(connection, code, who) for who in (kim, alex, chief, None)]
    every = {event.code: event.id for event in made}
    assert theirs == [{event.code: event.id for event in (made[0], made[2])}, {}, every, every]
    found = await read(database, code, [made[0], made[2]])
    assert [one["event"] for one in found["questions"][0]["askings"]] == [made[0].code, made[2].code]
    assert (len(found["events"]), found["series"]["left_out"]) == (2, 1)


async def test_series_without_its_events_is_unknown(database: Database) -> None:
    """No such series, and none of its events: both are not there; an event of another series is not taken in."""
    code, (own,) = await held(database, [definition()])
    _, (strange,) = await held(database, [definition()])
    for wanted, of in (("gibtesnicht", [own]), (code, []), (code, [strange])):
        with pytest.raises(Unknown, match="unknown_series"):
            await read(database, wanted, of)


async def test_reading_takes_as_many_queries_for_one_event_as_for_three(database: Database) -> None:
    """However many events and questions there are."""
    code, made = await held(database, *[[definition(), definition("Und zurück?")]] * 3)
    for question in range(2):
        made = [await shown(database, event, ids(event)[question], TWO) for event in made]
    counted = []
    for n in (1, 3):
        said: list[str] = []

        def note(connection: object, cursor: object, statement: str, *_: object, said: list[str] = said) -> None:
            said.append(statement)

        async with database.read() as connection:
            listening.listen(Engine, "before_cursor_execute", note)
            try:
                await series.read(connection, code, [event.id for event in made[:n]])
            finally:
                listening.remove(Engine, "before_cursor_execute", note)
        counted.append(len(said))
    assert counted[0] == counted[1] > 0
