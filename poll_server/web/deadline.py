"""A request that does not come to its end is ended: uvicorn would wait for it for as long as its client likes."""

import asyncio
from asyncio.transports import Transport

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from poll_server.domain.errors import Malformed

BODY_SECONDS = 30.0
"""A form with two pictures comes in this time at 400 kbit/s."""
_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class HeadDeadline(HttpToolsProtocol):
    """An HTTP connection that is closed when the head of a request is not there in time, or is too large.

    The first one is due from the connection's beginning, a later one from its first byte; so is the rest of a body that
    has been answered already. uvicorn does not offer its
    class as a base: its version is pinned, and ``tests/web/test_deadline.py`` is the contract.
    """

    HEAD_SECONDS = 20.0
    """A browser's head is there at once; this leaves time for what was lost on the way to be sent again."""
    HEAD_BYTES = 64 * 1024

    _due: asyncio.TimerHandle | None = None
    _come = 0
    _in_body = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as the base narrows it
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_wait()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._due is None and self.cycle.response_complete:
            self._await_head()
        if not self._in_body:
            self._come += len(data)
        super().data_received(data)
        if self._due is not None and self._come > self.HEAD_BYTES:
            self._refuse(_TOO_LARGE)

    def on_headers_complete(self) -> None:
        self._end_wait()
        self._in_body = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def _await_head(self) -> None:
        self._come = 0
        self._due = self.loop.call_later(self.HEAD_SECONDS, self._refuse, _TOO_LATE)

    def _end_wait(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _refuse(self, answer: bytes) -> None:
        self._end_wait()
        if not self.transport.is_closing():
            if self._come:  # a browser may open a connection ahead and never use it
                self.transport.write(answer)
            self.transport.close()


class BodyDeadline:
    """Refuses a request whose body is not there in time, and closes its connection with the answer."""

    def __init__(self, app: ASGIApp, seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; reading the body raises Malformed when the time is over."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ends: float | None = asyncio.get_running_loop().time() + self._seconds
        late = False

        async def receive_in_time() -> Message:
            nonlocal ends, late
            try:
                async with asyncio.timeout_at(ends):
                    message = await receive()
            except TimeoutError as error:
                late = True
                raise Malformed("too_slow") from error
            if not message.get("more_body", False):
                ends = None
            return message

        async def send_and_close(message: Message) -> None:
            if late and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive_in_time, send_and_close)
