"""The proxy is a faithful wire, an office firewall or a lost network, as it is told."""

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from tests.harness.proxy import Proxy, StartProxy
from tests.harness.server import StartServer
from tests.harness.visitor import visitor


def _client(proxy: Proxy) -> httpx2.AsyncClient:
    return visitor(proxy.url)


async def test_proxy_passes_requests_and_sockets(start_proxy: StartProxy, start_server: StartServer) -> None:
    """A large body arrives whole in both directions, a socket works, and the server knows its public address."""
    proxy = await start_proxy()
    await start_server(proxy=proxy)
    body = "ü" * 300_000
    async with _client(proxy) as client:
        answers = [(await client.post("/echo", content=body.encode())).text for _ in range(2)]
        address = (await client.get("/env/POLL_PUBLIC_URL")).text
    async with connect(proxy.ws_url("/ws"), proxy=None) as socket:
        await socket.send("Hallo")
        assert await socket.recv() == "Hallo"
    assert (answers, address) == ([body, body], proxy.url)


async def test_proxy_refuses_upgrades_only(start_proxy: StartProxy, start_server: StartServer) -> None:
    """A socket is answered 403, a page is not, even on a connection that was kept open."""
    proxy = await start_proxy(refuse_upgrades=True)
    await start_server(proxy=proxy)
    async with _client(proxy) as client:
        headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
        statuses = [(await client.get("/pid", headers=extra)).status_code for extra in ({}, headers, {})]
    with pytest.raises(InvalidStatus) as refusal:
        await connect(proxy.ws_url("/ws"), proxy=None)
    assert (statuses, refusal.value.response.status_code, proxy.refused) == ([200, 403, 200], 403, 2)


async def test_proxy_down_cuts_and_refuses(start_proxy: StartProxy, start_server: StartServer) -> None:
    """A socket breaks and none can be opened, until the proxy is up again at the same address."""
    proxy = await start_proxy()
    await start_server(proxy=proxy)
    async with connect(proxy.ws_url("/ws"), proxy=None) as socket:
        await proxy.down()
        with pytest.raises(ConnectionClosedError):
            await socket.recv()
    async with _client(proxy) as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get("/pid")
        await proxy.up()
        assert (await client.get("/pid")).status_code == 200


async def test_proxy_tells_of_a_killed_server(start_proxy: StartProxy, start_server: StartServer) -> None:
    """When the server dies, those behind the proxy lose their sockets, too."""
    proxy = await start_proxy()
    server = await start_server(proxy=proxy)
    async with connect(proxy.ws_url("/ws"), proxy=None) as socket:
        await server.kill()
        with pytest.raises(ConnectionClosedError):
            await socket.recv()
