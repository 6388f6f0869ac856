"""Preparing questions one by one: storing, changing and deleting them, and the log of what was corrected."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from poll_server.domain.access import Role
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Event, Question, Round
from poll_server.questions.mending import Change, Correction
from poll_server.storage.pictures import sort_out
from poll_server.storage.rounds import columns, insert_question
from poll_server.storage.steps import advance
from poll_server.storage.tables import CorrectionRow, QuestionRow, metadata


async def add(
    connection: AsyncConnection, event: Event, round_: Round, behind: Question | None, definition: Definition
) -> int:
    """Store a question behind one of this round, or else at its end, and return its id; raises Conflict."""
    await advance(connection, event, event.revision, {})
    here = col(QuestionRow.round_id) == round_.id
    place = here & (col(QuestionRow.id) == behind.id) if behind else here
    last = select(func.coalesce(func.max(col(QuestionRow.position)), -1)).where(place)
    position = (await connection.execute(last)).scalar_one() + 1
    return await insert_question(AsyncSession(connection), round_.id, position, definition)


async def rewrite(
    connection: AsyncConnection, event: Event, question: Question, definition: Definition, mended: Sequence[Change] = ()
) -> None:
    """Let a question be what this definition says, and log what was ``mended`` in it; raises Conflict.

    A picture that no question names any more is deleted.
    """
    await advance(connection, event, event.revision, {})
    await connection.execute(update(QuestionRow).where(col(QuestionRow.id) == question.id).values(columns(definition)))
    about = {"question_id": question.id, "at": datetime.now(UTC), "role": Role.MODERATOR}
    if mended:
        await connection.execute(insert(CorrectionRow), [about | change._asdict() for change in mended])
    await sort_out(connection, event.id)


async def remove(connection: AsyncConnection, event: Event, question: Question) -> None:
    """Delete a question with everything that hangs on it, its picture too if no other names it; raises Conflict."""
    await advance(connection, event, event.revision, {"current": None} if event.current == question.id else {})
    for table in metadata.sorted_tables:
        for reference in table.foreign_keys:
            if reference.column is metadata.tables[str(QuestionRow.__tablename__)].c.id:
                await connection.execute(delete(table).where(reference.parent == question.id))
    await connection.execute(delete(QuestionRow).where(col(QuestionRow.id) == question.id))
    await sort_out(connection, event.id)


async def corrections(
    connection: AsyncConnection, question_ids: Collection[int], zone: ZoneInfo
) -> dict[int, list[Correction]]:
    """Return the log of each question that has one, oldest first."""
    found: dict[int, list[Correction]] = {}
    rows = select(CorrectionRow).where(col(CorrectionRow.question_id).in_(question_ids)).order_by(col(CorrectionRow.id))
    for row in await AsyncSession(connection).scalars(rows):
        change = Change(row.field, row.before, row.after)
        found.setdefault(row.question_id, []).append(Correction(row.at.astimezone(zone), row.role, change))
    return found
