"""The screen and the podium, and the secret links that open a screen, a podium or a desk."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.errors import Forbidden
from poll_server.live.hub import Audience
from poll_server.web.doors import check_origin, html, parts, room_of
from poll_server.web.sessions import name_in

LINKED = {"desk": Role.MODERATOR, "screen": Role.SCREEN, "podium": Role.PODIUM}


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
    role = _role(request, room.event.code)
    return html(render.page("link.html", room.event.language, room.site, event=room.event, role=role))


async def take_link(request: Request) -> Response:
    """Exchange the key of a secret link for the role's cookie."""
    check_origin(request)
    room = await room_of(request)
    role = _role(request, room.event.code)
    path = f"/e/{room.event.code}/{request.path_params['page']}"
    response = RedirectResponse(path, 303)
    name = name_in(request.path_params["key"])
    parts(request).sessions.keep_role(response, role, room.event.code, path, name)
    return response


def _role(request: Request, code: str) -> Role:
    role = LINKED.get(request.path_params["page"])
    if role is None or not parts(request).sessions.key_fits(role, code, request.path_params["key"]):
        raise Forbidden("role")
    return role
