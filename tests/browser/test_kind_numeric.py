"""Giving a number in a real browser: by keyboard alone, refused in words, growing on the screen, without JavaScript."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conference import (
    NARROW,
    STILL,
    Conference,
    close_question,
    expect_counted,
    open_question,
    show_result,
)
from tests.browser.desks import overflow
from tests.browser.looks import faults

pytestmark = pytest.mark.long

ROUND = """
- kind: numeric
  text: Wie weit ist es zum Arzt?
  unit: km
  decimals: 3
  result: live
"""


def field(page: Page) -> Locator:
    """The field that is visible."""
    return page.get_by_role("textbox", name="Ihre Zahl").and_(page.locator(":visible"))


async def expect_bins(page: Page, *rows: str) -> None:
    """Wait until the histogram reads so: range and count."""
    await expect(page.locator(".sg-bins tbody :is(th, td b)")).to_have_text(
        [cell for row in rows for cell in row.rsplit(" ", 1)]
    )


async def test_number_by_keyboard_alone(conference: Conference) -> None:
    """What can be read in two ways is refused with both; the answer counts, grows on the screen, and can be changed."""
    desk, screen = await conference.desk(), await conference.screen(**STILL)
    page, other = await conference.participant(**STILL), await conference.participant()
    await open_question(desk)
    await expect(screen.get_by_text("Noch keine Antworten.")).to_be_visible()
    await field(page).focus()
    await page.keyboard.type("1.234")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text(
        "Das lässt sich als zwei verschiedene Zahlen lesen. Bitte schreiben Sie 1234 oder 1.2340."
    )
    await expect(field(page)).to_have_value("1.234")
    assert await faults(page) == {}
    await page.keyboard.press("End")
    await page.keyboard.type("0 km")
    await page.keyboard.press("Enter")
    await expect_counted(page, "1,234\N{NO-BREAK SPACE}km")
    await expect_bins(screen, "1,234 1")
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
    await field(other).fill("1,235")
    await other.get_by_role("button", name="Stimme abgeben").click()
    await expect(other.get_by_role("alert")).to_be_visible()
    await field(other).fill("1,2350")
    await other.get_by_role("button", name="Stimme abgeben").click()
    for seen in (screen, page):
        await expect_bins(seen, "1,234 1", "1,235 1")
        await expect(seen.locator(".sg-measures dd").first).to_have_text("1,2345\N{NO-BREAK SPACE}km")

    await page.locator("summary", has_text="Antwort ändern").press("Enter")
    await expect(field(page)).to_have_value("1,2340")
    await field(page).fill("1,2370")
    await field(page).press("Enter")
    await expect_bins(screen, "1,235 1", "1,236 0", "1,237 1")
    await close_question(desk)
    await show_result(desk)
    await expect(page.locator("[data-figure='say']")).to_have_text(
        "Median: 1,236\N{NO-BREAK SPACE}km, aus 2 Antworten."
    )
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
    assert await conference.recount() == "1 question: every tally equals its ballots."


async def test_number_without_javascript(conference: Conference) -> None:
    """A plain field: what is wrong is said in words and what was written stays; then the number counts."""
    desk = await conference.desk()
    await open_question(desk)
    page = await conference.participant(java_script_enabled=False, viewport=NARROW, **STILL)
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect(page.get_by_role("alert")).to_have_text("Bitte schreiben Sie zuerst eine Zahl.")
    await field(page).fill("<b>weit</b>")
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect(page.get_by_role("alert")).to_have_text("Bitte schreiben Sie eine Zahl in Ziffern, zum Beispiel 12.")
    await expect(field(page)).to_have_value("<b>weit</b>")
    await field(page).fill("1.234,5")
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect_counted(page, "1.234,5\N{NO-BREAK SPACE}km")
    assert await overflow(page) == 0
