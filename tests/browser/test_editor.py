"""The page on which a question is written, with real browsers: by keyboard, with its preview, and while people vote."""

import pytest
from playwright.async_api import FrameLocator, Page, ViewportSize, expect

from tests.browser.conference import (
    ADMINISTRATION,
    COUNCIL,
    QUESTIONS,
    RIGHT,
    Conference,
    choose,
    expect_counted,
    open_question,
)
from tests.browser.desks import asked, overflow
from tests.harness.browser import axe, watch_announcements

pytestmark = pytest.mark.long

NARROW: ViewportSize = {"width": 320, "height": 800}
WIDE: ViewportSize = {"width": 1440, "height": 1000}
# By how many pixels each icon stands below the middle of the first line beside it.
ICON_BELOW_TEXT = """(errors) => errors.map((error) => {
    const [icon, text] = [...error.children].map((child) => child.getBoundingClientRect());
    const line = parseFloat(getComputedStyle(error.lastElementChild).lineHeight);
    return icon.top + icon.height / 2 - text.top - line / 2;
})"""


def phone(page: Page) -> FrameLocator:
    """The preview of the phone."""
    return page.frame_locator("#preview-phone")


def screen(page: Page) -> FrameLocator:
    """The preview of the screen."""
    return page.frame_locator("#preview-screen")


async def expect_no_faults(page: Page) -> None:
    """Nothing for axe in light, dark and forced colours on both, and nothing sticks out of a narrow window."""
    found: list[object] = []
    for forced in ("active", "none"):
        for scheme in ("dark", "light"):
            await page.emulate_media(color_scheme=scheme, forced_colors=forced)
            found += await axe(page)
    await page.set_viewport_size(NARROW)
    sticks_out = await overflow(page)
    await page.set_viewport_size(WIDE)
    assert (found, sticks_out) == ([], 0)


async def test_question_is_written_by_keyboard_alone(conference: Conference) -> None:
    """From the desk and back: text, answers that move and go, kind; the preview follows, the focus stays with it."""
    desk = await conference.desk(viewport=WIDE, reduced_motion="reduce")
    await desk.get_by_role("link", name="Frage vorbereiten").focus()
    await desk.keyboard.press("Enter")
    await desk.wait_for_url("**/desk/question/new*")
    heard = await watch_announcements(desk)
    await desk.get_by_label("Frage", exact=True).focus()
    await desk.keyboard.type("Wohin zuerst?")
    await expect(phone(desk).get_by_role("heading", level=1)).to_have_text("Wohin zuerst?")
    await expect(screen(desk).get_by_role("heading", level=1)).to_have_text("Wohin zuerst?")
    for at, label in enumerate(("Bad", "Park")):
        await desk.locator(f"#option-{at}").focus()
        await desk.keyboard.type(label)
    language = desk.locator("#translation-en")
    await language.locator("summary").focus()
    await desk.keyboard.press("Enter")
    await expect(language.locator("#en\\.option-1")).to_be_visible()
    await desk.get_by_role("button", name="Weitere Antwort").focus()
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#option-2")).to_be_focused()
    await expect(language.locator("#en\\.option-2")).to_be_visible()
    await desk.keyboard.type("Bahnhof")
    await expect(screen(desk).locator(".sg-letters li")).to_have_text(["ABad", "BPark", "CBahnhof"])
    await desk.get_by_role("button", name="Antwort 3 nach oben").focus()
    await desk.keyboard.press("Enter")
    await expect(desk.get_by_role("button", name="Antwort 2 nach oben")).to_be_focused()
    await expect(phone(desk).locator(".sg-choice")).to_have_text(["Bad", "Bahnhof", "Park"])
    await desk.get_by_role("button", name="Antwort 1 entfernen").focus()
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#option-0")).to_be_focused()
    await heard.expect("Jetzt Antwort 2", "Antwort entfernt")
    await desk.get_by_label("Frageart").select_option(label="Reihenfolge")
    await expect(phone(desk).locator(".sg-rank .sg-rank__text")).to_have_text(["Bahnhof", "Park"])
    await expect(desk.get_by_label("Plätze zu vergeben")).to_be_visible()
    await expect_no_faults(desk)
    await desk.get_by_label("Plätze zu vergeben").fill("3")
    await desk.keyboard.press("Tab")
    await expect(desk.get_by_text("Die Vorschau kommt, wenn nichts mehr fehlt.")).to_be_visible()
    await desk.get_by_role("button", name="Frage speichern").click()
    await expect(desk.get_by_label("Plätze zu vergeben")).to_have_attribute("aria-invalid", "true")
    assert [abs(below) < 1 for below in await desk.locator(".kern-error").evaluate_all(ICON_BELOW_TEXT)] == [True, True]
    await expect_no_faults(desk)
    await desk.get_by_label("Plätze zu vergeben").fill("2")
    await expect(desk.locator(".kern-error, .kern-form-input--error, [aria-invalid]")).to_have_count(0)
    await expect(desk.get_by_label("Plätze zu vergeben")).to_have_attribute("aria-describedby", "help-places")
    await desk.get_by_role("button", name="Frage speichern").press("Enter")
    await expect(asked(desk)).to_have_text("Wohin zuerst?")
    await expect(desk.locator(".sg-options li")).to_have_text(["A Bahnhof", "B Park"])


async def test_mending_disturbs_nobody_who_is_answering(conference: Conference) -> None:
    """A corrected label comes into the form that is being filled: choices, votes and receipts stay."""
    desk, editor = await conference.desk(), await conference.desk(viewport=WIDE, reduced_motion="reduce")
    voter, chooser = await conference.participant(), await conference.participant()
    await open_question(desk)
    await choose(voter, COUNCIL)
    await voter.get_by_role("button", name="Stimme abgeben").click()
    await expect_counted(voter, COUNCIL)
    await choose(chooser, COUNCIL)
    await editor.reload()
    await editor.get_by_role("link", name="Text berichtigen").click()
    await editor.locator("#option-1").fill("Stadtrat, Gemeinderat")
    await editor.get_by_role("button", name="Berichtigung prüfen").click()
    await expect(editor.get_by_role("cell")).to_have_text([COUNCIL, "Stadtrat, Gemeinderat"])
    await expect_no_faults(editor)
    await editor.get_by_role("button", name="Es bedeutet dasselbe: berichtigen").click()
    await expect(asked(editor)).to_have_text(QUESTIONS[0])
    await expect(chooser.get_by_text("Text berichtigt um")).to_be_visible()
    await expect(chooser.get_by_label("Stadtrat, Gemeinderat")).to_be_checked()
    await expect(chooser.get_by_label(ADMINISTRATION)).not_to_be_checked()
    await chooser.get_by_role("button", name="Stimme abgeben").click()
    await expect_counted(chooser, "Stadtrat, Gemeinderat")
    await expect(voter.get_by_text("Text berichtigt um")).to_be_visible()
    await expect_counted(voter, COUNCIL)
    await voter.get_by_text("Antwort ändern").click()
    await expect(voter.get_by_label("Stadtrat, Gemeinderat")).to_be_checked()
    assert await conference.recount() == RIGHT
