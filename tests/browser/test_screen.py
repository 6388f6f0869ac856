"""The projected screen at the limits: everything that a question may have fits, and nothing covers anything."""

import pytest
from playwright.async_api import expect

from tests.browser.conference import Conference, close_question, show_result
from tests.browser.desks import ask_on_the_spot, asked, expect_step
from tests.browser.projection import PROJECTIONS, faults, long_text, long_texts


@pytest.mark.parametrize(("count", "length"), [(20, 118), (6, 120), (2, 120), (20, 12), (12, 60), (7, 40)])
async def test_longest_questions_fit_on_the_screen(conference: Conference, count: int, length: int) -> None:
    """Long questions with many or long answers stand between header and strip, with the code, asked and as result."""
    desk, screen = await conference.desk(), await conference.screen(viewport=PROJECTIONS[0])
    text = long_text("Was", 300)
    await ask_on_the_spot(desk, text, long_texts(count, length))
    await expect(asked(screen)).to_have_text(text)
    assert ("asked", await faults(screen)) == ("asked", {})
    await close_question(desk)
    await show_result(desk)
    await expect(screen.locator("table")).to_be_visible()
    assert ("result", await faults(screen)) == ("result", {})


async def test_short_question_is_shown_large(conference: Conference) -> None:
    """After a question that needed small type the next short one stands in the largest again."""
    desk, screen = await conference.desk(), await conference.screen(viewport=PROJECTIONS[0])
    await ask_on_the_spot(desk, long_text("Was", 300), long_texts(20, 118))
    await expect(asked(screen)).to_have_css("font-size", "35.9986px")
    await desk.get_by_text("Öffnung zurücknehmen …").click()
    await desk.get_by_role("button", name="Verwerfen und zurücknehmen").click()
    await expect_step(desk, "Frage öffnen")
    await ask_on_the_spot(desk, "Pause?", ["Ja", "Nein"])
    await expect(asked(screen)).to_have_css("font-size", "71.9971px")
