"""Files that an organiser has made and takes home."""

import asyncio

from playwright.async_api import Locator, Page

MAKING_SECONDS = 90


async def made(page: Page, name: str) -> Locator:
    """The link of a file, once it is made: a page without scripts is asked again by the link it has for that."""
    file = page.get_by_role("link", name=name)
    look = page.get_by_role("link", name="Nachsehen, wie weit sie sind")
    async with asyncio.timeout(MAKING_SECONDS):
        while True:
            await file.or_(look).wait_for(timeout=MAKING_SECONDS * 1000)
            if await file.count():
                return file
            async with page.expect_navigation():
                await look.press("Enter")
