"""The projected screen at the limits: everything that a question may have fits, and nothing covers anything."""

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.conference import Conference, close_question, show_result
from tests.browser.desks import ask_on_the_spot, asked, expect_step

PROJECTIONS: tuple[ViewportSize, ...] = ({"width": 1920, "height": 1080}, {"width": 1280, "height": 720})
WINDOW: ViewportSize = {"width": 900, "height": 700}
WORDS = "Klimaanpassung und Grünflächen gemeinsam mit den Nachbarschaften planen, bauen und über viele Jahre pflegen, "


def _text(begin: str, length: int) -> str:
    """A text of so many characters."""
    return f"{begin} {WORDS * 3}"[: length - 1] + "?"


def _texts(count: int, length: int) -> list[str]:
    return [_text(str(number), length) for number in range(1, count + 1)]


# What the picture got wrong, after it has been painted: in words, with the pixels that stick out.
FAULTS = """async () => {
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' });
    const box = (one) => document.querySelector(one).getBoundingClientRect();
    const answers = [...document.querySelectorAll('.sg-letters li, .sg-results tbody tr')]
        .map((one) => one.getBoundingClientRect());
    const main = document.querySelector('main');
    const code = box('#strip .sg-code');
    const over = {
        'heading under the header': box('.sg-stage header').bottom - box('h1').top,
        'answers under the heading': box('h1').bottom - Math.min(...answers.map((one) => one.top)),
        'answers under the strip': Math.max(...answers.map((one) => one.bottom)) - box('#strip').top,
        'answers beyond the edge': Math.max(...answers.map((one) => one.right)) - innerWidth,
        'text to scroll in the picture': main.scrollHeight - main.clientHeight,
        'code outside': Math.max(code.bottom - innerHeight, code.right - innerWidth, -code.top, -code.left),
    };
    scrollTo({ top: 0, behavior: 'instant' });
    over['code outside at the top'] = box('#strip .sg-code').bottom - innerHeight;
    return Object.entries(over).filter(([, by]) => by > 0.5).map(([fault, by]) => `${fault}: ${Math.round(by)}`);
}"""


async def _faults(screen: Page) -> dict[int, list[str]]:
    """What is wrong, by the width of the window; projections must not need scrolling either."""
    found: dict[int, list[str]] = {}
    for size in (*PROJECTIONS, WINDOW):
        await screen.set_viewport_size(size)
        found[size["width"]] = await screen.evaluate(FAULTS)
        if size in PROJECTIONS and await screen.evaluate("() => document.documentElement.scrollHeight > innerHeight"):
            found[size["width"]].append("page to scroll")
    return {width: faults for width, faults in found.items() if faults}


@pytest.mark.parametrize(("count", "length"), [(20, 118), (6, 120), (2, 120), (20, 12), (12, 60), (7, 40)])
async def test_longest_questions_fit_on_the_screen(conference: Conference, count: int, length: int) -> None:
    """Long questions with many or long answers stand between header and strip, with the code, asked and as result."""
    desk, screen = await conference.desk(), await conference.screen(viewport=PROJECTIONS[0])
    text = _text("Was", 300)
    await ask_on_the_spot(desk, text, _texts(count, length))
    await expect(asked(screen)).to_have_text(text)
    assert ("asked", await _faults(screen)) == ("asked", {})
    await close_question(desk)
    await show_result(desk)
    await expect(screen.locator("table")).to_be_visible()
    assert ("result", await _faults(screen)) == ("result", {})


async def test_short_question_is_shown_large(conference: Conference) -> None:
    """After a question that needed small type the next short one stands in the largest again."""
    desk, screen = await conference.desk(), await conference.screen(viewport=PROJECTIONS[0])
    await ask_on_the_spot(desk, _text("Was", 300), _texts(20, 118))
    await expect(asked(screen)).to_have_css("font-size", "35.9986px")
    await desk.get_by_text("Öffnung zurücknehmen …").click()
    await desk.get_by_role("button", name="Verwerfen und zurücknehmen").click()
    await expect_step(desk, "Frage öffnen")
    await ask_on_the_spot(desk, "Pause?", ["Ja", "Nein"])
    await expect(asked(screen)).to_have_css("font-size", "71.9971px")
