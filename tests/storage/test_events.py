"""Events are stored and read whole."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from poll_server.domain.programme import EventDraft, ItemDraft, ItemKind, Person, Reveal
from poll_server.domain.rounds import State
from poll_server.questions import KINDS
from poll_server.storage import events
from poll_server.storage.database import Database
from poll_server.storage.tables import metadata
from tests.storage.databases import definition, draft, stored

BERLIN = ZoneInfo("Europe/Berlin")


def _whole() -> EventDraft:
    """A draft in which no field has its default and no text is plain."""
    asked = [
        replace(
            definition(f"Frage für „{kind}“?"),
            kind=kind,
            hint="Wählen Sie.",
            rules={"maximum": 2},
            reveal=Reveal.LIVE,
            language="en",
            shares_from=7,
        )
        for kind in KINDS
    ]
    starts = datetime(2026, 11, 22, 9, 30, tzinfo=BERLIN)
    talk = ItemDraft(
        starts,
        "Begrüßung – 🏘️ & <b>",
        ends=starts + timedelta(minutes=15),
        about=True,
        description='Erster Absatz.\n\nZweiter, mit "Anführung".',
        people=(Person("Kim Beispiel", "Moderation"), Person("Alex")),
    )
    asking = ItemDraft(starts + timedelta(hours=1), "Sie sind gefragt! I", kind=ItemKind.ROUND, questions=tuple(asked))
    end = ItemDraft(starts + timedelta(hours=2), "Ende", kind=ItemKind.END)
    return EventDraft(
        "Tagung", date(2026, 11, 22), "Europe/Berlin", "en", "", "Untertitel", "Netzwerk", (talk, asking, end), 7
    )


async def test_event_comes_back_whole(database: Database) -> None:
    """What was prepared is what is read, field by field, and nothing has happened to it yet."""
    prepared = _whole()
    event = await stored(database, prepared)
    assert [
        (item.starts, item.ends, item.about, item.kind, item.title, item.description, item.people)
        for item in event.items
    ] == [
        (item.starts, item.ends, item.about, item.kind, item.title, item.description, item.people)
        for item in prepared.items
    ]
    assert [question.definition for question in event.questions] == list(prepared.items[1].questions)
    assert {(q.state, q.wave, q.opened, q.closed, q.present) for q in event.questions} == {
        (State.READY, 1, None, None, 0)
    }
    assert [(r.item_id, r.title) for r in event.rounds] == [(event.items[1].id, "Sie sind gefragt! I")]
    told = (event.title, event.subtitle, event.organisers, event.day, event.time_zone, event.language)
    assert told == ("Tagung", "Untertitel", "Netzwerk", date(2026, 11, 22), "Europe/Berlin", "en")
    assert (event.revision, event.current, event.join_shown) == (0, None, False)


async def test_times_are_read_in_the_time_zone_of_the_event(database: Database) -> None:
    """A start stored as 09:30 in Berlin is read as 09:30 of Berlin's clock, not only as the same moment."""
    event = await stored(database, _whole())
    assert [item.starts.isoformat() for item in event.items] == [
        "2026-11-22T09:30:00+01:00",
        "2026-11-22T10:30:00+01:00",
        "2026-11-22T11:30:00+01:00",
    ]


async def test_create_with_a_code_taken_makes_nothing(database: Database) -> None:
    """A second event under the same code is refused and leaves no row behind."""
    event = await stored(database)
    counting = [
        select(func.count()).select_from(metadata.tables[name]) for name in ("event", "item", "round", "question")
    ]
    async with database.read() as connection:
        before = [await connection.scalar(statement) for statement in counting]
    with pytest.raises(events.CodeTaken) as refused:
        async with database.write() as connection:
            await events.create(connection, draft(), event.code, bytes(32))
    assert str(refused.value) == event.code
    async with database.read() as connection:
        assert [await connection.scalar(statement) for statement in counting] == before


async def test_find_returns_the_event_with_its_own_key(database: Database) -> None:
    """An event is found by its code with the key of its pseudonyms, and by no other code."""
    async with database.write() as connection:
        event_id = await events.create(connection, draft(), "gesucht", b"k" * 32)
    async with database.read() as connection:
        assert await events.find(connection, "gesucht") == (event_id, b"k" * 32)
        assert await events.find(connection, "gesuch") is None


async def test_create_with_a_naive_time_makes_nothing(database: Database) -> None:
    """A time without its zone is refused, and with it the whole event."""
    naive = replace(draft(), items=(ItemDraft(datetime(2026, 11, 22, 9, 30), "Ohne Zone"),))  # noqa: DTZ001 - the fault
    with pytest.raises(StatementError, match="a moment needs its time zone"):
        async with database.write() as connection:
            await events.create(connection, naive, "naiv", bytes(32))
    async with database.read() as connection:
        assert await events.find(connection, "naiv") is None
