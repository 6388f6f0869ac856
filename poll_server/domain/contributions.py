"""What the audience asks the panel: contributions, their fates, the session that takes them, and who may see what.

How moderators change them stands in `domain/moderation.py`.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from poll_server.domain.errors import Forbidden, Refused
from poll_server.domain.text import BLANK_LETTERS, fold, is_seen

TEXT_MAXIMUM = 500
"""Characters of a contribution, as sent and as published."""
NAME_MAXIMUM = 80
OWN_MAXIMUM = 10
"""So many a participant may send in a session, whatever becomes of them, unless the organiser says another number."""
SHOWN_FIRST = 30
"""So many a list carries; the others come by paging."""


class SessionState(StrEnum):
    """Where a session stands. Contributions and backings are taken in ``open``; taken back also in ``closed``."""

    READY = "ready"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


class SessionAction(StrEnum):
    """What a moderator can do with a session."""

    OPEN = "open"
    CLOSE = "close"
    ARCHIVE = "archive"
    RESTORE = "restore"


SESSION_STEPS: dict[tuple[SessionState, SessionAction], SessionState] = {
    (SessionState.READY, SessionAction.OPEN): SessionState.OPEN,
    (SessionState.OPEN, SessionAction.CLOSE): SessionState.CLOSED,
    (SessionState.CLOSED, SessionAction.OPEN): SessionState.OPEN,
    (SessionState.CLOSED, SessionAction.ARCHIVE): SessionState.ARCHIVED,
    (SessionState.ARCHIVED, SessionAction.RESTORE): SessionState.CLOSED,
}


def step(state: SessionState, action: SessionAction) -> SessionState:
    """Return where a session stands after an action; raises Forbidden."""
    after = SESSION_STEPS.get((state, action))
    if after is None:
        raise Forbidden("step")
    return after


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a programme item. ``revision`` counts its steps.

    ``moderated`` says that contributions wait for acceptance; ``maximum`` how many one person may send; ``listed`` that
    the screen shows the most backed. ``people`` are the names that a contribution may be addressed to.
    """

    item_id: int
    state: SessionState
    moderated: bool
    maximum: int
    listed: bool
    revision: int
    title: str
    people: tuple[str, ...]


class Fate(StrEnum):
    """What has become of a contribution."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    CURRENT = "current"
    ANSWERED = "answered"
    IN_WRITING = "in_writing"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


PUBLIC = frozenset({Fate.ACCEPTED, Fate.CURRENT, Fate.ANSWERED, Fate.IN_WRITING})
"""Fates in which everybody may read a contribution."""
BACKABLE = frozenset({Fate.ACCEPTED, Fate.CURRENT})
GONE = frozenset({Fate.WITHDRAWN, Fate.ARCHIVED})


@dataclass(frozen=True, slots=True)
class Contribution:
    """A stored contribution. ``revision`` counts what was done with it.

    ``text`` is as it was sent, ``wording`` as moderators have published it, empty for the same. ``addressee`` is empty
    for everybody. ``joined`` is the id of the one that it is joined with, 0 for none: an attribute and no fate, so that
    parting gives back what stood. ``place`` orders those that are planned as the next, 0 without a plan. ``hits`` are
    the blocked words in it. ``at`` is the minute of sending.
    """

    id: int
    item_id: int
    participant: str
    submission: UUID
    text: str
    at: datetime
    addressee: str = ""
    name: str = ""
    fate: Fate = Fate.WAITING
    wording: str = ""
    reason: str = ""
    labels: tuple[str, ...] = ()
    note: str = ""
    place: float = 0.0
    joined: int = 0
    hits: tuple[str, ...] = ()
    assignee: str = ""
    draft: str = ""
    answer: str = ""
    rehearsal: bool = False
    revision: int = 0

    @property
    def root(self) -> int:
        """The id of the contribution that stands for this one: the one that it is joined with, else its own."""
        return self.joined or self.id

    @property
    def published(self) -> str:
        """The text that others read."""
        return self.wording or self.text

    @property
    def listed(self) -> bool:
        """Whether it stands in the list that everybody may read."""
        return self.fate in PUBLIC and not self.joined

    @property
    def edited(self) -> bool:
        """Whether moderators have changed its words."""
        return bool(self.wording)


# Asking


def checked_text(text: str) -> str:
    """Return a contribution's text as it is stored, in one line; raises Refused for none, too much, or no words."""
    text = fold(text)
    if not text:
        raise Refused("unasked")
    if len(text) > TEXT_MAXIMUM:
        raise Refused("too_long", start=text[:20], maximum=TEXT_MAXIMUM)
    if not any(letter.isalnum() and letter not in BLANK_LETTERS for letter in text):
        raise Refused("wordless")
    return text


def checked_name(name: str) -> str:
    """Return somebody's name as it is stored, empty if nothing of it is seen; raises Refused for one too long."""
    name = fold(name)
    if len(name) > NAME_MAXIMUM:
        raise Refused("too_long", start=name[:20], maximum=NAME_MAXIMUM)
    return name if is_seen(name) else ""


def check_open(session: Session) -> None:
    """Raise Refused unless a session takes contributions now."""
    if session.state is SessionState.READY:
        raise Refused("session_ready")
    if session.state is not SessionState.OPEN:
        raise Refused("session_over")


def takes_backing(state: SessionState, *, backed: bool) -> bool:
    """Tell whether a session in this state takes backings, or that one is taken back."""
    return state is SessionState.OPEN or (not backed and state is SessionState.CLOSED)


def check_backing(session: Session, fate: Fate, *, backed: bool) -> None:
    """Raise Refused unless a public contribution of this fate can be backed now, or Forbidden in an archived session.

    A backing is taken back whatever the fate.
    """
    if session.state is SessionState.ARCHIVED:
        raise Forbidden("archived")
    if not takes_backing(session.state, backed=backed) or (backed and fate not in BACKABLE):
        raise Refused("not_backable")


def same(one: str, other: str) -> bool:
    """Tell whether two texts differ in nothing but spaces and capital letters."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return unicodedata.normalize("NFKC", fold(text)).casefold()


# Who may see what


class Viewer(StrEnum):
    """Who looks at contributions; an author looks at an own one."""

    AUDIENCE = "audience"
    AUTHOR = "author"
    SCREEN = "screen"
    PODIUM = "podium"
    MODERATOR = "moderator"


_PUBLISHED = frozenset({"text", "addressee", "name", "fate", "edited", "backers"})
_OF_AUTHOR = _PUBLISHED | {"sent", "at", "reason", "joined", "answer"}
_EVERYTHING = _OF_AUTHOR | {"labels", "note", "place", "hits", "assignee", "draft", "revision", "rehearsal"}

SEES: Mapping[Viewer, tuple[frozenset[Fate], frozenset[str]]] = {
    Viewer.AUDIENCE: (PUBLIC, _PUBLISHED),
    Viewer.AUTHOR: (frozenset(Fate), _OF_AUTHOR),
    Viewer.SCREEN: (BACKABLE, _PUBLISHED),
    Viewer.PODIUM: (BACKABLE, _PUBLISHED),
    Viewer.MODERATOR: (frozenset(Fate) - {Fate.WITHDRAWN}, _EVERYTHING),
}
"""Contributions of which fates, and what of them, everybody may see. Nobody sees who sent one, but the author."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A contribution as somebody may see it; what they may not see has its default.

    ``text`` is the published one, ``sent`` as it was sent. ``backers`` are the people who back it or one joined with
    it. ``together`` are those joined with it, ``joined`` is the one that it is joined with.
    """

    id: int
    text: str = ""
    addressee: str = ""
    name: str = ""
    fate: Fate | None = None
    edited: bool = False
    backers: int = 0
    sent: str = ""
    reason: str = ""
    joined: int = 0
    answer: str = ""
    labels: tuple[str, ...] = ()
    note: str = ""
    place: float = 0.0
    hits: tuple[str, ...] = ()
    assignee: str = ""
    draft: str = ""
    revision: int = 0
    at: datetime | None = None
    rehearsal: bool = False
    together: tuple["Seen", ...] = ()


def seen(one: Contribution, viewer: Viewer, backers: int = 0, together: Iterable["Seen"] = ()) -> Seen | None:
    """Return what ``viewer`` may see of a contribution, None for nothing; ``together`` as they see those."""
    fates, fields = SEES[viewer]
    if one.fate not in fates:
        return None
    found = {name: getattr(one, name) for name in fields - {"text", "sent", "backers"}}
    if "sent" in fields:
        found["sent"] = one.text
    return Seen(one.id, text=one.published, backers=backers, together=tuple(together), **found)


# Orders


class Order(StrEnum):
    """How a list is ordered: most backed first, newest first, or as planned, then by backing."""

    BACKING = "backing"
    NEWEST = "newest"
    PLANNED = "planned"


def ordered(found: Iterable[Contribution], order: Order, backers: Mapping[int, int]) -> list[Contribution]:
    """Return contributions in an order; of equally many backers the earlier one first."""

    def key(one: Contribution) -> tuple[float, ...]:
        backing = (-backers.get(one.id, 0), one.id)
        if order is Order.NEWEST:
            return (-one.id,)
        if order is Order.PLANNED:
            return (one.place == 0, one.place, *backing)
        return backing

    return sorted(found, key=key)
