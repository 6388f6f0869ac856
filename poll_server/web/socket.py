"""The audience's socket: checked as a request, then handed to the room; its messages are parsed here alone."""

import asyncio

from starlette.websockets import WebSocket

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.errors import PollError
from poll_server.live import connections, private
from poll_server.live.cast import cast
from poll_server.live.encoding import encode
from poll_server.live.groups import choose
from poll_server.live.protocol import EXTENSION, FanoutProtocol
from poll_server.live.room import Room
from poll_server.messages import Add, Choose, Extend, parse_add, parse_choose, parse_extend, parse_vote
from poll_server.messages.fields import fields_of
from poll_server.render import Receipt
from poll_server.web.doors import check_origin, parts, room_of
from poll_server.web.languages import language_of
from poll_server.web.receiving import Receiver


async def audience(websocket: WebSocket) -> None:
    """A participant's socket; the page before it has given the cookie."""
    room = await room_to_enter(websocket)
    known = room and parts(websocket).sessions.participant(websocket)
    if room is None or not known:
        await websocket.close()
        return
    await websocket.accept()
    connection: FanoutProtocol = websocket.scope["extensions"][EXTENSION]
    pseudonym, language = room.pseudonym(known), language_of(websocket, room)
    member = connections.join(room, connection, Role.AUDIENCE, pseudonym, language=language)
    connection.detach(_Receiver(parts(websocket), room, member), lambda _: connections.leave(room, member))


async def room_to_enter(websocket: WebSocket) -> Room | None:
    """Return the room if this connection may enter; a refusal is an HTTP 403 to the handshake."""
    try:
        check_origin(websocket)
        return await room_of(websocket)
    except PollError:
        return None


class _Receiver(Receiver):
    """Takes votes and wishes."""

    __slots__ = ()

    def _take(self, message: str | bytes) -> None:
        fields = fields_of(message)
        if wish := parse_extend(fields):
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
