"""Reading and writing events: creating one, reading it whole, and the steps of its moderators."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from poll_server.domain.errors import Conflict
from poll_server.domain.programme import (
    Definition,
    EventDraft,
    Item,
    ItemDraft,
    ItemKind,
    Option,
    Person,
    Reveal,
    Translation,
)
from poll_server.domain.rounds import DISCARDS, TAKES_BALLOTS, Action, Event, Question, Round, State, Step, Wave
from poll_server.domain.timing import Countdown, Extension, Extensions
from poll_server.questions import KINDS
from poll_server.storage import additions, contributions, pictures, slips
from poll_server.storage.tables import (
    AdditionRow,
    BallotRow,
    CorrectionRow,
    DecisionRow,
    EventRow,
    ExtensionRow,
    ItemRow,
    QuestionRow,
    RoundRow,
    SlipRow,
    TallyRow,
    VotedRow,
    WaveRow,
)

_PRESENT_WAVE = and_(col(WaveRow.question_id) == col(QuestionRow.id), col(WaveRow.wave) == col(QuestionRow.wave))


class CodeTaken(Exception):
    """The join code belongs to another event."""


async def create(connection: AsyncConnection, draft: EventDraft, code: str, pseudonym_key: bytes) -> int:
    """Store a prepared event whole and return its id; raises CodeTaken."""
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
        groups=[[group.key, group.label] for group in draft.groups],
        decline_reasons=list(draft.decline_reasons),
        blocked_words={language: list(lines) for language, lines in draft.blocked_words.items()},
    )
    session.add(event)
    try:
        await session.flush()
    except IntegrityError as error:
        raise CodeTaken(code) from error
    assert event.id is not None
    for position, item in enumerate(draft.items):
        await _create_item(session, event.id, position, item)
    await pictures.keep(connection, event.id, draft.pictures)
    return event.id


async def _create_item(session: AsyncSession, event_id: int, position: int, draft: ItemDraft) -> None:
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
        session.add_all(_question_row(row.id, at, definition) for at, definition in enumerate(draft.questions))
        await session.flush()


def _question_row(round_id: int, position: int, definition: Definition) -> QuestionRow:
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
        "translations": {language: asdict(one) for language, one in definition.translations.items()},
    }


async def find(connection: AsyncConnection, code: str) -> tuple[int, bytes] | None:
    """Return (id, key of the pseudonyms) of the event with this join code."""
    rows = select(col(EventRow.id), col(EventRow.pseudonym_key)).where(col(EventRow.code) == code)
    row = (await connection.execute(rows)).one_or_none()
    return None if row is None or row[0] is None else (row[0], row[1])


async def codes(connection: AsyncConnection) -> Sequence[str]:
    """Return the join codes of all events, oldest first."""
    return (await connection.execute(select(col(EventRow.code)).order_by(col(EventRow.id)))).scalars().all()


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
        groups=tuple(Option(key, label) for key, label in row.groups),
    )
    return await reread(connection, event)


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
    definition = Definition(
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
    )
    return Question(
        row.id,
        row.round_id,
        definition,
        State(row.state),
        row.wave,
        answerable=KINDS[row.kind].answerable,
    )


async def _mended(session: AsyncSession, questions: Select[Any], zone: ZoneInfo) -> dict[int, datetime]:
    """Return when the words of these questions were last corrected."""
    last = func.max(col(CorrectionRow.at))
    rows = select(col(CorrectionRow.question_id), last).where(col(CorrectionRow.question_id).in_(questions))
    found = await session.execute(rows.group_by(col(CorrectionRow.question_id)))
    return {question_id: at.astimezone(zone) for question_id, at in found}


async def take_step(
    connection: AsyncConnection, event: Event, seen: int, step: Step, action: Action, present: int
) -> None:
    """Carry out a planned step if the event still stands where its sender saw it; raises Conflict.

    ``present`` is kept when a question closes.
    """
    join_shown = event.join_shown and action is Action.SETTLE
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
        await end_extensions(connection, question.id, question.wave)
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


async def keep_extensions(connection: AsyncConnection, question: Question, given: Extensions) -> None:
    """Store more time for participants of the present asking, in the place of what they had."""
    key = {"question_id": question.id, "wave": question.wave}
    await connection.execute(
        delete(ExtensionRow).where(
            col(ExtensionRow.question_id) == question.id,
            col(ExtensionRow.wave) == question.wave,
            col(ExtensionRow.participant).in_(given),
        )
    )
    rows = [key | {"participant": who, "until": until, "times": times} for who, (until, times) in given.items()]
    await connection.execute(insert(ExtensionRow), rows)


async def extensions(connection: AsyncConnection, question: Question, zone: ZoneInfo) -> dict[str, Extension]:
    """Return who has more time in the present asking of a question, until when in this time zone."""
    rows = select(col(ExtensionRow.participant), col(ExtensionRow.until), col(ExtensionRow.times)).where(
        col(ExtensionRow.question_id) == question.id, col(ExtensionRow.wave) == question.wave
    )
    return {
        participant: Extension(until.astimezone(zone), times)
        for participant, until, times in await connection.execute(rows)
    }


async def end_extensions(connection: AsyncConnection, question_id: int, wave: int) -> None:
    """Forget who had more time."""
    await connection.execute(
        delete(ExtensionRow).where(col(ExtensionRow.question_id) == question_id, col(ExtensionRow.wave) == wave)
    )


async def show_join(connection: AsyncConnection, event: Event, seen: int, shown: bool) -> None:
    """Put the join code on the screen or take it away; raises Conflict."""
    await advance(connection, event, seen, {"join_shown": shown})


async def begin_rehearsal(connection: AsyncConnection, event: Event, seen: int) -> None:
    """Mark everything that is asked from now on as a rehearsal; raises Conflict."""
    await advance(connection, event, seen, {"rehearsal": True})


async def wipe_rehearsal(connection: AsyncConnection, event: Event, seen: int) -> int:
    """End a rehearsal, delete what was asked and answered in it, and return how many ballots that were.

    The questions are ready again, in a new wave: a vote that is still on its way is too late. Raises Conflict.
    """
    await advance(connection, event, seen, {"rehearsal": False, "current": None, "join_shown": False})
    ids = [question.id for question in event.questions]
    waves = select(col(WaveRow.question_id), col(WaveRow.wave)).where(
        col(WaveRow.question_id).in_(ids), col(WaveRow.rehearsal)
    )
    await connection.execute(
        update(QuestionRow)
        .where(tuple_(col(QuestionRow.id), col(QuestionRow.wave)).in_(waves))
        .values(state=State.READY, wave=col(QuestionRow.wave) + 1)
    )
    wiped = 0
    for table in (BallotRow, SlipRow):
        gone = await connection.execute(delete(table).where(tuple_(col(table.question_id), col(table.wave)).in_(waves)))
        wiped += gone.rowcount
    await connection.execute(delete(VotedRow).where(tuple_(col(VotedRow.question_id), col(VotedRow.wave)).in_(waves)))
    await connection.execute(delete(TallyRow).where(tuple_(col(TallyRow.question_id), col(TallyRow.wave)).in_(waves)))
    await connection.execute(
        delete(DecisionRow).where(tuple_(col(DecisionRow.question_id), col(DecisionRow.wave)).in_(waves))
    )
    await connection.execute(
        delete(AdditionRow).where(tuple_(col(AdditionRow.question_id), col(AdditionRow.wave)).in_(waves))
    )
    await connection.execute(
        delete(ExtensionRow).where(tuple_(col(ExtensionRow.question_id), col(ExtensionRow.wave)).in_(waves))
    )
    await connection.execute(delete(WaveRow).where(col(WaveRow.question_id).in_(ids), col(WaveRow.rehearsal)))
    await contributions.wipe(connection, event.id)
    return wiped


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
    rows = [_question_row(round_id, at, definition) for at, definition in enumerate(definitions, start)]
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
    row = _question_row(round_id, position, definition)
    session.add(row)
    await session.flush()
    return row.id or 0


async def advance(connection: AsyncConnection, event: Event, seen: int, values: dict[str, int | bool | None]) -> None:
    """Count one more step of the event's moderators, and set these columns of its row; raises Conflict."""
    advanced = await connection.execute(
        update(EventRow)
        .where(col(EventRow.id) == event.id, col(EventRow.revision) == seen)
        .values(revision=seen + 1, **values)
    )
    if advanced.rowcount != 1:
        raise Conflict("conflict")
