"""A real browser: Debian's Chromium, driven by Playwright's asynchronous API, without any network but the loopback.

Use the fixture `new_context` (a factory of browser contexts: one context is one person's browser), `axe` for
accessibility and `watch_announcements` for what a screen reader would say.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError, async_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What a step may take, in milliseconds: generous, because a busy machine is no defect.
STEP_MS = 30_000
AXE_SECONDS = 60
OWN_HOSTS = ("127.0.0.1", "localhost")
AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
ANNOUNCER = Path(__file__).parent / "announcements.js"


def chromium_path() -> str:
    """The browser's program: POLL_TEST_CHROMIUM, else the first of the usual names; raises FileNotFoundError."""
    named = os.environ.get("POLL_TEST_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not found:
        raise FileNotFoundError("Chromium is not installed: run tools/system_packages.sh")
    return found


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The browser of the whole run; its cookies are in contexts, so ask `new_context` for those."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM_FLAGS))
        yield chromium
        await chromium.close()


class NewContext(Protocol):
    """What the fixture `new_context` is."""

    async def __call__(self, **options: Any) -> BrowserContext:
        """A browser of one more person, German unless `options` (Playwright's own) say otherwise."""


@pytest.fixture
def page_faults() -> list[str]:
    """What went wrong inside pages of this test: uncaught errors, breaches of the policy, requests to other hosts.

    It must be empty at the end; a test that expects a fault compares and clears it.
    """
    return []


@pytest_asyncio.fixture
async def new_context(browser: Browser, page_faults: list[str]) -> AsyncIterator[NewContext]:
    """Call and await it for a browser context; all are closed after the test, which fails when pages had faults."""
    contexts: list[BrowserContext] = []

    async def new(**options: Any) -> BrowserContext:
        german = {"locale": "de-DE", "timezone_id": "Europe/Berlin"}
        context = await browser.new_context(**{**german, **options})
        contexts.append(context)
        context.set_default_timeout(STEP_MS)
        _note_faults(context, page_faults)
        return context

    yield new
    for context in contexts:
        await context.close()
    assert page_faults == []


def _note_faults(context: BrowserContext, faults: list[str]) -> None:
    def note_error(error: WebError) -> None:
        faults.append(f"error: {error.error}")

    def note_breach(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(f"policy: {message.text}")

    def note_stranger(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname not in OWN_HOSTS:
            faults.append(f"other host: {request.url}")

    context.on("weberror", note_error)
    context.on("console", note_breach)
    context.on("request", note_stranger)


@dataclass(frozen=True, slots=True)
class Violation:
    """One accessibility rule that a page breaks: the rule's name, how bad, what to do, and the elements (selectors)."""

    rule: str
    impact: str
    help: str
    targets: tuple[str, ...]


async def axe(page: Page, *rules: str) -> list[Violation]:
    """What axe-core finds wrong on a loaded page and in its frames, by these of its rules or by all; empty is good.

    It needs no network and does not mind the page's security policy, nor that JavaScript is switched off. Raises
    TimeoutError after a minute.
    """
    source = AXE.read_text(encoding="utf-8")
    await page.wait_for_load_state()
    async with asyncio.timeout(AXE_SECONDS), _scripts_on(page):
        for frame in page.frames:
            if not await frame.evaluate("() => 'axe' in window"):
                await frame.evaluate(f"() => {{ {source}\n }}")
        options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
        result = await page.evaluate("(options) => window.axe.run(document, options)", options)
    return [_violation(found) for found in result["violations"]]


@asynccontextmanager
async def _scripts_on(page: Page) -> AsyncIterator[None]:
    """Let timers run on a page of a context without JavaScript: axe-core waits for them."""
    if not await page.evaluate("() => matchMedia('(scripting: none)').matches"):
        yield
        return
    session = await page.context.new_cdp_session(page)
    # A session only passes on what changes its own value, and that begins with False.
    for disabled in (True, False):
        await session.send("Emulation.setScriptExecutionDisabled", {"value": disabled})
    try:
        yield
    finally:
        await session.detach()


def _violation(found: dict[str, Any]) -> Violation:
    targets = tuple(" ".join(map(str, node["target"])) for node in found["nodes"])
    return Violation(found["id"], str(found["impact"]), found["help"], targets)


class Announcements(list[str]):
    """What a screen reader would have spoken on one page so far, in order."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._news = asyncio.Event()

    def note(self, text: str) -> None:
        """Add what was spoken just now; the page calls it."""
        self.append(text)
        self._news.set()

    async def expect(self, *texts: str) -> None:
        """Wait up to 15 s until as many were spoken, then hold that these and no others were."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STEP_MS / 1000):
                while len(self) < len(texts):
                    self._news.clear()
                    await self._news.wait()
        # Whatever else the same change brought is through after the next picture.
        await self._page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))")
        await asyncio.sleep(0)
        assert list(self) == list(texts)


async def watch_announcements(page: Page) -> Announcements:
    """Listen from now on to all live regions of a page, in its frames and after reloads too.

    The list that is returned grows: one entry for each time that a screen reader would speak, with what it would read.
    Text that is written again unchanged is spoken again, so it counts again.
    """
    heard = Announcements(page)
    source = ANNOUNCER.read_text(encoding="utf-8")
    await page.expose_function("pollTestAnnounce", heard.note)
    await page.add_init_script(source)
    for frame in page.frames:
        await frame.evaluate(source)
    return heard
