"""A whole round is pasted at the desk: by keyboard alone and without JavaScript, on a narrow and a wide page."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conference import Conference
from tests.browser.desks import asked, overflow
from tests.harness.browser import axe

pytestmark = pytest.mark.long

WRONG = "Wie war es?\nHöchtens: 2\n- Gut\n- Mittel\n\nWas noch?\n"
RIGHT = WRONG.replace("Höchtens: 2\n", "Enthaltung: ja\n")


async def faults(page: Page) -> list[object]:
    """What axe-core finds in light and dark, and by how many pixels a narrow page is too wide."""
    await page.set_viewport_size({"width": 320, "height": 700})
    found: list[object] = [one for one in [await overflow(page)] if one]
    found += await axe(page)
    await page.emulate_media(color_scheme="dark")
    found += await axe(page)
    await page.set_viewport_size({"width": 1920, "height": 1080})
    return found


async def test_round_is_pasted_without_javascript(conference: Conference) -> None:
    """Mistakes stand beside the text, which stays; mended it is looked at and saved, and the desk is there."""
    desk = await conference.desk(java_script_enabled=False, reduced_motion="reduce")
    await desk.get_by_role("link", name="Runden einfügen und sichern").press("Enter")
    field = desk.get_by_label("Text der Runde")
    await field.focus()
    await desk.keyboard.insert_text(WRONG)
    look = desk.get_by_role("button", name="Ansehen")
    await look.press("Enter")
    mistakes = desk.locator("#mistakes li")
    await expect(mistakes).to_have_text(
        ["Zeile 2: Das Wort „Höchtens“ ist nicht bekannt. Meinen Sie „Höchstens“?Höchtens: 2"]
    )
    assert (await field.input_value(), await faults(desk)) == (WRONG, [])
    await field.press("Control+A")
    await desk.keyboard.insert_text(RIGHT)
    await look.press("Enter")
    await expect(desk.get_by_role("heading", name="So verstandene Fragen: 2")).to_be_visible()
    assert await faults(desk) == []
    await desk.get_by_role("button", name="Runde speichern").press("Enter")
    await expect(asked(desk)).to_have_text("Wie war es?")
