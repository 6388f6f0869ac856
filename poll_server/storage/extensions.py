"""Who has more time for the present asking of a question."""

from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from poll_server.domain.rounds import Question
from poll_server.domain.timing import Extension, Extensions
from poll_server.storage.tables import ExtensionRow


async def keep(connection: AsyncConnection, question: Question, given: Extensions) -> None:
    """Store more time for participants of the present asking, in the place of what they had."""
    key = {"question_id": question.id, "wave": question.wave}
    await connection.execute(
        delete(ExtensionRow).where(
            col(ExtensionRow.question_id) == question.id,
            col(ExtensionRow.wave) == question.wave,
            col(ExtensionRow.participant).in_(given),
        )
    )
    rows = [key | {"participant": who, "until": until, "times": times} for who, (until, times) in given.items()]
    await connection.execute(insert(ExtensionRow), rows)


async def read(connection: AsyncConnection, question: Question, zone: ZoneInfo) -> dict[str, Extension]:
    """Return who has more time in the present asking of a question, until when in this time zone."""
    rows = select(col(ExtensionRow.participant), col(ExtensionRow.until), col(ExtensionRow.times)).where(
        col(ExtensionRow.question_id) == question.id, col(ExtensionRow.wave) == question.wave
    )
    return {
        participant: Extension(until.astimezone(zone), times)
        for participant, until, times in await connection.execute(rows)
    }


async def end(connection: AsyncConnection, question_id: int, wave: int) -> None:
    """Forget who had more time."""
    await connection.execute(
        delete(ExtensionRow).where(col(ExtensionRow.question_id) == question_id, col(ExtensionRow.wave) == wave)
    )
