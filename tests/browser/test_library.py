"""A question from the library is asked, kept and used in a second event, and both results are looked at."""

from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from tests.browser.conference import STILL, Conference, close_question, open_question, vote
from tests.browser.test_rounds import faults
from tests.web.accounts import account, give, session_cookie
from tests.web.events import SINGLE, Stored, draft, store

pytestmark = pytest.mark.long

PACE = "Wie war das Tempo heute für Sie?"
JUST_RIGHT = "genau richtig"


async def press(page: Page, name: str, about: str = "") -> None:
    """Press a button or link by keyboard, of several the one in the entry about this."""
    place = page.get_by_role("listitem").filter(has_text=about) if about else page.get_by_role("main")
    await place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name)).press("Enter")


async def asked(conference: Conference, event: Stored, answer: str) -> None:
    """A moderator opens and closes the first question of an event, and somebody answers it."""
    pages = [await (await conference.new_context(**STILL)).new_page() for _ in range(2)]
    desk, voter = pages
    await desk.goto(f"{conference.url}{event.link('desk')}")
    await desk.get_by_role("button", name="Regie öffnen").click()
    await open_question(desk)
    await voter.goto(f"{conference.url}/e/{event.code}")
    await vote(voter, answer)
    await expect(voter.get_by_text("Ihre Stimme ist gezählt").first).to_be_visible()
    await close_question(desk)
    for page in pages:
        await page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
async def test_question_is_taken_kept_and_compared(conference: Conference, scripts: bool) -> None:
    """By keyboard, narrow and wide, in light and dark, with and without scripts; axe-core finds nothing anywhere."""
    server = conference.server
    first = await store(server, draft(SINGLE))
    second = await store(server, replace(draft(), title="Fachtag", items=()))
    kim = await account(server, "Kim", owns=first)
    await give(second, kim, owner=False)
    context = await conference.new_context(**STILL, java_script_enabled=scripts)
    name, _, value = (await session_cookie(server, kim)).partition("=")
    await context.add_cookies([{"name": name, "value": value, "url": conference.url}])
    page = await context.new_page()
    told = page.locator("#told")
    await page.goto(f"{conference.url}/organise/events/{second.code}")
    await press(page, "Fragenbibliothek")
    await page.get_by_label("In der Bibliothek suchen").fill("tempo")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=3)).to_have_text([PACE])
    await press(page, "Vorschau", PACE)
    for frame in ("#preview-phone", "#preview-screen"):
        await expect(page.frame_locator(frame).get_by_text(JUST_RIGHT).first).to_be_attached()
    assert await faults(page) == []
    await press(page, "In die Runde übernehmen", PACE)
    await expect(told).to_contain_text(f"„{PACE}“ ist in der Runde.")
    await asked(conference, second, JUST_RIGHT)
    await asked(conference, first, "Wohnraum")
    await page.goto(f"{conference.url}/e/{first.code}/desk/library")
    await press(page, "Behalten", SINGLE.text)
    await expect(told).to_have_text(f"„{SINGLE.text}“ ist in Ihrer Bibliothek.")
    assert await faults(page) == []
    third = await store(server, replace(draft(), title="Nachlese", items=()))
    await give(third, kim, owner=True)
    await page.goto(f"{conference.url}/e/{third.code}/desk/library")
    await press(page, "In die Runde übernehmen", SINGLE.text)
    await expect(told).to_contain_text(f"„{SINGLE.text}“ ist in der Runde.")
    await asked(conference, third, "Wohnraum")
    await page.goto(f"{conference.url}/organise/library")
    assert await faults(page) == []
    await press(page, "2-mal gestellt: Ergebnisse", SINGLE.text)
    await expect(page.get_by_role("heading", level=1)).to_have_text(SINGLE.text)
    await expect(page.get_by_role("region", name="Wann und wo gefragt wurde").locator("a")).to_have_text(
        ["Tagung", "Nachlese"]
    )
    await expect(page.locator("tbody").first.locator("td:not([colspan])")).to_have_text(["1", "1", "–"] * 2)
    assert await faults(page) == []
