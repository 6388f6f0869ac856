"""What organisers write of their events: changed, put into the archive, counted."""

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from poll_server.domain.errors import Conflict
from poll_server.domain.programme import EventDraft, moved
from poll_server.storage.events import CodeTaken
from poll_server.storage.tables import (
    BallotRow,
    ContributionRow,
    EventRow,
    ItemRow,
    QuestionRow,
    RoundRow,
    VotedRow,
    metadata,
)

_EVENT = metadata.tables[str(EventRow.__tablename__)]
WRITTEN = (
    *("title", "subtitle", "day", "last_day", "time_zone", "language", "organisers", "partners"),
    *("welcome", "contact", "imprint", "privacy", "accessibility"),
)
"""What a form for an event says, by the names of an ``EventDraft`` and of the columns, without its code."""


class Extent(NamedTuple):
    """How much there is of an event: what goes when it is deleted. Ballots are people who answered a question."""

    rounds: int
    questions: int
    ballots: int
    contributions: int


async def rewrite(connection: AsyncConnection, event_id: int, seen: int, draft: EventDraft) -> None:
    """Store what an event is now; slots keep their clocks' time, and follow its first day by as many days.

    Raises Conflict when the edition ``seen`` is not the present one, or CodeTaken.
    """
    before = (await connection.execute(select(_EVENT).where(_EVENT.c.id == event_id))).one()
    values = {name: getattr(draft, name) for name in WRITTEN} | {"code": draft.code, "edition": seen + 1}
    changed = update(_EVENT).where(_EVENT.c.id == event_id, _EVENT.c.edition == seen).values(values)
    try:
        async with connection.begin_nested():
            done = await connection.execute(changed)
    except IntegrityError as error:
        raise CodeTaken(draft.code) from error
    if not done.rowcount:
        raise Conflict("event_edited")
    if (before.day, before.time_zone) != (draft.day, draft.time_zone):
        items = metadata.tables[str(ItemRow.__tablename__)]
        for row in await connection.execute(select(items).where(items.c.event_id == event_id)):
            times = move(row, (draft.day - before.day).days, ZoneInfo(before.time_zone), ZoneInfo(draft.time_zone))
            await connection.execute(update(items).where(items.c.id == row.id).values(times))


def move(row: Any, days: int, zone: ZoneInfo, there: ZoneInfo) -> dict[str, datetime | None]:
    """Return when a slot is so many days later; one that a change of the clocks would turn round keeps its length."""
    starts = moved(row.starts, days, zone, there)
    ends = row.ends and moved(row.ends, days, zone, there)
    if ends and ends < starts <= starts + (row.ends - row.starts):
        ends = starts + (row.ends - row.starts)
    return {"starts": starts, "ends": ends}


async def archive(connection: AsyncConnection, event_id: int, at: datetime | None) -> None:
    """Put an event into the archive, where nothing stands on its stage, or with None take it back out of it."""
    values: dict[str, Any] = {"archived": at, "edition": _EVENT.c.edition + 1, "revision": _EVENT.c.revision + 1}
    values |= {"current": None, "join_shown": False} if at else {}
    await connection.execute(update(_EVENT).where(_EVENT.c.id == event_id).values(values))


async def is_archived(connection: AsyncConnection, event_id: int) -> bool:
    """Tell whether an event is in the archive."""
    return bool(await connection.scalar(select(_EVENT.c.archived).where(_EVENT.c.id == event_id)))


async def extent(connection: AsyncConnection, event_id: int) -> Extent:
    """Return how much there is of an event."""
    rounds = select(col(RoundRow.id)).where(col(RoundRow.event_id) == event_id)
    questions = select(col(QuestionRow.id)).where(col(QuestionRow.round_id).in_(rounds))
    items = select(col(ItemRow.id)).where(col(ItemRow.event_id) == event_id)
    people = select(col(BallotRow.question_id), col(BallotRow.wave), col(BallotRow.participant))
    voted = select(col(VotedRow.question_id)).where(col(VotedRow.question_id).in_(questions))
    counted = [
        rounds,
        questions,
        people.where(col(BallotRow.question_id).in_(questions)).distinct(),
        voted,
        select(col(ContributionRow.id)).where(col(ContributionRow.item_id).in_(items)),
    ]
    totals = [select(func.count()).select_from(one.subquery()).scalar_subquery() for one in counted]
    rounds_n, questions_n, ballots, secret, asked = (await connection.execute(select(*totals))).one()
    return Extent(rounds_n, questions_n, ballots + secret, asked)
