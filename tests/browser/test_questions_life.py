"""The whole life of a question from the floor, before everybody at once: by keyboard, over a killed server."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from poll_server.domain.programme import SessionDraft
from tests.browser.conference import STILL
from tests.browser.desks import LEMMAS_MS
from tests.browser.looks import faults
from tests.browser.projection import PROJECTIONS
from tests.harness.browser import NewContext
from tests.harness.server import StartServer
from tests.web.events import draft
from tests.web.floor import Hall, hall

BUS = "Wer bezahlt den Rufbus, wenn die Förderung ausleuft?"
BUS_EDITED = "Wer bezahlt den Rufbus, wenn die Förderung ausläuft?"
BUS_AGAIN = "Wer bezahlt den Rufbus, wenn die Förderung endet?"
SCHOOL = "Wie viele Schulen bleiben?"
ANSWER = "Der Landkreis, bis Ende 2027."
BACK_MS = 40_000
"""Until all have noticed that a server has been killed and is there again."""

pytestmark = pytest.mark.long
Visit = Callable[..., Awaitable[Page]]


@pytest.fixture
def visit(new_context: NewContext) -> Visit:
    """Await it for somebody with a browser at a page of the event, let in by a link if one is named."""

    async def open_page(made: Hall, path: str, link: str = "", **options: Any) -> Page:
        page = await (await new_context(**STILL, **options)).new_page()
        if link:
            await page.goto(f"{made.stored.server.url}{made.stored.link(link)}")
            await page.get_by_role("button", name="öffnen").press("Enter")
            await page.wait_for_url(lambda url: "/link/" not in url)
        await page.goto(f"{made.stored.server.url}/e/{made.stored.code}/{path}")
        return page

    return open_page


async def type_over(page: Page, field: str, text: str) -> None:
    """Type a text in place of what stands in a field."""
    await page.locator(field).focus()
    await page.keyboard.press("Control+a")
    await page.keyboard.type(text)


async def ask(page: Page, text: str) -> None:
    """Ask, by keys alone."""
    await type_over(page, "#ask-text", text)
    await page.locator("#ask-send").press("Enter")


def row(desk: Page, text: str) -> Locator:
    """A question in a moderator's list."""
    return desk.locator(".sg-one").filter(has=desk.locator("bdi[id^=t]", has_text=text))


def texts(desk: Page, column: str) -> Locator:
    """The texts of a list."""
    return desk.locator(f"#{column} .sg-one bdi[id^=t]")


async def press(desk: Page, text: str, key: str) -> None:
    """Press a key at a question."""
    await row(desk, text).focus()
    await desk.keyboard.press(key)


def current(page: Page) -> Locator:
    """The question that is on now, on the screen or on the podium."""
    return page.locator("blockquote.sg-quote")


async def test_whole_life_of_questions(start_server: StartServer, visit: Visit) -> None:
    """Asked, edited, backed, joined, on now, in writing or answered: everybody sees what is theirs, also after a kill.

    Authors are one with and one without a script; of two moderators who do something with the same question the second
    is told.
    """
    server = await start_server()
    made = await hall(server, SessionDraft(listed=True), prepared=replace(draft(), decline_reasons=("Zu lang",)))
    author, backer = await visit(made, "questions"), await visit(made, "questions")
    plain = await visit(made, "questions", java_script_enabled=False)
    desk, other = [await visit(made, "desk/questions", "desk") for _ in range(2)]
    screen = await visit(made, "screen", "screen", viewport=PROJECTIONS[0])
    podium = await visit(made, "podium", "podium")
    everybody = {
        "author": author,
        "plain": plain,
        "backer": backer,
        "desk": desk,
        "other": other,
        "screen": screen,
        "podium": podium,
    }

    # Asked: only authors and moderators know of it.
    await ask(author, BUS)
    await expect(author.locator("#own")).to_contain_text("Wartet auf die Moderation")
    await ask(plain, BUS_AGAIN)
    await expect(plain.locator("#own")).to_contain_text("Wartet auf die Moderation")
    for page in (desk, other):
        await expect(texts(page, "waiting")).to_have_text([BUS, BUS_AGAIN])
    for page in (backer, plain, screen, podium):
        await expect(page.locator("body")).not_to_contain_text(BUS)

    # Edited and accepted by one moderator; the other one, who has not seen that yet, is told.
    await other.route("**/state**", lambda route: route.abort())
    await press(desk, BUS, "e")
    await expect(desk.locator("#edit-text")).to_be_focused()
    await type_over(desk, "#edit-text", BUS_EDITED)
    await desk.keyboard.press("Tab")
    await desk.keyboard.press("Enter")
    await expect(texts(desk, "accepted")).to_have_text([BUS_EDITED])
    await press(other, BUS, "a")
    await expect(row(other, BUS_EDITED).locator(".kern-error")).to_contain_text("Jemand anderes war schneller")
    await other.unroute("**/state**")
    await expect(author.locator("#own")).to_contain_text(f"Von der Moderation bearbeitet. Sie haben geschrieben: {BUS}")
    for page in (screen, podium):
        await expect(page.locator(".sg-asked p")).to_have_text([BUS_EDITED])

    # Backed, and joined with the other one.
    button = backer.locator("#list li", has_text=BUS_EDITED).get_by_role("button")
    await expect(backer.locator("#list li", has_text=BUS_EDITED)).to_contain_text("von der Moderation bearbeitet")
    await button.press("Enter")
    await expect(button).to_have_attribute("aria-pressed", "true")
    await expect(author.locator("#own [data-figure]")).to_have_text("1")
    await expect(row(other, BUS_AGAIN)).to_contain_text("ähnlich wie", timeout=LEMMAS_MS)
    await press(other, BUS_AGAIN, "m")
    for page in (desk, other):
        await expect(texts(page, "waiting")).to_have_count(0)
    await plain.reload()
    await expect(plain.locator("#own")).to_contain_text(f"dasselbe fragt: „{BUS_EDITED}“")
    found = {name: await faults(page) for name, page in everybody.items()}
    assert found == {name: {} for name in everybody}

    # The server is killed; what is asked meanwhile waits on its author's device.
    await server.kill()
    await ask(author, SCHOOL)
    await expect(author.get_by_role("heading", name="Ihre Frage ist noch nicht gesendet")).to_be_visible()
    await server.start()
    for page in (desk, other):
        await expect(texts(page, "waiting")).to_have_text([SCHOOL], timeout=BACK_MS)
    await expect(author.locator("#own [data-submitted]")).to_have_count(2, timeout=BACK_MS)
    await expect(author.locator("#outbox")).to_be_empty()

    # On now, before everybody.
    await press(desk, BUS_EDITED, "s")
    for page in (screen, podium):
        await expect(current(page)).to_have_text(BUS_EDITED, timeout=BACK_MS)
    await expect(author.locator("#own")).to_contain_text("Ist jetzt auf dem Podium", timeout=BACK_MS)
    await expect(backer.locator(".sg-deep")).to_contain_text(BUS_EDITED, timeout=BACK_MS)
    await expect(button).to_have_attribute("aria-pressed", "true")
    await plain.reload()
    await expect(plain.locator("#own")).to_contain_text("Ist jetzt auf dem Podium")

    # To be answered in writing: drafted where authors do not see it, and released.
    await press(desk, BUS_EDITED, "w")
    for page in (screen, podium):
        await expect(current(page)).to_have_count(0)
    await expect(author.locator("#own")).to_contain_text("Wird schriftlich beantwortet")
    await author.get_by_role("link", name="Ihr privater Link zur Antwort").press("Enter")
    await expect(author.locator("main")).to_contain_text("Es gibt noch keine schriftliche Antwort.")
    await other.locator("select[name=fate]").focus()
    await other.keyboard.type("Schr")
    await row(other, BUS_EDITED).get_by_role("link").press("Enter")
    await type_over(other, "#assignee", "Landratsamt")
    await other.keyboard.press("Enter")
    await expect(other.locator("#done")).not_to_be_empty()
    await type_over(other, "#draft-text", ANSWER)
    await other.keyboard.press("Tab")
    await other.keyboard.press("Enter")
    await expect(row(other, BUS_EDITED)).to_contain_text("Landratsamt")
    await author.reload()
    await expect(author.locator("main")).not_to_contain_text(ANSWER)
    await other.get_by_role("button", name="Antwort freigeben").press("Enter")
    await expect(other.locator("#one p", has_text="Freigegeben: ")).to_contain_text(ANSWER)
    await author.reload()
    await expect(author.locator("main")).to_contain_text(ANSWER)
    assert await faults(author) == {}
    await plain.reload()
    await plain.get_by_role("link", name="Antwort lesen").press("Enter")
    await expect(plain.locator("main")).to_contain_text(ANSWER)

    # The question that was kept over the kill is answered on the panel.
    await author.go_back()
    await press(desk, SCHOOL, "a")
    await expect(texts(desk, "accepted")).to_have_text([SCHOOL])
    await press(desk, SCHOOL, "s")
    for page in (screen, podium):
        await expect(current(page)).to_have_text(SCHOOL)
    await press(desk, SCHOOL, "b")
    for page in (screen, podium):
        await expect(current(page)).to_have_count(0)
    await expect(author.locator("#own")).to_contain_text("Auf dem Podium beantwortet")
    # The backer's last touch is still in the list, so what is new there waits until they ask for it.
    await backer.get_by_role("button", name="Neue Reihenfolge zeigen").press("Enter")
    await expect(backer.locator("#list li", has_text=SCHOOL)).to_contain_text("Auf dem Podium beantwortet")
