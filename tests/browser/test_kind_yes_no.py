"""Yes, no or abstain in a real browser: by keyboard alone, by form without JavaScript, and without faults."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conference import (
    Conference,
    close_question,
    expect_counted,
    figure,
    open_question,
    receipt,
    show_result,
    vote,
)
from tests.browser.looks import faults

pytestmark = pytest.mark.long

ROUND = """
- kind: yes_no
  text: Sollen wir früher Pause machen?
"""


async def test_yes_by_keyboard_and_an_abstention(conference: Conference) -> None:
    """Space and Enter say yes; who abstains is counted beside, on the screen too."""
    desk, screen = await conference.desk(), await conference.screen()
    first, second = await conference.participant(reduced_motion="reduce"), await conference.participant()
    await open_question(desk)
    await first.get_by_role("radio", name="Ja").focus()
    await first.keyboard.press("Space")
    assert [await faults(seen) for seen in (first, screen)] == [{}, {}]
    await first.keyboard.press("Enter")
    await expect_counted(first, "Ja")
    assert await faults(first) == {}
    await second.get_by_role("button", name="Enthalten").click()
    await expect(receipt(second).locator("strong")).to_have_text("Sie haben sich enthalten.")
    await expect(receipt(second).get_by_role("heading")).to_have_text("Ihre Enthaltung ist gezählt")
    await expect(second.locator("#said-vote")).to_have_text(re.compile("^Ihre Enthaltung ist gezählt, "))
    await close_question(desk)
    await show_result(desk)
    await expect(figure(screen, "n-yes")).to_have_text("1")
    await expect(screen.locator("#strip")).to_contain_text("Enthaltungen: 1")
    await expect(first.locator("table")).to_be_visible()
    assert [await faults(seen) for seen in (first, screen)] == [{}, {}]


async def test_no_without_javascript(conference: Conference) -> None:
    """The form alone is enough to say no, and to abstain instead."""
    desk, page = await conference.desk(), await conference.participant(java_script_enabled=False)
    await open_question(desk)
    await page.reload()
    await vote(page, "Nein")
    await expect_counted(page, "Nein")
    await page.get_by_text("Antwort ändern").click()
    await page.get_by_role("button", name="Enthalten").click()
    await expect(receipt(page).locator("strong")).to_have_text("Sie haben sich enthalten.")
