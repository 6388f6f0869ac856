"""An event for another day, made like one that was: all that was prepared of it, and nothing that came of it."""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from poll_server.domain.programme import SessionDraft
from poll_server.domain.rounds import State
from poll_server.storage import contributions
from poll_server.storage.details import move
from poll_server.storage.events import CodeTaken
from poll_server.storage.tables import EventRow, ItemRow, PictureRow, QuestionRow, RoundRow, SessionRow, metadata

_FRESH = {"revision": 0, "edition": 0, "current": None, "join_shown": False, "rehearsal": False, "archived": None}


async def copy(connection: AsyncConnection, event_id: int, title: str, day: date, code: str) -> int:
    """Make an event like another one on another day, with all that was prepared and nothing that came of it.

    Returns its id; raises CodeTaken. Slots keep their clocks' time.
    """
    event = metadata.tables[str(EventRow.__tablename__)]
    source = (await connection.execute(select(event).where(event.c.id == event_id))).one()._mapping
    days = (day - source["day"]).days
    last = source["last_day"] and source["last_day"] + timedelta(days)
    own = {"title": title, "day": day, "last_day": last, "code": code, "pseudonym_key": secrets.token_bytes(32)}
    try:
        async with connection.begin_nested():
            made = await _insert(connection, event, {**source, **_FRESH, **own})
    except IntegrityError as error:
        raise CodeTaken(code) from error
    items = await _copy_items(connection, event_id, made, days, ZoneInfo(source["time_zone"]))
    await _copy_rounds(connection, event_id, made, items)
    pictures = metadata.tables[str(PictureRow.__tablename__)]
    rows = select(literal(made), pictures.c.name, pictures.c.content).where(pictures.c.event_id == event_id)
    await connection.execute(insert(pictures).from_select(["event_id", "name", "content"], rows))
    return made


async def _copy_items(
    connection: AsyncConnection, event_id: int, made: int, days: int, zone: ZoneInfo
) -> dict[int, int]:
    """Copy the slots of an event, with what their question times were prepared as; return the new id of each."""
    items, sessions = (metadata.tables[str(table.__tablename__)] for table in (ItemRow, SessionRow))
    found: dict[int, int] = {}
    for row in (await connection.execute(select(items).where(items.c.event_id == event_id))).all():
        times = move(row, days, zone, zone)
        found[row.id] = await _insert(connection, items, {**row._mapping, **times, "event_id": made})
    here = select(sessions).where(sessions.c.item_id.in_(found))
    for row in (await connection.execute(here)).all():
        prepared = SessionDraft(row.moderated, row.maximum, row.listed)
        await contributions.create_session(AsyncSession(connection), found[row.item_id], prepared)
    return found


async def _copy_rounds(connection: AsyncConnection, event_id: int, made: int, items: Mapping[int, int]) -> None:
    rounds, questions = (metadata.tables[str(table.__tablename__)] for table in (RoundRow, QuestionRow))
    found: dict[int, int] = {}
    for row in (await connection.execute(select(rounds).where(rounds.c.event_id == event_id))).all():
        values = {**row._mapping, "event_id": made, "item_id": items.get(row.item_id)}
        found[row.id] = await _insert(connection, rounds, values)
    for row in (await connection.execute(select(questions).where(questions.c.round_id.in_(found)))).all():
        values = {**row._mapping, "round_id": found[row.round_id], "state": State.READY, "wave": 1}
        await _insert(connection, questions, values)


async def _insert(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> int:
    """Store a row under an id of its own, and return that."""
    fresh = {name: value for name, value in values.items() if name != "id"}
    made = await connection.execute(insert(table).values(fresh).returning(table.c.id))
    return int(made.scalar_one())
