"""What is to be looked at before an event goes live, each point with what stands in its way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from poll_server.domain.access import Role
from poll_server.domain.links import Link
from poll_server.domain.programme import NIGHT, Item, ItemKind
from poll_server.domain.rounds import Event, Question, Round


class Ready(StrEnum):
    """How it stands with a point: ``attention`` may be as it is wanted, ``to_do`` cannot."""

    DONE = "done"
    ATTENTION = "attention"
    TO_DO = "to_do"


class Topic(StrEnum):
    """The points, in the order in which they are listed."""

    SLOTS = "slots"
    ROUNDS = "rounds"
    QUESTIONS = "questions"
    TEXTS = "texts"
    MODERATOR = "moderator"
    SCREEN = "screen"
    PODIUM = "podium"
    LEGAL = "legal"
    ADDRESS = "address"


class Wrong(StrEnum):
    """What may be wrong with the times of slots."""

    ENDS_FIRST = "ends_first"
    OUTSIDE = "outside"
    OVERLAP = "overlap"
    GAP = "gap"


class Address(StrEnum):
    """What is known of the address that people open."""

    UNSET = "unset"
    UNASKED = "unasked"
    REACHED = "reached"
    ELSEWHERE = "elsewhere"
    """Something answers there, but not as this server does."""
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Slot:
    """A flaw in the times of a slot, or of two that follow one another."""

    wrong: Wrong
    item: Item
    after: Item | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """How much of what people wrote nobody has decided about: questions from the floor, and texts in answers."""

    contributions: int
    texts: int


@dataclass(frozen=True, slots=True)
class Installation:
    """What the points need to know of the installation; ``missing`` are settings of pages that the law wants."""

    address: Address
    https: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One point; which of the others it has goes with its topic."""

    topic: Topic
    ready: Ready
    slots: tuple[Slot, ...] = ()
    rounds: tuple[Round, ...] = ()
    questions: tuple[Question, ...] = ()
    unread: Unread | None = None
    link: Link | None = None
    installation: Installation | None = None


def points(
    event: Event, flawed: Collection[int], unread: Unread, links: Sequence[Link], installation: Installation
) -> tuple[Point, ...]:
    """Return all points of an event.

    ``flawed`` are the ids of questions that cannot be asked as they are, ``links`` those that are valid now.
    """
    slots = slot_flaws(event.items, event.day, event.last_day)
    hard = any(slot.wrong in (Wrong.ENDS_FIRST, Wrong.OUTSIDE) for slot in slots)
    empty = tuple(one for one in event.rounds if not one.questions)
    broken = tuple(question for question in event.questions if question.id in flawed)
    sessions = [item for item in event.items if item.kind is ItemKind.QUESTION_SESSION]
    asks = bool(sessions) or any(one.questions for one in event.rounds)
    return (
        Point(Topic.SLOTS, _ready(hard or not event.items, bool(slots)), slots=slots),
        Point(Topic.ROUNDS, _ready(bool(empty), not event.rounds and not sessions), rounds=empty),
        Point(Topic.QUESTIONS, _ready(bool(broken) or not asks), questions=broken),
        Point(Topic.TEXTS, _ready(False, bool(unread.contributions or unread.texts)), unread=unread),
        _link(Topic.MODERATOR, Role.MODERATOR, links),
        _link(Topic.SCREEN, Role.SCREEN, links),
        _link(Topic.PODIUM, Role.PODIUM, links, needed=False),
        Point(Topic.LEGAL, _ready(bool(installation.missing)), installation=installation),
        Point(Topic.ADDRESS, _address(installation), installation=installation),
    )


def slot_flaws(items: Sequence[Item], day: date, last: date | None = None) -> tuple[Slot, ...]:
    """Return what may be wrong with the times of a programme; slots without an end have no gap after them.

    Outside the event is a slot before its day or after the ``last`` one; where that is not given, one on a day with
    nothing on the day before.
    """
    found = [Slot(Wrong.ENDS_FIRST, item) for item in items if item.ends and item.ends < item.starts]
    found += [Slot(Wrong.OUTSIDE, item) for item in _outside(items, day, last)]
    ordered = sorted((item for item in items if not item.ends or item.ends >= item.starts), key=lambda one: one.starts)
    longest: Item | None = None
    for before, item in pairwise(ordered):
        if before.ends and (longest is None or longest.ends is None or before.ends > longest.ends):
            longest = before
        if longest and longest.ends and longest.ends > item.starts:
            found.append(Slot(Wrong.OVERLAP, item, longest))
        elif before.ends and longest and longest.ends and timedelta() < item.starts - longest.ends < NIGHT:
            found.append(Slot(Wrong.GAP, item, longest))
    return tuple(found)


def _outside(items: Sequence[Item], day: date, last: date | None) -> list[Item]:
    if last:
        return [item for item in items if not day <= item.starts.date() <= last]
    known, outside = {day}, []
    for item in sorted(items, key=lambda one: one.starts):
        on = item.starts.date()
        if on in known or on - timedelta(days=1) in known:
            known.add(on)
        else:
            outside.append(item)
    return outside


def _link(topic: Topic, role: Role, links: Sequence[Link], *, needed: bool = True) -> Point:
    """A link that somebody has used is worth more than one that nobody has opened yet."""
    own = sorted((link for link in links if link.role is role), key=lambda link: link.seen is not None)
    link = own[-1] if own else None
    return Point(topic, _ready(needed and link is None, link is None or link.seen is None), link=link)


def _address(installation: Installation) -> Ready:
    wrong = installation.address in (Address.UNSET, Address.SILENT, Address.ELSEWHERE)
    return _ready(wrong or not installation.https, installation.address is Address.UNASKED)


def _ready(wrong: bool, doubtful: bool = False) -> Ready:
    return Ready.TO_DO if wrong else Ready.ATTENTION if doubtful else Ready.DONE
