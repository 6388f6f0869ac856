"""The life of a question and of the stage it stands on: one table of transitions, one function a step."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from poll_server.domain.errors import Forbidden, Unknown
from poll_server.domain.languages import NAMES
from poll_server.domain.programme import Definition, Item, Option, SeriesName, days_of


class State(StrEnum):
    """Where a question stands: in its life, and once that is over, whether its result is shown.

    | life:          | ready | open | closing | closed | archived       |
    |----------------|-------|------|---------|--------|----------------|
    | result hidden: | ready | open | closing | closed | archived       |
    | result shown:  |       |      |         | shown  | archived_shown |

    Ballots are taken in ``open`` and ``closing``. What is archived is over: it never comes to the stage, and takes no
    step but being restored.
    """

    READY = "ready"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    SHOWN = "shown"
    ARCHIVED = "archived"
    ARCHIVED_SHOWN = "archived_shown"

    @property
    def shown(self) -> bool:
        """Whether everybody may see the result."""
        return self in (State.SHOWN, State.ARCHIVED_SHOWN)

    @property
    def archived(self) -> bool:
        """Whether the question is over."""
        return self in (State.ARCHIVED, State.ARCHIVED_SHOWN)


class Action(StrEnum):
    """What a moderator can do with a question; ``settle`` is done by the server when closing is over."""

    OPEN = "open"
    TAKE_BACK = "take_back"
    CLOSE = "close"
    SETTLE = "settle"
    SHOW = "show"
    HIDE = "hide"
    REOPEN = "reopen"
    DISCARD = "discard"
    REPEAT = "repeat"
    NEXT = "next"
    ARCHIVE = "archive"
    RESTORE = "restore"


TAKES_BALLOTS = frozenset({State.OPEN, State.CLOSING})

FINAL = frozenset({State.CLOSED, State.SHOWN, State.ARCHIVED, State.ARCHIVED_SHOWN})
"""States in which the result does not move any more."""

TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.READY, Action.OPEN): State.OPEN,
    (State.OPEN, Action.TAKE_BACK): State.READY,
    (State.OPEN, Action.CLOSE): State.CLOSING,
    (State.CLOSING, Action.SETTLE): State.CLOSED,
    (State.CLOSED, Action.SHOW): State.SHOWN,
    (State.CLOSED, Action.REOPEN): State.OPEN,
    (State.CLOSED, Action.DISCARD): State.READY,
    (State.SHOWN, Action.HIDE): State.CLOSED,
    (State.SHOWN, Action.DISCARD): State.READY,
    (State.CLOSED, Action.REPEAT): State.READY,
    (State.SHOWN, Action.REPEAT): State.READY,
    (State.READY, Action.NEXT): State.READY,
    (State.CLOSED, Action.NEXT): State.CLOSED,
    (State.SHOWN, Action.NEXT): State.SHOWN,
    (State.CLOSED, Action.ARCHIVE): State.ARCHIVED,
    (State.SHOWN, Action.ARCHIVE): State.ARCHIVED_SHOWN,
    (State.ARCHIVED, Action.RESTORE): State.CLOSED,
    (State.ARCHIVED_SHOWN, Action.RESTORE): State.SHOWN,
}

UNANSWERED_TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.READY, Action.OPEN): State.SHOWN,
    (State.READY, Action.NEXT): State.READY,
    (State.SHOWN, Action.DISCARD): State.READY,
    (State.SHOWN, Action.NEXT): State.SHOWN,
    (State.SHOWN, Action.ARCHIVE): State.ARCHIVED_SHOWN,
    (State.ARCHIVED_SHOWN, Action.RESTORE): State.SHOWN,
}
"""The life of what nobody answers, such as a notice: shown at once, and taken back."""

DISCARDS = frozenset({Action.TAKE_BACK, Action.DISCARD})
"""Actions that end the wave: its ballots stay stored but count no more, and votes still on their way are too late."""
ENDS_WAVE = DISCARDS | {Action.REPEAT}
"""Actions after which the question is asked in a new wave; repeating keeps the result of the one that ends."""

UNSEEN = frozenset({Action.SETTLE, Action.ARCHIVE, Action.RESTORE})
"""Actions that change nothing of what stands on the screen."""

MAIN_ACTION: dict[State, Action] = {
    State.READY: Action.OPEN,
    State.OPEN: Action.CLOSE,
    State.CLOSED: Action.SHOW,
    State.SHOWN: Action.NEXT,
}
"""The one next step of each state, the big button of the desk; closing ends by itself, what is archived has none."""


@dataclass(frozen=True, slots=True)
class Wave:
    """An earlier asking of a question whose result is kept; times are aware, in the event's time zone."""

    number: int
    opened: datetime
    closed: datetime
    present: int


@dataclass(frozen=True, slots=True)
class Question:
    """A stored question. Times are those of the present wave, aware, in the event's time zone.

    ``earlier`` are the askings before it that were kept, oldest first; what was discarded is in no list. ``closes`` is
    when the countdown of an open question ends, which runs since ``counts_since``; both are None without one. What is
    not ``answerable`` is only shown. ``mended`` is when its words were last corrected.
    """

    id: int
    round_id: int
    definition: Definition
    state: State
    wave: int
    opened: datetime | None = None
    closed: datetime | None = None
    present: int = 0
    earlier: tuple[Wave, ...] = ()
    closes: datetime | None = None
    answerable: bool = True
    mended: datetime | None = None
    counts_since: datetime | None = None

    @property
    def begun(self) -> datetime | None:
        """When people were first asked, of the askings that count; None before."""
        return self.earlier[0].opened if self.earlier else self.opened

    @property
    def corrected(self) -> datetime | None:
        """When its words were last corrected since people were first asked, None if they read what stands now."""
        return self.mended if self.begun and self.mended and self.mended >= self.begun else None

    @property
    def asked(self) -> bool:
        """Whether it has been put to people, in an asking that counts."""
        return self.state is not State.READY or bool(self.earlier)

    @property
    def fixed(self) -> bool:
        """Whether people may have answered, so that its meaning cannot change any more."""
        return self.asked and self.answerable

    @property
    def pass_number(self) -> int:
        """How many times the question has been asked, this time included, as people count: from one."""
        return len(self.earlier) + 1


@dataclass(frozen=True, slots=True)
class Round:
    """Questions in their order; ``item_id`` names the slot, none for questions asked outside the programme."""

    id: int
    item_id: int | None
    title: str
    questions: tuple[Question, ...]

    @property
    def working(self) -> tuple[Question, ...]:
        """The questions without those that are archived."""
        return tuple(question for question in self.questions if not question.state.archived)


@dataclass(frozen=True)
class Event:
    """One event as it stands.

    ``revision`` counts the steps of its moderators. ``current`` is the question on the stage, what audience and screen
    see; ``join_shown`` puts the join code on the screen instead. In a ``rehearsal`` simulated participants take part,
    and what is asked will be wiped. ``language`` is that of its title and its programme. Participants may
    say which of the ``groups`` they come from; ``group_names`` are these in other languages, by language and key, and
    ``groups_language`` is that of ``groups``, empty for the event's own. What its organisers write of it is as in an
    ``EventDraft``; ``edition`` counts how often they have changed that. Once ``archived`` it is not changed at all.
    """

    id: int
    code: str
    title: str
    subtitle: str
    organisers: str
    day: date
    time_zone: str
    language: str
    revision: int
    current: int | None
    join_shown: bool
    items: tuple[Item, ...]
    rounds: tuple[Round, ...]
    rehearsal: bool = False
    groups: tuple[Option, ...] = ()
    group_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    groups_language: str = ""
    series: SeriesName | None = None
    edition: int = 0
    last_day: date | None = None
    partners: str = ""
    welcome: str = ""
    contact: str = ""
    imprint: str = ""
    privacy: str = ""
    accessibility: str = ""
    archived: datetime | None = None

    @property
    def questions(self) -> Iterator[Question]:
        """All questions in the order in which they are asked."""
        return (question for round_ in self.rounds for question in round_.questions)

    @property
    def question_ids(self) -> list[int]:
        """The ids of all questions."""
        return list(self._by_id)

    def question(self, question_id: int) -> Question:
        """Return a question of this event, or raise Unknown."""
        try:
            return self._by_id[question_id]
        except KeyError:
            raise Unknown("unknown_question") from None

    def has(self, question_id: int) -> bool:
        """Tell whether a question is one of this event."""
        return question_id in self._by_id

    def round(self, round_id: int) -> Round:
        """Return a round of this event, or raise Unknown."""
        found = next((round_ for round_ in self.rounds if round_.id == round_id), None)
        if found is None:
            raise Unknown("unknown_round")
        return found

    @property
    def begun(self) -> bool:
        """Whether people have been asked anything."""
        return any(question.asked for question in self.questions)

    @cached_property
    def ends(self) -> date:
        """The last day, as it was given or by the programme."""
        return max(self.last_day or self.day, *(day for day, _ in self.days))

    @cached_property
    def days(self) -> tuple[tuple[date, tuple[Item, ...]], ...]:
        """The days of the event with the slots of each; one day without slots where there is no programme."""
        return days_of(self.items) or ((self.day, ()),)

    @property
    def groups_spoken(self) -> str:
        """The language that the names of the groups are in."""
        return self.groups_language or self.language

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """What participants choose from: the event's own, then those that any question or the groups are in, too."""
        found = {tag for question in self.questions for tag in question.definition.translations} | set(self.group_names)
        return (self.language, *(tag for tag in NAMES if tag in found - {self.language}))

    @cached_property
    def _by_id(self) -> dict[int, Question]:
        return {question.id: question for question in self.questions}

    @property
    def on_stage(self) -> Question | None:
        """The question that the stage is at, whatever its state."""
        return None if self.current is None else self.question(self.current)

    @property
    def cue(self) -> Question | None:
        """The question that the desk is at: the one on the stage, else the first that has not been asked."""
        ready = (question for question in self.questions if question.state is State.READY)
        return self.on_stage or next(ready, None)

    def round_of(self, question: Question) -> Round:
        """Return the round that a question belongs to."""
        return next(round_ for round_ in self.rounds if round_.id == question.round_id)

    def place(self, question: Question) -> tuple[int, int]:
        """Return (number, of how many) of a question in its round, from one; what is only shown is no question."""
        ids = [other.id for other in self.round_of(question).questions if other.answerable]
        return ids.index(question.id) + 1, len(ids)


@dataclass(frozen=True, slots=True)
class Step:
    """What one command changes: the question from one state to another, and who stands on the stage afterwards."""

    question_id: int
    before: State
    after: State
    ends_wave: bool
    current: int | None


def plan(event: Event, action: Action, question_id: int) -> Step:
    """Return the step that ``action`` on a question makes.

    Raises Unknown for a question of another event, Forbidden for a step that the state does not allow, that would open
    a second question or take the stage from an open one, open a secret one again, skip the last one, or archive the
    one on the stage. After the last question, next leaves the stage empty: the audience sees the programme again, the
    screen the join code.
    """
    question = event.question(question_id)
    transitions = TRANSITIONS if question.answerable else UNANSWERED_TRANSITIONS
    after = transitions.get((question.state, action))
    if after is None:
        raise Forbidden("step")
    if action is Action.REOPEN and question.definition.secret:
        raise Forbidden("secret")
    if action is Action.ARCHIVE and question_id == event.current:
        raise Forbidden("on_stage")
    current: int | None = question_id
    if action is Action.NEXT:
        next_one = following(event, question)
        if next_one is None and question.state is State.READY:
            raise Forbidden("last")
        current = next_one.id if next_one else None
    elif action in DISCARDS | UNSEEN | {Action.HIDE}:
        current = event.current
    moves_stage = current != event.current
    another_open = any(other.state in TAKES_BALLOTS for other in event.questions if other.id != question_id)
    if another_open and (moves_stage or after is State.OPEN):
        raise Forbidden("another_open")
    return Step(question.id, question.state, after, action in ENDS_WAVE, current)


def plan_round(event: Event, action: Action, question_id: int) -> list[Step]:
    """Return the steps that ``action`` makes on all questions of this one's round that it is possible with.

    Raises Unknown for a question of another event.
    """
    found = []
    for question in event.round_of(event.question(question_id)).questions:
        with suppress(Forbidden):
            found.append(plan(event, action, question.id))
    return found


def check_rehearsal(event: Event, begin: bool) -> None:
    """Raise Forbidden unless a rehearsal can begin, before anything has been asked, or end, while there is one."""
    if event.rehearsal is begin:
        raise Forbidden("step")
    if begin and any(question.state is not State.READY for question in event.questions):
        raise Forbidden("asked_already")


def following(event: Event, question: Question) -> Question | None:
    """Return the next question that has not been asked, after ``question`` or else from the start, if there is one."""
    questions = list(event.questions)
    at = questions.index(question)
    rest = questions[at + 1 :] + questions[:at]
    return next((other for other in rest if other.state is State.READY), None)


def neighbour(event: Event, question: Question, *, up: bool) -> Question:
    """Return the question before or after this one in its round, past what is archived; raises Forbidden."""
    if question.state.archived:
        raise Forbidden("archived_question")
    questions = event.round_of(question).working
    at = questions.index(question) + (-1 if up else 1)
    if not 0 <= at < len(questions):
        raise Forbidden("edge")
    return questions[at]


def allowed(event: Event, question: Question) -> frozenset[Action]:
    """Return the actions that are possible now with a question, for the buttons of the desk."""
    found = set()
    for action in Action:
        try:
            plan(event, action, question.id)
        except Forbidden:
            continue
        found.add(action)
    return frozenset(found - {Action.SETTLE})
