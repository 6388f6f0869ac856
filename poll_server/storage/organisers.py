"""Organisers' accounts, the browsers that they have signed in with, and links to set a password.

What a cookie or a link says is stored as its hash only (SHA-256: it is random, so nothing slower is needed).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from poll_server.domain.access import Role
from poll_server.domain.accounts import LINK_LASTS, SESSION_LASTS, SESSION_RESTS, Organiser, Session, sign_in_name
from poll_server.domain.text import fold
from poll_server.storage.tables import OrganiserRow, OrganiserSessionRow, PasswordLinkRow

_ORGANISER = (
    *(col(OrganiserRow.id), col(OrganiserRow.name), col(OrganiserRow.role)),
    *(col(OrganiserRow.active), col(OrganiserRow.created)),
)


class NameTaken(Exception):
    """Somebody else signs in with this name."""


async def add(connection: AsyncConnection, name: str, role: Role, now: datetime) -> int:
    """Store an organiser without a password and return the id; raises NameTaken."""
    row = {"sign_in": sign_in_name(name), "name": fold(name), "password": "", "role": role, "created": now}
    try:
        made = await connection.execute(insert(OrganiserRow).returning(col(OrganiserRow.id)), row | {"active": True})
    except IntegrityError as error:
        raise NameTaken(name) from error
    return made.scalar_one() or 0


async def everyone(connection: AsyncConnection) -> Sequence[Organiser]:
    """Return all organisers in the order of their making."""
    rows = await connection.execute(select(*_ORGANISER).order_by(col(OrganiserRow.id)))
    return [_organiser(row) for row in rows]


async def find(connection: AsyncConnection, name: str) -> Organiser | None:
    """Return the organiser who signs in with a name, however it is typed."""
    row = (await connection.execute(select(*_ORGANISER).where(_named(name)))).one_or_none()
    return row and _organiser(row)


async def password_of(connection: AsyncConnection, name: str) -> tuple[Organiser, str] | None:
    """Return who signs in with a name, and the hash of the password; None for nobody, and for whom there is none."""
    wanted = select(*_ORGANISER, col(OrganiserRow.password)).where(
        _named(name), col(OrganiserRow.active), col(OrganiserRow.password) != ""
    )
    row = (await connection.execute(wanted)).one_or_none()
    return row and (_organiser(row), row.password)


async def activate(connection: AsyncConnection, organiser_id: int, active: bool) -> None:
    """Let an organiser sign in, or end it: all sessions and links end with it."""
    await connection.execute(update(OrganiserRow).where(col(OrganiserRow.id) == organiser_id).values(active=active))
    if not active:
        await end_sessions(connection, organiser_id)
        await connection.execute(delete(PasswordLinkRow).where(col(PasswordLinkRow.organiser_id) == organiser_id))


async def keep_password(connection: AsyncConnection, organiser_id: int, password: str) -> None:
    """Store the hash of a password."""
    await connection.execute(update(OrganiserRow).where(col(OrganiserRow.id) == organiser_id).values(password=password))


async def offer_link(connection: AsyncConnection, organiser_id: int, digest: str, now: datetime) -> None:
    """Store the hash of a link to set a password; earlier ones of this organiser end."""
    await connection.execute(delete(PasswordLinkRow).where(col(PasswordLinkRow.organiser_id) == organiser_id))
    row = {"digest": digest, "organiser_id": organiser_id, "expires": now + LINK_LASTS, "used": None}
    await connection.execute(insert(PasswordLinkRow), row)


async def offered(connection: AsyncConnection, digest: str, now: datetime) -> Organiser | None:
    """Return whose password a link sets; None for one that is used, too old or not ours."""
    wanted = select(*_ORGANISER).join(PasswordLinkRow, col(PasswordLinkRow.organiser_id) == col(OrganiserRow.id))
    row = (await connection.execute(wanted.where(_usable(digest, now), col(OrganiserRow.active)))).one_or_none()
    return row and _organiser(row)


async def use_link(connection: AsyncConnection, digest: str, now: datetime) -> bool:
    """Use a link up; of two at the same moment one can."""
    used = await connection.execute(update(PasswordLinkRow).where(_usable(digest, now)).values(used=now))
    return used.rowcount == 1


async def begin(connection: AsyncConnection, organiser_id: int, digest: str, browser: str, now: datetime) -> int:
    """Store a session and return its id; sessions that are over are forgotten."""
    created, seen = col(OrganiserSessionRow.created), col(OrganiserSessionRow.seen)
    over = or_(created < now - SESSION_LASTS, seen < now - SESSION_RESTS)
    await connection.execute(delete(OrganiserSessionRow).where(over))
    row = {"organiser_id": organiser_id, "digest": digest, "browser": browser, "created": now, "seen": now}
    made = await connection.execute(insert(OrganiserSessionRow).returning(col(OrganiserSessionRow.id)), row)
    return made.scalar_one() or 0


async def resume(connection: AsyncConnection, digest: str) -> tuple[Organiser, Session] | None:
    """Return who has signed in with a session, over or not; None without one, and for an account that is ended."""
    found = select(*_ORGANISER, *_SESSION).join(
        OrganiserRow, col(OrganiserRow.id) == col(OrganiserSessionRow.organiser_id)
    )
    wanted = found.where(col(OrganiserSessionRow.digest) == digest, col(OrganiserRow.active))
    row = (await connection.execute(wanted)).one_or_none()
    return row and (_organiser(row), _session(row))


async def note_seen(connection: AsyncConnection, session_id: int, now: datetime) -> None:
    """Note that a session has been used."""
    await connection.execute(
        update(OrganiserSessionRow).where(col(OrganiserSessionRow.id) == session_id).values(seen=now)
    )


async def sessions(connection: AsyncConnection, organiser_id: int) -> Sequence[Session]:
    """Return an organiser's sessions, newest first."""
    wanted = select(*_SESSION).where(col(OrganiserSessionRow.organiser_id) == organiser_id)
    return [_session(row) for row in await connection.execute(wanted.order_by(col(OrganiserSessionRow.id).desc()))]


async def sessions_of(connection: AsyncConnection, session_ids: Collection[int]) -> Sequence[Session]:
    """Return those of these sessions that have not been ended, over by their age or not, of whomever they are."""
    wanted = select(*_SESSION).where(col(OrganiserSessionRow.id).in_(session_ids))
    return [_session(row) for row in await connection.execute(wanted)]


async def end_session(connection: AsyncConnection, organiser_id: int, session_id: int) -> None:
    """End one of an organiser's own sessions; that of somebody else stays."""
    await connection.execute(
        delete(OrganiserSessionRow).where(
            col(OrganiserSessionRow.id) == session_id, col(OrganiserSessionRow.organiser_id) == organiser_id
        )
    )


async def end_sessions(connection: AsyncConnection, organiser_id: int, but: int = 0) -> None:
    """End an organiser's sessions but one."""
    await connection.execute(
        delete(OrganiserSessionRow).where(
            col(OrganiserSessionRow.organiser_id) == organiser_id, col(OrganiserSessionRow.id) != but
        )
    )


_SESSION: tuple[Any, ...] = (
    col(OrganiserSessionRow.id).label("session_id"),
    col(OrganiserSessionRow.created).label("begun"),
    *(col(OrganiserSessionRow.seen), col(OrganiserSessionRow.browser)),
)


def _named(name: str) -> Any:
    return col(OrganiserRow.sign_in) == sign_in_name(name)


def _usable(digest: str, now: datetime) -> Any:
    link = col(PasswordLinkRow.digest) == digest
    return link & col(PasswordLinkRow.used).is_(None) & (col(PasswordLinkRow.expires) > now)


def _organiser(row: Any) -> Organiser:
    return Organiser(row.id, row.name, Role(row.role), row.active, row.created)


def _session(row: Any) -> Session:
    return Session(row.session_id, row.begun, row.seen, row.browser)
