"""What list pages read takes as many queries for three rows as for one."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy import event as listening
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.documents import journal as log
from poll_server.domain.access import Role
from poll_server.domain.accounts import Organiser
from poll_server.domain.programme import SeriesDraft
from poll_server.domain.rounds import Event
from poll_server.storage import (
    attendance,
    contributions,
    deletion,
    details,
    events,
    journal,
    links,
    organisers,
    series,
    sharing,
)
from poll_server.storage.contributions import Hand
from poll_server.storage.database import Database
from poll_server.storage.deletion import Deleted
from poll_server.storage.journal import Line
from poll_server.storage.tables import AttendanceRow
from tests.storage.databases import definition, draft, stored

NOW = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
_numbers = itertools.count(1)


class Case(NamedTuple):
    """An event of so many slots, rounds, links, lines and partners; its owner with so many sessions; a series."""

    event: Event
    owner: Organiser
    series: str


async def case(database: Database, n: int) -> Case:
    """Make all of it with ``n`` rows each; another ``n`` events of the owner's are in the archive."""
    event = await stored(database, draft(*[[definition()]] * n))
    archived = [await stored(database) for _ in range(n)]
    async with database.write() as connection:
        people = []
        for _ in range(n + 1):
            name = f"lists {next(_numbers)}"
            people.append((await organisers.add(connection, name, Role.ORGANISER, NOW), name))
        owner = Organiser(people[0][0], people[0][1], Role.ORGANISER, True, NOW)
        for number in range(n):
            await organisers.begin(connection, owner.id, f"{owner.id} {number}", "Firefox", datetime.now(UTC))
            await links.make(connection, event.id, Role.SCREEN, f"Saal {number}", by="", at=NOW)
            await journal.note(connection, event.id, Line(Hand("moderator"), "open", event.question_ids[0], "Frage?"))
            await sharing.give(connection, event.id, people[number + 1][0], owner=False)
            await deletion.note(connection, Deleted(NOW, "weg", "Weg", "Kim"))
            row = {"event_id": event.id, "minute": NOW.replace(minute=number), "n": 7}
            await connection.execute(insert(AttendanceRow), row)
        for one in archived:
            await sharing.give(connection, one.id, owner.id, owner=True)
            await details.archive(connection, one.id, NOW)
        code, _ = await series.create_events(connection, [draft()] * n, SeriesDraft("Reihe", "de"))
        return Case(await events.load(connection, event.id), owner, code)


PAGES: dict[str, Callable[[AsyncConnection, Case], Awaitable[object]]] = {
    "archived events": lambda connection, here: sharing.listing(connection, here.owner, archived=True),
    "deleted events": lambda connection, _: deletion.deleted(connection),
    "sessions": lambda connection, here: organisers.sessions(connection, here.owner.id),
    "slots": lambda connection, here: events.load(connection, here.event.id),
    "links": lambda connection, here: links.of_events(connection, [here.event.id]),
    "links of organisers": lambda connection, here: links.of_organisers(connection, here.event.id),
    "log": lambda connection, here: log.read(connection, here.event),
    "partners": lambda connection, here: sharing.partners(connection, here.event.id),
    "series": lambda connection, here: series.find(connection, here.series),
    "series of an organiser": lambda connection, here: series.event_ids(connection, here.series, here.owner),
    "question times": lambda connection, here: contributions.sessions(connection, here.event.id),
    "log of questions": lambda connection, here: contributions.log(connection, here.event.id, ZoneInfo("UTC")),
    "attendance": lambda connection, here: attendance.series(connection, here.event.id),
}
"""The rest is tested beside what it reads: `test_library`, `test_dashboard`, `test_organisers`."""


@pytest.mark.parametrize("page", PAGES)
async def test_list_takes_as_many_queries_for_three_rows(database: Database, page: str) -> None:
    """One row or three: the statements are as many."""
    cases = [await case(database, n) for n in (1, 3)]
    counted = [await queries(database, PAGES[page], one) for one in cases]
    assert (counted[0] > 0, counted[1]) == (True, counted[0])


async def queries(database: Database, read: Callable[[AsyncConnection, Case], Awaitable[object]], here: Case) -> int:
    """How many statements a list takes."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    async with database.read() as connection:
        listening.listen(Engine, "before_cursor_execute", note)
        try:
            await read(connection, here)
        finally:
            listening.remove(Engine, "before_cursor_execute", note)
    return len(statements)
