"""Reading and writing what the audience asks the panel: sessions, contributions, and what was done with them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from poll_server.domain.contributions import Contribution, Fate, Session, SessionAction, SessionState
from poll_server.domain.errors import Conflict
from poll_server.domain.fates import Turn, turn
from poll_server.domain.moderation import difference
from poll_server.domain.programme import SessionDraft
from poll_server.storage.tables import (
    BackingRow,
    ContributionRow,
    DeedRow,
    EventRow,
    ItemRow,
    SessionRow,
    metadata,
)

_CONTRIBUTIONS = metadata.tables[str(ContributionRow.__tablename__)]
_DEEDS = metadata.tables[str(DeedRow.__tablename__)]
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_READ_AT_ONCE = 500

Sending = tuple[int, str, UUID]
"""Which session, who, and the client's own id of what was sent: unique in the database."""


class Rules(NamedTuple):
    """What an organiser has set for all sessions of an event: reasons to decline, blocked words by language."""

    reasons: tuple[str, ...] = ()
    blocked: Mapping[str, tuple[str, ...]] = {}


class Hand(NamedTuple):
    """Whose deed it was: the role, and the name of the link that opened the page, maybe empty."""

    role: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; ``contribution`` is None for a step of the session."""

    at: datetime
    session: int
    contribution: int | None
    role: str
    link: str
    deed: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    batch: str


async def create_session(session: AsyncSession, item_id: int, draft: SessionDraft) -> None:
    """Store the session of a programme item."""
    session.add(SessionRow(item_id=item_id, state=SessionState.READY, **asdict(draft)))
    await session.flush()


async def sessions(connection: AsyncConnection, event_id: int) -> dict[int, Session]:
    """Return the sessions of an event in the order of its programme, by the id of their item."""
    rows = (
        select(SessionRow, ItemRow)
        .join(ItemRow, col(ItemRow.id) == col(SessionRow.item_id))
        .where(col(ItemRow.event_id) == event_id)
        .order_by(col(ItemRow.position))
    )
    found = await AsyncSession(connection).execute(rows)
    return {
        row.item_id: Session(
            row.item_id,
            SessionState(row.state),
            row.moderated,
            row.maximum,
            row.listed,
            row.revision,
            item.title,
            tuple(person["name"] for person in item.people),
        )
        for row, item in found
    }


async def rules(connection: AsyncConnection, event_id: int) -> Rules:
    """Return what the organiser of an event has set."""
    rows = select(col(EventRow.decline_reasons), col(EventRow.blocked_words)).where(col(EventRow.id) == event_id)
    reasons, blocked = (await connection.execute(rows)).one()
    return Rules(tuple(reasons), {language: tuple(lines) for language, lines in blocked.items()})


async def contributions(
    connection: AsyncConnection, session_ids: Collection[int], zone: ZoneInfo
) -> dict[int, Contribution]:
    """Return all contributions to these sessions by id, oldest first."""
    rows = select(_CONTRIBUTIONS).where(_CONTRIBUTIONS.c.item_id.in_(session_ids)).order_by(_CONTRIBUTIONS.c.id)
    return {row.id: _contribution(row._asdict(), zone) for row in await connection.execute(rows)}


def _contribution(values: dict[str, Any], zone: ZoneInfo) -> Contribution:
    return Contribution(
        **values
        | {
            "fate": Fate(values["fate"]),
            "at": values["at"].astimezone(zone),
            "labels": tuple(values["labels"]),
            "hits": tuple(values["hits"]),
        }
    )


async def hold(connection: AsyncConnection, session_ids: Collection[int]) -> dict[int, SessionState]:
    """Hold the sessions against steps until the commit; return where each stands."""
    rows = (
        select(col(SessionRow.item_id), col(SessionRow.state))
        .where(col(SessionRow.item_id).in_(session_ids))
        .order_by(col(SessionRow.item_id))
    )
    held = await connection.execute(rows.with_for_update(read=True))
    return {item_id: SessionState(state) for item_id, state in held}


async def add(connection: AsyncConnection, new: Sequence[Contribution]) -> dict[Sending, Contribution]:
    """Store new contributions, whose ids are 0, to sessions that are held open.

    Returns what stands for each: what was stored before under the same id of its sender's stays as it is.
    """
    if not new:
        return {}
    zones = {_sending(one): one.at.tzinfo for one in new}
    rows = [{name: value for name, value in asdict(one).items() if name != "id"} for one in new]
    unique = ("item_id", "participant", "submission")
    statement = _INSERT[connection.dialect.name](_CONTRIBUTIONS).on_conflict_do_nothing(index_elements=unique)
    await connection.execute(statement, rows)
    found: dict[Sending, Contribution] = {}
    keys = list(zones)
    for start in range(0, len(keys), _READ_AT_ONCE):
        some = keys[start : start + _READ_AT_ONCE]
        stored = select(_CONTRIBUTIONS).where(
            tuple_(*(_CONTRIBUTIONS.c[name] for name in unique)).in_(some),
        )
        for row in await connection.execute(stored):
            sending = (row.item_id, row.participant, row.submission)
            zone = zones[sending]
            assert isinstance(zone, ZoneInfo)
            found[sending] = _contribution(row._asdict(), zone)
    return found


def _sending(one: Contribution) -> Sending:
    return (one.item_id, one.participant, one.submission)


async def change(
    connection: AsyncConnection,
    session_id: int,
    before: Mapping[int, Contribution],
    after: Mapping[int, Contribution],
) -> dict[int, Contribution]:
    """Store what a deed changes, each one only if its revision is that of ``before``, and return what stands.

    Raises Conflict when any of them has been changed meanwhile, or when the session is archived.
    """
    held = await connection.execute(
        select(col(SessionRow.state)).where(col(SessionRow.item_id) == session_id).with_for_update()
    )
    if held.scalar_one() == SessionState.ARCHIVED:
        raise Conflict("conflict")
    stands: dict[int, Contribution] = {}
    for id_, one in sorted(after.items()):
        old = before[id_]
        _, changed = difference(old, one)
        moved = await connection.execute(
            update(_CONTRIBUTIONS)
            .where(_CONTRIBUTIONS.c.id == id_, _CONTRIBUTIONS.c.revision == old.revision)
            .values(revision=old.revision + 1, **changed)
        )
        if moved.rowcount != 1:
            raise Conflict("conflict")
        stands[id_] = replace(one, revision=old.revision + 1)
    return stands


async def take_step(connection: AsyncConnection, session: Session, after: SessionState, *, rehearsal: bool) -> Session:
    """Bring a session from the state seen to another one; raises Conflict."""
    values: dict[str, Any] = {"state": after, "revision": session.revision + 1}
    if session.state is SessionState.READY:
        values["rehearsal"] = rehearsal
    moved = await connection.execute(
        update(SessionRow)
        .where(col(SessionRow.item_id) == session.item_id, col(SessionRow.revision) == session.revision)
        .values(**values)
    )
    if moved.rowcount != 1:
        raise Conflict("conflict")
    return replace(session, state=after, revision=session.revision + 1)


# The log


async def note_deeds(
    connection: AsyncConnection,
    session_id: int,
    deed: str,
    hand: Hand,
    at: datetime,
    batch: str,
    changed: Iterable[tuple[Contribution, Contribution]],
) -> None:
    """Write to the log what a deed has changed: each contribution before and after it."""
    common = {"item_id": session_id, "at": at, "role": hand.role, "link": hand.link, "deed": deed, "batch": batch}
    rows = []
    for before, after in sorted(changed, key=lambda pair: pair[0].id):
        old, new = difference(before, after)
        rows.append(common | {"contribution_id": before.id, "before": old, "after": new})
    if rows:
        await connection.execute(_DEEDS.insert(), rows)


async def note_step(
    connection: AsyncConnection, session: Session, action: SessionAction, after: SessionState, hand: Hand, at: datetime
) -> None:
    """Write to the log that a session was opened, closed or archived."""
    row = {"item_id": session.item_id, "contribution_id": None, "at": at, "role": hand.role, "link": hand.link}
    states = {"before": {"state": session.state}, "after": {"state": after}}
    await connection.execute(_DEEDS.insert(), row | {"deed": action, "batch": ""} | states)


async def log(connection: AsyncConnection, event_id: int, zone: ZoneInfo) -> list[Entry]:
    """Return the log of an event's sessions, oldest first."""
    here = select(col(ItemRow.id)).where(col(ItemRow.event_id) == event_id)
    rows = select(_DEEDS).where(_DEEDS.c.item_id.in_(here)).order_by(_DEEDS.c.id)
    return [
        Entry(
            row.at.astimezone(zone),
            row.item_id,
            row.contribution_id,
            row.role,
            row.link,
            row.deed,
            row.before,
            row.after,
            row.batch,
        )
        for row in await connection.execute(rows)
    ]


async def turns(connection: AsyncConnection, session_ids: Collection[int], zone: ZoneInfo) -> dict[int, list[Turn]]:
    """Return what the log tells the authors of each contribution to these sessions, oldest first."""
    named = select(_DEEDS.c.contribution_id, _DEEDS.c.at, _DEEDS.c.before, _DEEDS.c.after)
    here = (_DEEDS.c.item_id.in_(session_ids), _DEEDS.c.contribution_id.is_not(None))
    found: dict[int, list[Turn]] = {}
    for row in await connection.execute(named.where(*here).order_by(_DEEDS.c.id)):
        if one := turn(row.at.astimezone(zone), row.before, row.after):
            found.setdefault(row.contribution_id, []).append(one)
    return found


async def wipe(connection: AsyncConnection, event_id: int) -> None:
    """Delete what was sent in, backed and done in a rehearsal; sessions that it opened are ready again."""
    here = select(col(ItemRow.id)).where(col(ItemRow.event_id) == event_id)
    rehearsed = (
        select(_CONTRIBUTIONS.c.id)
        .where(_CONTRIBUTIONS.c.item_id.in_(here), _CONTRIBUTIONS.c.rehearsal)
        .scalar_subquery()
    )
    await connection.execute(delete(BackingRow).where(col(BackingRow.contribution_id).in_(rehearsed)))
    await connection.execute(delete(DeedRow).where(col(DeedRow.contribution_id).in_(rehearsed)))
    await connection.execute(update(ContributionRow).where(col(ContributionRow.joined).in_(rehearsed)).values(joined=0))
    await connection.execute(
        delete(ContributionRow).where(col(ContributionRow.item_id).in_(here), col(ContributionRow.rehearsal))
    )
    opened = (col(SessionRow.item_id).in_(here), col(SessionRow.rehearsal))
    sessions = select(col(SessionRow.item_id)).where(*opened)
    await connection.execute(
        delete(DeedRow).where(col(DeedRow.item_id).in_(sessions), col(DeedRow.contribution_id).is_(None))
    )
    await connection.execute(
        update(SessionRow)
        .where(*opened)
        .values(state=SessionState.READY, rehearsal=False, revision=col(SessionRow.revision) + 1)
    )
