"""The language that somebody in the audience reads: that of the page in its addresses, of the cookie, of the browser.

It belongs to the request and not to the person: two tabs may speak two languages.
"""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from poll_server.domain.languages import preferred
from poll_server.live.room import Room
from poll_server.messages import parse_language
from poll_server.web.doors import NO_STORE, check_origin, chosen_language, fields_posted, parts, room_of

_WANTED_CHARACTERS = 200
"""So much of an Accept-Language header is read; a browser's is shorter."""


def language_of(connection: HTTPConnection, room: Room) -> str:
    """Return the language of a page, frame or socket; empty for the event's own, at once where it has no other."""
    offered = room.event.languages
    if len(offered) == 1:
        return ""
    chosen = chosen_language(connection)
    wanted = connection.headers.get("accept-language", "")[:_WANTED_CHARACTERS]
    language = chosen if chosen in offered else preferred(wanted, offered)
    return "" if language == room.event.language else language


async def choose(request: Request) -> Response:
    """Keep the language that somebody has chosen, and show the page again on which they did."""
    check_origin(request)
    room = await room_of(request)
    language = parse_language(await fields_posted(request))
    response = RedirectResponse(_page_before(request, f"/e/{room.event.code}"), 303, headers=NO_STORE)
    parts(request).sessions.keep_language(response, language)
    return response


def _page_before(request: Request, page: str) -> str:
    """Return the path of the page of this event that the form stood on, its first page if that is not told."""
    path = urlsplit(request.headers.get("referer", "")).path
    kept = path in (f"{page}/programme", f"{page}/questions") or path.startswith(f"{page}/results/")
    return path if kept else page
