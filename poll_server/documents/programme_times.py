"""Days and times as people write them in German and English programmes.

Everything is looked for at the beginning of a line, and what follows it is given back. Lines hold no two spaces in a
row, so each pattern takes linear time.
"""

import re
from dataclasses import dataclass
from datetime import date

from poll_server.i18n import N_, Sentence

YEARS = range(2000, 2101)
DAY_MINUTES = 24 * 60
INSIDE_MAXIMUM = 300
"""Characters at the beginning of a line in which a date is looked for."""

_MONTHS = (
    ("januar", "jänner", "january", "jan"),
    ("februar", "february", "feb"),
    ("märz", "maerz", "march", "mär", "mrz", "mar"),
    ("april", "apr"),
    ("mai", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nov"),
    ("dezember", "december", "dez", "dec"),
)
_WEEKDAYS = (
    ("montag", "monday", "mon", "mo"),
    ("dienstag", "tuesday", "tues", "tue", "di"),
    ("mittwoch", "wednesday", "wed", "mi"),
    ("donnerstag", "thursday", "thurs", "thu", "do"),
    ("freitag", "friday", "fri", "fr"),
    ("samstag", "sonnabend", "saturday", "sat", "sa"),
    ("sonntag", "sunday", "sun", "so"),
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_WEEKDAY_OF = {name: number for number, names in enumerate(_WEEKDAYS) for name in names}


def _one_of(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_MONTH = rf"(?:{_one_of(_MONTH_OF)})\b\.?"
_TO = r"\s?(?:[-‒–—−/]|bis(?: zum)?\b|und\b|to\b|and\b|&)\s?"
_WEEKDAY = rf"(?:(?P<weekday>{_one_of(_WEEKDAY_OF)})\b\.?,?\s?(?:den |the |, )?)?"
_NTH = r"(?:st|nd|rd|th)?"
_NUMERIC = (
    r"(?P<day>[0-9]{1,2})\. ?(?P<month>[0-9]{1,2})\.(?:(?P<short>[0-9]{2})(?![0-9])| ?(?P<year>[0-9]{4})(?![0-9]))?"
)
_ISO = r"(?P<iso>[0-9]{4})-(?P<iso_month>[0-9]{1,2})-(?P<iso_day>[0-9]{1,2})(?![0-9])"
_SLASHED = (
    r"(?<![0-9/])(?:(?P<slash_from>[0-9]{1,2})(?:/(?P<slash_from_month>[0-9]{1,2})"
    r"(?:/(?P<slash_from_year>[0-9]{4}|[0-9]{2}))?)?"
    rf"\s?(?:[-‒–—−]|bis\b|und\b|to\b|and\b|&)\s?(?:(?:{_one_of(_WEEKDAY_OF)})\b\.?,?\s?)?)?"
    r"(?P<slash_day>[0-9]{1,2})/(?P<slash_month>[0-9]{1,2})/(?P<slash_year>[0-9]{4}|[0-9]{2})(?![0-9/])"
)
"""Day, month and year in this order, as in all of Europe; a year has to stand there, as 1/2 is no date."""
_WORDED = (
    rf"(?P<worded_day>[0-9]{{1,2}})(?:\.|{_NTH})? ?(?:of )?(?P<worded_month>{_MONTH})"
    r"(?:,? ?(?P<worded_year>[0-9]{4})(?![0-9]))?"
)
_ENGLISH = (
    rf"(?P<english_month>{_MONTH}) (?:(?P<english_from>[0-9]{{1,2}}){_NTH}{_TO})?(?P<english_day>[0-9]{{1,2}}){_NTH}"
    r"(?![0-9.:])(?:,? (?P<english_year>[0-9]{4})(?![0-9]))?"
)
_FROM = (
    r"(?:(?P<from_day>[0-9]{1,2})\.? ?"
    rf"(?:(?P<from_month>[0-9]{{1,2}})\.|(?P<from_worded>{_MONTH}))? ?(?P<from_year>[0-9]{{4}})?{_TO}"
    rf"(?:(?:{_one_of(_WEEKDAY_OF)})\b\.?,?\s?(?:den |the )?)?)?"
)
_LABEL = r"(?:(?:datum|termin|date|wann|when|am|on)\b:? ?)?(?:(?:(?:tag|day) [0-9]{1,2}|[0-9]\. tag)\b[:,]? ?[-–—]? ?)?"
_DATE = re.compile(
    rf"{_LABEL}{_WEEKDAY}(?:{_ISO}|{_SLASHED}|{_FROM}(?:{_NUMERIC}|{_WORDED})|{_ENGLISH})", re.IGNORECASE
)
_DATE_INSIDE = re.compile(
    rf"(?:(?:,|\b(?:am|vom|on|from)\b|[-–—|]) ?)?{_WEEKDAY}"
    rf"(?<![0-9.])(?:{_ISO}|{_SLASHED}|{_FROM}(?:{_NUMERIC}|{_WORDED})|{_ENGLISH})",
    re.IGNORECASE,
)
_NTH_DAY = re.compile(
    r"(?:(?:tag|day) (?P<after>[0-9]{1,2})|(?P<before>[0-9])\. tag)\b(?:[:,]? ?[-–—]? ?.{0,80})$", re.IGNORECASE
)
_WEEKDAY_NAMES = "|".join(name for name in _WEEKDAY_OF if len(name) > len("tues"))
_ONLY_WEEKDAY = re.compile(rf"(?:am |on )?(?P<name>{_WEEKDAY_NAMES})\b[:,]?$", re.IGNORECASE)

_CLOCK = (
    r"(?P<{0}hour>[0-9]{{1,2}})(?:(?P<{0}sign>[.:h])(?P<{0}minute>[0-9]{{2}})(?![0-9]|[.:][0-9]))?"
    r" ?(?P<{0}unit>uhr\b|h\b|o['’]clock\b|[ap]\.m\.|{1})?(?!\w)"
)
_HALF = r"(?:(?<=:[0-9]{2})|(?<=:[0-9]{2} ))[ap]m\b|[ap]m\b(?= ?(?:$|[-–—:,;|\t]|to\b|until\b))"
"""Before "am" stand minutes, or a time ends behind it: "3 am Tisch" is none."""
_FIRST, _LAST = _CLOCK.format("", _HALF), _CLOCK.format("last_", r"[ap]m\b")
_ABOUT = r"(?:ca\.?|circa|etwa|gegen|about|approx\.?|around)"
_SPAN = re.compile(
    r"(?:(?:beginn|uhrzeit|zeit|time|start)\b:? ?)?(?:(?:von|ab|um|from|at) )?"
    rf"(?:(?P<about>{_ABOUT}) )?{_FIRST}"
    rf"(?: ?(?:[-‒–—−]|bis\b|to\b|until\b|till\b) ?(?:{_ABOUT} )?{_LAST})?",
    re.IGNORECASE,
)
_SEPARATORS = " \t:|,;–—-"


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A date in a line. ``year`` is None where none is written; ``first`` is another day where a range begins.

    Numbers may be those of no day; ``weekday`` counts from Monday as 0. ``ambiguous`` says that elsewhere another day
    may be meant by it: 3/4/2027 is in April here and in March there.
    """

    year: int | None
    month: int
    day: int
    weekday: int | None = None
    first: tuple[int | None, int, int] | None = None
    ambiguous: bool = False

    def last_day(self, year: int) -> date | None:
        """Return the day, with this year where none is written; None if there is no such day."""
        return calendar_day(self.year or year, self.month, self.day)

    def first_day(self, year: int) -> date | None:
        """Return the first day of the range, the day itself without one."""
        if self.first is None:
            return self.last_day(year)
        own, month, day = self.first
        return calendar_day(own or self.year or year, month, day)


@dataclass(frozen=True, slots=True)
class Span:
    """Times of a line in minutes from midnight; ``ends`` is None where none is written."""

    starts: int
    ends: int | None = None
    about: bool = False


@dataclass(frozen=True, slots=True)
class NoTime:
    """What was meant for a time and is none, as written."""

    written: str


def calendar_day(year: int, month: int, day: int) -> date | None:
    """Return a day, None if there is no such day in the years that an event can have."""
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def day_at(line: str) -> tuple[WrittenDay, str] | None:
    """Return the date that a line begins with, and the rest of the line."""
    found = _DATE.match(line)
    written = found and _written(found)
    if not found or written is None or _is_a_time(written, line):
        return None
    return written, line[found.end() :].strip(_SEPARATORS)


def day_inside(line: str) -> tuple[str, WrittenDay, str] | None:
    """Return the first date with a year within a line, with what stands before and after it."""
    for found in _DATE_INSIDE.finditer(line[:INSIDE_MAXIMUM]):
        written = _written(found)
        if written and written.year:
            return line[: found.start()].strip(_SEPARATORS), written, line[found.end() :].strip(_SEPARATORS)
    return None


def _is_a_time(written: WrittenDay, line: str) -> bool:
    """Tell whether "9.30." is no date but a time."""
    return (
        written.year is None
        and written.first is None
        and 12 < written.month < 60
        and written.day < 24
        and re.match(r"[0-9]{1,2}\.[0-9]{2}\.", line) is not None
    )


def _written(found: re.Match[str]) -> WrittenDay | None:
    part = found.groupdict()
    weekday = _WEEKDAY_OF.get((part["weekday"] or "").casefold())
    if part["iso"]:
        return WrittenDay(int(part["iso"]), int(part["iso_month"]), int(part["iso_day"]), weekday)
    if part["slash_day"]:
        return _slashed(part, weekday)
    if part["english_month"]:
        month = _month(part["english_month"])
        year = int(part["english_year"]) if part["english_year"] else None
        first = (None, month, int(part["english_from"])) if part["english_from"] else None
        return WrittenDay(year, month, int(part["english_day"]), weekday, first)
    if part["day"]:
        year = int(part["year"]) if part["year"] else 2000 + int(part["short"]) if part["short"] else None
        month, day = int(part["month"]), int(part["day"])
    else:
        year = int(part["worded_year"]) if part["worded_year"] else None
        month, day = _month(part["worded_month"]), int(part["worded_day"])
    return WrittenDay(year, month, day, weekday, _first(part, month))


def _slashed(part: dict[str, str | None], weekday: int | None) -> WrittenDay:
    year, month, day = (_number(part[f"slash_{name}"]) or 0 for name in ("year", "month", "day"))
    first = None
    if start := _number(part["slash_from"]):
        own = _number(part["slash_from_year"])
        first = (own and _whole(own), _number(part["slash_from_month"]) or month, start)
    return WrittenDay(_whole(year), month, day, weekday, first, ambiguous=day <= 12 and day != month)


def _number(written: str | None) -> int | None:
    return None if written is None else int(written)


def _whole(year: int) -> int:
    """Return a year of two digits as one of four."""
    return year if year >= 100 else 2000 + year


def _first(part: dict[str, str | None], month: int) -> tuple[int | None, int, int] | None:
    if not part["from_day"]:
        return None
    own = int(part["from_month"]) if part["from_month"] else _month(part["from_worded"]) if part["from_worded"] else 0
    return int(part["from_year"]) if part["from_year"] else None, own or month, int(part["from_day"])


def _month(name: str | None) -> int:
    return _MONTH_OF[(name or "").rstrip(".").casefold()]


def nth_day(line: str) -> int | None:
    """Return n of a line such as "Tag 2" or "Day 2: Workshops"."""
    found = _NTH_DAY.match(line)
    return int(found["after"] or found["before"]) if found else None


def weekday_alone(line: str) -> int | None:
    """Return the weekday that is all of a line."""
    found = _ONLY_WEEKDAY.match(line)
    return _WEEKDAY_OF[found["name"].casefold()] if found else None


def span_at(line: str) -> tuple[Span | NoTime, str] | None:
    """Return the time, or the times from and to, that a line begins with, and the rest of the line.

    A number alone is no time: one of the two needs its minutes, or a word such as "Uhr".
    """
    found = _SPAN.match(line)
    if not found:
        return None
    part = found.groupdict()
    sure = part["unit"] or part["last_unit"] or part["minute"] or part["last_minute"]
    if not sure:
        return None
    rest = line[found.end() :]
    afternoon = part["last_unit"] if part["last_unit"] and not part["unit"] else part["unit"]
    starts = _minutes(part["hour"], part["minute"], afternoon)
    ends = _minutes(part["last_hour"], part["last_minute"], part["last_unit"]) if part["last_hour"] else None
    if starts is not None and part["last_unit"] and not part["unit"] and ends is not None and starts > ends:
        starts = _minutes(part["hour"], part["minute"], None)  # "11–1 pm" begins in the morning
    if starts is None or starts == DAY_MINUTES or (part["last_hour"] and ends is None):
        told = part["unit"] or (part["sign"] or ".") in ":hH" or rest.startswith("\t")
        return (NoTime(found[0].strip()), rest) if told else None
    return Span(starts, ends, bool(part["about"])), rest


def _minutes(hour: str, minute: str | None, unit: str | None) -> int | None:
    hours, minutes, half = int(hour), int(minute or 0), (unit or "").replace(".", "").casefold()
    if half in ("am", "pm"):
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half == "pm" else 0)
    total = 60 * hours + minutes
    return total if minutes < 60 and total <= DAY_MINUTES else None


def clock(minutes: int) -> str:
    """Return minutes from midnight as a time."""
    return f"{minutes // 60}:{minutes % 60:02}"


def weekday_fault(written: WrittenDay, day: date) -> Sentence | None:
    """Return what to say where the weekday that is written is not that of the day."""
    if written.weekday is None or day.weekday() == written.weekday:
        return None
    return N_("%(day)s is no such weekday. The date has been taken.", day=f"{day.day}.{day.month}.{day.year}")
