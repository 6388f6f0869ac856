"""An event, its programme, its rounds and questions, as they are prepared and as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

SMALL_BASE = 20
"""Below this many answers there are no shares, unless the event says another number: one person would move them by five
percent and more."""


NIGHT = timedelta(hours=4)
"""What lies between two days of an event; a shorter gap over midnight belongs to an evening."""


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
    people who answered there are counts and no shares. Questions with the same ``origin`` are one question of a
    library, whose results can be put side by side; it is empty for all others.
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
    origin: str = ""

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
    waits in any case. ``last_day`` is empty for an event of one day. ``welcome`` and ``contact`` have lines.
    ``imprint``, ``privacy`` and ``accessibility`` are addresses, empty where the installation's are meant.
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
    last_day: date | None = None
    partners: str = ""
    welcome: str = ""
    contact: str = ""
    imprint: str = ""
    privacy: str = ""
    accessibility: str = ""


@dataclass(frozen=True, slots=True)
class SeriesDraft:
    """Events that belong together, as an organiser prepares them."""

    title: str
    language: str
    organisers: str = ""
    events: tuple[EventDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesName:
    """The series that an event belongs to; ``code`` leads to its public page."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class SeriesEvent:
    """An event as its series lists it; times are aware, in the event's zone, None without a programme."""

    code: str
    title: str
    day: date
    starts: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Series:
    """Events that belong together, in the order of their days."""

    code: str
    title: str
    organisers: str
    language: str
    events: tuple[SeriesEvent, ...]


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


def days_of(items: tuple[Item, ...]) -> tuple[tuple[date, tuple[Item, ...]], ...]:
    """Return the days of an event with their slots, which come in the order of time."""
    days: list[tuple[date, list[Item]]] = []
    latest = datetime.min.replace(tzinfo=UTC)
    for item in items:
        day = item.starts.date()
        if not days or (day != days[-1][0] and item.starts.astimezone(UTC) - latest >= NIGHT):
            days.append((day, []))
        days[-1][1].append(item)
        latest = max(latest, (item.ends or item.starts).astimezone(UTC))
    return tuple((day, tuple(found)) for day, found in days)


def moved(moment: datetime, days: int, zone: tzinfo, there: tzinfo) -> datetime:
    """Return a moment by the same clock so many days later, as clocks stand in ``zone``, and ``there`` afterwards.

    A time that clocks pass over in that night is the one that much later.
    """
    wall = moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return wall.replace(tzinfo=there).astimezone(UTC).astimezone(there)


def item_now(items: tuple[Item, ...], now: datetime) -> Item | None:
    """Return the slot that runs at ``now``, of several the last begun; none before and after the event."""
    for item in reversed(items):
        if item.starts > now:
            continue
        if item.kind is ItemKind.END:
            return None
        if item.ends > now if item.ends else _runs_on(item, items[-1], now):
            return item
    return None


def _runs_on(item: Item, last: Item, now: datetime) -> bool:
    """Tell whether a slot with an open end still runs: one before the last day of an event ends with its day."""
    day = item.starts.date()
    return last.starts.date() == day or now.astimezone(item.starts.tzinfo).date() == day


def next_item(items: tuple[Item, ...], now: datetime) -> Item | None:
    """Return the next slot that begins after ``now``."""
    return next((item for item in items if item.starts > now), None)


def next_round(items: tuple[Item, ...], now: datetime) -> Item | None:
    """Return the next slot with a round that begins after ``now``."""
    return next((item for item in items if item.kind is ItemKind.ROUND and item.starts > now), None)
