"""Several answers in a real browser: by keyboard alone, by form without JavaScript, and without faults."""

import pytest
from playwright.async_api import expect

from tests.browser.conference import (
    STILL,
    Conference,
    close_question,
    counts,
    expect_counted,
    open_question,
    show_result,
    vote,
)
from tests.browser.looks import faults

pytestmark = pytest.mark.long

HOUSES, PATHS, OFFICES = "Leere Häuser umbauen", "Radwege ausbauen", "Verwaltungsdienstleistungen digitalisieren"
ROUND = f"""
- kind: multiple_choice
  text: Womit soll Ihre Stadt beginnen?
  minimum: 2
  abstention: yes
  options: [{HOUSES}, {PATHS}, {OFFICES}]
"""


async def test_answers_by_keyboard_alone(conference: Conference) -> None:
    """Space ticks, Enter sends; form, receipt and result have no fault in any theme, on the screen too."""
    desk, screen = await conference.desk(), await conference.screen(**STILL)
    page, other = await conference.participant(**STILL), await conference.participant()
    await open_question(desk)
    await page.get_by_role("checkbox", name=HOUSES).focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("checkbox", name=OFFICES)).to_be_focused()
    await page.keyboard.press("Space")
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
    await page.keyboard.press("Enter")
    await expect_counted(page, HOUSES, OFFICES)
    await page.locator("summary", has_text="Antwort ändern").press("Enter")
    await expect(page.locator(":checked:visible")).to_have_count(2)
    assert await faults(page) == {}
    await vote(other, PATHS, OFFICES)
    await expect_counted(other, PATHS, OFFICES)
    await close_question(desk)
    await show_result(desk)
    for seen in (page, screen):
        await expect(seen.locator("table")).to_be_visible()
        assert await counts(seen) == {HOUSES: "1", PATHS: "1", OFFICES: "2"}
    await expect(page.locator("tr .sg-mine")).to_have_count(2)
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]


async def test_answers_without_javascript(conference: Conference) -> None:
    """One too few is said in words and stays ticked; then the answers count, and can be read in the result."""
    desk = await conference.desk()
    await open_question(desk)
    page = await conference.participant(java_script_enabled=False, **STILL)
    await vote(page, PATHS)
    await expect(page.get_by_role("alert")).to_have_text("Sie haben eine gewählt. Bitte wählen Sie mindestens zwei.")
    await expect(page.get_by_role("checkbox", name=PATHS)).to_be_checked()
    await vote(page, HOUSES)
    await expect_counted(page, HOUSES, PATHS)
    assert await faults(page) == {}
    await close_question(desk)
    await show_result(desk)
    await page.goto(conference.event_url)
    assert await counts(page) == {HOUSES: "1", PATHS: "1", OFFICES: "0"}
