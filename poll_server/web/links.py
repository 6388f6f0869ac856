"""The links of an event's team, for its organisers: made, shown once, taken back; and the log of what each did."""

import asyncio
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server.documents import journal as documents
from poll_server.domain.access import Role
from poll_server.domain.errors import Conflict, Malformed, PollError, Unknown
from poll_server.domain.links import PAGE_OF, PAGES, Validity
from poll_server.live import links as live
from poll_server.live.room import Room
from poll_server.messages import WAVE_MAXIMUM
from poll_server.messages.accounts import HOME
from poll_server.messages.fields import whole_number
from poll_server.messages.links import MakeLink, RevokeLink, parse_links
from poll_server.render.pages import drawn_qr_code
from poll_server.storage import journal, links
from poll_server.storage.journal import Line
from poll_server.web.doors import (
    NO_STORE,
    STATUS,
    check_origin,
    fields_posted,
    organiser_hand,
    parts,
    room_of,
    said,
    signed_in,
)
from poll_server.web.doors import page as show
from poll_server.web.organise import last_day

LOG_PAGE = 100


class Fresh(NamedTuple):
    """A link that has just been made, with its address: this page is the only one that shows it."""

    role: Role
    name: str
    address: str


async def page(request: Request) -> Response:
    """The links that are valid with who is on them, the form for another one, and those that are over."""
    return await _page(request)


async def post(request: Request) -> Response:
    """Make a link and show it this once, or take one back."""
    check_origin(request)
    room = await room_of(request)
    fields = await fields_posted(request)
    wish = parse_links(fields)
    if isinstance(wish, RevokeLink):
        await _revoke(request, room, wish)
        return RedirectResponse(f"{HOME}/events/{room.event.code}/links?done=revoked#told", 303)
    try:
        return await _page(request, fresh=await _make(request, room, wish))
    except (Conflict, Malformed) as error:
        return await _page(request, error=error, typed=wish)


async def _make(request: Request, room: Room, wish: MakeLink) -> Fresh:
    event, now = room.event, room.now()
    name = wish.checked_name()
    expires = wish.expires(event.time_zone, last_day(event).isoformat(), now)
    hand = organiser_hand(request)

    async def make(connection: AsyncConnection) -> links.Made:
        made = await links.make(connection, event.id, wish.role, name, by=hand.link, at=now, expires=expires)
        await journal.note(connection, event.id, Line(hand, "link_made", None, name))
        return made

    made = await live.change(parts(request).database, event.id, room.links, make)
    address = f"{room.site.base_url}/e/{event.code}/{PAGE_OF[wish.role]}/link/{made.secret}"
    return Fresh(wish.role, name, address)


async def _revoke(request: Request, room: Room, wish: RevokeLink) -> None:
    event, hand = room.event, organiser_hand(request)
    link = next((one for one in room.links.known if one.id == wish.link), None)
    if link is None:
        raise Unknown("unknown_link")

    async def revoke(connection: AsyncConnection) -> None:
        if await links.revoke(connection, event.id, wish.link, datetime.now(UTC)):
            await journal.note(connection, event.id, Line(hand, "link_revoked", None, link.name))

    await live.change(parts(request).database, event.id, room.links, revoke)


async def _page(
    request: Request, *, fresh: Fresh | None = None, error: PollError | None = None, typed: MakeLink | None = None
) -> Response:
    room = await room_of(request)
    now, event = room.now(), room.event
    async with parts(request).database.read() as connection:
        found = (await links.of_events(connection, [event.id]))[event.id]
        own = await links.of_organisers(connection, event.id)
    room.links.take(found)
    known = room.links.known
    return show(
        request,
        "organise/links.html",
        STATUS[type(error)] if error else 200,
        here=signed_in(request),
        event=event,
        valid=[one for one in known if one.validity(now) is Validity.VALID],
        over=[one for one in reversed(known) if one.validity(now) is not Validity.VALID],
        own=own,
        present=room.links.present(),
        last_seen=room.links.last_seen,
        zone=ZoneInfo(event.time_zone),
        page_of=PAGE_OF,
        pages=PAGES,
        last_day=last_day(event),
        has_ended=last_day(event) < now.date(),
        fresh=fresh,
        qr=drawn_qr_code(fresh.address) if fresh else "",
        error=said(request, error) if error else "",
        wrong=error.code if error else "",
        typed=typed,
        done=request.query_params.get("done", ""),
    )


# The log


async def log(request: Request) -> Response:
    """What was done by each link, newest first; the address may name one, and a page."""
    room, asked = await room_of(request), request.query_params
    event = room.event
    number = max(1, whole_number(asked.get("page") or "1", WAVE_MAXIMUM))
    async with parts(request).database.read() as connection:
        entries = await documents.read(connection, event)
    link = asked.get("link", "")
    found = [one for one in reversed(entries) if not link or one.link == link]
    return show(
        request,
        "organise/log.html",
        here=signed_in(request),
        event=event,
        entries=found[(number - 1) * LOG_PAGE : number * LOG_PAGE],
        total=len(found),
        number=number,
        pages=max(1, -(-len(found) // LOG_PAGE)),
        link=link,
        names=sorted({one.link for one in entries if one.link}, key=str.casefold),
        act_name=documents.act_name,
        who=documents.who,
        about=documents.about,
    )


async def export(request: Request) -> Response:
    """The log as a file, in the form that the address names."""
    form = documents.FORMS.get(request.path_params["format"])
    if form is None:
        raise Unknown("unknown_page")
    event = (await room_of(request)).event
    async with parts(request).database.read() as connection:
        entries = await documents.read(connection, event)
    named = {"Content-Disposition": f'attachment; filename="{event.code}{form.suffix}"'}
    content = await asyncio.to_thread(form.write, event, entries)
    return Response(content, media_type=form.media_type, headers=NO_STORE | named)
