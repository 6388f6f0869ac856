"""An event as iCalendar (RFC 5545), for people's own calendars.

Each day of the event is one entry, with the programme in its description: twelve entries for a morning would fill a
calendar with what nobody plans around. An entry keeps its UID, so a file that is taken again replaces it.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from poll_server.domain.programme import Item
from poll_server.domain.rounds import Event
from poll_server.domain.text import clean
from poll_server.i18n import translations


def calendar_of(event: Event, join_url: str, now: datetime) -> bytes:
    """Return the calendar of an event; ``now`` is when it is made, ``join_url`` where people take part."""
    from icalendar import Calendar  # takes a sixth of a second, which a server that starts has not
    from icalendar import Event as Entry

    host = join_url.partition("://")[2].partition("/")[0]
    calendar = Calendar.new(
        prodid="-//Sie sind gefragt!//poll-server//DE", name=clean(event.title), uid=f"{event.id}@{host}"
    )
    for fields in _entries(event, host, join_url):
        calendar.add_component(Entry.new(stamp=now, location=join_url, url=join_url, **fields))
    first, last = event.days[0][0], event.days[-1][0]
    calendar.add_missing_timezones(first_date=date(first.year - 1, 1, 1), last_date=date(last.year + 1, 12, 31))
    return bytes(calendar.to_ical())


def _entries(event: Event, host: str, join_url: str) -> Iterator[dict[str, Any]]:
    """Return what each day's entry says."""
    gettext = translations(event.language).gettext
    for number, (day, items) in enumerate(event.days, 1):
        title = event.title
        if len(event.days) > 1:
            title = gettext("%(title)s, day %(n)s of %(m)s") % {"title": title, "n": number, "m": len(event.days)}
        starts, ends = _times(day, items)
        lines = [gettext("Take part: %(address)s") % {"address": join_url}, event.organisers]
        programme = [f"{item.starts.hour}:{item.starts:%M}  {item.title}" for item in items]
        yield {
            "uid": f"{event.id}-{number}@{host}",
            "start": starts,
            "end": ends,
            "summary": clean(title),
            "description": clean("\n".join(filter(None, [*lines, *programme]))),
        }


def _times(day: date, items: tuple[Item, ...]) -> tuple[date, date | None]:
    """Return from when to when an entry goes: the whole day without a programme, no end where none is known."""
    if not items:
        return day, day + timedelta(days=1)
    starts, ends = items[0].starts, max((item.ends or item.starts for item in items), key=datetime.timestamp)
    return starts, ends if ends.timestamp() > starts.timestamp() else None
