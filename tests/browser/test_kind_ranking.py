"""Ranking in a real browser: by buttons, by dragging, by fields without JavaScript, kept through pushes."""

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
    to_next,
)
from tests.browser.desks import overflow, push
from tests.browser.looks import faults
from tests.harness.browser import watch_announcements

pytestmark = pytest.mark.long

ROUND = """
- kind: ranking
  text: Womit beginnen wir?
  options: [Leerstand im Ortskern, Rufbus, Bürgerbüro, Läden]
- kind: ranking
  text: Welche zwei zuerst?
  places: 2
  options: [Leerstand im Ortskern, Rufbus, Bürgerbüro, Läden]
"""


async def expect_order(page: Page, *rows: str) -> None:
    """Wait until the list that is visible reads so: each row is a place, or a dash, and an option."""
    cells = page.locator(".sg-rank li:visible > :is(.sg-grip, .sg-rank__text)")
    await expect(cells).to_have_text([cell for row in rows for cell in row.split(" ", 1)])


def up(page: Page, option: str) -> Locator:
    """The button that moves an option up."""
    return page.get_by_role("button", name=f"„{option}“ nach oben")


def down(page: Page, option: str) -> Locator:
    """The button that moves an option down."""
    return page.get_by_role("button", name=f"„{option}“ nach unten")


async def second_question(desk: Page) -> None:
    """Open the question for the best two."""
    await open_question(desk)
    await close_question(desk)
    await show_result(desk)
    await to_next(desk)
    await open_question(desk)


async def test_order_by_keyboard_alone(conference: Conference) -> None:
    """Nothing has a place before somebody gives it one; buttons move a row, keep the focus and say where it is now.

    The last place gives itself; the order that is sent can be changed.
    """
    desk, page = await conference.desk(), await conference.participant(**STILL)
    screen = await conference.screen(**STILL)
    await open_question(desk)
    await expect_order(page, "– Leerstand im Ortskern", "– Rufbus", "– Bürgerbüro", "– Läden")
    await page.get_by_role("button", name="Stimme abgeben").press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("Bitte bringen Sie zuerst die Antworten in Ihre Reihenfolge.")
    await up(page, "Leerstand im Ortskern").press("Enter")
    await up(page, "Rufbus").press("Enter")
    await expect_order(page, "1 Leerstand im Ortskern", "2 Rufbus", "– Bürgerbüro", "– Läden")
    heard = await watch_announcements(page)
    await up(page, "Läden").press("Enter")
    await expect_order(page, "1 Leerstand im Ortskern", "2 Rufbus", "3 Läden", "4 Bürgerbüro")
    await page.keyboard.press("Space")
    await expect(up(page, "Läden")).to_be_focused()
    await heard.expect("„Läden“ steht jetzt auf Platz 3.", "„Läden“ steht jetzt auf Platz 2.")
    await expect_order(page, "1 Leerstand im Ortskern", "2 Läden", "3 Rufbus", "4 Bürgerbüro")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(up(page, "Läden")).to_be_focused()
    await expect(up(page, "Läden")).to_have_attribute("aria-disabled", "true")
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
    await page.get_by_role("button", name="Stimme abgeben").press("Enter")
    await expect_counted(page, "1. Läden", "2. Leerstand im Ortskern", "3. Rufbus", "4. Bürgerbüro")
    assert await faults(page) == {}

    await page.locator("summary", has_text="Antwort ändern").press("Enter")
    await expect_order(page, "1 Läden", "2 Leerstand im Ortskern", "3 Rufbus", "4 Bürgerbüro")
    await down(page, "Läden").press("Enter")
    await page.get_by_role("button", name="Neue Antwort abgeben").press("Enter")
    await expect_counted(page, "1. Leerstand im Ortskern", "2. Läden", "3. Rufbus", "4. Bürgerbüro")
    await close_question(desk)
    await show_result(desk)
    await expect(page.get_by_text("Ihr Platz: 2")).to_be_visible()
    await expect(page.locator("[data-figure^='n-']")).to_have_text(["4", "2", "1", "3"])
    won_tied_lost = [*"300", *"102", *"003", *"201"]
    await expect(page.locator(".sg-duels td")).to_have_text(won_tied_lost)
    winner = "Im direkten Vergleich gewinnt „Leerstand im Ortskern“ gegen jede andere Antwort."
    await expect(page.locator("[data-figure='say']")).to_contain_text(winner)
    await expect(screen.locator("table")).to_be_visible()
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
    assert await conference.recount() == "2 questions: every tally equals its ballots."


async def test_order_in_the_making_is_kept(conference: Conference) -> None:
    """A push of the whole page leaves order and focus alone, in the first form and in that for a change."""
    desk, page = await conference.desk(), await conference.participant()
    await open_question(desk)
    await up(page, "Läden").press("Enter")
    made = ("1 Läden", "– Leerstand im Ortskern", "– Rufbus", "– Bürgerbüro")
    await push(desk, page)
    await expect_order(page, *made)
    await expect(up(page, "Läden")).to_be_focused()
    await up(page, "Leerstand im Ortskern").click()
    await up(page, "Rufbus").click()
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect_counted(page, "1. Läden", "2. Leerstand im Ortskern", "3. Rufbus", "4. Bürgerbüro")
    await page.locator("summary", has_text="Antwort ändern").click()
    await down(page, "Leerstand im Ortskern").press("Enter")
    await push(desk, page, 2)
    await expect_order(page, "1 Läden", "2 Rufbus", "3 Leerstand im Ortskern", "4 Bürgerbüro")
    await expect(down(page, "Leerstand im Ortskern")).to_be_focused()


async def test_best_two_by_buttons(conference: Conference) -> None:
    """Options begin without a place; up gives the next one, a third pushes the last one out, down takes it away."""
    desk, page = await conference.desk(), await conference.participant(viewport=NARROW, **STILL)
    await second_question(desk)
    await expect_order(page, "– Leerstand im Ortskern", "– Rufbus", "– Bürgerbüro", "– Läden")
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect(page.get_by_role("alert")).to_have_text("Bitte bringen Sie zuerst die Antworten in Ihre Reihenfolge.")
    await up(page, "Bürgerbüro").click()
    await page.get_by_role("button", name="Stimme abgeben").click()
    refusal = "Sie haben 1 von 2 Plätzen vergeben. Bitte vergeben Sie alle."
    await expect(page.get_by_role("alert")).to_have_text(refusal)
    await up(page, "Läden").click()
    await expect_order(page, "1 Bürgerbüro", "2 Läden", "– Leerstand im Ortskern", "– Rufbus")
    await up(page, "Rufbus").click()
    await expect_order(page, "1 Bürgerbüro", "2 Rufbus", "– Läden", "– Leerstand im Ortskern")
    await down(page, "Rufbus").click()
    await expect(page.locator(".sg-moved")).to_have_text("„Rufbus“ hat jetzt keinen Platz.")
    await expect_order(page, "1 Bürgerbüro", "– Läden", "– Rufbus", "– Leerstand im Ortskern")
    assert await overflow(page) == 0
    await up(page, "Läden").click()
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect_counted(page, "1. Bürgerbüro", "2. Läden")


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "finger"])
async def test_order_by_dragging(conference: Conference, touch: bool) -> None:
    """A row dragged by its number over all others has the first place."""
    desk, page = await conference.desk(), await conference.participant(has_touch=touch)
    await open_question(desk)
    await expect(up(page, "Läden")).to_be_visible()
    held = await page.locator(".sg-grip").nth(3).bounding_box()
    over = await page.locator(".sg-grip").nth(0).bounding_box()
    assert held
    assert over
    x = held["x"] + 20
    path = [held["y"] + 20, held["y"] - 10, over["y"] + 30, over["y"] + 10]
    if touch:
        session = await page.context.new_cdp_session(page)
        for kind, y in zip(("touchStart", "touchMove", "touchMove", "touchMove"), path, strict=True):
            await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        await page.mouse.move(x, path[0])
        await page.mouse.down()
        for y in path[1:]:
            await page.mouse.move(x, y)
        await page.mouse.up()
    await expect_order(page, "1 Läden", "– Leerstand im Ortskern", "– Rufbus", "– Bürgerbüro")
    await expect(page.locator(".is-held")).to_have_count(0)


async def test_places_without_javascript(conference: Conference) -> None:
    """A field of places for each option: what is wrong is said and the choices stay, then the order counts."""
    desk, page = await conference.desk(), await conference.participant(java_script_enabled=False, **STILL)
    await second_question(desk)
    await page.reload()
    assert await faults(page) == {}
    await page.get_by_label("Rufbus").select_option("2")
    await page.get_by_label("Läden").select_option("2")
    await page.get_by_role("button", name="Stimme abgeben").click()
    refusal = "Sie haben Platz 2 mehrmals vergeben. Bitte vergeben Sie jeden Platz einmal."
    await expect(page.get_by_role("alert")).to_have_text(refusal)
    await expect(page.get_by_label("Rufbus")).to_have_value("2")
    await page.get_by_label("Läden").select_option("1")
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect_counted(page, "1. Läden", "2. Rufbus")
    await page.locator("summary", has_text="Antwort ändern").click()
    await expect(page.get_by_label("Läden")).to_have_value("1")
    await page.get_by_label("Rufbus").select_option("1")
    await page.get_by_label("Läden").select_option("2")
    await page.get_by_role("button", name="Neue Antwort abgeben").click()
    await expect_counted(page, "1. Rufbus", "2. Läden")
