"""Moving an event to another day."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from poll_server.storage.tables import EventRow, ItemRow


async def move(connection: AsyncConnection, event_id: int, day: date) -> None:
    """Move an event and its programme to ``day``, at the same times of its wall clock; what was asked stays."""
    session = AsyncSession(connection)
    event = await session.get_one(EventRow, event_id)
    zone, by = ZoneInfo(event.time_zone), day - event.day
    event.day = day
    for item in await session.scalars(select(ItemRow).where(col(ItemRow.event_id) == event_id)):
        # Within a time zone Python adds days, not hours: over a change of the clocks 9.30 stays 9.30.
        item.starts = item.starts.astimezone(zone) + by
        item.ends = item.ends and item.ends.astimezone(zone) + by
    await session.flush()
