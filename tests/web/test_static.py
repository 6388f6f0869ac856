"""Static files at the door: compressed as the browser takes them, kept for ever, and only under the present address."""

import asyncio
import gzip

import brotli
import httpx2
import pytest

from poll_server.resources import resource
from poll_server.web.bundles import bundles
from poll_server.web.static import StaticFiles
from tests.harness.server import Server
from tests.harness.visitor import visitor

FONT = "vendor/fonts/fira-sans-400.woff2"
DECODED = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}


async def raw(server: Server, path: str, accepted: str) -> tuple[bytes, httpx2.Headers]:
    """The bytes of an answer as they came, and its headers."""
    headers = {"accept-encoding": accepted}
    async with (
        visitor(server.url) as client,
        client.stream("GET", path, headers=headers) as answer,
    ):
        return b"".join([part async for part in answer.aiter_raw()]), answer.headers


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "br"), ("gzip", "gzip"), ("identity", "")])
async def test_bundle_is_compressed_as_it_is_taken(shared_server: Server, accepted: str, encoding: str) -> None:
    """Many who come at the same time for the first time all get the whole script, which is kept for ever."""
    url = StaticFiles(resource("static")).url("audience.js")
    came = await asyncio.gather(*(raw(shared_server, url, accepted) for _ in range(5)))
    expected = bundles(resource("static"))["audience.js"].encode()
    assert [DECODED[encoding](content) for content, _ in came] == [expected] * 5
    headers = came[0][1]
    assert headers.get("content-encoding", "") == encoding
    assert (headers["vary"], headers["cache-control"]) == ("Accept-Encoding", "public, max-age=31536000, immutable")


async def test_font_is_sent_as_it_is(shared_server: Server) -> None:
    """What is compressed already is not compressed again."""
    content, headers = await raw(shared_server, StaticFiles(resource("static")).url(FONT), "gzip, br")
    assert content == (resource("static") / FONT).read_bytes()
    assert "content-encoding" not in headers
