"""A rehearsal begins, and is wiped."""

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from poll_server.domain.rounds import Event, State
from poll_server.storage import contributions
from poll_server.storage.steps import advance
from poll_server.storage.tables import (
    AdditionRow,
    BallotRow,
    DecisionRow,
    ExtensionRow,
    QuestionRow,
    SlipRow,
    TallyRow,
    VotedRow,
    WaveRow,
)


async def begin(connection: AsyncConnection, event: Event, seen: int) -> None:
    """Mark everything that is asked from now on as a rehearsal; raises Conflict."""
    await advance(connection, event, seen, {"rehearsal": True})


async def wipe(connection: AsyncConnection, event: Event, seen: int) -> int:
    """End a rehearsal, delete what was asked and answered in it, and return how many ballots that were.

    The questions are ready again, in a new wave: a vote that is still on its way is too late. Raises Conflict.
    """
    await advance(connection, event, seen, {"rehearsal": False, "current": None, "join_shown": False})
    ids = [question.id for question in event.questions]
    waves = select(col(WaveRow.question_id), col(WaveRow.wave)).where(
        col(WaveRow.question_id).in_(ids), col(WaveRow.rehearsal)
    )
    await connection.execute(
        update(QuestionRow)
        .where(tuple_(col(QuestionRow.id), col(QuestionRow.wave)).in_(waves))
        .values(state=State.READY, wave=col(QuestionRow.wave) + 1)
    )
    gone = {}
    for table in (BallotRow, SlipRow, VotedRow, TallyRow, DecisionRow, AdditionRow, ExtensionRow):
        rows = delete(table).where(tuple_(col(table.question_id), col(table.wave)).in_(waves))
        gone[table] = (await connection.execute(rows)).rowcount
    await connection.execute(delete(WaveRow).where(col(WaveRow.question_id).in_(ids), col(WaveRow.rehearsal)))
    await contributions.wipe(connection, event.id)
    return gone[BallotRow] + gone[SlipRow]
