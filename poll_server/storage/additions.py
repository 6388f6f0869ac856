"""Reading and writing what participants add to questions."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from poll_server.domain.additions import Addition
from poll_server.domain.decisions import Verdict
from poll_server.domain.programme import Option
from poll_server.storage.tables import AdditionRow


async def additions(connection: AsyncConnection, question_ids: Collection[int]) -> dict[int, dict[int, Addition]]:
    """Return all additions to these questions, by question and id."""
    found: dict[int, dict[int, Addition]] = {}
    rows = select(AdditionRow).where(col(AdditionRow.question_id).in_(question_ids)).order_by(col(AdditionRow.id))
    for row in await AsyncSession(connection).scalars(rows):
        verdict = Verdict(row.verdict) if row.verdict else None
        one = Addition(row.id or 0, row.question_id, row.wave, row.participant, row.text, row.number, verdict)
        found.setdefault(one.question_id, {})[one.id] = one
    return found


async def accepted(connection: AsyncConnection, question_ids: Collection[int]) -> dict[int, tuple[Option, ...]]:
    """Return the parts that additions have become, by question; what was taken back keeps its place, without words."""
    rows = (
        select(col(AdditionRow.question_id), col(AdditionRow.number), col(AdditionRow.text), col(AdditionRow.verdict))
        .where(col(AdditionRow.question_id).in_(question_ids), col(AdditionRow.number) > 0)
        .order_by(col(AdditionRow.number))
    )
    found: dict[int, tuple[Option, ...]] = {}
    for question_id, number, text, verdict in await connection.execute(rows):
        option = Option(f"o{number}", text if verdict == Verdict.SHOWN else "")
        found[question_id] = (*found.get(question_id, ()), option)
    return found


async def add(connection: AsyncConnection, drafts: Sequence[Addition]) -> list[Addition]:
    """Store additions, which wait; return them with their ids, in the same order."""
    session = AsyncSession(connection)
    rows = [
        AdditionRow(question_id=one.question_id, wave=one.wave, participant=one.participant, text=one.text)
        for one in drafts
    ]
    session.add_all(rows)
    await session.flush()
    return [replace(one, id=row.id or 0) for one, row in zip(drafts, rows, strict=True)]


async def settle(connection: AsyncConnection, addition: Addition) -> None:
    """Store what was decided about an addition."""
    await connection.execute(
        update(AdditionRow)
        .where(col(AdditionRow.id) == addition.id)
        .values(number=addition.number, verdict=addition.verdict or "")
    )
