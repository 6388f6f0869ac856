"""Questions from the floor as the audience meets them in real browsers."""

import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from poll_server.domain.contributions import Fate
from poll_server.domain.programme import SessionDraft
from tests.browser.conference import NARROW, STILL
from tests.browser.looks import SMALL_TARGETS, faults
from tests.harness.browser import NewContext
from tests.harness.proxy import StartProxy
from tests.harness.server import Server, StartServer
from tests.web.floor import Hall, hall
from tests.web.people import Desk, Person

TEXT = "Wann fährt der Bus am Sonntag?"
SAVED = "Ihre Frage ist gespeichert. Die Moderation liest sie."
Visit = Callable[..., Any]


@pytest.fixture
def visit(new_context: NewContext) -> Visit:
    """Await it for somebody with a browser on the page of the questions."""

    async def open_page(made: Hall, base: str = "", **options: Any) -> Page:
        page = await (await new_context(**STILL, **options)).new_page()
        await page.goto(f"{base or made.stored.server.url}/e/{made.stored.code}/questions")
        return page

    return open_page


def field(page: Page) -> Locator:
    """The field for a question."""
    return page.get_by_label("Neue Frage ans Podium")


async def items(page: Page) -> list[str]:
    """The texts of the list."""
    return [text.strip() for text in await page.locator("#list [data-item] > p").all_inner_texts()]


async def back_as(made: Hall, ids: list[int], people: int) -> None:
    """So many people back these questions, by forms alone."""
    async with AsyncExitStack() as stack:
        for _ in range(people):
            person = await stack.enter_async_context(Person(made.stored))
            await person.get("/questions")
            for one in ids:
                assert (await person.post("/questions/back", {"back": str(one)})).status_code == 303


async def test_author_and_backer_by_keyboard(start_server: StartServer, visit: Visit) -> None:
    """Asked, accepted while the server restarts, backed: by keys alone, said aloud, and the page has no faults."""
    server = await start_server()
    made = await hall(server)
    await made.add(made.new(1, fate=Fate.CURRENT, addressee="Kim Beispiel"), made.new(2, fate=Fate.IN_WRITING))
    author, backer = await visit(made, viewport=NARROW), await visit(made)
    assert ("empty", await faults(author)) == ("empty", {})
    await author.locator("#ask-send").press("Enter")
    await expect(author.get_by_role("alert")).to_have_text("Bitte schreiben Sie zuerst Ihre Frage.")
    await expect(field(author)).to_be_focused()
    assert ("mistake", await faults(author)) == ("mistake", {})
    await author.keyboard.type(TEXT)
    await author.keyboard.press("Tab")
    await author.keyboard.press("k")  # the person whose name begins so
    for _ in range(2):
        await author.keyboard.press("Tab")
    await author.keyboard.press("Enter")
    await expect(author.locator("#said-own")).to_have_text(SAVED)
    await expect(author.locator("#own")).to_contain_text("Wartet auf die Moderation")
    await expect(field(author)).to_have_value("")
    assert ("own", await faults(author), await author.evaluate(SMALL_TARGETS)) == ("own", {}, [])

    await server.kill()
    await made.become(Fate.ACCEPTED)
    await server.start()
    await expect(author.locator("#said-own")).to_have_text(f"Ihre Frage „{TEXT}“: Freigegeben", timeout=40_000)
    button = backer.locator("#list li", has_text=TEXT).get_by_role("button")
    await expect(button).to_be_visible(timeout=40_000)
    await expect(backer.locator("#list li", has_text=TEXT)).to_contain_text("an Kim Beispiel")
    await button.press("Enter")
    await expect(button).to_have_attribute("aria-pressed", "true")
    await expect(button).to_be_focused()
    await expect(button.locator("[data-figure]")).to_have_text("1")
    await expect(author.locator("#own [data-figure]")).to_have_text("1")
    await expect(author.locator("#list li", has_text=TEXT)).to_contain_text("Ihre Frage, Zustimmungen: 1")
    assert ("backed", await faults(backer)) == ("backed", {})
    await backer.reload()
    await expect(button).to_have_attribute("aria-pressed", "true")
    await button.press("Space")
    await expect(button.locator("[data-figure]")).to_have_text("0")


@pytest.mark.long
async def test_backing_taken_back_after_the_end_by_keyboard(shared_server: Server, visit: Visit) -> None:
    """When it is answered, or the session closed, who has backed it has a button; focus and number are right."""
    made = await hall(shared_server)
    one, two = await made.add(made.new(1), made.new(2))
    page = await visit(made, viewport=NARROW)
    for id_ in (one.id, two.id):
        await page.locator(f"#back-{id_}").press("Enter")
        await expect(page.locator(f"#back-{id_} [data-figure]")).to_have_text("1")
    async with Person(made.stored) as person:
        await person.open("desk")
        desk = await person.get("/desk/questions")
        form = {"action": "answer", "session": str(made.session), "contribution": f"{one.id}.0"}
        assert (await person.post("/desk/questions", form)).status_code == 303
        answered = page.locator(f"#q{one.id}").get_by_role("button", name="Nicht mehr meine Frage")
        await expect(answered).to_be_visible()
        assert ("answered", await faults(page), await page.evaluate(SMALL_TARGETS)) == ("answered", {}, [])
        await answered.press("Enter")
        await expect(page.locator("#said-own")).to_have_text("Sie unterstützen diese Frage nicht mehr.")
        await expect(page.locator(f"#q{one.id} [data-figure]")).to_have_text("0")
        await expect(page.locator(f"#q{one.id}")).to_be_focused()
        await expect(answered).to_have_count(0)
        (seen,) = set(re.findall(r'name="seen" value="(\d+)"', desk.text))
        form = {"action": "session_close", "session": str(made.session), "seen": seen}
        assert (await person.post("/desk/questions", form)).status_code == 303
    closed = page.locator(f"#q{two.id}").get_by_role("button", name="Nicht mehr meine Frage")
    await expect(closed).to_be_visible()
    await page.reload()
    await closed.click()
    await expect(page.locator(f"#q{two.id} [data-figure]")).to_have_text("0")
    await page.reload()
    await expect(page.locator("#list button")).to_have_count(0)
    assert ("closed", await faults(page)) == ("closed", {})


async def test_author_without_javascript(start_server: StartServer, visit: Visit) -> None:
    """Mistake, question, backing, the reason why it was not accepted and the list's pages need nothing but forms."""
    server = await start_server()
    made = await hall(server)
    await made.add(*(made.new(number) for number in range(1, 32)))
    page = await visit(made, java_script_enabled=False)
    await page.get_by_role("button", name="Frage einreichen").click()
    await expect(page.get_by_role("alert")).to_have_text("Bitte schreiben Sie zuerst Ihre Frage.")
    assert await faults(page) == {}
    await field(page).fill(TEXT)
    await page.get_by_role("button", name="Frage einreichen").click()
    await expect(page.locator("#own")).to_contain_text(TEXT)
    await page.locator("#list").get_by_role("button", name="Auch meine Frage").nth(2).click()
    await expect(page.locator("#list [aria-pressed=true]")).to_have_count(1)
    await page.get_by_role("link", name="Weitere Fragen").click()
    await expect(page.locator("#list [data-item]")).to_have_count(1)
    await server.kill()
    await made.become(Fate.DECLINED, reason="Passt nicht zum Thema")
    await server.start()
    await page.reload()
    await expect(page.locator("#own")).to_contain_text("Nicht angenommen: Passt nicht zum Thema")
    assert await faults(page) == {}


async def test_question_written_without_a_connection(
    start_server: StartServer, start_proxy: StartProxy, visit: Visit
) -> None:
    """Behind a firewall without sockets, offline: kept over a reload, sent when the server is back, and once."""
    proxy = await start_proxy(refuse_upgrades=True)
    made = await hall(await start_server(proxy=proxy))
    page = await visit(made, proxy.url)
    await field(page).fill("Das habe ich erst angefangen")
    await page.reload()
    await expect(field(page)).to_have_value("Das habe ich erst angefangen")
    await field(page).fill(TEXT)
    await proxy.down()
    await page.get_by_role("button", name="Frage einreichen").click()
    await expect(page.get_by_role("heading", name="Ihre Frage ist noch nicht gesendet")).to_be_visible()
    assert await faults(page) == {}
    await page.close()
    await proxy.up()
    later = await page.context.new_page()
    await later.goto(f"{proxy.url}/e/{made.stored.code}/questions")
    await expect(later.locator("#own [data-fate]")).to_have_count(1, timeout=30_000)
    await expect(later.locator("#said-own")).to_have_text(SAVED)
    await expect(later.locator("#outbox")).to_be_empty()
    assert await later.evaluate("() => localStorage.length") == 0
    await later.get_by_role("button", name="Frage zurückziehen").click()
    await expect(later.locator("#own")).to_contain_text("Von Ihnen zurückgezogen")


async def test_list_stays_under_the_focus(shared_server: Server, visit: Visit) -> None:
    """Numbers move in place and the order waits for whoever is in the list; the others get it by themselves."""
    made = await hall(shared_server, SessionDraft(moderated=False))
    _, second, third = await made.add(*(made.new(number) for number in (1, 2, 3)))
    reader, other = await visit(made), await visit(made)
    before = ["Was kostet Haus 1?", "Was kostet Haus 2?", "Was kostet Haus 3?"]
    await reader.locator(f"#back-{second.id}").focus()
    await back_as(made, [third.id], 2)
    await expect(other.locator("#list [data-item]").first).to_contain_text(before[2])
    await expect(reader.locator(f"#q{third.id} [data-figure]")).to_have_text("2")
    await expect(reader.get_by_role("button", name="Neue Reihenfolge zeigen")).to_be_visible()
    await expect(reader.locator(f"#back-{second.id}")).to_be_focused()
    assert await items(reader) == before
    await reader.get_by_role("button", name="Neue Reihenfolge zeigen").press("Enter")
    await expect(reader.get_by_role("heading", name="Fragen aus dem Publikum")).to_be_focused()
    assert await items(reader) == [before[2], before[0], before[1]]


async def test_more_questions_and_an_open_poll(shared_server: Server, visit: Visit) -> None:
    """The next thirty come below the first ones, with the focus, and follow; a banner leads to an open poll."""
    made = await hall(shared_server)
    asked = await made.add(*(made.new(number) for number in range(1, 41)))
    one, last = asked[-1], asked[-2]
    page = await visit(made)
    await page.clock.install()
    await page.reload()
    await page.get_by_role("link", name="Weitere Fragen").click()
    await expect(page.locator("#list [data-item]")).to_have_count(40)
    await expect(page.locator("#list [data-item]").nth(30)).to_be_focused()
    await expect(page.get_by_role("link", name="Weitere Fragen")).to_have_count(0)
    await back_as(made, [one.id], 1)
    await page.clock.run_for(60_000)
    await page.get_by_role("button", name="Neue Reihenfolge zeigen").click()
    await expect(page.locator("#list [data-item]").first).to_have_id(f"q{one.id}")
    await expect(page.locator("#list [data-item]").last).to_have_id(f"q{last.id}")
    async with Person(made.stored) as person:
        desk = await Desk.of(person)
        await desk.do("open", made.stored.ids[0])
        await page.get_by_role("link", name="Jetzt antworten").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Was braucht Ihre Stadt?")
    await page.get_by_role("link", name="Fragerunde").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Fragerunde")
