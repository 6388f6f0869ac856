"""The desk: the moderator's page, and what its buttons do over the socket or as plain forms."""

import asyncio

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from poll_server import render
from poll_server.documents.export import FORMATS, read_export
from poll_server.domain.access import Role
from poll_server.domain.errors import PollError, Unknown
from poll_server.domain.rounds import Action
from poll_server.i18n import sentence
from poll_server.live import connections, decisions, editing, programming, steps
from poll_server.live.encoding import encode
from poll_server.live.hub import Audience, Member
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.messages import (
    Arrange,
    Ask,
    Command,
    Decide,
    DeskMessage,
    Look,
    Rehearse,
    Shift,
    ShowJoin,
    Sweep,
    Time,
    parse_desk,
    wanted_text,
)
from poll_server.storage.contributions import Hand
from poll_server.web.doors import NO_STORE, STATUS, check_origin, fields_posted, hand_of, html, parts, room_of
from poll_server.web.noting import line_of


async def page(request: Request) -> Response:
    """The desk, at the question on the stage or at a selected one."""
    room = await room_of(request)
    room.moderate()
    return _page(request, room, seat(request, room))


async def post(request: Request) -> Response:
    """A button of the desk without JavaScript: carried out, then the desk again; what was wrong stands on it."""
    check_origin(request)
    room = await room_of(request)
    room.moderate()
    message = parse_desk(await fields_posted(request))
    here, stage = _seat_after(request, room, message), room.event.current
    try:
        problems = await _carry_out(parts(request).rooms, room, message, await hand_of(request))
    except PollError as error:
        notice = {"code": error.code, "message": sentence(error, room.event.language)}
        draft, status = message if isinstance(message, Ask) else None, STATUS.get(type(error), 422)
        return _page(request, room, here, notice, draft, status)
    if problems:
        notice = {"code": "problems", "message": " ".join(problems)}
        return _page(request, room, here, notice, message if isinstance(message, Ask) else None, 422)
    if isinstance(message, Decide):
        return RedirectResponse(f"/e/{room.event.code}/desk?{request.url.query}#entries", 303)
    look = _look_after(room, message, stage)
    return RedirectResponse(f"/e/{room.event.code}/desk{f'?question={look}' if look else ''}", 303)


async def state(request: Request) -> Response:
    """The frame that a desk's socket would get."""
    room = await room_of(request)
    room.moderate()
    return html(room.frames.of(seat(request, room)).html)


async def export(request: Request) -> Response:
    """The results as a file, in the format that the address names; none while a rehearsal runs."""
    chosen = FORMATS.get(request.path_params["format"])
    if chosen is None:
        raise Unknown("unknown_page")
    room = await room_of(request)
    async with parts(request).database.read() as connection:
        found = await read_export(connection, room.event.id)
    named = {"Content-Disposition": f'attachment; filename="{room.event.code}{chosen.suffix}"'}
    content = await asyncio.to_thread(chosen.write, found)
    return Response(content, media_type=chosen.media_type, headers=NO_STORE | named)


async def command(rooms: Rooms, room: Room, member: Member, message: DeskMessage, hand: Hand) -> None:
    """A message of a desk's socket; the notice says what was wrong, or is emptied."""
    notice, stage = None, room.event.current
    try:
        if isinstance(message, Look):
            connections.look(room, member, message.question, message.wanted)
            return
        if problems := await _carry_out(rooms, room, message, hand):
            notice = {"code": "problems", "message": " ".join(problems)}
        elif member.audience.look and not isinstance(message, Decide):
            connections.look(room, member, _look_after(room, message, stage))
    except PollError as error:
        notice = {"code": error.code, "message": sentence(error, room.event.language)}
        connections.greet(room, member)
    asked = isinstance(message, Ask) and notice is None
    told = render.frame("desk_notice", room.view(Role.MODERATOR), notice=notice, asked=asked)
    member.connection.push(encode(told))


async def _carry_out(rooms: Rooms, room: Room, message: DeskMessage, hand: Hand) -> list[str]:
    """Do what a moderator says; returns what is wrong with a question asked on the spot, raises PollError."""
    line = line_of(message, hand, room)
    if isinstance(message, Command):
        await rooms.command(room, message, line)
    elif isinstance(message, Sweep):
        await steps.sweep(rooms, room, message, line)
    elif isinstance(message, ShowJoin):
        await steps.show_join(rooms, room, message, line)
    elif isinstance(message, Arrange):
        await editing.arrange(rooms, room, message, line)
    elif isinstance(message, Shift):
        await programming.shift(rooms, room, message, line)
    elif isinstance(message, Time):
        await steps.time(rooms, room, message, line)
    elif isinstance(message, Rehearse):
        await steps.rehearse(rooms, room, message, line)
    elif isinstance(message, Decide):
        await decisions.decide(rooms, room, message, line)
    elif isinstance(message, Ask):
        return await editing.ask(rooms, room, message, line)
    return []


def _look_after(room: Room, message: DeskMessage, stage: int | None) -> int:
    """Return the question that a desk looks at after a command, when ``stage`` stood on the stage before it.

    It stays at the one that it has changed beside the stage, unless that went to the archive or came back; else it
    follows the stage, 0.
    """
    question = message.question if isinstance(message, Arrange | Command | Time) else 0
    if isinstance(message, Command) and message.action in (Action.ARCHIVE, Action.RESTORE):
        question = 0
    beside = stage == room.event.current and question != stage and room.event.has(question)
    return question if beside else 0


def _seat_after(request: Request, room: Room, message: DeskMessage) -> Audience:
    """Return what a desk shows when a form of it was refused."""
    if isinstance(message, Decide):
        return seat(request, room)
    return _FOLLOWING._replace(look=_look_after(room, message, room.event.current))


_FOLLOWING = Audience(Role.MODERATOR)
"""A desk that follows the stage."""


def seat(connection: HTTPConnection, room: Room) -> Audience:
    """Return what the address of a desk selects: a question, and what its entries must contain.

    A question that is not there any more gives way to the one on the stage.
    """
    known = {str(question.id): question.id for question in room.event.questions}
    look = known.get(connection.query_params.get("question", ""), 0)
    wanted = wanted_text(connection.query_params.get("filter", ""))
    return Audience(Role.MODERATOR, look=look, wanted=wanted)


def _page(
    request: Request,
    room: Room,
    here: Audience,
    notice: dict[str, str] | None = None,
    draft: Ask | None = None,
    status: int = 200,
) -> Response:
    content = render.page(
        "desk.html",
        room.event.language,
        room.site,
        view=room.view(Role.MODERATOR, look=here.look, wanted=here.wanted),
        organiser=parts(request).accounts.has_key(request),
        notice=notice,
        draft=draft,
        **room.context(Role.MODERATOR, here.look),
    )
    return html(content, status)
