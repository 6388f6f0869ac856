"""Questions from the floor, for the audience: page, forms and socket. All works without JavaScript and sockets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid5

import orjson
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.websockets import WebSocket

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.contributions import Fate, Order
from poll_server.domain.errors import Malformed, PollError, Refused, Unknown
from poll_server.i18n import sentence
from poll_server.live import floor_sending, floor_views
from poll_server.live.encoding import encode
from poll_server.live.floor import Floor
from poll_server.live.floor_frames import audience_of, present_session
from poll_server.live.floor_views import AuthorView
from poll_server.live.hub import Audience, Member
from poll_server.live.protocol import EXTENSION, FanoutProtocol
from poll_server.live.room import Room
from poll_server.messages import ID_MAXIMUM, WAVE_MAXIMUM
from poll_server.messages.fields import Fields, fields_of, text_of, whole_number
from poll_server.messages.floor import Back, Contribute, FloorMessage, Withdraw, parse_floor
from poll_server.web.audience import PAGE_HEADERS, known_visitor, visitor
from poll_server.web.doors import NO_STORE, STATUS, Parts, check_origin, fields_posted, html, parts, ready, room_of
from poll_server.web.languages import language_of
from poll_server.web.receiving import Receiver


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody looks at: the room's floor, session, order and language in an audience, and the list's page."""

    room: Room
    floor: Floor
    audience: Audience
    page: int

    @property
    def address(self) -> str:
        """The address of the page that shows just this."""
        order, page = self.audience.wanted, f"&page={self.page}" if self.page > 1 else ""
        return f"/e/{self.room.event.code}/questions?session={self.audience.look}&order={order}{page}"

    @property
    def spoken(self) -> str:
        """The language in which it is spoken."""
        return self.audience.language or self.room.event.language

    def author(self, participant: str) -> AuthorView:
        """Return what is private to somebody."""
        return floor_views.author(self.floor.memory, self.audience.look, participant)


async def look_of(connection: HTTPConnection) -> Look:
    """Read from an address what somebody looks at; raises Unknown, also where an event has no session."""
    room = await room_of(connection)
    if room.floor is None:
        raise Unknown("unknown_page")
    asked = connection.query_params
    try:
        item_id = whole_number(asked["session"], ID_MAXIMUM) if "session" in asked else None
        page = whole_number(asked.get("page", "1"), WAVE_MAXIMUM)
    except Malformed as error:
        raise Unknown("unknown_page") from error
    sessions = room.floor.memory.sessions
    session = room.floor.memory.session(present_session(sessions.values()) if item_id is None else item_id)
    order = asked.get("order", Order.BACKING)
    if order not in set(Order):
        raise Unknown("unknown_page")
    audience = audience_of(session.item_id, Order(order), language_of(connection, room))
    return Look(room, room.floor, audience, max(1, page))


# Pages


async def page(request: Request) -> Response:
    """The questions: ready bytes for those who have none of their own, a page of their own for the others."""
    look = await look_of(request)
    participant, pseudonym, new = visitor(request, look.room)
    author = look.author(pseudonym)
    if author.own or author.backed:
        return html(look.floor.frames.personal(look.audience, look.page, author))
    etag = look.floor.frames.etag(look.audience)
    headers = PAGE_HEADERS | {"ETag": etag}
    if request.headers.get("if-none-match") == etag:
        response = Response(status_code=304, headers=headers)
    else:
        response = ready(request, look.floor.frames.page(look.audience, look.page), headers)
    if new:
        parts(request).sessions.keep_participant(response, participant)
    return response


async def state(request: Request) -> Response:
    """The frames that a socket would get, for browsers whose sockets are blocked; 304 when nothing has changed."""
    look = await look_of(request)
    pseudonym = known_visitor(request, look.room)
    etag = look.floor.frames.etag(look.audience)
    headers = PAGE_HEADERS | {"ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    content = look.floor.frames.of(look.audience).html
    if pseudonym:
        content += b"\n" + look.floor.frames.own(look.audience, pseudonym)
    return html(content, headers=headers)


async def rest(request: Request) -> Response:
    """One more page of the list, for a script; 304 when nothing has changed."""
    look = await look_of(request)
    known_visitor(request, look.room)
    headers = PAGE_HEADERS | {"ETag": look.floor.frames.etag(look.audience)}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return html(look.floor.frames.rest(look.audience, look.page), headers=headers)


async def answer(request: Request) -> Response:
    """The private page of an author with the answer; whoever has its address may read it."""
    look = await look_of(request)
    one = look.floor.by_answer_key(request.path_params["key"])
    seen = look.room.view(Role.AUDIENCE, language=look.audience.language)
    own = floor_views.own(look.floor.memory, one)
    return html(render.answer_page(seen, look.room.site, own))


# Forms


async def ask(request: Request) -> Response:
    """A question by form."""
    return await _posted(request, Contribute)


async def back(request: Request) -> Response:
    """A backing, or no more, by form: the button says which one."""
    return await _posted(request, Back)


async def withdraw(request: Request) -> Response:
    """An own question taken back by form."""
    return await _posted(request, Withdraw)


async def _posted(request: Request, expected: type[FloorMessage]) -> Response:
    """Carry out a form. A script hears what came of it, a plain form is sent on to the page, or shown again."""
    check_origin(request)
    look = await look_of(request)
    fields = _pressed(await fields_posted(request))
    pseudonym = known_visitor(request, look.room)
    if not pseudonym:
        raise Refused("no_cookie")
    message = parse_floor(fields)
    if not isinstance(message, expected):
        raise Malformed("unknown_message")
    by_script = "hx-request" in request.headers
    if isinstance(message, Contribute) and not by_script:
        # One form may be sent twice, or once more with another text after going back.
        message = replace(message, submission=uuid5(message.submission, message.text))
    try:
        told = await carry_out(look, pseudonym, message)
    except PollError as error:
        if by_script:
            return _told(_refused(look, message, error), look, pseudonym)
        said, typed = _said(message, sentence(error, look.spoken)), _typed(message)
        content = look.floor.frames.personal(look.audience, look.page, look.author(pseudonym), said=said, typed=typed)
        return html(content, STATUS.get(type(error), 422))
    if by_script:
        return _told(told, look, pseudonym)
    place = f"#q{message.contribution}" if isinstance(message, Back) else "#own"
    return RedirectResponse(look.address + place, 303, headers=NO_STORE)


def _pressed(fields: Fields) -> Fields:
    """Read a button of the list, which alone says what is backed, as the message that it stands for."""
    pressed = next((name for name in ("back", "unback") if name in fields), None)
    return fields if pressed is None else {"do": (pressed,), "contribution": (text_of(fields, pressed),)}


def _said(message: FloorMessage, said: str) -> dict[str, str]:
    """Return where on the page the reason of a refusal stands."""
    if isinstance(message, Contribute):
        return {"text": said}
    return {f"q{message.contribution}" if isinstance(message, Back) else "own": said}


def _typed(message: FloorMessage) -> dict[str, str]:
    if not isinstance(message, Contribute):
        return {}
    return {"text": message.text, "addressee": message.addressee, "name": message.name}


def _told(told: Mapping[str, Any], look: Look, pseudonym: str) -> Response:
    """Answer a script: what came of it, and what is private to its reader now."""
    own = look.floor.frames.own(look.audience, pseudonym).decode()
    return Response(orjson.dumps({"told": told, "html": own}), headers=NO_STORE, media_type="application/json")


async def carry_out(look: Look, participant: str, message: FloorMessage) -> dict[str, Any]:
    """Do what a participant wishes and return what to tell them; raises Unknown, Refused, Forbidden or Unavailable."""
    if isinstance(message, Contribute):
        one = await look.floor.ask(participant, message)
        published = one.fate is not Fate.WAITING
        return render.questions_told(look.spoken, submission=message.submission, id=one.id, published=published)
    if isinstance(message, Back):
        done = await look.floor.back(participant, message)
        backers = render.questions_number(done.backers, look.spoken)
        return render.questions_told(
            look.spoken, contribution=message.contribution, root=done.contribution, backed=done.backed, backers=backers
        )
    one = await look.floor.withdraw(participant, message)
    return render.questions_told(look.spoken, withdrawn=one.id)


def _refused(look: Look, message: FloorMessage, error: PollError) -> dict[str, Any]:
    if isinstance(message, Contribute):
        return render.questions_told(look.spoken, error=error, submission=message.submission)
    if isinstance(message, Back):
        return render.questions_told(
            look.spoken, error=error, contribution=message.contribution, backed=not message.backed
        )
    return render.questions_told(look.spoken, error=error, withdrawn=message.contribution)


# The socket


async def socket(websocket: WebSocket) -> None:
    """A participant's socket; the page before it has given the cookie."""
    try:
        check_origin(websocket)
        look = await look_of(websocket)
    except PollError:
        await websocket.close()
        return
    known = parts(websocket).sessions.participant(websocket)
    if not known:
        await websocket.close()
        return
    await websocket.accept()
    connection: FanoutProtocol = websocket.scope["extensions"][EXTENSION]
    member = floor_sending.join(look.room, look.floor, connection, look.audience, look.room.pseudonym(known))
    receive = _Receiver(parts(websocket), look, member)
    connection.detach(receive, lambda _: floor_sending.leave(look.room, look.floor, member))


class _Receiver(Receiver):
    """Takes questions, backings and what is taken back."""

    __slots__ = ("_look",)

    def __init__(self, found: Parts, look: Look, member: Member) -> None:
        super().__init__(found, look.room, member)
        self._look = look

    def _take(self, message: str | bytes) -> None:
        self._begin(self._answer(parse_floor(fields_of(message))))

    async def _answer(self, wish: FloorMessage) -> None:
        participant = self._member.participant
        try:
            told = await carry_out(self._look, participant, wish)
        except PollError as error:
            told = _refused(self._look, wish, error)
        if isinstance(wish, Contribute) and told["state"] == "stored":
            floor_sending.tell_own(self._look.floor, participant)
        self._member.connection.push(encode(orjson.dumps({"told": told})))
