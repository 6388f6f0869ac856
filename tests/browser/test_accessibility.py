"""Accessibility of every page in every state, in a real browser: axe-core, announcements, keyboard, sizes, contrast modes."""

import asyncio
import re

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.conference import (
    ADMINISTRATION,
    CLUB,
    COUNCIL,
    COUNTED,
    QUESTIONS,
    Conference,
    choose,
    close_question,
    expect_counted,
    figure,
    open_question,
    receipt,
    show_result,
    to_next,
    vote,
)
from tests.browser.desks import asked, expect_step, notice, overflow
from tests.harness.browser import axe, watch_announcements

NARROW: ViewportSize = {"width": 320, "height": 700}
MIDDLE: ViewportSize = {"width": 900, "height": 800}
WIDE: ViewportSize = {"width": 1920, "height": 1080}
# What an animated colour is on its way must not be taken for the colour.
STILL = {"reduced_motion": "reduce"}
TARGET = 44


async def _faults(page: Page, usual: ViewportSize = MIDDLE) -> dict[str, object]:
    """What is wrong with the page as it stands, by look: axe-core's findings, and how many pixels stick out."""
    found: dict[str, object] = {}
    for size in (WIDE, MIDDLE, NARROW, usual):
        await page.set_viewport_size(size)
        found[f"wider than {size['width']}"] = await overflow(page)
    found["light"] = await axe(page)
    await page.emulate_media(color_scheme="dark")
    found["dark"] = await axe(page)
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(NARROW)
    found["narrow"] = await axe(page)
    await page.set_viewport_size(usual)
    return {look: fault for look, fault in found.items() if fault}


async def test_pages_without_an_event_have_no_faults(conference: Conference) -> None:
    """Landing page, with and without an error, legal pages, error page and the pages of the secret links."""
    page = await (await conference.new_context(**STILL)).new_page()
    links = (conference.links.desk, conference.links.screen)
    legal = ("/legal/imprint", "/legal/privacy", "/legal/accessibility")
    for path in ("/", "/join?code=falsch", *legal, "/e/falsch", "/nichts", *links):
        await page.goto(f"{conference.url}{path}")
        assert (path, await _faults(page)) == (path, {})


async def test_audience_pages_have_no_faults_in_any_state(conference: Conference) -> None:
    """Waiting, question, vote, change, closed, result, programme, earlier result, and a mistake at the form."""
    desk, page = await conference.desk(), await conference.participant(**STILL)
    assert ("waiting", await _faults(page)) == ("waiting", {})
    await open_question(desk)
    await choose(page, COUNCIL)
    assert ("question", await _faults(page)) == ("question", {})
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect_counted(page, COUNCIL)
    assert ("voted", await _faults(page)) == ("voted", {})
    await page.get_by_text("Antwort ändern").click()
    assert ("changing", await _faults(page)) == ("changing", {})
    await close_question(desk)
    assert ("closed", await _faults(page)) == ("closed", {})
    await show_result(desk)
    await expect(page.locator("table")).to_be_visible()
    assert ("result", await _faults(page)) == ("result", {})
    await page.get_by_role("link", name="Programm", exact=True).click()
    assert ("programme", await _faults(page)) == ("programme", {})
    await page.get_by_role("link", name=f"Ergebnis: {QUESTIONS[0]}").click()
    assert ("earlier", await _faults(page)) == ("earlier", {})
    await page.goto(conference.event_url)
    await to_next(desk)
    await open_question(desk)
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    assert ("mistake", await _faults(page)) == ("mistake", {})


async def test_vote_that_waits_has_no_faults(conference: Conference) -> None:
    """The word that a vote is kept on the device, and the light that says "disconnected"."""
    desk, page = await conference.desk(), await conference.participant(**STILL)
    await open_question(desk)
    await choose(page, COUNCIL)
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect(page.get_by_role("button", name="Jetzt erneut senden")).to_be_visible()
    await expect(page.locator("#net")).to_be_visible()
    assert await _faults(page) == {}


async def test_pages_without_javascript_have_no_faults(conference: Conference) -> None:
    """The question with its hint to load again, the mistake, and the page that acknowledges."""
    desk, page = await conference.desk(), await conference.participant(java_script_enabled=False, **STILL)
    await open_question(desk)
    await page.reload()
    assert ("question", await _faults(page)) == ("question", {})
    await page.get_by_role("button", name="Stimme abgeben").click()
    await expect(page.locator(".kern-error")).to_be_visible()
    assert ("mistake", await _faults(page)) == ("mistake", {})
    await vote(page, CLUB)
    await expect_counted(page, CLUB)
    assert ("answer", await _faults(page)) == ("answer", {})


async def test_screen_has_no_faults_in_any_state(conference: Conference) -> None:
    """Join, question and result, as projected and as somebody would open it on a phone."""
    desk, page = await conference.desk(), await conference.screen(viewport=WIDE, **STILL)
    assert ("join", await _faults(page, WIDE)) == ("join", {})
    await open_question(desk)
    await expect(asked(page)).to_have_text(QUESTIONS[0])
    assert ("question", await _faults(page, WIDE)) == ("question", {})
    await close_question(desk)
    await show_result(desk)
    await expect(page.locator("table")).to_be_visible()
    assert ("result", await _faults(page, WIDE)) == ("result", {})
    await conference.server.kill()
    await expect(page.locator("#net")).to_be_visible()
    assert ("cut off", await _faults(page, WIDE)) == ("cut off", {})


async def test_desk_has_no_faults_in_any_state(conference: Conference) -> None:
    """Each step with its questions before what cannot be undone, the form of a question on the spot, and a notice."""
    desk = await conference.desk(viewport=WIDE, **STILL)
    assert ("ready", await _faults(desk, WIDE)) == ("ready", {})
    await open_question(desk)
    await desk.get_by_text("Öffnung zurücknehmen …").click()
    assert ("open", await _faults(desk, WIDE)) == ("open", {})
    await close_question(desk)
    await desk.get_by_text("Antworten verwerfen und neu beginnen …").click()
    assert ("closed", await _faults(desk, WIDE)) == ("closed", {})
    await show_result(desk)
    assert ("shown", await _faults(desk, WIDE)) == ("shown", {})
    await desk.keyboard.press("s")
    await desk.keyboard.press("Enter")
    await expect(notice(desk)).not_to_have_text("")
    assert ("on the spot", await _faults(desk, WIDE)) == ("on the spot", {})


async def test_four_things_are_announced_once_each_in_a_round(conference: Conference) -> None:
    """Opened, counted, disconnected, shown: not what moves, closes, comes back or is loaded again."""
    desk, other = await conference.desk(), await conference.participant()
    page = await conference.participant()
    heard = await watch_announcements(page)
    await open_question(desk)
    await vote(page, COUNCIL)
    await expect_counted(page, COUNCIL)
    await vote(other, CLUB)
    await expect(figure(page, "answered")).to_have_text("2")
    await conference.server.kill()
    await expect(page.locator("#net")).to_be_visible()
    await conference.server.start()
    for one in (page, desk):
        await expect(one.locator("#net")).to_be_hidden()
    await close_question(desk)
    await expect(page.get_by_text("Die Frage ist geschlossen. Das Ergebnis folgt.")).to_be_visible()
    await show_result(desk)
    await expect(page.locator("table")).to_be_visible()
    await page.reload()
    await expect(page.locator(".sg-mine", has_text="Ihre Antwort")).to_be_visible()
    opened, shown = f"Neue Frage: {QUESTIONS[0]}", f"Ergebnis: Gleichauf: „{COUNCIL}“ und „{CLUB}“ mit je 1 Stimmen."
    counted = next(filter(COUNTED.match, heard), "")
    await heard.expect(opened, counted, "Gerade keine Verbindung", shown)
    assert COUNTED.match(counted)


WORDS = """(element) => {
    const said = element.labels?.length ? element.labels[0] : element;
    return (said.innerText.trim() || element.ariaLabel || '').replace(/\\s+/g, ' ');
}"""


async def _tab_stops(page: Page) -> list[str]:
    """The words of what Tab reaches, once around the page; each must look different with the focus on it."""
    stops: list[str] = []
    await page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    for _ in range(60):
        await page.keyboard.press("Tab")
        focused = await page.evaluate_handle("() => document.activeElement")
        if await focused.evaluate("(element) => element === document.body"):
            break
        words = str(await focused.evaluate(WORDS))
        stops.append(words)
    return stops


async def test_tab_probe(conference: Conference) -> None:
    """x"""
    desk, page = await conference.desk(), await conference.participant()
    print(await _tab_stops(page))
    await open_question(desk)
    await expect(asked(page)).to_have_text(QUESTIONS[0])
    print(await _tab_stops(page))
    print(await _tab_stops(desk))
    await desk.goto(conference.url)
    print(await _tab_stops(desk))
