"""The socket's end of the fan-out: ready frames for each transport, and connections that cost no task.

Given to uvicorn as ``ws=FanoutProtocol``. An application finds its connection as `EXTENSION` in the scope's extensions,
accepts as always, calls `FanoutProtocol.detach` and returns: the connection stays open, messages arrive by callback,
frames leave by `FanoutProtocol.push`. An application that does not detach meets uvicorn's own protocol. Connections are
plain TCP: TLS ends at the reverse proxy.

uvicorn does not offer its class as a base: its version is pinned, and ``tests/live/test_protocol.py`` is the contract.
"""

import asyncio
import logging
import traceback
from asyncio.transports import BaseTransport
from collections.abc import Callable
from types import CodeType
from typing import Any, NoReturn, cast

from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame, apply_mask  # type: ignore[attr-defined]  # compiled where it can be
from websockets.protocol import CONNECTING, OPEN
from websockets.streams import StreamReader

from poll_server.live.encoding import MASK_LENGTH, payload_at
from poll_server.live.meters import Traffic
from poll_server.live.waiting import Waiting

EXTENSION = "poll.fanout"

_BETWEEN_FRAMES = StreamReader.at_eof.__code__
"""Where the parser waits while it is inside no frame."""
_PONG = "websocket.pong"

TOO_FAST = "You are sending faster than anybody can type. Please wait a minute, then reload the page."
"""The reason in the close frame; at most 123 bytes."""

logger = logging.getLogger(__name__)


def _waits_in(parser: Any) -> CodeType | None:
    """Return the code in which a suspended generator, or what it delegates to, waits."""
    while parser.gi_yieldfrom is not None:
        parser = parser.gi_yieldfrom
    return cast("CodeType | None", parser.gi_code)


class _Sink(asyncio.Queue[ASGIReceiveEvent]):
    """The queue of events for the application, once nobody reads it: one for all detached connections."""

    def put_nowait(self, item: ASGIReceiveEvent) -> None:
        """Forget `item`."""

    async def get(self) -> NoReturn:
        raise RuntimeError("the connection is detached: its messages go to on_message")


_sink = _Sink()
_always_writable = asyncio.Event()
_always_writable.set()


class FanoutProtocol(WebSocketsSansIOProtocol):
    """One WebSocket connection that many share frames with and that outlives its application.

    All methods belong to the thread of the event loop. The class attributes are limits, for a subclass to change.
    """

    HIGH_WATER_BYTES = 64 * 1024
    """A client is slow while more than this waits in the transport (resumes at a quarter of it)."""
    SLOW_LIMIT_SECONDS = 20.0
    """A client that has been slow this long is aborted at the next push."""
    PRIVATE_LIMIT = 64
    """A slow client with this many private frames waiting is aborted at the next one."""
    SHUTDOWN_LIMIT_SECONDS = 2.0
    """How long a server that stops, or has enough of a client, waits for it to read what was written to it."""
    BYTES_PER_SECOND: float = 128 * 1024
    """What a detached client may send for long: eight of the largest messages, or some two hundred votes."""
    FRAME_BYTES = 512
    """What a frame costs beside its own bytes."""
    AHEAD_SECONDS = 2.0
    """What may come at once, at that speed; of a client that is further ahead nothing is read until it is not."""
    HASTY_LIMIT_SECONDS = 5.0
    """A client that has been too fast for so long without a pause, or at once for so long, is closed with 1008."""
    PIECE_BYTES = 16 * 1024
    """What is parsed before the speed is looked at again: a chunk of the smallest frames would take half a second."""

    traffic = Traffic()
    """Of all connections of this process."""

    _on_message: "Callable[[FanoutProtocol, str | bytes], None] | None" = None
    _on_close: "Callable[[FanoutProtocol], None] | None" = None
    _detached = False
    _slow_since: float | None = None
    _waiting: Waiting | None = None
    _paid_until = 0.0
    _hasty_since: float | None = None
    _reads_again: asyncio.TimerHandle | None = None

    # What the application may call

    @property
    def slow(self) -> bool:
        """Whether frames are kept for now, because the client does not read what was written."""
        return self._slow_since is not None

    @property
    def is_idle(self) -> bool:
        """Whether the connection is open and everything pushed so far has reached the kernel."""
        return self._can_push and self._slow_since is None and not self.transport.get_write_buffer_size()

    @property
    def _can_push(self) -> bool:
        return self.handshake_complete and not self.close_sent and not self.transport.is_closing()

    def push(self, frame: bytes, topic: str | None = None) -> bool:
        """Write `frame`, a whole encoded frame (see `encode`), or keep it while the client is slow.

        Of the kept frames of one topic only the newest goes out; a private frame, one without topic, always does. They
        go out in the order in which they were pushed.

        Returns:
            True if written or kept; False if the connection is not open (not accepted, closing, closed) or has just
            been aborted as hopeless.
        """
        if not self._can_push:
            return False
        if self._slow_since is None:
            self.transport.write(frame)
            self.traffic.frames += 1
            self.traffic.bytes += len(frame)
            return True
        slow_for = self.loop.time() - self._slow_since
        if slow_for >= self.SLOW_LIMIT_SECONDS or (topic is None and self._kept().private >= self.PRIVATE_LIMIT):
            self.traffic.dropped["slow"] += 1
            self.transport.abort()
            return False
        self.traffic.replaced += self._kept().keep(frame, topic)
        return True

    def detach(
        self,
        on_message: "Callable[[FanoutProtocol, str | bytes], None]",
        on_close: "Callable[[FanoutProtocol], None]",
    ) -> None:
        """Keep the connection open after the application returns, which it must do next, without `receive` or `send`.

        `on_message` gets each whole message, text as str, at once and in order: those that have come already before
        this method returns. What it raises closes this connection with 1011. `on_close` is called exactly once, however
        the connection ends, after the last message; also from here, if the client has gone already.

        Raises:
            RuntimeError: the connection has not been accepted, or is detached already.
        """
        if self._detached:
            raise RuntimeError("the connection is detached already")
        if self.conn.state is CONNECTING and not self.transport.is_closing():
            raise RuntimeError("the connection must be accepted first")
        self._detached, self._on_message, self._on_close = True, on_message, on_close
        waiting, self.queue, self.writable = self.queue, _sink, _always_writable
        while not waiting.empty():
            event = waiting.get_nowait()
            if event["type"] == "websocket.receive":
                text = event.get("text")
                self._deliver(event.get("bytes") or b"" if text is None else text)
        if self.disconnected:
            self._end()
        elif self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def close(self, code: int, reason: str = "") -> None:
        """Send a close frame after all that is kept; then wait `close_timeout` seconds for the client's own, at most.

        Messages that still come are dropped. Does nothing if the connection is not open.

        Raises:
            websockets.exceptions.ProtocolError: `code` may not be sent, or `reason` is longer than 123 bytes.
        """
        if self.conn.state is not OPEN or self.transport.is_closing():
            return
        if code == CloseCode.POLICY_VIOLATION:
            self.traffic.dropped["flooding"] += 1
        self.conn.send_close(code, reason)
        self._write_kept()
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self._abort_after(self.close_timeout)

    # Slow clients

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=self.HIGH_WATER_BYTES)
        self.descriptor: int = transport.get_extra_info("socket").fileno()

    def pause_writing(self) -> None:
        self._slow_since = self.loop.time()
        # Detached connections share one event.
        if not self._detached:
            super().pause_writing()

    def resume_writing(self) -> None:
        self._slow_since = None
        super().resume_writing()
        self._write_kept()

    def _kept(self) -> Waiting:
        if self._waiting is None:
            self._waiting = Waiting()
        return self._waiting

    def _write_kept(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting and not self.transport.is_closing():
            self.transport.writelines(waiting.frames)
            self.traffic.frames += len(waiting.frames)
            self.traffic.bytes += sum(map(len, waiting.frames))

    def handle_ping(self) -> None:
        """As the base, but a client that pings and never reads gets the newest answer, not a growing heap of them.

        What else waits to be written answers later frames of the same chunk: after a close frame no data may follow.
        """
        pong = self.conn.writes.pop(0)
        if self._slow_since is None or self.conn.state is not OPEN:
            self.transport.write(pong)
        else:
            self._kept().keep(pong, _PONG)

    # Messages

    def data_received(self, data: bytes) -> None:
        """As the base, and what came before a mistake in the same chunk is delivered.

        The common case, a chunk that is one whole message, goes past the parser to the same end.
        """
        message = self._whole_message(data) if self._detached else None
        if message is not None:
            self._deliver(message)
            self._pay(len(data), 1)
            return
        for start in range(0, len(data), self.PIECE_BYTES):
            piece = data[start : start + self.PIECE_BYTES]
            self.conn.receive_data(piece)
            frames = len(self.conn.events)
            self.handle_events()
            if self.conn.parser_exc is not None:
                self.handle_parser_exception()
                return
            if self._detached:
                self._pay(len(piece), frames)

    def _pay(self, size: int, frames: int) -> None:
        """Slow a client down that sends faster than it may, and part with one that never relents.

        Each frame and byte takes its time at `BYTES_PER_SECOND`; a client may be so far ahead of the clock.
        """
        now = self.loop.time()
        self._paid_until = max(now, self._paid_until) + (size + frames * self.FRAME_BYTES) / self.BYTES_PER_SECOND
        too_far = self._paid_until - now - self.AHEAD_SECONDS
        if too_far <= 0:
            self._hasty_since = None
            return
        if self._hasty_since is None:
            self._hasty_since = now
        self.transport.pause_reading()
        if self._reads_again is not None:
            self._reads_again.cancel()
        if max(too_far, now - self._hasty_since) > self.HASTY_LIMIT_SECONDS:
            self.traffic.dropped["flooding"] += self.conn.state is OPEN  # what had come already is still looked at
            self.conn.fail(CloseCode.POLICY_VIOLATION, TOO_FAST)
            self.handle_parser_exception()
            self._abort_after(self.SHUTDOWN_LIMIT_SECONDS)
        else:
            self._reads_again = self.loop.call_later(too_far, self._read_on)

    def _read_on(self) -> None:
        self._reads_again = None
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def _whole_message(self, data: bytes) -> str | None:
        """Return the text of `data` if it is exactly one whole message, see `payload_at`, and is due.

        None leaves everything to the parser, mistakes too.
        """
        begun = payload_at(data)
        conn = self.conn
        if (
            begun is None
            or conn.state is not OPEN
            or conn.current_size is not None
            or len(data) - begun > (conn.max_message_size or 0)
            or _waits_in(conn.parser) is not _BETWEEN_FRAMES
        ):
            return None
        try:
            return apply_mask(data[begun:], data[begun - MASK_LENGTH : begun]).decode()
        except UnicodeDecodeError:
            return None

    def handle_cont(self, event: Frame) -> None:
        """As the base, without keeping empty fragments, which no limit of size would ever stop."""
        if event.data or event.fin:
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        if not self._detached:
            super().send_receive_event_to_app()
            return
        data, self.frames = b"".join(self.frames), []
        if self.curr_msg_data_type == "bytes":
            self._deliver(data)
            return
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self._give_up(CloseCode.INVALID_DATA)
        else:
            self._deliver(text)

    def _deliver(self, message: str | bytes) -> None:
        if self._on_message is None or self.close_sent:
            return
        self.traffic.received += 1
        try:
            self._on_message(self, message)
        except Exception as error:
            _log("on_message failed", error)
            self._give_up(CloseCode.INTERNAL_ERROR)

    def _give_up(self, code: int) -> None:
        self.close(code)
        # The parser may have closed already, for a mistake in a later frame.
        self._on_message = None

    # The end

    async def run_asgi(self) -> None:
        """Run the application. Stands in for the base's method, which closes the connection when that returns."""
        cast("dict[str, object]", self.scope["extensions"])[EXTENSION] = self
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except BaseException as error:
            _log("the application failed", error)
            self.send_500_response()
            if self._detached:
                self.close(CloseCode.INTERNAL_ERROR)
        else:
            if not self.handshake_complete:
                logger.error("the application returned without an answer to the handshake")
                self.send_500_response()
        # The scope holds this protocol: only a garbage collection frees a circle, and full ones are rare by intent.
        # The parser's frame holds the request for as long as the connection lives, so what is in it goes.
        self.request.headers.clear()
        del self.scope, self.request, self.response
        if self._detached:
            self.server = self.client = None
        elif self.close_timer is None:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # The parser is a generator of its own connection: another circle.
        self.conn.parser.close()
        if self._detached:
            self._end()

    def _end(self) -> None:
        on_close, self._on_close, self._on_message = self._on_close, None, None
        if on_close is None:
            return
        try:
            on_close(self)
        except Exception as error:
            _log("on_close failed", error)

    def handle_close(self, event: Frame) -> None:
        super().handle_close(event)
        self._limit_closing(self.close_timeout)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._limit_closing(self.close_timeout)

    def handle_parser_exception(self) -> None:
        """Say what was wrong (1002, 1007, 1009) and drop the rest of what the client sends.

        The base closes at once: with bytes unread that is a reset, and a client in the middle of a large message loses
        the close frame with it.
        """
        if not self._detached:
            super().handle_parser_exception()
            self._limit_closing(self.close_timeout)
        elif not self.close_sent:
            self.close_sent = True
            self.transport.write(b"".join(self.conn.data_to_send()))
            if self.transport.can_write_eof():
                self.transport.write_eof()
            self._abort_after(self.close_timeout)

    def shutdown(self) -> None:
        # The base raises for a connection that its client is closing, and so ends the server's loop over all of them.
        if not self.transport.is_closing():
            self._write_kept()
            super().shutdown()
        self._limit_closing(self.SHUTDOWN_LIMIT_SECONDS)

    def _limit_closing(self, seconds: float) -> None:
        """Bound the wait of a closing transport for a client that does not read what is left."""
        if self.transport.is_closing() and not self.disconnected and self.transport.get_write_buffer_size():
            self._abort_after(seconds)

    def _abort_after(self, seconds: float) -> None:
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(seconds, self.transport.abort)


def _log(what: str, error: BaseException) -> None:
    """Log where `error` comes from without its message, which may quote what somebody sent."""
    logger.error("%s: %s\n%s", what, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
