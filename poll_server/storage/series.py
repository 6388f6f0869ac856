"""Series: made with their events, and read for their public page."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from poll_server.domain.accounts import Organiser
from poll_server.domain.programme import EventDraft, Series, SeriesDraft, SeriesEvent
from poll_server.storage import events
from poll_server.storage.tables import EventOrganiserRow, EventRow, ItemRow, SeriesRow


async def create(connection: AsyncConnection, draft: SeriesDraft, code: str) -> int:
    """Store a series without its events and return its id."""
    session = AsyncSession(connection)
    row = SeriesRow(code=code, title=draft.title, organisers=draft.organisers, language=draft.language)
    session.add(row)
    await session.flush()
    assert row.id is not None
    return row.id


async def create_events(
    connection: AsyncConnection, drafts: Sequence[EventDraft], whole: SeriesDraft | None
) -> tuple[str, list[tuple[int, str]]]:
    """Store events under new codes, maybe as a series.

    Return the code of the series, empty without one, and of each event its id and code.
    """
    code, made = events.new_code() if whole else "", []
    series_id = await create(connection, whole, code) if whole else None
    for draft in drafts:
        event_code = events.new_code()
        event_id = await events.create(connection, draft, event_code, secrets.token_bytes(32), series_id)
        made.append((event_id, event_code))
    return code, made


async def find(connection: AsyncConnection, code: str) -> Series | None:
    """Return the series with this code, with its events in the order of their days."""
    session = AsyncSession(connection)
    row = (await session.scalars(select(SeriesRow).where(col(SeriesRow.code) == code))).one_or_none()
    if row is None:
        return None
    rows = (
        select(
            col(EventRow.code),
            col(EventRow.title),
            col(EventRow.day),
            col(EventRow.time_zone),
            func.min(col(ItemRow.starts)),
            func.max(func.coalesce(col(ItemRow.ends), col(ItemRow.starts))),
        )
        .outerjoin(ItemRow, col(ItemRow.event_id) == col(EventRow.id))
        .where(col(EventRow.series_id) == row.id)
        .group_by(col(EventRow.id))
        .order_by(col(EventRow.day), func.min(col(ItemRow.starts)), col(EventRow.id))
    )
    listed = tuple(_event(*found) for found in await connection.execute(rows))
    return Series(row.code, row.title, row.organisers, row.language, listed)


async def event_ids(connection: AsyncConnection, code: str, organiser: Organiser | None = None) -> dict[str, int]:
    """Return the events of a series that an organiser may see, code and id; an administrator, or nobody, sees all."""
    wanted = select(col(EventRow.code), col(EventRow.id)).join(SeriesRow, col(SeriesRow.id) == col(EventRow.series_id))
    wanted = wanted.where(col(SeriesRow.code) == code).order_by(col(EventRow.id))
    if organiser and not organiser.is_administrator:
        mine = select(col(EventOrganiserRow.event_id)).where(col(EventOrganiserRow.organiser_id) == organiser.id)
        wanted = wanted.where(col(EventRow.id).in_(mine))
    return {found: id or 0 for found, id in await connection.execute(wanted)}


def _event(
    code: str, title: str, day: date, time_zone: str, starts: datetime | None, ends: datetime | None
) -> SeriesEvent:
    """Return an event as the series lists it; without a programme both times are None."""
    zone = ZoneInfo(time_zone)
    if starts is None or ends is None:
        return SeriesEvent(code, title, day, None, None)
    return SeriesEvent(code, title, day, starts.astimezone(zone), ends.astimezone(zone) if ends > starts else None)
