"""Events changed, archived, copied and deleted, on both databases."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, Table, Uuid, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.errors import Conflict
from poll_server.domain.programme import Definition, EventDraft, ItemDraft, ItemKind, Option, SessionDraft
from poll_server.domain.rounds import Event, State
from poll_server.storage import contributions, copying, deletion, details, events
from poll_server.storage.database import Database
from poll_server.storage.tables import Moment, QuestionRow, metadata
from tests.storage.databases import definition, draft, stored

BERLIN, LISBON = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Lisbon")
DAY = date(2026, 10, 24)
"""The day before the end of summer time."""
LASTING = {"series", "organiser", "organiser_session", "password_link", "library_question", "deleted_event"}
"""Tables of which nothing is an event's own."""
_numbers = itertools.count(1)


def conference() -> EventDraft:
    """A conference of two days over the end of summer time, with a question time."""
    slots = (
        ItemDraft(datetime(2026, 10, 24, 18, 30, tzinfo=BERLIN), "Runde", kind=ItemKind.ROUND, questions=(notice(),)),
        ItemDraft(
            datetime(2026, 10, 25, 9, tzinfo=BERLIN),
            "Fragerunde",
            datetime(2026, 10, 25, 10, tzinfo=BERLIN),
            kind=ItemKind.QUESTION_SESSION,
            session=SessionDraft(moderated=False, maximum=3, listed=True),
        ),
    )
    texts: dict[str, Any] = dict.fromkeys(("organisers", "partners", "welcome", "contact"), "Land\nStadt")
    texts |= dict.fromkeys(("imprint", "privacy", "accessibility"), "https://example.org/")
    return EventDraft(
        *("Tagung", DAY, "Europe/Berlin", "de"),
        items=slots,
        last_day=date(2026, 10, 25),
        pictures={"a.png": b"picture"},
        groups=(Option("g1", "Kommune"), Option("g2", "Land")),
        decline_reasons=("Doppelt",),
        blocked_words={"de": ("Mist",)},
        **texts,
    )


def notice() -> Definition:
    """A notice with a picture."""
    return Definition("notice", "Pause", rules={"picture": "a.png"})


def written(event: Event, **changes: Any) -> EventDraft:
    """What a form says that was opened with this event and changed."""
    said = {name: getattr(event, name) for name in details.WRITTEN}
    return EventDraft(**{**said, "code": event.code, **changes})


def clocks(event: Event) -> list[str]:
    """When slots begin and end, by the clocks of the event."""
    times = (moment for item in event.items for moment in (item.starts, item.ends) if moment)
    return [f"{moment:%d.%m. %H:%M %Z}" for moment in times]


async def test_rewrite_event(database: Database) -> None:
    """All that a form says is stored under the next edition, and nothing else has changed."""
    event = await stored(database, conference())
    said: dict[str, Any] = {
        name: f"Neu: {name}" for name in ("title", "subtitle", "organisers", "partners", "welcome", "contact")
    }
    said |= {name: f"https://example.org/{name}" for name in ("imprint", "privacy", "accessibility")}
    async with database.write() as connection:
        await details.rewrite(connection, event.id, 0, written(event, **said, last_day=None, code="neuer"))
        after = await events.load(connection, event.id)
    assert after == replace(event, **said, last_day=None, code="neuer", edition=1)


async def test_rewrite_event_that_another_has_rewritten(database: Database) -> None:
    """Who saw an older edition, or wants another event's code, changes nothing."""
    event, other = await stored(database), await stored(database)
    async with database.write() as connection:
        await details.rewrite(connection, event.id, 0, written(event, title="Erste", welcome="Guten Tag"))
    for wanted, seen, error in (
        (written(event, title="Zweite"), 0, Conflict),
        (written(event, title="Zweite", code=other.code), 1, events.CodeTaken),
    ):
        with pytest.raises(error):
            async with database.write() as connection:
                await details.rewrite(connection, event.id, seen, wanted)
    async with database.read() as connection:
        after = await events.load(connection, event.id)
    assert after == replace(event, title="Erste", welcome="Guten Tag", edition=1)


async def test_rewrite_day_and_zone(database: Database) -> None:
    """Slots keep the time of their clocks: on another day, in another zone, in winter as in summer."""
    event = await stored(database, conference())
    async with database.write() as connection:
        moved = written(event, day=date(2026, 10, 23), last_day=None, time_zone="Europe/Lisbon")
        await details.rewrite(connection, event.id, 0, moved)
        after = await events.load(connection, event.id)
    assert (clocks(event), clocks(after)) == (
        ["24.10. 18:30 CEST", "25.10. 09:00 CET", "25.10. 10:00 CET"],
        ["23.10. 18:30 WEST", "24.10. 09:00 WEST", "24.10. 10:00 WEST"],
    )


async def test_archive_and_back(database: Database) -> None:
    """An archived event has nothing on its stage; taken back, it is as it was but for that."""
    event = await stored(database)
    at = datetime(2026, 11, 22, 11, 15, tzinfo=UTC)
    async with database.write() as connection:
        await details.archive(connection, event.id, at)
        archived = await events.load(connection, event.id)
        await details.archive(connection, event.id, None)
        back = await events.load(connection, event.id)
    assert (archived.archived, archived.current, back.archived, back.edition) == (at, None, None, 2)


async def test_copy_event(database: Database) -> None:
    """A copy has programme, rounds, questions, pictures and rules on its own days, and questions as they were before.

    Over the end of summer time a slot stays at the same clock.
    """
    event = await stored(database, conference())
    code = f"kopie{next(_numbers)}"
    table = metadata.tables[str(QuestionRow.__tablename__)]
    async with database.write() as connection:
        await connection.execute(table.update().where(table.c.id.in_(event.question_ids)).values(state="shown", wave=2))
        made = await copying.copy(connection, event.id, "Noch eine", date(2026, 10, 26), code)
        after = await events.load(connection, made)
        sessions = await contributions.sessions(connection, made)
        rules = await contributions.rules(connection, made)
        pictures = metadata.tables["picture"]
        rows = select(pictures.c.name, pictures.c.content).where(pictures.c.event_id == made)
        assert [tuple(row) for row in await connection.execute(rows)] == [("a.png", b"picture")]
        keys = select(metadata.tables["event"].c.pseudonym_key).where(metadata.tables["event"].c.id == made)
        assert await connection.scalar(keys) != bytes(32)
    assert clocks(after) == ["26.10. 18:30 CET", "27.10. 09:00 CET", "27.10. 10:00 CET"]
    assert [(one.definition, one.state, one.wave) for one in after.questions] == [(notice(), State.READY, 1)]
    assert [(one.title, one.item_id) for one in after.rounds] == [("Runde", after.items[0].id)]
    assert [(one.moderated, one.maximum, one.listed, one.state) for one in sessions.values()] == [
        (False, 3, True, "ready")
    ]
    assert (rules.reasons, rules.blocked) == (("Doppelt",), {"de": ("Mist",)})
    last = date(2026, 10, 27)
    own: dict[str, Any] = {"id": made, "code": code, "title": "Noch eine", "day": date(2026, 10, 26), "last_day": last}
    assert after == replace(event, **own, items=after.items, rounds=after.rounds)


async def test_copy_event_to_a_code_that_is_taken(database: Database) -> None:
    """Nothing is made then."""
    event = await stored(database)
    table = metadata.tables["event"]
    with pytest.raises(events.CodeTaken):
        async with database.write() as connection:
            await copying.copy(connection, event.id, "Zweimal", DAY, event.code)
    async with database.read() as connection:
        assert (await connection.execute(select(table).where(table.c.title == "Zweimal"))).all() == []


async def test_extent_of_event(database: Database) -> None:
    """Ballots are counted once for each person and question, whatever pieces they have."""
    event = await stored(database, draft([definition(), definition()]))
    first, second = event.question_ids
    ballots, voted = metadata.tables["ballot"], metadata.tables["voted"]
    row = {"question_id": first, "wave": 1, "number": 1, "grp": "", "answer": [], "marks": {}, "replaced": None}
    rows = [
        row | {"participant": who, "part": part, "submission": uuid4()} for who in ("a", "b") for part in ("", "o1")
    ]
    async with database.write() as connection:
        await connection.execute(insert(ballots), rows)
        await connection.execute(insert(voted), [{"question_id": second, "wave": 1, "participant": "a"}])
        assert await details.extent(connection, event.id) == details.Extent(1, 2, 3, 0)


class Filler:
    """Puts one row into every table for an event, whatever tables there are."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.rows: dict[str, dict[str, Any]] = {}

    async def fill(self) -> dict[str, dict[str, Any]]:
        """Return the key of each row by its table."""
        for table in metadata.sorted_tables:
            values = {column.name: value for column, value in self._values(table)}
            await self.connection.execute(insert(table).values(values))
            if table.c.get("id") is not None:
                newest = select(table.c.id).order_by(table.c.id.desc()).limit(1)
                values["id"] = await self.connection.scalar(newest)
            self.rows[table.name] = values
        return self.rows

    def _values(self, table: Table) -> Iterator[tuple[Column[Any], Any]]:
        for column in table.columns:
            if column.name == "id":
                continue
            target = next(iter(column.foreign_keys), None)
            if target is None:
                yield column, _some(column)
            else:
                yield column, self.rows[target.column.table.name][target.column.name]


def _some(column: Column[Any]) -> Any:
    """Some value that a column takes, and no other row has."""
    number = next(_numbers)
    for type_, value in (
        (Moment, datetime(2026, 11, 22, 11, 15, tzinfo=UTC)),
        (DateTime, datetime(2026, 11, 22, 11, 15, tzinfo=UTC)),
        (Date, DAY),
        (Boolean, False),
        (Integer, number),
        (Float, 1.0),
        (JSON, []),
        (LargeBinary, b"bytes"),
        (Uuid, uuid4()),
    ):
        if isinstance(column.type, type_):
            return value
    return f"text{number}"


async def left(connection: AsyncConnection, rows: dict[str, dict[str, Any]]) -> set[str]:
    """Which of these rows are still there, by their tables."""
    found = set()
    for name, values in rows.items():
        table = metadata.tables[name]
        wanted = select(table).where(*(column == values[column.name] for column in table.primary_key))
        if (await connection.execute(wanted)).first():
            found.add(name)
    return found


async def test_delete_event_with_everything(database: Database) -> None:
    """Nothing of a deleted event is in any table, also in one that is made after this test; others keep theirs."""
    async with database.write() as connection:
        gone, stays = await Filler(connection).fill(), await Filler(connection).fill()
        await deletion.delete_event(connection, gone["event"]["id"])
        assert (await left(connection, gone), await left(connection, stays)) == (LASTING, set(metadata.tables))
        await deletion.delete_event(connection, stays["event"]["id"])
