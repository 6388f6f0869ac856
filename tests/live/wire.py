"""Real servers and raw clients for the tests of the WebSocket protocol, on loopback and in the test's own loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Self

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Close, Frame, Opcode

from poll_server.live.encoding import encode
from poll_server.live.protocol import EXTENSION, FanoutProtocol

MAX_SIZE = 16 * 1024
HANDSHAKE = {
    "Host": "test",
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


class Room:
    """A plain ASGI application that greets and detaches every connection and remembers what became of it."""

    def __init__(self, on_message: Callable[[FanoutProtocol, str | bytes], None] | None = None) -> None:
        self.members: asyncio.Queue[FanoutProtocol] = asyncio.Queue()
        self.messages: asyncio.Queue[str | bytes] = asyncio.Queue()
        self.leavers: asyncio.Queue[FanoutProtocol] = asyncio.Queue()
        self.on_message = on_message or self.note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.take(scope)

    def take(self, scope: Scope) -> None:
        """Detach a connection."""
        member: FanoutProtocol = scope["extensions"][EXTENSION]
        member.detach(self.on_message, self.leavers.put_nowait)
        self.members.put_nowait(member)

    def note(self, member: FanoutProtocol, message: str | bytes) -> None:
        """Remember a message."""
        self.messages.put_nowait(message)


def echo(member: FanoutProtocol, message: str | bytes) -> None:
    """Send a message back, as text."""
    member.push(encode(message))


class Serving:
    """A running uvicorn server and where to find it."""

    def __init__(self, server: uvicorn.Server, port: int, task: "asyncio.Task[None]") -> None:
        self.server = server
        self.port = port
        self.task = task
        self.url = f"ws://127.0.0.1:{port}/"

    async def stop(self) -> None:
        """Stop, and return when it has."""
        self.server.should_exit = True
        await self.task


def listening() -> socket.socket:
    """A socket that takes connections from now on; those it accepts have small send buffers: slow clients show soon."""
    sock = socket.create_server(("127.0.0.1", 0))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * 1024)
    return sock


@contextlib.asynccontextmanager
async def serving(
    app: Any, protocol: type[WebSocketsSansIOProtocol] = FanoutProtocol, **options: Any
) -> AsyncIterator[Serving]:
    """A server with this application, in the loop of the test; it has stopped after the block."""
    settings: dict[str, Any] = {
        "ws_max_size": MAX_SIZE,
        "ws_per_message_deflate": False,
        "ws_ping_interval": None,
    } | options
    sock = listening()
    port = sock.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(app, ws=protocol, http="httptools", lifespan="off", log_config=None, **settings)
    )
    served = Serving(server, port, asyncio.create_task(server.serve(sockets=[sock])))
    try:
        yield served
    finally:
        await served.stop()


class RawClient:
    """A WebSocket client of single frames that reads nothing unless told to, and may misbehave."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._received = bytearray()
        self._loop = asyncio.get_running_loop()

    @classmethod
    @contextlib.asynccontextmanager
    async def connected(
        cls, port: int, receive_buffer: int = 64 * 1024, path: str = "/", headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Self]:
        """A client whose handshake is done; the connection breaks off after the block."""
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setblocking(False)
            client = cls(sock)
            await client._loop.sock_connect(sock, ("127.0.0.1", port))
            await client._shake_hands(path, headers or {})
            yield client

    async def _shake_hands(self, path: str, headers: Mapping[str, str]) -> None:
        given = {**HANDSHAKE, **headers}
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
        await self.write("\r\n".join(lines).encode())
        while b"\r\n\r\n" not in self._received:
            await self._more()
        head, _, rest = bytes(self._received).partition(b"\r\n\r\n")
        assert head.split(b"\r\n")[0] == b"HTTP/1.1 101 Switching Protocols"
        self._received = bytearray(rest)

    async def send(self, *frames: Frame) -> None:
        """Send all in one piece."""
        await self.write(b"".join(frame.serialize(mask=True) for frame in frames))

    async def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        await self._loop.sock_sendall(self._sock, data)

    async def frame(self) -> tuple[Opcode, bytes]:
        """The next frame's opcode and payload; EOFError when the server has closed."""
        first, second = await self._exactly(2)
        assert (first & 0xF0, second & 0x80) == (0x80, 0), (
            "a server's frames are whole, unmasked and without extensions"
        )
        length = second
        if second == 126:
            length = int.from_bytes(await self._exactly(2))
        elif second == 127:
            length = int.from_bytes(await self._exactly(8))
        return Opcode(first & 0x0F), await self._exactly(length)

    async def close_code(self) -> int:
        """The code of the next frame, which must be the last one and a close frame."""
        opcode, payload = await self.frame()
        assert opcode is Opcode.CLOSE
        with pytest.raises(EOFError):
            await self._exactly(1)
        return Close.parse(payload).code

    async def _exactly(self, size: int) -> bytes:
        while len(self._received) < size:
            await self._more()
        data = bytes(self._received[:size])
        del self._received[:size]
        return data

    async def _more(self) -> None:
        data = await self._loop.sock_recv(self._sock, 64 * 1024)
        if not data:
            raise EOFError
        self._received += data
