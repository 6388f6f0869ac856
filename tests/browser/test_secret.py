"""A secret vote in a real browser: told before and after, kept nowhere, by keyboard, without JavaScript."""

from playwright.async_api import Page, expect

from tests.browser.conference import (
    Conference,
    close_question,
    figure,
    open_question,
    receipt,
    show_result,
    vote,
)
from tests.browser.looks import faults
from tests.harness.browser import watch_announcements

ROUND = """
- kind: single_choice
  text: Wer soll den Vorsitz übernehmen?
  options: [Anna Ahrens, Bernd Brandt, Clara Cohn]
  secret: yes
"""
CAST = "Ihre geheime Stimme ist abgegeben"
STORED = "() => JSON.stringify([{...localStorage}, {...sessionStorage}])"


async def expect_cast(page: Page) -> None:
    """Wait for the acknowledgement: that it was cast, when, and not how."""
    await expect(receipt(page).get_by_role("heading")).to_have_text(CAST)
    await expect(receipt(page)).to_contain_text("Sie kann nicht geändert werden")
    assert [name for name in ("Ahrens", "Brandt", "Cohn") if name in await page.locator("main").inner_text()] == []
    assert await page.locator("form[data-vote]").count() == 0


async def test_secret_vote_by_keyboard_leaves_nothing_behind(conference: Conference) -> None:
    """The page says what is stored before it is sent; afterwards neither page nor browser has the answer."""
    desk, screen = await conference.desk(), await conference.screen()
    page = await conference.participant(reduced_motion="reduce")
    await open_question(desk)
    await expect(page.get_by_text("ohne Namen, Gruppe und Uhrzeit")).to_be_visible()
    await page.get_by_text("Was das schützt und was nicht").click()
    await expect(page.get_by_text("werden die Stimmzettel gemischt")).to_be_visible()
    assert [await faults(one) for one in (page, desk, screen)] == [{}, {}, {}]
    await page.get_by_role("radio", name="Bernd Brandt").focus()
    await page.keyboard.press("Space")
    heard = await watch_announcements(page)
    await page.keyboard.press("Enter")
    await expect_cast(page)
    said = " ".join((await page.locator("#said-vote").inner_text()).split())
    await heard.expect("Ihre Stimme wird gesendet …", said)
    assert "o2" not in await page.evaluate(STORED)
    assert [await faults(one) for one in (page, desk, screen)] == [{}, {}, {}]
    await expect(desk.get_by_text("zeigt sich nach dem Schließen").first).to_be_visible()
    await expect(screen.get_by_text("zeigt sich nach dem Schließen")).to_be_visible()
    await page.reload()
    await expect_cast(page)
    await close_question(desk)
    await expect(figure(desk, "n-o2")).to_have_text("1")
    assert await desk.get_by_role("button", name="Wieder öffnen").count() == 0
    await show_result(desk)
    await expect(figure(screen, "n-o2")).to_have_text("1")
    await expect(page.get_by_text("Sie haben geheim abgestimmt.")).to_be_visible()
    assert "Ihre Antwort" not in await page.locator("main").inner_text()
    assert await conference.recount() == "1 question: every tally equals its ballots."


async def test_secret_vote_without_javascript(conference: Conference) -> None:
    """The form alone is enough; going back and reloading shows no answer."""
    desk, page = (
        await conference.desk(),
        await conference.participant(java_script_enabled=False, reduced_motion="reduce"),
    )
    await open_question(desk)
    await page.reload()
    assert await faults(page) == {}
    await vote(page, "Clara Cohn")
    await expect_cast(page)
    assert await faults(page) == {}
    await page.go_back()
    assert await page.locator("input:checked").count() == 0
    await page.reload()
    await expect(page.get_by_text(CAST)).to_be_visible()
