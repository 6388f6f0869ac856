"""Imprint, privacy and accessibility are one click away from every page."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conference import (
    ADMINISTRATION,
    QUESTIONS,
    Conference,
    close_question,
    expect_counted,
    open_question,
    show_result,
    vote,
)
from tests.browser.desks import asked

# The links of the legal notes: name, address, and whether somebody who looks at it sees it.
LINKS = """() => [...document.querySelectorAll('nav[aria-label=Rechtliches] a')].map((link) => {
    link.scrollIntoView({ block: 'center', behavior: 'instant' });
    const { x, y, width, height } = link.getBoundingClientRect();
    const seen = link.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    return [link.textContent, link.pathname, seen];
})"""


def _links(*, seen: bool) -> list[list[object]]:
    paths = {"Barrierefreiheit": "accessibility", "Datenschutz": "privacy", "Impressum": "imprint"}
    return [[name, f"/legal/{path}", seen] for name, path in paths.items()]


VISIBLE, UNSEEN = _links(seen=True), _links(seen=False)
WIDTHS = (390, 1440)


async def _found(page: Page) -> list[list[list[object]]]:
    """The links on the page as it stands, on a phone and on a wide window."""
    found = []
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 844})
        found.append(await page.evaluate(LINKS))
    return found


async def _expect_visible(page: Page, state: str) -> None:
    assert (state, await _found(page)) == (state, [VISIBLE, VISIBLE])


async def test_pages_without_an_event_lead_to_the_legal_notes(conference: Conference) -> None:
    """Landing page, legal pages themselves, error pages and the pages of the secret links; the first to sign in."""
    page = await (await conference.new_context()).new_page()
    legal = [f"/legal/{topic}" for topic in ("imprint", "privacy", "accessibility")]
    for path in ("/", "/join?code=falsch", *legal, "/nichts", conference.links.desk, conference.links.screen):
        await page.goto(f"{conference.url}{path}")
        await _expect_visible(page, path)
        organisers = page.get_by_role("contentinfo").get_by_role("link", name="Für Veranstaltende")
        assert await organisers.count() == (path in ("/", "/join?code=falsch"))


async def test_audience_pages_lead_to_the_legal_notes_in_every_state(conference: Conference) -> None:
    """Waiting, question, vote, own answer, closed, result, programme and earlier result."""
    desk, page = await conference.desk(), await conference.participant()
    await _expect_visible(page, "waiting")
    await open_question(desk)
    await expect(asked(page)).to_have_text(QUESTIONS[0])
    await _expect_visible(page, "question")
    await vote(page, ADMINISTRATION)
    await expect_counted(page, ADMINISTRATION)
    await _expect_visible(page, "voted")
    own = await page.context.new_page()
    await own.goto(f"{conference.event_url}/answer")
    await _expect_visible(own, "own answer")
    await close_question(desk)
    await expect(page.get_by_text("Die Frage ist geschlossen. Das Ergebnis folgt.")).to_be_visible()
    await _expect_visible(page, "closed")
    await show_result(desk)
    await expect(page.locator("table")).to_be_visible()
    await _expect_visible(page, "result")
    await page.get_by_role("link", name="Programm", exact=True).click()
    await page.wait_for_url("**/programme")
    await _expect_visible(page, "programme")
    await page.get_by_role("link", name=f"Ergebnis: {QUESTIONS[0]}").click()
    await page.wait_for_url("**/results/*")
    await _expect_visible(page, "earlier")


async def test_desk_leads_to_the_legal_notes(conference: Conference) -> None:
    """Ready, open, closed and shown, on a phone too."""
    desk = await conference.desk()
    await _expect_visible(desk, "ready")
    for step in (open_question, close_question, show_result):
        await step(desk)
        await _expect_visible(desk, step.__name__)


@pytest.mark.parametrize("question", [False, True])
async def test_screen_shows_the_legal_notes_on_focus_only(conference: Conference, question: bool) -> None:
    """Nothing of them is in the projected picture; Tab brings them, one after the other."""
    desk, screen = await conference.desk(), await conference.screen()
    if question:
        await open_question(desk)
        await expect(asked(screen)).to_have_text(QUESTIONS[0])
    assert await _found(screen) == [UNSEEN, UNSEEN]
    for name, *_ in VISIBLE:
        await screen.keyboard.press("Tab")
        assert await screen.evaluate("() => document.activeElement.textContent") == name
        assert await _found(screen) == [VISIBLE, VISIBLE]
