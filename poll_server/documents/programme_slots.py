"""The slots that were found in a programme become its items, with title, description, people, kind and end."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from poll_server.documents import programme_words as words_of
from poll_server.documents.event_times import end_of
from poll_server.documents.fields import KEYS
from poll_server.documents.programme_times import Span, clock
from poll_server.domain.programme import ItemDraft, ItemKind, Person
from poll_server.i18n import N_, Sentence

_TITLE, _DESCRIPTION = KEYS["item"]["title"].maximum, KEYS["item"]["description"].maximum
_PEOPLE_MAXIMUM = 50


@dataclass(slots=True)
class Entry:
    """A slot: ``cells`` are the words of its line, ``more`` the lines below, ``dated`` says that its day is in it."""

    line: int
    raw: str
    day: date
    span: Span
    cells: list[str] = field(default_factory=list)
    more: list[tuple[int, str]] = field(default_factory=list)
    dated: bool = False

    @property
    def titled(self) -> bool:
        """Whether it has any words."""
        return bool(self.cells or self.more)


Tell = Callable[[Entry, Sentence], None]
"""Says something of the line of a slot."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """What makes items of slots.

    ``frames`` say in minutes when a day ends; ``odd`` hears what is odd about a slot that is taken, ``lost`` of one
    that is not.
    """

    zone: ZoneInfo
    language: str
    frames: Mapping[date, int]
    odd: Tell
    lost: Tell

    def sound(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return the slots that can be items, in the order of time."""
        found = [entry for entry in entries if self._is_sound(entry)]
        return sorted(found, key=lambda entry: _moment(entry.day, entry.span.starts, self.zone).astimezone(UTC))

    def _is_sound(self, entry: Entry) -> bool:
        if not entry.titled:
            self.lost(entry, N_("This time has no title."))
            return False
        if _skipped(_moment(entry.day, entry.span.starts, self.zone)):
            skipped = N_("The clocks go forward on that day: there is no %(time)s.", time=clock(entry.span.starts))
            self.lost(entry, skipped)
            return False
        return True

    def items(self, entries: Sequence[Entry]) -> Iterator[ItemDraft]:
        """Make items of slots in the order of time; who has no end ends with the next later start of the day."""
        latest: tuple[datetime, int] | None = None
        following = _next_starts(entries, self.zone)
        for entry, after in zip(entries, following, strict=True):
            item = self._item(entry, after)
            starts = item.starts.astimezone(UTC)
            if latest and starts < latest[0]:
                over = N_("This starts while the item of line %(line)s still runs.", line=latest[1])
                self.odd(entry, over)
            ends = item.ends.astimezone(UTC) if item.ends else starts
            latest = (ends, entry.line) if latest is None or ends > latest[0] else latest
            yield item

    def _item(self, entry: Entry, after: datetime | None) -> ItemDraft:
        title, description, people = _worded(entry, self.language)
        kind = words_of.kind_of(title, description)
        starts = _moment(entry.day, entry.span.starts, self.zone)
        ends = None if kind is ItemKind.END else self._ends(entry, starts, after)
        if len(description) > _DESCRIPTION:
            cut = N_("The description has been cut after %(maximum)s characters.", maximum=_DESCRIPTION)
            self.odd(entry, cut)
        return ItemDraft(starts, title, ends, entry.span.about, kind, description[:_DESCRIPTION].rstrip(), people)

    def _ends(self, entry: Entry, starts: datetime, after: datetime | None) -> datetime | None:
        if entry.span.ends is not None:
            ends = end_of(starts, _moment(entry.day, entry.span.ends, self.zone))
            if ends and not _skipped(ends):
                return ends
            early = N_("The end is not after the start, so it has not been taken.")
            self.odd(entry, early)
        if after is None and (frame := self.frames.get(entry.day)) and frame > entry.span.starts:
            return _moment(entry.day, frame, self.zone)
        return after


def _worded(entry: Entry, language: str) -> tuple[str, str, tuple[Person, ...]]:
    """Return title, description and people of a slot."""
    more = [text.replace("\t", " ") for _, text in entry.more]
    if len(entry.cells) == 1 and not more:
        title, rest = words_of.split_title(entry.cells[0], language)
        cells, lines = [], [rest]
    elif entry.cells:
        title, *cells = entry.cells
        lines = more
    else:
        title, *lines = more
        cells = []
    people: list[Person] = []
    paragraphs: list[str] = []
    for words, cell in [*((words, True) for words in cells), *((words, False) for words in lines)]:
        named, left = words_of.people_alone(words, cell=cell), ""
        if not named:
            named, left = words_of.people_within(words)
        people += named
        paragraphs += [left] if left else []
    title, over = _cut(title)
    return title, "\n".join([*over, *paragraphs]), _storable(people)


def _cut(title: str) -> tuple[str, list[str]]:
    """Return a title that is not too long, and the whole of it for the description if it was."""
    if len(title) <= _TITLE:
        return title, []
    return title[: _TITLE - 2].rpartition(" ")[0].rstrip() + " …" if " " in title[:_TITLE] else title[:_TITLE], [title]


def _storable(people: Iterable[Person]) -> tuple[Person, ...]:
    name, role = KEYS["person"]["name"].maximum, KEYS["person"]["role"].maximum
    return tuple(Person(one.name[:name], one.role[:role]) for one in dict.fromkeys(people))[:_PEOPLE_MAXIMUM]


def _next_starts(entries: Sequence[Entry], zone: ZoneInfo) -> list[datetime | None]:
    """Return for each slot the next start after its own on the same day."""
    found: list[datetime | None] = [None] * len(entries)
    for at in range(len(entries) - 2, -1, -1):
        entry, later = entries[at], entries[at + 1]
        if entry.day != later.day:
            continue
        same = entry.span.starts == later.span.starts
        found[at] = found[at + 1] if same else _moment(later.day, later.span.starts, zone)
    return found


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return the moment of the wall clock; 24:00 is that of the next day's beginning."""
    return datetime.combine(day, time(), zone) + timedelta(minutes=minutes)  # in a zone Python adds wall-clock time


def _skipped(moment: datetime) -> bool:
    """Tell whether the clocks go forward over this time."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(tzinfo=None)
