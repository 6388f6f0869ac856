"""Everything works by forms, redirects and pages when JavaScript is off."""

import asyncio

from playwright.async_api import Page, expect

from tests.browser.conference import (
    ADMINISTRATION,
    CLUB,
    COUNCIL,
    QUESTIONS,
    RIGHT,
    TOO_LATE,
    Conference,
    change,
    choose,
    close_question,
    counts,
    expect_counted,
    open_question,
    show_result,
    to_next,
    vote,
)
from tests.harness.browser import STEP_MS

OFF = {"java_script_enabled": False}


async def _join_by_code(conference: Conference) -> Page:
    page = await (await conference.new_context(**OFF)).new_page()
    await page.goto(conference.url)
    await page.get_by_label("Veranstaltungscode").fill("pro be7")
    await page.get_by_role("button", name="Teilnehmen").click()
    return page


async def test_round_without_javascript(conference: Conference) -> None:
    """Joining by code, voting, changing the answer and reading the result need nothing but forms and links."""
    desk, voter = await conference.desk(), await _join_by_code(conference)
    assert voter.url == conference.event_url
    await expect(voter.get_by_role("heading", level=1)).to_have_text("Begrüßung")
    await open_question(desk)
    await voter.get_by_role("link", name="Seite neu laden").click()
    await expect(voter.get_by_role("heading", level=1)).to_have_text(QUESTIONS[0])

    await vote(voter, ADMINISTRATION)
    await expect(voter).to_have_title("Ihre Antwort – Kleinstädte in Deutschland")
    await expect_counted(voter, ADMINISTRATION)
    await change(voter, CLUB)
    await expect_counted(voter, CLUB)
    await expect(voter.get_by_text("Ihre neue Antwort ist gezählt. Die alte zählt nicht mehr.")).to_be_visible()
    await expect(desk.locator("[data-figure='n-o3']").first).to_have_text("1")
    assert await counts(desk) == {ADMINISTRATION: "0", COUNCIL: "0", CLUB: "1"}

    await voter.get_by_role("link", name="Zurück zur Veranstaltung").click()
    await close_question(desk)
    await show_result(desk)
    await voter.reload()
    assert await counts(voter) == {ADMINISTRATION: "0", COUNCIL: "0", CLUB: "1"}
    await voter.get_by_role("link", name="Programm", exact=True).click()
    await voter.get_by_role("link", name=f"Ergebnis: {QUESTIONS[0]}").click()
    await expect(voter.locator("tbody tr", has_text=CLUB).locator(".sg-mine")).to_have_text("Ihre Antwort")
    assert await conference.recount() == RIGHT


async def test_errors_without_javascript_stand_at_the_form(conference: Conference) -> None:
    """Nothing and too much chosen are said in words at the form, which keeps the ticks; then the vote goes through."""
    desk, voter = await conference.desk(), await _join_by_code(conference)
    await open_question(desk)
    await close_question(desk)
    await show_result(desk)
    await to_next(desk)
    await open_question(desk)
    await voter.reload()
    alert = voter.get_by_role("alert")
    await voter.get_by_role("button", name="Stimme abgeben").click()
    await expect(alert).to_have_text("Bitte wählen Sie zuerst eine Antwort.")
    await vote(
        voter, "Rad- und Fußwege ausbauen", "Anträge und Termine online anbieten", "Leere Häuser im Ortskern umbauen"
    )
    await expect(alert).to_have_text(
        "Sie haben drei gewählt. Bitte wählen Sie höchstens zwei und nehmen Sie eine heraus."
    )
    await expect(voter.locator("input:checked")).to_have_count(3)
    await choose(voter, "Leere Häuser im Ortskern umbauen")
    await voter.get_by_role("button", name="Stimme abgeben").click()
    await expect_counted(voter, "Rad- und Fußwege ausbauen", "Anträge und Termine online anbieten")


async def test_late_vote_without_javascript_is_refused_in_words(conference: Conference) -> None:
    """A form that was open for too long is answered with the reason, and the vote is not counted."""
    desk, voter = await conference.desk(), await _join_by_code(conference)
    await open_question(desk)
    await voter.reload()
    await close_question(desk)
    await vote(voter, ADMINISTRATION)
    await expect(voter.get_by_role("alert")).to_have_text(TOO_LATE)
    assert await counts(desk) == {ADMINISTRATION: "0", COUNCIL: "0", CLUB: "0"}


async def test_desk_without_javascript(conference: Conference) -> None:
    """The desk's buttons are plain forms: a whole round, and a question on the spot with its mistake in words."""
    desk = await conference.desk(**OFF)
    await open_question(desk)
    await desk.get_by_role("button", name="Frage schließen").click()
    await expect(desk.get_by_text("Wird geschlossen: Stimmen, die unterwegs sind, zählen noch.")).to_be_visible()
    await _reload_until(desk, "Ergebnis zeigen")
    await show_result(desk)

    await desk.locator("#adhoc summary").click()
    await desk.get_by_role("button", name="Frage jetzt öffnen").click()
    await expect(desk.get_by_role("alert")).to_have_text("Eine Frage braucht einen Text.")
    await desk.get_by_label("Frage", exact=True).fill("Sollen wir früher Pause machen?")
    await desk.get_by_role("button", name="Frage jetzt öffnen").click()
    await expect(desk.get_by_role("heading", level=1)).to_have_text("Sollen wir früher Pause machen?")
    voter = await conference.participant()
    await vote(voter, "Ja")
    await expect_counted(voter, "Ja")


async def _reload_until(page: Page, button: str) -> None:
    """Load the page again, as people do, until a button has come."""
    async with asyncio.timeout(STEP_MS / 1000):
        while not await page.get_by_role("button", name=button).count():
            await page.reload()
