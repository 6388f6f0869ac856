"""Reading and writing what moderators have decided about entries of results."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.decisions import Decision, Verdict
from poll_server.storage.tables import DecisionRow, metadata

_DECISIONS = metadata.tables[str(DecisionRow.__tablename__)]


async def decisions(
    connection: AsyncConnection, question_ids: Collection[int]
) -> dict[tuple[int, int], dict[str, Decision]]:
    """Return the decisions of each (question, wave) that has any, by the key of the entry."""
    found: dict[tuple[int, int], dict[str, Decision]] = {}
    rows = select(_DECISIONS).where(_DECISIONS.c.question_id.in_(question_ids))
    for question_id, wave, key, verdict, target in await connection.execute(rows):
        found.setdefault((question_id, wave), {})[key] = Decision(Verdict(verdict), target)
    return found


async def decide(connection: AsyncConnection, question_id: int, wave: int, key: str, decision: Decision | None) -> None:
    """Store the last word on one entry; None takes every earlier one back."""
    entry = {"question_id": question_id, "wave": wave, "key": key}
    await connection.execute(delete(_DECISIONS).filter_by(**entry))
    if decision is not None:
        row = entry | {"verdict": decision.verdict, "target": decision.into}
        await connection.execute(_DECISIONS.insert(), row)
