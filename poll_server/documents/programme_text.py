"""A programme as people write or paste it: what was understood, and the lines that were not.

``docs/programmes.md`` says what is understood. Reading takes linear time and raises nothing, whatever the text is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from poll_server.documents.fields import KEYS, shortened
from poll_server.documents.programme_found import ITEMS_MAXIMUM, PROGRAMME_MAXIMUM, TOO_LONG, ReadProgramme, Remark
from poll_server.documents.programme_slots import Entry, Timetable
from poll_server.documents.programme_times import (
    YEARS,
    NoTime,
    Span,
    WrittenDay,
    day_at,
    day_inside,
    nth_day,
    span_at,
    weekday_alone,
    weekday_fault,
)
from poll_server.domain.text import clean
from poll_server.i18n import N_, Sentence

TITLE_LINE_MAXIMUM = 150
"""Characters of a line that may be the event's title; longer ones are prose."""
_LINE_END = re.compile(r"\r\n|\r|\n")
_BLANKS = re.compile(r"[^\S\t]+")
_EMPHASIS = re.compile(r"\*\*|__(?=\S)|(?<=\S)__")
_BULLET = re.compile(r"(?:[-*•·▪–>] ?|#{1,6} )+(?=\S)")
_HEADING = re.compile(r"#{1,6} ")
_STRUCTURE = frozenset(
    {"programm", "das programm", "programmablauf", "ablauf", "agenda", "tagesordnung", "zeitplan", "termine"}
    | {"die termine", "veranstaltung", "veranstaltungen"}
    | {"programme", "the programme", "program", "event", "events", "dates", "schedule", "timetable"}
)
"""Headings that say nothing."""
_TITLE_LABEL = re.compile(r"(?:titel|title|veranstaltung|event)\s?: ?(?=\S)", re.IGNORECASE)
_ORGANISERS = re.compile(
    r"(?:veranstalter(?:in|innen)?|veranstaltende|organi[sz]ers?|organi[sz]ed by|hosts?) ?(?::|$) ?", re.IGNORECASE
)
_TABLE_HEAD = frozenset(
    {
        "datum",
        "tag",
        "zeit",
        "uhrzeit",
        "beginn",
        "von",
        "bis",
        "ende",
        "titel",
        "thema",
        "programmpunkt",
        "raum",
        "ort",
    }
    | {"person", "personen", "referent", "referentin", "beschreibung"}
    | {"date", "day", "time", "start", "starts", "from", "to", "end", "ends", "title", "topic", "item", "room"}
    | {"people", "speaker", "speakers", "description"}
)


def read_programme(text: str, zone: ZoneInfo, language: str = "de", day: date | None = None) -> ReadProgramme:
    """Read a programme in German or English; raises nothing.

    ``day`` is that of times with no date above them. ``language`` is that of the text, which helps to tell a title
    from its description.
    """
    if len(text) > PROGRAMME_MAXIMUM:
        return ReadProgramme(problem=TOO_LONG)
    lines = [_BLANKS.sub(" ", line).strip() for line in _LINE_END.split(clean(text))]
    reader = _Reader(zone, language, day, _first_year(lines) or (day.year if day else None))
    for number, line in enumerate(lines, 1):
        reader.take(number, line)
    return reader.read()


def _first_year(lines: Iterable[str]) -> int | None:
    """Return the year of the first date that has one: it holds for dates before it, too."""
    for line in lines:
        if any(letter.isdecimal() for letter in line) and (found := day_inside(line)):
            return found[1].year
    return None


@dataclass(slots=True)
class _Loose:
    """A line of words that belongs to no slot; ``above`` says that none had come yet."""

    line: int
    text: str
    above: bool
    heading: bool


@dataclass(slots=True)
class _Reader:
    """Takes a programme line by line."""

    zone: ZoneInfo
    language: str
    day: date | None
    year: int | None
    title: str = ""
    organisers: str = ""
    first: date | None = None
    last: date | None = None
    lost: bool = False
    ranged: bool = False
    wants_organisers: bool = False
    current: Entry | None = None
    open: bool = False
    entries: list[Entry] = field(default_factory=list)
    loose: list[_Loose] = field(default_factory=list)
    day_lines: list[tuple[int, str, date]] = field(default_factory=list)
    frames: dict[date, int] = field(default_factory=dict)
    unread: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def take(self, number: int, raw: str) -> None:
        """Read one line."""
        heading = _HEADING.match(raw) is not None
        line = _EMPHASIS.sub("", raw)
        bullet = _BULLET.match(line)
        line = line[bullet.end() :].strip() if bullet else line.strip()
        line = line.strip("|").strip() if line.startswith("|") else line
        if not any(letter.isalnum() for letter in line):
            self.open = self.open and bool(line)
        elif _is_table_head(line):
            self.open = False
        elif found := day_at(line):
            self._take_day(number, line, *found)
        elif not self._take_day_name(number, line) and not self._take_time(number, line, line, self.day):
            self._take_words(number, line, heading=heading)

    # Days

    def _take_day(self, number: int, line: str, written: WrittenDay, rest: str) -> None:
        self.open = False
        if not self._set_day(number, line, written):
            return
        assert self.day is not None
        if rest and not self._take_time(number, line, rest, self.day, dated=True):
            self._say(self.remarks, number, line, N_("The words behind the date have not been taken."))

    def _set_day(self, number: int, line: str, written: WrittenDay) -> bool:
        """Go on with a day; tell whether there is such a day."""
        self.current, self.lost = None, True
        if written.year is None and self.year is None:
            self._say(self.unread, number, line, N_("The year is missing. Please write the date with its year."))
            return False
        year = self.year if self.year is not None else YEARS.start
        last, first = written.last_day(year), written.first_day(year)
        if last is None or first is None or first > last:
            no_day = N_("This date does not exist between %(first)s and %(last)s.", first=YEARS[0], last=YEARS[-1])
            self._say(self.unread, number, line, no_day)
            return False
        if written.first is None and (fault := weekday_fault(written, last)):
            self._say(self.remarks, number, line, fault)
        if written.ambiguous and not self.language.startswith("de"):
            read = N_("This has been read as day, month and year: %(day)s.", day=last.isoformat())
            self._say(self.remarks, number, line, read)
        if written.first is not None:
            self.ranged, self.first, self.last = True, first, last
        self.year, self.day, self.lost = first.year, first, False
        self.first = self.first or first
        self.day_lines.append((number, line, first))
        return True

    def _take_day_name(self, number: int, line: str) -> bool:
        """Take "Tag 2", or a weekday alone, for a day of the dates above."""
        nth, weekday = nth_day(line), weekday_alone(line)
        if self.first is None or (nth is None and weekday is None):
            return False
        since = self.day or self.first
        day = (
            self.first + timedelta(days=nth - 1)
            if nth is not None
            else since + timedelta(days=((weekday or 0) - since.weekday()) % 7)
        )
        self.current, self.open = None, False
        if nth == 0 or (self.last and day > self.last):
            self.lost = True
            self._say(self.unread, number, line, N_("This day is none of those that stand above."))
        else:
            self.day, self.lost = day, False
        return True

    # Slots

    def _take_time(self, number: int, line: str, words: str, day: date | None, *, dated: bool = False) -> bool:
        """Take what begins with a time for a slot; tell whether it does."""
        found = span_at(words)
        if not found:
            return False
        span, rest = found
        self.open = False
        if isinstance(span, NoTime):
            self.current = None
            self._say(self.unread, number, line, N_("“%(written)s” is not a time.", written=shortened(span.written)))
        elif self.lost or day is None:
            self.current = None
            self._say(self.unread, number, line, self._dayless())
        else:
            self._begin(Entry(number, line, day, *_with_cells(span, rest), dated=dated))
        return True

    def _dayless(self) -> Sentence:
        if self.lost:
            return N_("The day that this would belong to could not be read.")
        return N_("No date stands above this time. Please write the day above it.")

    def _begin(self, entry: Entry) -> None:
        before = self.current
        if before and before.dated and not entry.dated and _frames(before, entry):
            self.entries.remove(before)  # the last one
            above = not self.entries
            self.loose += [_Loose(line, text, above, heading=False) for line, text in before.more]
            if before.span.ends:
                self.frames[before.day] = before.span.ends
        self.entries.append(entry)
        self.current, self.open = entry, True

    def _take_words(self, number: int, line: str, *, heading: bool) -> None:
        if self.current and (self.open or not self.current.titled):
            self.current.more.append((number, line))
            self.open = True
        elif not self._take_head(line):
            if self.first is None and (found := day_inside(line)):
                self._take_head_with_day(number, line, *found)
            else:
                self.loose.append(_Loose(number, line, not self.entries, heading))

    def _take_head_with_day(self, number: int, line: str, before: str, written: WrittenDay, rest: str) -> None:
        """Take a line such as "City Day, 21 January 2022, 9.30 to 14.15" for the title and its day."""
        if self._set_day(number, line, written) and self.day:
            self.title = self.title or (before if len(before) <= TITLE_LINE_MAXIMUM else "")
            found = span_at(rest)
            if found and isinstance(found[0], Span):
                self._begin(Entry(number, line, self.day, found[0], dated=True))
                self.open = False

    def _take_head(self, line: str) -> bool:
        """Take what says what follows, the organisers, or the title by its name."""
        if self.wants_organisers:
            self.wants_organisers = False
            self.organisers = line[: KEYS["event"]["organisers"].maximum]
            return True
        if line.rstrip(": ").casefold() in _STRUCTURE:
            return True
        if not self.entries and (found := _TITLE_LABEL.match(line)):
            self.title = line[found.end() :]
            return True
        if not self.entries and (found := _ORGANISERS.match(line)):
            self.organisers = line[found.end() :][: KEYS["event"]["organisers"].maximum]
            self.wants_organisers = not self.organisers
            return True
        return False

    def _say(self, remarks: list[Remark], number: int, line: str, sentence: Sentence) -> None:
        remarks.append(Remark(number, shortened(line.replace("\t", " ")), sentence))

    def _odd(self, entry: Entry, sentence: Sentence) -> None:
        self._say(self.remarks, entry.line, entry.raw, sentence)

    def _lose(self, entry: Entry, sentence: Sentence) -> None:
        self._say(self.unread, entry.line, entry.raw, sentence)

    # The whole

    def read(self) -> ReadProgramme:
        """Return what was understood of all lines."""
        title = self._take_title()
        no_time = N_("There is no time in this line, and no item right above it.")
        for one in self.loose:
            self._say(self.unread, one.line, one.text, no_time)
        timetable = Timetable(self.zone, self.language, self.frames, self._odd, self._lose)
        sound = timetable.sound(self.entries)
        items = tuple(timetable.items(sound[:ITEMS_MAXIMUM]))
        for entry in sound[ITEMS_MAXIMUM:]:
            many = N_("A programme has at most %(maximum)s items.", maximum=ITEMS_MAXIMUM)
            self._say(self.unread, entry.line, entry.raw, many)
        days = {entry.day for entry in sound}
        for number, line, day in self.day_lines:
            if day not in days and not self.ranged:
                self._say(self.unread, number, line, N_("No time belongs to this day."))
        return ReadProgramme(
            title=title[: KEYS["event"]["title"].maximum],
            organisers=self.organisers,
            items=items,
            unread=tuple(sorted(self.unread, key=_line)),
            remarks=tuple(sorted(self.remarks, key=_line)),
            problem=None if items else _NOTHING,
            series=len(items) > 1 and len(items) == len(days) and not self.ranged,
        )

    def _take_title(self) -> str:
        """Return the event's title: by its name, a heading, the line above the first day, or the first short one."""
        if self.title:
            return self.title
        above = [one for one in self.loose if one.above and not _is_prose(one.text)]
        first_day = self.day_lines[0][0] if self.day_lines else 0
        found = next((one for one in above if one.heading), None)
        found = found or next((one for one in above if one.line == first_day - 1), None)
        found = found or next(iter(above), None)
        if found is None:
            return ""
        self.loose.remove(found)
        return found.text


_NOTHING = N_(
    "No item with a day and a time was found. Times such as 9.30 Uhr or 9:30, and dates such as 21. Januar 2022, "
    "21.1.2022 or 21 January 2022 are understood, in German and in English."
)


def _line(remark: Remark) -> int:
    return remark.line


def _is_table_head(line: str) -> bool:
    cells = [cell.strip(" :").casefold() for cell in re.split(r"[\t;|]", line)]
    return len(cells) > 1 and all(cell in _TABLE_HEAD for cell in cells if cell)


def _is_prose(line: str) -> bool:
    return len(line) > TITLE_LINE_MAXIMUM or line.endswith((".", ":", ";", ",")) or line.count(". ") > 1


def _frames(before: Entry, entry: Entry) -> bool:
    """Tell whether a line with its date says how long the day goes, and is no slot itself."""
    if before.day != entry.day or not before.span.starts <= entry.span.starts:
        return False
    return entry.span.starts < before.span.ends if before.span.ends else not before.titled


def _with_cells(span: Span, rest: str) -> tuple[Span, list[str]]:
    """Return the times, and the words behind them by the cells of their table; an end may have a cell of its own."""
    sign = next((sign for sign in "\t;|" if rest.strip(" ").startswith(sign)), "\t")
    cells = [cell.strip() for cell in rest.lstrip(" ").split(sign)]
    cells = [cell for cell in cells if cell]
    found = span_at(cells[0]) if cells and span.ends is None else None
    if found and isinstance(found[0], Span) and not found[1] and found[0].ends is None:
        span, cells = replace(span, ends=found[0].starts), cells[1:]
    if cells:
        cells[0] = cells[0].lstrip(" :|,;–—-")
    return span, [cell for cell in cells if cell]
