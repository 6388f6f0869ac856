"""A link of the team in real browsers: an organiser makes it and takes it back, and the page that it opened says so."""

import asyncio
import time

import pytest
from playwright.async_api import Page, expect

from poll_server.domain.errors import Forbidden
from tests.browser.conference import NARROW, STILL
from tests.browser.desks import overflow
from tests.browser.looks import faults
from tests.harness.browser import NewContext
from tests.harness.server import StartServer
from tests.web.accounts import account, session_cookie
from tests.web.events import SINGLE, Stored, draft, store
from tests.web.people import PATIENCE_SECONDS, german

pytestmark = pytest.mark.long
WITHIN = 5.0
"""Seconds after which a page says that its link is over."""
SEND = """async (path) => {
  const body = new URLSearchParams({ action: "join_show", seen: "0" });
  return (await fetch(path, { method: "POST", body })).status;
}"""


async def on(stored: Stored, new_context: NewContext, page: str, name: str, *, sockets: bool = True) -> Page:
    """Somebody who has opened a page by a new link of this name."""
    context = await new_context(**STILL, viewport=NARROW)
    if not sockets:
        await context.route_web_socket("**/*", lambda route: asyncio.ensure_future(route.close()))
    opened = await context.new_page()
    await opened.goto(f"{stored.server.url}{await stored.new_link(page, name)}")
    await opened.get_by_role("button").first.click()
    await opened.wait_for_url(lambda url: "/link/" not in url)
    return opened


async def test_page_says_that_its_link_is_over(start_server: StartServer, new_context: NewContext) -> None:
    """A desk, the screen opened from it, a desk without sockets: each says so, and what it still sends is refused."""
    stored = await store(await start_server(), draft(SINGLE))
    desk = await on(stored, new_context, "desk", "Anna")
    await expect(desk.get_by_role("button", name="Frage öffnen")).to_be_visible()
    async with desk.expect_popup() as opened:
        await desk.get_by_role("button", name="Leinwand öffnen").click()
    screen = await opened.value
    await screen.wait_for_url(f"**/e/{stored.code}/screen")
    polling = await on(stored, new_context, "desk", "Bert", sockets=False)
    await stored.revoke("Anna")
    await stored.revoke("Bert")
    begun = time.monotonic()
    said = german(Forbidden("link_revoked"))
    for page in (desk, screen):
        await expect(page.locator("[data-refused]")).to_have_text(said)
    assert time.monotonic() - begun < WITHIN
    await expect(polling.locator("[data-refused]")).to_have_text(said)
    assert await desk.evaluate(SEND, f"/e/{stored.code}/desk") == 403
    await expect(desk.get_by_role("button", name="Frage öffnen")).to_have_count(0)


async def test_organiser_makes_a_link_and_takes_it_back(start_server: StartServer, new_context: NewContext) -> None:
    """At 320 px and by keyboard a link is made; whoever has opened it reads on the page when it is taken back."""
    server = await start_server()
    stored = await store(server, draft(SINGLE))
    name, _, key = (await session_cookie(server, await account(server, "Kim", owns=stored))).partition("=")
    context = await new_context(**STILL, viewport=NARROW)
    await context.add_cookies([{"name": name, "value": key, "url": server.url}])
    page = await context.new_page()
    await page.goto(f"{server.url}/organise/events/{stored.code}")
    await page.get_by_role("link", name="Links für Moderation, Leinwand und Podium").click()
    await page.get_by_label("Für wen ist der Link?").focus()
    await page.keyboard.type("Anna")
    await page.keyboard.press("Enter")
    address = await page.get_by_label("Adresse des Links").input_value()
    assert (await faults(page), await overflow(page)) == ({}, 0)
    desk = await (await new_context(**STILL)).new_page()
    await desk.goto(address)
    await desk.get_by_role("button", name="Regie öffnen").click()
    await expect(desk.get_by_role("button", name="Frage öffnen")).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text="Anna")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await row.filter(has_text="Jetzt offene Seiten: 1").count():
            await page.goto(f"{server.url}/organise/events/{stored.code}/links")
    await row.locator("summary").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(desk.locator("[data-refused]")).to_have_text(german(Forbidden("link_revoked")))
    await expect(page.locator("#told")).to_be_visible()
    await page.get_by_role("link", name="Was das Team getan hat").click()
    await expect(page.get_by_role("row").nth(1)).to_contain_text("Link zurückgezogen")
    assert (await faults(page), await overflow(page)) == ({}, 0)
