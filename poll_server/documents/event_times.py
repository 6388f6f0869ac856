"""Days and times of an event file: when each item of its programme begins and ends."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from poll_server.documents.fields import Fields, shortened, suggestion
from poll_server.documents.yaml_tree import Complain, Place
from poll_server.domain.programme import ItemKind
from poll_server.i18n import N_
from poll_server.messages.events import DAYS_MAXIMUM, YEARS, time_zones

TIME_ZONE = "Europe/Berlin"
OVERNIGHT = timedelta(hours=12)
"""An item that lasts less may end past midnight; of a longer one the times are a mistake."""

_STAND_IN_DAY = date(2001, 1, 1)
_CLOCK = r"([0-9]{1,2})(?:[.:]([0-9]{2})(?:\s*Uhr)?|\s*Uhr)"
_TIME = re.compile(rf"((?:ca\.?|circa|etwa|about)\s*)?{_CLOCK}(?:\s*(?:[-–—]|bis|to)\s*{_CLOCK})?", re.IGNORECASE)
_ENDS = re.compile(_CLOCK, re.IGNORECASE)
_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
_GERMAN_DAY = re.compile(r"(?P<day>[0-9]{1,2})\.\s*(?P<month>[0-9]{1,2})\.\s*(?P<year>[0-9]{4})")
_NUMBER = re.compile("[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Days:
    """The days of an event on the clocks of its place; ``last`` is None where the file does not say."""

    first: date
    last: date | None
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Slot:
    """When an item of this day begins and ends; ``starts`` is None when it could not be read.

    ``beside`` says that it runs at the same time as an earlier one.
    """

    place: Place
    kind: ItemKind
    day: date
    starts: datetime | None = None
    ends: datetime | None = None
    about: bool = False
    beside: bool = False


def read_days(fields: Fields, today: date) -> Days:
    """Read first and last day of an event, and its time zone; after a mistake with stand-ins."""
    zone, first = _zone(fields), _first(fields, today)
    last = _calendar_day(fields.line("last_day"))
    if fields.has("last_day") and last is None:
        _no_day(fields, "last_day", N_("Write 2022-01-21 or 21.1.2022."))
    elif last and first != _STAND_IN_DAY and last < first:
        fields.wrong("last_day", N_("The last day is before the first one."))
        last = None
    elif last and first != _STAND_IN_DAY and last - first >= timedelta(DAYS_MAXIMUM):
        fields.wrong("last_day", N_("An event lasts at most %(days)s days.", days=DAYS_MAXIMUM))
    return Days(first, last, zone)


def _first(fields: Fields, today: date) -> date:
    written = fields.line("date")
    if written.casefold() == "today":
        return today
    day = _calendar_day(written)
    if written and not day:
        _no_day(fields, "date", N_("Write 2022-01-21, 21.1.2022 or today."))
    return day or _STAND_IN_DAY


def _no_day(fields: Fields, name: str, instead: str) -> None:
    no_day = N_(
        "“%(written)s” is not a day from %(first)s to %(last)s. %(instead)s",
        written=shortened(fields.line(name)),
        first=YEARS[0],
        last=YEARS[-1],
        instead=instead,
    )
    fields.wrong(name, no_day)


def _calendar_day(written: str) -> date | None:
    found = _DAY.fullmatch(written) or _GERMAN_DAY.fullmatch(written)
    if not found or int(found["year"]) not in YEARS:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _zone(fields: Fields) -> ZoneInfo:
    name = fields.line("time_zone") or TIME_ZONE
    if name in time_zones():
        return ZoneInfo(name)
    instead = suggestion(name, time_zones(), N_("Write a name such as %(zone)s.", zone=TIME_ZONE))
    unknown = N_("Unknown time zone “%(written)s”. %(instead)s", written=shortened(name), instead=instead)
    fields.wrong("time_zone", unknown)
    return ZoneInfo("UTC")


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the moment of a wall clock."""
    return datetime.combine(day, clock, zone)


def end_of(starts: datetime, ends: datetime) -> datetime | None:
    """Return when something ends that is written with these times of one day: maybe past midnight, None if too late."""
    if ends > starts:
        return ends
    ends += timedelta(days=1)
    return ends if ends - starts < OVERNIGHT else None


def read_slots(fields: Fields, parts: Sequence[Fields], days: Days) -> list[Slot]:
    """Read when the items of a programme begin and end; each is on the day of the one before it unless it says.

    One without an end ends when the next one starts that day, the last one of the event when ``ends`` says.
    """
    slots: list[Slot] = []
    for part in parts:
        day = _item_day(part, days, slots[-1].day if slots else days.first)
        slots.append(_slot(part, day, days.zone))
    _check_order(slots, fields.complain)
    _check_kind_end(slots, fields.complain)
    return list(_with_ends(slots, _closing(fields, slots, days.zone)))


def _item_day(fields: Fields, days: Days, before: date) -> date:
    """Return the day of an item: as a date, as a number from the event's first day, or that of the one before it."""
    written = fields.line("day")
    if not written:
        return before
    counted = _NUMBER.fullmatch(written)
    day = _nth(days.first, int(written)) if counted else _calendar_day(written)
    if day is None:
        _no_day(fields, "day", N_("Write 2 for the second day, 2022-01-22 or 22.1.2022."))
        return before
    if days.first != _STAND_IN_DAY or counted:
        if not days.first <= day <= (days.last or _nth(days.first, DAYS_MAXIMUM)):
            fields.wrong("day", N_("This day is not one of the event's."))
        elif day < before:
            fields.wrong("day", N_("This day is before that of the item above."))
    return day


def _nth(first: date, number: int) -> date:
    return first + timedelta(number - 1)


def _slot(fields: Fields, day: date, zone: ZoneInfo) -> Slot:
    kind = ItemKind(fields.one_of("kind", [*ItemKind], ItemKind.TALK))
    beside = fields.one_of("beside", ("yes", "no"), "no") == "yes"
    slot = Slot(fields.place("time"), kind, day, beside=beside)
    written = fields.line("time")
    if not written:
        return slot
    found = _TIME.fullmatch(written)
    about, hour, minute, last_hour, last_minute = found.groups() if found else (None,) * 5
    clock, last = _clock(hour, minute), _clock(last_hour, last_minute)
    if clock is None or (last_hour and last is None):
        no_time = N_(
            "“%(written)s” is not a time. Write 9.30, 9:30 or 9.30–9.45, with “ca.” before it if it is approximate.",
            written=shortened(written),
        )
        fields.wrong("time", no_time)
        return slot
    starts = moment(day, clock, zone)
    ends = end_of(starts, moment(day, last, zone)) if last else None
    _check_skipped(fields, "time", starts, ends)
    if last and ends is None:
        fields.wrong("time", N_("An item must end after it starts."))
    return replace(slot, starts=starts, ends=ends, about=bool(about))


def _clock(hour: str | None, minute: str | None) -> time | None:
    try:
        return time(int(hour), int(minute or 0)) if hour else None
    except ValueError:
        return None


def _check_skipped(fields: Fields, name: str, *moments: datetime | None) -> None:
    for one in moments:
        if one and one.astimezone(UTC).astimezone(one.tzinfo).time() != one.time():
            skipped = N_("The clocks go forward on that day: there is no %(time)s.", time=f"{one:%H:%M}")
            fields.wrong(name, skipped)


def _with_ends(slots: Sequence[Slot], closing: datetime | None) -> Iterator[Slot]:
    """Let each slot end when it says, or else when the next later one of its day starts, or with the event."""
    for at, slot in enumerate(slots):
        following = next((one for one in slots[at + 1 :] if not one.beside), None)
        later = closing if following is None else following.starts if following.day == slot.day else None
        yield replace(slot, ends=slot.ends or (None if slot.kind is ItemKind.END else later))


def _check_order(slots: Sequence[Slot], complain: Complain) -> None:
    """Report what does not rise within its day, and what overlaps without saying that it runs beside another."""
    before: Slot | None = None
    longest: Slot | None = None
    for slot in slots:
        if slot.starts is None:
            continue
        if before is None or longest is None or before.starts is None or slot.day < before.day:
            longest = slot
        elif slot.starts < before.starts or (slot.starts == before.starts and not slot.beside):
            late = N_("This item must start after the one before it (%(time)s).", time=f"{before.starts:%H:%M}")
            complain(slot.place, late)
        elif longest.ends and slot.starts < longest.ends and not slot.beside:
            over = N_("This item ends after the next one starts (%(time)s).", time=f"{slot.starts:%H:%M}")
            complain(longest.place, over)
        if not (slot.beside and longest.ends and (not slot.ends or slot.ends <= longest.ends)):
            longest = slot
        before = slot


def _check_kind_end(slots: Sequence[Slot], complain: Complain) -> None:
    for at, slot in enumerate(slots):
        last = at + 1 == len(slots) or slots[at + 1].day != slot.day
        if slot.kind is ItemKind.END and not last:
            complain(slot.place, N_("Only the last item of a day can be of the kind end."))
        elif slot.kind is ItemKind.END and slot.ends:
            complain(slot.place, N_("An item of the kind end has one time only."))


def _closing(fields: Fields, slots: Sequence[Slot], zone: ZoneInfo) -> datetime | None:
    """Return when the last item ends by the event's own key ``ends``."""
    written = fields.line("ends")
    if not written:
        return None
    found = _ENDS.fullmatch(written)
    clock = _clock(*found.groups()) if found else None
    if clock is None:
        fields.wrong("ends", N_("“%(written)s” is not a time. Write 14.15 or 14:15.", written=shortened(written)))
        return None
    last = slots[-1] if slots else None
    if last is None or last.starts is None:
        return None
    closing = end_of(last.starts, moment(last.day, clock, zone))
    _check_skipped(fields, "ends", closing)
    if last.ends or last.kind is ItemKind.END:
        fields.wrong("ends", N_("The last item already says when the event ends."))
    elif closing is None:
        early = N_("The event must end after its last item starts (%(time)s).", time=f"{last.starts:%H:%M}")
        fields.wrong("ends", early)
    return closing
