"""Secret ballots: that somebody has voted stands in one table, the slip in another, and nothing ties the two.

While a question is open, the order in which rows were written still does: in the pages of a file, in PostgreSQL's
``xmin``. So when it stops taking ballots all its slips are shuffled, and ``Database.leave_no_traces`` takes away what
the old ones left behind. The tally is written then, not before: its own versions would tell what a batch added.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from operator import itemgetter
from secrets import token_hex
from typing import Any

from sqlalchemy import and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.ballots import CAST_IN_SECRET, Ballot, Key, Mark, Outcome, Standing
from poll_server.storage.ballots import Counted, add_to_tally, hold_open, sorted_answers
from poll_server.storage.database import Database
from poll_server.storage.tables import SlipRow, VotedRow, metadata

_VOTED = metadata.tables[str(VotedRow.__tablename__)]
_SLIPS = metadata.tables[str(SlipRow.__tablename__)]
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}

TABLES = (_VOTED.name, _SLIPS.name)
"""Where traces may be."""


async def count(database: Database, batch: Sequence[Ballot]) -> Counted:
    """Write the first ballot of each participant, commit, and say what became of each; no number changes.

    Whoever has voted hears "duplicate", whatever they send: no submission is stored, so a vote sent again cannot be
    told from another one. Rows go in sorted by key, which says nothing about who came first.
    """
    async with database.write() as connection:
        taking = await hold_open(connection, {ballot.key.question_id for ballot in batch})
        first: dict[Key, Ballot] = {}
        for ballot in batch:
            if ballot.key[:2] in taking:
                first.setdefault(ballot.key, ballot)
        written = await _note_voted(connection, database.dialect, first)
        await _put_in(connection, [(*key[:2], first[key].answer, first[key].marks) for key in written])
        known = await _voted(connection, {ballot.key for ballot in batch} - written)
    outcomes = [
        Outcome.COUNTED
        if ballot.key in written and ballot is first[ballot.key]
        else Outcome.DUPLICATE
        if ballot.key in written or ballot.key in known
        else Outcome.CLOSED
        for ballot in batch
    ]
    return Counted(outcomes, Counter(), dict.fromkeys(written, CAST_IN_SECRET))


async def _note_voted(connection: AsyncConnection, dialect: str, keys: Collection[Key]) -> set[Key]:
    """Note who votes, and return those who had not voted before."""
    rows = [{"question_id": key.question_id, "wave": key.wave, "participant": key.participant} for key in sorted(keys)]
    if not rows:
        return set()
    new = _INSERT[dialect](_VOTED).on_conflict_do_nothing().returning(*_VOTED.c)
    return {Key(*row) for row in await connection.execute(new, rows)}


async def _put_in(
    connection: AsyncConnection, slips: Collection[tuple[int, int, Sequence[str], dict[str, int]]]
) -> None:
    """Write slips of (question, wave, answer, marks) under new random keys, in the order of these keys."""
    shuffled = sorted(((token_hex(16), slip) for slip in slips), key=itemgetter(0))
    rows = [
        {"key": key, "question_id": question_id, "wave": wave, "answer": answer, "marks": marks}
        for key, (question_id, wave, answer, marks) in shuffled
    ]
    if rows:
        await connection.execute(_SLIPS.insert(), rows)


async def _voted(connection: AsyncConnection, keys: Collection[Key]) -> set[Key]:
    """Return which of these keys, and maybe of the same participants, have voted."""
    rows = select(_VOTED).where(
        _VOTED.c.question_id.in_({key.question_id for key in keys}),
        _VOTED.c.participant.in_({key.participant for key in keys}),
    )
    return {Key(*row) for row in await connection.execute(rows)} if keys else set()


async def shuffle(connection: AsyncConnection, question_id: int, wave: int) -> None:
    """Write all that is stored of an asking anew, the slips under new random keys, and add them to the tally.

    To be done in the transaction after which no ballot comes any more.
    """
    here = [and_(table.c.question_id == question_id, table.c.wave == wave) for table in (_VOTED, _SLIPS)]
    voted = (await connection.execute(select(_VOTED).where(here[0]))).mappings().all()
    slips = (await connection.execute(select(_SLIPS.c.answer, _SLIPS.c.marks).where(here[1]))).all()
    await connection.execute(delete(_VOTED).where(here[0]))
    await connection.execute(delete(_SLIPS).where(here[1]))
    if voted:
        await connection.execute(_VOTED.insert(), sorted(map(dict, voted), key=lambda row: row["participant"]))
    await _put_in(connection, [(question_id, wave, answer, marks) for answer, marks in slips])
    tally: Counter[Mark] = Counter()
    for _, marks in slips:
        tally.update({Mark(question_id, wave, "", key): n for key, n in marks.items()})
    await add_to_tally(connection, connection.dialect.name, tally)


async def standing(connection: AsyncConnection, question_id: int, wave: int) -> dict[str, Standing]:
    """Return who has voted in one wave."""
    rows = select(_VOTED.c.participant).where(_VOTED.c.question_id == question_id, _VOTED.c.wave == wave)
    return dict.fromkeys((await connection.execute(rows)).scalars(), CAST_IN_SECRET)


async def answers(connection: AsyncConnection, question_id: int, wave: int) -> list[tuple[str, ...]]:
    """Return all answers of one wave, sorted."""
    rows = select(_SLIPS.c.answer).where(_SLIPS.c.question_id == question_id, _SLIPS.c.wave == wave)
    return await sorted_answers(connection, rows)


async def stored(connection: AsyncConnection) -> bool:
    """Tell whether there are any slips."""
    return (await connection.execute(select(_SLIPS.c.key).limit(1))).first() is not None
