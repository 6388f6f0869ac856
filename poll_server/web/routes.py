"""All routes, each with the role that may use it. ``docs/access.md`` is made from this table, and a test walks it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from poll_server.domain.access import Role
from poll_server.domain.errors import PollError
from poll_server.live import storing
from poll_server.web import (
    account,
    audience,
    checks,
    contributions,
    dashboard,
    desk,
    documentation,
    editor,
    event_forms,
    exports,
    languages,
    library,
    links,
    moderation,
    organise,
    pieces,
    programme_merging,
    programme_pages,
    programmes,
    rounds,
    screen,
    series,
    sign_in,
    slots,
    socket,
    team,
)
from poll_server.web.doors import (
    NO_STORE,
    Endpoint,
    check_not_archived,
    check_operator,
    check_organiser,
    check_role,
    parts,
)

EVENT = "/e/{code}"
ORGANISE = "/organise"
OWN = f"{ORGANISE}/events/{{code}}"
IN_ARCHIVE = {
    f"{OWN}/{what}" for what in ("archive", "copy", "delete", "documentation", "export", "links", "organisers")
}
"""What organisers may still do with an event in the archive."""
FORMS = (f"{OWN}/edit", f"{OWN}/programme")
"""Pages that are there to change an event."""


@dataclass(frozen=True, slots=True)
class Door:
    """One address: its method (``WS`` for a socket), who may use it, and what answers."""

    method: str
    path: str
    role: Role
    endpoint: Callable[..., Awaitable[Response | None]]

    @property
    def changes(self) -> bool:
        """Whether it is shut at an event in the archive, of which only what was published, and files, can be had."""
        if self.path.startswith(OWN):
            return self.path.startswith(FORMS) or (self.method == "POST" and self.path not in IN_ARCHIVE)
        if not self.path.startswith(EVENT) or self.role is Role.PUBLIC:
            return False
        if self.role is Role.AUDIENCE:
            return self.method != "GET" and self.path != f"{EVENT}/language"
        return "/export/" not in self.path


async def healthz(request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


async def readyz(request: Request) -> Response:
    """The database answers, too, and takes whatever is written."""
    found = parts(request)
    try:
        await found.database.check()
    except Exception:  # whatever a driver raises means: not ready
        return PlainTextResponse("database does not answer", 503)
    if storing.fails(found.rooms.box, found.database):
        return PlainTextResponse("nothing is being stored", 503)
    return PlainTextResponse("ok")


async def metrics(request: Request) -> Response:
    """What the server counts of itself, for Prometheus."""
    content, media_type = parts(request).metrics.written(request.headers.get("accept", ""))
    return Response(content, headers=NO_STORE | {"Content-Type": media_type})


async def static(request: Request) -> Response:
    """A static file."""
    return await parts(request).static.serve(request)


DOORS = (
    Door("GET", "/", Role.PUBLIC, audience.landing),
    Door("GET", "/join", Role.PUBLIC, audience.join),
    Door("GET", "/legal/{topic}", Role.PUBLIC, audience.legal),
    Door("GET", "/s/{code}", Role.PUBLIC, programmes.series),
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
    Door("GET", f"{EVENT}/programme.ics", Role.AUDIENCE, programmes.calendar),
    Door("GET", f"{EVENT}/documentation", Role.AUDIENCE, documentation.public),
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
    Door("WS", f"{EVENT}/screen/socket", Role.SCREEN, team.screen),
    Door("GET", f"{EVENT}/podium", Role.PODIUM, screen.podium),
    Door("GET", f"{EVENT}/podium/state", Role.PODIUM, screen.podium_state),
    Door("WS", f"{EVENT}/podium/socket", Role.PODIUM, team.podium),
    Door("GET", f"{EVENT}/desk", Role.MODERATOR, desk.page),
    Door("POST", f"{EVENT}/desk", Role.MODERATOR, desk.post),
    Door("POST", f"{EVENT}/desk/screen", Role.MODERATOR, screen.open_screen),
    Door("GET", f"{EVENT}/desk/state", Role.MODERATOR, desk.state),
    Door("GET", f"{EVENT}/desk/export/{{format}}", Role.MODERATOR, desk.export),
    Door("GET", f"{EVENT}/desk/question/{{question}}", Role.MODERATOR, editor.page),
    Door("POST", f"{EVENT}/desk/question/{{question}}", Role.MODERATOR, editor.post),
    Door("GET", f"{EVENT}/desk/rounds", Role.MODERATOR, rounds.page),
    Door("POST", f"{EVENT}/desk/rounds", Role.MODERATOR, rounds.post),
    Door("GET", f"{EVENT}/desk/rounds/{{round}}/{{format}}", Role.MODERATOR, rounds.save),
    Door("GET", f"{EVENT}/desk/library", Role.MODERATOR, library.desk),
    Door("POST", f"{EVENT}/desk/library", Role.MODERATOR, library.desk_post),
    Door("GET", f"{EVENT}/desk/questions", Role.MODERATOR, moderation.page),
    Door("POST", f"{EVENT}/desk/questions", Role.MODERATOR, moderation.post),
    Door("GET", f"{EVENT}/desk/questions/state", Role.MODERATOR, moderation.state),
    Door("WS", f"{EVENT}/desk/questions/socket", Role.MODERATOR, moderation.socket),
    Door("GET", f"{EVENT}/desk/questions/log", Role.MODERATOR, moderation.log),
    Door("GET", f"{EVENT}/desk/questions/export/{{form}}", Role.MODERATOR, moderation.export),
    Door("WS", f"{EVENT}/desk/socket", Role.MODERATOR, team.desk),
    Door("GET", f"{ORGANISE}/sign-in", Role.PUBLIC, sign_in.page),
    Door("POST", f"{ORGANISE}/sign-in", Role.PUBLIC, sign_in.post),
    Door("GET", f"{ORGANISE}/password/{{key}}", Role.PUBLIC, sign_in.password_page),
    Door("POST", f"{ORGANISE}/password/{{key}}", Role.PUBLIC, sign_in.set_password),
    Door("POST", f"{ORGANISE}/sign-out", Role.ORGANISER, sign_in.sign_out),
    Door("GET", ORGANISE, Role.ORGANISER, organise.events_page),
    Door("GET", f"{ORGANISE}/library", Role.ORGANISER, library.own),
    Door("POST", f"{ORGANISE}/library", Role.ORGANISER, library.forget),
    Door("GET", f"{ORGANISE}/library/{{origin}}", Role.ORGANISER, library.compare),
    Door("GET", f"{ORGANISE}/account", Role.ORGANISER, account.page),
    Door("POST", f"{ORGANISE}/account", Role.ORGANISER, account.change_password),
    Door("POST", f"{ORGANISE}/account/sessions", Role.ORGANISER, account.end_sessions),
    Door("GET", f"{ORGANISE}/programme", Role.ORGANISER, programme_pages.page),
    Door("POST", f"{ORGANISE}/programme", Role.ORGANISER, programme_pages.post),
    Door("GET", OWN, Role.ORGANISER, organise.event_page),
    Door("GET", f"{ORGANISE}/series/{{series}}", Role.ORGANISER, series.page),
    Door("POST", f"{ORGANISE}/series/{{series}}", Role.ORGANISER, series.post),
    Door("GET", f"{ORGANISE}/series/{{series}}/state", Role.ORGANISER, series.state),
    Door("GET", f"{ORGANISE}/series/{{series}}/{{making}}/{{name}}", Role.ORGANISER, series.file),
    Door("GET", f"{ORGANISE}/archive", Role.ORGANISER, organise.archive_page),
    Door("GET", f"{ORGANISE}/new", Role.ORGANISER, event_forms.new_page),
    Door("POST", f"{ORGANISE}/new", Role.ORGANISER, event_forms.create),
    Door("GET", f"{OWN}/edit", Role.ORGANISER, event_forms.edit_page),
    Door("POST", f"{OWN}/edit", Role.ORGANISER, event_forms.edit),
    Door("GET", f"{OWN}/copy", Role.ORGANISER, event_forms.copy_page),
    Door("POST", f"{OWN}/copy", Role.ORGANISER, event_forms.copy),
    Door("POST", f"{OWN}/archive", Role.ORGANISER, event_forms.archive),
    Door("GET", f"{OWN}/delete", Role.ORGANISER, event_forms.delete_page),
    Door("POST", f"{OWN}/delete", Role.ORGANISER, event_forms.delete),
    Door("GET", f"{OWN}/programme", Role.ORGANISER, slots.page),
    Door("POST", f"{OWN}/programme", Role.ORGANISER, slots.post),
    Door("GET", f"{OWN}/programme/paste", Role.ORGANISER, programme_merging.page),
    Door("POST", f"{OWN}/programme/paste", Role.ORGANISER, programme_merging.post),
    Door("GET", f"{OWN}/programme/{{slot}}", Role.ORGANISER, slots.slot_page),
    Door("POST", f"{OWN}/programme/{{slot}}", Role.ORGANISER, slots.post_slot),
    Door("GET", f"{OWN}/links", Role.ORGANISER, links.page),
    Door("POST", f"{OWN}/links", Role.ORGANISER, links.post),
    Door("GET", f"{OWN}/log", Role.ORGANISER, links.log),
    Door("GET", f"{OWN}/log/{{format}}", Role.ORGANISER, links.export),
    Door("GET", f"{OWN}/documentation", Role.ORGANISER, documentation.page),
    Door("POST", f"{OWN}/documentation", Role.ORGANISER, documentation.post),
    Door("GET", f"{OWN}/export", Role.ORGANISER, exports.page),
    Door("POST", f"{OWN}/export", Role.ORGANISER, exports.post),
    Door("GET", f"{OWN}/export/state", Role.ORGANISER, exports.state),
    Door("GET", f"{OWN}/export/{{making}}/{{name}}", Role.ORGANISER, exports.file),
    Door("POST", f"{OWN}/organisers", Role.ORGANISER, organise.share),
    Door("POST", f"{OWN}/reach", Role.ORGANISER, checks.reach),
    Door("GET", f"{OWN}/numbers", Role.ORGANISER, dashboard.page),
    Door("GET", f"{OWN}/numbers/state", Role.ORGANISER, dashboard.state),
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
        try:
            await check_not_archived(websocket)
        except PollError:
            await websocket.close()
        else:
            await door.endpoint(websocket)

    return endpoint


def _guarded(door: Door) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if door.role in (Role.SCREEN, Role.PODIUM, Role.MODERATOR):
            await check_role(request, door.role)
        if door.role is Role.ORGANISER:
            await check_organiser(request)
        if door.role is Role.OPERATOR:
            check_operator(request)
        if door.changes:
            await check_not_archived(request)
        response = await door.endpoint(request)
        assert response is not None
        return response

    return endpoint
