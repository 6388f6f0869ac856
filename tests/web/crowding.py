"""What tests of faults look at while something goes wrong: whether others are served, and what the server holds."""

import asyncio
import os
import socket
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from tests.harness.server import Server
from tests.web.people import Line

SERVED_SECONDS = 2.5
"""How long others may wait for an acknowledgement meanwhile, on a machine that does three things at once."""
MIB = 1024 * 1024

_Result = TypeVar("_Result")


def resident(server: Server) -> int:
    """The bytes of memory that a server's process holds."""
    pages = int(Path(f"/proc/{server.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


async def others_are_served(line: Line, form: dict[str, str], trouble: Awaitable[_Result], number: int = 1) -> _Result:
    """Vote again and again until the trouble is over: each vote counts, and is acknowledged soon. Gives its result."""
    working = asyncio.ensure_future(trouble)
    slowest = 0.0
    while not working.done():
        begun = time.monotonic()
        assert (await line.vote(form, "o1", number=str(number))).state == "counted"
        slowest = max(slowest, time.monotonic() - begun)
        number += 1
        await asyncio.wait([working], timeout=0.05)
    assert slowest < SERVED_SECONDS, f"somebody waited {slowest:.2f} s"
    return await working


async def raw(port: int) -> socket.socket:
    """A connection without anything in between; close it."""
    sock = socket.socket()
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    return sock
