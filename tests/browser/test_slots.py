"""An organiser mends a programme in a real browser: by keyboard, at 320 pixels, without a fault of axe-core."""

import pytest
from playwright.async_api import Locator, Page, ViewportSize, expect

from poll_server.domain.errors import Conflict
from tests.browser.conference import STILL, Conference
from tests.browser.looks import faults as faults_of_looks
from tests.browser.test_organise import own_event, sign_in
from tests.browser.test_rounds import faults
from tests.harness.browser import NewContext, watch_announcements
from tests.harness.server import StartServer
from tests.web.accounts import PASSWORD, account, session_cookie
from tests.web.events import store
from tests.web.people import german
from tests.web.test_slots import programme

pytestmark = pytest.mark.long

TALL: ViewportSize = {"width": 320, "height": 1400}
FIRST_DAY = ["Begrüßung", "Sie sind gefragt!", "Fragerunde", "Ende"]


async def drag(page: Page, grip: Locator, over: Locator, *, finger: bool, cancelled: bool = False) -> None:
    """Hold an item and bring it to the lower edge of another one; let it go there, or press Escape before."""
    held, there = await grip.bounding_box(), await over.bounding_box()
    assert held
    assert there
    x = held["x"] + held["width"] / 2
    path = [held["y"] + held["height"] / 2, there["y"], there["y"] + there["height"] - 2]
    session = await page.context.new_cdp_session(page)
    if finger:
        for kind, y in zip(("touchStart", "touchMove", "touchMove"), path, strict=True):
            await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    else:
        await page.mouse.move(x, path[0])
        await page.mouse.down()
        for y in path[1:]:
            await page.mouse.move(x, y)
    if cancelled:
        await page.keyboard.press("Escape")
    if finger:
        await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        await page.mouse.up()


@pytest.mark.parametrize("finger", [False, True], ids=["mouse", "finger"])
async def test_item_is_dragged_to_its_place(start_server: StartServer, new_context: NewContext, finger: bool) -> None:
    """Where it goes is said; Escape leaves all as it was; nothing passes the end; a button keeps the focus for more."""
    stored = await store(await start_server(), programme())
    server = stored.server
    name, _, key = (await session_cookie(server, await account(server, "kim", owns=stored))).partition("=")
    context = await new_context(**STILL, viewport=TALL, has_touch=finger)
    await context.add_cookies([{"name": name, "value": key, "url": server.url}])
    page, other = await context.new_page(), await context.new_page()
    for one in (page, other):
        await one.goto(f"{server.url}/organise/events/{stored.code}/programme")
    day = page.locator(".sg-timetable").first
    rows, titles, grips = day.locator("li"), day.locator("h3"), page.locator("[data-grip]:visible")
    await expect(grips).to_have_count(3)
    assert await faults_of_looks(page) == {}
    heard = await watch_announcements(page)
    await drag(page, grips.first, rows.nth(1), finger=finger, cancelled=True)
    await expect(titles).to_have_text(FIRST_DAY)
    await heard.expect("„Begrüßung“ ist Punkt 2 von 4.", "„Begrüßung“ bleibt Punkt 1 von 4.")
    await drag(page, grips.first, rows.nth(3), finger=finger)
    await expect(titles).to_have_text([*FIRST_DAY[1:3], FIRST_DAY[0], FIRST_DAY[3]])
    await expect(day.locator("time")).to_have_text(
        ["9:00 bis 9:30 Uhr", "9:30 bis 10:15 Uhr", "10:30 bis 11:00 Uhr", "11:00"]
    )
    await expect(page.locator("#moving")).to_have_text("„Begrüßung“ beginnt nun um 10:30 Uhr.")
    await expect(rows.nth(2).locator("button").last).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(titles).to_have_text([FIRST_DAY[1], FIRST_DAY[0], *FIRST_DAY[2:]])
    await expect(rows.nth(1).locator("button").first).to_be_focused()
    await drag(other, other.locator("[data-grip]").first, other.locator("[data-item]").nth(1), finger=finger)
    await expect(other.get_by_role("alert")).to_have_text(german(Conflict("programme_changed")))
    await expect(other.locator(".sg-timetable").first.locator("h3")).to_have_text(await titles.all_inner_texts())


async def test_organiser_mends_a_programme(conference: Conference) -> None:
    """Adds an item with a mistake that is told, moves it by its button, and lets the programme go on later."""
    await own_event(conference, await account(conference.server, "kim@example.org"))
    page = await (await conference.new_context(**STILL)).new_page()
    await page.set_viewport_size({"width": 320, "height": 800})
    await page.goto(f"{conference.url}/organise/sign-in")
    await sign_in(page, PASSWORD)
    await page.locator(".sg-events a").first.click()
    await page.locator("#to-programme").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Programm")
    assert await faults(page) == []
    await page.locator("#new-slot").click()
    starts = await page.locator("#starts").input_value()
    await page.locator("#title").fill("Kaffee")
    await page.locator("#ends").fill(starts)
    await page.keyboard.press("Enter")
    await expect(page.locator("#ends-error")).to_contain_text("Das Ende liegt nicht nach dem Beginn.")
    assert await faults(page) == []
    await page.locator("#ends").fill("")
    await page.locator("#name-0").fill("Ute Berg")
    await page.locator("#save").press("Enter")
    await expect(page.get_by_role("link", name="Kaffee", exact=True)).to_have_count(1)
    slots = page.locator(".sg-timetable h3")
    before = await slots.all_inner_texts()
    await page.locator(".sg-timetable li").first.locator("button[id^=down]").press("Enter")
    await expect(slots.first).to_have_text(before[1])
    await expect(page.locator(".sg-timetable li").nth(1).locator("button[id^=down]")).to_be_focused()
    first = await page.locator(".sg-timetable time").first.inner_text()
    await page.locator("#late-item").select_option(index=0)
    await page.locator("#late-later").press("Enter")
    await expect(page.locator(".sg-timetable time").first).not_to_have_text(first)
    await page.set_viewport_size({"width": 320, "height": 800})
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    assert await faults(page) == []
