"""The archive at the desk: by keyboard, with two desks, at the sizes of a phone and a table."""

import re

from playwright.async_api import expect

from tests.browser.conference import (
    NARROW,
    QUESTIONS,
    STILL,
    WIDE,
    Conference,
    close_question,
    open_question,
    show_result,
    to_next,
)
from tests.browser.desks import asked, overflow
from tests.browser.looks import faults
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


async def test_round_goes_to_the_archive_and_comes_back_by_keyboard(conference: Conference) -> None:
    """What is over of it goes at once and comes back at once, at both desks, and the buttons look right."""
    desk, other = await conference.desk(viewport=WIDE, **STILL), await conference.desk()
    together = desk.get_by_role("button", name="Beendete dieser Runde archivieren (2)")
    back = desk.get_by_role("button", name="Alle dieser Runde wiederherstellen (2)")
    for step in (open_question, close_question, show_result, to_next) * 2:
        await step(desk)
    await desk.keyboard.press("k")
    await expect(asked(desk)).to_have_text(QUESTIONS[1])
    await expect(together).to_be_visible()
    assert await faults(desk) == {}
    await together.press("Enter")
    await expect(asked(desk)).to_have_text(QUESTIONS[2])
    for page in (desk, other):
        await expect(page.locator("#archive summary")).to_have_text("Archiv (2)")
        await expect(page.locator("[data-pick]:visible")).to_have_text(re.compile(re.escape(QUESTIONS[2])))
    await desk.locator("#archive summary").press("Enter")
    await desk.locator("#archive [data-pick]").first.press("Enter")
    await expect(asked(desk)).to_have_text(QUESTIONS[0])
    await expect(back).to_be_visible()
    assert await faults(desk) == {}
    await back.press("Enter")
    for page in (desk, other):
        await expect(page.locator("#archive")).to_have_count(0)
        await expect(page.locator("[data-pick]:visible")).to_have_count(len(QUESTIONS))
