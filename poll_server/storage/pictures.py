"""Pictures of notices, stored with their event."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from poll_server.storage.tables import PictureRow, QuestionRow, RoundRow, metadata


async def keep(connection: AsyncConnection, event_id: int, pictures: Mapping[str, bytes]) -> None:
    """Store the pictures of an event by name; those that it has already stay."""
    known = select(col(PictureRow.name)).where(col(PictureRow.event_id) == event_id, col(PictureRow.name).in_(pictures))
    there = set(await connection.scalars(known)) if pictures else set()
    new = [name for name in pictures if name not in there]
    rows = [{"event_id": event_id, "name": name, "content": pictures[name]} for name in new]
    if rows:
        await connection.execute(metadata.tables[str(PictureRow.__tablename__)].insert(), rows)


async def picture(connection: AsyncConnection, event_id: int, name: str) -> bytes | None:
    """Return the picture of an event with this name, None if there is none."""
    found = select(col(PictureRow.content)).where(col(PictureRow.event_id) == event_id, col(PictureRow.name) == name)
    return (await connection.execute(found)).scalar_one_or_none()


async def sort_out(connection: AsyncConnection, event_id: int) -> None:
    """Delete the pictures of an event that no question of it names any more."""
    here = col(PictureRow.event_id) == event_id
    stored = set(await connection.scalars(select(col(PictureRow.name)).where(here)))
    if not stored:
        return
    rounds = select(col(RoundRow.id)).where(col(RoundRow.event_id) == event_id)
    asked = await connection.scalars(select(col(QuestionRow.rules)).where(col(QuestionRow.round_id).in_(rounds)))
    named = {value for rules in asked for value in rules.values() if isinstance(value, str)}
    await connection.execute(delete(PictureRow).where(here, col(PictureRow.name).in_(stored - named)))
