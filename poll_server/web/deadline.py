"""A request whose body does not come to its end is ended: uvicorn would wait for it for as long as its client likes."""

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from poll_server.domain.errors import Malformed

BODY_SECONDS = 30.0
"""The largest form, with two pictures, comes in this time at 400 kbit/s."""


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
