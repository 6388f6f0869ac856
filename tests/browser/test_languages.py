"""One event in three languages in real browsers: each reads and votes in their own, and all see one result."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conference import (
    Conference,
    choose,
    close_question,
    counts,
    expect_counted,
    open_question,
    receipt,
    show_result,
    vote,
)
from tests.browser.looks import faults

pytestmark = pytest.mark.long

ROUND = """
- kind: single_choice
  text: Was braucht Ihre Stadt?
  options: [Wohnraum, Bus und Bahn]
  translations:
    en: {text: What does your town need?, options: [Housing, Bus and train]}
    de-simple: {text: Was fehlt in Ihrer Stadt?, options: [Wohnungen, Busse und Züge]}
"""


async def test_three_people_in_three_languages(conference: Conference) -> None:
    """By the browser's language, by a choice at 320 pixels and by form without JavaScript: one result for all."""
    desk, screen = await conference.desk(), await conference.screen()
    english = await conference.participant(locale="en-GB", reduced_motion="reduce")
    simple = await conference.participant(viewport={"width": 320, "height": 700}, reduced_motion="reduce")
    german = await conference.participant(java_script_enabled=False)
    await simple.get_by_role("button", name="Leichte Sprache").focus()
    await simple.keyboard.press("Enter")
    await expect(simple.locator("html")).to_have_attribute("lang", "de-simple")
    await open_question(desk)
    await german.reload()
    asked = {
        "What does your town need?": english,
        "Was fehlt in Ihrer Stadt?": simple,
        "Was braucht Ihre Stadt?": german,
    }
    for text, page in asked.items():
        await expect(page.get_by_role("heading", level=1)).to_have_text(text)
        assert await faults(page) == {}
    await expect(screen.locator("h1 [lang=en]")).to_have_text("What does your town need?")

    await choose(english, "Bus and train")
    await english.get_by_role("button", name="Submit vote").click()
    await expect(receipt(english).get_by_role("heading")).to_have_text("Your vote has been counted")
    await choose(simple, "Busse und Züge")
    await simple.get_by_role("button", name="Antwort senden").click()
    await expect(receipt(simple).get_by_role("heading")).to_have_text("Wir haben Ihre Antwort gezählt")
    await vote(german, "Wohnraum")
    await expect_counted(german, "Wohnraum")

    await simple.get_by_role("button", name="English").click()
    await expect(receipt(simple)).to_have_text(re.compile("Your answer: Bus and train"))
    await close_question(desk)
    await show_result(desk)
    await german.goto(conference.event_url)
    assert await faults(desk) == {}
    for page, labels in ((english, ("Housing", "Bus and train")), (german, ("Wohnraum", "Bus und Bahn"))):
        await expect(page.locator("table.sg-results")).to_be_visible()
        assert await counts(page) == dict(zip(labels, ("1", "2"), strict=True))
