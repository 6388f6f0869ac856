"""Word clouds in a real browser: by keyboard alone, growing on the screen, waiting for approval, without JavaScript."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conference import (
    NARROW,
    STILL,
    WIDE,
    Conference,
    close_question,
    expect_counted,
    open_question,
    show_result,
)
from tests.browser.looks import faults

pytestmark = pytest.mark.long

ROUND = """
- kind: word_cloud
  text: Welches Wort?
  words: 2
  result: live
"""


async def expect_words(page: Page, *words: str) -> None:
    """Wait until the cloud of the page is these words with their counts, in this order."""
    await expect(page.locator(".sg-cloud li")).to_have_text([*words])


async def test_words_by_keyboard_alone(conference: Conference) -> None:
    """Words are typed and sent by the enter key, join on the screen while it grows, and can be changed."""
    desk, screen = await conference.desk(), await conference.screen(viewport=WIDE, **STILL)
    page, other = await conference.participant(**STILL), await conference.participant(**STILL)
    await open_question(desk)
    await page.get_by_label("Wort 1").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("Bitte schreiben Sie zuerst eine Antwort.")
    await page.keyboard.type("Nähe")
    await page.keyboard.press("Tab")
    await page.keyboard.type("<b>Mut</b>")
    assert await faults(page) == {}
    await page.keyboard.press("Enter")
    await expect_counted(page, "Nähe", "<b>Mut</b>")
    assert await faults(page) == {}
    await expect_words(screen, "<b>Mut</b> 1", "Nähe 1")
    await other.get_by_label("Wort 2").fill("naehe!")
    await other.get_by_role("button", name="Antwort senden").click()
    await expect_words(screen, "<b>Mut</b> 1", "Nähe 2")
    for seen in (page, desk):
        await expect_words(seen, "Nähe 2", "<b>Mut</b> 1")

    await other.locator("summary", has_text="Antwort ändern").press("Enter")
    await expect(other.get_by_label("Wort 1").locator("visible=true")).to_have_value("naehe!")
    await other.get_by_label("Wort 1").locator("visible=true").fill("Wege")
    await other.keyboard.press("Enter")
    await expect_words(screen, "<b>Mut</b> 1", "Nähe 1", "Wege 1")
    await close_question(desk)
    await show_result(desk)
    await expect(page.locator("[data-figure='say']")).to_have_text("3 Wörter gleichauf mit je einer Nennung.")
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
    assert await conference.recount() == "1 question: every tally equals its ballots."


async def test_words_without_javascript(conference: Conference) -> None:
    """Plain fields: what is too long is said in words and what was written stays; then the words count."""
    desk = await conference.desk()
    await open_question(desk)
    page = await conference.participant(java_script_enabled=False, viewport=NARROW, **STILL)
    await page.get_by_label("Wort 2").fill("x" * 31)
    await page.get_by_role("button", name="Antwort senden").click()
    await expect(page.get_by_role("alert")).to_have_text(f"Bitte kürzen Sie „{'x' * 20} …“ auf höchstens 30 Zeichen.")
    await expect(page.get_by_label("Wort 2")).to_have_value("x" * 31)
    await page.get_by_label("Wort 2").fill("شجاعة")
    await page.get_by_role("button", name="Antwort senden").click()
    await expect_counted(page, "شجاعة")
    await page.get_by_role("link", name="Zurück zur Veranstaltung").click()
    await expect_words(page, "شجاعة 1")
    assert await faults(page) == {}
