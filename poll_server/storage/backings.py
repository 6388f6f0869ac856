"""Who backs which contribution; how many people do is counted by the database, over those that are joined."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.storage.tables import BackingRow, ContributionRow, metadata

_BACKINGS = metadata.tables[str(BackingRow.__tablename__)]
_CONTRIBUTIONS = metadata.tables[str(ContributionRow.__tablename__)]
_ROOT = case((_CONTRIBUTIONS.c.joined == 0, _CONTRIBUTIONS.c.id), else_=_CONTRIBUTIONS.c.joined)
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}

Backing = tuple[int, str]
"""Which contribution, and who."""


async def keep(connection: AsyncConnection, wishes: Mapping[Backing, bool]) -> None:
    """Store who backs which contribution now, and who does not any more. Twice is the same as once."""
    rows = [{"contribution_id": id_, "participant": who} for (id_, who), backed in sorted(wishes.items()) if backed]
    gone = [(id_, who) for (id_, who), backed in sorted(wishes.items()) if not backed]
    if rows:
        await connection.execute(_INSERT[connection.dialect.name](_BACKINGS).on_conflict_do_nothing(), rows)
    for id_, who in gone:
        await connection.execute(
            delete(_BACKINGS).where(_BACKINGS.c.contribution_id == id_, _BACKINGS.c.participant == who)
        )


async def count(connection: AsyncConnection, roots: Iterable[int]) -> dict[int, int]:
    """Return how many people back each of these contributions or one that is joined with it, each person once."""
    wanted = sorted(set(roots))
    if not wanted:
        return {}
    touched = or_(
        and_(_CONTRIBUTIONS.c.id.in_(wanted), _CONTRIBUTIONS.c.joined == 0), _CONTRIBUTIONS.c.joined.in_(wanted)
    )
    return dict.fromkeys(wanted, 0) | await _distinct(connection, touched)


async def count_all(connection: AsyncConnection, session_ids: Collection[int]) -> dict[int, int]:
    """Return the same of all contributions to these sessions that anybody backs."""
    return await _distinct(connection, _CONTRIBUTIONS.c.item_id.in_(session_ids))


async def _distinct(connection: AsyncConnection, which: ColumnElement[bool]) -> dict[int, int]:
    rows = (
        select(_ROOT.label("root"), func.count(_BACKINGS.c.participant.distinct()))
        .join(_BACKINGS, _BACKINGS.c.contribution_id == _CONTRIBUTIONS.c.id)
        .where(which)
        .group_by("root")
    )
    return {root: n for root, n in await connection.execute(rows)}  # noqa: C416 - rows are no pairs for mypy


async def backed(connection: AsyncConnection, session_ids: Collection[int]) -> dict[str, set[int]]:
    """Return the contributions to these sessions that each participant backs."""
    rows = (
        select(_BACKINGS)
        .join(_CONTRIBUTIONS, _CONTRIBUTIONS.c.id == _BACKINGS.c.contribution_id)
        .where(_CONTRIBUTIONS.c.item_id.in_(session_ids))
    )
    found: dict[str, set[int]] = {}
    for id_, who in await connection.execute(rows):
        found.setdefault(who, set()).add(id_)
    return found
