"""A real nginx with deploy/nginx.conf in front of a real server: TLS, sockets, static files, addresses, restarts."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from playwright.async_api import expect
from websockets.asyncio.client import ClientConnection, connect

from poll_server.resources import resource
from poll_server.web.bundles import bundles
from poll_server.web.static import StaticFiles
from tests.browser.conference import expect_counted, vote
from tests.harness.browser import NewContext
from tests.harness.server import Server
from tests.operations import page as guide
from tests.operations.conftest import Front
from tests.operations.nginx import NAME
from tests.web.events import SINGLE, Stored, draft, store
from tests.web.people import Desk, Line, Person, Receipt, ballot_form, receipts

pytestmark = pytest.mark.long

RESTARTED = 1012
STYLE = "audience.css"
VISITOR, FORGED = "127.0.0.5", "203.0.113.9"
FORGERY = {"x-forwarded-for": FORGED, "x-forwarded-proto": "https"}


async def opened(front: Front) -> Stored:
    """An event whose only question is open; the moderator goes home."""
    stored = await store(front.server, draft(SINGLE))
    async with Person(stored) as moderator:
        await (await Desk.of(moderator)).do("open", stored.ids[0])
    return stored


async def cookie_of(front: Front, stored: Stored) -> str:
    """The cookie of somebody new in the audience, held to be one that only https gets."""
    async with front.visitor() as visitor:
        page = await visitor.get(f"/e/{stored.code}")
        (cookie,) = visitor.cookies.jar
    assert (page.status_code, cookie.name, cookie.secure, cookie.path) == (200, "__Host-participant", True, "/")
    return f"{cookie.name}={cookie.value}"


def socket_of(front: Front, stored: Stored, cookie: str) -> connect:
    """The socket of a participant, through nginx; use it in ``async with``."""
    url = f"wss://{NAME}:{front.nginx.https_port}/e/{stored.code}/socket"
    headers = {"cookie": cookie, "origin": front.nginx.url}
    return connect(url, ssl=front.nginx.tls, additional_headers=headers, proxy=None)


async def vote_over(connection: ClientConnection, answer: str) -> Receipt:
    """Vote with the form that comes over a socket."""
    line = Line(connection)
    form = ballot_form(await line.until(ballot_form))
    assert form is not None
    return await line.vote(form, answer)


async def code_of_closing(connection: ClientConnection) -> int | None:
    """The code with which the other side closes a socket."""
    async with asyncio.timeout(10):
        await connection.wait_closed()
    return connection.close_code


@asynccontextmanager
async def stopped(server: Server) -> AsyncIterator[None]:
    """Stop a server, and start it again whatever happens."""
    await server.stop()
    try:
        yield
    finally:
        await server.start()


async def test_vote_through_nginx_stands_after_a_restart(front: Front) -> None:
    """A vote over wss is counted; a stop of the server closes the socket with 1012; who comes back finds the vote."""
    stored = await opened(front)
    cookie = await cookie_of(front, stored)
    async with socket_of(front, stored, cookie) as connection:
        receipt = await vote_over(connection, "o2")
        assert (receipt.state, receipt.answer) == ("counted", "o2")
        async with stopped(front.server):
            assert await code_of_closing(connection) == RESTARTED
    async with socket_of(front, stored, cookie) as connection:
        greeting = await Line(connection).until(receipts)
        assert [(one.state, one.answer) for one in receipts(greeting)] == [("counted", "o2")]


async def test_browser_comes_back_through_nginx(front: Front, new_context: NewContext) -> None:
    """A browser keeps the cookie, votes over wss, and follows the desk again after a restart without being reloaded."""
    stored = await opened(front)
    context = await new_context(ignore_https_errors=True)
    page = await context.new_page()
    await page.goto(f"{front.nginx.url}/e/{stored.code}")
    await vote(page, "Wohnraum")
    await expect_counted(page, "Wohnraum")
    kept = [(cookie["name"], cookie["secure"], cookie["httpOnly"]) for cookie in await context.cookies()]
    assert kept == [("__Host-participant", True, True)]
    await page.evaluate("() => { self.neverReloaded = true; }")
    await front.server.restart()
    async with Person(stored) as moderator:
        desk = await Desk.of(moderator)
        await desk.do("close", stored.ids[0])
        await desk.do("show", stored.ids[0])
        await expect(page.locator("table.sg-results")).to_be_visible()
    assert await page.evaluate("() => self.neverReloaded")


async def test_static_files_come_once_from_the_server(front: Front) -> None:
    """A static file arrives as the server compressed it, and again while the server is away; pages then say so."""
    style = StaticFiles(resource("static")).url(STYLE)
    async with front.visitor() as visitor:
        async with visitor.stream("GET", style, headers={"accept-encoding": "gzip"}) as answer:
            first = b"".join([part async for part in answer.aiter_raw()])
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert gzip.decompress(first) == bundles(resource("static"))[STYLE].encode()
        async with stopped(front.server):
            again = await visitor.get(style, headers={"accept-encoding": "gzip"})
            away = await visitor.get("/")
    assert again.content == gzip.decompress(first)
    told = (away.status_code, away.headers["retry-after"], away.headers["content-type"])
    assert (told, away.text.count("Einen Moment bitte")) == ((503, "5", "text/html; charset=utf-8"), 2)


async def test_metrics_stay_behind_nginx(front: Front) -> None:
    """What the server tells of itself on its own machine is not to be had through nginx."""
    async with front.visitor() as visitor:
        assert (await visitor.get("/metrics")).status_code == 404
    told = await guide.run("metrics", {"http://127.0.0.1:8000": front.server.url})
    assert told == "poll_storing 1.0\n"


async def test_long_programmes_reach_the_server(front: Front) -> None:
    """What is too long is told by the server, in its own words; nginx stops it at other forms alone."""
    much, own = {"text": (None, "9 Uhr Los\n" * 500_000)}, "/organise/events/probe7/programme"
    async with front.visitor() as visitor:
        headers = {"origin": front.nginx.url}
        paths = ("/organise/programme", f"{own}/paste", own, "/organise/new")
        found = [(await visitor.post(path, files=much, headers=headers)).status_code for path in paths]
    assert found == [403, 403, 413, 413]


async def test_http_leads_to_https(front: Front) -> None:
    """Plain http is sent to the same page by https, but for the files that a certificate's issuer asks for."""
    challenge = front.nginx.webroot / ".well-known" / "acme-challenge" / "proof"
    challenge.parent.mkdir(parents=True)
    challenge.write_text("proof")
    async with httpx2.AsyncClient(base_url=f"http://{NAME}:{front.nginx.http_port}", trust_env=False) as visitor:
        moved = await visitor.get("/e/probe7?x=1", headers={"host": "elsewhere.example"})
        proof = await visitor.get("/.well-known/acme-challenge/proof")
    assert (moved.status_code, moved.headers["location"]) == (301, f"{front.nginx.url}/e/probe7?x=1")
    assert (proof.status_code, proof.text) == (200, "proof")


async def test_pages_come_over_http2(front: Front) -> None:
    """A browser that can is offered HTTP/2."""
    tls = front.nginx.tls
    tls.set_alpn_protocols(["h2", "http/1.1"])

    def agreed() -> str | None:
        plain = socket.create_connection(("127.0.0.1", front.nginx.https_port), 10)
        with tls.wrap_socket(plain, server_hostname=NAME) as line:
            return line.selected_alpn_protocol()

    assert await asyncio.to_thread(agreed) == "h2"


async def test_address_comes_from_nginx_alone(mirror: Front) -> None:
    """The server is told the visitor's own address and https, whatever the visitor claims."""
    async with mirror.visitor(VISITOR) as visitor:
        answers = [(await visitor.get("/readyz", headers=claimed)).text for claimed in ({}, FORGERY)]
    assert answers == [f"{VISITOR} https"] * 2


async def test_address_is_believed_from_trusted_proxies_only(mirror: Front) -> None:
    """Past nginx a claim counts from the trusted address and from no other."""
    answers = []
    for address in ("127.0.0.1", VISITOR):
        transport = httpx2.AsyncHTTPTransport(local_address=address)
        async with httpx2.AsyncClient(base_url=mirror.server.url, transport=transport, trust_env=False) as visitor:
            answers.append((await visitor.get("/readyz", headers=FORGERY)).text)
    assert answers == [f"{FORGED} https", f"{VISITOR} http"]
