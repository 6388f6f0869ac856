"""The event file: an event with its programme, rounds and questions, as an organiser writes it in YAML.

``docs/event-file.md`` describes the format; a test keeps its tables complete.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from poll_server.documents.fields import KEYS, Fields, shortened, suggestion, text_of
from poll_server.documents.pictures import Album
from poll_server.documents.translations import read_translations
from poll_server.documents.yaml_tree import Complain, Node, Place, Text, read_tree
from poll_server.domain.blocked import lines
from poll_server.domain.contributions import OWN_MAXIMUM
from poll_server.domain.errors import PollError
from poll_server.domain.programme import (
    SMALL_BASE,
    Definition,
    EventDraft,
    ItemDraft,
    ItemKind,
    Option,
    Person,
    Reveal,
    SessionDraft,
)
from poll_server.domain.text import normal_code, one_line
from poll_server.i18n import N_, Sentence, translations
from poll_server.questions import KINDS

TIME_ZONE, LANGUAGE = "Europe/Berlin", "de"
LANGUAGES = ("de", "en")
YEARS = range(2000, 2101)
SHARES_FROM = range(1001)
GROUPS = range(2, 13)
OWN = range(1, 101)

_STAND_IN_DAY = date(2001, 1, 1)
_CLOCK = r"([0-9]{1,2})(?:[.:]([0-9]{2})(?:\s*Uhr)?|\s*Uhr)"
_TIME = re.compile(rf"((?:ca\.?|circa|etwa|about)\s*)?{_CLOCK}(?:\s*(?:[-–—]|bis|to)\s*{_CLOCK})?", re.IGNORECASE)
_ENDS = re.compile(_CLOCK, re.IGNORECASE)
_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
_GERMAN_DAY = re.compile(r"(?P<day>[0-9]{1,2})\.\s*(?P<month>[0-9]{1,2})\.\s*(?P<year>[0-9]{4})")


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing to mend in a file; ``line`` and ``column`` count from 1, in characters."""

    line: int
    column: int
    sentence: str


class EventFileError(PollError):
    """The file cannot be read; ``mistakes`` are all that were found, in the order of the file, at least one."""

    sentences: ClassVar[dict[str, str]] = {"event_file": "The event file has mistakes. Nothing has been created."}

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("event_file")
        self.mistakes = mistakes


def read_event(text: str, today: date, folder: Path | None = None, language: str = "en") -> EventDraft:
    """Read an event file; ``today`` is the day, in the event's time zone, that ``date: today`` stands for.

    Its pictures are read from ``folder``; without one there can be none. Mistakes are told in ``language``.
    Raises EventFileError with all mistakes at once, and nothing else whatever the text is. Of a file that is not YAML
    only the first place where it is not can be told.
    """
    gettext = translations(language).gettext
    mistakes: set[Mistake] = set()

    def complain(place: Place, sentence: str) -> None:
        told = sentence.said(gettext, {}) if isinstance(sentence, Sentence) else sentence
        mistakes.add(Mistake(place.line, place.column, told))

    root = read_tree(text, complain)
    draft = _event(Fields(root, "event", complain), today, Album(folder)) if root else None
    if draft is None or mistakes:
        raise EventFileError(tuple(sorted(mistakes)))
    return draft


def example_text() -> str:
    """Return the event file of the demo; its code is ``demo`` and its day the present one."""
    return files("poll_server.documents").joinpath("example.yaml").read_text(encoding="utf-8")


def _event(fields: Fields, today: date, album: Album) -> EventDraft:
    day, zone = _day(fields, today), _zone(fields)
    groups = _groups(fields)
    language = fields.one_of("language", LANGUAGES, LANGUAGE)
    return EventDraft(
        title=fields.line("title"),
        day=day,
        time_zone=zone.key,
        language=language,
        code=_code(fields),
        subtitle=fields.line("subtitle"),
        organisers=fields.line("organisers"),
        shares_from=_shares_from(fields),
        items=_items(fields, _Wall(day, zone), language, album),
        pictures=album.pictures,
        groups=groups,
        group_names=_group_names(fields, language, groups),
        decline_reasons=_reasons(fields),
        blocked_words=_blocked_words(fields),
    )


def _group_names(fields: Fields, language: str, groups: tuple[Option, ...]) -> dict[str, dict[str, str]]:
    """Read what the groups are called in other languages: all of them, in the same order."""
    found: dict[str, dict[str, str]] = {}
    if not fields.has("translations"):
        return found
    translations = fields.part("translations", "translations")
    for tag in translations.given:
        if tag == language:
            own = N_("The event itself is in “%(language)s”.", language=tag)
            translations.complain(translations.place(tag), own)
            continue
        part = translations.part(tag, "event translation")
        names = _groups(part)
        if not part.incomplete and len(names) != len(groups):
            many = N_("The event has %(n)s groups, its translation has %(m)s.", n=len(groups), m=len(names))
            part.wrong("groups", many)
        found[tag] = {one.key: name.label for one, name in zip(groups, names, strict=False)}
    return found


def _reasons(fields: Fields) -> tuple[str, ...]:
    nodes, maximum = fields.entries("decline_reasons"), KEYS["event"]["decline_reasons"].maximum
    reasons = [one_line(text_of(node, "decline_reasons", maximum, fields.complain)) for node in nodes]
    return tuple(dict.fromkeys(reason for reason in reasons if reason))


def _blocked_words(fields: Fields) -> dict[str, tuple[str, ...]]:
    if not fields.has("blocked_words"):
        return {}
    part, found = fields.part("blocked_words", "blocked_words"), {}
    for language in part.given:
        maximum = KEYS["blocked_words"][language].maximum
        written = [text_of(node, language, maximum, fields.complain) for node in part.entries(language)]
        found[language] = lines("\n".join(written))
    return found


def _groups(fields: Fields) -> tuple[Option, ...]:
    nodes = fields.entries("groups")
    labels = [one_line(text_of(node, "groups", KEYS["event"]["groups"].maximum, fields.complain)) for node in nodes]
    if nodes and len(labels) not in GROUPS:
        fields.wrong(
            "groups", N_("An event has %(minimum)s to %(maximum)s groups.", minimum=GROUPS[0], maximum=GROUPS[-1])
        )
    if "" in labels:
        fields.wrong("groups", N_("A group has no name."))
    if len({label.casefold() for label in labels}) < len(labels):
        fields.wrong("groups", N_("Two groups are the same."))
    return tuple(Option(f"g{number}", label) for number, label in enumerate(labels, 1))


def _day(fields: Fields, today: date) -> date:
    written = fields.line("date")
    if written.casefold() == "today":
        return today
    day = _calendar_day(_DAY.fullmatch(written) or _GERMAN_DAY.fullmatch(written))
    if day:
        return day
    if written:
        no_day = N_(
            "“%(written)s” is not a day from %(first)s to %(last)s. Write 2022-01-21, 21.1.2022 or today.",
            written=shortened(written),
            first=YEARS[0],
            last=YEARS[-1],
        )
        fields.wrong("date", no_day)
    return _STAND_IN_DAY


def _calendar_day(found: re.Match[str] | None) -> date | None:
    if not found or int(found["year"]) not in YEARS:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _zone(fields: Fields) -> ZoneInfo:
    name = fields.line("time_zone") or TIME_ZONE
    if name in _time_zones():
        return ZoneInfo(name)
    instead = suggestion(name, _time_zones(), N_("Write a name such as %(zone)s.", zone=TIME_ZONE))
    unknown = N_("Unknown time zone “%(written)s”. %(instead)s", written=shortened(name), instead=instead)
    fields.wrong("time_zone", unknown)
    return ZoneInfo("UTC")


@cache
def _time_zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def _code(fields: Fields) -> str:
    written = fields.line("code")
    if written and not re.fullmatch("[A-Za-z0-9]{2,32}", written):
        fields.wrong("code", N_("A code has 2 to 32 letters from A to Z and digits, nothing else."))
    return normal_code(written)


def _shares_from(fields: Fields) -> int:
    written = fields.line("shares_from")
    if not written:
        return SMALL_BASE
    if re.fullmatch("[0-9]{1,4}", written) and int(written) in SHARES_FROM:
        return int(written)
    takes = N_("The key “%(key)s” takes a whole number from 0 to %(last)s.", key="shares_from", last=SHARES_FROM[-1])
    fields.wrong("shares_from", takes)
    return SMALL_BASE


# Times


@dataclass(frozen=True, slots=True)
class _Wall:
    """The wall clock of the event's day and place."""

    day: date
    zone: ZoneInfo

    def moment(self, clock: time) -> datetime:
        """Return the aware moment."""
        return datetime.combine(self.day, clock, self.zone)

    def skips(self, clock: time) -> bool:
        """Tell whether the clocks go forward over this time."""
        return self.moment(clock).astimezone(UTC).astimezone(self.zone).time() != clock


@dataclass(frozen=True, slots=True)
class _Slot:
    """An item's time on the wall clock; ``starts`` is None when it could not be read."""

    place: Place
    kind: ItemKind
    starts: time | None = None
    ends: time | None = None
    about: bool = False


def _slot(fields: Fields, wall: _Wall) -> _Slot:
    slot = _Slot(fields.place("time"), ItemKind(fields.one_of("kind", [*ItemKind], ItemKind.TALK)))
    written = fields.line("time")
    if not written:
        return slot
    found = _TIME.fullmatch(written)
    about, hour, minute, last_hour, last_minute = found.groups() if found else (None,) * 5
    starts = _clock(hour, minute)
    ends = _clock(last_hour, last_minute)
    if starts is None or (last_hour and ends is None):
        no_time = N_(
            "“%(written)s” is not a time. Write 9.30, 9:30 or 9.30–9.45, with “ca.” before it if it is approximate.",
            written=shortened(written),
        )
        fields.wrong("time", no_time)
        return slot
    _check_skipped(fields, "time", wall, starts, ends)
    if ends and ends <= starts:
        fields.wrong("time", N_("An item must end after it starts."))
        ends = None
    return replace(slot, starts=starts, ends=ends, about=bool(about))


def _clock(hour: str | None, minute: str | None) -> time | None:
    try:
        return time(int(hour), int(minute or 0)) if hour else None
    except ValueError:
        return None


def _check_skipped(fields: Fields, name: str, wall: _Wall, *clocks: time | None) -> None:
    for clock in clocks:
        if clock and wall.skips(clock):
            skipped = N_("The clocks go forward on that day: there is no %(time)s.", time=f"{clock:%H:%M}")
            fields.wrong(name, skipped)


def _with_ends(slots: list[_Slot], closing: time | None) -> Iterator[_Slot]:
    """Let each slot end when it says, or else when the next one starts, the last one when the event ends."""
    for slot, following in zip(slots, [*(slot.starts for slot in slots[1:]), closing], strict=False):
        yield replace(slot, ends=slot.ends or following)


def _check_order(slots: list[_Slot], complain: Complain) -> None:
    for before, slot in pairwise(slot for slot in slots if slot.starts):
        if before.starts and slot.starts and slot.starts <= before.starts:
            late = N_("This item must start after the one before it (%(time)s).", time=f"{before.starts:%H:%M}")
            complain(slot.place, late)
        elif before.ends and slot.starts and slot.starts < before.ends:
            over = N_("This item ends after the next one starts (%(time)s).", time=f"{slot.starts:%H:%M}")
            complain(before.place, over)


def _check_kind_end(slots: list[_Slot], complain: Complain) -> None:
    for slot in slots:
        if slot.kind is ItemKind.END and slot is not slots[-1]:
            complain(slot.place, N_("Only the last item can be of the kind end."))
        elif slot.kind is ItemKind.END and slot.ends:
            complain(slot.place, N_("An item of the kind end has one time only."))


def _closing(fields: Fields, slots: list[_Slot], wall: _Wall) -> time | None:
    """Return when the last item ends by the event's own key ``ends``."""
    written = fields.line("ends")
    if not written:
        return None
    found = _ENDS.fullmatch(written)
    closing = _clock(*found.groups()) if found else None
    if closing is None:
        fields.wrong("ends", N_("“%(written)s” is not a time. Write 14.15 or 14:15.", written=shortened(written)))
        return None
    _check_skipped(fields, "ends", wall, closing)
    last = slots[-1] if slots else None
    if last and (last.ends or last.kind is ItemKind.END):
        fields.wrong("ends", N_("The last item already says when the event ends."))
    elif last and last.starts and closing <= last.starts:
        early = N_("The event must end after its last item starts (%(time)s).", time=f"{last.starts:%H:%M}")
        fields.wrong("ends", early)
    return closing


# Programme


def _items(fields: Fields, wall: _Wall, language: str, album: Album) -> tuple[ItemDraft, ...]:
    parts = [Fields(node, "item", fields.complain) for node in fields.entries("programme")]
    slots = [_slot(part, wall) for part in parts]
    _check_order(slots, fields.complain)
    _check_kind_end(slots, fields.complain)
    closing = _closing(fields, slots, wall)
    timed = zip(parts, _with_ends(slots, closing), strict=True)
    return tuple(_item(part, slot, wall, language, album) for part, slot in timed)


def _item(fields: Fields, slot: _Slot, wall: _Wall, language: str, album: Album) -> ItemDraft:
    if fields.has("questions") and fields.line("kind") in {"", *ItemKind} - {ItemKind.ROUND}:
        fields.complain(fields.place("questions"), N_("Only an item of the kind round has questions."))
    return ItemDraft(
        starts=wall.moment(slot.starts or time()),
        title=fields.line("title"),
        ends=wall.moment(slot.ends) if slot.ends else None,
        about=slot.about,
        kind=slot.kind,
        description=fields.paragraphs("description"),
        people=tuple(_person(node, fields.complain) for node in fields.entries("people")),
        questions=tuple(read_question(node, fields.complain, language, album) for node in fields.entries("questions")),
        session=_session(fields),
    )


def _session(fields: Fields) -> SessionDraft:
    elsewhere = fields.line("kind") in {"", *ItemKind} - {ItemKind.QUESTION_SESSION}
    for name in ("moderated", "maximum", "list_on_screen"):
        if elsewhere and fields.has(name):
            stray = N_("The key “%(key)s” belongs to an item of the kind question_session.", key=name)
            fields.complain(fields.place(name), stray)
    return SessionDraft(
        moderated=fields.one_of("moderated", ("yes", "no"), "yes") == "yes",
        maximum=_maximum(fields),
        listed=fields.one_of("list_on_screen", ("yes", "no"), "no") == "yes",
    )


def _maximum(fields: Fields) -> int:
    written = fields.line("maximum")
    if re.fullmatch("[0-9]{1,3}", written) and int(written) in OWN:
        return int(written)
    if written:
        takes = N_("The key “%(key)s” takes a whole number from 1 to %(last)s.", key="maximum", last=OWN[-1])
        fields.wrong("maximum", takes)
    return OWN_MAXIMUM


def _person(node: Node, complain: Complain) -> Person:
    """Read "Name (role)", or a mapping where a name has brackets of its own."""
    if not isinstance(node, Text):
        fields = Fields(node, "person", complain)
        return Person(fields.line("name"), fields.line("role"))
    name, bracket, rest = one_line(node.text).partition("(")
    name, role = (name.rstrip(), rest[:-1].strip()) if rest.endswith(")") else (name + bracket + rest, "")
    if not name:
        complain(node.place, N_("The name is missing."))
    for key, value in (("name", name), ("role", role)):
        text_of(Text(node.place, value), key, KEYS["person"][key].maximum, complain)
    return Person(name, role)


def read_question(node: Node, complain: Complain, language: str, album: Album) -> Definition:
    """Read one question of a round, wherever it is written; ``complain`` hears all its mistakes."""
    fields = Fields(node, "question", complain)
    labels = [one_line(text_of(option, "options", 0, complain)) for option in fields.entries("options")]
    kind = fields.one_of("kind", KINDS, "")
    definition = Definition(
        kind=kind,
        text=fields.line("text"),
        options=tuple(Option(f"o{number}", label) for number, label in enumerate(labels, 1)),
        rules=_rules(fields, kind, album),
        hint=fields.line("hint"),
        reveal=Reveal(fields.one_of("result", [*Reveal], Reveal.SHOWN)),
        language=language,
    )
    if not definition.kind:
        return definition
    sound = _check_question(definition, fields)
    if not fields.has("translations"):
        return definition
    return read_translations(definition, fields.part("translations", "translations"), sound=sound)


def _rules(fields: Fields, kind: str, album: Album) -> dict[str, Any]:
    """Read the rules of this kind; those of other kinds are mistakes."""
    known = KINDS[kind].rules if kind else {}
    strange = {name for other in KINDS.values() for name in other.rules} - set(known)
    if kind and not KINDS[kind].answerable:
        strange.add("result")
    for name in strange:
        if kind and fields.has(name):
            stray = N_("The key “%(key)s” does not belong to the kind %(kind)s.", key=name, kind=kind)
            fields.complain(fields.place(name), stray)
    found = {
        name: fields.picture(name, rule.maximum, album) if rule.type is bytes else fields.rule(name, rule)
        for name, rule in known.items()
        if fields.has(name)
    }
    return {name: value for name, value in found.items() if value not in (None, ()) and value is not False}


def _check_question(definition: Definition, fields: Fields) -> bool:
    """Report what the kind finds wrong, at the key concerned; a missing key has been reported already.

    Return whether nothing is wrong.
    """
    kind = KINDS[definition.kind]
    problems = kind.check(definition)
    for problem in problems:
        names = tuple(kind.rules) if problem.field == "rules" else (problem.field,)
        given = [name for name in names if fields.has(name)]
        if given or not fields.incomplete:
            place = fields.place_of(problem, given[0]) if given else fields.here
            fields.complain(place, Sentence(problem.sentence, **problem.values))
    return not problems
