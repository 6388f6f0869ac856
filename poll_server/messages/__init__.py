"""Everything a client may say: one parse at the door, then only types.

Over the socket a message is a flat JSON object with string values, repeated fields as lists, as htmx sends a form; over
HTTP it is the same form. ``docs/protocol.md`` describes each message, and a test runs its examples.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from poll_server.domain.ballots import NUMBER_MAXIMUM
from poll_server.domain.decisions import Verdict
from poll_server.domain.errors import Malformed
from poll_server.domain.languages import NAMES
from poll_server.domain.rounds import Action
from poll_server.domain.text import clean, fold
from poll_server.domain.timing import SECONDS_MAXIMUM
from poll_server.messages.drafts import OPTIONS_MAXIMUM, draft_of
from poll_server.messages.fields import (
    Fields,
    number_of,
    submission_of,
    text_of,
    whole_number,
)
from poll_server.questions.contract import ABSTENTION
from poll_server.questions.drafts import Draft

ANSWERS_MAXIMUM = 50
WANTED_MAXIMUM = 100
WAVE_MAXIMUM = 2**31 - 1
ID_MAXIMUM = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Vote:
    """One submission of an answer. ``submission`` is None when the client gave no id; then the newest form stands."""

    question: int
    wave: int
    number: int
    submission: UUID | None
    answer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A moderator's step with a question; ``seen`` is the event's revision that the sender saw."""

    action: Action
    question: int
    seen: int


@dataclass(frozen=True, slots=True)
class Look:
    """A moderator selects a question at the desk, 0 follows the stage; ``wanted`` is what its entries must contain."""

    question: int
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A moderator asks a question that was not prepared; ``open_now`` opens it at once."""

    kind: str
    text: str
    options: tuple[str, ...]
    open_now: bool
    seen: int


@dataclass(frozen=True, slots=True)
class ShowJoin:
    """A moderator puts the join code on the screen, or takes it away."""

    shown: bool
    seen: int


@dataclass(frozen=True, slots=True)
class Rehearse:
    """A moderator begins a rehearsal, or ends it and wipes what was asked in it."""

    begin: bool
    seen: int


@dataclass(frozen=True, slots=True)
class Decide:
    """A moderator decides about an entry of a result; no verdict takes an earlier one back.

    ``entry`` is its name, ``into`` that of the one to be joined with. It is no step of the event, so it carries no
    state seen: the last word on an entry stands.
    """

    question: int
    wave: int
    entry: str
    verdict: Verdict | None
    into: str = ""


@dataclass(frozen=True, slots=True)
class Time:
    """A moderator gives an open question so many seconds more, from now if it has no countdown; 0 takes it away."""

    question: int
    seconds: int
    seen: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """A moderator archives or restores all questions of this one's round at once, those that it is possible with."""

    action: Action
    question: int
    seen: int


class Move(StrEnum):
    """What becomes of a question's place in its round."""

    UP = "up"
    DOWN = "down"
    COPY = "copy"
    """It stays, and the same question stands behind it once more, not asked yet."""


@dataclass(frozen=True, slots=True)
class Arrange:
    """A moderator moves a question within its round, or copies it."""

    move: Move
    question: int
    seen: int


@dataclass(frozen=True, slots=True)
class Paste:
    """A moderator wants to see how a round is understood, or to ``save`` it: in a round, None for one of its own."""

    text: str
    round: int | None
    save: bool
    seen: int


@dataclass(frozen=True, slots=True)
class Extend:
    """A participant takes more time for a question."""

    question: int
    wave: int


class Press(StrEnum):
    """What the buttons of a question's form do; ``up``, ``down`` and ``remove`` come with the place of an option."""

    SAVE = "save"
    PREVIEW = "preview"
    ADD = "add"
    UP = "up"
    DOWN = "down"
    REMOVE = "remove"
    COPY = "copy"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Edit:
    """A moderator writes a question.

    ``shown`` is the language of the preview, empty for the question's own. ``seen`` and ``checked`` are seals, see
    `drafts.seal`: of the question as the form began with it, and of the corrections as they were shown before and
    after.
    """

    press: Press
    at: int
    draft: Draft
    seen: str
    checked: str
    shown: str


@dataclass(frozen=True, slots=True)
class Choose:
    """A participant says which group they come from, empty for none."""

    group: str


@dataclass(frozen=True, slots=True)
class Add:
    """A participant adds a statement to a question."""

    question: int
    wave: int
    text: str


SHIFTS = {"later": 5, "earlier": -5, "now": 0}
"""Minutes by which a slot moves, 0 for now."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A conference runs late, or early: a slot and all that follow on its day move.

    By so many ``minutes``, 0 lets the slot begin now. ``programme`` is the seal of what the sender saw.
    """

    item: int
    minutes: int
    programme: str


DeskMessage = Arrange | Shift | Time | Command | Sweep | Look | Ask | ShowJoin | Rehearse | Decide


def parse_vote(fields: Fields) -> Vote:
    """Read a vote; raises Malformed, also for a message that is no vote at all."""
    if "question" not in fields:
        raise Malformed("unknown_message")
    answer = _answer(fields)
    if len(answer) > ANSWERS_MAXIMUM:
        raise Malformed("malformed")
    return Vote(
        question=number_of(fields, "question", ID_MAXIMUM),
        wave=number_of(fields, "wave", WAVE_MAXIMUM),
        number=number_of(fields, "number", NUMBER_MAXIMUM),
        submission=submission_of(fields),
        answer=answer,
    )


def parse_paste(fields: Fields) -> Paste:
    """Read the form that a round is pasted into; raises Malformed. The text keeps its line ends."""
    return Paste(
        text=text_of(fields, "text"),
        round=number_of(fields, "round", ID_MAXIMUM) or None,
        save="save" in fields,
        seen=number_of(fields, "seen", ID_MAXIMUM),
    )


def parse_extend(fields: Fields) -> Extend | None:
    """Read a participant's wish for more time, None if the message is another one; raises Malformed."""
    if "extend" not in fields:
        return None
    return Extend(number_of(fields, "question", ID_MAXIMUM), number_of(fields, "wave", WAVE_MAXIMUM))


def parse_choose(fields: Fields) -> Choose | None:
    """Read which group a participant comes from, None if the message is another one; raises Malformed."""
    return Choose(text_of(fields, "group")) if "group" in fields and "question" not in fields else None


def parse_add(fields: Fields) -> Add | None:
    """Read what a participant adds to a question, None if the message is another one; raises Malformed."""
    if "statement" not in fields:
        return None
    question, wave = number_of(fields, "question", ID_MAXIMUM), number_of(fields, "wave", WAVE_MAXIMUM)
    return Add(question, wave, text_of(fields, "statement"))


def _answer(fields: Fields) -> tuple[str, ...]:
    """Return the values of ``answer``, and those of ``answer.KEY`` as ``KEY=value`` unless they are empty.

    Whoever sends ``abstain`` abstains, whatever stands in the other fields.
    """
    if "abstain" in fields:
        return ABSTENTION
    given = list(fields.get("answer", ()))
    for name, values in fields.items():
        if name.startswith("answer."):
            given += [f"{name.removeprefix('answer.')}={value}" for value in values if value.strip()]
    return tuple(given)


def parse_desk(fields: Fields) -> DeskMessage:
    """Read what a moderator says; raises Malformed."""
    action = text_of(fields, "action")
    if action in _WITHOUT_SEEN:
        return _WITHOUT_SEEN[action](fields)
    seen = number_of(fields, "seen", ID_MAXIMUM)
    if action == "ask":
        lines = (line.strip() for line in text_of(fields, "options").splitlines())
        options = tuple(line for line in lines if line)
        return Ask(text_of(fields, "kind"), text_of(fields, "text").strip(), options, "open" in fields, seen)
    if action in set(Move):
        return Arrange(Move(action), number_of(fields, "question", ID_MAXIMUM), seen)
    if action == "time":
        return Time(number_of(fields, "question", ID_MAXIMUM), number_of(fields, "seconds", SECONDS_MAXIMUM), seen)
    if action in ("join_show", "join_hide"):
        return ShowJoin(action == "join_show", seen)
    if action in ("rehearsal_begin", "rehearsal_wipe"):
        return Rehearse(action == "rehearsal_begin", seen)
    sweeps = action in ("archive_round", "restore_round")
    if sweeps or action in set(Action) - {Action.SETTLE}:
        step = Action(action.removesuffix("_round"))
        return (Sweep if sweeps else Command)(step, number_of(fields, "question", ID_MAXIMUM), seen)
    raise Malformed("unknown_message")


def _look(fields: Fields) -> Look:
    return Look(number_of(fields, "question", ID_MAXIMUM), wanted_text(" ".join(fields.get("filter", ()))))


def parse_shift(fields: Fields) -> Shift:
    """Read which slot moves, and how; raises Malformed."""
    by = text_of(fields, "by")
    if by not in SHIFTS:
        raise Malformed("malformed")
    return Shift(number_of(fields, "item", ID_MAXIMUM), SHIFTS[by], text_of(fields, "programme"))


def parse_edit(fields: Fields) -> Edit:
    """Read the form of a question; raises Malformed."""
    press, _, at = text_of(fields, "do").partition(".")
    if press not in set(Press):
        raise Malformed("malformed")
    draft = draft_of(fields)
    return Edit(
        Press(press),
        whole_number(at or "0", OPTIONS_MAXIMUM),
        draft,
        " ".join(fields.get("seen", ())),
        " ".join(fields.get("checked", ())),
        _shown(fields),
    )


def _shown(fields: Fields) -> str:
    """Read in which language a preview is wanted, empty for the event's."""
    return parse_language({"language": fields["shown"]}) if "shown" in fields else ""


def _decide(fields: Fields) -> Decide:
    """Read a decision: the one button pressed is called like its verdict, or ``undo``, and has the entry as value."""
    pressed = [name for name in (*Verdict, "undo") if name in fields]
    if len(pressed) != 1:
        raise Malformed("malformed")
    verdict = None if pressed[0] == "undo" else Verdict(pressed[0])
    return Decide(
        number_of(fields, "question", ID_MAXIMUM),
        number_of(fields, "wave", WAVE_MAXIMUM),
        text_of(fields, pressed[0]),
        verdict,
        text_of(fields, "into") if verdict is Verdict.JOINED and "into" in fields else "",
    )


_WITHOUT_SEEN: dict[str, Callable[[Fields], DeskMessage]] = {"look": _look, "decide": _decide, "shift": parse_shift}
"""What carries no revision of the event."""


def wanted_text(text: str) -> str:
    """Return what a desk looks for in one line of at most ``WANTED_MAXIMUM`` characters."""
    return fold(clean(text), WANTED_MAXIMUM)


def parse_language(fields: Fields) -> str:
    """Read which language somebody chooses; raises Malformed for one that no page speaks."""
    language = text_of(fields, "language")
    if language not in NAMES:
        raise Malformed("malformed")
    return language
