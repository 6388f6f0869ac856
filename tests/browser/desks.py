"""What moderators do at the desk beyond the steps of a round."""

import asyncio
from collections.abc import Sequence

from playwright.async_api import Dialog, Locator, Page, expect

STEP_BUTTON = ".sg-action button[data-key='n']"
COUNT_PUSHES = """() => {
    const known = "pushes" in window;
    window.pushes = 0;
    if (!known) document.addEventListener("htmx:ws:after:message:incoming", () => { window.pushes += 1; });
}"""
LEMMAS_MS = 90_000
"""Until a server that has just started has read its word lists, beside everything else, and finds what is alike."""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def asked(desk: Page) -> Locator:
    """The question that the desk is at."""
    return desk.get_by_role("heading", level=1)


def notice(desk: Page) -> Locator:
    """What the desk says about a command that was not carried out."""
    return desk.locator("#notice")


async def expect_step(desk: Page, name: str) -> None:
    """Wait until this is the desk's one next step."""
    await expect(desk.locator(STEP_BUTTON)).to_have_text(f"{name} N")


async def press_unaware(desk: Page, key: str, meanwhile: Page, pressed: str, then: str) -> None:
    """Press a key at a desk that has not yet taken in what a key did at the other desk, which is at step `then` by it.

    A dialog holds the first desk's thread: it is opened and answered in the same task that presses the key.
    """

    async def answer(dialog: Dialog) -> None:
        try:
            await meanwhile.keyboard.press(pressed)
            await expect_step(meanwhile, then)
        finally:
            await dialog.accept()

    desk.once("dialog", answer)
    async with asyncio.timeout(30):
        await desk.evaluate(
            """(key) => {
                alert(key);
                document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
            }""",
            key,
        )


async def overflow(page: Page) -> int:
    """By how many pixels the page, once it is loaded, is wider than its window."""
    await page.wait_for_load_state()
    return int(await page.evaluate(OVERFLOW))


async def ask_on_the_spot(desk: Page, text: str, options: Sequence[str]) -> None:
    """Ask a question that was not prepared, and wait until the desk is at it."""
    await expect(desk.locator("#adhoc")).not_to_have_attribute("open", "")
    await desk.locator("#adhoc summary").press("Enter")
    await desk.get_by_label("Frage", exact=True).fill(text)
    await desk.get_by_label("Antworten, je Zeile eine").fill("\n".join(options))
    await desk.get_by_role("button", name="Frage jetzt öffnen").click()
    await expect(asked(desk)).to_have_text(text)


async def push(desk: Page, page: Page, frames: int = 1) -> None:
    """Have everything sent to everybody again, and wait until the page has taken in so many frames."""
    await page.evaluate(COUNT_PUSHES)
    await desk.locator("#button-join").click()
    await page.wait_for_function("(frames) => window.pushes >= frames", arg=frames)
