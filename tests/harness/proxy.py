"""A proxy on the loopback address that stands for a bad network.

Use the fixture `start_proxy`; `start_server(proxy=proxy)` puts a server behind it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Protocol

import pytest_asyncio

from tests.harness.ports import free_port

HEAD_BYTES = 65_536
HEAD_SECONDS = 30.0
REFUSAL = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 37\r\nConnection: close\r\n\r\n"
    b"<main><p>Not in this house</p></main>"
)
CHUNK = 65_536


class Proxy:
    """Passes every connection on to the port `target` of 127.0.0.1.

    With `refuse_upgrades`, a request with an `Upgrade` header is answered 403 and closed, as office firewalls do.
    Requests without one get `Connection: close`, so that each has a connection of its own and none slips through
    behind another. With `refuse_posts` forms are answered by such a page, too. While the proxy is down, all connections
    are cut and new ones are refused.
    """

    def __init__(self, *, refuse_upgrades: bool = False) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.target: int | None = None
        self.refuse_upgrades = refuse_upgrades
        self.refuse_posts = False
        self.refused = 0
        self._listener: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def ws_url(self, path: str) -> str:
        """The socket address of a path that begins with a slash."""
        return f"ws://127.0.0.1:{self.port}{path}"

    async def up(self) -> None:
        """Take connections; nothing happens when it does already."""
        if self._listener is None:
            self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=HEAD_BYTES)

    async def down(self) -> None:
        """Cut all connections without a goodbye and refuse new ones, until `up`."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, TimeoutError, asyncio.CancelledError):
                await self._pass_on(reader, writer)
        finally:
            writer.transport.abort() if task.cancelling() else writer.close()
            self._tasks.discard(task)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_SECONDS)
        upgrade = _has_upgrade(head)
        if (upgrade and self.refuse_upgrades) or (head.startswith(b"POST ") and self.refuse_posts):
            self.refused += 1
            writer.write(REFUSAL)
            await writer.drain()
            return
        there_reader, there = await asyncio.open_connection("127.0.0.1", self.target, limit=HEAD_BYTES)
        try:
            there.write(head if upgrade else _with_close(head))
            async with asyncio.TaskGroup() as both:
                both.create_task(_pipe(reader, there))
                both.create_task(_pipe(there_reader, writer))
        except* OSError:
            there.transport.abort()
        finally:
            there.close()


def _has_upgrade(head: bytes) -> bool:
    return any(line.lower().startswith(b"upgrade:") for line in head.split(b"\r\n")[1:])


def _with_close(head: bytes) -> bytes:
    lines = [line for line in head.rstrip(b"\r\n").split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass everything on; an end of input is passed on too, the other direction stays open."""
    while chunk := await reader.read(CHUNK):
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


class StartProxy(Protocol):
    """What the fixture `start_proxy` is."""

    async def __call__(self, *, refuse_upgrades: bool = False) -> Proxy:
        """A proxy that is up; give it to `start_server`, or set its `target` to a port."""


@pytest_asyncio.fixture
async def start_proxy() -> AsyncIterator[StartProxy]:
    """Call and await it for a proxy that is up; all are down after the test."""
    proxies: list[Proxy] = []

    async def start(*, refuse_upgrades: bool = False) -> Proxy:
        proxy = Proxy(refuse_upgrades=refuse_upgrades)
        proxies.append(proxy)
        await proxy.up()
        return proxy

    yield start
    for proxy in proxies:
        await proxy.down()
