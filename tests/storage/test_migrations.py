"""Databases of earlier versions: what stands in them stays, counts as before, and goes on."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from poll_server.domain.links import PAGES
from poll_server.domain.rounds import Action, Event
from poll_server.storage import ballots, events, links
from poll_server.storage.database import Database, alembic_config, migrate
from tests.storage.databases import BACKENDS, ballot, differences, stepped, tally

OPENED = datetime(2026, 11, 22, 11, 15, tzinfo=UTC)
ASKED = ("Womit sind Sie gekommen?", "Womit fahren Sie?")


async def put(url: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Write rows into tables as they are in this database."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            tables = MetaData()
            await connection.run_sync(tables.reflect)
            for name, found in rows.items():
                await connection.execute(tables.tables[name].insert(), found)
    finally:
        await engine.dispose()


def old_rows(uuid: Any) -> dict[str, list[dict[str, Any]]]:
    """An event in which one question was closed, asked again and left open with a countdown, and one was not asked."""
    options = [["o1", "Bus"], ["o2", "Bahn"]]
    question = {"round_id": 1, "kind": "single_choice", "hint": "", "options": options, "rules": {}, "reveal": "shown"}
    tallies = [(1, "#", 3), (1, "o1", 1), (1, "o2", 2), (2, "#", 1), (2, "o1", 1)]
    return {
        "event": [
            {
                "id": 1,
                "code": "alt",
                "title": "Tagung",
                "subtitle": "",
                "organisers": "",
                "day": date(2026, 11, 22),
                "time_zone": "Europe/Berlin",
                "language": "de",
                "pseudonym_key": bytes(32),
                "revision": 5,
                "current": 1,
                "join_shown": False,
            }
        ],
        "round": [{"id": 1, "event_id": 1, "position": 0, "title": "Runde"}],
        "question": [
            question | {"id": 1, "position": 0, "text": ASKED[0], "state": "open", "wave": 2},
            question | {"id": 2, "position": 1, "text": ASKED[1], "state": "ready", "wave": 1},
        ],
        "wave": [
            wave | {"question_id": 1, "opened": OPENED, "discarded": False}
            for wave in (
                {"wave": 1, "closed": OPENED, "present": 3, "closes": None},
                {"wave": 2, "closed": None, "present": 0, "closes": OPENED + timedelta(minutes=1)},
            )
        ],
        "ballot": [
            {
                "question_id": 1,
                "wave": wave,
                "participant": person,
                "part": "",
                "number": 1,
                "submission": uuid(UUID(int=1)),
                "grp": "",
                "answer": [option],
                "marks": {"#": 1, option: 1},
            }
            for wave, person, option in ((1, "a", "o1"), (1, "b", "o2"), (1, "c", "o2"), (2, "a", "o1"))
        ],
        "tally": [{"question_id": 1, "wave": wave, "grp": "", "key": key, "n": n} for wave, key, n in tallies],
    }


async def read(database: Database) -> Event:
    """The one event."""
    async with database.read() as connection:
        return await events.load(connection, 1)


@pytest.mark.parametrize("backend", BACKENDS)
async def test_database_of_an_earlier_version_goes_on(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """What version 0004 has counted is there after the migration, a recount agrees, people go on voting, links open."""
    on_postgres = backend == "postgresql"
    url = request.getfixturevalue("postgres_url") if on_postgres else f"sqlite+aiosqlite:///{tmp_path / 'alt.sqlite3'}"
    await asyncio.to_thread(command.upgrade, alembic_config(url), "0004")
    await put(url, old_rows((lambda one: one) if on_postgres else (lambda one: one.hex)))
    assert await asyncio.to_thread(migrate, url) is True
    database = Database(url)
    try:
        event = await read(database)
        first, second = event.questions
        assert [one.definition.text for one in (first, second)] == list(ASKED)
        assert (first.wave, first.earlier[0].present, first.counts_since) == (2, 3, OPENED)
        assert (event.groups, event.languages, second.opened) == ((), ("de",), None)
        assert await differences(database, 1, 2) == []
        async with database.read() as connection:
            kept = {name: await links.signed(connection, 1, role) for name, role in PAGES.items()}
        assert kept == {"desk": {"Regie": 1}, "screen": {"Leinwand": 2}, "podium": {"Podium": 3}}
        counted = await ballots.count(
            database, [ballot(1, "a", "o2", number=2, wave=2), ballot(1, "b", "o2", wave=2), ballot(1, "c", wave=1)]
        )
        assert list(counted.outcomes) == ["counted", "counted", "duplicate"]
        assert (await tally(database, 1, 1), await tally(database, 1, 2)) == (
            {"#": 3, "o1": 1, "o2": 2},
            {"#": 2, "o2": 2},
        )
        for action in (Action.CLOSE, Action.SETTLE, Action.SHOW):
            event = await stepped(database, event, action, 1)
        assert (event.question(1).state, await differences(database, 1, 2)) == ("shown", [])
    finally:
        await database.close()
