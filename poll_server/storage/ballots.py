"""The statements of the ballot box: one transaction takes a batch of ballots and moves the tally by the difference."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, literal, or_, select, tuple_, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.ballots import Ballot, Key, Mark, Outcome, Rank, Standing, difference, joined, verdict
from poll_server.domain.rounds import TAKES_BALLOTS
from poll_server.storage.database import Database
from poll_server.storage.tables import BallotRow, QuestionRow, SlipRow, TallyRow, metadata

_QUESTIONS = metadata.tables[str(QuestionRow.__tablename__)]
_BALLOTS = metadata.tables[str(BallotRow.__tablename__)]
_SLIPS = metadata.tables[str(SlipRow.__tablename__)]
_TALLIES = metadata.tables[str(TallyRow.__tablename__)]
_KEY = (_BALLOTS.c.question_id, _BALLOTS.c.wave, _BALLOTS.c.participant, _BALLOTS.c.part)
_READ_AT_ONCE = 500
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class Counted(NamedTuple):
    """What one batch did: an outcome for each ballot in its order, and the changes of the tally."""

    outcomes: list[Outcome]
    changes: Counter[Mark]
    standing: dict[Key, Standing]


async def count(database: Database, batch: Sequence[Ballot]) -> Counted:
    """Write the highest ballot of each key, add the differences to the tally, commit, and say what became of each.

    All locks are taken in sorted order: questions, ballots, tally rows. A question that closes meanwhile either waits
    for this transaction or has committed before it, and then its ballots are not taken.
    """
    async with database.write() as connection:
        taking = await hold_open(connection, {ballot.key.question_id for ballot in batch})
        best: dict[Key, Ballot] = {}
        for ballot in batch:
            if ballot.key[:2] in taking:
                best[ballot.key] = max(best.get(ballot.key, ballot), ballot, key=attrgetter("rank"))
        written, changes = await _keep_highest(connection, database.dialect, best)
        ranks = await _ranks(connection, {ballot.key for ballot in batch} - written)
        await add_to_tally(connection, database.dialect, changes)
    ranks |= {key: best[key].rank for key in written}
    outcomes = [
        Outcome.COUNTED
        if ballot.key in written and ballot is best[ballot.key]
        else verdict(ballot.rank, ranks.get(ballot.key))
        for ballot in batch
    ]
    return Counted(outcomes, changes, {key: Standing(best[key].rank, best[key].answer) for key in written})


async def hold_open(connection: AsyncConnection, ids: Collection[int]) -> set[tuple[int, int]]:
    """Hold the questions against closing until the commit; return (question, wave) of those that take ballots."""
    rows = select(_QUESTIONS.c.id, _QUESTIONS.c.wave).where(
        _QUESTIONS.c.id.in_(ids), _QUESTIONS.c.state.in_(TAKES_BALLOTS)
    )
    held = await connection.execute(rows.order_by(_QUESTIONS.c.id).with_for_update(read=True))
    return {(question_id, wave) for question_id, wave in held}


async def _keep_highest(
    connection: AsyncConnection, dialect: str, best: Mapping[Key, Ballot]
) -> tuple[set[Key], Counter[Mark]]:
    """Write the ballots that outrank the stored ones; return their keys and what they change in the tally."""
    written: set[Key] = set()
    changes: Counter[Mark] = Counter()
    rows = [
        {
            "question_id": key.question_id,
            "wave": key.wave,
            "participant": key.participant,
            "part": key.part,
            "number": ballot.rank.number,
            "submission": ballot.rank.submission,
            "grp": ballot.grp,
            "answer": ballot.answer,
            "marks": ballot.marks,
            "replaced": None,
        }
        for key, ballot in sorted(best.items())
    ]
    for *columns, grp, replaced in await connection.execute(_highest_statement(dialect), rows) if rows else ():
        key = Key(*columns)
        written.add(key)
        for mark, n in difference(best[key], grp, replaced or {}).items():
            changes[mark] += n
    return written, changes


@cache
def _highest_statement(dialect: str) -> Any:
    """Insert a ballot or replace an outranked one; returns the key, the group that stands and the replaced marks.

    The group stays that of the first ballot: what is taken back must come from where it was added.
    """
    new = _INSERT[dialect](_BALLOTS)
    keep = {column: new.excluded[column] for column in ("number", "submission", "answer", "marks")}
    return new.on_conflict_do_update(
        index_elements=_KEY,
        set_=keep | {"replaced": _BALLOTS.c.marks},
        where=tuple_(new.excluded.number, new.excluded.submission) > tuple_(_BALLOTS.c.number, _BALLOTS.c.submission),
    ).returning(*_KEY, _BALLOTS.c.grp, _BALLOTS.c.replaced)


@cache
def _tally_statement(dialect: str) -> Any:
    new = _INSERT[dialect](_TALLIES)
    return new.on_conflict_do_update(
        index_elements=tuple(_TALLIES.primary_key), set_={"n": _TALLIES.c.n + new.excluded.n}
    )


async def add_to_tally(connection: AsyncConnection, dialect: str, changes: Mapping[Mark, int]) -> None:
    """Change the stored sums by these differences."""
    if rows := [mark._asdict() | {"n": n} for mark, n in sorted(changes.items()) if n]:
        await connection.execute(_tally_statement(dialect), rows)


async def _ranks(connection: AsyncConnection, keys: Collection[Key]) -> dict[Key, Rank]:
    """Return the ranks stored for these keys, and maybe for other keys of the same participants."""
    found: dict[Key, Rank] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), _READ_AT_ONCE):
        some = wanted[start : start + _READ_AT_ONCE]
        rows = select(*_KEY, _BALLOTS.c.number, _BALLOTS.c.submission).where(
            _BALLOTS.c.question_id.in_({key.question_id for key in some}),
            _BALLOTS.c.participant.in_({key.participant for key in some}),
            _BALLOTS.c.part.in_({key.part for key in some}),
        )
        found |= {Key(*row[:4]): Rank(*row[4:]) for row in await connection.execute(rows)}
    return found


async def standing_ballots(connection: AsyncConnection, question_id: int, wave: int) -> dict[str, Standing]:
    """Return what stands of each participant of one wave, the pieces of an answer joined."""
    rows = select(_BALLOTS.c.participant, _BALLOTS.c.number, _BALLOTS.c.submission, _BALLOTS.c.answer).where(
        _BALLOTS.c.question_id == question_id, _BALLOTS.c.wave == wave
    )
    found: dict[str, list[Standing]] = {}
    for participant, number, submission, answer in await connection.execute(rows):
        found.setdefault(participant, []).append(Standing(Rank(number, submission), tuple(answer)))
    return {participant: joined(pieces) for participant, pieces in found.items()}


async def rows_after(
    connection: AsyncConnection, question_id: int, wave: int, last: tuple[str, str], limit: int
) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return (participant, part, answer) of so many ballots of one wave behind this participant and part, in order."""
    rows = (
        select(_BALLOTS.c.participant, _BALLOTS.c.part, _BALLOTS.c.answer)
        .where(_BALLOTS.c.question_id == question_id, _BALLOTS.c.wave == wave)
        .where(tuple_(_BALLOTS.c.participant, _BALLOTS.c.part) > last)
        .order_by(_BALLOTS.c.participant, _BALLOTS.c.part)
        .limit(limit)
    )
    return [(participant, part, tuple(answer)) for participant, part, answer in await connection.execute(rows)]


async def answers(connection: AsyncConnection, question_id: int, wave: int) -> list[tuple[str, ...]]:
    """Return the answers of all ballots of one wave, read in pieces, in an order that tells nothing about people."""
    rows = select(_BALLOTS.c.answer).where(_BALLOTS.c.question_id == question_id, _BALLOTS.c.wave == wave)
    return await sorted_answers(connection, rows)


async def sorted_answers(connection: AsyncConnection, rows: Select[Any]) -> list[tuple[str, ...]]:
    """Return the answers that a query gives, sorted; read in pieces, so that nothing else waits for all of them."""
    found = await connection.stream(rows, execution_options={"yield_per": _READ_AT_ONCE})
    return sorted([tuple(answer) async for some in found.partitions() for (answer,) in some])


async def answer_of(connection: AsyncConnection, question_id: int, wave: int, participant: str) -> tuple[str, ...]:
    """Return one participant's standing answer, all pieces of it, empty if there is none."""
    rows = select(_BALLOTS.c.answer).where(
        _BALLOTS.c.question_id == question_id, _BALLOTS.c.wave == wave, _BALLOTS.c.participant == participant
    )
    return tuple(piece for (answer,) in await connection.execute(rows) for piece in answer)


async def tallies(connection: AsyncConnection, question_ids: Collection[int]) -> dict[tuple[int, int], Counter[str]]:
    """Return the stored tally of each (question, wave) that has one, all groups together."""
    sums: dict[tuple[int, int], Counter[str]] = {}
    rows = select(_TALLIES).where(_TALLIES.c.question_id.in_(question_ids))
    for question_id, wave, _, key, n in await connection.execute(rows):
        sums.setdefault((question_id, wave), Counter())[key] += n
    return sums


class Difference(NamedTuple):
    """A cell of the tally that its ballots contradict."""

    mark: Mark
    stored: int
    recounted: int


async def recount(connection: AsyncConnection, question_ids: Collection[int]) -> list[Difference]:
    """Add up the marks of all ballots of these questions and return where the stored tally differs.

    Slips of a secret question are in the tally from the moment on in which it takes no more.
    """
    stored: Counter[Mark] = Counter()
    for *cell, n in await connection.execute(select(_TALLIES).where(_TALLIES.c.question_id.in_(question_ids))):
        stored[Mark(*cell)] = n
    counted: Counter[Mark] = Counter()
    rows = select(_BALLOTS.c.question_id, _BALLOTS.c.wave, _BALLOTS.c.grp, _BALLOTS.c.marks)
    slips = (
        select(_SLIPS.c.question_id, _SLIPS.c.wave, literal(""), _SLIPS.c.marks)
        .join(_QUESTIONS, _QUESTIONS.c.id == _SLIPS.c.question_id)
        .where(or_(_SLIPS.c.wave != _QUESTIONS.c.wave, _QUESTIONS.c.state.not_in(TAKES_BALLOTS)))
    )
    both = union_all(
        rows.where(_BALLOTS.c.question_id.in_(question_ids)), slips.where(_SLIPS.c.question_id.in_(question_ids))
    )
    async for row in await connection.stream(both):
        for key, n in row.marks.items():
            counted[Mark(row.question_id, row.wave, row.grp, key)] += n
    cells = sorted(stored.keys() | counted.keys())
    return [Difference(cell, stored[cell], counted[cell]) for cell in cells if stored[cell] != counted[cell]]
