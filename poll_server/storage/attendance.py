"""How many people were at an event, minute by minute: numbers only, and none for a minute in which nobody was."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from poll_server.storage.tables import AttendanceRow, EventRow, metadata

MINUTES_MAXIMUM = 20_000
"""So many are kept of an event: two weeks without a pause."""
_ATTENDANCE = metadata.tables[str(AttendanceRow.__tablename__)]
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


async def note(connection: AsyncConnection, dialect: str, minute: datetime, present: Mapping[int, int]) -> None:
    """Keep how many were there in a minute, by event; what is stored of it already stands. Deleted events have none."""
    known = (await connection.execute(select(col(EventRow.id)).where(col(EventRow.id).in_(present)))).scalars().all()
    rows = [{"event_id": id_, "minute": minute, "n": present[id_]} for id_ in sorted(filter(None, known))]
    if rows:
        await connection.execute(_INSERT[dialect](_ATTENDANCE).on_conflict_do_nothing(), rows)


async def minutes(connection: AsyncConnection, event_id: int) -> int:
    """Return how many minutes of an event are stored."""
    rows = select(func.count()).select_from(_ATTENDANCE).where(_ATTENDANCE.c.event_id == event_id)
    return int((await connection.execute(rows)).scalar_one())


async def series(connection: AsyncConnection, event_id: int) -> Sequence[tuple[datetime, int]]:
    """Return the minutes of an event in which somebody was there, in their order, with how many."""
    rows = select(_ATTENDANCE.c.minute, _ATTENDANCE.c.n).where(_ATTENDANCE.c.event_id == event_id)
    return [(row.minute, row.n) for row in await connection.execute(rows.order_by(_ATTENDANCE.c.minute))]
