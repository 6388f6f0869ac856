"""Giving points in a real browser: by keyboard alone, by buttons, kept through pushes, and without JavaScript."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conference import (
    NARROW,
    STILL,
    Conference,
    close_question,
    counts,
    expect_counted,
    open_question,
    show_result,
)
from tests.browser.desks import push
from tests.browser.looks import faults
from tests.harness.browser import watch_announcements

pytestmark = pytest.mark.long

HOUSES, BUS, DOCTOR = "Leere Häuser", "Rufbus", "Ärztehaus"
ROUND = f"""
- kind: points
  text: Wofür soll die Stadt ihr Geld ausgeben?
  options: [{HOUSES}, {BUS}, {DOCTOR}]
"""


def field(page: Page, option: str) -> Locator:
    """The field of an option that is visible."""
    return page.get_by_role("textbox", name=option).and_(page.locator(":visible"))


def left(page: Page) -> Locator:
    """The line that says what is left, as it is seen."""
    return page.locator(".sg-give__left:visible")


async def blamed(page: Page, refusal: str) -> list[str]:
    """The fields that a screen reader calls wrong, each described by the refusal; no other has a description."""
    found = []
    for option in (HOUSES, BUS, DOCTOR):
        wrong = await field(page, option).get_attribute("aria-invalid") == "true"
        await expect(field(page, option)).to_have_accessible_description(refusal if wrong else "")
        found += [option] * wrong
    return found


async def test_points_by_keyboard_alone(conference: Conference) -> None:
    """Digits and arrow keys give points, what is left is heard when the writing rests, and answers can be changed."""
    desk, page = await conference.desk(), await conference.participant(**STILL)
    screen = await conference.screen(**STILL)
    await open_question(desk)
    await expect(left(page)).to_have_text("Noch 100 Punkte übrig")
    heard = await watch_announcements(page)
    await field(page, HOUSES).focus()
    await page.keyboard.type("62")
    await page.keyboard.press("Tab")
    await expect(field(page, BUS)).to_be_focused()
    for _ in range(7):
        await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowDown")
    await expect(left(page)).to_have_text("Noch 8 Punkte übrig")
    await heard.expect("Noch 8 Punkte übrig")
    await page.keyboard.press("Tab")
    for _ in range(3):
        await page.keyboard.press("ArrowUp")
    await expect(field(page, DOCTOR)).to_have_value("8")
    await expect(left(page)).to_have_text("Alle Punkte sind verteilt")
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect_counted(page, f"{HOUSES}: 62", f"{BUS}: 30", f"{DOCTOR}: 8")
    assert await faults(page) == {}
    await page.locator("summary", has_text="Antwort ändern").press("Enter")
    await expect(field(page, BUS)).to_have_value("30")
    await field(page, BUS).fill("")
    await field(page, DOCTOR).fill("38")
    await field(page, DOCTOR).press("Enter")
    await expect_counted(page, f"{HOUSES}: 62", f"{DOCTOR}: 38")
    await close_question(desk)
    await show_result(desk)
    await expect(page.get_by_text("Punkte von Ihnen: 38")).to_be_visible()
    assert await counts(page, 2) == {HOUSES: "62", BUS: "0", DOCTOR: "38"}
    await expect(screen.locator("table")).to_be_visible()
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
    assert await conference.recount() == "1 question: every tally equals its ballots."


async def test_points_by_buttons_are_kept_when_the_page_is_renewed(conference: Conference) -> None:
    """The last press gives just what is left; a push of the whole page and a refusal leave the points alone."""
    desk, page = await conference.desk(), await conference.participant(viewport=NARROW, **STILL)
    await open_question(desk)
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect(page.get_by_role("alert")).to_have_text("Bitte verteilen Sie zuerst Ihre Punkte.")
    more = page.get_by_role("button", name=f"Mehr Punkte für „{BUS}“")
    await field(page, HOUSES).fill("97")
    await page.get_by_role("button", name="Stimme abgeben").click()
    refusal = "Sie haben 97 von 100 Punkten verteilt. Noch zu verteilen: 3."
    await expect(page.get_by_role("alert")).to_have_text(refusal)
    await push(desk, page)
    await expect(field(page, HOUSES)).to_have_value("97")
    assert await blamed(page, refusal) == [HOUSES, BUS, DOCTOR]
    await more.click()
    await expect(field(page, BUS)).to_have_value("3")
    assert await blamed(page, "") == []
    await expect(more).to_have_attribute("aria-disabled", "true")
    await field(page, HOUSES).fill("98")
    await expect(left(page)).to_have_text("Ein Punkt zu viel")
    await field(page, HOUSES).fill("9x")
    await expect(left(page)).to_have_text("Bitte schreiben Sie ganze Zahlen")
    await field(page, HOUSES).fill("97")
    sizes = await page.locator(".sg-give :is(button, input)").evaluate_all(
        "(all) => Math.min(...all.flatMap((one) => [one.offsetWidth, one.offsetHeight]))"
    )
    assert sizes >= 44
    assert await faults(page) == {}
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect_counted(page, f"{HOUSES}: 97", f"{BUS}: 3")


async def test_points_without_javascript(conference: Conference) -> None:
    """Plain fields: what is wrong is said in words and what was written stays; then the points count."""
    desk = await conference.desk()
    await open_question(desk)
    page = await conference.participant(java_script_enabled=False, **STILL)
    await expect(page.get_by_role("button", name="Mehr Punkte")).to_have_count(0)
    await field(page, HOUSES).fill("viele")
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect(page.get_by_role("alert")).to_have_text("Bitte schreiben Sie Punkte als ganze Zahlen von 0 bis 100.")
    await expect(field(page, HOUSES)).to_have_value("viele")
    assert await blamed(page, "Bitte schreiben Sie Punkte als ganze Zahlen von 0 bis 100.") == [HOUSES]
    await field(page, HOUSES).fill("60")
    await field(page, DOCTOR).fill("40")
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect_counted(page, f"{HOUSES}: 60", f"{DOCTOR}: 40")
