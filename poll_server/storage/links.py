"""Reading and writing the secret links of an event. A secret is given out once, when it is made, and kept as a hash."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from poll_server.domain.access import Role
from poll_server.domain.errors import Conflict
from poll_server.domain.links import Link
from poll_server.domain.text import drawn, looked_up
from poll_server.storage.tables import LinkRow, OrganiserLinkRow, metadata

SIGNED = ""
"""The digest of a link whose key the installation signs: it can be told again."""
_LINKS = metadata.tables[str(LinkRow.__tablename__)]


class Made(NamedTuple):
    """A new link with its secret, which nobody can be told again."""

    link: Link
    secret: str


class Stamp(NamedTuple):
    """Changes whenever a link of any event is made or taken back."""

    newest: int
    made: int
    """Two that are made at once may be seen in another order than that of their ids."""
    revoked: int


def digest(secret: str) -> str:
    """Return the hash under which a secret is kept: it is random and long, so a plain one will do."""
    return sha256(secret.encode()).hexdigest()


async def make(
    connection: AsyncConnection,
    event_id: int,
    role: Role,
    name: str,
    *,
    by: str,
    at: datetime,
    expires: datetime | None = None,
) -> Made:
    """Make a link of 128 random bits; raises Conflict when one that was not taken back has a name that looks alike."""
    secret = secrets.token_hex(16)
    link = await _store(connection, event_id, Link(0, role, name, at, by, expires), digest(secret))
    return Made(link, secret)


async def sign(connection: AsyncConnection, event_id: int, role: Role, name: str, *, by: str, at: datetime) -> Link:
    """Make a link whose key the installation signs; raises as `make`."""
    return await _store(connection, event_id, Link(0, role, name, at, by), SIGNED)


async def _store(connection: AsyncConnection, event_id: int, link: Link, hashed: str) -> Link:
    names = select(_LINKS.c.name).where(_LINKS.c.event_id == event_id, _LINKS.c.revoked.is_(None))
    for name in (await connection.execute(names)).scalars():
        if looked_up(name) == looked_up(link.name):
            raise Conflict("link_taken")
        if drawn(name) == drawn(link.name):
            raise Conflict("link_alike", name=name)
    row = {
        "event_id": event_id,
        "role": link.role,
        "name": link.name,
        "digest": hashed,
        "made": link.made,
        "made_by": link.made_by,
        "expires": link.expires,
    }
    try:
        stored = await connection.execute(_LINKS.insert().returning(_LINKS.c.id), row)
    except IntegrityError as error:
        raise Conflict("link_taken") from error
    return Link(stored.scalar_one(), link.role, link.name, link.made, link.made_by, link.expires)


async def of_events(connection: AsyncConnection, event_ids: Collection[int]) -> dict[int, list[Link]]:
    """Return the links of each event, oldest first."""
    found: dict[int, list[Link]] = {event_id: [] for event_id in event_ids}
    rows = select(_LINKS).where(_LINKS.c.event_id.in_(event_ids)).order_by(_LINKS.c.id)
    for row in await connection.execute(rows):
        found[row.event_id].append(
            Link(row.id, Role(row.role), row.name, row.made, row.made_by, row.expires, row.revoked, row.seen)
        )
    return found


async def with_secret(connection: AsyncConnection, event_id: int, role: Role, secret: str) -> int | None:
    """Return the id of the link of this role with this secret."""
    rows = select(_LINKS.c.id).where(
        _LINKS.c.event_id == event_id, _LINKS.c.role == role, _LINKS.c.digest == digest(secret)
    )
    return (await connection.execute(rows)).scalar_one_or_none()


async def of_organisers(connection: AsyncConnection, event_id: int) -> set[int]:
    """Return the ids of the links by which organisers are at the desk of an event: nobody knows their secrets."""
    rows = select(_LINKS.c.id).join(OrganiserLinkRow, col(OrganiserLinkRow.link_id) == _LINKS.c.id)
    return set((await connection.execute(rows.where(_LINKS.c.event_id == event_id))).scalars())


async def signed(connection: AsyncConnection, event_id: int, role: Role) -> dict[str, int]:
    """Return the ids of the links of this role whose keys the installation signs, by name."""
    rows = select(_LINKS.c.name, _LINKS.c.id).where(
        _LINKS.c.event_id == event_id, _LINKS.c.role == role, _LINKS.c.digest == SIGNED
    )
    return {row.name: row.id for row in await connection.execute(rows)}


async def revoke(connection: AsyncConnection, event_id: int, link_id: int, at: datetime) -> bool:
    """Take a link of an event back for good; tells whether it was there and had not been."""
    here = (_LINKS.c.event_id == event_id, _LINKS.c.id == link_id, col(LinkRow.revoked).is_(None))
    taken = await connection.execute(update(_LINKS).where(*here).values(revoked=at))
    return taken.rowcount == 1


async def see(connection: AsyncConnection, seen: Mapping[int, datetime]) -> None:
    """Note when somebody was last on links, by id, to the minute."""
    for link_id, at in sorted(seen.items()):
        minute = at.replace(second=0, microsecond=0)
        await connection.execute(update(_LINKS).where(_LINKS.c.id == link_id).values(seen=minute))


async def stamp(connection: AsyncConnection) -> Stamp:
    """Return what tells whether links have been made or taken back since, in all events."""
    rows = select(func.coalesce(func.max(_LINKS.c.id), 0), func.count(), func.count(_LINKS.c.revoked))
    return Stamp(*(await connection.execute(rows)).one())
