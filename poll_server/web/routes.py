"""All routes, each with the role that may use it. ``docs/access.md`` is made from this table, and a test walks it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from poll_server.domain.access import Role
from poll_server.web import (
    audience,
    contributions,
    desk,
    editor,
    languages,
    moderation,
    pieces,
    rounds,
    screen,
    socket,
)
from poll_server.web.doors import NO_STORE, Endpoint, check_operator, check_role, parts


@dataclass(frozen=True, slots=True)
class Door:
    """One address: its method (``WS`` for a socket), who may use it, and what answers."""

    method: str
    path: str
    role: Role
    endpoint: Callable[..., Awaitable[Response | None]]


async def healthz(request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


async def readyz(request: Request) -> Response:
    """The database answers, too, and takes votes."""
    try:
        await parts(request).database.check()
    except Exception:  # whatever a driver raises means: not ready
        return PlainTextResponse("database does not answer", 503)
    if parts(request).rooms.box.troubled:
        return PlainTextResponse("votes are not being stored", 503)
    return PlainTextResponse("ok")


async def metrics(request: Request) -> Response:
    """What the server counts of itself, for Prometheus."""
    content, media_type = parts(request).metrics.written(request.headers.get("accept", ""))
    return Response(content, headers=NO_STORE | {"Content-Type": media_type})


async def static(request: Request) -> Response:
    """A static file."""
    return await parts(request).static.serve(request)


EVENT = "/e/{code}"
DOORS = (
    Door("GET", "/", Role.PUBLIC, audience.landing),
    Door("GET", "/join", Role.PUBLIC, audience.join),
    Door("GET", "/legal/{topic}", Role.PUBLIC, audience.legal),
    Door("GET", "/static/{version}/{name:path}", Role.PUBLIC, static),
    Door("GET", "/healthz", Role.PUBLIC, healthz),
    Door("GET", "/readyz", Role.PUBLIC, readyz),
    Door("GET", "/metrics", Role.OPERATOR, metrics),
    Door("GET", EVENT, Role.AUDIENCE, audience.event),
    Door("GET", f"{EVENT}/state", Role.AUDIENCE, audience.state),
    Door("POST", f"{EVENT}/vote", Role.AUDIENCE, audience.vote),
    Door("POST", f"{EVENT}/add", Role.AUDIENCE, audience.add),
    Door("POST", f"{EVENT}/language", Role.AUDIENCE, languages.choose),
    Door("GET", f"{EVENT}/group", Role.AUDIENCE, audience.group),
    Door("POST", f"{EVENT}/group", Role.AUDIENCE, audience.choose_group),
    Door("GET", f"{EVENT}/answer", Role.AUDIENCE, audience.answer),
    Door("GET", f"{EVENT}/programme", Role.AUDIENCE, audience.programme),
    Door("GET", f"{EVENT}/results/{{question}}", Role.AUDIENCE, audience.result),
    Door("GET", f"{EVENT}/pictures/{{name}}", Role.AUDIENCE, audience.picture),
    Door("GET", f"{EVENT}/parts/{{question}}/{{digest}}", Role.AUDIENCE, pieces.page),
    Door("WS", f"{EVENT}/socket", Role.AUDIENCE, socket.audience),
    Door("GET", f"{EVENT}/questions", Role.AUDIENCE, contributions.page),
    Door("POST", f"{EVENT}/questions", Role.AUDIENCE, contributions.ask),
    Door("POST", f"{EVENT}/questions/back", Role.AUDIENCE, contributions.back),
    Door("POST", f"{EVENT}/questions/withdraw", Role.AUDIENCE, contributions.withdraw),
    Door("GET", f"{EVENT}/questions/list", Role.AUDIENCE, contributions.rest),
    Door("GET", f"{EVENT}/questions/state", Role.AUDIENCE, contributions.state),
    Door("GET", f"{EVENT}/questions/answer/{{key}}", Role.AUDIENCE, contributions.answer),
    Door("WS", f"{EVENT}/questions/socket", Role.AUDIENCE, contributions.socket),
    Door("GET", f"{EVENT}/{{page}}/link/{{key}}", Role.PUBLIC, screen.link),
    Door("POST", f"{EVENT}/{{page}}/link/{{key}}", Role.PUBLIC, screen.take_link),
    Door("GET", f"{EVENT}/screen", Role.SCREEN, screen.page),
    Door("GET", f"{EVENT}/screen/state", Role.SCREEN, screen.state),
    Door("WS", f"{EVENT}/screen/socket", Role.SCREEN, socket.screen),
    Door("GET", f"{EVENT}/podium", Role.PODIUM, screen.podium),
    Door("GET", f"{EVENT}/podium/state", Role.PODIUM, screen.podium_state),
    Door("WS", f"{EVENT}/podium/socket", Role.PODIUM, socket.podium),
    Door("GET", f"{EVENT}/desk", Role.MODERATOR, desk.page),
    Door("POST", f"{EVENT}/desk", Role.MODERATOR, desk.post),
    Door("GET", f"{EVENT}/desk/state", Role.MODERATOR, desk.state),
    Door("GET", f"{EVENT}/desk/export/{{format}}", Role.MODERATOR, desk.export),
    Door("GET", f"{EVENT}/desk/question/{{question}}", Role.MODERATOR, editor.page),
    Door("POST", f"{EVENT}/desk/question/{{question}}", Role.MODERATOR, editor.post),
    Door("GET", f"{EVENT}/desk/rounds", Role.MODERATOR, rounds.page),
    Door("POST", f"{EVENT}/desk/rounds", Role.MODERATOR, rounds.post),
    Door("GET", f"{EVENT}/desk/rounds/{{round}}/{{format}}", Role.MODERATOR, rounds.save),
    Door("GET", f"{EVENT}/desk/questions", Role.MODERATOR, moderation.page),
    Door("POST", f"{EVENT}/desk/questions", Role.MODERATOR, moderation.post),
    Door("GET", f"{EVENT}/desk/questions/state", Role.MODERATOR, moderation.state),
    Door("WS", f"{EVENT}/desk/questions/socket", Role.MODERATOR, moderation.socket),
    Door("GET", f"{EVENT}/desk/questions/log", Role.MODERATOR, moderation.log),
    Door("GET", f"{EVENT}/desk/questions/export/{{form}}", Role.MODERATOR, moderation.export),
    Door("WS", f"{EVENT}/desk/socket", Role.MODERATOR, socket.desk),
)


def routes() -> list[BaseRoute]:
    """Return the routes of the application, each behind the check of its role."""
    return [_route(door) for door in DOORS]


def _route(door: Door) -> BaseRoute:
    if door.method == "WS":
        return WebSocketRoute(door.path, _socket(door))
    return Route(door.path, _guarded(door), methods=[door.method])


def _socket(door: Door) -> Callable[[WebSocket], Awaitable[None]]:
    async def endpoint(websocket: WebSocket) -> None:
        await door.endpoint(websocket)

    return endpoint


def _guarded(door: Door) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if door.role in (Role.SCREEN, Role.PODIUM, Role.MODERATOR):
            await check_role(request, door.role)
        if door.role is Role.OPERATOR:
            check_operator(request)
        response = await door.endpoint(request)
        assert response is not None
        return response

    return endpoint
