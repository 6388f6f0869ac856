"""The questions of rounds: asked on the spot, loaded, moved, copied."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Event, Question, State
from poll_server.storage.steps import advance
from poll_server.storage.tables import QuestionRow, RoundRow


async def add_question(connection: AsyncConnection, event: Event, seen: int, definition: Definition, title: str) -> int:
    """Store a question asked on the spot behind the one at the desk and return its id; raises Conflict.

    An event without rounds gets one with this title.
    """
    await advance(connection, event, seen, {})
    session = AsyncSession(connection)
    cue = event.cue
    if not event.rounds:
        new = RoundRow(event_id=event.id, item_id=None, position=len(event.items), title=title)
        session.add(new)
        await session.flush()
        round_id, position = new.id or 0, 0
    else:
        home = event.round_of(cue) if cue else event.rounds[-1]
        round_id, position = home.id, (home.questions.index(cue) + 1 if cue else len(home.questions))
    return await insert_question(session, round_id, position, definition)


async def add_round(
    connection: AsyncConnection,
    event: Event,
    seen: int,
    round_id: int | None,
    title: str,
    definitions: Sequence[Definition],
) -> int:
    """Store questions at the end of a round and return the id of the first one; raises Conflict.

    Without a round they make one with this title, outside the programme.
    """
    await advance(connection, event, seen, {})
    session = AsyncSession(connection)
    if round_id is None:
        row = RoundRow(event_id=event.id, item_id=None, position=len(event.items), title=title)
        session.add(row)
        await session.flush()
        round_id = row.id or 0
    last = select(func.coalesce(func.max(col(QuestionRow.position)), -1)).where(col(QuestionRow.round_id) == round_id)
    start = (await connection.execute(last)).scalar_one() + 1
    rows = [question_row(round_id, at, definition) for at, definition in enumerate(definitions, start)]
    session.add_all(rows)
    await session.flush()
    return rows[0].id or 0


async def swap_questions(connection: AsyncConnection, event: Event, seen: int, one: Question, other: Question) -> None:
    """Let two questions of one round change places; raises Conflict."""
    await advance(connection, event, seen, {})
    ids = [col(QuestionRow.id) == question.id for question in (one, other)]
    rows = await connection.execute(select(col(QuestionRow.id), col(QuestionRow.position)).where(or_(*ids)))
    places = {row.id: row.position for row in rows}
    for question, place in ((one, places[other.id]), (other, places[one.id])):
        await connection.execute(update(QuestionRow).where(col(QuestionRow.id) == question.id).values(position=place))


async def copy_question(connection: AsyncConnection, event: Event, seen: int, question: Question) -> None:
    """Store the same question once more, behind itself and not asked yet; raises Conflict."""
    await advance(connection, event, seen, {})
    at = select(col(QuestionRow.position)).where(col(QuestionRow.id) == question.id)
    position = (await connection.execute(at)).scalar_one() + 1
    await insert_question(AsyncSession(connection), question.round_id, position, question.definition)


async def insert_question(session: AsyncSession, round_id: int, position: int, definition: Definition) -> int:
    """Store a question at a place of its round; those from there on move back."""
    await session.execute(
        update(QuestionRow)
        .where(col(QuestionRow.round_id) == round_id, col(QuestionRow.position) >= position)
        .values(position=col(QuestionRow.position) + 1)
    )
    row = question_row(round_id, position, definition)
    session.add(row)
    await session.flush()
    return row.id or 0


def question_row(round_id: int, position: int, definition: Definition) -> QuestionRow:
    """Return the row of a question that nobody has been asked yet."""
    return QuestionRow(round_id=round_id, position=position, state=State.READY, **columns(definition))


def columns(definition: Definition) -> dict[str, Any]:
    """Return what the row of a question holds of its definition."""
    return {
        "kind": definition.kind,
        "text": definition.text,
        "hint": definition.hint,
        "options": [[option.key, option.label] for option in definition.options],
        "rules": dict(definition.rules),
        "reveal": definition.reveal,
        "origin": definition.origin,
        "translations": {language: asdict(one) for language, one in definition.translations.items()},
    }
