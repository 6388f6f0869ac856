"""A programme that exists already becomes an event: pasted or loaded, looked at, saved."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server.documents.event_file import LANGUAGES
from poll_server.documents.event_times import TIME_ZONE
from poll_server.documents.programme_found import ReadProgramme, drafts_of
from poll_server.domain.errors import PollError, Refused
from poll_server.domain.programme import SeriesDraft
from poll_server.domain.text import is_seen
from poll_server.messages.accounts import HOME
from poll_server.messages.events import time_zones
from poll_server.messages.programmes import Programme, parse_programme
from poll_server.storage import journal, series, sharing
from poll_server.storage.journal import Line
from poll_server.web.doors import check_origin, organiser_hand, parts, signed_in
from poll_server.web.doors import page as show
from poll_server.web.pasting import MUCH, outcome, receive, text_of_file, understand


@dataclass(frozen=True, slots=True)
class _Seen:
    """What stands on the page: what was sent, how it was understood, and what was wrong."""

    sent: Programme
    read: ReadProgramme | None = None
    error: PollError | None = None


async def page(request: Request) -> Response:
    """The empty form."""
    return _page(request, _Seen(Programme()))


async def post(request: Request) -> Response:
    """Show how a programme is understood, or save it; whatever is wrong, the form stays and nothing is saved."""
    check_origin(request)
    seen = _Seen(Programme())
    try:
        pasted = await receive(request)
        if pasted is None:
            return _page(request, replace(seen, read=MUCH))
        seen = replace(seen, sent=parse_programme(pasted.fields, LANGUAGES))
        content = seen.sent.text.encode()
        if file := pasted.file:
            content, text = file.content, text_of_file(file, seen.sent.text)
            seen = replace(seen, sent=replace(seen.sent, text=text, save=False))
        if seen.sent.zone and seen.sent.zone not in time_zones():
            raise Refused("unknown_zone")
        seen = replace(seen, read=await understand(content, seen.sent.zone, seen.sent.language, seen.sent.day))
        if not seen.sent.save or not seen.read or seen.read.problem:
            return _page(request, seen)
        return RedirectResponse(await _save(request, seen.sent, seen.read), 303)
    except PollError as error:
        return _page(request, replace(seen, error=error))


async def _save(request: Request, sent: Programme, read: ReadProgramme) -> str:
    """Store the event, or the series with its events, as the organiser's own; return the page to go on with."""
    title = sent.title or read.title
    if not is_seen(title):
        raise Refused("untitled")
    drafts = drafts_of(read, title, sent.zone or read.time_zone or TIME_ZONE, sent.language)
    whole = SeriesDraft(title, sent.language, read.organisers, drafts) if read.series else None
    async with parts(request).database.write() as connection:
        code, made = await series.create_events(connection, drafts, whole)
        for event_id, _ in made:
            await sharing.give(connection, event_id, signed_in(request).organiser.id, owner=True)
            await journal.note(connection, event_id, Line(organiser_hand(request), "event_import"))
    return f"{HOME}?done=series&series={code}#told" if whole else f"{HOME}/events/{made[0][1]}?done=created#told"


def _page(request: Request, seen: _Seen) -> Response:
    status, told = outcome(request, seen.read, seen.error)
    return show(
        request,
        "organise/programme.html",
        status,
        here=signed_in(request),
        sent=seen.sent,
        zone=TIME_ZONE,
        zones=time_zones(),
        **told,
    )
