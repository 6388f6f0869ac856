"""Groups of participants: who has chosen which, and what may be shown of closed questions by them."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from poll_server.domain.rounds import Event, Question
from poll_server.questions.contract import Answer
from poll_server.questions.split import Movement, Pair, Split, by_group, movement, moves, splits
from poll_server.storage.tables import BallotRow, MemberRow, TallyRow, WaveRow, metadata

_MEMBERS = metadata.tables[str(MemberRow.__tablename__)]
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


async def choose(connection: AsyncConnection, chosen: Mapping[tuple[int, str], str]) -> None:
    """Store which group each (event, participant) comes from, empty for none."""
    rows = [{"event_id": event_id, "participant": who, "grp": grp} for (event_id, who), grp in sorted(chosen.items())]
    new = _INSERT[connection.dialect.name](_MEMBERS)
    await connection.execute(
        new.on_conflict_do_update(index_elements=("event_id", "participant"), set_={"grp": new.excluded.grp}), rows
    )


async def members(connection: AsyncConnection, event_id: int) -> dict[str, str]:
    """Return the group of each participant who has chosen one."""
    rows = select(col(MemberRow.participant), col(MemberRow.grp)).where(
        col(MemberRow.event_id) == event_id, col(MemberRow.grp) != ""
    )
    return {row.participant: row.grp for row in await connection.execute(rows)}


def has_split(event: Event, question: Question) -> bool:
    """Tell whether there may be anything to show by group or as movements of a closed question."""
    definition = question.definition
    return (bool(event.groups) and splits(definition)) or (bool(question.earlier) and moves(definition))


async def read_split(connection: AsyncConnection, event: Event, question: Question) -> Split:
    """Return what may be shown of the present asking of a closed question."""
    reopened = await _shown_waves(connection, question.id)
    split = Split()
    if event.groups and splits(question.definition):
        waves = [*sorted(wave for wave in reopened if wave < question.wave), question.wave]
        if any(reopened.get(wave) for wave in waves):
            split = Split(reopened=True)
        else:
            tallies = await _tallies(connection, question.id, waves)
            split = by_group(question.definition, event.groups, [tallies.get(wave, {}) for wave in waves])
    if not (question.earlier and moves(question.definition)):
        return split
    if reopened.get(question.wave):
        return Split(reopened=True)
    return replace(split, movement=await _movement(connection, question, [part.key for part in split.parts]))


async def _shown_waves(connection: AsyncConnection, question_id: int) -> dict[int, bool]:
    """Return the waves whose result has been shown, discarded or not, and whether each was opened again after that."""
    rows = select(col(WaveRow.wave), col(WaveRow.reopened)).where(
        col(WaveRow.question_id) == question_id, col(WaveRow.shown)
    )
    return {row.wave: row.reopened for row in await connection.execute(rows)}


async def _tallies(
    connection: AsyncConnection, question_id: int, waves: Collection[int]
) -> dict[int, dict[str, Counter[str]]]:
    rows = select(col(TallyRow.wave), col(TallyRow.grp), col(TallyRow.key), col(TallyRow.n)).where(
        col(TallyRow.question_id) == question_id, col(TallyRow.wave).in_(waves)
    )
    found: dict[int, dict[str, Counter[str]]] = {}
    for wave, group, key, n in await connection.execute(rows):
        found.setdefault(wave, {}).setdefault(group, Counter())[key] += n
    return found


async def _movement(connection: AsyncConnection, question: Question, shown: Collection[str]) -> Movement:
    """Match the ballots of the pass before with the present ones by pseudonym."""
    waves = (question.earlier[-1].number, question.wave)
    columns = (col(BallotRow.participant), col(BallotRow.wave), col(BallotRow.answer), col(BallotRow.grp))
    rows = await connection.execute(
        select(*columns)
        .where(col(BallotRow.question_id) == question.id, col(BallotRow.wave).in_(waves))
        .order_by(col(BallotRow.wave))
    )
    answers: dict[str, dict[int, Answer]] = {}
    last: dict[str, str] = {}
    for participant, wave, answer, group in rows:
        answers.setdefault(participant, {})[wave] = tuple(answer)
        last[participant] = group
    pairs: Counter[Pair] = Counter()
    for participant, given in answers.items():
        before, after = (given.get(wave, ()) for wave in waves)
        pairs[before, after, last[participant]] += 1
    return await asyncio.to_thread(movement, question.definition, pairs, list(shown))
