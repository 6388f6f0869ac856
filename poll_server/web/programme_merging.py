"""A programme that exists already comes into an event, pasted or loaded: added to its own, or put in its place."""

from dataclasses import dataclass, replace
from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server.documents.programme_found import ReadProgramme
from poll_server.domain.errors import PollError
from poll_server.domain.merging import Way, merge
from poll_server.domain.slots import seal
from poll_server.live import programming
from poll_server.live.room import Room
from poll_server.messages.programmes import Merging, parse_merging
from poll_server.storage.journal import Line
from poll_server.web.doors import check_origin, organiser_hand, parts, room_of, signed_in
from poll_server.web.doors import page as show
from poll_server.web.pasting import MUCH, outcome, receive, text_of_file, understand
from poll_server.web.slots import address

ACTS = {Way.ADD: "programme_added", Way.REPLACE: "programme_replaced"}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What stands on the page: what was sent, how it was understood, and what was wrong."""

    sent: Merging
    read: ReadProgramme | None = None
    error: PollError | None = None


async def page(request: Request) -> Response:
    """The empty form."""
    return _page(request, await room_of(request), _Seen(Merging()))


async def post(request: Request) -> Response:
    """Show how a programme is understood and what it would change, or save it.

    Whatever is wrong, the form stays and nothing is saved; nor is a text that has not been shown as it is now.
    """
    check_origin(request)
    room = await room_of(request)
    seen = _Seen(Merging())
    try:
        pasted = await receive(request)
        if pasted is None:
            return _page(request, room, replace(seen, read=MUCH))
        seen = replace(seen, sent=parse_merging(pasted.fields))
        content = seen.sent.text.encode()
        if file := pasted.file:
            content, text = file.content, text_of_file(file, seen.sent.text)
            seen = replace(seen, sent=replace(seen.sent, text=text, save=False))
        event = room.event
        read = await understand(content, event.time_zone, event.language, seen.sent.day or event.day)
        seen = replace(seen, read=read)
        if not seen.sent.save or read.problem or seen.sent.looked != _mark(seen.sent):
            return _page(request, room, seen)
        line = Line(organiser_hand(request), ACTS[seen.sent.way], None, read.title)
        await programming.merge(parts(request).rooms, room, read.items, seen.sent.way, seen.sent.seen, line)
    except PollError as error:
        return _page(request, room, replace(seen, error=error))
    return RedirectResponse(f"{address(room)}?done={seen.sent.way}#told", 303)


def _mark(sent: Merging) -> str:
    """Return a text that is the same as long as what is read is."""
    return blake2b(f"{sent.day} {sent.text}".encode(), digest_size=12).hexdigest()


def _page(request: Request, room: Room, seen: _Seen) -> Response:
    event, opened = room.event, programming.opened(room)
    items = seen.read.items if seen.read else ()
    status, told = outcome(request, seen.read, seen.error)
    return show(
        request,
        "organise/merging.html",
        status,
        here=signed_in(request),
        event=event,
        sent=seen.sent,
        added=merge(event, items, Way.ADD, opened),
        replaced=merge(event, items, Way.REPLACE, opened),
        seal=seal(event.items),
        looked=_mark(seen.sent),
        **told,
    )
