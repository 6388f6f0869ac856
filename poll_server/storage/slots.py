"""The slots of a programme: stored, changed, moved, deleted one by one."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from poll_server.domain.contributions import SessionState
from poll_server.domain.errors import Conflict
from poll_server.domain.merging import Merger
from poll_server.domain.programme import Item, ItemDraft, ItemKind
from poll_server.domain.rounds import Event
from poll_server.domain.slots import Times
from poll_server.storage import contributions
from poll_server.storage.events import create_item
from poll_server.storage.steps import advance
from poll_server.storage.tables import DeedRow, ItemRow, RoundRow, SessionRow


async def add(connection: AsyncConnection, event: Event, drafts: Sequence[ItemDraft]) -> None:
    """Store further slots, each where its start belongs; raises Conflict."""
    await advance(connection, event, event.revision, {})
    session = AsyncSession(connection)
    for position, draft in enumerate(drafts, len(event.items)):
        await create_item(session, event.id, position, draft)
    await _in_order(session, event.id)


async def rewrite(connection: AsyncConnection, event: Event, item: Item, draft: ItemDraft) -> None:
    """Let a slot be what this draft says; raises Conflict.

    One that becomes a round or a question session gets it; the questions of a round that is none any more stay outside
    the programme.
    """
    await advance(connection, event, event.revision, {})
    session = AsyncSession(connection)
    await _write(session, event, item, draft, await session.get_one(ItemRow, item.id))
    await _in_order(session, event.id)


async def merge(connection: AsyncConnection, event: Event, merger: Merger) -> None:
    """Take a programme into the one that is there; raises Conflict, also where a session that goes has been opened."""
    await advance(connection, event, event.revision, {})
    session = AsyncSession(connection)
    for item in merger.gone:
        await _leave(session, event, item)
    await session.execute(delete(ItemRow).where(col(ItemRow.id).in_([item.id for item in merger.gone])))
    rows = {row.id: row for row in await session.scalars(select(ItemRow).where(col(ItemRow.event_id) == event.id))}
    for item, draft in merger.changed:
        await _write(session, event, item, draft, rows[item.id])
    for position, draft in enumerate(merger.new, len(event.items)):
        await create_item(session, event.id, position, draft)
    await _in_order(session, event.id)


async def _write(session: AsyncSession, event: Event, item: Item, draft: ItemDraft, row: ItemRow) -> None:
    row.starts, row.ends, row.about = draft.starts, draft.ends, draft.about
    row.title, row.description, row.kind = draft.title, draft.description, draft.kind
    row.people = [{"name": person.name, "role": person.role} for person in draft.people]
    if item.kind is ItemKind.ROUND and draft.title != item.title:
        named = update(RoundRow).where(col(RoundRow.item_id) == item.id, col(RoundRow.title) == item.title)
        await session.execute(named.values(title=draft.title))
    if draft.kind is not item.kind:
        await _leave(session, event, item)
        if draft.kind is ItemKind.QUESTION_SESSION:
            await contributions.create_session(session, item.id, draft.session)
        if draft.kind is ItemKind.ROUND:
            session.add(RoundRow(event_id=event.id, item_id=item.id, position=row.position, title=draft.title))


async def remove(connection: AsyncConnection, event: Event, items: Sequence[Item]) -> None:
    """Delete slots; rounds with questions stay outside the programme. Raises Conflict, also for an opened session."""
    await advance(connection, event, event.revision, {})
    session = AsyncSession(connection)
    for item in items:
        await _leave(session, event, item)
    await session.execute(delete(ItemRow).where(col(ItemRow.id).in_([item.id for item in items])))
    await _in_order(session, event.id)


async def retime(connection: AsyncConnection, event: Event, times: Times, order: Sequence[Item] = ()) -> None:
    """Give slots other times; of those that begin at once ``order`` says which comes first. Raises Conflict."""
    await advance(connection, event, event.revision, {})
    session = AsyncSession(connection)
    for item_id, (starts, ends) in times.items():
        await session.execute(update(ItemRow).where(col(ItemRow.id) == item_id).values(starts=starts, ends=ends))
    await _in_order(session, event.id, [item.id for item in order])


async def _leave(session: AsyncSession, event: Event, item: Item) -> None:
    """Take from a slot its round, which stays if it has questions, or its question session, if none has begun."""
    for round_ in event.rounds:
        if round_.item_id == item.id:
            here = col(RoundRow.id) == round_.id
            if round_.questions:
                await session.execute(update(RoundRow).where(here).values(item_id=None))
            else:
                await session.execute(delete(RoundRow).where(here))
    if item.kind is ItemKind.QUESTION_SESSION:
        await session.execute(delete(DeedRow).where(col(DeedRow.item_id) == item.id))
        here = (col(SessionRow.item_id) == item.id) & (col(SessionRow.state) == SessionState.READY)
        if (await (await session.connection()).execute(delete(SessionRow).where(here))).rowcount != 1:
            raise Conflict("conflict")


async def _in_order(session: AsyncSession, event_id: int, order: Sequence[int] = ()) -> None:
    """Number the slots in the order of time, and their rounds with them; those outside the programme come last."""
    await session.flush()
    rows = (await session.scalars(select(ItemRow).where(col(ItemRow.event_id) == event_id))).all()
    place = {item_id: at for at, item_id in enumerate(order)}
    for at, row in enumerate(sorted(rows, key=lambda row: (row.starts, place.get(row.id or 0, row.position), row.id))):
        row.position = at
    positions = {row.id: row.position for row in rows}
    for round_ in await session.scalars(select(RoundRow).where(col(RoundRow.event_id) == event_id)):
        round_.position = positions.get(round_.item_id, len(rows))
    await session.flush()
