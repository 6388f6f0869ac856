"""A request that does not come to its end is ended in time, over a real socket."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from poll_server.domain.errors import Malformed, PollError
from poll_server.server import listen
from poll_server.web.deadline import BodyDeadline, HeadDeadline
from poll_server.web.doors import fields_posted
from tests.harness.server import Server
from tests.web.conftest import NewEvent, NewPerson
from tests.web.people import PATIENCE_SECONDS, german

LIMIT_SECONDS = 0.3
FORM = "Content-Type: application/x-www-form-urlencoded"


class Hasty(HeadDeadline):
    """The product's protocol with a short limit."""

    HEAD_SECONDS = LIMIT_SECONDS


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
    config = uvicorn.Config(BodyDeadline(app, LIMIT_SECONDS), http=Hasty, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(server.serve([listener]))
        yield listener.getsockname()[1]
        server.should_exit = True
        await serving


async def sent(port: int, *parts: bytes, every: float = 0.0) -> str:
    """Send these parts, each so many seconds after the other; all that is answered until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    came: list[bytes] = []

    async def read() -> None:
        with suppress(ConnectionError):
            while some := await reader.read(10_000):
                came.append(some)

    reading = asyncio.create_task(read())
    try:
        for part in parts:
            writer.write(part)
            if (await asyncio.wait([reading], timeout=every))[0]:
                break
        async with asyncio.timeout(PATIENCE_SECONDS):
            await reading
        return b"".join(came).decode()
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def posted(port: int, body: bytes, length: int, *more: str) -> tuple[str, bool, str]:
    """Send a form that says it has this length; the status, whether the connection is closed then, and the text."""
    lines = ("POST / HTTP/1.1", "Host: localhost", FORM, f"Content-Length: {length}", *more)
    answer = await sent(port, "\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    head, _, text = answer.partition("\r\n\r\n")
    return head.split()[1], "connection: close" in head.lower(), text


async def test_body_that_does_not_come_to_its_end(port: int) -> None:
    """The sender hears that it was too slow, and the server closes the connection."""
    assert await posted(port, b"language=de", 100) == ("400", True, "too_slow")


async def test_body_that_comes_in_time(port: int) -> None:
    """A whole form is read as ever."""
    body = b"language=de"
    assert await posted(port, body, len(body), "Connection: close") == ("200", True, "{'language': ('de',)}")


async def test_sender_who_leaves_amid_a_form(server: Server) -> None:
    """A phone that goes away is no mistake of the server's: nothing of it stands in the log as one."""
    origin = server.env["POLL_PUBLIC_URL"]
    lines = ("POST /organise/sign-in HTTP/1.1", "Host: localhost", f"Origin: {origin}", FORM, "Content-Length: 100")
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\nname=")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await server.stop()
    assert '"level": "error"' not in server.logs()


GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    ("parts", "statuses"),
    [
        ((), []),
        (tuple(bytes([one]) for one in GET), ["408"]),
        ((GET + GET[:20],), ["405"]),
        ((GET, *(bytes([one]) for one in GET)), ["405", "408"]),
        ((b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"x" * 70_000,), ["431"]),
    ],
    ids=["nothing", "byte by byte", "half of the second, then nothing", "the second byte by byte", "too large"],
)
async def test_head_that_does_not_come_to_its_end(port: int, parts: tuple[bytes, ...], statuses: list[str]) -> None:
    """The connection is closed, however slowly the bytes drip, and its sender hears why if anything was begun."""
    answer = await sent(port, *parts, every=LIMIT_SECONDS / 4)
    assert re.findall(r"HTTP/1\.1 (\d+)", answer) == statuses


async def test_body_that_goes_on_after_its_answer(port: int) -> None:
    """Whoever has their answer and sends the rest of the body byte by byte is not waited for, however much has come."""
    head = f"GET / HTTP/1.1\r\nHost: localhost\r\n{FORM}\r\nContent-Length: 900000\r\n\r\n".encode()
    answer = await sent(port, head, b"x" * 100_000, *[b"x"] * 40, every=LIMIT_SECONDS / 4)
    assert re.findall(r"HTTP/1\.1 (\d+)", answer) == ["405"]


async def test_connection_is_used_again(port: int) -> None:
    """Within the limit for each head, one connection carries one request after the other."""
    last = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    answer = await sent(port, GET, GET, GET, last, every=LIMIT_SECONDS * 0.75)
    assert answer.count("HTTP/1.1 405") == 4


@pytest.mark.long
async def test_slow_requests_at_the_product(shared_server: Server, new_event: NewEvent, new_person: NewPerson) -> None:
    """Of a head, and of a body, comes a byte each second: both are ended, and others are served all the while."""
    stored = await new_event()
    other = await new_person(stored)
    origin = shared_server.env["POLL_PUBLIC_URL"]
    lines = (f"POST /e/{stored.code}/language HTTP/1.1", "Host: localhost", f"Origin: {origin}", FORM)
    form = "\r\n".join((*lines, "Content-Length: 1000", "", "")).encode()
    dripping = asyncio.gather(
        sent(shared_server.port, *(bytes([one]) for one in form), every=1.0),
        sent(shared_server.port, form, *[b"x"] * 60, every=1.0),
    )
    while not dripping.done():
        assert (await other.get()).status_code == 200
        await asyncio.wait([dripping], timeout=1.0)
    head, body = await dripping
    said = [
        head.splitlines()[0],
        body.splitlines()[0],
        "connection: close" in body,
        german(Malformed("too_slow")) in body,
    ]
    assert said == ["HTTP/1.1 408 Request Timeout", "HTTP/1.1 400 Bad Request", True, True]
