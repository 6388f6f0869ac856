"""What organisers see of an event in numbers: askings with how many answered, questions from the floor, what is unread.

Each is one query or two, however many questions there are. What was rehearsed is left out.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from poll_server.domain.checklist import Unread
from poll_server.domain.contributions import Fate
from poll_server.domain.rounds import Event
from poll_server.questions import kind_of
from poll_server.questions.contract import ABSTAINED, ANSWERED
from poll_server.storage import ballots, decisions
from poll_server.storage.tables import (
    AdditionRow,
    ContributionRow,
    ItemRow,
    TallyRow,
    VotedRow,
    WaveRow,
)


class Asked(NamedTuple):
    """One asking of a question: when, how many were there when it closed, answered, and abstained.

    While a secret question is open, ``answered`` counts those who abstain as well: nobody knows more.
    """

    question_id: int
    wave: int
    opened: datetime
    closed: datetime | None
    present: int
    answered: int
    abstained: int


class Sent(NamedTuple):
    """How many contributions came in a minute, by the session's item and what has become of them."""

    item_id: int
    at: datetime
    fate: Fate
    n: int


async def askings(connection: AsyncConnection, event: Event) -> Sequence[Asked]:
    """Return all askings that count, in the order of time."""
    asked = [question.id for question in event.questions if question.answerable]
    sums = (
        select(
            *(col(TallyRow.question_id), col(TallyRow.wave)),
            *(_sum(key).label(name) for key, name in ((ANSWERED, "answered"), (ABSTAINED, "abstained"))),
        )
        .where(col(TallyRow.question_id).in_(asked), col(TallyRow.key).in_((ANSWERED, ABSTAINED)))
        .group_by(col(TallyRow.question_id), col(TallyRow.wave))
        .subquery()
    )
    voted = (
        select(col(VotedRow.question_id), col(VotedRow.wave), func.count().label("n"))
        .where(col(VotedRow.question_id).in_(asked))
        .group_by(col(VotedRow.question_id), col(VotedRow.wave))
        .subquery()
    )
    here = and_(col(WaveRow.question_id) == sums.c.question_id, col(WaveRow.wave) == sums.c.wave)
    secret = and_(col(WaveRow.question_id) == voted.c.question_id, col(WaveRow.wave) == voted.c.wave)
    rows = (
        select(
            *(col(WaveRow.question_id), col(WaveRow.wave), col(WaveRow.opened), col(WaveRow.closed)),
            col(WaveRow.present),
            func.coalesce(sums.c.answered, voted.c.n, 0).label("answered"),
            func.coalesce(sums.c.abstained, 0).label("abstained"),
        )
        .outerjoin(sums, here)
        .outerjoin(voted, secret)
        .where(
            col(WaveRow.question_id).in_(asked), col(WaveRow.discarded).is_(False), col(WaveRow.rehearsal).is_(False)
        )
        .order_by(col(WaveRow.opened), col(WaveRow.question_id))
    )
    return [
        Asked(row.question_id, row.wave, row.opened, row.closed, row.present, int(row.answered), int(row.abstained))
        for row in await connection.execute(rows)
    ]


def _sum(key: str) -> ColumnElement[int]:
    """The marks of all groups under a key."""
    return func.coalesce(func.sum(col(TallyRow.n)).filter(col(TallyRow.key) == key), 0)


async def contributions(connection: AsyncConnection, event: Event) -> Sequence[Sent]:
    """Return how many contributions have come, by session, minute and fate, in the order of time."""
    grouped = (col(ContributionRow.item_id), col(ContributionRow.at), col(ContributionRow.fate))
    sessions = select(col(ItemRow.id)).where(col(ItemRow.event_id) == event.id)
    rows = (
        select(*grouped, func.count().label("n"))
        .where(col(ContributionRow.item_id).in_(sessions), col(ContributionRow.rehearsal).is_(False))
        .group_by(*grouped)
        .order_by(col(ContributionRow.at), col(ContributionRow.item_id), col(ContributionRow.fate))
    )
    return [Sent(row.item_id, row.at, Fate(row.fate), row.n) for row in await connection.execute(rows)]


async def unread(connection: AsyncConnection, event: Event) -> Unread:
    """Return how much of what people wrote waits for a decision."""
    sessions = select(col(ItemRow.id)).where(col(ItemRow.event_id) == event.id)
    waiting = select(func.count()).where(
        col(ContributionRow.item_id).in_(sessions),
        col(ContributionRow.fate) == Fate.WAITING,
        col(ContributionRow.joined) == 0,
    )
    contributed = int((await connection.execute(waiting)).scalar_one())
    return Unread(contributed, await _texts(connection, event) + await _additions(connection, event))


async def _texts(connection: AsyncConnection, event: Event) -> int:
    """Return how many entries of the present askings wait until moderators show them."""
    moderated = [one for one in event.questions if one.asked and kind_of(one.definition).moderated(one.definition)]
    ids = [question.id for question in moderated]
    tallies, decided = await ballots.tallies(connection, ids), await decisions.decisions(connection, ids)
    found = 0
    for one in moderated:
        asking = (one.id, one.wave)
        listing = kind_of(one.definition).listing(one.definition, tallies.get(asking, {}), decided.get(asking, {}), "")
        found += listing.sizes[0]
    return found


async def _additions(connection: AsyncConnection, event: Event) -> int:
    """Return how many parts that people have added to a present asking wait."""
    present = [
        and_(col(AdditionRow.question_id) == question.id, col(AdditionRow.wave) == question.wave)
        for question in event.questions
        if kind_of(question.definition).extensible(question.definition)
    ]
    rows = select(func.count()).where(or_(false(), *present), col(AdditionRow.verdict) == "")
    return int((await connection.execute(rows)).scalar_one())


def flawed(event: Event) -> Collection[int]:
    """Return the ids of questions that cannot be asked as they are, for want of options or for another reason."""
    return {one.id for one in event.questions if kind_of(one.definition).check(one.definition)}
