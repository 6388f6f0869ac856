"""Take the README's three pictures: the example event in a real browser, with simulated participants.

Writes docs/pictures/{audience,desk,screen}.png. Needs Chromium: the program that POLL_TEST_CHROMIUM names, else
`chromium`. Prints nothing.
"""

import asyncio
import base64
import json
import os
import shutil
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, Playwright, ViewportSize, async_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
PARTICIPANTS = 120
HAVE_ANSWERED = 80
STEP_SECONDS = 30


@asynccontextmanager
async def running(*arguments: str, **environment: str) -> AsyncIterator[Process]:
    """A command of ours with these variables besides, ended at the end."""
    command = (sys.executable, "-m", "poll_server", *arguments)
    env = os.environ | environment
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=DEVNULL, env=env)
    try:
        yield process
    finally:
        process.terminate()
        await process.communicate()


async def opened(browser: Browser, address: str, width: int, height: int) -> Page:
    """A page in a browser of its own; a secret link's button is pressed."""
    size: ViewportSize = {"width": width, "height": height}
    context = await browser.new_context(viewport=size, locale="de-DE", reduced_motion="reduce", bypass_csp=True)
    page = await context.new_page()
    page.set_default_timeout(STEP_SECONDS * 1000)
    await page.goto(address)
    if "/link/" in address:
        await page.locator("main button").click()
    return page


async def launched(playwright: Playwright, *arguments: str) -> Browser:
    """A browser, with these arguments of Chromium's besides."""
    chromium = shutil.which(os.environ.get("POLL_TEST_CHROMIUM", "chromium"))
    return await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *arguments])


async def take(page: Page, name: str, scale: float = 1.0, quality: int = 60, top: float = 0) -> None:
    """Write what the window shows from this many pixels below the top of the page, as a small picture, a WebP file."""
    await page.mouse.move(0, 0)
    await page.evaluate(
        "top => (document.activeElement.blur(), scrollTo(0, top), document.fonts.ready.then(() => null))", top
    )
    assert page.viewport_size
    clip = {"x": 0, "y": await page.evaluate("scrollY"), **page.viewport_size, "scale": scale}
    session = await page.context.new_cdp_session(page)
    taken = await session.send("Page.captureScreenshot", {"format": "webp", "quality": quality, "clip": clip})
    (PICTURES / f"{name}.webp").write_bytes(base64.b64decode(taken["data"]))


async def take_pictures(browser: Browser, links: dict[str, str]) -> None:
    """Ask the first question, and look at it from all sides when many have answered."""
    desk = await opened(browser, links["desk"], 1440, 900)
    screen = await opened(browser, links["screen"], 1920, 1080)
    phone = await opened(browser, links["audience"], 390, 844)
    async with running("simulate", links["audience"], "--participants", str(PARTICIPANTS)):
        await desk.keyboard.press("n")
        await phone.locator("form[data-vote] label").first.click()
        await phone.screenshot(path=PICTURES / "audience.png")
        answered = f"Number(document.querySelector('[data-figure=answered]')?.textContent) > {HAVE_ANSWERED}"
        await desk.wait_for_function(answered)
        await screen.wait_for_function(answered)
        await desk.screenshot(path=PICTURES / "desk.png")
        await screen.screenshot(path=PICTURES / "screen.png")


async def main() -> None:
    """Run the example event and take the pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        async with running("demo", "--json", "--port", "0", "--data", data) as demo, async_playwright() as playwright:
            assert demo.stdout
            links = json.loads(await demo.stdout.readline())
            browser = await launched(playwright)
            await take_pictures(browser, links)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
