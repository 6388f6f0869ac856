"""What organisers read of an event in numbers, on both databases."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy import event as listening
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.rounds import Event
from poll_server.storage import attendance, dashboard
from poll_server.storage.database import Database
from poll_server.storage.tables import TallyRow, VotedRow, WaveRow
from tests.storage.databases import definition, draft, stored

MINUTE = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


async def test_minutes_are_kept_once(database: Database) -> None:
    """What is stored of a minute stands; each event has its own, in the order of time."""
    one, other = await stored(database), await stored(database)
    async with database.write() as connection:
        for minute, present in ((1, {one.id: 7}), (0, {one.id: 5, other.id: 1, 2**40: 3}), (0, {one.id: 9})):
            await attendance.note(connection, database.dialect, MINUTE + timedelta(minutes=minute), present)
    async with database.read() as connection:
        found = [await attendance.series(connection, event.id) for event in (one, other)]
        assert await attendance.minutes(connection, one.id) == 2
    assert found == [[(MINUTE, 5), (MINUTE + timedelta(minutes=1), 7)], [(MINUTE, 1)]]


async def test_askings_add_up_groups_and_leave_out_rehearsals(database: Database) -> None:
    """Who answered and who abstained is added up over groups; rehearsed and discarded askings are left out."""
    event = await stored(database, draft([definition(), definition()]))
    first, second = (question.id for question in event.questions)
    async with database.write() as connection:
        await _asked(connection, first, 1, present=9)
        await _asked(connection, first, 2, discarded=True)
        await _asked(connection, second, 1, rehearsal=True)
        await _asked(connection, second, 2)
        for wave, group, key, n in ((1, "", "#", 3), (1, "g1", "#", 4), (1, "g1", "-", 2), (1, "", "o1", 7)):
            row = {"question_id": first, "wave": wave, "grp": group, "key": key, "n": n}
            await connection.execute(insert(TallyRow), row)
        voted = [{"question_id": second, "wave": 2, "participant": who} for who in ("a", "b")]
        await connection.execute(insert(VotedRow), voted)
    async with database.read() as connection:
        found = await dashboard.askings(connection, event)
    assert [(one.question_id, one.wave, one.present, one.answered, one.abstained) for one in found] == [
        (first, 1, 9, 7, 2),
        (second, 2, 0, 2, 0),
    ]


async def _asked(connection: AsyncConnection, question_id: int, wave: int, **values: Any) -> None:
    opened = MINUTE + timedelta(minutes=wave)
    defaults = {"present": 0, "discarded": False, "rehearsal": False}
    row = {"question_id": question_id, "wave": wave, "opened": opened, "closed": opened} | defaults | values
    await connection.execute(insert(WaveRow), row)


async def test_numbers_take_as_many_queries_for_three_questions(database: Database) -> None:
    """One question or three: each part of the page is the same number of queries."""
    events = [await stored(database, draft([definition()] * n)) for n in (1, 3)]
    for read in (dashboard.askings, dashboard.contributions, dashboard.unread):
        counted = [await _queries(database, event, read) for event in events]
        assert counted[0] == counted[1]


async def _queries(
    database: Database, event: Event, read: Callable[[AsyncConnection, Event], Awaitable[object]]
) -> int:
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    async with database.read() as connection:
        listening.listen(Engine, "before_cursor_execute", note)
        try:
            await read(connection, event)
        finally:
            listening.remove(Engine, "before_cursor_execute", note)
    return len(statements)
