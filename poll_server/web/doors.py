"""What every door needs: the application's parts, who may enter, and what an error looks like."""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import structlog
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Message, Receive

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.errors import Conflict, Forbidden, Malformed, PollError, Refused, Unavailable, Unknown
from poll_server.domain.languages import NAMES
from poll_server.domain.rounds import Question
from poll_server.i18n import sentence, translations
from poll_server.live.compression import Ready, encoding_for
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.messages import ID_MAXIMUM
from poll_server.messages.fields import Fields, fields_of_form, whole_number
from poll_server.render import Site
from poll_server.settings import LOOPBACK, Settings
from poll_server.storage.database import Database
from poll_server.web.metrics import Metrics
from poll_server.web.pictures import Pictures
from poll_server.web.sessions import Sessions
from poll_server.web.static import StaticFiles

log = structlog.get_logger()

STATUS: dict[type[PollError], int] = {
    Malformed: 400,
    Forbidden: 403,
    Unknown: 404,
    Conflict: 409,
    Refused: 422,
    Unavailable: 503,
}
HEADINGS: dict[int, str] = {
    400: "This could not be read",
    403: "This is not allowed here",
    404: "Not found",
    405: "This is not allowed here",
    409: "Somebody else was faster",
    422: "This could not be counted",
    500: "That did not work",
    503: "Please try again",
}
FIELDS_MAXIMUM = 100
FILES_MAXIMUM = 2
UPLOADED_FIELDS_MAXIMUM = 300
"""Of a question with 20 options in three languages, and all its rules."""
FIELD_BYTES = 16 * 1024
TEXT_BYTES = 700_000
"""A field of a form with files: 600 statements, or a whole round."""
FORWARDED = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"})
"""What a request has when a proxy has passed it on."""
_PORT = re.compile(r":\d+$")
NO_STORE = {"Cache-Control": "no-store"}

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the running application, in ``app.state.parts``."""

    settings: Settings
    database: Database
    rooms: Rooms
    sessions: Sessions
    site: Site
    static: StaticFiles
    pictures: Pictures
    metrics: Metrics


def parts(connection: HTTPConnection) -> Parts:
    """Return the parts of the application that serves this connection."""
    found: Parts = connection.app.state.parts
    return found


async def room_of(connection: HTTPConnection) -> Room:
    """Return the room that the address names; raises Unknown."""
    return await parts(connection).rooms.get(connection.path_params["code"])


def question_in(room: Room, number: str) -> Question:
    """Return the question that an address names by its id; raises Unknown also for what is no number."""
    try:
        return room.event.question(whole_number(number, ID_MAXIMUM))
    except Malformed as error:
        raise Unknown("unknown_question") from error


def chosen_language(connection: HTTPConnection) -> str:
    """Return the language in the address of a frame or form, else the one chosen before; empty if there is none."""
    named = connection.query_params.get("language") or parts(connection).sessions.language(connection)
    return named if named in NAMES else ""


def check_origin(connection: HTTPConnection) -> None:
    """Refuse forms and sockets of other sites; raises Forbidden. Clients that are no browsers send no origin."""
    origin = connection.headers.get("origin")
    if origin is not None and origin not in parts(connection).settings.origins:
        raise Forbidden("origin")


async def check_role(connection: HTTPConnection, role: Role) -> None:
    """Let only those in whose cookie names this role in this event; raises Forbidden or Unknown."""
    room = await room_of(connection)
    if not parts(connection).sessions.has_role(connection, role, room.event.code):
        raise Forbidden("role")


def check_operator(request: Request) -> None:
    """Let in who shows the token; where there is none, who asks on this machine and past any proxy. Raises Forbidden.

    Of a proxy that says nothing of whom it forwards nobody can tell: deploy/nginx.conf keeps the address to itself.
    """
    settings = parts(request).settings
    if settings.metrics_token:
        shown = request.headers.get("authorization", "").encode()
        may = secrets.compare_digest(shown, f"Bearer {settings.metrics_token}".encode())
    else:
        here = request.client.host if request.client else ""
        asked = _PORT.sub("", request.headers.get("host", "")).strip("[]")  # a page elsewhere may lead its name here
        may = here in LOOPBACK and asked in LOOPBACK and not FORWARDED & set(request.headers.keys())
    if not may:
        raise Forbidden("operator")


async def fields_posted(request: Request, maximum: int = FIELDS_MAXIMUM) -> Fields:
    """Read a posted form of at most so many fields; raises Malformed also for a larger one, or one with a file."""
    try:
        async with request.form(max_files=0, max_fields=maximum, max_part_size=FIELD_BYTES) as form:
            return fields_of_form(form.multi_items())
    except HTTPException as error:
        raise Malformed("malformed") from error


class Upload(NamedTuple):
    """A file that came with a form, under the name that it has on its owner's disk."""

    name: str
    content: bytes


async def upload_posted(request: Request, maximum: int) -> tuple[Fields, Mapping[str, Upload]]:
    """Read a posted form of at most so many bytes, and the files chosen in it by their fields; raises Malformed."""
    bounded = Request(request.scope, _bounded(request.receive, maximum))
    try:
        async with bounded.form(
            max_files=FILES_MAXIMUM, max_fields=UPLOADED_FIELDS_MAXIMUM, max_part_size=TEXT_BYTES
        ) as form:
            items = form.multi_items()
            files = {
                name: Upload(one.filename, await one.read())
                for name, one in items
                if isinstance(one, UploadFile) and one.filename
            }
            return fields_of_form((name, one) for name, one in items if isinstance(one, str)), files
    except HTTPException as error:
        raise Malformed("malformed") from error


def _bounded(receive: Receive, maximum: int) -> Receive:
    """Receive at most so many bytes; raises Malformed when there are more."""
    left = maximum

    async def receive_some() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise Malformed("too_large", kilobytes=maximum // 1000)
        return message

    return receive_some


def html(content: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a page that is made for this visitor and kept nowhere."""
    return HTMLResponse(content, status, headers=headers or NO_STORE)


def ready(request: Request, content: Ready, headers: Mapping[str, str]) -> Response:
    """Return a page that is the same for many, compressed if the browser takes it; ``headers`` say that it varies."""
    encoding = encoding_for(request.headers.get("accept-encoding", ""))
    coded = {"Content-Encoding": encoding} if encoding else {}
    return HTMLResponse(content.encoded(encoding), headers={**headers, **coded})


def page(request: Request, name: str, status: int = 200, **context: Any) -> Response:
    """Return a page that belongs to no event."""
    return html(render.page(name, _language(request), parts(request).site, **context), status)


def _language(request: Request) -> str:
    """Return the language of pages that belong to no event: the one chosen before, else the installation's."""
    return chosen_language(request) or parts(request).settings.language


def error_page(request: Request, error: PollError) -> Response:
    """Return the page that says what was wrong and what to do."""
    status = STATUS.get(type(error), 500)
    if isinstance(error, Unavailable):
        log.warning("database does not answer", error=type(error.__cause__).__name__)
    if isinstance(error, Unknown) and error.code == "unknown_code":
        typed = request.path_params.get("code", "")
        return page(request, "landing.html", status, typed=typed, error=_say(request, error))
    return _plain_error(request, status, _say(request, error))


async def on_poll_error(request: Request, error: Exception) -> Response:
    """Answer what one of our own errors says."""
    assert isinstance(error, PollError)
    return error_page(request, error)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer an address or a method that does not exist."""
    status = getattr(error, "status_code", 404)
    gettext = translations(_language(request)).gettext
    if status == 405:
        return _plain_error(
            request, status, gettext("This address does not take that. Please use the page's own buttons.")
        )
    return _plain_error(request, status, _say(request, Unknown("unknown_page")))


async def on_failure(request: Request, error: Exception) -> Response:
    """Answer a mistake of ours: with a reference that the log has too, and nothing else about it."""
    reference = secrets.token_hex(2).upper()
    log.error("request failed", reference=reference, route=request.scope.get("path", "")[:3], exc_info=error)
    gettext = translations(_language(request)).gettext
    message = gettext("That did not work. What you sent before is stored. Please try again.")
    return _plain_error(request, 500, message, reference)


def _plain_error(request: Request, status: int, message: str, reference: str = "") -> Response:
    gettext = translations(_language(request)).gettext
    heading = gettext(HEADINGS.get(status, HEADINGS[500]))
    return page(request, "error.html", status, heading=heading, message=message, reference=reference)


def _say(request: Request, error: PollError) -> str:
    return sentence(error, _language(request))
