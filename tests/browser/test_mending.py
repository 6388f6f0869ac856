"""Words are mended while people have forms open that stand in an order of their own: nothing but the words changes."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conference import (
    CODE,
    STILL,
    Conference,
    choose,
    close_question,
    expect_counted,
    open_question,
    show_result,
    to_next,
)
from tests.browser.desks import asked

pytestmark = pytest.mark.long

WRITTEN = ["Leere Häuser", "Rufbus und Bahn", "Bürgerbüro", "Läden", "Ärztehaus"]
MENDED = 'Rufbus & "Bahn" <abends>'
ROUND = f"""
- {{kind: single_choice, text: Womit beginnen wir?, shuffle: yes, options: [{", ".join(WRITTEN)}]}}
- {{kind: ranking, text: In welcher Reihenfolge?, options: [{", ".join(WRITTEN)}]}}
"""


async def mend(desk: Page) -> None:
    """Correct the label of the second option of the question that the desk is at."""
    question = await asked(desk).inner_text()
    await desk.get_by_role("link", name="Text berichtigen").click()
    await desk.locator("#option-1").fill(MENDED)
    await desk.get_by_role("button", name="Berichtigung prüfen").click()
    await desk.get_by_role("button", name="Es bedeutet dasselbe: berichtigen").click()
    await expect(asked(desk)).to_have_text(question)


def choices(page: Page) -> Locator:
    """The labels of the choice in the form that is visible."""
    return page.locator(".sg-choices:visible label")


def places(page: Page) -> Locator:
    """Place and text of each row of the ranking in the form that is visible."""
    return page.locator(".sg-rank li:visible > :is(.sg-grip, .sg-rank__text)")


def up(page: Page, option: str) -> Locator:
    """The button that moves an option up, in the form that is visible."""
    return page.get_by_role("button", name=f"„{option}“ nach oben").and_(page.locator(":visible"))


async def test_mended_words_leave_an_order_alone(conference: Conference) -> None:
    """Shuffled options and places given so far stay where they are, chosen and focused, also in a form for a change."""
    desk = await conference.desk()
    page, again = await conference.participant(**STILL), await conference.participant(**STILL)
    for one in (page, again):
        await one.evaluate(f"() => localStorage.setItem('order:{CODE}', '7')")
        await one.reload()
    await open_question(desk)
    await expect(choices(page)).to_have_count(len(WRITTEN))
    await expect(choices(page)).not_to_have_text(WRITTEN)
    shuffled = await choices(page).all_inner_texts()
    await page.get_by_label(WRITTEN[1]).press("Space")
    await choose(again, WRITTEN[0])
    await again.get_by_role("button", name="Stimme abgeben").click()
    await again.get_by_text("Antwort ändern").click()
    await expect(choices(again)).to_have_text(shuffled)
    await mend(desk)
    for one in (page, again):
        await expect(choices(one)).to_have_text([MENDED if label == WRITTEN[1] else label for label in shuffled])
    await expect(page.get_by_label(MENDED)).to_be_checked()
    await expect(page.get_by_label(MENDED)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect_counted(page, MENDED)

    await close_question(desk)
    await show_result(desk)
    await to_next(desk)
    await open_question(desk)
    for one in (page, again):
        await up(one, WRITTEN[3]).press("Enter")
        await up(one, WRITTEN[1]).press("Enter")
    for option in (WRITTEN[0], WRITTEN[2]):
        await up(again, option).press("Enter")
    await again.get_by_role("button", name="Stimme abgeben").click()
    await again.get_by_text("Antwort ändern").click()
    await mend(desk)
    await expect(places(page)).to_have_text(
        ["1", "Läden", "2", MENDED, "–", "Leere Häuser", "–", "Bürgerbüro", "–", "Ärztehaus"]
    )
    await expect(places(again)).to_have_text(
        ["1", "Läden", "2", MENDED, "3", "Leere Häuser", "4", "Bürgerbüro", "5", "Ärztehaus"]
    )
    await expect(up(page, MENDED)).to_be_focused()
    await page.keyboard.press("Enter")
    for option in (WRITTEN[0], WRITTEN[2]):
        await up(page, option).press("Enter")
    await page.get_by_role("button", name="Stimme abgeben").click()
    order = (MENDED, "Läden", "Leere Häuser", "Bürgerbüro", "Ärztehaus")
    await expect_counted(page, *(f"{place}. {label}" for place, label in enumerate(order, 1)))
    assert await conference.recount() == "2 questions: every tally equals its ballots."
