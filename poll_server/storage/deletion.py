"""Deleting an event with all that is its own, whichever tables there are; what is kept is that it was deleted."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Table, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.storage.tables import DeletedEventRow, EventRow, metadata

TOLD_MAXIMUM = 200
"""Deleted events that are told of, the latest ones."""
_EVENT = metadata.tables[str(EventRow.__tablename__)]
_DELETED = metadata.tables[str(DeletedEventRow.__tablename__)]


class Deleted(NamedTuple):
    """An event that was deleted: when, which, and by whom."""

    at: datetime
    code: str
    title: str
    by: str


def of_event(table: Table, event_id: int) -> ColumnElement[bool] | None:
    """Return which rows of a table are an event's own: those that cannot be without it. None for tables without any."""
    if table is _EVENT:
        return _EVENT.c.id == event_id
    conditions = [_pointing(key, event_id) for key in _keys(table) if not key.parent.nullable]
    found = [one for one in conditions if one is not None]
    return or_(*found) if found else None


async def delete_event(connection: AsyncConnection, event_id: int) -> None:
    """Delete an event and everything that is its own; what only mentions it, and lasts, mentions nothing then."""
    tables = metadata.sorted_tables
    for table in tables:
        for key in _keys(table):
            pointing = _pointing(key, event_id) if key.parent.nullable else None
            if pointing is not None:
                await connection.execute(update(table).where(pointing).values({key.parent: None}))
    for table in reversed(tables):
        own = of_event(table, event_id)
        if own is not None:
            await connection.execute(delete(table).where(own))


async def note(connection: AsyncConnection, gone: Deleted) -> None:
    """Keep that an event was deleted; nothing of it is out of the files yet."""
    await connection.execute(insert(_DELETED), gone._asdict() | {"swept": False})


async def deleted(connection: AsyncConnection) -> Sequence[Deleted]:
    """Return the events that were deleted, the latest first."""
    wanted = select(*(_DELETED.c[name] for name in Deleted._fields)).order_by(_DELETED.c.id.desc()).limit(TOLD_MAXIMUM)
    return [Deleted(*row) for row in await connection.execute(wanted)]


async def unswept(connection: AsyncConnection) -> Sequence[int]:
    """Return the ids of those whose bytes may still be in the files."""
    return (await connection.execute(select(_DELETED.c.id).where(_DELETED.c.swept.is_(False)))).scalars().all()


async def keep_swept(connection: AsyncConnection, ids: Collection[int]) -> None:
    """Note that nothing of these is in the files any more."""
    await connection.execute(update(_DELETED).where(_DELETED.c.id.in_(ids)).values(swept=True))


def _keys(table: Table) -> Iterator[ForeignKey]:
    return iter(sorted(table.foreign_keys, key=lambda key: str(key.parent.name)))


def _pointing(key: ForeignKey, event_id: int) -> ColumnElement[bool] | None:
    """Return which rows point by this column to something of the event's own."""
    target = key.column
    own = of_event(target.table, event_id)
    if own is None:
        return None
    column: Any = key.parent
    return column == event_id if target.table is _EVENT else column.in_(select(target).where(own))  # type: ignore[no-any-return]
