"""An organiser's events: the list, the page of each, and with whom it is shared."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server.documents.event_times import TIME_ZONE
from poll_server.domain.accounts import Phase, phase
from poll_server.domain.errors import Forbidden, PollError, Unknown
from poll_server.domain.rounds import Event
from poll_server.domain.text import normal_code
from poll_server.messages.accounts import HOME, Share, parse_share
from poll_server.storage import deletion, events, journal, organisers, sharing
from poll_server.storage.journal import Line
from poll_server.web import checks
from poll_server.web.doors import (
    STATUS,
    check_origin,
    fields_posted,
    organiser_hand,
    part_here,
    parts,
    said,
    signed_in,
)
from poll_server.web.doors import page as show


async def events_page(request: Request) -> Response:
    """Own and shared events by their state; an administrator's are all."""
    here, now = signed_in(request), datetime.now(UTC)
    async with parts(request).database.read() as connection:
        found = await sharing.listing(connection, here.organiser)
    phases = [(phase(one.day, one.last, one.time_zone, now), one) for one in found]
    listed = {which: [one for is_, one in phases if is_ is which] for which in Phase}
    listed[Phase.AHEAD].reverse()
    return show(
        request,
        "organise/events.html",
        here=here,
        listed=listed,
        total=len(found),
        present={room.event.code: room.present() for room in parts(request).rooms},
        done=request.query_params.get("done"),
        series=normal_code(request.query_params.get("series", "")),
    )


async def archive_page(request: Request) -> Response:
    """Own and shared events in the archive, and for administrators which were deleted."""
    here = signed_in(request)
    async with parts(request).database.read() as connection:
        found = await sharing.listing(connection, here.organiser, archived=True)
        deleted = await deletion.deleted(connection) if here.organiser.is_administrator else ()
    zone = ZoneInfo(TIME_ZONE)
    return show(request, "organise/archive.html", here=here, listed=found, deleted=deleted, zone=zone)


async def event_page(request: Request) -> Response:
    """One event: what it is, its programme with the rounds, its links, its organisers."""
    return await _page(request)


async def share(request: Request) -> Response:
    """Share an event with another organiser, or take it back; only its owner and administrators may."""
    check_origin(request)
    part = part_here(request)
    wish = parse_share(await fields_posted(request))
    try:
        if not part.owns:
            raise Forbidden("owner")
        async with parts(request).database.write() as connection:
            if isinstance(wish, Share):
                organiser = await organisers.find(connection, wish.name)
                if organiser is None or not organiser.active:
                    raise Unknown("unknown_organiser")
                if await sharing.give(connection, part.event_id, organiser.id, owner=False):
                    await _note(connection, request, "event_share", organiser.name)
            else:
                shared = {one.id: one.name for one in await sharing.partners(connection, part.event_id)}
                if await sharing.take_back(connection, part.event_id, wish.organiser, datetime.now(UTC)):
                    await _note(connection, request, "event_unshare", shared[wish.organiser])
    except (Forbidden, Unknown) as error:
        typed = wish.name if isinstance(wish, Share) else ""
        return await _page(request, error, typed)
    return RedirectResponse(f"{HOME}/events/{request.path_params['code']}#organisers", 303)


async def _note(connection: AsyncConnection, request: Request, act: str, name: str) -> None:
    await journal.note(connection, part_here(request).event_id, Line(organiser_hand(request), act, None, name))


async def _page(request: Request, error: PollError | None = None, typed: str = "") -> Response:
    here, part = signed_in(request), part_here(request)
    async with parts(request).database.read() as connection:
        event = await events.load(connection, part.event_id)
        partners = await sharing.partners(connection, part.event_id)
        stands = phase(event.day, last_day(event), event.time_zone, datetime.now(UTC))
        over = stands is Phase.OVER or event.archived
        points = [] if over else await checks.points(parts(request), connection, event)
    return show(
        request,
        "organise/event.html",
        STATUS[type(error)] if error else 200,
        here=here,
        part=part,
        event=event,
        partners=partners,
        phase=stands,
        points=points,
        error=said(request, error) if error else "",
        done=request.query_params.get("done"),
        typed=typed,
    )


def last_day(event: Event) -> date:
    """Return the last day of an event in its own time zone."""
    return max([event.day, event.last_day or event.day, *((item.ends or item.starts).date() for item in event.items)])
