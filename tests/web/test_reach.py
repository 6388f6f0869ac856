"""The question whether people reach this server, where something else is at the address."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import pytest

from poll_server.domain.checklist import Address
from poll_server.settings import Settings
from poll_server.web.reach import REACH_SECONDS, Reach
from tests.harness.ports import free_port

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
DRIBBLE_SECONDS = 0.1
LONGEST = REACH_SECONDS + 2


@asynccontextmanager
async def there(answer: Answer) -> AsyncIterator[Reach]:
    """Something that answers like this, and the question put to it."""

    serving = set[asyncio.Task[None] | None]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        with suppress(ConnectionError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    values: dict[str, Any] = {"public_url": f"http://127.0.0.1:{port}"}
    try:
        yield Reach(Settings(**values))
    finally:
        server.close()
        for task in filter(None, serving):
            task.cancel()
        await asyncio.gather(*filter(None, serving))


async def say_nothing(writer: asyncio.StreamWriter) -> None:
    """Accept, and never answer."""
    await asyncio.sleep(LONGEST)


async def dribble_head(writer: asyncio.StreamWriter) -> None:
    """Send a head byte by byte, each long before any single wait would be over, for longer than anybody waits."""
    await _dribble(writer, HEAD + b"X-Padding: " + b"x" * 1000)


async def dribble_body(writer: asyncio.StreamWriter) -> None:
    """Send the head at once and the right body too slowly."""
    writer.write(HEAD + b"Content-Length: 2\r\n\r\no")
    await writer.drain()
    await asyncio.sleep(LONGEST)


async def dribble_chunks(writer: asyncio.StreamWriter) -> None:
    """Send a body of empty-looking chunks that never ends."""
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n")
    await _dribble(writer, b"o\r\n" * 400)


async def _dribble(writer: asyncio.StreamWriter, content: bytes) -> None:
    for byte in content:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(DRIBBLE_SECONDS)


async def pour(writer: asyncio.StreamWriter) -> None:
    """Send a body without an end as fast as it is taken."""
    writer.write(HEAD + b"\r\n")
    while True:
        writer.write(b"ok" * 10_000)
        await writer.drain()


async def nonsense(writer: asyncio.StreamWriter) -> None:
    """Answer in another protocol."""
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    await writer.drain()


async def another_page(writer: asyncio.StreamWriter) -> None:
    """Answer as another server does."""
    writer.write(HEAD + b"Content-Length: 5\r\n\r\nhello")
    await writer.drain()


async def elsewhere(writer: asyncio.StreamWriter) -> None:
    """Lead to another address, which is not asked."""
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


async def this_server(writer: asyncio.StreamWriter) -> None:
    """Answer as this server does."""
    writer.write(HEAD + b"Content-Length: 2\r\n\r\nok")
    await writer.drain()


FOUND = {
    say_nothing: Address.SILENT,
    dribble_head: Address.SILENT,
    dribble_body: Address.SILENT,
    dribble_chunks: Address.SILENT,
    pour: Address.ELSEWHERE,
    nonsense: Address.SILENT,
    another_page: Address.ELSEWHERE,
    elsewhere: Address.ELSEWHERE,
    this_server: Address.REACHED,
}


async def ask(answer: Answer) -> tuple[Address, bool]:
    """What is found there, and whether that took no longer than it may."""
    async with there(answer) as reach:
        begun = time.monotonic()
        await reach.ask()
        return reach.address, time.monotonic() - begun < LONGEST


async def test_whatever_answers_there_is_found_in_bounded_time() -> None:
    """Silence, slowness in any part of the answer and endless answers end after the same few seconds."""
    found = await asyncio.gather(*(ask(answer) for answer in FOUND))
    assert dict(zip(FOUND, found, strict=True)) == {answer: (address, True) for answer, address in FOUND.items()}


@pytest.mark.parametrize("times", [3])
async def test_many_who_ask_wait_for_one_answer(times: int) -> None:
    """Whoever asks meanwhile, or soon after, gets the answer that was found."""
    asked = 0

    async def count(writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await this_server(writer)

    async with there(count) as reach:
        await asyncio.gather(*(reach.ask() for _ in range(times)))
    assert (asked, reach.address) == (1, Address.REACHED)


async def test_nobody_is_there() -> None:
    """A port that nobody listens on is silence, at once; without an address nothing is asked."""
    found = []
    for values in cast(Sequence[dict[str, Any]], ({"public_url": f"http://127.0.0.1:{free_port()}"}, {})):
        reach = Reach(Settings(**values))
        await reach.ask()
        found.append(reach.address)
    assert found == [Address.SILENT, Address.UNSET]
