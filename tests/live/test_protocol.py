"""The contract between our protocol and the installed uvicorn and websockets: real servers, both loops, loopback."""

import asyncio
import contextlib
import functools
import gc
import inspect
import logging
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self

import pytest
import uvloop
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus, ProtocolError
from websockets.frames import Close, Frame, Opcode

from poll_server.live.encoding import encode
from poll_server.live.hub import push_to_all
from poll_server.live.protocol import EXTENSION, TOO_FAST, FanoutProtocol
from tests.live.wire import MAX_SIZE, RawClient, Room, echo, listening, serving

TIME_LIMIT_SECONDS = 20.0
FILLER = encode("." * 32 * 1024)
ROOT = Path(__file__).parents[2]


def on_both_loops(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test to its end on asyncio's loop and on the one that the product uses, with a limit of time."""

    def runs(new_loop: Callable[[], asyncio.AbstractEventLoop], **arguments: Any) -> None:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(asyncio.wait_for(test(**arguments), TIME_LIMIT_SECONDS))

    functools.update_wrapper(runs, test)
    wanted = [
        inspect.Parameter("new_loop", inspect.Parameter.KEYWORD_ONLY),
        *inspect.signature(test).parameters.values(),
    ]
    runs.__signature__ = inspect.Signature(sorted(wanted, key=lambda parameter: parameter.kind))  # type: ignore[attr-defined]
    loops = [asyncio.new_event_loop, uvloop.new_event_loop]
    marked: Callable[..., None] = pytest.mark.parametrize("new_loop", loops, ids=["asyncio", "uvloop"])(runs)
    return marked


def taken(queue: "asyncio.Queue[Any]") -> list[Any]:
    """All that is in `queue` now."""
    return [queue.get_nowait() for _ in range(queue.qsize())]


def text(payload: str) -> Frame:
    return Frame(Opcode.TEXT, payload.encode())


async def until_slow(member: FanoutProtocol) -> int:
    """Push to a client that does not read until it is slow; return how many frames it will find first."""
    for pushed in range(1, 1000):
        assert member.push(FILLER, "filler")
        if member.slow:
            return pushed
        await asyncio.sleep(0)
    raise AssertionError("the client reads")


async def close_code(client: ClientConnection) -> int | None:
    """Read to the end and return the code of the server's close frame."""
    close = await close_received(client)
    return None if close is None else close.code


async def close_received(client: ClientConnection) -> Close | None:
    """Read to the end and return the server's close frame."""
    with contextlib.suppress(ConnectionClosedError):
        async for _ in client:
            pass
    return client.protocol.close_rcvd


@on_both_loops
async def test_detach_without_task() -> None:
    """A detached connection speaks both ways and costs the server no task."""
    room = Room(echo)
    async with serving(room) as served, connect(served.url) as client:
        await client.send("Guten Tag")
        assert await client.recv() == "Guten Tag"
        assert served.server.server_state.tasks == set()


@on_both_loops
async def test_push_before_detach() -> None:
    """What is pushed between accepting and detaching is the client's first frame; before accepting none is taken."""
    taken_at: list[bool] = []

    class Greeting(Room):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            member: FanoutProtocol = scope["extensions"][EXTENSION]
            taken_at.append(member.push(encode("too early")))
            await send({"type": "websocket.accept"})
            taken_at.append(member.push(encode("the whole state")))
            self.take(scope)

    async with serving(Greeting()) as served, connect(served.url) as client:
        assert await client.recv() == "the whole state"
        assert taken_at == [False, True]


@on_both_loops
async def test_messages_large_and_fragmented() -> None:
    """Messages up to the limit arrive whole and in order, in one frame or many; frames to the client may be larger."""
    room = Room()
    async with serving(room) as served, connect(served.url, max_size=None) as client:
        await client.send("ö" * (MAX_SIZE // 2))
        await client.send(b"\x00\xff" * (MAX_SIZE // 2))
        await client.send(["für ", "", "alle"])
        await client.send([b"\xc3", b"\xbc"])
        received = [await room.messages.get() for _ in range(4)]
        assert received == ["ö" * (MAX_SIZE // 2), b"\x00\xff" * (MAX_SIZE // 2), "für alle", b"\xc3\xbc"]
        member = await room.members.get()
        assert member.push(encode("ß" * 1024 * 1024))
        assert await client.recv() == "ß" * 1024 * 1024


@on_both_loops
async def test_fragment_inside_character() -> None:
    """A character may be split over two fragments, with a ping between them."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port) as client:
        await client.send(
            Frame(Opcode.TEXT, b"\xc3", fin=False), Frame(Opcode.PING, b"here?"), Frame(Opcode.CONT, b"\xbc", fin=True)
        )
        assert await room.messages.get() == "ü"
        assert await client.frame() == (Opcode.PONG, b"here?")


class Patient(FanoutProtocol):
    """Takes whatever comes, as fast as it comes."""

    BYTES_PER_SECOND = float("inf")


@on_both_loops
async def test_fragments_empty() -> None:
    """Empty fragments, which no limit of size counts, take no memory."""
    room = Room()
    async with serving(room, Patient) as served, RawClient.connected(served.port) as client:
        member = await room.members.get()
        empty = Frame(Opcode.CONT, b"", fin=False)
        await client.send(Frame(Opcode.TEXT, b"a", fin=False), *[empty] * 5000, Frame(Opcode.PING, b"read"))
        assert await client.frame() == (Opcode.PONG, b"read")
        assert member.frames == [b"a"]
        await client.send(Frame(Opcode.CONT, b"b"))
        assert await room.messages.get() == "ab"


def unscrambled(opcode: Opcode, payload: bytes, fin: bool = True) -> bytes:
    """A client's frame whose mask is zero: on the wire its payload stands as it is."""
    head = Frame(opcode, payload, fin).serialize(mask=False)
    start = len(head) - len(payload)
    return head[:1] + bytes([head[1] | 0x80]) + head[2:start] + bytes(4) + payload


@on_both_loops
async def test_messages_however_the_network_cuts() -> None:
    """Wherever a row of frames is cut, the same messages arrive, also where the middle of one looks like a frame."""
    lookalike = unscrambled(Opcode.TEXT, b"I am no message")
    long_lookalike = unscrambled(Opcode.TEXT, b"?" * 200)
    frames = [
        text("short").serialize(mask=True),
        text("ä" * 100).serialize(mask=True),
        unscrambled(Opcode.BINARY, lookalike),
        unscrambled(Opcode.BINARY, long_lookalike),
        unscrambled(Opcode.TEXT, b"a", fin=False),
        unscrambled(Opcode.PING, lookalike),
        unscrambled(Opcode.CONT, b"b"),
    ]
    sent = b"".join(frames)
    expected = ["short", "ä" * 100, lookalike, long_lookalike, "ab"]
    room = Room()
    async with serving(room, Patient) as served, RawClient.connected(served.port):
        member = await room.members.get()
        around = [sent.partition(lookalike), sent.rpartition(lookalike), sent.partition(long_lookalike)]
        for chunks in [frames, *around, *((sent[:at], sent[at:]) for at in range(1, len(sent)))]:
            for chunk in chunks:
                member.data_received(chunk)
            assert taken(room.messages) == expected


@on_both_loops
@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536])
async def test_messages_of_all_length_forms(size: int) -> None:
    room = Room()
    async with serving(room, ws_max_size=70_000) as served, RawClient.connected(served.port):
        member = await room.members.get()
        member.data_received(text("x" * size).serialize(mask=True))
        assert taken(room.messages) == ["x" * size]


@on_both_loops
async def test_message_amid_the_fragments_of_another() -> None:
    """A whole text frame is a mistake there (RFC 6455, 5.4), and ends the connection instead of being delivered."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port):
        member = await room.members.get()
        member.data_received(unscrambled(Opcode.TEXT, b"first half", fin=False))
        member.data_received(text("whole one").serialize(mask=True))
        assert taken(room.messages) == []
        assert member.close_sent


class Late(Room):
    """Reads the first message itself before it detaches."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.first = await receive()
        self.take(scope)


@on_both_loops
async def test_messages_before_detach() -> None:
    """Messages that come between accepting and detaching are delivered in order, and reading goes on."""
    room = Late()
    async with serving(room) as served, RawClient.connected(served.port) as client:
        await client.send(text("1"), text("2"), Frame(Opcode.BINARY, b""), text("3"))
        assert [await room.messages.get() for _ in range(3)] == ["2", b"", "3"]
        await client.send(text("4"))
        assert await room.messages.get() == "4"


@on_both_loops
async def test_client_closes_before_detach() -> None:
    """A client that votes and leaves at once has voted, and its close is answered and told."""
    room = Late()
    async with serving(room) as served, RawClient.connected(served.port) as client:
        await client.send(text("1"), text("2"), Frame(Opcode.CLOSE, Close(1001, "").serialize()))
        assert await client.close_code() == 1001
        member = await room.leavers.get()
    assert (taken(room.messages), taken(room.members), taken(room.leavers)) == (["2"], [member], [])


@on_both_loops
async def test_client_gone_before_detach() -> None:
    """Detaching a connection that has ended tells so at once."""
    room = Late()
    async with serving(room) as served:
        async with RawClient.connected(served.port):
            pass
        member = await room.members.get()
        assert taken(room.leavers) == [member]
        assert room.first == {"type": "websocket.disconnect", "code": 1005}
    assert taken(room.leavers) == []


@on_both_loops
async def test_detach_wrong_state() -> None:
    """A connection is detached after it has been accepted and once only."""
    refusals: asyncio.Queue[str] = asyncio.Queue()

    class Hasty(Room):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            with pytest.raises(RuntimeError) as early:
                self.take(scope)
            await send({"type": "websocket.accept"})
            self.take(scope)
            with pytest.raises(RuntimeError) as twice:
                self.take(scope)
            with pytest.raises(RuntimeError) as deaf:
                await receive()
            for refusal in (early, twice, deaf):
                refusals.put_nowait(str(refusal.value))

    room = Hasty()
    async with serving(room) as served, connect(served.url) as client:
        assert [await refusals.get() for _ in range(3)] == [
            "the connection must be accepted first",
            "the connection is detached already",
            "the connection is detached: its messages go to on_message",
        ]
        await client.send("still open")
        assert await room.messages.get() == "still open"


@on_both_loops
async def test_application_fails_after_detach() -> None:
    """An application that fails after detaching closes the connection with 1011."""

    class Failing(Room):
        def take(self, scope: Scope) -> None:
            super().take(scope)
            raise ZeroDivisionError

    room = Failing()
    async with serving(room) as served, connect(served.url) as client:
        assert await close_received(client) == Close(1011, "")
        await room.leavers.get()
    assert taken(room.leavers) == []


@on_both_loops
async def test_application_closes_after_detach() -> None:
    """An application that closes in uvicorn's way after detaching, as Starlette may, waits for no slow neighbour."""
    may_close = asyncio.Event()

    class Closing(Room):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await super().__call__(scope, receive, send)
            if scope["path"] == "/closing":
                await may_close.wait()
                await send({"type": "websocket.close", "code": 1011})

    room = Closing()
    async with serving(room) as served, RawClient.connected(served.port, receive_buffer=4096):
        slow = await room.members.get()
        async with connect(served.url + "closing") as client:
            await room.members.get()
            await until_slow(slow)
            may_close.set()
            assert await close_code(client) == 1011
            await room.leavers.get()
        slow.transport.abort()


@on_both_loops
async def test_ping_from_client() -> None:
    """A client's ping is answered after detaching."""
    async with serving(Room()) as served, connect(served.url, ping_interval=None) as client:
        assert await (await client.ping(b"still there?")) >= 0


@on_both_loops
async def test_keepalive() -> None:
    """The server's pings go on after detaching while they are answered; a silent client gets 1011 and is told once."""
    room = Room()
    async with (
        serving(room, ws_ping_interval=0.05, ws_ping_timeout=0.2) as served,
        RawClient.connected(served.port) as client,
    ):
        for _ in range(3):
            opcode, payload = await client.frame()
            assert opcode is Opcode.PING
            await client.send(Frame(Opcode.PONG, payload))
        assert (await client.frame())[0] is Opcode.PING
        assert await client.close_code() == 1011
        await room.leavers.get()
    assert taken(room.leavers) == []


@pytest.mark.parametrize("close", [Close(1000, ""), Close(1001, "unterwegs"), Close(4321, "ü" * 61)], ids=str)
@on_both_loops
async def test_client_closes(close: Close) -> None:
    """A client's close code and reason are echoed; the end is told once, and nothing is taken for it any more."""
    room = Room()
    async with serving(room) as served:
        async with connect(served.url) as client:
            await client.close(close.code, close.reason)
            assert client.protocol.close_rcvd == close
        member = await room.leavers.get()
        assert not member.push(encode("late"))
        member.close(1000)
    assert taken(room.leavers) == []


@on_both_loops
async def test_client_aborts() -> None:
    """A connection that breaks off is told once."""
    room = Room(echo)
    async with serving(room) as served, connect(served.url) as client:
        await client.send("here")
        await client.recv()
        client.transport.abort()
        member = await room.leavers.get()
        assert not member.push(encode("late"))
    assert taken(room.leavers) == []


@on_both_loops
async def test_close() -> None:
    """Closing sends code and reason after all that was pushed before, drops what still comes, and is told once."""

    def close_twice(member: FanoutProtocol, message: str | bytes) -> None:
        room.note(member, message)
        member.push(encode("first this"))
        member.close(4000, "genug")
        member.close(4001, "noch einmal")
        pushed.append(member.push(encode("late")))

    pushed: list[bool] = []
    room = Room(close_twice)
    async with serving(room) as served, RawClient.connected(served.port) as client:
        await client.send(text("one"), text("two"))
        assert await client.frame() == (Opcode.TEXT, b"first this")
        assert await client.frame() == (Opcode.CLOSE, Close(4000, "genug").serialize())
        await client.send(text("three"), Frame(Opcode.CLOSE, Close(4000, "").serialize()))
        await room.leavers.get()
    assert (taken(room.messages), pushed, taken(room.leavers)) == (["one"], [False], [])


@on_both_loops
async def test_close_without_echo() -> None:
    """A client that does not answer a close frame is disconnected after the time for that."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port) as client:
        member = await room.members.get()
        member.close_timeout = 0.05
        member.close(4000)
        assert await client.close_code() == 4000
        await room.leavers.get()
    assert taken(room.leavers) == []


@pytest.mark.parametrize(("code", "reason"), [(1005, ""), (99, ""), (1000, "x" * 124)])
@on_both_loops
async def test_close_impossible(code: int, reason: str) -> None:
    """A close frame that may not exist is refused, and the connection stays as it was."""
    room = Room()
    async with serving(room) as served, connect(served.url) as client:
        member = await room.members.get()
        with pytest.raises(ProtocolError):
            member.close(code, reason)
        assert member.push(encode("open"))
        assert await client.recv() == "open"


@on_both_loops
async def test_shutdown() -> None:
    """A server that stops closes every detached connection with 1012, quickly, and tells each once."""
    room = Room()
    async with serving(room) as served, contextlib.AsyncExitStack() as clients:
        all_clients = [await clients.enter_async_context(connect(served.url)) for _ in range(20)]
        members = [await room.members.get() for _ in all_clients]
        await asyncio.wait_for(served.stop(), 2.0)
        assert [await close_received(client) for client in all_clients] == [Close(1012, "")] * 20
    leavers = taken(room.leavers)
    assert len(leavers) == 20
    assert set(leavers) == set(members)


def test_sigterm() -> None:
    """SIGTERM gives a detached client 1012 and ends the process."""
    program = """
import socket, sys, uvicorn
from poll_server.live.protocol import FanoutProtocol
async def app(scope, receive, send):
    await send({"type": "websocket.accept"})
    scope["extensions"]["poll.fanout"].detach(lambda *heard: None, lambda gone: None)
config = uvicorn.Config(app, ws=FanoutProtocol, http="httptools", loop="uvloop", lifespan="off", log_config=None)
uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
"""

    async def client(port: int, pid: int) -> Close | None:
        async with connect(f"ws://127.0.0.1:{port}/") as connection:
            os.kill(pid, signal.SIGTERM)
            return await close_received(connection)

    with listening() as sock:
        command = [sys.executable, "-c", program, str(sock.fileno())]
        with subprocess.Popen(command, cwd=ROOT, pass_fds=[sock.fileno()]) as server:
            try:
                work = asyncio.wait_for(client(sock.getsockname()[1], server.pid), TIME_LIMIT_SECONDS)
                assert asyncio.run(work) == Close(1012, "")
                assert server.wait(TIME_LIMIT_SECONDS) == -signal.SIGTERM
            finally:
                server.kill()


@on_both_loops
async def test_message_too_large() -> None:
    """A message one byte above the limit gets 1009 and reaches nobody; the end is told once."""
    room = Room()
    async with serving(room) as served, connect(served.url) as client:
        await client.send("x" * (MAX_SIZE + 1))
        assert await close_code(client) == 1009
        await room.leavers.get()
    assert (taken(room.messages), taken(room.leavers)) == ([], [])


@on_both_loops
async def test_message_far_too_large() -> None:
    """A client that is in the middle of a large message reads 1009, not a reset."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port) as client:
        both = asyncio.gather(client.send(text("x" * 4 * 1024 * 1024)), client.close_code())
        _, code = await asyncio.wait_for(both, 5.0)
        assert code == 1009


@on_both_loops
async def test_fragments_too_large() -> None:
    """The limit is for the whole message, however many fragments it has; a client that stays then is disconnected."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port) as client:
        (await room.members.get()).close_timeout = 0.05
        half = b"x" * (MAX_SIZE // 2)
        await client.send(
            Frame(Opcode.TEXT, half, fin=False), Frame(Opcode.CONT, half, fin=False), Frame(Opcode.CONT, b"x")
        )
        assert await client.close_code() == 1009
        await room.leavers.get()
    assert taken(room.leavers) == []


@pytest.mark.parametrize("payload", [b"\xff", b"\xed\xa0\x80", b"ab\xc3"])
@on_both_loops
async def test_text_not_utf8(payload: bytes) -> None:
    """Text that is not UTF-8 gets 1007 and reaches nobody."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port) as client:
        (await room.members.get()).close_timeout = 0.05
        await client.send(Frame(Opcode.TEXT, payload), text("after"))
        assert await client.close_code() == 1007
        await room.leavers.get()
    assert (taken(room.messages), taken(room.leavers)) == ([], [])


class Strict(FanoutProtocol):
    """Takes a hundred messages of 16 KiB a second, ten of them at once."""

    BYTES_PER_SECOND = 100 * (MAX_SIZE + FanoutProtocol.FRAME_BYTES + 8)
    AHEAD_SECONDS = 0.1
    HASTY_LIMIT_SECONDS = 0.5


@on_both_loops
async def test_hasty_client() -> None:
    """A client that never stops sending is slowed down to what it may send, then closed with a sentence; told once."""
    room = Room()
    async with serving(room, Strict) as served, RawClient.connected(served.port) as client:
        member = await room.members.get()
        begun, before = member.loop.time(), member.traffic.dropped["flooding"]
        flood = asyncio.create_task(send_for_ever(client))
        assert await client.frame() == (Opcode.CLOSE, Close(1008, TOO_FAST).serialize())
        took = member.loop.time() - begun
        assert await room.leavers.get() == member
        assert member.traffic.dropped["flooding"] - before == 1
        with contextlib.suppress(ConnectionError):
            await flood
    assert took > Strict.HASTY_LIMIT_SECONDS
    # What was in the kernel's hands comes in chunks of at most a quarter of a MiB.
    assert room.messages.qsize() < 100 * took + 10 + 2 * 16


async def send_for_ever(client: RawClient) -> None:
    """Send the largest messages as fast as they are taken."""
    while True:
        await client.send(text("x" * MAX_SIZE))


@on_both_loops
async def test_hasty_client_relents() -> None:
    """Who sends too much at once is waited for: every message comes, in order, also those that are sent afterwards."""
    room = Room()
    async with serving(room, Strict) as served, RawClient.connected(served.port) as client:
        sent = [str(at).rjust(MAX_SIZE) for at in range(40)]
        for message in sent:
            await client.send(text(message))
        assert [await room.messages.get() for _ in sent] == sent
        await client.send(text("afterwards"))
        assert await room.messages.get() == "afterwards"


@pytest.mark.parametrize("frame", [Frame(Opcode.PING, b""), Frame(Opcode.TEXT, b"", fin=False), text("")])
@on_both_loops
async def test_hasty_client_of_tiny_frames(frame: Frame) -> None:
    """Thousands of the smallest frames at once, of whatever sort, close their connection before all have been read."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port) as client:
        rest = [frame] if frame.fin else [Frame(Opcode.CONT, b"", fin=False)]
        flood = asyncio.create_task(client.send(frame, *rest * 30_000))
        while (came := await client.frame())[0] is not Opcode.CLOSE:
            assert came == (Opcode.PONG, b"")
        assert came[1] == Close(1008, TOO_FAST).serialize()
        with contextlib.suppress(ConnectionError):
            await flood
    assert room.messages.qsize() <= FanoutProtocol.PIECE_BYTES // 6


class Records(logging.Handler):
    """Keeps what our protocol logs, as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {self.format(record)}")

    def __enter__(self) -> Self:
        logging.getLogger("poll_server.live.protocol").addHandler(self)
        return self

    def __exit__(self, *error: object) -> None:
        logging.getLogger("poll_server.live.protocol").removeHandler(self)


@on_both_loops
async def test_on_message_fails() -> None:
    """A message that our code fails on closes its connection with 1011; the log says where, not what and from whom."""

    def choke(member: FanoutProtocol, message: str | bytes) -> None:
        if message == "meine Antwort":
            raise ValueError(message)
        echo(member, message)

    room = Room(choke)
    with Records() as records:
        async with serving(room) as served, connect(served.url) as other:
            async with connect(served.url) as client:
                await client.send("meine Antwort")
                await client.send("nothing more")
                assert await close_received(client) == Close(1011, "")
                await room.leavers.get()
            await other.send("mine too?")
            assert await other.recv() == "mine too?"
    assert [line.splitlines()[0] for line in records.lines] == ["ERROR on_message failed: ValueError"]
    assert ["raise ValueError(message)" in records.lines[0], "meine Antwort" in records.lines[0]] == [True, False]
    assert "127.0.0.1" not in records.lines[0]


@on_both_loops
async def test_on_close_fails() -> None:
    """An on_close that fails is logged and does not keep the connection in the server."""

    def fail(member: FanoutProtocol) -> None:
        raise ValueError("abc")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        scope["extensions"][EXTENSION].detach(echo, fail)

    with Records() as records:
        async with serving(app) as served, connect(served.url) as client:
            await client.send("here")
            await client.recv()
        assert served.server.server_state.connections == set()
    assert [line.splitlines()[0] for line in records.lines] == ["ERROR on_close failed: ValueError"]


async def read_texts(client: RawClient, count: int) -> list[str]:
    frames = [await client.frame() for _ in range(count)]
    assert {opcode for opcode, _ in frames} <= {Opcode.TEXT}
    return [payload.decode() for _, payload in frames]


@on_both_loops
async def test_slow_client() -> None:
    """A client that reads again finds each topic's newest frame and all private frames, in the order of pushing."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port, receive_buffer=4096) as client:
        member = await room.members.get()
        fillers = await until_slow(member)
        pushes: list[tuple[str, str | None]] = [
            ("a1", "a"),
            ("p1", None),
            ("b1", "b"),
            ("a2", "a"),
            ("p2", None),
            ("c1", "c"),
            ("b2", "b"),
            ("p3", None),
        ]
        before = member.traffic.replaced
        assert [member.push(encode(name), topic) for name, topic in pushes] == [True] * len(pushes)
        assert member.traffic.replaced - before == 2
        assert set(await read_texts(client, fillers)) == {"." * 32 * 1024}
        assert await read_texts(client, 6) == ["p1", "a2", "p2", "c1", "b2", "p3"]
        assert not member.slow
        assert member.push(encode("a3"), "a")
        assert await read_texts(client, 1) == ["a3"]


@on_both_loops
async def test_slow_client_again() -> None:
    """A client that is slow a second time is treated as the first time: what was kept then is forgotten."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port, receive_buffer=4096) as client:
        member = await room.members.get()
        for name in ("first", "second"):
            fillers = await until_slow(member)
            assert [member.push(encode(f"{name} {n}")) for n in range(64)] == [True] * 64
            await read_texts(client, fillers)
            assert await read_texts(client, 64) == [f"{name} {n}" for n in range(64)]


@on_both_loops
async def test_slow_client_beside_others() -> None:
    """While one client does not read, the others get every frame."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port, receive_buffer=4096):
        slow = await room.members.get()
        async with connect(served.url) as other:
            member = await room.members.get()
            await until_slow(slow)
            for n in range(100):
                assert [each.push(encode(str(n)), "tally") for each in (slow, member)] == [True, True]
            assert [await other.recv() for _ in range(100)] == [str(n) for n in range(100)]
        slow.transport.abort()


@on_both_loops
async def test_push_to_all_keeps_frames_whole() -> None:
    """Frames that reach the kernel in parts arrive whole and in order, between those pushed to one connection alone."""
    room, sizes = Room(), [1, 50_000, 7, 20_000, 126, 30_000] * 3
    async with serving(room) as served, RawClient.connected(served.port, receive_buffer=4096) as client:
        member = await room.members.get()
        for at, size in enumerate(sizes):
            push_to_all([member], encode(f"{at}" * size))
            member.push(encode(f"alone {at}"))
        expected = [text for at, size in enumerate(sizes) for text in (f"{at}" * size, f"alone {at}")]
        assert await read_texts(client, len(expected)) == expected


@on_both_loops
async def test_push_to_all_passes_over_the_gone() -> None:
    """Who has left, is leaving or has not been accepted gets nothing, and the others everything."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port), connect(served.url) as leaving:
        gone, left = await room.members.get(), await room.members.get()
        gone.transport.abort()
        left.close(1000)
        async with connect(served.url) as other:
            push_to_all([gone, left, await room.members.get()], encode("hello"))
            assert (await other.recv(), await close_code(leaving)) == ("hello", 1000)


@on_both_loops
async def test_push_to_all_keeps_for_a_slow_client() -> None:
    """A slow client gets the newest of what came to all, after what it had; a client that reads gets each."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port, receive_buffer=4096) as client:
        slow = await room.members.get()
        async with connect(served.url) as other:
            member = await room.members.get()
            fillers = await until_slow(slow)
            for name in ("1", "2", "3"):
                push_to_all([slow, member], encode(name), "stage")
            assert [await other.recv() for _ in range(3)] == ["1", "2", "3"]
        await read_texts(client, fillers)
        assert await read_texts(client, 1) == ["3"]


@on_both_loops
async def test_slow_client_too_long() -> None:
    """A client that stays slow for the limit is aborted at the next push, and told once."""

    class Hurried(FanoutProtocol):
        SLOW_LIMIT_SECONDS = 0.0

    room = Room()
    async with serving(room, Hurried) as served, RawClient.connected(served.port, receive_buffer=4096):
        member = await room.members.get()
        await until_slow(member)
        before = member.traffic.dropped["slow"]
        assert [member.push(encode("late"), "tally") for _ in range(2)] == [False, False]
        assert await room.leavers.get() == member
        assert member.traffic.dropped["slow"] - before == 1
    assert taken(room.leavers) == []


@on_both_loops
async def test_slow_client_too_many_private() -> None:
    """Private frames are never dropped: when more than the limit wait the client is aborted."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port, receive_buffer=4096):
        member = await room.members.get()
        await until_slow(member)
        assert [member.push(encode("ack")) for _ in range(66)] == [True] * 64 + [False] * 2
        assert await room.leavers.get() == member
    assert taken(room.leavers) == []


@on_both_loops
async def test_slow_client_pings() -> None:
    """A client that pings without reading gets the newest answer only, and fills no memory."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port, receive_buffer=4096) as client:
        member = await room.members.get()
        fillers = await until_slow(member)
        waiting = member.transport.get_write_buffer_size()
        for n in range(500):
            await client.send(Frame(Opcode.PING, str(n).encode()))
            await client.send(text(str(n)))
            assert await room.messages.get() == str(n)
        assert member.transport.get_write_buffer_size() == waiting
        assert member.push(encode("after"))
        await read_texts(client, fillers)
        assert [await client.frame() for _ in range(2)] == [(Opcode.PONG, b"499"), (Opcode.TEXT, b"after")]


@on_both_loops
async def test_slow_client_close() -> None:
    """Closing a slow client sends all that is kept first."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port, receive_buffer=4096) as client:
        member = await room.members.get()
        fillers = await until_slow(member)
        member.push(encode("counted"))
        member.close(4000)
        await read_texts(client, fillers)
        assert await read_texts(client, 1) == ["counted"]
        assert await client.frame() == (Opcode.CLOSE, Close(4000, "").serialize())


@on_both_loops
async def test_slow_client_closes() -> None:
    """A client that closes without reading what was written is disconnected after the time for that."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port, receive_buffer=4096) as client:
        member = await room.members.get()
        member.close_timeout = 0.05
        await until_slow(member)
        await client.send(Frame(Opcode.CLOSE, Close(1000, "").serialize()))
        assert await room.leavers.get() == member
    assert taken(room.leavers) == []


@on_both_loops
async def test_slow_client_closes_and_reads() -> None:
    """Nothing follows the close frame: what is kept when a client closes stays unsent."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port, receive_buffer=4096) as client:
        member = await room.members.get()
        fillers = await until_slow(member)
        assert member.push(encode("tally"), "tally")
        await client.send(text("last"), Frame(Opcode.CLOSE, Close(1001, "").serialize()))
        assert await room.messages.get() == "last"
        await read_texts(client, fillers)
        assert await client.close_code() == 1001


@on_both_loops
async def test_slow_client_misses_pings() -> None:
    """A client that neither reads nor answers pings is disconnected, although what was written cannot be delivered."""
    room = Room()
    async with (
        serving(room, ws_ping_interval=0.05, ws_ping_timeout=0.05) as served,
        RawClient.connected(served.port, receive_buffer=4096),
    ):
        member = await room.members.get()
        member.close_timeout = 0.05
        await until_slow(member)
        assert await room.leavers.get() == member
    assert taken(room.leavers) == []


class Brief(FanoutProtocol):
    SHUTDOWN_LIMIT_SECONDS = 0.05


@on_both_loops
async def test_shutdown_slow_client() -> None:
    """A client that never reads does not hold up a server that stops."""
    room = Room()
    async with serving(room, Brief) as served, RawClient.connected(served.port, receive_buffer=4096):
        await until_slow(await room.members.get())
        await asyncio.wait_for(served.stop(), 2.0)
        assert len(taken(room.leavers)) == 1


@on_both_loops
async def test_shutdown_reading_client() -> None:
    """A slow client that reads once the server has begun to stop gets what was kept for it, and 1012."""
    room = Room()
    async with serving(room) as served, RawClient.connected(served.port, receive_buffer=4096) as client:
        member = await room.members.get()
        fillers = await until_slow(member)
        member.push(encode("counted"))
        member.shutdown()
        await read_texts(client, fillers)
        assert await read_texts(client, 1) == ["counted"]
        assert await client.close_code() == 1012


@on_both_loops
async def test_shutdown_while_client_closes() -> None:
    """A client that has closed but does not read what was written holds up and breaks nothing when the server stops."""
    room = Room()
    async with (
        serving(room, Brief) as served,
        RawClient.connected(served.port, receive_buffer=4096) as client,
        connect(served.url) as other,
    ):
        member = await room.members.get()
        await until_slow(member)
        await client.send(text("last"), Frame(Opcode.CLOSE, Close(1000, "").serialize()))
        assert await room.messages.get() == "last"
        assert member.transport.is_closing()
        await asyncio.wait_for(served.stop(), 2.0)
        assert await close_received(other) == Close(1012, "")
        assert len(taken(room.leavers)) == 2


@on_both_loops
async def test_connection_freed_without_collection() -> None:
    """What a connection held is freed when it ends, without a garbage collection, which a large server seldom makes."""
    room = Room(echo)
    async with serving(room) as served:
        gc.collect()
        gc.disable()
        try:
            async with connect(served.url) as client:
                await client.send("here")
                await client.recv()
                member = await room.members.get()
                held: list[weakref.ref[Any]] = [weakref.ref(member), weakref.ref(member.conn)]
                del member
            await room.leavers.get()
            await asyncio.sleep(0)
            assert [reference() for reference in held] == [None, None]
        finally:
            gc.enable()


@on_both_loops
async def test_idle_connection_forgets_request() -> None:
    """A detached connection keeps neither the request with its cookies nor the client's address."""
    room = Room(echo)
    async with serving(room) as served, connect(served.url, additional_headers={"Cookie": "who=me"}) as client:
        member = await room.members.get()
        await client.send("here")
        await client.recv()
        assert [hasattr(member, name) for name in ("scope", "request", "response")] == [False] * 3
        assert (member.client, member.server) == (None, None)
        assert list(inspect.getgeneratorlocals(member.conn.parser)["request"].headers) == []


async def plain_echo(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that never heard of detaching."""
    assert scope["type"] == "websocket"
    await receive()
    await send({"type": "websocket.accept"})
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        if event.get("text") == "close":
            await send({"type": "websocket.close", "code": 4001, "reason": "wie gewünscht"})
            return
        if event.get("text") == "fail":
            raise ZeroDivisionError
        if event.get("text") == "return":
            return
        await send({"type": "websocket.send", "text": event.get("text"), "bytes": event.get("bytes")})


@on_both_loops
async def test_plain_application_echoes() -> None:
    """An application that does not detach receives and sends as with uvicorn's own protocol; pings are answered."""
    async with serving(plain_echo) as served, connect(served.url) as client:
        await client.send("ä" * (MAX_SIZE // 2))
        assert await client.recv() == "ä" * (MAX_SIZE // 2)
        await client.send([b"\x00", b"\xff"])
        assert await client.recv() == b"\x00\xff"
        assert await (await client.ping()) >= 0
        await client.close(4002, "fertig")
        assert client.protocol.close_rcvd == Close(4002, "fertig")


@pytest.mark.parametrize(
    ("message", "close"), [("close", Close(4001, "wie gewünscht")), ("return", None), ("fail", None)]
)
@on_both_loops
async def test_plain_application_ends(message: str, close: Close | None) -> None:
    """An application that does not detach takes its connection with it when it closes, returns or fails."""
    async with serving(plain_echo) as served, connect(served.url) as client:
        await client.send(message)
        assert await close_received(client) == close


@on_both_loops
async def test_plain_application_shutdown() -> None:
    """An application that does not detach hears of the shutdown, and its client gets 1012."""
    async with serving(plain_echo) as served, connect(served.url) as client:
        await client.send("here")
        await client.recv()
        await asyncio.wait_for(served.stop(), 2.0)
        assert await close_received(client) == Close(1012, "")


@on_both_loops
async def test_plain_application_too_large() -> None:
    """The limit of a message's size holds for an application that does not detach."""
    async with serving(plain_echo) as served, connect(served.url) as client:
        await client.send("x" * (MAX_SIZE + 1))
        assert await close_code(client) == 1009


@on_both_loops
async def test_plain_application_backpressure() -> None:
    """An application that awaits its sends to a slow client gets all of them through, also beside pushed frames."""
    done = asyncio.Event()

    async def flood(scope: Scope, receive: Receive, send: Send) -> None:
        member: FanoutProtocol = scope["extensions"][EXTENSION]
        await send({"type": "websocket.accept"})
        for n in range(40):
            await send({"type": "websocket.send", "text": str(n).rjust(16 * 1024)})
        member.push(encode("end"))
        done.set()
        await receive()
        await receive()

    async with serving(flood) as served, RawClient.connected(served.port, receive_buffer=4096) as client:
        assert [int(payload) for payload in await read_texts(client, 40)] == list(range(40))
        await done.wait()
        assert await read_texts(client, 1) == ["end"]


@pytest.mark.parametrize(("action", "status"), [("reject", 403), ("return", 500), ("fail", 500)])
@on_both_loops
async def test_handshake_refused(action: str, status: int) -> None:
    """An application that rejects, returns or fails before accepting answers with a status."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if action == "fail":
            raise ZeroDivisionError
        if action == "reject":
            await send({"type": "websocket.close"})

    async with serving(app) as served:
        with pytest.raises(InvalidStatus) as refused:
            await connect(served.url)
        assert refused.value.response.status_code == status
