"""How pages look: in each theme and on a small phone axe-core finds nothing, nothing sticks out, and fingers fit."""

from typing import Any

from playwright.async_api import Page

from tests.browser.conference import NARROW
from tests.browser.desks import overflow
from tests.harness.browser import axe

LIGHT: dict[str, Any] = {"color_scheme": "light", "forced_colors": "none"}
OTHER_THEMES: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced colours on light": {"color_scheme": "light", "forced_colors": "active"},
    "forced colours on dark": {"color_scheme": "dark", "forced_colors": "active"},
}
COLOURS = ("color-contrast", "link-in-text-block")
LEAST = 44
# The words of an element, or of its label.
WORDS = """(element) => {
    const said = element.labels?.length ? element.labels[0] : element;
    return (said.innerText.trim() || element.ariaLabel || '').replace(/\\s+/g, ' ');
}"""
SMALL_TARGETS = f"""() => {{
    const words = {WORDS};
    const ticked = (one) => one.matches('[type=radio], [type=checkbox]') && one.labels[0];
    const found = [...document.querySelectorAll('a, button, summary, input, textarea, select')]
        .filter((one) => one.type !== 'hidden' && one.checkVisibility() && getComputedStyle(one).display !== 'inline')
        .map((one) => [words(one), (one.closest('.kern-form-check') ?? (ticked(one) || one)).getBoundingClientRect()]);
    return found.filter(([, box]) => box.right > 0 && (box.width < {LEAST} || box.height < {LEAST}))
        .map(([said, box]) => `${{said}}: ${{Math.round(box.width)}} x ${{Math.round(box.height)}}`);
}}"""


async def faults(page: Page) -> dict[str, object]:
    """What is wrong with the page as it stands, by theme and by width; empty is good.

    All rules look at the light page, at its own size and narrow, those about colours at the other themes too. On a
    phone whatever can be pressed measures 44 by 44 pixels at least, but links within a sentence. The page keeps its
    size, and stays light and without motion: what an animated colour is on its way is no colour.
    """
    found: dict[str, object] = {}
    usual = page.viewport_size
    assert usual is not None
    for theme, media in OTHER_THEMES.items():
        await page.emulate_media(reduced_motion="reduce", **media)
        found[theme] = await axe(page, *COLOURS)
    await page.emulate_media(reduced_motion="reduce", **LIGHT)
    found["light"] = await axe(page)
    found["too wide by"] = await overflow(page)
    if usual["width"] > NARROW["width"]:
        await page.set_viewport_size(NARROW)
        found["narrow"] = await axe(page)
        found["narrow too wide by"] = await overflow(page)
    found["too small to press"] = await page.evaluate(SMALL_TARGETS)
    await page.set_viewport_size(usual)
    return {look: fault for look, fault in found.items() if fault}
