"""The results of an event as files, for its organisers: made apart, with progress, and kept for a while."""

from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from poll_server.documents.apart import FORMATS
from poll_server.domain.errors import Conflict, PollError, Unknown
from poll_server.messages.accounts import HOME
from poll_server.messages.exports import MakeExport, parse_export
from poll_server.storage import events
from poll_server.web.doors import NO_STORE, STATUS, check_origin, fields_posted, part_here, parts, said, signed_in
from poll_server.web.doors import page as show

REFRESH_SECONDS = 2
"""How often a page asks how far an export is."""


async def page(request: Request) -> Response:
    """The formats to choose from, what is in the making, and the files that are there."""
    return await _page(request, "organise/export.html")


async def state(request: Request) -> Response:
    """What is in the making and what is there, for a page that is open."""
    return await _page(request, "organise/parts/makings.html")


async def post(request: Request) -> Response:
    """Begin an export, stop one, or take its files away."""
    check_origin(request)
    part, makings = part_here(request), parts(request).makings
    wish = parse_export(await fields_posted(request), FORMATS)
    try:
        if isinstance(wish, MakeExport):
            makings.begin(part.event_id, wish.form)
        else:
            await makings.end(part.event_id, wish.id)
    except Conflict as error:
        return await _page(request, "organise/export.html", error)
    return RedirectResponse(f"{HOME}/events/{request.path_params['code']}/export#files", 303)


async def file(request: Request) -> Response:
    """A file that was made."""
    found = request.path_params
    path = parts(request).makings.file(part_here(request).event_id, found["making"], found["name"])
    if path is None:
        raise Unknown("unknown_page")
    return FileResponse(path, filename=path.name, headers=NO_STORE)


async def _page(request: Request, template: str, error: PollError | None = None) -> Response:
    part = part_here(request)
    async with parts(request).database.read() as connection:
        event = await events.load(connection, part.event_id)
    makings = parts(request).makings.of(part.event_id)
    return show(
        request,
        template,
        STATUS[type(error)] if error else 200,
        here=signed_in(request),
        event=event,
        zone=ZoneInfo(event.time_zone),
        forms=FORMATS,
        makings=makings,
        told={one.id: said(request, one.error) for one in makings if one.error},
        every=REFRESH_SECONDS if any(one.running for one in makings) else 0,
        error=said(request, error) if error else "",
    )
