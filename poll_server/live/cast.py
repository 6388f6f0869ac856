"""Casting a vote: the one way in, behind both doors, socket and form.

parse → may this be answered, does the answer fit → ballot box → committed → receipt.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from poll_server import questions
from poll_server.domain.ballots import CAST_IN_SECRET, PERSON_RANK, Ballot, Key, Outcome, Rank, Standing
from poll_server.domain.errors import PollError, Refused, Unavailable, Unknown
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import TAKES_BALLOTS, Question
from poll_server.live.room import Room
from poll_server.live.urn import Boxes
from poll_server.messages import Vote
from poll_server.questions.contract import ABSTENTION, ANSWERED, Answer
from poll_server.render import Receipt

_COUNTED = (Outcome.COUNTED, Outcome.DUPLICATE)


def cast(room: Room, box: Boxes, participant: str, vote: Vote, language: str = "") -> asyncio.Future[Receipt]:
    """Count a vote of a participant of this room; the future holds what to say once that is durable, never a PollError.

    The rank is asked before the state: a vote whose acknowledgement was lost hears "counted" even after closing. Who
    has voted in secret hears that, whatever they send. What counts is the same in every ``language``; a refusal names
    options in the words that its reader has chosen.
    """
    receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
    try:
        ballots = _ballots(room, room.event_in(language).question(vote.question), participant, vote)
    except PollError as error:
        receipt.set_result(_receipt(room, participant, vote, "refused", error))
        return receipt

    def tell(outcome: asyncio.Future[Outcome]) -> None:
        if not receipt.done():
            receipt.set_result(_outcome_receipt(room, participant, vote, ballots[-1], outcome))

    box.cast(*ballots).add_done_callback(tell)
    return receipt


def _outcome_receipt(
    room: Room, participant: str, vote: Vote, ballot: Ballot, outcome: asyncio.Future[Outcome]
) -> Receipt:
    try:
        found = outcome.result()
    except Unavailable as error:
        return _receipt(room, participant, vote, "waiting", error)
    if ballot.secret and found in _COUNTED:
        return _receipt(room, participant, vote, "counted", None, CAST_IN_SECRET, fresh=found is Outcome.COUNTED)
    if found in _COUNTED:
        return _receipt(room, participant, vote, "counted", None, Standing(ballot.rank, ballot.answer))
    return _receipt(room, participant, vote, "refused", _reason(room, vote, found))


def _parsed(room: Room, definition: Definition, vote: Vote) -> Answer:
    """Return the answer; with words of another language, such as a unit, too: it may have been kept before a change.

    Raises Refused in the words of the reader's language.
    """
    try:
        return questions.parse(definition, vote.answer)
    except Refused:
        for language in ("", *definition.translations):
            with suppress(Refused):
                other = room.event_in(language).question(vote.question).definition
                return questions.parse(other, vote.answer)
        raise


def _ballots(room: Room, question: Question, participant: str, vote: Vote) -> tuple[Ballot, ...]:
    definition = question.definition
    if not room.takes_from(participant, question) and not _stands(room, participant, vote):
        raise _reason(room, vote, Outcome.CLOSED)
    answer = _parsed(room, definition, vote)
    key = Key(question.id, vote.wave, participant)
    if vote.submission is None:
        rank = Rank(room.next_number(participant, vote.number), uuid4())
    else:
        rank = Rank(vote.number, vote.submission)
    group = room.group_of(participant, definition)
    whole = Ballot(key, rank, answer, questions.marks(definition, answer), group, definition.secret)
    return _pieces(room, question, whole) if questions.kind_of(definition).piecewise else (whole,)


def _pieces(room: Room, question: Question, whole: Ballot) -> tuple[Ballot, ...]:
    """Return a ballot for each piece of an answer, the first time after one without a part that counts the person.

    Whichever of several votes brings that one, it is the same: a person counts once, and does not abstain as well.
    """
    stage, standing = room.event.on_stage, room.standing.get(whole.key.participant)
    here = stage is not None and (stage.id, stage.wave) == (question.id, whole.key.wave)
    before = standing.answer if standing and here else ()
    if whole.answer == ABSTENTION:
        if before and before != ABSTENTION:
            raise Refused("answered_pieces")
        return (whole,)
    pieces = tuple(
        replace(
            whole,
            key=whole.key._replace(part=piece.partition("=")[0]),
            answer=(piece,),
            marks=questions.marks(question.definition, (piece,)) - _PERSON,
        )
        for piece in whole.answer
    )
    if before and before != ABSTENTION:
        return pieces
    return (replace(whole, rank=PERSON_RANK, answer=(), marks=_PERSON), *pieces)


_PERSON = Counter([ANSWERED])


def _stands(room: Room, participant: str, vote: Vote) -> bool:
    """Tell whether this very submission has been counted: its acknowledgement may have been lost.

    Of a secret ballot no submission is known.
    """
    standing = room.standing.get(participant)
    return standing is not None and (standing is CAST_IN_SECRET or standing.rank.submission == vote.submission)


def _reason(room: Room, vote: Vote, outcome: Outcome) -> PollError:
    if outcome is Outcome.STALE:
        return Refused("stale")
    if outcome is Outcome.REFUSED:
        return Refused("unstorable")
    if not room.event.has(vote.question):
        return Unknown("unknown_question")
    question = room.event.question(vote.question)
    if vote.wave < question.wave and question.state in TAKES_BALLOTS:
        return Refused("old_wave")
    if question.closed is None or vote.wave != question.wave:
        return Refused("not_open")
    return Refused("closed_at", time=f"{question.closed.hour}:{question.closed:%M}")


def _receipt(
    room: Room,
    participant: str,
    vote: Vote,
    state: str,
    error: PollError | None,
    counted: Standing | None = None,
    *,
    fresh: bool = True,
) -> Receipt:
    """Name the answer that stands now: the one just counted, or for the question on the stage the one in memory.

    The time goes to ``fresh`` votes only: what was cast in secret may have been cast before.
    """
    stage = room.event.on_stage
    here = stage is not None and (stage.id, stage.wave) == (vote.question, vote.wave)
    standing = (room.standing.get(participant) if here else None) or counted
    secret = standing is CAST_IN_SECRET
    return Receipt(
        state=state,
        question=vote.question,
        wave=vote.wave,
        answer=standing.answer if standing else (),
        number=standing.rank.number if standing else 0,
        submission=vote.submission or (counted.rank.submission if counted and not secret else None),
        at=room.now() if state == "counted" and fresh else None,
        error=error,
        secret=secret,
    )
