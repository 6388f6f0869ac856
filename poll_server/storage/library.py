"""Questions that organisers keep, and all finished askings of one, in the events that somebody may see."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from poll_server.domain.accounts import Organiser
from poll_server.domain.decisions import UNDECIDED
from poll_server.domain.library import Asking, Entry
from poll_server.domain.programme import Definition, Option, Reveal, Translation
from poll_server.domain.rounds import FINAL, Event, Question, State
from poll_server.storage import additions, ballots, decisions
from poll_server.storage.events import definition_of
from poll_server.storage.rounds import columns
from poll_server.storage.steps import advance
from poll_server.storage.tables import (
    CorrectionRow,
    EventOrganiserRow,
    EventRow,
    LibraryQuestionRow,
    QuestionRow,
    RoundRow,
    WaveRow,
)

ASKINGS_MAXIMUM = 20
"""As many stand side by side, the latest ones."""


async def entries(connection: AsyncConnection, organiser_id: int) -> list[Entry]:
    """Return the questions that an organiser has kept, the latest first."""
    rows = (
        select(LibraryQuestionRow)
        .where(col(LibraryQuestionRow.organiser_id) == organiser_id)
        .order_by(col(LibraryQuestionRow.id).desc())
    )
    return [Entry(_kept(row)) for row in await AsyncSession(connection).scalars(rows)]


async def keep(connection: AsyncConnection, organiser_id: int, definition: Definition) -> None:
    """Keep a question, which has an origin; one of the same origin that was kept before is this one now."""
    values = columns(definition) | {"language": definition.language}
    here = _mine(organiser_id, definition.origin)
    changed = await connection.execute(update(LibraryQuestionRow).where(here).values(values))
    if not changed.rowcount:
        await connection.execute(insert(LibraryQuestionRow), values | {"organiser_id": organiser_id})


async def forget(connection: AsyncConnection, organiser_id: int, origin: str) -> None:
    """Take a question out of an organiser's library; those in events stay linked."""
    await connection.execute(delete(LibraryQuestionRow).where(_mine(organiser_id, origin)))


def _mine(organiser_id: int, origin: str) -> Any:
    return (col(LibraryQuestionRow.organiser_id) == organiser_id) & (col(LibraryQuestionRow.origin) == origin)


async def link(connection: AsyncConnection, event: Event, question: Question, origin: str) -> None:
    """Say which question of a library this one is; raises Conflict."""
    await advance(connection, event, event.revision, {})
    await connection.execute(update(QuestionRow).where(col(QuestionRow.id) == question.id).values(origin=origin))


async def asked(connection: AsyncConnection, organiser: Organiser) -> dict[str, int]:
    """Return how many finished askings there are of each origin, in the events that an organiser may see."""
    wanted = _askings(select(col(QuestionRow.origin), func.count())).where(*_seen_by(organiser))
    found: Any = await connection.execute(wanted.where(col(QuestionRow.origin) != "").group_by(col(QuestionRow.origin)))
    return dict(found.all())


async def askings(connection: AsyncConnection, organiser: Organiser, origin: str) -> Sequence[Asking]:
    """Return the finished askings of one origin in the events that an organiser may see, oldest first.

    Left out are those that were discarded or rehearsed, and all but the latest ASKINGS_MAXIMUM.
    """
    wanted = _askings(select(QuestionRow, EventRow, WaveRow)).where(*_seen_by(organiser))
    wanted = wanted.where(col(QuestionRow.origin) == origin)
    wanted = wanted.order_by(col(WaveRow.opened).desc(), col(WaveRow.question_id).desc()).limit(ASKINGS_MAXIMUM)
    return (await _read(connection, wanted))[::-1]


async def shown(connection: AsyncConnection, event_ids: Sequence[int]) -> Sequence[Asking]:
    """Return the finished askings of all questions in these events whose results are shown, oldest first."""
    wanted = _askings(select(QuestionRow, EventRow, WaveRow)).where(
        col(EventRow.id).in_(event_ids), col(QuestionRow.state).in_([state for state in State if state.shown])
    )
    return await _read(connection, wanted.order_by(col(WaveRow.opened), col(WaveRow.question_id)))


async def _read(connection: AsyncConnection, wanted: Any) -> list[Asking]:
    """Return the askings that are wanted, by the same number of queries however many there are."""
    found = [tuple(row) for row in (await AsyncSession(connection).execute(wanted)).all()]
    ids = sorted({question.id for question, _, _ in found})
    tallies, decided = await ballots.tallies(connection, ids), await decisions.decisions(connection, ids)
    added = await additions.accepted(connection, ids)
    mended = await _mended(connection, ids)
    passes = await _passes(connection, ids)
    result = []
    for question, event, wave in found:
        key, zone = (question.id, wave.wave), ZoneInfo(event.time_zone)
        result.append(
            Asking(
                event=event.title,
                code=event.code,
                question=question.id,
                pass_number=passes[question.id].index(wave.wave) + 1,
                opened=wave.opened.astimezone(zone),
                present=wave.present,
                definition=definition_of(question, event.language, event.shares_from, added.get(question.id, ())),
                tally=tallies.get(key, {}),
                decisions=decided.get(key, UNDECIDED),
                mended=question.id in mended and mended[question.id] >= wave.opened,
            )
        )
    return result


def _askings(wanted: Any) -> Any:
    """Take what is wanted from all finished askings."""
    over = or_(col(WaveRow.wave) < col(QuestionRow.wave), col(QuestionRow.state).in_(FINAL))
    return (
        wanted.select_from(QuestionRow)
        .join(RoundRow, col(RoundRow.id) == col(QuestionRow.round_id))
        .join(EventRow, col(EventRow.id) == col(RoundRow.event_id))
        .join(WaveRow, col(WaveRow.question_id) == col(QuestionRow.id))
        .where(over, _KEPT)
    )


def _seen_by(organiser: Organiser) -> Sequence[Any]:
    """Say which events an organiser may see; an administrator sees all."""
    if organiser.is_administrator:
        return ()
    mine = select(col(EventOrganiserRow.event_id)).where(col(EventOrganiserRow.organiser_id) == organiser.id)
    return (col(EventRow.id).in_(mine),)


_KEPT = col(WaveRow.closed).is_not(None) & col(WaveRow.discarded).is_(False) & col(WaveRow.rehearsal).is_(False)


async def _mended(connection: AsyncConnection, question_ids: Sequence[int]) -> dict[int, Any]:
    """Return when the words of these questions were last corrected."""
    rows = select(col(CorrectionRow.question_id), func.max(col(CorrectionRow.at)))
    here = col(CorrectionRow.question_id).in_(question_ids)
    found: Any = await connection.execute(rows.where(here).group_by(col(CorrectionRow.question_id)))
    return dict(found.all())


async def _passes(connection: AsyncConnection, question_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return the numbers of the askings of these questions that were kept, in order."""
    rows = select(col(WaveRow.question_id), col(WaveRow.wave)).where(col(WaveRow.question_id).in_(question_ids), _KEPT)
    found: dict[int, list[int]] = {}
    for question_id, wave in await connection.execute(rows.order_by(col(WaveRow.wave))):
        found.setdefault(question_id, []).append(wave)
    return found


def _kept(row: LibraryQuestionRow) -> Definition:
    return Definition(
        kind=row.kind,
        text=row.text,
        options=tuple(Option(key, label) for key, label in row.options),
        rules=row.rules,
        hint=row.hint,
        reveal=Reveal(row.reveal),
        language=row.language,
        translations={tag: Translation(**one) for tag, one in row.translations.items()},
        origin=row.origin,
    )
