"""The archive at the desk: by keyboard, with two desks, at the sizes of a phone and a table."""

from playwright.async_api import expect

from tests.browser.conference import (
    NARROW,
    QUESTIONS,
    WIDE,
    Conference,
    close_question,
    open_question,
    show_result,
    to_next,
)
from tests.browser.desks import asked, overflow
from tests.harness.browser import axe


async def test_question_goes_to_the_archive_and_comes_back_by_keyboard(conference: Conference) -> None:
    """It is archived, found again in the folded archive, and restored, and the other desk sees each step."""
    desk, other, voter = await conference.desk(), await conference.desk(), await conference.participant()
    for step in (open_question, close_question, show_result, to_next):
        await step(desk)
    link = desk.locator("[data-pick]").filter(has_text=QUESTIONS[0])
    await desk.keyboard.press("k")
    await expect(asked(desk)).to_have_text(QUESTIONS[0])
    await desk.get_by_role("button", name="Archivieren").press("Enter")
    await expect(asked(desk)).to_have_text(QUESTIONS[1])
    for page in (desk, other):
        await expect(page.locator("#archive summary")).to_have_text("Archiv (1)")
        await expect(page.locator("[data-pick]:visible")).to_have_count(len(QUESTIONS) - 1)
    await desk.keyboard.press("k")
    await expect(asked(desk)).to_have_text(QUESTIONS[1])
    await desk.locator("#archive summary").press("Enter")
    await link.press("Enter")
    await expect(asked(desk)).to_have_text(QUESTIONS[0])
    await expect(desk.get_by_text("Ihr Ergebnis bleibt für alle sichtbar.")).to_be_visible()
    for size in (NARROW, WIDE):
        await desk.set_viewport_size(size)
        assert (size, await overflow(desk), await axe(desk)) == (size, 0, [])
    await voter.goto(f"{conference.event_url}/programme")
    await expect(voter.get_by_role("link", name=QUESTIONS[0])).to_be_visible()
    await desk.get_by_role("button", name="Wiederherstellen").press("Enter")
    await expect(asked(desk)).to_have_text(QUESTIONS[1])
    for page in (desk, other):
        await expect(page.locator("#archive")).to_have_count(0)
        await expect(page.locator("[data-pick]:visible")).to_have_count(len(QUESTIONS))
