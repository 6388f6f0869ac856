"""Events: creating one, finding it, reading it whole, and reading what steps change."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from poll_server.domain.programme import (
    Definition,
    EventDraft,
    Item,
    ItemDraft,
    ItemKind,
    Option,
    Person,
    Reveal,
    SeriesName,
    Translation,
)
from poll_server.domain.rounds import TAKES_BALLOTS, Event, Question, Round, State, Wave
from poll_server.domain.text import CODE_LENGTH, CODE_LETTERS
from poll_server.questions import KINDS
from poll_server.storage import additions, contributions, pictures
from poll_server.storage.rounds import question_row
from poll_server.storage.tables import CorrectionRow, EventRow, ItemRow, QuestionRow, RoundRow, SeriesRow, WaveRow

_PRESENT_WAVE = and_(col(WaveRow.question_id) == col(QuestionRow.id), col(WaveRow.wave) == col(QuestionRow.wave))


class CodeTaken(Exception):
    """The join code belongs to another event."""


def new_code() -> str:
    """Return a join code of letters and digits that are not mistaken for one another."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)).lower()


async def create(
    connection: AsyncConnection, draft: EventDraft, code: str, pseudonym_key: bytes, series_id: int | None = None
) -> int:
    """Store a prepared event whole, maybe as one of a series, and return its id; raises CodeTaken."""
    session = AsyncSession(connection)
    event = EventRow(
        code=code,
        title=draft.title,
        subtitle=draft.subtitle,
        organisers=draft.organisers,
        day=draft.day,
        time_zone=draft.time_zone,
        language=draft.language,
        pseudonym_key=pseudonym_key,
        shares_from=draft.shares_from,
        groups=[
            [group.key, group.label, {language: names[group.key] for language, names in draft.group_names.items()}]
            for group in draft.groups
        ],
        decline_reasons=list(draft.decline_reasons),
        blocked_words={language: list(lines) for language, lines in draft.blocked_words.items()},
        series_id=series_id,
        last_day=draft.last_day,
        partners=draft.partners,
        welcome=draft.welcome,
        contact=draft.contact,
        imprint=draft.imprint,
        privacy=draft.privacy,
        accessibility=draft.accessibility,
    )
    session.add(event)
    try:
        await session.flush()
    except IntegrityError as error:
        raise CodeTaken(code) from error
    assert event.id is not None
    for position, item in enumerate(draft.items):
        await create_item(session, event.id, position, item)
    await pictures.keep(connection, event.id, draft.pictures)
    return event.id


async def create_item(session: AsyncSession, event_id: int, position: int, draft: ItemDraft) -> None:
    """Store a slot of the programme, with its round or its question session."""
    item = ItemRow(
        event_id=event_id,
        position=position,
        starts=draft.starts,
        ends=draft.ends,
        about=draft.about,
        kind=draft.kind,
        title=draft.title,
        description=draft.description,
        people=[{"name": person.name, "role": person.role} for person in draft.people],
    )
    session.add(item)
    await session.flush()
    if draft.kind is ItemKind.QUESTION_SESSION:
        await contributions.create_session(session, item.id or 0, draft.session)
    if draft.kind is ItemKind.ROUND:
        row = RoundRow(event_id=event_id, item_id=item.id, position=position, title=draft.title)
        session.add(row)
        await session.flush()
        assert row.id is not None
        session.add_all(question_row(row.id, at, definition) for at, definition in enumerate(draft.questions))
        await session.flush()


async def find(connection: AsyncConnection, code: str) -> tuple[int, bytes] | None:
    """Return (id, key of the pseudonyms) of the event with this join code."""
    rows = select(col(EventRow.id), col(EventRow.pseudonym_key)).where(col(EventRow.code) == code)
    row = (await connection.execute(rows)).one_or_none()
    return None if row is None or row[0] is None else (row[0], row[1])


async def codes_taking_ballots(connection: AsyncConnection) -> Sequence[str]:
    """Return the join codes of events with a question that is open or closing."""
    taking = (
        select(col(RoundRow.event_id))
        .join(QuestionRow, col(QuestionRow.round_id) == col(RoundRow.id))
        .where(col(QuestionRow.state).in_(TAKES_BALLOTS))
    )
    return (await connection.execute(select(col(EventRow.code)).where(col(EventRow.id).in_(taking)))).scalars().all()


async def load(connection: AsyncConnection, event_id: int) -> Event:
    """Read an event whole: programme, rounds, questions and where each stands."""
    session = AsyncSession(connection)
    row = await session.get_one(EventRow, event_id)
    zone = ZoneInfo(row.time_zone)
    items = await session.scalars(
        select(ItemRow).where(col(ItemRow.event_id) == event_id).order_by(col(ItemRow.position))
    )
    series = await session.get_one(SeriesRow, row.series_id) if row.series_id else None
    event = Event(
        id=event_id,
        code=row.code,
        title=row.title,
        subtitle=row.subtitle,
        organisers=row.organisers,
        day=row.day,
        time_zone=row.time_zone,
        language=row.language,
        revision=row.revision,
        current=row.current,
        join_shown=row.join_shown,
        items=tuple(_item(item, zone) for item in items),
        rounds=await _rounds(session, event_id, row.language, row.shares_from, zone),
        groups=tuple(Option(key, label) for key, label, *_ in row.groups),
        group_names=_group_names(row.groups),
        series=SeriesName(series.code, series.title) if series else None,
        edition=row.edition,
        last_day=row.last_day,
        partners=row.partners,
        welcome=row.welcome,
        contact=row.contact,
        imprint=row.imprint,
        privacy=row.privacy,
        accessibility=row.accessibility,
        archived=row.archived and row.archived.astimezone(zone),
    )
    return await reread(connection, event)


def _group_names(groups: Sequence[Sequence[Any]]) -> dict[str, dict[str, str]]:
    """Return what groups are called in other languages; those of older events have no such names."""
    found: dict[str, dict[str, str]] = {}
    for key, _, *names in groups:
        for language, name in names[0].items() if names else ():
            found.setdefault(language, {})[key] = name
    return found


async def reread(connection: AsyncConnection, event: Event) -> Event:
    """Return the event with everything that steps change read anew; programme and questions stay as they are."""
    row = await connection.execute(
        select(col(EventRow.revision), col(EventRow.current), col(EventRow.join_shown), col(EventRow.rehearsal)).where(
            col(EventRow.id) == event.id
        )
    )
    revision, current, join_shown, rehearsal = row.one()
    zone = ZoneInfo(event.time_zone)
    found = await connection.execute(
        select(
            col(QuestionRow.id),
            col(QuestionRow.state),
            col(QuestionRow.wave),
            col(WaveRow.opened),
            col(WaveRow.closed),
            col(WaveRow.present),
            col(WaveRow.closes),
            col(WaveRow.counts_since),
        )
        .outerjoin(WaveRow, _PRESENT_WAVE)
        .where(col(QuestionRow.id).in_([question.id for question in event.questions]))
    )
    stands = {row.id: row for row in found}
    earlier = await _earlier_waves(connection, list(stands), zone)
    rounds = tuple(
        replace(
            round_,
            questions=tuple(
                _stand(question, stands[question.id], earlier.get(question.id, []), zone)
                for question in round_.questions
            ),
        )
        for round_ in event.rounds
    )
    return replace(event, revision=revision, current=current, join_shown=join_shown, rehearsal=rehearsal, rounds=rounds)


async def _earlier_waves(
    connection: AsyncConnection, question_ids: Sequence[int], zone: ZoneInfo
) -> dict[int, list[Wave]]:
    """Return the askings before the present one whose results are kept, oldest first, by question."""
    rows = (
        select(
            col(WaveRow.question_id), col(WaveRow.wave), col(WaveRow.opened), col(WaveRow.closed), col(WaveRow.present)
        )
        .join(QuestionRow, col(QuestionRow.id) == col(WaveRow.question_id))
        .where(
            col(WaveRow.question_id).in_(question_ids),
            col(WaveRow.wave) < col(QuestionRow.wave),
            col(WaveRow.discarded).is_(False),
            col(WaveRow.closed).is_not(None),
        )
        .order_by(col(WaveRow.question_id), col(WaveRow.wave))
    )
    found: dict[int, list[Wave]] = {}
    for question_id, number, opened, closed, present in await connection.execute(rows):
        assert closed is not None
        wave = Wave(number, opened.astimezone(zone), closed.astimezone(zone), present)
        found.setdefault(question_id, []).append(wave)
    return found


def _stand(question: Question, row: Any, earlier: Sequence[Wave], zone: ZoneInfo) -> Question:
    return replace(
        question,
        state=State(row.state),
        wave=row.wave,
        opened=row.opened and row.opened.astimezone(zone),
        closed=row.closed and row.closed.astimezone(zone),
        present=row.present or 0,
        earlier=tuple(earlier),
        closes=row.closes and row.closes.astimezone(zone),
        counts_since=row.counts_since and row.counts_since.astimezone(zone),
    )


def _item(row: ItemRow, zone: ZoneInfo) -> Item:
    assert row.id is not None
    return Item(
        id=row.id,
        starts=row.starts.astimezone(zone),
        ends=row.ends and row.ends.astimezone(zone),
        about=row.about,
        kind=ItemKind(row.kind),
        title=row.title,
        description=row.description,
        people=tuple(Person(person["name"], person["role"]) for person in row.people),
    )


async def _rounds(
    session: AsyncSession, event_id: int, language: str, shares_from: int, zone: ZoneInfo
) -> tuple[Round, ...]:
    rounds = await session.scalars(
        select(RoundRow).where(col(RoundRow.event_id) == event_id).order_by(col(RoundRow.position), col(RoundRow.id))
    )
    here = col(QuestionRow.round_id).in_(select(col(RoundRow.id)).where(col(RoundRow.event_id) == event_id))
    rows = select(QuestionRow).where(here).order_by(col(QuestionRow.position), col(QuestionRow.id))
    found = (await session.scalars(rows)).all()
    added = await additions.accepted(await session.connection(), [row.id or 0 for row in found])
    mended = await _mended(session, select(col(QuestionRow.id)).where(here), zone)
    questions = [
        replace(_question(row, language, shares_from, added.get(row.id or 0, ())), mended=mended.get(row.id or 0))
        for row in found
    ]
    return tuple(
        Round(row.id or 0, row.item_id, row.title, tuple(q for q in questions if q.round_id == row.id))
        for row in rounds
    )


def _question(row: QuestionRow, language: str, shares_from: int, added: tuple[Option, ...]) -> Question:
    assert row.id is not None
    definition = definition_of(row, language, shares_from, added)
    return Question(
        row.id,
        row.round_id,
        definition,
        State(row.state),
        row.wave,
        answerable=KINDS[row.kind].answerable,
    )


def definition_of(row: QuestionRow, language: str, shares_from: int, added: tuple[Option, ...]) -> Definition:
    """Return the question that a row holds, with what is its event's, and what participants have added to it."""
    return Definition(
        kind=row.kind,
        text=row.text,
        options=tuple(Option(key, label) for key, label in row.options),
        rules=row.rules,
        hint=row.hint,
        reveal=Reveal(row.reveal),
        language=language,
        shares_from=shares_from,
        translations={tag: Translation(**one) for tag, one in row.translations.items()},
        added=added,
        origin=row.origin,
    )


async def _mended(session: AsyncSession, questions: Select[Any], zone: ZoneInfo) -> dict[int, datetime]:
    """Return when the words of these questions were last corrected."""
    last = func.max(col(CorrectionRow.at))
    rows = select(col(CorrectionRow.question_id), last).where(col(CorrectionRow.question_id).in_(questions))
    found = await session.execute(rows.group_by(col(CorrectionRow.question_id)))
    return {question_id: at.astimezone(zone) for question_id, at in found}
