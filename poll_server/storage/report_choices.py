"""What organisers have chosen for the documentation of an event, as fields that others read and write."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.storage.tables import EventRow, ReportChoiceRow, metadata

_CHOICES = metadata.tables[str(ReportChoiceRow.__tablename__)]
_EVENTS = metadata.tables[str(EventRow.__tablename__)]


class Kept(NamedTuple):
    """What was chosen, empty for nothing yet, and whether everybody may read the documentation."""

    choice: Mapping[str, Any]
    public: bool


async def find(connection: AsyncConnection, event_id: int) -> Kept:
    """Return what was chosen for an event."""
    rows = select(_CHOICES.c.choice, _CHOICES.c.public).where(_CHOICES.c.event_id == event_id)
    found = (await connection.execute(rows)).one_or_none()
    return Kept(found.choice, found.public) if found else Kept({}, public=False)


async def published(connection: AsyncConnection, event_id: int) -> Mapping[str, Any] | None:
    """Return what was chosen for an event whose documentation everybody may read; None while nobody may.

    While a rehearsal runs nobody may.
    """
    rows = (
        select(_CHOICES.c.choice)
        .join(_EVENTS, _EVENTS.c.id == _CHOICES.c.event_id)
        .where(_CHOICES.c.event_id == event_id, _CHOICES.c.public, _EVENTS.c.rehearsal.is_(False))
    )
    found: Mapping[str, Any] | None = (await connection.execute(rows)).scalar_one_or_none()
    return found


async def keep(connection: AsyncConnection, event_id: int, kept: Kept) -> None:
    """Store what was chosen, in the place of what was before."""
    await connection.execute(delete(_CHOICES).where(_CHOICES.c.event_id == event_id))
    row = {"event_id": event_id, "choice": dict(kept.choice), "public": kept.public}
    await connection.execute(insert(_CHOICES).values(row))
