"""Ratings in a real browser: by keyboard alone, by form without JavaScript, and without faults."""

import pytest
from playwright.async_api import expect

from tests.browser.conference import (
    WIDE,
    Conference,
    close_question,
    figure,
    open_question,
    receipt,
    show_result,
)
from tests.browser.looks import faults

pytestmark = pytest.mark.long

ROUND = """
- kind: rating
  text: Wie zufrieden sind Sie?
  scale: satisfaction
  result: live
  options: [Bus und Bahn, Radwege, Schulen]
"""
ANSWERS = {"Bus und Bahn": "2", "Radwege": "5", "Schulen": "4"}


async def test_matrix_by_keyboard_alone(conference: Conference) -> None:
    """Each line is one stop of the Tab key, arrows choose in it, Enter sends; the missing line is named before."""
    desk, page = await conference.desk(), await conference.participant(reduced_motion="reduce")
    await open_question(desk)
    await page.get_by_role("group", name="Bus und Bahn").get_by_role("radio").first.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("Bitte bewerten Sie auch „Radwege“.")
    assert await faults(page) == {}
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Tab")
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    words = [
        f"{item}: {word}"
        for item, word in zip(
            ANSWERS, ("2 – eher unzufrieden", "5 – sehr zufrieden", "4 – eher zufrieden"), strict=True
        )
    ]
    await expect(receipt(page).locator("strong")).to_have_text(", ".join(words))
    await expect(figure(desk, "mean-o2")).to_have_text("5,0")
    assert await faults(page) == {}


async def test_matrix_without_javascript(conference: Conference) -> None:
    """The form alone is enough; what has been ticked stays when a line is missing."""
    desk, page = await conference.desk(), await conference.participant(java_script_enabled=False)
    await open_question(desk)
    await page.reload()
    for at, (item, step) in enumerate(ANSWERS.items()):
        await expect(page.locator(":checked")).to_have_count(at)
        await page.get_by_role("group", name=item).get_by_role("radio", name=step).check()
        await page.get_by_role("button", name="Stimme abgeben").click()
    await expect(receipt(page)).to_have_attribute("data-answer", "o1=2 o2=5 o3=4")


async def test_result_on_every_screen(conference: Conference) -> None:
    """The numbers move while people answer, and stand as text on phone and screen, which have no faults."""
    desk, screen = await conference.desk(), await conference.screen(viewport=WIDE, reduced_motion="reduce")
    page = await conference.participant(reduced_motion="reduce")
    await open_question(desk)
    await expect(screen.get_by_role("heading", name="Wie zufrieden sind Sie?")).to_be_visible()
    assert await faults(screen) == {}
    for item, step in ANSWERS.items():
        await page.get_by_role("group", name=item).get_by_role("radio", name=step).check()
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect(figure(screen, "mean-o1")).to_have_text("2,0")
    await expect(figure(screen, "n-o1=2")).to_have_text("1")
    await close_question(desk)
    await show_result(desk)
    said = "Höchster Mittelwert: „Radwege“ (5,0). Niedrigster Mittelwert: „Bus und Bahn“ (2,0)."
    await expect(figure(page, "say")).to_contain_text(said)
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
