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
from poll_server.domain.links import Link
from poll_server.domain.rounds import Question
from poll_server.domain.text import normal_code
from poll_server.i18n import Sentence, sentence, translations
from poll_server.live.compression import Ready, encoding_for
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.messages import ID_MAXIMUM
from poll_server.messages.fields import Fields, fields_of_form, whole_number
from poll_server.render import Site
from poll_server.settings import LOOPBACK, Settings
from poll_server.storage.contributions import Hand
from poll_server.storage.database import Database
from poll_server.storage.sharing import Part
from poll_server.web.accounts import Accounts, SignedIn
from poll_server.web.documentations import Documentations
from poll_server.web.makings import Makings
from poll_server.web.metrics import Metrics
from poll_server.web.pictures import Pictures
from poll_server.web.reach import Reach
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
    accounts: Accounts
    reach: Reach
    makings: Makings
    documentations: Documentations


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
    named = connection.scope["query_string"] and connection.query_params.get("language")
    named = named or parts(connection).sessions.language(connection)
    return named if named in NAMES else ""


def check_origin(connection: HTTPConnection) -> None:
    """Refuse forms and sockets of other sites; raises Forbidden. Clients that are no browsers send no origin."""
    origin = connection.headers.get("origin")
    elsewhere = connection.headers.get("sec-fetch-site") in ("cross-site", "same-site")
    if elsewhere or (origin is not None and origin not in parts(connection).settings.origins):
        raise Forbidden("origin")


async def check_role(connection: HTTPConnection, role: Role) -> Link:
    """Let only those in who have this role in this event by a link that is valid now; raises Forbidden or Unknown.

    An organiser of the event enters its desk and screen without one, or when theirs is over: their own, which nobody
    else can use, is made then.
    """
    room = await room_of(connection)
    found = parts(connection)
    link_id = found.sessions.link_id(connection, role, room.badge)
    if role in (Role.MODERATOR, Role.SCREEN) and not (link_id and room.links.opens(link_id)):
        link_id = await found.accounts.desk_link(connection, room) or link_id
    if link_id is None:
        raise Forbidden("role")
    return room.links.valid(link_id)


async def check_not_archived(connection: HTTPConnection) -> None:
    """Refuse what changes an event in the archive; raises Forbidden or Unknown."""
    if (await room_of(connection)).event.archived:
        raise Forbidden("event_archived")


async def hand_of(connection: HTTPConnection) -> Hand:
    """Return whose deeds those of a desk's page are, for the log; raises as `check_role`."""
    return Hand(Role.MODERATOR, (await check_role(connection, Role.MODERATOR)).name)


async def check_organiser(request: Request) -> None:
    """Let in who has signed in, to an event only its organisers; raises Forbidden or Unknown.

    ``signed_in`` and ``part_here`` give then who it is, and what their part in the event is.
    """
    found = await parts(request).accounts.signed_in(request)
    if found is None:
        raise Forbidden("signed_out")
    request.state.signed_in = found
    if "code" in request.path_params:
        code = normal_code(request.path_params["code"])
        request.state.part = await parts(request).accounts.part_in(found, code)


def signed_in(request: Request) -> SignedIn:
    """Return who has signed in, behind a door for organisers."""
    found: SignedIn = request.state.signed_in
    return found


def organiser_hand(request: Request) -> Hand:
    """Return whose deeds those behind a door for organisers are, for the log."""
    return Hand(Role.ORGANISER, signed_in(request).organiser.name)


def part_here(request: Request) -> Part:
    """Return the part of who has signed in, in the event that the address names."""
    found: Part = request.state.part
    return found


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


async def upload_posted(
    request: Request, maximum: int, longest: int = TEXT_BYTES
) -> tuple[Fields, Mapping[str, Upload]]:
    """Read a posted form of at most so many bytes, and the files chosen in it by their fields; raises Malformed.

    ``longest`` is the most bytes that one of its texts may have.
    """
    bounded = Request(request.scope, _bounded(request.receive, maximum))
    try:
        async with bounded.form(
            max_files=FILES_MAXIMUM, max_fields=UPLOADED_FIELDS_MAXIMUM, max_part_size=longest
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
    return html(render.page(name, page_language(request), parts(request).site, **context), status)


def page_language(request: Request) -> str:
    """Return the language of pages that belong to no event: the one chosen before, else the installation's."""
    return chosen_language(request) or parts(request).settings.language


def error_page(request: Request, error: PollError) -> Response:
    """Return the page that says what was wrong and what to do."""
    status = STATUS.get(type(error), 500)
    if isinstance(error, Unavailable):
        log.warning("database does not answer", error=type(error.__cause__).__name__)
    if isinstance(error, Unknown) and error.code == "unknown_code":
        typed = request.path_params.get("code", "")
        return page(request, "landing.html", status, typed=typed, error=said(request, error))
    if isinstance(error, Forbidden) and error.code == "signed_out":
        wanted = request.url.path if request.method == "GET" else "/organise"
        was = parts(request).accounts.has_key(request)  # who only comes in by the first page has done nothing wrong
        told = {"told": "" if was else said(request, error), "error": said(request, error) if was else ""}
        return page(request, "organise/sign_in.html", status, wanted=wanted, typed="", **told)
    shut = isinstance(error, Forbidden) and error.code == "role"
    entrance = f"/organise/events/{normal_code(request.path_params['code'])}" if shut else ""
    return _plain_error(request, status, said(request, error), entrance=entrance)


async def on_poll_error(request: Request, error: Exception) -> Response:
    """Answer what one of our own errors says; a page that renews a part of itself and may not any more goes whole."""
    assert isinstance(error, PollError)
    response = error_page(request, error)
    if isinstance(error, (Forbidden, Unknown)) and "hx-request" in request.headers:
        response.headers["HX-Refresh"] = "true"
    return response


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer an address or a method that does not exist."""
    status = getattr(error, "status_code", 404)
    gettext = translations(page_language(request)).gettext
    if status == 405:
        return _plain_error(
            request, status, gettext("This address does not take that. Please use the page's own buttons.")
        )
    return _plain_error(request, status, said(request, Unknown("unknown_page")))


async def on_departure(request: Request, error: Exception) -> Response:
    """Answer nobody: that somebody left before their form was here is no mistake of ours, and nothing was done."""
    return Response(status_code=400)


async def on_failure(request: Request, error: Exception) -> Response:
    """Answer a mistake of ours: with a reference that the log has too, and nothing else about it."""
    reference = secrets.token_hex(2).upper()
    log.error("request failed", reference=reference, route=request.scope.get("path", "")[:3], exc_info=error)
    gettext = translations(page_language(request)).gettext
    message = gettext("That did not work. What you sent before is stored. Please try again.")
    return _plain_error(request, 500, message, reference)


def _plain_error(request: Request, status: int, message: str, reference: str = "", entrance: str = "") -> Response:
    """Say what was wrong; ``entrance`` is where organisers get to what others need a link for."""
    gettext = translations(page_language(request)).gettext
    return page(
        request,
        "error.html",
        status,
        heading=gettext(HEADINGS.get(status, HEADINGS[500])),
        message=message,
        reference=reference,
        entrance=entrance,
        organising=request.scope.get("path", "").startswith("/organise"),
    )


def worded(request: Request, faults: Mapping[str, Sentence]) -> dict[str, str]:
    """Return what is wrong with fields, in the language of pages that belong to no event."""
    gettext = translations(page_language(request)).gettext
    return {name: fault.said(gettext, {}) for name, fault in faults.items()}


def said(request: Request, error: PollError) -> str:
    """Return what an error says, in the language of pages that belong to no event."""
    return sentence(error, page_language(request))
