"""Two organisers in real browsers make, edit, copy and delete an event: by keyboard, at 320 pixels, without a fault."""

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conference import STILL, Conference
from tests.browser.test_rounds import faults
from tests.web.accounts import account, session_cookie

pytestmark = pytest.mark.long


async def open_browser(conference: Conference, name: str, **settings: object) -> tuple[BrowserContext, Page]:
    """The browser of somebody who has an account, at the list."""
    context = await conference.new_context(**STILL, **settings)
    key = (await session_cookie(conference.server, await account(conference.server, name))).partition("=")[2]
    await context.add_cookies([{"name": "organiser", "value": key, "url": conference.url}])
    page = await context.new_page()
    await page.goto(f"{conference.url}/organise")
    return context, page


async def fits(page: Page) -> bool:
    """Whether nothing of the page is wider than the window."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


async def sound(page: Page) -> None:
    """The page has no fault of axe-core and fits."""
    assert (await faults(page), await fits(page)) == ([], True)


async def press(page: Page, name: str) -> None:
    """Press a button by keyboard."""
    await page.get_by_role("button", name=name).focus()
    await page.keyboard.press("Enter")


async def test_event_from_its_first_to_its_last_day(conference: Conference) -> None:
    """Made on a phone, mended where mistakes are told, shared, edited by two at once, copied, archived, deleted."""
    _, kim = await open_browser(conference, "kim", viewport={"width": 320, "height": 640})
    _, alex = await open_browser(conference, "alex", color_scheme="dark", java_script_enabled=False)
    await kim.get_by_role("link", name="Neue Veranstaltung").focus()
    await kim.keyboard.press("Enter")
    await expect(kim.get_by_role("heading", level=1)).to_have_text("Neue Veranstaltung")
    await sound(kim)
    await kim.get_by_label("Titel", exact=True).fill("Klimarat")
    await kim.get_by_label("Code zum Mitmachen").fill("oil")
    await kim.keyboard.press("Enter")
    await expect(kim.get_by_label("Code zum Mitmachen")).to_have_attribute("aria-invalid", "true")
    await sound(kim)
    await kim.get_by_label("Code zum Mitmachen").fill("")
    await kim.get_by_label("Begrüßung").fill("Guten Tag!")
    await press(kim, "Veranstaltung anlegen")
    await expect(kim.get_by_role("heading", level=1)).to_have_text("Klimarat")
    address = kim.url.partition("?")[0]
    await sound(kim)
    await kim.get_by_label("Freigeben für").fill("alex")
    await press(kim, "Veranstaltung freigeben")
    await expect(kim.get_by_text("alex", exact=True)).to_be_visible()

    for page in (kim, alex):
        await page.goto(f"{address}/edit")
    await kim.get_by_label("Partner").fill("Stadt")
    await press(kim, "Speichern")
    await expect(kim.get_by_role("status")).to_have_text("Die Veranstaltung ist geändert.")
    await alex.get_by_label("Begrüßung").fill("Guten Morgen!")
    await press(alex, "Speichern")
    await expect(alex.get_by_role("alert")).to_contain_text("Jemand anderes hat diese Veranstaltung")
    await expect(alex.get_by_label("Begrüßung")).to_have_value("Guten Morgen!")
    await expect(alex.locator("#partners-stored")).to_have_text("Jetzt gespeichert: Stadt")
    await alex.get_by_label("Partner").fill("Stadt")
    await press(alex, "Speichern")
    await expect(alex.get_by_role("heading", level=1)).to_have_text("Klimarat")

    audience = await (await conference.new_context(**STILL, viewport={"width": 320, "height": 640})).new_page()
    await audience.goto(address.replace("/organise/events/", "/e/"))
    await expect(audience.get_by_text("Guten Morgen!")).to_be_visible()
    await expect(audience.get_by_role("contentinfo")).to_contain_text("Stadt")
    await sound(audience)

    await kim.get_by_role("link", name="Veranstaltung kopieren").click()
    await expect(kim.get_by_role("heading", level=1)).to_have_text("Veranstaltung kopieren")
    await sound(kim)
    await kim.get_by_label("Erster Tag der Kopie").fill("2027-06-30")
    await press(kim, "Kopie anlegen")
    await expect(kim.get_by_role("status")).to_contain_text("Das ist die Kopie.")
    await press(kim, "Veranstaltung archivieren")
    await expect(kim.get_by_role("status")).to_have_text("Die Veranstaltung ist im Archiv.")
    await sound(kim)

    await kim.goto(f"{address}/delete")
    await sound(kim)
    await kim.get_by_label("Name der Veranstaltung").fill("klimarat")
    await kim.keyboard.press("Enter")
    await expect(kim.get_by_role("status")).to_contain_text("Die Veranstaltung ist gelöscht")
    await expect(audience.get_by_role("alert")).to_have_text(
        "Diesen Code gibt es nicht. Bitte prüfen Sie ihn auf der Leinwand."
    )
