"""The sockets: checked as requests, then handed to the room; each message is parsed here and nowhere else."""

import asyncio

from starlette.websockets import WebSocket

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.errors import Malformed, PollError
from poll_server.live import connections, private
from poll_server.live.cast import cast
from poll_server.live.encoding import encode
from poll_server.live.groups import choose
from poll_server.live.protocol import EXTENSION, FanoutProtocol
from poll_server.live.room import Room
from poll_server.messages import Add, Choose, Extend, parse_add, parse_choose, parse_desk, parse_extend, parse_vote
from poll_server.messages.fields import fields_of
from poll_server.render import Receipt
from poll_server.web.desk import command, seat
from poll_server.web.doors import check_origin, check_role, parts, room_of
from poll_server.web.languages import language_of
from poll_server.web.receiving import Receiver


async def audience(websocket: WebSocket) -> None:
    """A participant's socket; the page before it has given the cookie."""
    room = await _room(websocket)
    known = room and parts(websocket).sessions.participant(websocket)
    if room is None or not known:
        await websocket.close()
        return
    pseudonym = room.pseudonym(known)
    await _attach(websocket, room, Role.AUDIENCE, participant=pseudonym, language=language_of(websocket, room))


async def screen(websocket: WebSocket) -> None:
    """A screen's socket: it only listens."""
    room = await _room(websocket, Role.SCREEN)
    if room is None:
        await websocket.close()
        return
    await _attach(websocket, room, Role.SCREEN)


async def podium(websocket: WebSocket) -> None:
    """The podium's socket: it only listens."""
    room = await _room(websocket, Role.PODIUM)
    if room is None:
        await websocket.close()
        return
    await _attach(websocket, room, Role.PODIUM)


async def desk(websocket: WebSocket) -> None:
    """A moderator's socket; its address may select a question to begin with, and which entries of its result."""
    room = await _room(websocket, Role.MODERATOR)
    if room is None:
        await websocket.close()
        return
    here = seat(websocket, room)
    await _attach(websocket, room, Role.MODERATOR, look=here.look, wanted=here.wanted)


async def _room(websocket: WebSocket, role: Role | None = None) -> Room | None:
    """Return the room if this connection may enter; a refusal is an HTTP 403 to the handshake."""
    try:
        check_origin(websocket)
        if role is not None:
            await check_role(websocket, role)
        return await room_of(websocket)
    except PollError:
        return None


async def _attach(
    websocket: WebSocket,
    room: Room,
    role: Role,
    *,
    participant: str = "",
    look: int = 0,
    wanted: str = "",
    language: str = "",
) -> None:
    """Accept, and let the connection live on without this task."""
    await websocket.accept()
    connection: FanoutProtocol = websocket.scope["extensions"][EXTENSION]
    found = parts(websocket)
    member = connections.join(room, connection, role, participant, look, wanted, language)
    receive = _Receiver(found, room, member)
    connection.detach(receive, lambda _: connections.leave(room, member))


class _Receiver(Receiver):
    """Takes votes, wishes and commands."""

    __slots__ = ()

    def _take(self, message: str | bytes) -> None:
        role = self._member.audience.role
        if role in (Role.SCREEN, Role.PODIUM):
            raise Malformed("unknown_message")
        fields = fields_of(message)
        if role is Role.MODERATOR:
            self._begin(command(self._parts.rooms, self._room, self._member, parse_desk(fields)))
        elif wish := parse_extend(fields):
            self._begin(self._extend(wish))
        elif addition := parse_add(fields):
            self._begin(self._add(addition))
        elif choice := parse_choose(fields):
            self._begin(self._choose(choice))
        else:
            vote = parse_vote(fields)
            self._waiting += 1
            receipt = cast(
                self._room, self._parts.rooms.box, self._member.participant, vote, self._member.audience.language
            )
            receipt.add_done_callback(self._acknowledge)

    async def _extend(self, wish: Extend) -> None:
        try:
            await self._parts.rooms.extensions.give(self._room, self._member.participant, wish)
        except PollError as error:
            self._tell_error(error)
            self._member.connection.push(encode(render.own_time(self._spoken, wish.question, wish.wave, error=error)))

    async def _choose(self, choice: Choose) -> None:
        try:
            await choose(self._parts.rooms.choices, self._room, self._member.participant, choice)
        except PollError as error:
            self._tell_error(error)

    async def _add(self, addition: Add) -> None:
        participant = self._member.participant
        try:
            await self._parts.rooms.adding.add(self._room, participant, addition)
        except PollError as error:
            self._tell_error(error)
            told = private.additions(self._room, participant, self._member.audience.language, error=error)
            if told:
                self._member.connection.push(encode(told))
        else:
            connections.tell_additions(self._room, participant, fresh=True)

    def _acknowledge(self, receipt: asyncio.Future[Receipt]) -> None:
        self._waiting -= 1
        connections.acknowledge(self._room, self._member.participant, receipt.result())
