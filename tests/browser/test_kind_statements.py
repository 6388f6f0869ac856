"""Statements in a real browser: by keyboard alone, offline, after a reload, on the screen."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conference import (
    NARROW,
    STILL,
    Conference,
    NewConference,
    close_question,
    open_question,
    show_result,
)
from tests.browser.looks import faults
from tests.harness.proxy import StartProxy

pytestmark = pytest.mark.long

ROUND = """
- kind: statements
  text: Wie sehen Sie das?
  result: live
  additions: yes
  options: [Mehr Busse, Eine Maut, Ein Stadtfest]
"""
LEAST_TOUCH = 44


async def shows(page: Page, progress: str) -> str:
    """Wait until the page is at this statement, and return its text."""
    await expect(page.locator("[data-progress]")).to_have_text(progress)
    return await page.locator("h2.sg-statement__text").inner_text()


async def counted(page: Page, answers: int) -> None:
    """Wait until so many answers are acknowledged."""
    told = page.locator("[data-submission]")
    await expect(told).to_contain_text(f"Gezählt: Ihre Antworten zu {answers} von 3 Aussagen.")


async def test_statements_by_keyboard_alone(conference: Conference) -> None:
    """Each answer leads to the next statement, which gets the focus; back and a reload keep what was said."""
    desk, screen = await conference.desk(), await conference.screen(**STILL)
    page = await conference.participant(viewport=NARROW, **STILL)
    await open_question(desk)
    first = await shows(page, "1 von 3 Aussagen")
    buttons = page.locator(".sg-three button")
    boxes = [await one.bounding_box() for one in await buttons.all()]
    assert [box is not None and box["height"] >= LEAST_TOUCH for box in boxes] == [True] * 3
    await page.get_by_role("button", name="Stimme zu").focus()
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
    await page.keyboard.press("Enter")
    second = await shows(page, "2 von 3 Aussagen")
    await expect(page.locator("h2.sg-statement__text")).to_be_focused()
    await counted(page, 1)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await counted(page, 2)
    third = await shows(page, "3 von 3 Aussagen")
    assert {first, second, third} == {"Mehr Busse", "Eine Maut", "Ein Stadtfest"}

    await page.get_by_role("button", name="Zurück zur letzten Aussage").press("Enter")
    assert await shows(page, "2 von 3 Aussagen") == second
    await expect(page.get_by_role("button", pressed=True)).to_have_text("Stimme nicht zu")
    await page.get_by_role("button", name="Überspringen").press("Enter")
    assert await shows(page, "3 von 3 Aussagen") == third
    await counted(page, 2)
    await page.reload()
    assert await shows(page, "3 von 3 Aussagen") == third

    await page.context.set_offline(True)
    await page.get_by_role("button", name="Stimme zu").press("Enter")
    await expect(page.locator("h2.sg-statement__text")).to_have_text(
        "Sie haben alle Aussagen beantwortet. Vielen Dank!"
    )
    await expect(page.locator("[data-resend]")).to_be_visible()
    await page.context.set_offline(False)
    await counted(page, 3)
    await expect(page.locator("[data-resend]")).to_have_count(0)
    await close_question(desk)
    await show_result(desk)
    await expect(screen.locator("#strip")).to_contain_text("1 von 1 hat geantwortet")
    assert [await faults(seen) for seen in (page, screen)] == [{}, {}]
    whole = page.get_by_role("link", name="Alle 3 Aussagen")
    box = await whole.bounding_box()
    assert box
    assert box["height"] >= LEAST_TOUCH
    await whole.click()
    await expect(page.locator(".sg-opinions li")).to_have_count(3)
    await expect(page.locator(".sg-opinions li", has_text=second)).to_contain_text("Ihre Antwort: Überspringen")
    assert await faults(page) == {}
    assert await conference.recount() == "1 question: every tally equals its ballots."


async def test_statements_where_sockets_are_blocked(new_conference: NewConference, start_proxy: StartProxy) -> None:
    """The page asks and posts over HTTP, with the same flow."""
    conference = await new_conference(await start_proxy(refuse_upgrades=True))
    desk, page = await conference.desk(), await conference.participant(**STILL)
    await open_question(desk)
    await shows(page, "1 von 3 Aussagen")
    await page.get_by_role("button", name="Stimme zu").press("Enter")
    await shows(page, "2 von 3 Aussagen")
    await counted(page, 1)


async def test_statement_of_a_participant(conference: Conference) -> None:
    """By keyboard it is sent in, accepted at the desk, and told to its author and to somebody who is through."""
    desk = await conference.desk()
    page = await conference.participant(viewport=NARROW, **STILL)
    other = await conference.participant(**STILL)
    await open_question(desk)
    for number in (1, 2, 3):
        await shows(other, f"{number} von 3 Aussagen")
        await other.get_by_role("button", name="Stimme zu").press("Enter")
    await expect(other.locator("h2.sg-statement__text")).to_contain_text("alle Aussagen beantwortet")
    await shows(page, "1 von 3 Aussagen")
    adding = page.locator("summary", has_text="Eigene Aussage hinzufügen")
    await adding.press("Enter")
    await page.get_by_label("Ihre Aussage").fill("Mehr Bänke im Park")
    assert await faults(page) == {}
    await page.get_by_role("button", name="Aussage senden").press("Enter")
    await expect(page.locator(".sg-additions")).to_contain_text("Wartet auf die Moderation.")
    await expect(adding).to_be_focused()
    await expect(page.get_by_label("Ihre Aussage")).to_be_hidden()
    await expect(page.locator("#said-vote")).to_have_text("Gespeichert. Ihre Aussage wartet auf die Moderation.")
    await adding.press("Enter")
    await expect(page.get_by_label("Ihre Aussage")).to_have_value("")
    await expect(desk.locator("#entries-0")).to_contain_text("Mehr Bänke im Park")
    assert await faults(desk) == {}
    await desk.locator("#entries-0").get_by_role("button", name="Zeigen").press("Enter")
    await expect(page.locator(".sg-additions")).to_contain_text("Angenommen: Alle werden dazu gefragt.")
    await expect(other.locator("[data-new]")).to_have_text("Eine neue Aussage")
    await other.get_by_role("button", name="Weiter").press("Enter")
    assert await shows(other, "4 von 4 Aussagen") == "Mehr Bänke im Park"
    await expect(other.locator("h2.sg-statement__text")).to_be_focused()
    await shows(page, "1 von 4 Aussagen")
    assert await faults(page) == {}
    for number in range(2, 6):  # after the last there is no form, and the focus goes to what was added
        if await adding.evaluate("(one) => !one.parentElement.open"):
            await adding.press("Enter")
        await page.get_by_label("Ihre Aussage").fill(f"Aussage {number}")
        await page.get_by_role("button", name="Aussage senden").press("Enter")
        await expect(page.locator(".sg-additions li")).to_have_count(number)
    await expect(adding).to_have_count(0)
    await expect(page.get_by_role("heading", name="Ihre Aussagen")).to_be_focused()
    await expect(page.get_by_text("Sie haben fünf Aussagen hinzugefügt; mehr sind für eine Person")).to_be_visible()
    await expect(page.locator("#said-vote")).to_have_text("Gespeichert. Ihre Aussage wartet auf die Moderation.")
    assert await faults(page) == {}
