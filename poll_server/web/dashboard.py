"""An event for its organisers in numbers: who was there, how many answered, what was asked from the floor."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from poll_server.domain.accounts import Phase, phase
from poll_server.domain.contributions import Fate
from poll_server.domain.overtime import OverTime, over_time
from poll_server.domain.rounds import Event, Question
from poll_server.storage import attendance, dashboard, events
from poll_server.storage.dashboard import Asked
from poll_server.web.doors import Parts, part_here, parts, signed_in
from poll_server.web.doors import page as show
from poll_server.web.organise import last_day

REFRESH_SECONDS = 10
"""How often a page asks for new numbers while the event is on."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the page of numbers shows.

    ``day`` is the one whose ``present`` and ``sent`` are shown, of all ``days`` with any. ``fates`` are the questions
    from the floor of the whole event, by session and fate. ``here`` is how many are there now.
    """

    here: int
    day: date
    days: tuple[date, ...]
    present: OverTime
    sent: OverTime
    asked: tuple[tuple[Question, Asked], ...]
    fates: tuple[tuple[str, Mapping[Fate, int]], ...]

    @property
    def contributed(self) -> int:
        """How many contributions there are in all."""
        return sum(sum(fates.values()) for _, fates in self.fates)


async def page(request: Request) -> Response:
    """The numbers of an event; ``day`` in the address is the one of which the times are shown."""
    return await _show(request, "organise/numbers.html")


async def state(request: Request) -> Response:
    """The same without what is around it, for a page that is open."""
    return await _show(request, "organise/parts/numbers.html")


async def _show(request: Request, template: str) -> Response:
    found, part = parts(request), part_here(request)
    async with found.database.read() as connection:
        event = await events.load(connection, part.event_id)
        numbers = await _numbers(found, connection, event, request.query_params.get("day", ""))
    stands = phase(event.day, last_day(event), event.time_zone, datetime.now(UTC))
    live = stands is Phase.TODAY or numbers.here > 0
    return show(
        request,
        template,
        here=signed_in(request),
        event=event,
        phase=stands,
        numbers=numbers,
        every=REFRESH_SECONDS if live else 0,
    )


async def _numbers(found: Parts, connection: AsyncConnection, event: Event, wanted: str) -> Numbers:
    room, zone = found.rooms.opened(event.id), ZoneInfo(event.time_zone)
    minutes = [(at.astimezone(zone), n) for at, n in await attendance.series(connection, event.id)]
    sent = await dashboard.contributions(connection, event)
    questions = {question.id: question for question in event.questions}
    times = [(one.at.astimezone(zone), one.n) for one in sent]
    days = tuple(sorted({at.date() for at, _ in (*minutes, *times)}))
    day = _day(wanted, days, minutes, event.day)
    return Numbers(
        here=room.present() if room else 0,
        day=day,
        days=days,
        present=over_time(_on(day, minutes), max),
        sent=over_time(_on(day, times), sum),
        asked=tuple((questions[one.question_id], one) for one in await dashboard.askings(connection, event)),
        fates=_fates(event, sent),
    )


def _on(day: date, numbers: Sequence[tuple[datetime, int]]) -> list[tuple[datetime, int]]:
    return [(at, n) for at, n in numbers if at.date() == day]


def _day(wanted: str, days: Sequence[date], minutes: Sequence[tuple[datetime, int]], day: date) -> date:
    """Return the day asked for if it is one of them, else the one with most people at once, else the event's."""
    asked = [one for one in days if one.isoformat() == wanted]
    if asked or not days:
        return asked[0] if asked else day
    return max(minutes, key=lambda minute: minute[1])[0].date() if minutes else days[-1]


def _fates(event: Event, sent: Sequence[dashboard.Sent]) -> tuple[tuple[str, Mapping[Fate, int]], ...]:
    by_item: dict[int, Counter[Fate]] = {}
    for one in sent:
        by_item.setdefault(one.item_id, Counter())[one.fate] += one.n
    return tuple((item.title, by_item[item.id]) for item in event.items if item.id in by_item)
