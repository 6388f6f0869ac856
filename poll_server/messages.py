"""Everything a client may say: one parse at the door, then only types.

Over the socket a message is a flat JSON object with string values, repeated fields as lists, as htmx sends a form; over
HTTP it is the same form. ``docs/protocol.md`` describes each message, and a test runs its examples.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from poll_server.domain.ballots import NUMBER_MAXIMUM
from poll_server.domain.decisions import Verdict
from poll_server.domain.errors import Malformed
from poll_server.domain.languages import NAMES
from poll_server.domain.programme import Reveal
from poll_server.domain.rounds import Action
from poll_server.domain.text import clean, fold, one_line
from poll_server.domain.timing import SECONDS_MAXIMUM
from poll_server.questions import KINDS
from poll_server.questions.contract import ABSTENTION
from poll_server.questions.drafts import Draft, Words

ANSWERS_MAXIMUM = 50
OPTIONS_MAXIMUM = 999
WANTED_MAXIMUM = 100
WAVE_MAXIMUM = 2**31 - 1
ID_MAXIMUM = 2**63 - 1

Fields = Mapping[str, Sequence[str]]
"""A form: each field with all its values."""


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


DeskMessage = Arrange | Time | Command | Look | Ask | ShowJoin | Rehearse | Decide


def fields_of(message: str | bytes) -> Fields:
    """Read a socket message into fields.

    Raises Malformed for anything but a flat JSON object of strings and lists of strings; ``headers``, which htmx
    adds, is dropped.
    """
    try:
        data = orjson.loads(message)
    except orjson.JSONDecodeError as error:
        raise Malformed("malformed") from error
    if not isinstance(data, dict):
        raise Malformed("malformed")
    data.pop("headers", None)
    return {name: _values(value) for name, value in data.items()}


def fields_of_form(items: Iterable[tuple[str, object]]) -> Fields:
    """Read the (name, value) pairs of a posted form into fields; raises Malformed for an uploaded file."""
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in items:
        fields[name] = fields.get(name, ()) + _values(value)
    return fields


def parse_vote(fields: Fields) -> Vote:
    """Read a vote; raises Malformed, also for a message that is no vote at all."""
    if "question" not in fields:
        raise Malformed("unknown_message")
    answer = _answer(fields)
    if len(answer) > ANSWERS_MAXIMUM:
        raise Malformed("malformed")
    return Vote(
        question=_number(fields, "question", ID_MAXIMUM),
        wave=_number(fields, "wave", WAVE_MAXIMUM),
        number=_number(fields, "number", NUMBER_MAXIMUM),
        submission=_submission(fields),
        answer=answer,
    )


def parse_paste(fields: Fields) -> Paste:
    """Read the form that a round is pasted into; raises Malformed. The text keeps its line ends."""
    return Paste(
        text=_text(fields, "text"),
        round=_number(fields, "round", ID_MAXIMUM) or None,
        save="save" in fields,
        seen=_number(fields, "seen", ID_MAXIMUM),
    )


def parse_extend(fields: Fields) -> Extend | None:
    """Read a participant's wish for more time, None if the message is another one; raises Malformed."""
    if "extend" not in fields:
        return None
    return Extend(_number(fields, "question", ID_MAXIMUM), _number(fields, "wave", WAVE_MAXIMUM))


def parse_choose(fields: Fields) -> Choose | None:
    """Read which group a participant comes from, None if the message is another one; raises Malformed."""
    return Choose(_text(fields, "group")) if "group" in fields and "question" not in fields else None


def parse_add(fields: Fields) -> Add | None:
    """Read what a participant adds to a question, None if the message is another one; raises Malformed."""
    if "statement" not in fields:
        return None
    question, wave = _number(fields, "question", ID_MAXIMUM), _number(fields, "wave", WAVE_MAXIMUM)
    return Add(question, wave, _text(fields, "statement"))


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
    action = _text(fields, "action")
    if action == "look":
        return Look(_number(fields, "question", ID_MAXIMUM), wanted_text(" ".join(fields.get("filter", ()))))
    if action == "decide":
        return _decide(fields)
    seen = _number(fields, "seen", ID_MAXIMUM)
    if action == "ask":
        lines = (line.strip() for line in _text(fields, "options").splitlines())
        options = tuple(line for line in lines if line)
        return Ask(_text(fields, "kind"), _text(fields, "text").strip(), options, "open" in fields, seen)
    if action in set(Move):
        return Arrange(Move(action), _number(fields, "question", ID_MAXIMUM), seen)
    if action == "time":
        return Time(_number(fields, "question", ID_MAXIMUM), _number(fields, "seconds", SECONDS_MAXIMUM), seen)
    if action in ("join_show", "join_hide"):
        return ShowJoin(action == "join_show", seen)
    if action in ("rehearsal_begin", "rehearsal_wipe"):
        return Rehearse(action == "rehearsal_begin", seen)
    if action in set(Action) - {Action.SETTLE}:
        return Command(Action(action), _number(fields, "question", ID_MAXIMUM), seen)
    raise Malformed("unknown_message")


def parse_edit(fields: Fields) -> Edit:
    """Read the form of a question; raises Malformed."""
    press, _, at = _text(fields, "do").partition(".")
    kind, reveal = _text(fields, "kind"), _text(fields, "result")
    if press not in set(Press) or kind not in KINDS or reveal not in set(Reveal):
        raise Malformed("malformed")
    options = _labels(fields, "option")
    rules = {name[5:]: "\n".join(values) for name, values in fields.items() if name.startswith("rule.")}
    correct = [options[at] for at in _places(fields.get("correct", ())) if at < len(options)]
    if correct:
        rules["correct"] = "\n".join(map(one_line, correct))
    found = {language: _words(fields, language) for language in NAMES}
    found = {language: words for language, words in found.items() if words.written}
    draft = Draft(kind, _text(fields, "text"), _text(fields, "hint"), Reveal(reveal), options, rules, found)
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


def _words(fields: Fields, language: str) -> Words:
    """Read what was written of a question in another language."""
    begin = f"{language}.rule."
    rules = {name.removeprefix(begin): "\n".join(values) for name, values in fields.items() if name.startswith(begin)}
    text, hint = ("\n".join(fields.get(f"{language}.{name}", ())) for name in ("text", "hint"))
    return Words(text, hint, _labels(fields, f"{language}.option"), rules)


def _labels(fields: Fields, name: str) -> tuple[str, ...]:
    labels = tuple(line for value in fields.get(name, ()) for line in value.splitlines() or [""])
    if len(labels) > OPTIONS_MAXIMUM:
        raise Malformed("malformed")
    return labels


def _places(values: Iterable[str]) -> list[int]:
    return [whole_number(value, OPTIONS_MAXIMUM) for value in values]


def _decide(fields: Fields) -> Decide:
    """Read a decision: the one button pressed is called like its verdict, or ``undo``, and has the entry as value."""
    pressed = [name for name in (*Verdict, "undo") if name in fields]
    if len(pressed) != 1:
        raise Malformed("malformed")
    verdict = None if pressed[0] == "undo" else Verdict(pressed[0])
    return Decide(
        _number(fields, "question", ID_MAXIMUM),
        _number(fields, "wave", WAVE_MAXIMUM),
        _text(fields, pressed[0]),
        verdict,
        _text(fields, "into") if verdict is Verdict.JOINED and "into" in fields else "",
    )


def wanted_text(text: str) -> str:
    """Return what a desk looks for in one line of at most ``WANTED_MAXIMUM`` characters."""
    return fold(clean(text), WANTED_MAXIMUM)


def _values(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in values):
        raise Malformed("malformed")
    return tuple(map(clean, values))


def _text(fields: Fields, name: str) -> str:
    values = fields.get(name, ())
    if len(values) != 1:
        raise Malformed("malformed")
    return values[0]


def parse_language(fields: Fields) -> str:
    """Read which language somebody chooses; raises Malformed for one that no page speaks."""
    language = _text(fields, "language")
    if language not in NAMES:
        raise Malformed("malformed")
    return language


def whole_number(text: str, maximum: int) -> int:
    """Read a number from 0 to ``maximum`` in plain digits; raises Malformed."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(maximum)) and int(text) <= maximum):
        raise Malformed("malformed")
    return int(text)


def _number(fields: Fields, name: str, maximum: int) -> int:
    return whole_number(_text(fields, name), maximum)


def _submission(fields: Fields) -> UUID | None:
    text = _text(fields, "submission") if "submission" in fields else ""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise Malformed("malformed") from error
