"""Open texts in a real browser: by keyboard alone, chosen ones large on the screen, without JavaScript."""

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
- kind: open_text
  text: Was noch?
  approval: yes
  length: 100
  result: live
"""


async def write(page: Page, text: str) -> None:
    """Write and send a text; nothing is waited for."""
    await page.get_by_label("Ihr Text").fill(text)
    await page.get_by_role("button", name="Antwort senden").click()


async def test_text_by_keyboard_alone(conference: Conference) -> None:
    """A text is written and sent by keys; it waits, then it is on the screen, large when it was chosen."""
    desk, screen = await conference.desk(), await conference.screen(viewport=WIDE, **STILL)
    page, other = await conference.participant(**STILL), await conference.participant(**STILL)
    await open_question(desk)
    await page.get_by_label("Ihr Text").focus()
    await page.keyboard.type("Mehr <b>Zeit</b>")
    await page.keyboard.press("Enter")
    await page.keyboard.type("für alle")
    await page.keyboard.press("Tab")
    assert await faults(page) == {}
    await page.keyboard.press("Enter")
    await expect_counted(page, "Mehr <b>Zeit</b> für alle")
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
    await write(other, "Mehr Geld")
    await expect_counted(other, "Mehr Geld")
    await expect(other.locator("[data-figure='say']")).to_have_text("Noch ist keine Antwort freigegeben.")
    await desk.locator("li", has_text="Mehr Geld").get_by_role("button", name="Zeigen", exact=True).click()
    await expect(screen.locator(".sg-texts li")).to_have_text(["Mehr Geld"])
    assert "Zeit" not in await screen.content() + await other.content()

    await desk.locator("li", has_text="für alle").get_by_role("button", name="Groß zeigen").click()
    await expect(screen.locator(".sg-quote")).to_have_text(["Mehr <b>Zeit</b> für alle"])
    await expect(other.locator(".sg-texts li")).to_have_text(["Mehr <b>Zeit</b> für alle", "Mehr Geld"])
    await close_question(desk)
    await show_result(desk)
    await expect(page.locator("[data-figure='say']")).to_have_text("2 verschiedene Texte sind zu sehen.")
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
    assert await conference.recount() == "1 question: every tally equals its ballots."


async def test_text_without_javascript(conference: Conference) -> None:
    """A plain field: nothing and too much are said in words, and what was written stays; then the text counts."""
    desk = await conference.desk()
    await open_question(desk)
    page = await conference.participant(java_script_enabled=False, viewport=NARROW, **STILL)
    await write(page, " - ")
    await expect(page.get_by_role("alert")).to_have_text("Bitte schreiben Sie zuerst eine Antwort.")
    await write(page, "ä" * 101)
    await expect(page.get_by_role("alert")).to_have_text(f"Bitte kürzen Sie „{'ä' * 20} …“ auf höchstens 100 Zeichen.")
    await expect(page.get_by_label("Ihr Text")).to_have_value("ä" * 101)
    await write(page, "مزيد من الوقت")
    await expect_counted(page, "مزيد من الوقت")
    assert await faults(page) == {}
