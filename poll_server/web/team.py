"""The sockets of whoever came by a link of the team: desks, screens and podiums. They end with their link."""

from starlette.websockets import WebSocket

from poll_server.domain.access import Role
from poll_server.domain.errors import Malformed, PollError
from poll_server.live import connections
from poll_server.live.hub import Audience, Member
from poll_server.live.protocol import EXTENSION, FanoutProtocol
from poll_server.live.room import Room
from poll_server.messages import parse_desk
from poll_server.messages.fields import fields_of
from poll_server.storage.contributions import Hand
from poll_server.web.desk import command, seat
from poll_server.web.doors import Parts, check_role, parts
from poll_server.web.receiving import Receiver
from poll_server.web.socket import room_to_enter


async def screen(websocket: WebSocket) -> None:
    """A screen's socket: it only listens."""
    await _attach(websocket, Role.SCREEN)


async def podium(websocket: WebSocket) -> None:
    """The podium's socket: it only listens."""
    await _attach(websocket, Role.PODIUM)


async def desk(websocket: WebSocket) -> None:
    """A moderator's socket; its address may select a question to begin with, and which entries of its result."""
    await _attach(websocket, Role.MODERATOR)


async def _attach(websocket: WebSocket, role: Role) -> None:
    """Accept who comes by a link of this role, and let the connection live on without this task."""
    room = await room_to_enter(websocket)
    try:
        link = await check_role(websocket, role) if room else None
    except PollError:
        link = None
    if room is None or link is None:
        await websocket.close()
        return
    here = seat(websocket, room) if role is Role.MODERATOR else Audience(role)
    await websocket.accept()
    connection: FanoutProtocol = websocket.scope["extensions"][EXTENSION]
    accounts = parts(websocket).accounts
    await accounts.hold(websocket, connection)
    member = connections.join(room, connection, role, look=here.look, wanted=here.wanted)
    room.links.join(link.id, connection)
    receive = _Receiver(parts(websocket), room, member, Hand(role, link.name))

    def leave(connection: FanoutProtocol) -> None:
        connections.leave(room, member)
        room.links.leave(link.id, connection)
        accounts.release(connection)

    connection.detach(receive, leave)


class _Receiver(Receiver):
    """Takes a moderator's commands; screens and podiums have nothing to say."""

    __slots__ = ("_hand",)

    def __init__(self, found: Parts, room: Room, member: Member, hand: Hand) -> None:
        super().__init__(found, room, member)
        self._hand = hand

    def _take(self, message: str | bytes) -> None:
        if self._hand.role != Role.MODERATOR:
            raise Malformed("unknown_message")
        said = parse_desk(fields_of(message))
        self._begin(command(self._parts.rooms, self._room, self._member, said, self._hand))
