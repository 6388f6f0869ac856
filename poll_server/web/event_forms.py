"""Forms of an organiser for an event as a whole: made, changed, copied, put into the archive, deleted."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from poll_server.documents.event_times import TIME_ZONE
from poll_server.domain.errors import Conflict, Forbidden, PollError, Unavailable
from poll_server.domain.programme import EventDraft
from poll_server.domain.rounds import Event
from poll_server.i18n import N_, Sentence
from poll_server.live import details as live
from poll_server.messages.accounts import HOME
from poll_server.messages.events import (
    MAXIMA,
    CopyForm,
    is_name,
    parse_archive,
    parse_copy,
    parse_delete,
    parse_event,
    time_zones,
)
from poll_server.storage import copying, details, events, journal, sharing
from poll_server.storage.journal import Line
from poll_server.web.doors import (
    STATUS,
    check_origin,
    fields_posted,
    organiser_hand,
    part_here,
    parts,
    room_of,
    said,
    signed_in,
    worded,
)
from poll_server.web.doors import page as show

TAKEN = N_("This code belongs to another event. Please choose another one.")
MADE_CODES = 5
"""How often a code is made anew that another event has."""


async def new_page(request: Request) -> Response:
    """The form for a new event, which is today until somebody says otherwise."""
    today = datetime.now(ZoneInfo(TIME_ZONE)).date()
    start = EventDraft("", today, TIME_ZONE, parts(request).settings.language)
    return _form(request, typed_of(start))


async def create(request: Request) -> Response:
    """Make an event; it belongs to who has made it."""
    check_origin(request)
    form = parse_event(await fields_posted(request))
    if form.draft is None:
        return _form(request, form.typed, form.faults)
    here = signed_in(request)
    for code in _codes(form.draft.code):
        try:
            async with parts(request).database.write() as connection:
                event_id = await events.create(connection, form.draft, code, secrets.token_bytes(32))
                await sharing.give(connection, event_id, here.organiser.id, owner=True)
                await journal.note(connection, event_id, _line(request, "event_create"))
            return _to_event(code, "created")
        except events.CodeTaken:
            continue
    return _form(request, form.typed, {"code": TAKEN})


async def edit_page(request: Request) -> Response:
    """The form of an event."""
    event = (await room_of(request)).event
    return _form(request, typed_of(event), event=event)


async def edit(request: Request) -> Response:
    """Store what an event is now; where somebody else has changed it, both versions stand in the form."""
    check_origin(request)
    room = await room_of(request)
    form = parse_event(await fields_posted(request), room.event.code)
    if form.draft is None:
        return _form(request, form.typed, form.faults, room.event, seen=form.seen)
    try:
        await live.rewrite(parts(request).rooms, room, form.seen, form.draft, _line(request, "event_edit"))
    except events.CodeTaken:
        return _form(request, form.typed, {"code": TAKEN}, room.event, seen=form.seen)
    except (Conflict, Forbidden, Unavailable) as error:
        seen = room.event.edition if isinstance(error, Conflict) else form.seen
        return _form(request, form.typed, {}, room.event, error, seen)
    return _to_event(form.draft.code, "edited")


async def copy_page(request: Request) -> Response:
    """The form for a copy of an event: which day it is for."""
    event = await _event(request)
    return _copy_form(request, event, CopyForm({"title": event.title, "day": "", "code": ""}, {}, "", None, ""))


async def copy(request: Request) -> Response:
    """Copy an event; the copy belongs to who has made it."""
    check_origin(request)
    source, here = await _event(request), signed_in(request)
    form = parse_copy(await fields_posted(request))
    if form.day is None or form.faults:
        return _copy_form(request, source, form)
    for code in _codes(form.code):
        try:
            async with parts(request).database.write() as connection:
                event_id = await copying.copy(connection, source.id, form.title, form.day, code)
                await sharing.give(connection, event_id, here.organiser.id, owner=True)
                await journal.note(connection, event_id, _line(request, "event_copy", source.title))
                await journal.note(connection, source.id, _line(request, "event_copied", form.title))
            return _to_event(code, "copied")
        except events.CodeTaken:
            continue
    return _copy_form(request, source, replace(form, faults={"code": TAKEN}))


async def archive(request: Request) -> Response:
    """Put an event into the archive, or take it back out of it."""
    check_origin(request)
    into = parse_archive(await fields_posted(request))
    room = await room_of(request)
    line = _line(request, "event_archive" if into else "event_restore")
    await live.archive(parts(request).rooms, room, room.now() if into else None, line)
    return _to_event(room.event.code, "archived" if into else "restored")


async def delete_page(request: Request) -> Response:
    """What goes when an event is deleted, and the form that asks for its name."""
    _check_owner(request)
    return await _delete_form(request)


async def delete(request: Request) -> Response:
    """Delete an event, if its name was typed."""
    check_origin(request)
    _check_owner(request)
    typed = parse_delete(await fields_posted(request))
    room = await room_of(request)
    if not is_name(typed, room.event.title):
        return await _delete_form(request, typed, N_("This is not the name of the event. Nothing has been deleted."))
    try:
        await live.delete(parts(request).rooms, room, signed_in(request).organiser.name)
    except (Forbidden, Unavailable) as error:
        return await _delete_form(request, typed, error=error)
    parts(request).pictures.forget(room.event.id)
    await parts(request).makings.end_all_of(room.event.id)
    return RedirectResponse(f"{HOME}?done=deleted#told", 303)


def typed_of(event: Event | EventDraft) -> dict[str, str]:
    """Return what stands in the fields of an event's form."""
    found = {name: getattr(event, name) for name in MAXIMA}
    return {name: value.isoformat() if isinstance(value, date) else value or "" for name, value in found.items()}


def _codes(wanted: str) -> list[str]:
    """Return the codes to try, one after the other."""
    return [wanted] if wanted else [events.new_code() for _ in range(MADE_CODES)]


def _line(request: Request, act: str, words: str = "") -> Line:
    return Line(organiser_hand(request), act, None, words)


def _to_event(code: str, done: str = "") -> Response:
    told = f"?done={done}#told" if done else ""
    return RedirectResponse(f"{HOME}/events/{code}{told}", 303)


def _check_owner(request: Request) -> None:
    if not part_here(request).owns:
        raise Forbidden("owner")


async def _event(request: Request) -> Event:
    return (await room_of(request)).event


def _form(
    request: Request,
    typed: Mapping[str, str],
    faults: Mapping[str, Sentence] | None = None,
    event: Event | None = None,
    error: PollError | None = None,
    seen: int | None = None,
) -> Response:
    present = typed_of(event) if event else {}
    clash = isinstance(error, Conflict)
    status = STATUS[type(error)] if error else 422 if faults else 200
    return show(
        request,
        "organise/event_form.html",
        status,
        here=signed_in(request),
        event=event,
        typed=typed,
        wrong=worded(request, faults or {}),
        error=said(request, error) if error else "",
        stored={name: present[name] for name in typed if clash and not same(typed[name], present[name])},
        seen=event.edition if event and seen is None else seen or 0,
        maxima=MAXIMA,
        zones=[(name, name.replace("_", " ")) for name in time_zones()],
        fixed=bool(event and event.begun),
    )


def same(typed: str, stored: str) -> bool:
    """Tell whether a field says what is stored, however browsers end its lines."""
    return typed.split() == stored.split()


def _copy_form(request: Request, event: Event, form: CopyForm) -> Response:
    return show(
        request,
        "organise/copy.html",
        422 if form.faults else 200,
        here=signed_in(request),
        event=event,
        typed=form.typed,
        wrong=worded(request, form.faults),
        maxima=MAXIMA,
    )


async def _delete_form(
    request: Request, typed: str = "", fault: Sentence | None = None, error: PollError | None = None
) -> Response:
    event = await _event(request)
    async with parts(request).database.read() as connection:
        extent = await details.extent(connection, event.id)
    return show(
        request,
        "organise/delete.html",
        STATUS[type(error)] if error else 422 if fault else 200,
        here=signed_in(request),
        event=event,
        extent=extent,
        typed=typed,
        wrong=worded(request, {"name": fault} if fault else {}),
        error=said(request, error) if error else "",
    )
