"""Questions from the floor, for moderators: the page with waiting and accepted ones, its forms, the log, the export."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.websockets import WebSocket

from poll_server import render
from poll_server.documents import floor_export
from poll_server.domain import moderation
from poll_server.domain.access import Role
from poll_server.domain.contributions import Order, Seen
from poll_server.domain.errors import Conflict, Malformed, PollError, Unknown
from poll_server.domain.moderation import Deeds
from poll_server.i18n import sentence
from poll_server.live import floor_sending, floor_views
from poll_server.live.encoding import encode
from poll_server.live.floor import Floor
from poll_server.live.floor_frames import present_session
from poll_server.live.floor_moderation import Last
from poll_server.live.protocol import EXTENSION, FanoutProtocol
from poll_server.live.room import Room
from poll_server.live.suggestions import SHOWN
from poll_server.messages import ID_MAXIMUM, WAVE_MAXIMUM
from poll_server.messages.fields import Fields, whole_number
from poll_server.messages.floor import Browse, ModerationMessage, SessionStep, Undo, parse_moderation
from poll_server.storage import contributions
from poll_server.storage.contributions import Hand
from poll_server.web.doors import (
    NO_STORE,
    STATUS,
    check_origin,
    check_role,
    fields_posted,
    hand_of,
    html,
    parts,
    room_of,
)

FIELDS_MAXIMUM = moderation.AT_ONCE_MAXIMUM + 20
LOG_PAGE = 100
PATIENCE = 0.4
"""Seconds that a page waits for suggestions; it shows those that are found by then. A script asks again instead."""
_WINDOW_MAXIMUM = 40
_LOOKED_FOR = ("wanted", "fate", "label", "addressee", "order", "page", "waiting_page")


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a form: the ``deed`` that was done with ``count`` contributions, and the batch that undoes it.

    Or what was ``wrong``, with the contribution ``at`` which, 0 for none, and the fields as they were ``typed``; where
    somebody else was faster, what they did ``last``.
    """

    deed: str = ""
    count: int = 0
    batch: str = ""
    wrong: str = ""
    code: str = ""
    at: int = 0
    last: Last | None = None
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """What a desk looks at: what it looks for on the floor, and whose particulars are open, 0 for nobody's."""

    room: Room
    floor: Floor
    browse: Browse
    one: int

    def address(self, **changed: object) -> str:
        """Return the query of the same look, or one that differs in something."""
        browse = replace(self.browse, **{name: value for name, value in changed.items() if name != "one"})  # type: ignore[arg-type]  # templates name fields
        one = changed.get("one", self.one)
        values: dict[str, Any] = {
            "session": browse.session,
            "wanted": browse.text,
            "fate": browse.fate or "",
            "label": browse.label,
            "addressee": browse.addressee,
            "order": "" if browse.order is Order.BACKING else browse.order,
            "page": "" if browse.page == 1 else browse.page,
            "waiting_page": "" if browse.waiting_page == 1 else browse.waiting_page,
            "one": one or "",
        }
        return "?" + urlencode({name: str(value) for name, value in values.items() if value})


async def look_of(connection: HTTPConnection) -> Look:
    """Read from an address what a desk looks at; raises Unknown, also where an event has no session, or Malformed."""
    room = await room_of(connection)
    if room.floor is None:
        raise Unknown("unknown_page")
    asked, memory = connection.query_params, room.floor.memory
    session = asked.get("session") or str(present_session(memory.sessions.values()))
    fields: Fields = {name: (asked[name],) for name in _LOOKED_FOR if asked.get(name)}
    browse = parse_moderation({**fields, "action": ("browse",), "session": (session,)})
    assert isinstance(browse, Browse)
    memory.session(browse.session)
    one = whole_number(asked.get("one") or "0", ID_MAXIMUM)
    return Look(room, room.floor, browse, one if one in memory.there(browse.session) else 0)


# The page


async def page(request: Request) -> Response:
    """Waiting and accepted contributions of a session, beside each other."""
    look = await look_of(request)
    look.room.moderate()
    return await _page(look, _done(request))


async def state(request: Request) -> Response:
    """What moves of the page, for scripts; 304 when nothing has changed."""
    look = await look_of(request)
    look.room.moderate()
    etag = _etag(look)
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=NO_STORE | {"ETag": etag})
    values = await _values(look)
    # Suggestions may have been found meanwhile.
    return html(render.moderation_frame(look.room.event.language, **values), headers=NO_STORE | {"ETag": _etag(look)})


async def post(request: Request) -> Response:
    """A button of the page: carried out, then the page again, or what moves of it for a script."""
    check_origin(request)
    look = await look_of(request)
    look.room.moderate()
    fields = await fields_posted(request, FIELDS_MAXIMUM)
    message = parse_moderation(fields)
    status = 200
    try:
        told = await _carry_out(look, message, await hand_of(request), "".join(fields.get("window", ())))
    except PollError as error:
        status = STATUS.get(type(error), 422)
        told = _refused(look, message, fields, error)
    beside = request.query_params.get("at") == "desk"
    if "hx-request" in request.headers and beside:
        seen, queue = look.room.view(Role.MODERATOR), look.room.queue()
        return html(render.desk_floor(look.room.event.language, view=seen, told=told, **queue), status)
    if "hx-request" in request.headers:
        values = await _values(look, told)
        return html(render.moderation_frame(look.room.event.language, **values), status)
    if status == 200 and beside:
        return RedirectResponse(f"/e/{look.room.event.code}/desk#side-floor", 303)
    if status == 200:
        done = urlencode({"deed": told.deed, "count": told.count, "batch": told.batch})
        return RedirectResponse(f"{_here(look)}{look.address()}&{done}#done", 303)
    return await _page(look, told, status)


async def _carry_out(look: Look, message: ModerationMessage, hand: Hand, window: str) -> Told:
    """Do what a moderator says; raises PollError."""
    if isinstance(message, Deeds):
        done = await look.floor.carry_out(message, hand, window[:_WINDOW_MAXIMUM])
        return Told(done.deed, len(message.contributions), done.batch)
    if isinstance(message, Undo):
        done = await look.floor.undo(message, hand)
        return Told(done.deed, len(done.contributions))
    if isinstance(message, SessionStep):
        await look.floor.step(message, hand)
        return Told(f"session_{message.action}", 1)
    raise Malformed("unknown_message")


def _refused(look: Look, message: ModerationMessage, fields: Fields, error: PollError) -> Told:
    """Return what to tell about a refusal, at the contribution that it is about if that is one."""
    at = error.contribution if isinstance(error, Conflict) else 0
    if not at and isinstance(message, Deeds) and len(message.contributions) == 1:
        at = message.contributions[0][0]
    typed = {name: "\n".join(fields[name]) for name in ("text", "label", "assignee", "reason") if name in fields}
    typed["action"] = "".join(fields.get("action", ()))
    said = sentence(error, look.room.event.language)
    last = look.floor.last(at) if isinstance(error, Conflict) else None
    return Told(wrong=said, code=error.code, at=at, last=last, typed=typed)


def _done(request: Request) -> Told:
    """Return what the address says has just been done, for pages without a script."""
    asked = request.query_params
    try:
        count = whole_number(asked.get("count", "0"), WAVE_MAXIMUM)
    except Malformed:
        count = 0
    return Told(asked.get("deed", "") if count else "", count, asked.get("batch", ""))


def _here(look: Look) -> str:
    return f"/e/{look.room.event.code}/desk/questions"


async def _page(look: Look, told: Told, status: int = 200) -> Response:
    values = await _values(look, told, PATIENCE)
    return html(render.moderation_page(look.room.event.language, look.room.site, **values), status)


async def _values(look: Look, told: Told | None = None, patience: float = 0.0) -> dict[str, Any]:
    """Return what the templates of page and frame need; ``told`` is None where nothing was sent."""
    memory, suggestions = look.floor.memory, look.floor.suggestions
    view = floor_views.desk(memory, look.browse.session, look.browse)
    one = floor_views.particulars(memory, look.one) if look.one else None
    looked_at = [memory.contribution(seen.id) for seen in (*view.waiting.items, *([one] if one else []))]
    found = await suggestions.look_up(looked_at, patience)

    def alike(seen: Seen) -> list[Seen]:
        others = suggestions.of(memory.contribution(seen.id))[: None if one and seen.id == one.id else SHOWN]
        return [other for other in (floor_views.particulars(memory, other.id) for other in others) if other]

    return {
        "event": look.room.event,
        "look": look,
        "here": _here(look),
        "floor": view,
        "sessions": list(memory.sessions.values()),
        "one": one,
        "root": floor_views.particulars(memory, one.joined) if one and one.joined else None,
        "answer_link": f"/e/{look.room.event.code}/questions/answer/{look.floor.answer_key(one.id)}" if one else "",
        "alike": alike,
        "searching": not found,
        "allowed": lambda seen: moderation.allowed(memory.contribution(seen.id)),
        "told": told,
        "deed_name": lambda name: floor_export.deed_name(name, look.room.event.language),
        "who": lambda hand: floor_export.who(hand.role, hand.link, look.room.event.language),
        "storing": look.room.storing,
        "now": look.room.now(),
    }


def _etag(look: Look) -> str:
    kept, room = look.floor.kept, look.room
    stamp = f"{kept.version:x}.{kept.numbers:x}.{look.floor.suggestions.number:x}.{room.frames.version:x}"
    return f'W/"m{stamp}.{abs(hash((look.browse, look.one, room.storing))):x}"'


async def socket(websocket: WebSocket) -> None:
    """A moderator's socket; it only listens, deeds are posted."""
    try:
        check_origin(websocket)
        link = await check_role(websocket, Role.MODERATOR)
        look = await look_of(websocket)
    except PollError:
        await websocket.close()
        return
    await websocket.accept()
    connection: FanoutProtocol = websocket.scope["extensions"][EXTENSION]
    accounts = parts(websocket).accounts
    await accounts.hold(websocket, connection)
    member = floor_sending.join_desk(look.floor, connection, look.browse.session)
    spoken = look.room.event.language

    def refuse(connection: FanoutProtocol, message: str | bytes) -> None:
        connection.push(encode(render.error_frame(Malformed("unknown_message"), spoken)))

    def leave(connection: FanoutProtocol) -> None:
        look.floor.hub.leave(member)
        look.room.links.leave(link.id, connection)
        accounts.release(connection)

    look.room.links.join(link.id, connection)
    connection.detach(refuse, leave)


# The log, and what organisers take home


async def log(request: Request) -> Response:
    """Who did what and when, newest first; the address may name a deed, a contribution, and words to look for."""
    look = await look_of(request)
    event, asked = look.room.event, request.query_params
    deed = asked.get("deed", "")
    words = asked.get("wanted", "").strip()
    number = whole_number(asked.get("contribution") or "0", ID_MAXIMUM)
    page = max(1, whole_number(asked.get("page") or "1", WAVE_MAXIMUM))
    async with parts(request).database.read() as connection:
        entries = await contributions.log(connection, event.id, ZoneInfo(event.time_zone))
    memory = look.floor.memory
    lines = [
        floor_export.line(
            one,
            memory.session(one.session),
            memory.there(one.session).get(one.contribution or 0),
            event.language,
        )
        for one in reversed(entries)
    ]
    found = [
        line
        for line in lines
        if (not deed or line.entry.deed == deed)
        and (not number or line.entry.contribution == number)
        and (not words or words.casefold() in line.searchable)
    ]
    content = render.moderation_log(
        event.language,
        look.room.site,
        event=event,
        lines=found[(page - 1) * LOG_PAGE : page * LOG_PAGE],
        total=len(found),
        page=page,
        pages=max(1, -(-len(found) // LOG_PAGE)),
        deed=deed,
        deeds=sorted({one.deed for one in entries}),
        deed_name=lambda name: floor_export.deed_name(name, event.language),
        who=lambda entry: floor_export.who(entry.role, entry.link, event.language),
        contribution=number,
        words=words,
        at=lambda number: (
            "?" + urlencode({"deed": deed, "contribution": number or "", "wanted": words, "page": number})
        ),
    )
    return html(content)


async def export(request: Request) -> Response:
    """Contributions or the log as a file, in the form that the address names; none while a rehearsal runs."""
    chosen = floor_export.FORMS.get(request.path_params["form"])
    if chosen is None:
        raise Unknown("unknown_page")
    look = await look_of(request)
    async with parts(request).database.read() as connection:
        found = await floor_export.read(connection, look.room.event.id)
    if found is None:
        raise Unknown("unknown_page")
    named = {"Content-Disposition": f'attachment; filename="{look.room.event.code}{chosen.suffix}"'}
    content = await asyncio.to_thread(chosen.write, found)
    return Response(content, media_type=chosen.media_type, headers=NO_STORE | named)
