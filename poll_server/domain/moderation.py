"""What moderators do with contributions: one table of deeds, and what each of them changes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from poll_server.domain.contributions import GONE, Contribution, Fate, checked_name, checked_text
from poll_server.domain.errors import Conflict, Forbidden, Refused, Unknown
from poll_server.domain.text import fold

LABEL_MAXIMUM, LABELS_MAXIMUM, REASON_MAXIMUM, NOTE_MAXIMUM, ANSWER_MAXIMUM = 40, 8, 200, 500, 4000
_NAMED_BY = 60
AT_ONCE_MAXIMUM = 200
"""Contributions that one order may name."""


class Deed(StrEnum):
    """What is done with a contribution; ``withdraw`` by its author, everything else by a moderator."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    ARCHIVE = "archive"
    RESTORE = "restore"
    SHOW = "show"
    UNSHOW = "unshow"
    ANSWER = "answer"
    PROMISE = "promise"
    """It will be answered in writing."""
    EDIT = "edit"
    LABEL = "label"
    UNLABEL = "unlabel"
    NOTE = "note"
    PLACE = "place"
    JOIN = "join"
    PART = "part"
    ASSIGN = "assign"
    DRAFT = "draft"
    RELEASE = "release"


_ANY_TIME = {Deed.LABEL, Deed.UNLABEL, Deed.NOTE, Deed.PART, Deed.EDIT}

BECOMES: dict[Fate, dict[Deed, Fate]] = {
    Fate.WAITING: {
        Deed.ACCEPT: Fate.ACCEPTED,
        Deed.DECLINE: Fate.DECLINED,
        Deed.WITHDRAW: Fate.WITHDRAWN,
        Deed.ARCHIVE: Fate.ARCHIVED,
        **dict.fromkeys({*_ANY_TIME, Deed.JOIN}, Fate.WAITING),
    },
    Fate.ACCEPTED: {
        Deed.SHOW: Fate.CURRENT,
        Deed.ANSWER: Fate.ANSWERED,
        Deed.PROMISE: Fate.IN_WRITING,
        Deed.DECLINE: Fate.DECLINED,
        Deed.ARCHIVE: Fate.ARCHIVED,
        Deed.RESTORE: Fate.WAITING,
        **dict.fromkeys({*_ANY_TIME, Deed.JOIN, Deed.PLACE}, Fate.ACCEPTED),
    },
    Fate.CURRENT: {
        Deed.UNSHOW: Fate.ACCEPTED,
        Deed.ANSWER: Fate.ANSWERED,
        Deed.PROMISE: Fate.IN_WRITING,
        Deed.DECLINE: Fate.DECLINED,
        **dict.fromkeys(_ANY_TIME, Fate.CURRENT),
    },
    Fate.ANSWERED: {
        Deed.RESTORE: Fate.ACCEPTED,
        Deed.SHOW: Fate.CURRENT,
        Deed.ARCHIVE: Fate.ARCHIVED,
        **dict.fromkeys({*_ANY_TIME, Deed.JOIN}, Fate.ANSWERED),
    },
    Fate.IN_WRITING: {
        Deed.RESTORE: Fate.ACCEPTED,
        Deed.ANSWER: Fate.ANSWERED,
        Deed.SHOW: Fate.CURRENT,
        Deed.ARCHIVE: Fate.ARCHIVED,
        **dict.fromkeys({*_ANY_TIME, Deed.JOIN, Deed.ASSIGN, Deed.DRAFT, Deed.RELEASE}, Fate.IN_WRITING),
    },
    Fate.DECLINED: {
        Deed.RESTORE: Fate.WAITING,
        Deed.ACCEPT: Fate.ACCEPTED,
        Deed.ARCHIVE: Fate.ARCHIVED,
        **dict.fromkeys({*_ANY_TIME, Deed.JOIN}, Fate.DECLINED),
    },
    Fate.ARCHIVED: {Deed.RESTORE: Fate.WAITING},
    Fate.WITHDRAWN: {},
}
"""What becomes of a contribution by a deed; what is not here is refused."""

_ALONE = frozenset({Deed.SHOW, Deed.EDIT, Deed.PLACE, Deed.DRAFT, Deed.RELEASE})
"""Deeds that take one contribution at a time; so does one that accepts with other words."""
_OF_ROOTS = frozenset({Deed.SHOW, Deed.UNSHOW, Deed.ANSWER, Deed.PROMISE, Deed.PLACE, Deed.JOIN, Deed.RELEASE})
"""Deeds that are done with the one that others are joined with, not with these."""


@dataclass(frozen=True, slots=True)
class Deeds:
    """An order: one deed with some contributions of a session, each by id with the revision that was seen.

    ``text`` is a new wording (also with ``accept``), note, draft or answer; ``reason`` why something is declined;
    ``label`` the one to add or take away; ``into`` the contribution to join with; ``place`` the rank among the planned
    ones from 1, 0 takes it out; ``assignee`` who shall answer in writing.
    """

    session: int
    deed: Deed
    contributions: tuple[tuple[int, int], ...]
    text: str = ""
    reason: str = ""
    label: str = ""
    into: int = 0
    place: int = 0
    assignee: str = ""


There = Mapping[int, Contribution]
After = dict[int, Contribution]


def becomes(one: Contribution, deed: Deed) -> Fate:
    """Return the fate after a deed; raises Forbidden for one that its fate, or its being joined, does not allow."""
    after = BECOMES[one.fate].get(deed)
    if after is None or (one.joined and deed in _OF_ROOTS):
        raise Forbidden("deed")
    return after


def allowed(one: Contribution) -> frozenset[Deed]:
    """Return what moderators can do with a contribution now, for their buttons."""
    if one.joined:
        return frozenset(BECOMES[one.fate]) - _OF_ROOTS - {Deed.WITHDRAW}
    return frozenset(BECOMES[one.fate]) - {Deed.WITHDRAW, Deed.PART}


def plan(order: Deeds, there: There, reasons: Iterable[str]) -> After:
    """Return the contributions that an order changes, as they are after it; ``there`` are all of the session.

    ``reasons`` are those that something may be declined with, none for any. Raises Unknown, Forbidden, Refused for a
    text that does not fit, or Conflict for a contribution that has been changed since it was seen; then none of them
    changes.
    """
    alone = order.deed in _ALONE or (order.deed is Deed.ACCEPT and order.text)
    if not order.contributions or (alone and len(order.contributions) > 1):
        raise Forbidden("deed")
    chosen = [_seen(there, *one) for one in order.contributions]
    if order.deed is Deed.WITHDRAW:
        raise Forbidden("deed")
    if order.deed is Deed.DECLINE:
        order = replace(order, reason=_line(order.reason, REASON_MAXIMUM))
        if (known := tuple(reasons)) and order.reason not in known:
            raise Refused("reason")
    after: After = {}
    for one in chosen:
        fate = becomes(one, order.deed)
        for changed in _CHANGES.get(order.deed, _nothing_else)(order, one, there):
            after[changed.id] = _with_fate(changed, fate, order) if changed.id == one.id else changed
    return {id_: one for id_, one in after.items() if one != there[id_]}


def withdraw(one: Contribution, there: There) -> After:
    """Return what changes when its author takes a contribution back; those joined with it stand alone again.

    Raises Forbidden when it does not wait any more.
    """
    fate = becomes(one, Deed.WITHDRAW)
    return {one.id: replace(one, fate=fate, joined=0)} | {
        child.id: replace(child, joined=0) for child in _with(one, there)
    }


def undo(before: There, now: There, there: There) -> After:
    """Return what changes when a batch of deeds is taken back: all as ``before``, if they stand as ``now`` still.

    Raises Conflict when any of them has been changed since, or when what stood does not fit into what stands.
    """
    for id_, one in now.items():
        if there.get(id_) != one:
            raise _conflict(there.get(id_, one))
    after = {id_: replace(one, revision=now[id_].revision) for id_, one in before.items()}
    whole = {**there, **after}
    for one in after.values():
        if one.fate is Fate.CURRENT and any(
            other.fate is Fate.CURRENT and other.item_id == one.item_id and other.id != one.id
            for other in whole.values()
        ):
            raise _conflict(one)
        if one.joined and (whole[one.joined].joined or whole[one.joined].fate in GONE or _with(one, whole)):
            raise _conflict(one)
    return after


def _conflict(one: Contribution) -> Conflict:
    error = Conflict("contribution", text=one.published[:_NAMED_BY])
    error.contribution = one.id
    return error


def _seen(there: There, id_: int, revision: int) -> Contribution:
    one = there.get(id_)
    if one is None:
        raise Unknown("unknown_contribution")
    if one.revision != revision:
        raise _conflict(one)
    return one


def _with(one: Contribution, there: There) -> list[Contribution]:
    return [other for other in there.values() if other.joined == one.id]


def _with_fate(one: Contribution, fate: Fate, order: Deeds) -> Contribution:
    reason = order.reason if order.deed is Deed.DECLINE else one.reason if fate is Fate.DECLINED else ""
    return replace(one, fate=fate, reason=reason, place=one.place if fate is Fate.ACCEPTED else 0.0)


def _nothing_else(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    return [one]


def _accept(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    return _edit(order, one, there) if order.text else [one]


def _edit(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    text = checked_text(order.text)
    return [replace(one, wording="" if text == one.text else text)]


def _show(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    """Show one at a time: the one before is accepted again."""
    others = [other for other in there.values() if other.fate is Fate.CURRENT and other.id != one.id]
    return [one, *(replace(other, fate=Fate.ACCEPTED) for other in others)]


def _label(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    label = _line(order.label, LABEL_MAXIMUM)
    if not label:
        raise Refused("unwritten")
    others = tuple(other for other in one.labels if other != label)
    if len(others) == LABELS_MAXIMUM:
        raise Refused("labels", maximum=LABELS_MAXIMUM)
    return [replace(one, labels=one.labels if label in one.labels else (*others, label))]


def _unlabel(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    return [replace(one, labels=tuple(label for label in one.labels if label != order.label))]


def _note(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    return [replace(one, note=_paragraphs(order.text, NOTE_MAXIMUM))]


def _place(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    """Put one at a rank among the planned ones: halfway between its neighbours, so that no other one changes.

    When halves have become too small to differ, all get whole numbers.
    """
    if not order.place:
        return [replace(one, place=0.0)]
    planned = [other for other in there.values() if other.place and not other.joined and other is not one]
    planned.sort(key=lambda other: (other.place, other.id))
    at = min(order.place - 1, len(planned))
    before = planned[at - 1].place if at else 0.0
    place = (before + planned[at].place) / 2 if at < len(planned) else before + 1
    if before < place and (at == len(planned) or place < planned[at].place):
        return [replace(one, place=place)]
    return [replace(each, place=float(n)) for n, each in enumerate([*planned[:at], one, *planned[at:]], 1)]


def _join(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    """Join one with another, and with it those that were joined with it."""
    root = there.get(order.into)
    if root is None:
        raise Unknown("unknown_contribution")
    if root.joined or root.fate in GONE or order.into in {id_ for id_, _ in order.contributions}:
        raise Forbidden("joining")
    return [replace(other, joined=root.id) for other in (one, *_with(one, there))]


def _part(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    if not one.joined:
        raise Forbidden("deed")
    return [replace(one, joined=0)]


def _assign(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    return [replace(one, assignee=checked_name(order.assignee))]


def _draft(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    return [replace(one, draft=_paragraphs(order.text, ANSWER_MAXIMUM))]


def _release(order: Deeds, one: Contribution, there: There) -> list[Contribution]:
    answer = _paragraphs(order.text, ANSWER_MAXIMUM) or one.draft
    if not answer:
        raise Refused("unwritten")
    return [replace(one, answer=answer, draft=answer)]


_CHANGES: dict[Deed, Callable[[Deeds, Contribution, There], list[Contribution]]] = {
    Deed.ACCEPT: _accept,
    Deed.EDIT: _edit,
    Deed.SHOW: _show,
    Deed.LABEL: _label,
    Deed.UNLABEL: _unlabel,
    Deed.NOTE: _note,
    Deed.PLACE: _place,
    Deed.JOIN: _join,
    Deed.PART: _part,
    Deed.ASSIGN: _assign,
    Deed.DRAFT: _draft,
    Deed.RELEASE: _release,
}


def _line(text: str, maximum: int) -> str:
    text = fold(text)
    if len(text) > maximum:
        raise Refused("too_long", start=text[:20], maximum=maximum)
    return text


def _paragraphs(text: str, maximum: int) -> str:
    text = "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()
    if len(text) > maximum:
        raise Refused("too_long", start=text[:20], maximum=maximum)
    return text


def difference(before: Contribution, after: Contribution) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields in which two states of a contribution differ, as the log keeps them: old and new."""
    names = [name for name in LOGGED if getattr(before, name) != getattr(after, name)]
    return {name: getattr(before, name) for name in names}, {name: getattr(after, name) for name in names}


LOGGED = ("fate", "wording", "reason", "labels", "note", "place", "joined", "assignee", "draft", "answer")
"""What deeds change, and the log keeps."""
