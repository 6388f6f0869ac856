"""An organiser takes the results of an event home in a browser: by keyboard, with and without JavaScript."""

import zipfile

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conference import STILL
from tests.browser.looks import faults
from tests.harness.browser import NewContext
from tests.harness.server import StartServer
from tests.web.accounts import account, session_cookie
from tests.web.events import SINGLE, Stored, draft, store

pytestmark = pytest.mark.long

MINUTE_MS = 60_000


async def signed_in(stored: Stored, context: BrowserContext) -> Page:
    """The page of the event's owner."""
    cookie = await session_cookie(stored.server, await account(stored.server, "kim", owns=stored))
    name, _, value = cookie.partition("=")
    await context.add_cookies([{"name": name, "value": value, "url": stored.server.url}])
    page = await context.new_page()
    await page.goto(f"{stored.server.url}/organise/events/{stored.code}")
    await page.get_by_role("link", name="Ergebnisse als Dateien").press("Enter")
    return page


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_organiser_takes_files_home(start_server: StartServer, new_context: NewContext, scripts: bool) -> None:
    """A format is chosen and the file comes; with scripts by itself, without by a link; then it is taken away."""
    stored = await store(await start_server(), draft(SINGLE), {"#": 3, "o1": 2, "o2": 1})
    page = await signed_in(stored, await new_context(**STILL, java_script_enabled=scripts))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ergebnisse als Dateien")
    await page.get_by_label("LibreOffice (ODS)").press("Space")
    await page.get_by_role("button", name="Dateien erstellen").press("Enter")
    file = page.get_by_role("link", name=f"{stored.code}.ods")
    while not scripts and await page.get_by_text("Die Dateien werden erstellt.").count():
        await page.get_by_role("link", name="Nachsehen, wie weit sie sind").press("Enter")
    await expect(file).to_be_visible(timeout=MINUTE_MS)
    await expect(page.locator("#makings-told")).to_have_text("Ihre Dateien sind fertig.")
    if scripts:
        assert await faults(page) == {}
    async with page.expect_download() as coming:
        await file.press("Enter")
    found = await (await coming.value).path()
    with zipfile.ZipFile(found) as packed:
        assert packed.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
    await page.get_by_role("button", name="Entfernen").press("Enter")
    await expect(page.get_by_text("Es gibt noch keine Dateien.")).to_be_visible()
