"""Whose event is whose: owned by one organiser, shared with others; without an owner it is the administrators'."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from poll_server.domain.access import Role
from poll_server.domain.accounts import Listed, Organiser
from poll_server.domain.contributions import NAME_MAXIMUM
from poll_server.domain.links import free_name
from poll_server.domain.text import fold
from poll_server.storage import links
from poll_server.storage.tables import (
    EventOrganiserRow,
    EventRow,
    ItemRow,
    LinkRow,
    OrganiserLinkRow,
    OrganiserRow,
)


class Part(NamedTuple):
    """An organiser's part in an event: its id, and whether they may share and delete it."""

    event_id: int
    owns: bool


class Partner(NamedTuple):
    """An organiser of an event."""

    id: int
    name: str
    owner: bool


async def give(connection: AsyncConnection, event_id: int, organiser_id: int, *, owner: bool) -> bool:
    """Make an organiser the owner of an event, or share it; returns whether it was not theirs already."""
    row = {"event_id": event_id, "organiser_id": organiser_id, "owner": owner}
    try:
        async with connection.begin_nested():
            await connection.execute(insert(EventOrganiserRow), row)
    except IntegrityError:
        return False
    return True


async def hand_over(connection: AsyncConnection, event_id: int, organiser_id: int) -> bool:
    """Make an organiser the owner of an event, also one with whom it is shared; returns whether it had no owner."""
    here = col(EventOrganiserRow.event_id) == event_id
    if (
        await connection.execute(select(col(EventOrganiserRow.event_id)).where(here, col(EventOrganiserRow.owner)))
    ).all():
        return False
    if not await give(connection, event_id, organiser_id, owner=True):
        theirs = update(EventOrganiserRow).where(here, col(EventOrganiserRow.organiser_id) == organiser_id)
        await connection.execute(theirs.values(owner=True))
    return True


async def take_back(connection: AsyncConnection, event_id: int, organiser_id: int, now: datetime) -> bool:
    """End the sharing of an event with an organiser, who is out of its desk then; its owner keeps it.

    Returns whether it was shared.
    """
    ended = await connection.execute(
        delete(EventOrganiserRow).where(
            col(EventOrganiserRow.event_id) == event_id,
            col(EventOrganiserRow.organiser_id) == organiser_id,
            col(EventOrganiserRow.owner).is_(False),
        )
    )
    if ended.rowcount:
        await leave_desks(connection, organiser_id, now, event_id)
    return ended.rowcount == 1


async def leave_desks(connection: AsyncConnection, organiser_id: int, now: datetime, event_id: int = 0) -> None:
    """Take back the links by which an organiser is at desks: of one event, or of all."""
    own = select(col(OrganiserLinkRow.link_id)).where(col(OrganiserLinkRow.organiser_id) == organiser_id)
    taken = update(LinkRow).where(col(LinkRow.id).in_(own), col(LinkRow.revoked).is_(None)).values(revoked=now)
    await connection.execute(taken.where(col(LinkRow.event_id) == event_id) if event_id else taken)


async def desk_link(connection: AsyncConnection, event_id: int, organiser_id: int) -> int | None:
    """Return the id of the link by which an organiser is at the desk of an event; None for who never was."""
    own = select(col(LinkRow.id)).join(OrganiserLinkRow, col(OrganiserLinkRow.link_id) == col(LinkRow.id))
    here = own.where(col(LinkRow.event_id) == event_id, col(LinkRow.revoked).is_(None))
    wanted = here.where(col(OrganiserLinkRow.organiser_id) == organiser_id).order_by(col(LinkRow.id)).limit(1)
    return (await connection.execute(wanted)).scalar_one_or_none()


async def make_desk_link(connection: AsyncConnection, event_id: int, organiser: Organiser, now: datetime) -> int:
    """Make that link, unless there is one, and return its id; it has the organiser's name, for logs."""
    if found := await desk_link(connection, event_id, organiser.id):
        return found
    known = (await links.of_events(connection, [event_id]))[event_id]
    name = free_name(fold(organiser.name, NAME_MAXIMUM), {link.name for link in known if not link.revoked})
    link, _ = await links.make(connection, event_id, Role.MODERATOR, name, by=organiser.name, at=now)
    await connection.execute(insert(OrganiserLinkRow), {"link_id": link.id, "organiser_id": organiser.id})
    return link.id


async def part_in(connection: AsyncConnection, organiser: Organiser, code: str) -> Part | None:
    """Return an organiser's part in the event with a join code; None in one that is not theirs, or not there."""
    wanted = select(col(EventRow.id), col(EventOrganiserRow.owner)).select_from(EventRow)
    wanted = wanted.outerjoin(EventOrganiserRow, _theirs(organiser))
    row = (await connection.execute(wanted.where(col(EventRow.code) == code))).one_or_none()
    if row is None or (row.owner is None and not organiser.is_administrator):
        return None
    assert row.id is not None
    return Part(row.id, bool(row.owner) or organiser.is_administrator)


async def partners(connection: AsyncConnection, event_id: int) -> Sequence[Partner]:
    """Return the organisers of an event, its owner first."""
    wanted = (
        select(col(OrganiserRow.id), col(OrganiserRow.name), col(EventOrganiserRow.owner))
        .join(EventOrganiserRow, col(EventOrganiserRow.organiser_id) == col(OrganiserRow.id))
        .where(col(EventOrganiserRow.event_id) == event_id)
        .order_by(col(EventOrganiserRow.owner).desc(), col(OrganiserRow.sign_in))
    )
    return [Partner(row.id or 0, row.name, row.owner) for row in await connection.execute(wanted)]


async def listing(connection: AsyncConnection, organiser: Organiser, *, archived: bool = False) -> Sequence[Listed]:
    """Return an organiser's own and shared events, an administrator's are all; newest day first. It is one query.

    They are those that are not in the archive, or those that are ``archived``.
    """
    owner = EventOrganiserRow.__table__.alias()  # type: ignore[attr-defined]  # made by SQLModel
    named = OrganiserRow.__table__.alias()  # type: ignore[attr-defined]  # made by SQLModel
    ends = (
        select(col(ItemRow.event_id), func.max(func.coalesce(col(ItemRow.ends), col(ItemRow.starts))).label("ends"))
        .group_by(col(ItemRow.event_id))
        .subquery()
    )
    wanted: Any = (
        select(
            *(col(EventRow.code), col(EventRow.title), col(EventRow.day), col(EventRow.time_zone)),
            *(
                col(EventRow.last_day),
                ends.c.ends,
                named.c.name.label("owner"),
                col(EventOrganiserRow.owner).label("own"),
            ),
        )
        .select_from(EventRow)
        .outerjoin(EventOrganiserRow, _theirs(organiser))
        .outerjoin(owner, and_(owner.c.event_id == col(EventRow.id), owner.c.owner))
        .outerjoin(named, named.c.id == owner.c.organiser_id)
        .outerjoin(ends, ends.c.event_id == col(EventRow.id))
        .order_by(col(EventRow.day).desc(), col(EventRow.id).desc())
    )
    there = col(EventRow.archived)
    wanted = wanted.where(there.is_not(None) if archived else there.is_(None))
    if not organiser.is_administrator:
        wanted = wanted.where(col(EventOrganiserRow.organiser_id).is_not(None))
    return [_listed(row) for row in await connection.execute(wanted)]


def _theirs(organiser: Organiser) -> Any:
    """An organiser's part in the event of a row."""
    mine = col(EventOrganiserRow.organiser_id) == organiser.id
    return and_(col(EventOrganiserRow.event_id) == col(EventRow.id), mine)


def _listed(row: Any) -> Listed:
    ends: datetime | None = row.ends
    last = ends.astimezone(ZoneInfo(row.time_zone)).date() if ends else row.day
    return Listed(
        row.code,
        row.title,
        row.day,
        max(row.day, row.last_day or row.day, last),
        row.time_zone,
        row.owner or "",
        bool(row.own),
    )
