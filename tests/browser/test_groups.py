"""Groups in a real browser: chosen by keyboard on a small phone and by form, seen side by side on the screen."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conference import (
    Conference,
    Links,
    answer_as,
    choose,
    close_question,
    event_of,
    open_question,
    prepared,
    show_result,
    vote,
)
from tests.browser.looks import faults

pytestmark = pytest.mark.long

EVENT = event_of(
    "- {kind: single_choice, text: Was fehlt?, options: [Wohnraum, Bus und Bahn]}",
    "groups: [Kommune, Verband, Wissenschaft und Forschung]",
)
SMALL = {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def event_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Links]:
    """A data folder with an event that has groups."""
    return prepared(tmp_path_factory.mktemp("groups"), EVENT)


async def test_groups_side_by_side(conference: Conference) -> None:
    """Chosen by keyboard and by form; the form makes room for the question; small groups are named, not shown."""
    desk, screen = await conference.desk(), await conference.screen()
    phone = await conference.participant(**SMALL)
    waits = await conference.participant()
    plain = await conference.participant(java_script_enabled=False)
    await expect(phone.locator("#group-ask")).to_have_attribute("open", "")
    await phone.get_by_label("Kommune").focus()
    assert await faults(phone) == {}
    await phone.keyboard.press("Space")
    await phone.keyboard.press("Enter")
    await expect(phone.locator("#said-vote")).to_have_text("Gespeichert. Sie antworten als: Kommune")
    await expect(phone.locator("#group strong")).to_have_text("Kommune")
    await expect(phone.locator("#group-summary")).to_be_focused()
    await choose(plain, "Kommune")
    await plain.get_by_role("button", name="Gruppe speichern").click()
    await expect(plain.locator("main strong")).to_have_text("Kommune")
    await plain.get_by_role("link", name="Zurück zur Veranstaltung").click()

    await open_question(desk)
    await expect(waits.get_by_role("button", name="Stimme abgeben")).to_be_visible()
    await expect(waits.locator("#group-ask")).not_to_have_attribute("open", "")
    await vote(phone, "Wohnraum")
    await plain.reload()
    await vote(plain, "Wohnraum")
    for group, option, people in (("g1", "o2", 5), ("g2", "o1", 6), ("g3", "o2", 3), ("", "o1", 8)):
        for _ in range(people):
            await answer_as(conference, group, option)
    await close_question(desk)
    await show_result(desk)
    heads = screen.locator("table.sg-side thead th")
    await expect(heads).to_have_text(["Antwort", "Alle n = 24", "Kommune n = 7", "Ohne Angabe n = 8"])
    hidden = "Nicht gezeigt, damit sich nichts über weniger als fünf Personen errechnen lässt: "
    for page in (screen, phone, desk):
        await expect(page.get_by_text(hidden)).to_have_text(f"{hidden}Verband, Wissenschaft und Forschung.")
    assert [await faults(page) for page in (screen, phone, desk)] == [{}, {}, {}]
    await phone.get_by_text("Nach Gruppen, in Worten").click()
    words = phone.locator("details[open] li").first
    await expect(words).to_have_text("Kommune (Antworten: 7): Am häufigsten: „Bus und Bahn“ mit 5 von 7 Stimmen.")
    await phone.reload()
    await expect(phone.locator("#group strong")).to_have_text("Kommune")
