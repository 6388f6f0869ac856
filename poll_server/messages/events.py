"""What organisers write of an event as a whole, field by field: each mistake stands at its field."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from poll_server.domain.errors import Malformed
from poll_server.domain.programme import EventDraft
from poll_server.domain.text import CODE_LETTERS, fold, is_seen, normal_code
from poll_server.i18n import LANGUAGES, N_, Sentence
from poll_server.messages.fields import Fields, number_of, text_of

EDITION_MAXIMUM = 10**9
YEARS = range(2000, 2101)
DAYS_MAXIMUM = 366
CODE_SIZES = range(4, 21)
ADDRESSES = ("imprint", "privacy", "accessibility")
LINES = ("welcome", "contact")
MAXIMA: Mapping[str, int] = {
    "title": 200,
    "subtitle": 200,
    "organisers": 500,
    "partners": 500,
    "welcome": 2000,
    "contact": 500,
    **dict.fromkeys(("day", "last_day", "time_zone", "language", "code"), 100),
    **dict.fromkeys(ADDRESSES, 500),
}
"""The fields of the form, each with the characters that it takes."""
_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
_GERMAN_DAY = re.compile(r"(?P<day>[0-9]{1,2})\.\s*(?P<month>[0-9]{1,2})\.\s*(?P<year>[0-9]{4})")

Faults = Mapping[str, Sentence]
_T = TypeVar("_T")


class Fault(Exception):
    """One thing to mend in a field."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class EventForm(NamedTuple):
    """A form as it was sent: what was ``typed`` by field, what is wrong by field, and what it says if nothing is.

    ``seen`` is the edition of the event that its writer saw, 0 for a new one.
    """

    typed: Mapping[str, str]
    faults: Faults
    draft: EventDraft | None
    seen: int


@dataclass(frozen=True, slots=True)
class CopyForm:
    """For which day an event is copied, under which title, in the same way; ``day`` only without faults."""

    typed: Mapping[str, str]
    faults: Faults
    title: str
    day: date | None
    code: str


def parse_event(fields: Fields, present_code: str = "") -> EventForm:
    """Read the form of a new event, or of one that has a code; raises Malformed for what no form of ours sends."""
    typed = {name: text_of(fields, name) for name in MAXIMA}
    seen = number_of(fields, "seen", EDITION_MAXIMUM)
    read = _Reader(typed)
    texts: dict[str, Any] = {
        name: read.of(name, _text(name)) or "" for name in ("title", "subtitle", "organisers", "partners", *LINES)
    }
    texts |= {name: read.of(name, address) or "" for name in ADDRESSES}
    day = read.of("day", day_of)
    last = read.of("last_day", lambda text: _last_day(text, day))
    zone = read.of("time_zone", lambda text: _one_of(text, time_zones())) or ""
    language = read.of("language", lambda text: _one_of(text, LANGUAGES)) or ""
    code = read.of("code", lambda text: code_of(text, present_code)) or ""
    if day is None or read.faults:
        return EventForm(typed, read.faults, None, seen)
    draft = EventDraft(texts.pop("title"), day, zone, language, code, last_day=last)
    return EventForm(typed, {}, replace(draft, **texts), seen)


def parse_copy(fields: Fields) -> CopyForm:
    """Read for when an event is copied; raises Malformed."""
    typed = {name: text_of(fields, name) for name in ("title", "day", "code")}
    read = _Reader(typed)
    title, day = read.of("title", _text("title")) or "", read.of("day", day_of)
    code = read.of("code", lambda text: code_of(text, "")) or ""
    return CopyForm(typed, read.faults, title, day, code)


def parse_archive(fields: Fields) -> bool:
    """Read whether an event goes into the archive, or comes back; raises Malformed."""
    wanted = {"in": True, "out": False}.get(text_of(fields, "archive"))
    if wanted is None:
        raise Malformed("malformed")
    return wanted


def parse_delete(fields: Fields) -> str:
    """Read the name that somebody has typed to delete an event; raises Malformed."""
    return text_of(fields, "name")


def is_name(typed: str, title: str) -> bool:
    """Tell whether this is an event's name, however its letters and spaces are typed."""
    return fold(typed).casefold() == fold(title).casefold()


class _Reader:
    """Reads fields one by one, and keeps what is wrong with each."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self.faults: dict[str, Sentence] = {}
        self._typed = typed

    def of(self, name: str, read: Callable[[str], _T]) -> _T | None:
        """Read a field; None where something is wrong with it."""
        text, maximum = self._typed[name], MAXIMA[name]
        try:
            if len(text) > maximum:
                raise Fault(N_("Please shorten this to at most %(maximum)s characters.", maximum=maximum))
            return read(text)
        except Fault as fault:
            self.faults[name] = fault.sentence
        return None


def _text(name: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        written = "\n".join(fold(line) for line in text.splitlines()).strip("\n") if name in LINES else fold(text)
        if name == "title" and not is_seen(written):
            raise Fault(N_("Please write a title."))
        return written

    return read


def day_of(text: str) -> date:
    """Return a day as browsers send it, or as people write it in German; raises Fault."""
    found = _DAY.fullmatch(text.strip()) or _GERMAN_DAY.fullmatch(text.strip())
    try:
        day = date(*(int(found[part]) for part in ("year", "month", "day"))) if found else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        first, last = YEARS[0], YEARS[-1]
        raise Fault(N_("Please write a day from %(first)s to %(last)s, such as 2026-12-03.", first=first, last=last))
    return day


def _last_day(text: str, first: date | None) -> date | None:
    if not text.strip():
        return None
    last = day_of(text)
    if first and last < first:
        raise Fault(N_("The last day is before the first one."))
    if first and last - first >= timedelta(DAYS_MAXIMUM):
        raise Fault(N_("An event lasts at most %(days)s days.", days=DAYS_MAXIMUM))
    return None if last == first else last


def _one_of(text: str, known: Collection[str]) -> str:
    if text not in known:
        raise Fault(N_("Please choose one of the list."))
    return text


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names of all time zones."""
    return tuple(sorted(available_timezones()))


def code_of(text: str, present: str) -> str:
    """Return a join code, the present one where none is typed; raises Fault.

    The present one stays whatever it is made of: those of event files may have other letters.
    """
    code = normal_code(text)
    if code == present or not text.strip():
        return present
    wrong = sorted({letter.upper() for letter in text if not letter.isspace() and letter.upper() not in CODE_LETTERS})
    if wrong := [letter for letter in wrong if letter != "-"]:
        mistaken = N_(
            "Please leave out %(letters)s: a code has the letters A to Z and digits that nobody mistakes on a wall.",
            letters=" ".join(wrong),
        )
        raise Fault(mistaken)
    if len(code) not in CODE_SIZES:
        raise Fault(
            N_("A code has %(least)s to %(most)s letters and digits.", least=CODE_SIZES[0], most=CODE_SIZES[-1])
        )
    return code


def address(text: str) -> str:
    """Return an address of the web, empty for none; raises Fault."""
    written = text.strip()
    if not written:
        return ""
    try:
        found = urlsplit(written)
        good = found.scheme in ("http", "https") and bool(found.hostname) and not re.search(r"[\s<>\"\\]", written)
        good = good and found.username is None and found.port != 0
    except ValueError:
        good = False
    if not good:
        raise Fault(N_("Please write an address that begins with https:// or http://."))
    return written
