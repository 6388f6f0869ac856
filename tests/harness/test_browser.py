"""The browser's helpers see faults, accessibility violations and announcements."""

import pytest
from playwright.async_api import Page

from tests.harness.browser import Announcements, NewContext, axe, watch_announcements
from tests.harness.server import Server


async def _open(new_context: NewContext, server: Server, page: str, **options: object) -> Page:
    tab = await (await new_context(**options)).new_page()
    await tab.goto(f"{server.url}/page/{page}")
    return tab


@pytest.mark.parametrize("javascript", [True, False])
async def test_axe_finds_what_is_wrong(server: Server, new_context: NewContext, javascript: bool) -> None:
    """A good page has no violations; a nameless field and a frame's nameless button are found under a strict policy."""
    good = await axe(await _open(new_context, server, "good", java_script_enabled=javascript))
    bad = await axe(await _open(new_context, server, "bad", java_script_enabled=javascript))
    found = {violation.rule: violation.targets for violation in bad}
    assert (good, found["label"], found["button-name"]) == ([], ("input",), ("iframe button",))


async def test_axe_leaves_javascript_off(server: Server, new_context: NewContext) -> None:
    """A page without JavaScript stays so afterwards, over a reload, too."""
    page = await _open(new_context, server, "live", java_script_enabled=False)
    await axe(page)
    await page.reload()
    assert await page.evaluate("() => [matchMedia('(scripting: none)').matches, 'steps' in self]") == [True, False]


async def test_faults_of_pages_are_noted(server: Server, new_context: NewContext, page_faults: list[str]) -> None:
    """An inline script, a strange host and an uncaught error are each noted."""
    page = await _open(new_context, server, "faulty")
    async with page.context.expect_event("weberror"):
        await page.evaluate("() => { setTimeout(() => { throw new Error('Huch'); }, 0); }")
    kinds = sorted({fault.partition(":")[0] for fault in page_faults})
    page_faults.clear()
    assert kinds == ["error", "other host", "policy"]


async def _announced(page: Page, heard: Announcements, step: str) -> list[str]:
    """Do one step of the page and give what it announced."""
    before = len(heard)
    await page.evaluate(
        "(step) => new Promise(r => { addEventListener('hashchange', r, {once: true}); location.hash = step; })", step
    )
    await heard.expect(*heard)
    return heard[before:]


async def test_announcements_are_those_of_a_screen_reader(server: Server, new_context: NewContext) -> None:
    """Changed and rewritten status, a new line and an alert speak; the rest is silent, and so is the page's loading."""
    page = await _open(new_context, server, "live")
    heard = await watch_announcements(page)
    expected = {
        "status": ["Gezählt"],
        "again": ["Gezählt"],
        "space": [],
        "clear": [],
        "quiet": [],
        "log": ["Zeile"],
        "preview": [],
        "alert": ["Getrennt"],
        "arrive": [],
    }
    assert {step: await _announced(page, heard, step) for step in expected} == expected


async def test_announcements_go_on_after_a_reload(server: Server, new_context: NewContext) -> None:
    """The list keeps growing on the reloaded page, and nothing is heard twice."""
    page = await _open(new_context, server, "live")
    heard = await watch_announcements(page)
    await page.reload()
    await _announced(page, heard, "status")
    await heard.expect("Gezählt")
