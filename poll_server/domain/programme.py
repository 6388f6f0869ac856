"""An event, its programme, its rounds and questions, as they are prepared and as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

SMALL_BASE = 20
"""Below this many answers there are no shares, unless the event says another number: one person would move them by five
percent and more."""


class ItemKind(StrEnum):
    """What happens in a slot of the programme."""

    TALK = "talk"
    BREAK = "break"
    ROUND = "round"
    QUESTION_SESSION = "question_session"
    WORKSHOP = "workshop"
    END = "end"


class Reveal(StrEnum):
    """When a result is seen.

    ``live``: as it grows, by the screen and by those who have answered. ``answered``: by those who have answered, and
    by nobody else before the moderator shows it. ``shown``: when the moderator shows it.
    """

    LIVE = "live"
    ANSWERED = "answered"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in the programme; ``role`` may be empty."""

    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose; ``key`` is unique in its question and never changes: ``o1`` to ``o20``."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Translation:
    """What people read of a question, in another language: ``options`` by key, ``rules`` those that are words."""

    text: str
    options: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A question as asked: everything that its kind needs to check an answer and to make a result.

    ``rules`` holds numbers, texts, truth values and lists of texts under the names that the kind gives them.
    ``language`` is that of its words, the event's unless it is a translation: kinds with ready-made words need it.
    ``added`` are the parts that participants have added, numbered behind the options; one that was taken back keeps its
    place without words. ``translations`` say the same in other languages. ``shares_from`` is the event's: of fewer
    people who answered there are counts and no shares.
    """

    kind: str
    text: str
    options: tuple[Option, ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)
    hint: str = ""
    reveal: Reveal = Reveal.SHOWN
    language: str = "de"
    shares_from: int = SMALL_BASE
    translations: Mapping[str, Translation] = field(default_factory=dict)
    added: tuple[Option, ...] = ()

    @property
    def secret(self) -> bool:
        """Whether its ballots may not be tied to people, in the database either."""
        return bool(self.rules.get("secret"))


@dataclass(frozen=True, slots=True)
class SessionDraft:
    """An audience-question session as prepared.

    ``moderated`` says that contributions wait for acceptance; ``maximum`` how many one person may send; ``listed`` that
    the screen shows the most backed.
    """

    moderated: bool = True
    maximum: int = 10
    listed: bool = False


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """A slot of the programme as prepared; times are aware, ``ends`` may be left open.

    ``about`` says that the start is approximate ("ca. 14.15 Uhr"). A slot of kind ``round`` carries its questions, one
    of kind ``question_session`` has a ``session``.
    """

    starts: datetime
    title: str
    ends: datetime | None = None
    about: bool = False
    kind: ItemKind = ItemKind.TALK
    description: str = ""
    people: tuple[Person, ...] = ()
    questions: tuple[Definition, ...] = ()
    session: SessionDraft = SessionDraft()


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event as an organiser prepares it. ``code`` is empty when one shall be made.

    ``pictures`` are those that its questions name.
    ``groups`` are those that participants may say they come from, with keys ``g1`` to ``g12``; ``group_names`` what
    they are called in other languages, by language and key.
    ``decline_reasons`` are what moderators tell authors; a contribution with one of the ``blocked_words``, by language,
    waits in any case.
    """

    title: str
    day: date
    time_zone: str
    language: str
    code: str = ""
    subtitle: str = ""
    organisers: str = ""
    items: tuple[ItemDraft, ...] = ()
    shares_from: int = SMALL_BASE
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    groups: tuple[Option, ...] = ()
    group_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    decline_reasons: tuple[str, ...] = ()
    blocked_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """A stored slot of the programme; ``starts`` and ``ends`` are aware, in the event's time zone."""

    id: int
    starts: datetime
    ends: datetime | None
    about: bool
    kind: ItemKind
    title: str
    description: str
    people: tuple[Person, ...]


def item_now(items: tuple[Item, ...], now: datetime) -> Item | None:
    """Return the slot that runs at ``now``: the last begun, if it has not ended; none before and after the event."""
    begun = [item for item in items if item.starts <= now]
    if not begun or begun[-1].kind is ItemKind.END or (begun[-1].ends and begun[-1].ends <= now):
        return None
    return begun[-1]


def next_round(items: tuple[Item, ...], now: datetime) -> Item | None:
    """Return the next slot with a round that begins after ``now``."""
    return next((item for item in items if item.kind is ItemKind.ROUND and item.starts > now), None)
