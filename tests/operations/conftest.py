"""One nginx in front of one server, both set up by the commands of docs/operations.md."""

import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest_asyncio
from playwright.async_api import expect

from tests.harness.browser import STEP_MS
from tests.harness.server import PRODUCT, Server
from tests.operations import page
from tests.operations.nginx import NAME, Nginx, ended

expect.set_options(timeout=STEP_MS)


@dataclass(frozen=True)
class Front:
    """A server and the nginx by which people reach it."""

    nginx: Nginx
    server: Server

    def visitor(self, address: str = "127.0.0.1") -> httpx2.AsyncClient:
        """Somebody who comes from this loopback address, follows nothing and trusts our certificate only."""
        transport = httpx2.AsyncHTTPTransport(verify=self.nginx.tls, local_address=address)
        return httpx2.AsyncClient(base_url=self.nginx.url, transport=transport, timeout=20, trust_env=False)


def environment(file: Path) -> dict[str, str]:
    """The settings in a file as systemd reads it."""
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}


@asynccontextmanager
async def running_front(command: Sequence[str]) -> AsyncIterator[Front]:
    """A running server, which is this command, behind a running nginx; the page's commands make all that they need."""
    # Not below pytest's folders: those are closed to the system user that nginx runs as.
    with tempfile.TemporaryDirectory(prefix="poll-nginx-") as made:
        folder = Path(made)
        places = {"/etc/poll-server": folder, "/etc/nginx": folder}
        await page.run("settings", places, before=f"name={NAME}")
        nginx = Nginx(folder, places)
        settings = environment(folder / "settings.env") | {"POLL_PUBLIC_URL": nginx.url}
        server = Server(folder / "data", settings, command=command)
        with ended(nginx):
            await server.start()
            try:
                nginx.start(server.port)
                yield Front(nginx, server)
            finally:
                await server.close()
        assert "Traceback" not in server.logs()


@pytest_asyncio.fixture(scope="module")
async def front() -> AsyncIterator[Front]:
    """The product behind nginx; a test that stops the server starts it again."""
    async with running_front(PRODUCT) as found:
        yield found


@pytest_asyncio.fixture(scope="module")
async def mirror() -> AsyncIterator[Front]:
    """In place of the product a server, set up by the product, that tells who is asking."""
    async with running_front((sys.executable, "-m", "tests.operations.mirror")) as found:
        yield found
