"""The server process is ready when it is given, keeps its address, and can be ended in every way."""

import os
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import connect

from tests.harness.server import Server, StartServer
from tests.harness.visitor import visitor


async def _get(server: Server, path: str) -> str:
    async with visitor(server.url) as client:
        return (await client.get(path)).raise_for_status().text


async def test_server_answers_when_given(server: Server) -> None:
    """A page and a socket work at once, and the process is the one that is named."""
    async with connect(server.ws_url("/ws"), proxy=None) as socket:
        await socket.send("Hallo")
        assert await socket.recv() == "Hallo"
    assert await _get(server, "/pid") == str(server.pid)


async def test_server_killed_comes_back_at_its_address(server: Server) -> None:
    """After SIGKILL nobody answers; after a restart another process does, at the same port."""
    first = server.pid
    await server.kill()
    with pytest.raises(httpx2.ConnectError):
        await _get(server, "/pid")
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    await server.restart()
    assert await _get(server, "/pid") == str(server.pid) != str(first)


async def test_server_stopped_ends_in_order(server: Server) -> None:
    """SIGTERM lets the server finish: its log says so."""
    await server.stop()
    assert "Finished server process" in server.logs()


async def test_server_settings_come_from_the_test_alone(start_server: StartServer) -> None:
    """A setting given is there; one of the developer's environment is not; the public address is the server's own."""
    os.environ["POLL_STRAY"] = "1"
    try:
        server = await start_server({"POLL_GIVEN": "yes"})
    finally:
        del os.environ["POLL_STRAY"]
    names = ("POLL_GIVEN", "POLL_STRAY", "POLL_PUBLIC_URL")
    assert [await _get(server, f"/env/{name}") for name in names] == ["yes", "", server.url]


async def test_server_that_does_not_start_says_why(tmp_path: Path, server_command: list[str]) -> None:
    """The error carries the log."""
    server = Server(tmp_path / "data", {"STAND_IN_BROKEN": "1"}, command=server_command)
    with pytest.raises(RuntimeError, match=r"The stand-in is broken\."):
        await server.start()


async def test_traceback_is_in_the_log(tmp_path: Path, server_command: list[str]) -> None:
    """What `start_server` looks for at the end of each test is found when a request fails."""
    server = Server(tmp_path / "data", command=server_command)
    await server.start()
    with pytest.raises(httpx2.HTTPStatusError):
        await _get(server, "/log/traceback")
    await server.close()
    assert "Traceback (most recent call last)" in server.logs()
