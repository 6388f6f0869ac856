"""The schedule.json that pretalx and its relatives export ("JSON, frab compatible").

Of it stand here what makes a programme: conference, days, rooms, talks with date, duration, title, persons and type.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ValidationError

from poll_server.documents import programme_words as words_of
from poll_server.documents.event_times import TIME_ZONE
from poll_server.documents.fields import KEYS, shortened
from poll_server.documents.programme_found import ITEMS_MAXIMUM, SCHEDULE_MAXIMUM, TOO_LONG, ReadProgramme, Remark
from poll_server.documents.programme_times import YEARS
from poll_server.domain.programme import ItemDraft, ItemKind, Person
from poll_server.domain.text import clean, one_line
from poll_server.i18n import N_, Sentence
from poll_server.messages.events import time_zones

_TITLE, _DESCRIPTION = KEYS["item"]["title"].maximum, KEYS["item"]["description"].maximum
_PEOPLE_MAXIMUM = 50
_DURATION = re.compile(r"([0-9]{1,3}):([0-9]{2})")
_WORKSHOP = re.compile(r"workshop|tutorial|training", re.IGNORECASE)


class _Person(BaseModel):
    """Somebody; older exports say ``public_name`` only."""

    name: str | None = None
    public_name: str | None = None


class _Talk(BaseModel):
    """A talk in a slot; older exports have a ``duration`` (hours and minutes) and no ``end``."""

    date: AwareDatetime
    title: str
    end: AwareDatetime | None = None
    duration: str = ""
    subtitle: str | None = None
    abstract: str | None = None
    description: str | None = None
    type: str | None = None
    persons: list[_Person] = []


class _Day(BaseModel):
    rooms: dict[str, list[_Talk]]


class _Conference(BaseModel):
    title: str
    time_zone_name: str | None = None
    days: list[_Day]


class _Schedule(BaseModel):
    conference: _Conference


class _Root(BaseModel):
    schedule: _Schedule


def read_schedule(content: bytes, zone: str = "") -> ReadProgramme:
    """Read a schedule.json; raises nothing. ``zone`` takes the place of the one in it."""
    if len(content) > SCHEDULE_MAXIMUM:
        return ReadProgramme(problem=TOO_LONG)
    try:
        conference = _Root.model_validate_json(content).schedule.conference
    except ValidationError as error:
        return ReadProgramme(problem=_problem(error))
    own = conference.time_zone_name or ""
    name = zone or (own if own in time_zones() else TIME_ZONE)
    talks = sorted(_talks(conference), key=lambda found: found[1].date)
    rooms = {room for room, _ in talks}
    sound = [(room, talk) for room, talk in talks if talk.date.year in YEARS and one_line(clean(talk.title))]
    items = tuple(_item(talk, room if len(rooms) > 1 else "", ZoneInfo(name)) for room, talk in sound[:ITEMS_MAXIMUM])
    left = [talk for _, talk in talks if talk.date.year not in YEARS or not one_line(clean(talk.title))]
    no_slot = N_("This has no title, or no day from %(first)s to %(last)s.", first=YEARS[0], last=YEARS[-1])
    many = N_("A programme has at most %(maximum)s items.", maximum=ITEMS_MAXIMUM)
    return ReadProgramme(
        title=one_line(clean(conference.title))[: KEYS["event"]["title"].maximum],
        items=items,
        unread=(
            *(Remark(0, shortened(clean(talk.title)), no_slot) for talk in left),
            *(Remark(0, shortened(clean(talk.title)), many) for _, talk in sound[ITEMS_MAXIMUM:]),
        ),
        problem=None if items else N_("This schedule has no talk with a day and a time."),
        time_zone=name,
    )


def _problem(error: ValidationError) -> Sentence:
    """Return in one sentence what is not as pretalx writes it."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return N_("This begins like JSON, but is none. Nothing has been read.")
    place = ".".join(map(str, first["loc"]))
    return N_(
        "This is no schedule.json as pretalx exports it, as “JSON (frab compatible)”: “%(place)s” is missing or "
        "something else. Nothing has been read.",
        place=shortened(place),
    )


def _talks(conference: _Conference) -> Iterator[tuple[str, _Talk]]:
    for day in conference.days:
        for room, talks in day.rooms.items():
            for talk in talks:
                yield room, talk


def _item(talk: _Talk, room: str, zone: ZoneInfo) -> ItemDraft:
    """Return the slot of a talk; in a conference of several rooms its description begins with the room."""
    title = one_line(clean(talk.title))
    starts = talk.date.astimezone(zone)
    kind = words_of.kind_of(title)
    if kind is ItemKind.TALK and _WORKSHOP.search(talk.type or ""):
        kind = ItemKind.WORKSHOP
    text = "\n".join(filter(None, (one_line(room), talk.subtitle, talk.abstract or talk.description)))
    return ItemDraft(
        starts=starts,
        title=title[:_TITLE],
        ends=_ends(talk, starts) if kind is not ItemKind.END else None,
        kind=kind,
        description=clean(text).replace("\r\n", "\n").replace("\r", "\n")[:_DESCRIPTION].strip(),
        people=_people(talk),
    )


def _ends(talk: _Talk, starts: datetime) -> datetime | None:
    found = _DURATION.fullmatch(talk.duration)
    lasts = timedelta(hours=int(found[1]), minutes=int(found[2])) if found else timedelta()
    ends = talk.end or talk.date.astimezone(UTC) + lasts
    return ends.astimezone(starts.tzinfo) if ends > talk.date else None


def _people(talk: _Talk) -> tuple[Person, ...]:
    names = (one_line(clean(person.name or person.public_name or "")) for person in talk.persons[:_PEOPLE_MAXIMUM])
    return tuple(Person(name[: KEYS["person"]["name"].maximum]) for name in names if name)
