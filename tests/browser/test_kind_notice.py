"""A notice in a real browser: by keyboard alone, without JavaScript, and where sockets are blocked."""

import shutil
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conference import (
    NARROW,
    STILL,
    WIDE,
    Conference,
    Links,
    NewConference,
    event_of,
    expect_counted,
    open_question,
    prepared,
    to_next,
    vote,
)
from tests.browser.desks import asked, expect_step
from tests.browser.looks import faults
from tests.harness.browser import watch_announcements
from tests.harness.proxy import StartProxy
from tests.harness.server import PROJECT

pytestmark = pytest.mark.long

TEXT, QUESTION, PLAN = "Gleich ist Pause.", "Geht es weiter?", "Raumplan: links der Saal, rechts das Foyer"
LINES = "Kaffee gibt es im Foyer.\nUm 11 Uhr geht es weiter."
EVENT = event_of(f"""
- kind: notice
  text: {TEXT}
  details: |
    Kaffee gibt es im Foyer.
    Um 11 Uhr geht es weiter.
  picture: kind_notice.webp
  alternative: "{PLAN}"
  translations:
    en:
      text: Time for a break.
      details: |
        There is coffee in the foyer.
        We go on at 11.
      alternative: "Plan: hall on the left, foyer on the right"
- kind: yes_no
  text: {QUESTION}
""")
OFF = {"java_script_enabled": False}
CONTROLS = "main :is(input:not([type=hidden]), select, textarea, form[data-vote], [data-figure])"
PAINTED = """image => {
    const box = image.getBoundingClientRect();
    return image.complete && image.naturalWidth > 0 && box.width > 100 && box.height > 40;
}"""


@pytest.fixture(scope="module")
def event_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Links]:
    """A data folder with an event that has a notice with a picture, and a question behind it."""
    folder = tmp_path_factory.mktemp("notice")
    shutil.copy(PROJECT / "tools" / "kind_notice.webp", folder)
    return prepared(folder, EVENT)


async def show(desk: Page) -> None:
    """Show the notice that the desk is at, by its one step."""
    await desk.get_by_role("button", name="Zeigen N").click()
    await expect_step(desk, "Zur nächsten Frage")


async def expect_notice(page: Page, text: str = TEXT, lines: str = LINES, plan: str = PLAN) -> None:
    """Wait until text, lines and picture stand on the page; there is nothing on it to answer or to count."""
    await expect(asked(page)).to_contain_text(text)
    await expect(page.locator(".sg-notice p")).to_have_text(lines, use_inner_text=True)
    picture = page.locator(".sg-notice").get_by_role("img", name=plan, exact=True)
    await picture.scroll_into_view_if_needed()
    await picture.evaluate("image => image.decode()")
    assert await picture.evaluate(PAINTED)
    await expect(page.locator(CONTROLS)).to_have_count(0)


async def test_notice_by_keyboard_alone(conference: Conference) -> None:
    """One key shows it to phone and screen with its picture, spoken once; the next keys go on to the question."""
    desk, screen = await conference.desk(viewport=WIDE, **STILL), await conference.screen(viewport=WIDE, **STILL)
    page = await conference.participant(**STILL)
    heard = await watch_announcements(page)
    await expect_step(desk, "Zeigen")
    await expect(screen.locator(".sg-notice")).to_have_count(0)
    await desk.keyboard.press("n")
    for seen in (page, screen):
        await expect_notice(seen)
    await heard.expect(TEXT)
    await expect_step(desk, "Zur nächsten Frage")
    for name in ("Frage schließen", "Ergebnis zeigen"):
        await expect(desk.get_by_role("button", name=name)).to_have_count(0)
    for seen in (page, screen, desk):
        assert await faults(seen) == {}

    await desk.keyboard.press("n")
    await expect_step(desk, "Frage öffnen")
    await desk.keyboard.press("n")
    await vote(page, "Ja")
    await expect_counted(page, "Ja")
    for seen in (page, screen):
        await expect(asked(seen)).to_have_text(QUESTION)
        await expect(seen.locator(".sg-notice")).to_have_count(0)
        await expect(seen.get_by_text("Frage 1 von 1")).to_be_visible()
    assert await conference.recount() == "1 question: every tally equals its ballots."


async def test_notice_without_javascript(conference: Conference) -> None:
    """Forms show it, take it back and go on; a page that is loaded again has it, or no more."""
    desk, page = await conference.desk(**OFF), await conference.participant(**OFF, **STILL)
    await show(desk)
    await page.reload()
    await expect_notice(page)
    assert await faults(page) == {}
    await desk.get_by_role("button", name="Zurücknehmen").click()
    await expect_step(desk, "Zeigen")
    await page.reload()
    await expect(page.locator(".sg-notice")).to_have_count(0)
    await show(desk)
    await to_next(desk)
    await open_question(desk)
    await page.reload()
    await vote(page, "Nein")
    await expect_counted(page, "Nein")


async def test_notice_where_sockets_are_blocked(new_conference: NewConference, start_proxy: StartProxy) -> None:
    """The page asks for it over HTTP; who reads English has text, lines and the words for the picture in English."""
    conference = await new_conference(await start_proxy(refuse_upgrades=True))
    desk, page = await conference.desk(), await conference.participant()
    english = await conference.participant(locale="en-GB", viewport=NARROW, color_scheme="dark", **STILL)
    await show(desk)
    await expect_notice(page)
    lines, plan = "There is coffee in the foyer.\nWe go on at 11.", "Plan: hall on the left, foyer on the right"
    await expect_notice(english, "Time for a break.", lines, plan)
    assert await faults(english) == {}
    await to_next(desk)
    await open_question(desk)
    await expect(asked(page)).to_have_text(QUESTION)
