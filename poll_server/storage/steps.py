"""The steps of an event's moderators: each is stored once, and only on the state that its sender saw."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from poll_server.domain.errors import Conflict
from poll_server.domain.rounds import DISCARDS, TAKES_BALLOTS, UNSEEN, Action, Event, Question, Step
from poll_server.domain.timing import Countdown
from poll_server.storage import extensions, slips
from poll_server.storage.tables import EventRow, QuestionRow, WaveRow


async def take_step(
    connection: AsyncConnection, event: Event, seen: int, step: Step, action: Action, present: int
) -> None:
    """Carry out a planned step if the event still stands where its sender saw it; raises Conflict.

    ``present`` is kept when a question closes.
    """
    join_shown = event.join_shown and action in UNSEEN
    await advance(connection, event, seen, {"current": step.current, "join_shown": join_shown})
    question = event.question(step.question_id)
    moved = await connection.execute(
        update(QuestionRow)
        .where(
            col(QuestionRow.id) == step.question_id,
            col(QuestionRow.state) == step.before,
            col(QuestionRow.wave) == question.wave,
        )
        .values(state=step.after, wave=question.wave + step.ends_wave)
    )
    if moved.rowcount != 1:
        raise Conflict("conflict")
    if step.after not in TAKES_BALLOTS:
        await extensions.end(connection, question.id, question.wave)
        if step.before in TAKES_BALLOTS and question.definition.secret:
            await slips.shuffle(connection, question.id, question.wave)
    await _note_wave(connection, question, action, present, event.rehearsal)


async def _note_wave(
    connection: AsyncConnection, question: Question, action: Action, present: int, rehearsal: bool
) -> None:
    now = datetime.now(UTC)
    key = (col(WaveRow.question_id) == question.id, col(WaveRow.wave) == question.wave)
    if action is Action.OPEN:
        seconds = question.definition.rules.get("seconds")
        row = WaveRow(question_id=question.id, wave=question.wave, opened=now, rehearsal=rehearsal)
        if seconds:
            row.counts_since, row.closes = now, now + timedelta(seconds=seconds)
        session = AsyncSession(connection)
        session.add(row)
        await session.flush()
    elif action is Action.REOPEN:
        again = {"closed": None, "present": 0, "closes": None, "counts_since": None, "reopened": col(WaveRow.shown)}
        await connection.execute(update(WaveRow).where(*key).values(**again))
    elif action is Action.SHOW:
        await connection.execute(update(WaveRow).where(*key).values(shown=True))
    elif action is Action.CLOSE:
        await connection.execute(update(WaveRow).where(*key).values(closed=now, present=present))
    elif action in DISCARDS:
        await connection.execute(update(WaveRow).where(*key).values(closed=now, discarded=True))


async def set_time(
    connection: AsyncConnection, event: Event, seen: int, question: Question, running: Countdown | None
) -> None:
    """Set when a question closes by itself and since when that is counted, None for never; raises Conflict."""
    await advance(connection, event, seen, {})
    await connection.execute(
        update(WaveRow)
        .where(col(WaveRow.question_id) == question.id, col(WaveRow.wave) == question.wave)
        .values(closes=running and running.closes, counts_since=running and running.since)
    )


async def show_join(connection: AsyncConnection, event: Event, seen: int, shown: bool) -> None:
    """Put the join code on the screen or take it away; raises Conflict."""
    await advance(connection, event, seen, {"join_shown": shown})


async def advance(connection: AsyncConnection, event: Event, seen: int, values: dict[str, int | bool | None]) -> None:
    """Count one more step of the event's moderators, and set these columns of its row; raises Conflict."""
    advanced = await connection.execute(
        update(EventRow)
        .where(col(EventRow.id) == event.id, col(EventRow.revision) == seen)
        .values(revision=seen + 1, **values)
    )
    if advanced.rowcount != 1:
        raise Conflict("conflict")
