"""An organiser takes the results of an event home in a browser: by keyboard, with and without JavaScript."""

import json
import os
import signal
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from poll_server.domain.rounds import Action
from poll_server.storage import ballots
from tests.browser.conference import NARROW, STILL
from tests.browser.looks import faults
from tests.browser.makings import made
from tests.harness.browser import NewContext, axe
from tests.harness.server import Server, StartServer
from tests.storage import databases
from tests.web.accounts import account, session_cookie
from tests.web.events import SINGLE, Stored, database_of, draft, store
from tests.web.test_series import held, owner_of

pytestmark = pytest.mark.long

MINUTE_MS = 60_000
MANY, BATCH = 60_000, 10_000
"""So many single ballots take a spreadsheet several seconds."""
HAS_BEGUN = "() => document.querySelector('progress')?.value > 0"


async def page_of(organiser: int, server: Server, code: str, context: BrowserContext) -> Page:
    """The page of an event in the browser of an organiser."""
    name, _, value = (await session_cookie(server, organiser)).partition("=")
    await context.add_cookies([{"name": name, "value": value, "url": server.url}])
    page = await context.new_page()
    await page.goto(f"{server.url}/organise/events/{code}")
    return page


async def signed_in(stored: Stored, context: BrowserContext) -> Page:
    """The page of the event's files in the browser of its owner."""
    owner = await account(stored.server, "kim", owns=stored)
    page = await page_of(owner, stored.server, stored.code, context)
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
    file = await made(page, f"{stored.code}.ods")
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


async def test_series_is_taken_home(start_server: StartServer, new_context: NewContext) -> None:
    """On a phone and by keyboard: from an event to its series, a file of both events, which is then taken away."""
    server = await start_server()
    code, (event, other) = await held(server, 2)
    owner = await owner_of(server, "kim", event, other)
    page = await page_of(owner, server, event.code, await new_context(**STILL, viewport=NARROW))
    await page.get_by_role("link", name="Ergebnisse der Reihe nebeneinander").press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ergebnisse nebeneinander: Land & Leute")
    await expect(page.get_by_role("region", name="Veranstaltungen").get_by_role("listitem")).to_have_count(2)
    assert await faults(page) == {}
    await page.get_by_label("Für Programme (JSON)").press("Space")
    await page.get_by_role("button", name="Dateien erstellen").press("Enter")
    file = await made(page, f"series-{code}.json")
    assert await faults(page) == {}
    async with page.expect_download() as coming:
        await file.press("Enter")
    found = json.loads((await (await coming.value).path()).read_bytes())
    assert [one["event"] for one in found["questions"][0]["askings"]] == [event.code, other.code]
    await page.get_by_role("button", name="Entfernen").press("Enter")
    await expect(page.get_by_text("Es gibt noch keine Dateien.")).to_be_visible()


async def answered_by_many(server: Server) -> Stored:
    """An event whose one question many people have answered."""
    async with database_of(server) as database:
        event = await databases.stored(database, draft(SINGLE))
        (question_id,) = databases.ids(event)
        event = await databases.stepped(database, event, Action.OPEN, question_id)
        for start in range(0, MANY, BATCH):
            people = range(start, start + BATCH)
            await ballots.count(database, [databases.ballot(question_id, f"p{at}") for at in people])
        for action in (Action.CLOSE, Action.SETTLE):
            event = await databases.stepped(database, event, action, question_id)
    return Stored(server, event, b"")


def children(pid: int) -> list[str]:
    """The processes that a process has begun."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()


async def test_long_export_says_how_far_it_is_and_is_stopped(
    start_server: StartServer, new_context: NewContext
) -> None:
    """The bar moves on while the focus stays where it is; stopped, the export is gone, and so is its process."""
    server = await start_server()
    page = await signed_in(await answered_by_many(server), await new_context(**STILL))
    await page.get_by_role("button", name="Dateien erstellen").press("Enter")
    stop = page.get_by_role("button", name="Abbrechen")
    await stop.focus()
    await page.wait_for_function(HAS_BEGUN, timeout=MINUTE_MS)
    (making,) = children(server.pid)
    os.kill(int(making), signal.SIGSTOP)  # else it might be done before it is stopped by hand
    await expect(page.get_by_role("progressbar", name="Fortschritt")).to_be_visible()
    await expect(stop).to_be_focused()
    assert await axe(page) == []
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Es gibt noch keine Dateien.")).to_be_visible()
    assert children(server.pid) == []
