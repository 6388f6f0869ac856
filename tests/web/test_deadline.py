"""A request whose body does not come is ended in time, over a real socket."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from poll_server.domain.errors import PollError
from poll_server.server import listen
from poll_server.web.deadline import BodyDeadline
from poll_server.web.doors import fields_posted
from tests.web.people import PATIENCE_SECONDS

LIMIT_SECONDS = 0.3


async def read(request: Request) -> Response:
    """Read a form, and say what stands in it."""
    return PlainTextResponse(str(dict(await fields_posted(request))))


async def refuse(request: Request, error: Exception) -> Response:
    """Say why a form was refused."""
    assert isinstance(error, PollError)
    return PlainTextResponse(error.code, 400)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A server with one form and a short limit."""
    app = Starlette(routes=[Route("/", read, methods=["POST"])], exception_handlers={PollError: refuse})
    config = uvicorn.Config(BodyDeadline(app, LIMIT_SECONDS), http="httptools", log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(server.serve([listener]))
        yield listener.getsockname()[1]
        server.should_exit = True
        await serving


async def posted(port: int, body: bytes, length: int, *more: str) -> tuple[str, bool, str]:
    """Send a form that says it has this length; the status, whether the connection is closed then, and the text."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    kind = "Content-Type: application/x-www-form-urlencoded"
    head = "\r\n".join(("POST / HTTP/1.1", "Host: localhost", kind, f"Content-Length: {length}", *more))
    try:
        writer.write(f"{head}\r\n\r\n".encode() + body)
        async with asyncio.timeout(PATIENCE_SECONDS):
            head, _, text = (await reader.read()).decode().partition("\r\n\r\n")
    finally:
        writer.close()
        await writer.wait_closed()
    return head.split()[1], "connection: close" in head.lower(), text


async def test_body_that_does_not_come_to_its_end(port: int) -> None:
    """The sender hears that it was too slow, and the server closes the connection."""
    assert await posted(port, b"language=de", 100) == ("400", True, "too_slow")


async def test_body_that_comes_in_time(port: int) -> None:
    """A whole form is read as ever."""
    body = b"language=de"
    assert await posted(port, body, len(body), "Connection: close") == ("200", True, "{'language': ('de',)}")
