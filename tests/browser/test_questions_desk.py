"""Questions from the floor as moderators meet them in real browsers: by keyboard, two at once, narrow and wide."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from poll_server.domain.contributions import Fate
from tests.browser.conference import NARROW, STILL
from tests.browser.desks import LEMMAS_MS, overflow
from tests.browser.looks import faults
from tests.harness.browser import NewContext
from tests.harness.server import Server
from tests.web.events import draft
from tests.web.floor import Hall, hall

REASONS = ("Die Frage nennt eine Person.", "Die Frage gehört nicht zum Thema.")
EVENT = replace(draft(), decline_reasons=REASONS)
BUS = "Wer bezahlt den Rufbus, wenn die Förderung ausläuft?"
BUS_AGAIN = "Wer bezahlt den Rufbus, wenn die Förderung endet?"
SCHOOL, TREES, HOUSE = "Wie viele Schulen bleiben?", "Wo werden Bäume gepflanzt?", "Was kostet das neue Rathaus?"

NewDesk = Callable[..., Awaitable[Page]]


@pytest.fixture
def new_desk(new_context: NewContext) -> NewDesk:
    """Await it for a moderator's browser on the page of the questions."""

    async def make(made: Hall, **options: Any) -> Page:
        page = await (await new_context(**STILL, **options)).new_page()
        await page.goto(f"{made.stored.server.url}{made.stored.link('desk')}")
        await page.get_by_role("button", name="Regie öffnen").click()
        await page.wait_for_url("**/desk")
        await page.goto(f"{made.stored.server.url}/e/{made.stored.code}/desk/questions")
        return page

    return make


async def five(server: Server) -> Hall:
    """An event with four waiting questions and an accepted one."""
    made = await hall(server, prepared=EVENT)
    await made.add(made.new(1, BUS), backers=2)
    texts = (BUS_AGAIN, SCHOOL, TREES, HOUSE)
    await made.add(*(made.new(number, text, fate=Fate.WAITING) for number, text in enumerate(texts, 2)))
    return made


def texts(desk: Page, column: str) -> Locator:
    """The texts of a list."""
    return desk.locator(f"#{column} .sg-one bdi[id^=t]")


def row(desk: Page, text: str) -> Locator:
    """A question in its list."""
    return desk.locator(".sg-one").filter(has=desk.locator("bdi[id^=t]", has_text=text))


async def test_moderated_by_keyboard_alone(shared_server: Server, new_desk: NewDesk) -> None:
    """Keys join, accept, take back, decline with a reason, edit and show; the focus goes on with the next one."""
    made = await five(shared_server)
    desk = await new_desk(made)
    await expect(texts(desk, "waiting")).to_have_text([BUS_AGAIN, SCHOOL, TREES, HOUSE])
    await expect(row(desk, BUS_AGAIN)).to_contain_text("ähnlich wie", timeout=LEMMAS_MS)
    await desk.keyboard.press("j")
    await expect(row(desk, BUS_AGAIN)).to_be_focused()
    await desk.keyboard.press("m")
    await expect(texts(desk, "waiting")).to_have_text([SCHOOL, TREES, HOUSE])
    await expect(row(desk, BUS)).to_contain_text("zusammengeführt")
    await expect(row(desk, SCHOOL)).to_be_focused()
    await desk.keyboard.press("a")
    await expect(texts(desk, "accepted")).to_have_text([BUS, SCHOOL])
    await expect(desk.locator("#done")).to_contain_text("Freigegeben.")
    await desk.keyboard.press("z")
    await expect(texts(desk, "waiting")).to_have_text([SCHOOL, TREES, HOUSE])
    await expect(desk.locator("#done")).to_have_text("Rückgängig gemacht.")
    await row(desk, SCHOOL).focus()
    await desk.keyboard.press("d")
    await expect(row(desk, SCHOOL).get_by_role("button", name=REASONS[0])).to_be_focused()
    await desk.keyboard.press("Enter")
    await expect(texts(desk, "waiting")).to_have_text([TREES, HOUSE])
    await expect(row(desk, TREES)).to_be_focused()
    await desk.keyboard.press("e")
    await expect(desk.locator("#edit-text")).to_be_focused()
    await desk.keyboard.press("Control+a")
    await desk.keyboard.type("Wo pflanzen Sie Bäume?")
    await desk.keyboard.press("Tab")
    await desk.keyboard.press("Enter")
    await expect(texts(desk, "accepted")).to_have_text([BUS, "Wo pflanzen Sie Bäume?"])
    await expect(desk.locator("#one")).to_contain_text(TREES)
    await row(desk, BUS).focus()
    await desk.keyboard.press("s")
    await expect(row(desk, BUS)).to_contain_text("Auf der Leinwand")
    await desk.keyboard.press("?")
    await row(desk, HOUSE).focus()
    await desk.keyboard.press("a")
    await desk.keyboard.press("?")
    await desk.keyboard.press("b")
    await expect(texts(desk, "waiting")).to_have_text([HOUSE])
    assert await faults(desk) == {}


async def test_two_moderators(shared_server: Server, new_desk: NewDesk) -> None:
    """Each sees the other's work; who comes second is told at the question; what one writes meanwhile stays."""
    made = await five(shared_server)
    desk, other = await new_desk(made), await new_desk(made)
    for page in (desk, other):
        await expect(texts(page, "waiting")).to_have_count(4)
    await row(other, HOUSE).get_by_role("link").click()
    await other.locator("#note").fill("Frau Muster fragen")
    await row(desk, SCHOOL).get_by_role("button", name="Freigeben").click()
    await expect(texts(other, "accepted")).to_have_text([BUS, SCHOOL])
    await expect(other.locator("#note")).to_have_value("Frau Muster fragen")
    await other.route("**/state**", lambda route: route.abort())
    await row(desk, HOUSE).get_by_role("button", name="Freigeben").click()
    await expect(texts(desk, "accepted")).to_have_text([BUS, SCHOOL, HOUSE])
    await row(other, HOUSE).get_by_role("button", name="Freigeben").click()
    await expect(row(other, HOUSE).locator(".kern-error")).to_contain_text("Jemand anderes war schneller")
    await expect(texts(other, "accepted")).to_have_text([BUS, SCHOOL, HOUSE])
    await expect(other.locator("#note")).to_have_value("Frau Muster fragen")


async def test_many_at_once_and_search(shared_server: Server, new_desk: NewDesk) -> None:
    """Selected by key and with shift, accepted in one step and taken back; search narrows while one types."""
    made = await five(shared_server)
    desk = await new_desk(made)
    await expect(texts(desk, "waiting")).to_have_count(4)
    await row(desk, SCHOOL).focus()
    await desk.keyboard.press("x")
    for _ in range(2):
        await desk.keyboard.press("j")
    await desk.keyboard.press("Shift+X")
    await expect(desk.locator("#bulk-head")).to_have_text("3 ausgewählt:")
    await desk.keyboard.press("g")
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#done")).to_contain_text("3 Fragen freigegeben.")
    await expect(texts(desk, "accepted")).to_have_text([BUS, SCHOOL, TREES, HOUSE])
    await desk.get_by_role("button", name="Zurücknehmen").click()
    await expect(texts(desk, "waiting")).to_have_count(4)
    await desk.keyboard.press("/")
    await desk.keyboard.type("rufbus")
    await expect(texts(desk, "waiting")).to_have_text([BUS_AGAIN])
    await expect(texts(desk, "accepted")).to_have_text([BUS])
    await desk.reload()
    await expect(texts(desk, "waiting")).to_have_text([BUS_AGAIN])


@pytest.mark.parametrize("width", [320, 900, 1440])
async def test_looks(shared_server: Server, new_desk: NewDesk, width: int) -> None:
    """With particulars open nothing is cut off and axe finds nothing; columns stand beside each other from 900 px."""
    made = await five(shared_server)
    desk = await new_desk(made, viewport={**NARROW, "width": width, "height": 1000})
    await row(desk, HOUSE).get_by_role("link").click()
    await expect(desk.locator("#one-head")).to_be_focused()
    assert (await overflow(desk), await faults(desk)) == (0, {})
    tops = [await desk.locator(f"#{column}").bounding_box() for column in ("waiting", "accepted")]
    assert (tops[0] is not None and tops[1] is not None and tops[0]["y"] == tops[1]["y"]) == (width >= 900)


async def test_without_javascript(shared_server: Server, new_desk: NewDesk) -> None:
    """Particulars, wording, bulk, undo and the log need nothing but forms and links."""
    made = await five(shared_server)
    desk = await new_desk(made, java_script_enabled=False)
    await row(desk, HOUSE).get_by_role("link").click()
    await desk.get_by_label("Wortlaut für alle").fill("Was kostet das Rathaus?")
    await desk.get_by_role("button", name="Speichern und freigeben").click()
    await expect(texts(desk, "accepted")).to_have_text([BUS, "Was kostet das Rathaus?"])
    for text in (SCHOOL, TREES):
        await row(desk, text).get_by_role("checkbox").check()
    await desk.locator("#bulk").get_by_role("button", name="Freigeben").click()
    await expect(texts(desk, "accepted")).to_have_count(4)
    await desk.get_by_role("button", name="Zurücknehmen").click()
    await expect(texts(desk, "waiting")).to_have_text([BUS_AGAIN, SCHOOL, TREES])
    await desk.get_by_role("link", name="Protokoll: wer was getan hat").click()
    await expect(desk.locator("tbody tr")).to_have_count(5)
    assert await faults(desk) == {}


@pytest.mark.long
async def test_queue_beside_the_desk_of_the_poll(shared_server: Server, new_desk: NewDesk) -> None:
    """By keys: accepted, declined with a reason, taken back, put on; it stands still under a pointer."""
    made = await five(shared_server)
    desk, other = await new_desk(made), await new_desk(made)
    await desk.goto(f"{made.stored.server.url}/e/{made.stored.code}/desk")
    waits = desk.locator("#floor-waiting bdi")
    await expect(waits).to_have_text([BUS_AGAIN, SCHOOL, TREES])
    assert await faults(desk) == {}
    await desk.get_by_role("button", name="Freigeben").first.press("Enter")
    await expect(waits).to_have_text([SCHOOL, TREES, HOUSE])
    await expect(desk.locator("#floor-told")).to_contain_text("Freigegeben.")
    await expect(desk.get_by_role("button", name="Freigeben").first).to_be_focused()
    await desk.keyboard.press("Tab")
    await desk.keyboard.press("Enter")
    await desk.keyboard.press("Tab")
    await desk.keyboard.press("Enter")
    await expect(waits).to_have_text([TREES, HOUSE])
    await desk.get_by_role("button", name="Zurücknehmen").press("Enter")
    await expect(waits).to_have_text([SCHOOL, TREES, HOUSE])
    await desk.get_by_role("button", name="Auf die Leinwand").press("Enter")
    await expect(desk.locator("#floor-now bdi")).to_have_text(BUS)
    await desk.locator("#floor-waiting").hover()
    await row(other, TREES).get_by_role("button", name="Freigeben").click()
    await expect(desk.locator("#asked")).to_have_text("3 warten")
    await desk.mouse.move(5, 5)
    await expect(waits).to_have_text([SCHOOL, HOUSE])
    await expect(desk.locator("#asked")).to_have_text("2 warten")
