"""The real server as a process of its own, to be killed, stopped and started again.

Use the fixture `shared_server` where an event of the test's own is enough, else `server`, or the factory `start_server`
for one with settings or for several.
"""

import asyncio
import os
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import httpx2
import pytest
import pytest_asyncio

from tests.harness.ports import free_port
from tests.harness.proxy import Proxy

PROJECT = Path(__file__).parents[2]
PRODUCT = (sys.executable, "-m", "poll_server")
START_SECONDS = 30.0
STOP_SECONDS = 15.0
# All that a server takes over from the environment of the tests: settings come from the test alone.
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "TZ")


class Server:
    """`poll_server serve` on a data folder; the port stays the same for the life of this object.

    `env` holds settings such as `POLL_…`; POLL_PUBLIC_URL is this server's address unless `env` says otherwise.
    `command` is what stands before `serve`, `host` an address of this machine. The process ends with this one, even
    when this one is killed.
    """

    def __init__(
        self,
        data: Path,
        env: Mapping[str, str] | None = None,
        *,
        command: Sequence[str] = PRODUCT,
        host: str = "127.0.0.1",
    ) -> None:
        self.data = data
        self.host = host
        self.port = free_port()
        self.url = f"http://{host}:{self.port}"
        self._command = tuple(command)
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        ours = {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", "POLL_PUBLIC_URL": self.url}
        self.env = {**inherited, **ours, **(env or {})}
        self._log = data.with_name(f"{data.name}.log")
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """The process id; raises RuntimeError when the server is not running."""
        return self._running().pid

    def ws_url(self, path: str) -> str:
        """The socket address of a path that begins with a slash."""
        return f"ws://{self.host}:{self.port}{path}"

    def logs(self) -> str:
        """Everything that was written since the first start, output and errors together."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    async def start(self) -> None:
        """Start and wait until GET /readyz answers 200; raises RuntimeError with the log when that takes over 30 s."""
        if self._process is not None:
            raise RuntimeError("the server is running already")
        self.data.mkdir(parents=True, exist_ok=True)
        # A folder that is not the project's, so that nothing is found by chance.
        command = ["setpriv", "--pdeathsig", "KILL", "--", *self._command, "serve"]
        arguments = ["--data", str(self.data), "--host", self.host, "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, env=self.env, cwd="/"
            )
        await self._await_ready(self._process)

    async def kill(self) -> None:
        """End it at once (SIGKILL), as a power cut would."""
        process = self._running()
        process.kill()
        await process.wait()
        self._process = None

    async def reap(self) -> None:
        """Wait until it has ended by itself."""
        await asyncio.wait_for(self._running().wait(), STOP_SECONDS)
        self._process = None

    async def stop(self) -> int:
        """Ask it to end (SIGTERM) and give its exit code; raises RuntimeError with the log when it takes over 15 s."""
        process = self._running()
        process.terminate()
        try:
            code = await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            await self.kill()
            raise RuntimeError(f"the server does not stop:\n{self.logs()}") from None
        self._process = None
        return code

    async def restart(self) -> None:
        """Start it again at the same address and data, after stopping it when it still runs."""
        if self._process is not None:
            await self.stop()
        await self.start()

    async def close(self) -> None:
        """Stop it if it runs; for the end of a test."""
        if self._process is not None and self._process.returncode is None:
            await self.stop()
        self._process = None

    def _running(self) -> Process:
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process

    async def _await_ready(self, process: Process) -> None:
        deadline = time.monotonic() + START_SECONDS
        async with httpx2.AsyncClient(base_url=self.url, timeout=2, trust_env=False) as client:
            while time.monotonic() < deadline and process.returncode is None:
                try:
                    if (await client.get("/readyz")).status_code == 200:
                        return
                except httpx2.TransportError:
                    pass
                await asyncio.sleep(0.02)
        if process.returncode is None:
            await self.kill()
        self._process = None
        raise RuntimeError(f"the server does not start:\n{self.logs()}")


class StartServer(Protocol):
    """What the fixture `start_server` is."""

    async def __call__(
        self, env: Mapping[str, str] | None = None, *, data: Path | None = None, proxy: Proxy | None = None
    ) -> Server:
        """Start a server with these settings.

        Without `data` it gets an empty folder. With `proxy`, people reach it there: the proxy passes on to it, and
        its POLL_PUBLIC_URL is the proxy's address.
        """


@pytest.fixture
def server_command() -> Sequence[str]:
    """What stands before `serve`; a module that tests with another program overrides it."""
    return PRODUCT


@pytest_asyncio.fixture
async def start_server(tmp_path: Path, server_command: Sequence[str]) -> AsyncIterator[StartServer]:
    """Call and await it for a running server. After the test all are stopped, and none may have logged a traceback."""
    servers: list[Server] = []

    async def start(
        env: Mapping[str, str] | None = None, *, data: Path | None = None, proxy: Proxy | None = None
    ) -> Server:
        public = {"POLL_PUBLIC_URL": proxy.url} if proxy else {}
        folder = data or tmp_path / f"server-{len(servers) + 1}"
        server = Server(folder, {**public, **(env or {})}, command=server_command)
        servers.append(server)
        if proxy:
            proxy.target = server.port
        await server.start()
        return server

    yield start
    for server in servers:
        await server.close()
    tracebacks = [server.logs() for server in servers if "Traceback (most recent call last)" in server.logs()]
    assert tracebacks == []


@pytest_asyncio.fixture
async def server(start_server: StartServer) -> Server:
    """A running server with an empty data folder."""
    return await start_server()


@pytest_asyncio.fixture(scope="session")
async def shared_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server that all these tests share; none of them may make it log a traceback."""
    server = Server(tmp_path_factory.mktemp("shared") / "data")
    await server.start()
    yield server
    await server.close()
    assert [line for line in server.logs().splitlines() if "Traceback" in line or "exception" in line] == []
