"""The results of an event as files, for its organisers: made apart, with progress, and kept for a while."""

from collections.abc import Collection
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from poll_server.documents.apart import FORMATS, Subject
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
    if error := await ordered(request, part_here(request).event_id, FORMATS):
        return await _page(request, "organise/export.html", error)
    return RedirectResponse(f"{_address(request)}#files", 303)


async def file(request: Request) -> Response:
    """A file that was made."""
    return sent(request, part_here(request).event_id)


def _address(request: Request) -> str:
    return f"{HOME}/events/{request.path_params['code']}/export"


async def _page(request: Request, template: str, error: PollError | None = None) -> Response:
    part = part_here(request)
    async with parts(request).database.read() as connection:
        event = await events.load(connection, part.event_id)
    about = {"event": event, "zone": ZoneInfo(event.time_zone), "forms": FORMATS, "address": _address(request)}
    return shown(request, template, part.event_id, error, **about)


# What an event and a series have in common


async def ordered(request: Request, subject: Subject, forms: Collection[str]) -> PollError | None:
    """Do what a form says: begin an export, stop one, or take its files away; return why it cannot be done."""
    wish, makings = parse_export(await fields_posted(request), forms), parts(request).makings
    try:
        if isinstance(wish, MakeExport):
            makings.begin(subject, wish.form)
        else:
            await makings.end(subject, wish.id)
    except Conflict as error:
        return error
    return None


def sent(request: Request, subject: Subject) -> Response:
    """Send a file that was made; raises Unknown."""
    found = request.path_params
    path = parts(request).makings.file(subject, found["making"], found["name"])
    if path is None:
        raise Unknown("unknown_page")
    return FileResponse(path, filename=path.name, headers=NO_STORE)


def shown(request: Request, template: str, subject: Subject, error: PollError | None, **about: Any) -> Response:
    """Show a page with what is in the making and what is there; ``address`` is the page's own."""
    makings = parts(request).makings.of(subject)
    return show(
        request,
        template,
        STATUS[type(error)] if error else 200,
        here=signed_in(request),
        makings=makings,
        told={one.id: said(request, one.error) for one in makings if one.error},
        every=REFRESH_SECONDS if any(one.running for one in makings) else 0,
        error=said(request, error) if error else "",
        **about,
    )
