"""The screen and the podium, and the secret links that open a screen, a podium or a desk."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.errors import Forbidden
from poll_server.domain.links import PAGES, Link
from poll_server.live import links
from poll_server.live.hub import Audience
from poll_server.live.room import Room
from poll_server.web.doors import check_origin, check_role, html, parts, room_of


async def page(request: Request) -> Response:
    """The projected page."""
    room = await room_of(request)
    content = render.page(
        "screen.html", room.event.language, room.site, view=room.view(Role.SCREEN), **room.context(Role.SCREEN)
    )
    return html(content)


async def state(request: Request) -> Response:
    """The frame that a screen's socket would get."""
    room = await room_of(request)
    return html(room.frames.of(Audience(Role.SCREEN)).html)


async def podium(request: Request) -> Response:
    """What the people on the podium read: the current question from the floor, and the next ones."""
    room = await room_of(request)
    content = render.page(
        "podium.html", room.event.language, room.site, view=room.view(Role.PODIUM), **room.context(Role.PODIUM)
    )
    return html(content)


async def podium_state(request: Request) -> Response:
    """The frame that the podium's socket would get."""
    room = await room_of(request)
    return html(room.frames.of(Audience(Role.PODIUM)).html)


async def link(request: Request) -> Response:
    """Show what a secret link opens; only the button takes it, since mail scanners and previews follow links."""
    room = await room_of(request)
    opening = await _link(request, room)
    return html(render.page("link.html", room.event.language, room.site, event=room.event, role=opening.role))


async def take_link(request: Request) -> Response:
    """Exchange the key of a secret link for the role's cookie."""
    check_origin(request)
    room = await room_of(request)
    return _let_in(request, room, (await _link(request, room)).id, request.path_params["page"])


async def open_screen(request: Request) -> Response:
    """Open a screen from the desk: it is on the desk's link, and ends with it; an organiser's ends with the session."""
    check_origin(request)
    room = await room_of(request)
    link = await check_role(request, Role.MODERATOR)
    if parts(request).accounts.let_in(request):
        return RedirectResponse(_path(room, "screen"), 303)
    return _let_in(request, room, link.id, "screen")


def _path(room: Room, page: str) -> str:
    return f"/e/{room.event.code}/{page}"


def _let_in(request: Request, room: Room, link_id: int, page: str) -> Response:
    path = _path(room, page)
    response = RedirectResponse(path, 303)
    parts(request).sessions.keep_role(response, PAGES[page], room.badge, path, link_id)
    return response


async def _link(request: Request, room: Room) -> Link:
    """Return the link that an address has the key of; raises Forbidden, also for one that is over."""
    role, key = PAGES.get(request.path_params["page"]), request.path_params["key"]
    if role is None:
        raise Forbidden("role")
    database, event_id = parts(request).database, room.event.id
    found = await links.find(database, event_id, room.links, role, key)
    if found is None and (name := parts(request).sessions.name_signed(role, room.event.code, key)) is not None:
        found = await links.find_signed(database, event_id, room.links, role, name, room.now())
    if found is None:
        raise Forbidden("role")
    return found
