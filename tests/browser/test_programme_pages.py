"""A programme is pasted in a real browser: by keyboard, at 320 pixels and wide, without a fault of axe-core."""

from dataclasses import replace
from datetime import date

import pytest
from playwright.async_api import expect

from poll_server.domain.programme import SeriesDraft
from poll_server.storage import series
from tests.browser.conference import STILL, Conference
from tests.browser.looks import faults as faults_of_looks
from tests.browser.test_organise import own_event
from tests.browser.test_rounds import faults
from tests.web.accounts import account, session_cookie
from tests.web.events import database_of
from tests.web.test_slots import programme

pytestmark = pytest.mark.long

BAD = "Tag der Orte\n9 Uhr Los ohne Tag"
GOOD = (
    "Tag der Orte\n21.1.2027\n\n9.00 Uhr\tBegrüßung\n9.15 Uhr\tSie sind gefragt!\n10–9 Uhr\tVerdreht\n\nIrgendetwas\n"
)


@pytest.mark.parametrize("scripts", [True, False])
async def test_programme_is_pasted_by_keyboard(conference: Conference, scripts: bool) -> None:
    """What was wrong stands at the text, which stays; mended, what was understood is read first and then saved."""
    name, _, key = (
        await session_cookie(conference.server, await account(conference.server, "kim@example.org"))
    ).partition("=")
    context = await conference.new_context(**STILL, java_script_enabled=scripts)
    await context.add_cookies([{"name": name, "value": key, "url": conference.url}])
    page = await context.new_page()
    await page.goto(f"{conference.url}/organise/programme")
    assert await faults(page) == []
    text = page.get_by_label("Programm", exact=True)
    for pasted in (BAD, GOOD):
        await text.focus()
        await page.keyboard.press("Control+A")
        await page.keyboard.insert_text(pasted)
        await page.get_by_role("button", name="Ansehen").press("Enter")
        await expect(page).to_have_url(f"{conference.url}/organise/programme#outcome")
        await expect(text).to_have_value(pasted)
        await expect(page.get_by_role("alert")).to_have_count(int(pasted == BAD))
        assert await faults(page) == []
    await expect(page.locator("#outcome")).to_be_focused()
    await expect(page.locator(".sg-lines b")).to_have_text(["Zeile 6", "Zeile 8"])
    save = page.get_by_role("button", name="Veranstaltung speichern")
    for _ in range(2):
        await page.keyboard.press("Tab")
        if await save.evaluate("button => button === document.activeElement"):
            break
    await expect(save).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tag der Orte")


async def test_series_and_several_days_as_anybody_sees_them(conference: Conference) -> None:
    """The page of a series, the programme of two days, the page Now and that of a question time on its day."""
    whole = SeriesDraft("Reihe der kleinen Städte", "de", "Netzwerk kleiner Städte")
    drafts = [programme(), replace(programme(), title="Bürgerbeteiligungsverfahrensfragen", day=date(2027, 2, 4))]
    async with database_of(conference.server) as database, database.write() as connection:
        code, [(_, event), _] = await series.create_events(connection, drafts, whole)
    page = await (await conference.new_context(**STILL)).new_page()
    for path, title in (
        (f"/s/{code}", "Reihe der kleinen Städte – Veranstaltungsreihe"),
        (f"/e/{event}/programme", "Programm – Tagung"),
        (f"/e/{event}", "Tagung – Sie sind gefragt!"),
        (f"/e/{event}/questions", "Fragerunde – Tagung"),
    ):
        await page.goto(f"{conference.url}{path}")
        await expect(page).to_have_title(title)
        assert await faults_of_looks(page) == {}


async def test_programme_takes_the_place_of_another_by_keyboard(conference: Conference) -> None:
    """On a narrow screen: the event leads there, what would go is read before it does, and then the new one stands."""
    kim = await account(conference.server, "kim@example.org")
    await own_event(conference, kim)
    name, _, key = (await session_cookie(conference.server, kim)).partition("=")
    context = await conference.new_context(**STILL)
    await context.add_cookies([{"name": name, "value": key, "url": conference.url}])
    page = await context.new_page()
    await page.set_viewport_size({"width": 320, "height": 800})
    await page.goto(f"{conference.url}/organise")
    await page.locator(".sg-events a").first.click()
    await page.locator("#to-paste").press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Programm einfügen")
    assert await faults(page) == []
    for pasted in ("Nichts davon", GOOD):
        await page.get_by_label("Programm", exact=True).fill(pasted)
        await page.locator("#look").press("Enter")
        await expect(page.get_by_role("alert")).to_have_count(int(pasted != GOOD))
        await expect(page.locator("#outcome")).to_be_focused()
        assert await faults(page) == []
    await page.locator("#way-add").focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#way-replace")).to_be_checked()
    await page.set_viewport_size({"width": 320, "height": 800})
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    await page.locator("#save").press("Enter")
    await expect(page.locator("#told")).to_have_text("Das Programm wurde ersetzt.")
    await expect(page.get_by_role("link", name="Begrüßung", exact=True)).to_have_count(1)
    await expect(page.get_by_role("link", name="Verdreht", exact=True)).to_have_count(1)
    assert await faults(page) == []
