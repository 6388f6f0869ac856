"""A round with real browsers: a moderator, two participants, one by keyboard only, and a screen."""

import asyncio
import re

from playwright.async_api import Page, Route, expect

from tests.browser.conference import (
    ADMINISTRATION,
    CLUB,
    COUNCIL,
    COUNTED,
    QUESTIONS,
    RIGHT,
    Conference,
    change,
    close_question,
    counts,
    expect_counted,
    figure,
    open_question,
    receipt,
    show_result,
    to_next,
    vote,
)
from tests.harness.browser import Announcements, watch_announcements

BEGINS = re.compile(r"^Noch (1 Minute|[2-5]\d Sekunden) zum Antworten\.$")
ENDS = re.compile(r"^Noch (\d|1\d|20) Sekunden zum Antworten\.$")


async def _vote_by_keyboard(page: Page, downs: int) -> None:
    """Answer as somebody without a mouse: tab to the answers, arrows, tab to the button, Enter."""
    for _ in range(12):
        await page.keyboard.press("Tab")
        if await page.evaluate("() => document.activeElement.type === 'radio'"):
            break
    await page.keyboard.press("Space")
    for _ in range(downs):
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")


async def test_round_from_waiting_to_the_next_question(conference: Conference) -> None:
    """A question goes from the desk to everybody, every vote back to it, and nobody reloads a page."""
    desk, screen = await conference.desk(), await conference.screen()
    mouse, keys = await conference.participant(), await conference.participant()
    heard = await watch_announcements(keys)
    await expect(mouse.get_by_role("heading", level=1)).to_have_text("Begrüßung")
    await expect(screen.locator(".sg-code")).to_have_text("PRO\N{NO-BREAK SPACE}BE7")
    await expect(figure(screen, "present")).to_have_text("2")
    await expect(desk.locator("#mini-screen .sg-tag")).to_have_text("zeigt den Code")

    await open_question(desk)
    for page in (mouse, keys, screen):
        await expect(page.get_by_role("heading", level=1)).to_have_text(QUESTIONS[0])
    await expect(desk.locator("#mini-phone .sg-tag")).to_have_text("kann abstimmen")
    await expect(desk.locator("#mini-screen .sg-tag")).to_have_text("zeigt die Frage")

    await vote(mouse, ADMINISTRATION)
    await expect_counted(mouse, ADMINISTRATION)
    await _vote_by_keyboard(keys, downs=1)
    await expect_counted(keys, COUNCIL)
    await expect(figure(desk, "answered")).to_have_text("2")
    await expect(figure(screen, "answered")).to_have_text("2")
    await expect(screen.locator(".sg-strip .sg-code")).to_be_visible()
    assert await counts(desk) == {ADMINISTRATION: "1", COUNCIL: "1", CLUB: "0"}
    assert [await page.locator("table").count() for page in (mouse, keys, screen)] == [0, 0, 0]

    await change(mouse, COUNCIL)
    await expect(receipt(mouse)).to_have_text(re.compile("Ihre neue Antwort ist gezählt. Die alte zählt nicht mehr."))
    await expect_counted(mouse, COUNCIL)
    await expect(desk.locator("[data-figure='n-o2']").first).to_have_text("2")
    assert await counts(desk) == {ADMINISTRATION: "0", COUNCIL: "2", CLUB: "0"}

    await close_question(desk)
    await expect(mouse.get_by_text("Die Frage ist geschlossen. Das Ergebnis folgt.")).to_be_visible()
    await expect(mouse.get_by_role("button", name="Neue Antwort abgeben")).to_have_count(0)
    await expect(desk.locator("#mini-phone .sg-tag")).to_have_text("wartet auf das Ergebnis")

    await show_result(desk)
    for page in (mouse, keys, screen):
        await expect(page.locator("table.sg-results")).to_be_visible()
        assert await counts(page) == {ADMINISTRATION: "0", COUNCIL: "2", CLUB: "0"}
    sentence = f"Am häufigsten: „{COUNCIL}“ mit 2 von 2 Stimmen."
    await expect(figure(mouse, "say")).to_have_text(sentence)
    await expect(mouse.locator("tbody tr", has_text=COUNCIL).locator(".sg-mine")).to_have_text("Ihre Antwort")
    await expect(mouse.locator(".sg-mine", has_text="Ihre Antwort")).to_have_count(1)
    assert await mouse.locator(".sg-results rect[data-bar]").evaluate_all(
        "(bars) => bars.map((bar) => bar.getAttribute('width'))"
    ) == ["0%", "100%", "0%"]
    await expect(desk.locator("#mini-screen .sg-tag")).to_have_text("zeigt das Ergebnis")

    await _read_earlier_result(mouse, sentence)

    await desk.get_by_role("button", name="Ergebnis verbergen").click()
    for page in (mouse, keys, screen):
        await expect(page.locator("table")).to_have_count(0)
    await expect(keys.get_by_text("Die Frage ist geschlossen. Das Ergebnis folgt.")).to_be_visible()
    await show_result(desk)
    await to_next(desk)
    await expect(mouse.get_by_role("heading", level=1)).to_have_text("Begrüßung")
    await expect(screen.locator(".sg-join")).to_be_visible()
    await open_question(desk)
    for page in (mouse, keys, screen):
        await expect(page.get_by_role("heading", level=1)).to_have_text(QUESTIONS[1])
    counted = next(filter(COUNTED.match, heard), "")
    opened = [f"Neue Frage: {question}" for question in QUESTIONS]
    spoken = [opened[0], counted, f"Ergebnis: {sentence}", f"Ergebnis: {sentence}", opened[1]]
    await heard.expect(*spoken)
    await expect(keys.locator("#said-vote")).to_be_empty()
    await _hear_a_countdown(desk, keys, heard, spoken)
    assert await conference.recount() == RIGHT


async def _hear_a_countdown(desk: Page, page: Page, heard: Announcements, spoken: list[str]) -> None:
    """A countdown is said once when it begins and once for its last 20 seconds; closed, nothing of it is left."""
    said = page.locator("#said-time")
    await desk.get_by_role("button", name="Countdown 60").click()
    await expect(said).to_have_text(BEGINS)
    spoken = [*spoken, await said.inner_text()]
    # The server's time, which comes every 20 seconds, sets a clock right that only runs too fast.
    await page.evaluate("() => { const now = Date.now, begun = now(); Date.now = () => begun + (now() - begun) * 20; }")
    await expect(said).to_have_text(ENDS)
    await heard.expect(*spoken, await said.inner_text())
    await close_question(desk)
    await expect(said).to_be_empty()


async def _read_earlier_result(page: Page, sentence: str) -> None:
    """Find the result in the programme, read it with the own answer, and come back to the present."""
    await page.get_by_role("link", name="Programm", exact=True).click()
    await page.get_by_role("link", name=f"Ergebnis: {QUESTIONS[0]}").click()
    await expect(page.get_by_text(sentence)).to_be_visible()
    await expect(page.locator("tbody tr", has_text=COUNCIL).locator(".sg-mine")).to_have_text("Ihre Antwort")
    await page.get_by_role("link", name="Jetzt").click()
    await expect(page.locator("table.sg-results")).to_be_visible()


async def test_round_goes_on_after_the_server_was_killed(conference: Conference) -> None:
    """After SIGKILL and a start everybody comes back without doing anything, with the own answer marked."""
    desk, screen = await conference.desk(), await conference.screen()
    voter, undecided = await conference.participant(), await conference.participant()
    await open_question(desk)
    await vote(voter, CLUB)
    await expect_counted(voter, CLUB)
    await conference.server.kill()
    for page in (desk, screen, voter, undecided):
        await expect(page.locator("#net")).to_be_visible()
    await expect(screen.get_by_role("heading", level=1)).to_have_text(QUESTIONS[0])
    await conference.server.start()
    for page in (desk, screen, voter, undecided):
        await expect(page.locator("#net")).to_be_hidden()
    await expect(receipt(voter).locator("strong")).to_have_text(CLUB)
    await expect(voter.get_by_label(CLUB, exact=True)).to_be_checked()
    await vote(undecided, ADMINISTRATION)
    await expect_counted(undecided, ADMINISTRATION)
    await expect(figure(desk, "answered")).to_have_text("2")
    await expect(figure(screen, "answered")).to_have_text("2")
    await voter.reload()
    await expect(receipt(voter).locator("strong")).to_have_text(CLUB)
    await close_question(desk)
    await show_result(desk)
    await expect(voter.locator("tbody tr", has_text=CLUB).locator(".sg-mine")).to_have_text("Ihre Antwort")
    assert await counts(voter) == {ADMINISTRATION: "1", COUNCIL: "0", CLUB: "1"}
    assert await conference.recount() == RIGHT


async def test_page_connects_when_its_scripts_come_late(conference: Conference) -> None:
    """On a slow line, with the library there long before the rest, the page still gets its connection."""
    desk, page = await conference.desk(), await (await conference.new_context()).new_page()
    waited = asyncio.Event()

    async def late(route: Route) -> None:
        await waited.wait()
        await route.continue_()

    for name in ("**/hx-ws-*.js", "**/live.js"):
        await page.route(name, late)
    await page.goto(conference.event_url, wait_until="commit")
    await page.wait_for_function("() => window.htmx")
    await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    waited.set()
    await page.wait_for_load_state()
    await open_question(desk)
    await expect(page.get_by_role("heading", level=1)).to_have_text(QUESTIONS[0])
