"""Questions from the floor on the projected screen and on the podium, through the whole life of one."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from poll_server.domain.contributions import TEXT_MAXIMUM, Fate
from poll_server.domain.programme import SessionDraft
from poll_server.storage import contributions
from tests.browser.conference import STILL
from tests.browser.looks import faults
from tests.browser.projection import PROJECTIONS, long_text
from tests.harness.browser import NewContext
from tests.harness.server import Server, StartServer
from tests.web.events import SINGLE, database_of
from tests.web.floor import ZONE, Hall, hall
from tests.web.people import Desk, Person

BUS, SCHOOL, TREES = "Wer bezahlt den Rufbus?", "Wie viele Schulen bleiben?", "Wo werden Bäume gepflanzt?"
SECRET = ("Was niemand sehen darf", "Was abgelehnt ist", "Notiz der Moderation")
LAPTOP = {"width": 1280, "height": 800}
Open = Callable[..., Awaitable[Page]]
STICKS_OUT = """async () => {
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const main = document.querySelector('main');
    const over = [main.scrollHeight - main.clientHeight, document.documentElement.scrollHeight - innerHeight];
    return over.map((by) => Math.max(0, by));
}"""


@pytest.fixture
def linked(new_context: NewContext) -> Open:
    """Await it for a browser that has opened a secret link."""

    async def open_page(made: Hall, name: str, button: str, **options: Any) -> Page:
        page = await (await new_context(**STILL, **options)).new_page()
        await page.goto(f"{made.stored.server.url}{made.stored.link(name)}")
        await page.get_by_role("button", name=button).click()
        await page.wait_for_url(lambda url: "/link/" not in url)
        return page

    return open_page


def current(page: Page) -> Locator:
    """The question that is on now, in large type."""
    return page.locator("blockquote.sg-quote")


async def order(moderator: Person, made: Hall, action: str, text: str, **fields: str) -> None:
    """Let a moderator do something with a question, as it stands now."""
    async with database_of(made.stored.server) as database, database.read() as connection:
        found = (await contributions.contributions(connection, [made.session], ZONE)).values()
    one = next(one for one in found if one.text == text)
    chosen = {"action": action, "session": str(made.session), "contribution": f"{one.id}.{one.revision}"}
    assert (await moderator.post("/desk/questions", chosen | fields)).status_code == 303


async def test_question_on_screen_and_podium(start_server: StartServer, linked: Open) -> None:
    """Listed, on now, backed, behind a poll, over a restart, answered: on both at once, with nothing private."""
    server = await start_server()
    made = await hall(server, SessionDraft(listed=True))
    bus, *_ = await made.add(made.new(1, BUS, addressee="Kim Beispiel", name="Jugendrat"), backers=4)
    await made.add(made.new(2, SCHOOL, note=SECRET[2]), backers=2)
    await made.add(made.new(3, TREES), made.new(4, SECRET[0], fate=Fate.WAITING))
    await made.add(made.new(5, SECRET[1], fate=Fate.DECLINED, reason=SECRET[1]))
    screen = await linked(made, "screen", "Leinwand öffnen", viewport=PROJECTIONS[0])
    podium = await linked(made, "podium", "Podium öffnen", viewport=LAPTOP)
    await expect(screen.locator(".sg-asked p")).to_contain_text([BUS, SCHOOL, TREES])
    await expect(podium.locator("main")).to_contain_text("Gerade ist keine Frage dran.")
    await expect(podium.locator(".sg-asked p")).to_contain_text([BUS, SCHOOL, TREES])
    assert ("list", await faults(screen), await faults(podium)) == ("list", {}, {})

    async with Person(made.stored) as moderator, Person(made.stored) as guest:
        desk = await Desk.of(moderator)
        await order(moderator, made, "show", BUS)
        for page in (screen, podium):
            await expect(current(page)).to_have_text(BUS)
            await expect(page.locator(".sg-asked-by")).to_have_text(
                "an Kim Beispiel · von Jugendrat · Das fragen auch: 4"
            )
        await expect(screen.locator("#strip .sg-code")).to_be_visible()
        await expect(screen.locator("#said-stage")).to_contain_text(BUS)
        await expect(podium.locator("#said-stage")).to_have_text(BUS)
        await guest.get("/questions")
        await guest.post("/questions/back", {"back": str(bus.id)})
        for page in (screen, podium):
            await expect(page.locator(f"[data-figure=q{bus.id}]")).to_have_text("5")
        assert ("current", await faults(screen), await faults(podium)) == ("current", {}, {})

        await desk.do("open", made.stored.ids[0])
        await expect(screen.locator("h1")).to_have_text(SINGLE.text)
        await expect(current(podium)).to_have_text(BUS)
        await desk.do("close", made.stored.ids[0])
        await expect(current(screen)).to_have_text(BUS)
        preview = (await moderator.get("/desk")).text
        assert ("zeigt eine Publikumsfrage" in preview, f"<b>{BUS}</b>" in preview) == (True, True)
        await desk.do("show", made.stored.ids[0])
        await expect(screen.locator("h1")).to_have_text(SINGLE.text)
        assert "zeigt das Ergebnis" in (await moderator.get("/desk")).text
        await order(moderator, made, "unshow", BUS)
        await order(moderator, made, "show", BUS)
        await expect(current(screen)).to_have_text(BUS)

        await server.kill()
        await server.start()
        await order(moderator, made, "answer", BUS)
        await expect(screen.locator(".sg-asked p, h1")).not_to_contain_text([BUS], timeout=40_000)
        await expect(current(podium)).to_have_count(0, timeout=40_000)
        await order(moderator, made, "show", SCHOOL)
        for page in (screen, podium):
            await expect(current(page)).to_have_text(SCHOOL)
        await screen.reload()
        for name in ("screen", "podium"):
            await moderator.open(name)
            sent = (await moderator.get(f"/{name}")).text + (await moderator.get(f"/{name}/state")).text
            assert (name, SCHOOL in sent, [text for text in SECRET if text in sent]) == (name, True, [])


async def test_longest_question_fits(shared_server: Server, linked: Open) -> None:
    """The longest question and the longest next ones fit the screen and a laptop on the podium without scrolling."""
    made = await hall(shared_server, SessionDraft(listed=True))
    texts = [long_text(str(number), TEXT_MAXIMUM) for number in range(9)]
    await made.add(*(made.new(number, text) for number, text in enumerate(texts, 1)), backers=1)
    screen = await linked(made, "screen", "Leinwand öffnen", viewport=PROJECTIONS[1])
    podium = await linked(made, "podium", "Podium öffnen", viewport=LAPTOP)
    await expect(screen.locator(".sg-asked li").first).to_be_visible()
    assert ("list", await screen.evaluate(STICKS_OUT), await podium.evaluate(STICKS_OUT)) == ("list", [0, 0], [0, 0])
    async with Person(made.stored) as moderator:
        await moderator.open("desk")
        await order(moderator, made, "show", texts[0])
    for page in (screen, podium):
        await expect(current(page)).to_have_text(texts[0])
        assert await page.evaluate(STICKS_OUT) == [0, 0]


async def test_podium_without_javascript(shared_server: Server, linked: Open) -> None:
    """The page alone has the current question, the next ones and the time, and loads itself again."""
    made = await hall(shared_server)
    await made.add(made.new(1, BUS, fate=Fate.CURRENT), made.new(2, SCHOOL))
    podium = await linked(made, "podium", "Podium öffnen", java_script_enabled=False)
    await expect(current(podium)).to_have_text(BUS)
    await expect(podium.locator(".sg-asked li")).to_have_count(1)
    await made.add(made.new(3, TREES, fate=Fate.WAITING))
    await expect(podium.locator("#clock")).to_be_visible()
    await expect(podium.locator("noscript")).to_have_count(1)
