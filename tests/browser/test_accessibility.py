"""Accessibility of every page in every state, in a real browser: axe-core, announcements, keyboard, sizes, modes."""

import re

import pytest
from playwright.async_api import ElementHandle, Page, ViewportSize, expect

from tests.browser.conference import (
    ADMINISTRATION,
    CLUB,
    COUNCIL,
    COUNTED,
    NARROW,
    QUESTIONS,
    STILL,
    WIDE,
    Conference,
    choose,
    close_question,
    expect_counted,
    figure,
    open_question,
    show_result,
    to_next,
    vote,
)
from tests.browser.desks import asked, expect_step, notice, overflow, push
from tests.browser.looks import SMALL_TARGETS, WORDS, faults
from tests.harness.browser import watch_announcements

MIDDLE: ViewportSize = {"width": 900, "height": 800}


async def _faults(page: Page, usual: ViewportSize = MIDDLE) -> dict[str, object]:
    """What is wrong with the page as it stands, by look, at the usual size; how many pixels stick out at others."""
    found: dict[str, object] = {}
    for size in (WIDE, MIDDLE, usual):
        await page.set_viewport_size(size)
        found[f"wider than {size['width']}"] = await overflow(page)
    return {look: fault for look, fault in found.items() if fault} | await faults(page)


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
    await expect(page).to_have_url(re.compile("/programme$"))
    assert ("programme", await _faults(page)) == ("programme", {})
    await page.get_by_role("link", name=f"Ergebnis: {QUESTIONS[0]}").click()
    await expect(page).to_have_url(re.compile("/results?/"))
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


async def test_rehearsal_has_no_faults(conference: Conference) -> None:
    """The tools at the desk, and the mark of a rehearsal on every page: live, programme, screen and desk."""
    desk, screen = await conference.desk(viewport=WIDE, **STILL), await conference.screen(viewport=WIDE, **STILL)
    page = await conference.participant(**STILL)
    for tool in ("Ergebnisse mitnehmen …", "Probelauf …"):
        await desk.get_by_text(tool).click()
    assert ("tools", await _faults(desk, WIDE)) == ("tools", {})
    await desk.get_by_role("button", name="Probelauf beginnen").click()
    for name, seen in (("desk", desk), ("screen", screen), ("audience", page)):
        await expect(seen.get_by_text("Simulierte Teilnehmende machen mit.")).to_be_visible()
        assert (name, await _faults(seen, WIDE)) == (name, {})
    await page.get_by_role("link", name="Programm", exact=True).click()
    await expect(page).to_have_url(re.compile("/programme$"))
    await expect(page.get_by_text("Simulierte Teilnehmende machen mit.")).to_be_visible()
    assert ("programme", await _faults(page)) == ("programme", {})
    await desk.get_by_role("button", name="Probelauf beenden").click()
    for seen in (desk, screen):
        await expect(seen.get_by_text("Simulierte Teilnehmende machen mit.")).to_have_count(0)


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
    opened, shown = f"Neue Frage: {QUESTIONS[0]}", f"Ergebnis: Gleichauf: „{COUNCIL}“ und „{CLUB}“ mit je einer Stimme."
    counted = next(filter(COUNTED.match, heard), "")
    await heard.expect(opened, counted, "Gerade keine Verbindung", shown)
    assert COUNTED.match(counted)


async def _picture(page: Page, element: ElementHandle) -> bytes:
    """The element with what is eight pixels around it; the whole row for an answer."""
    box = await element.evaluate("""(element) => {
        const { x, y, width, height } = (element.closest('.sg-choice') ?? element).getBoundingClientRect();
        return { x: Math.max(x - 8, 0), y: Math.max(y - 8, 0), width: width + 16, height: height + 16 };
    }""")
    return await page.screenshot(clip=box, animations="disabled")


async def _tab_stops(page: Page) -> list[str]:
    """The words of what Tab reaches on a page just loaded; holds that each looks different with the focus on it."""
    stops: list[str] = []
    while len(stops) < 40:
        await page.keyboard.press("Tab")
        element = (await page.evaluate_handle("() => document.activeElement")).as_element()
        assert element is not None
        if await element.evaluate("(element) => element === document.body"):
            break
        stops.append(str(await element.evaluate(WORDS)))
        focused = await _picture(page, element)
        await element.evaluate("(element) => element.blur()")
        assert (stops[-1], focused != await _picture(page, element)) == (stops[-1], True)
    return stops


LEGAL = ["Barrierefreiheit", "Datenschutz", "Impressum"]


@pytest.mark.parametrize("forced_colors", ["none", "active"])
async def test_tab_order_is_that_of_the_page_and_seen(conference: Conference, forced_colors: str) -> None:
    """Tab reaches everything once in reading order, answers as one stop, each with a ring, in forced colours too."""
    opener = await conference.desk()
    await open_question(opener)
    look = {"forced_colors": forced_colors, **STILL}
    page, desk = await conference.participant(**look), await conference.desk(viewport=WIDE, **look)
    top = [await page.locator(".sg-brand").inner_text(), "Jetzt", "Programm"]
    top = ["Zum Inhalt springen", *(" ".join(words.split()) for words in top)]
    assert await _tab_stops(page) == [*top, ADMINISTRATION, "Stimme abgeben", *LEGAL]
    await desk.reload()
    states = ("Offen seit", "Bereit", "Bereit")
    stops = [re.sub(r" seit .*", " seit", words) for words in await _tab_stops(desk)]
    assert stops == [
        *("Zur Frage springen", "Frage schließen N", "Countdown 30 s", "Countdown 60 s", "Öffnung zurücknehmen …"),
        *("Text berichtigen", "Anordnen …", "Sofort eine Frage stellen S"),
        *(f"{question} {state}" for question, state in zip(QUESTIONS, states, strict=True)),
        "Frage vorbereiten (Sie sind gefragt! I)",
        *("Leinwand: Code zeigen L", "Leinwand öffnen", "Später oder früher …"),
        *("Runden einfügen und sichern", "Fragenbibliothek"),
        *("Ergebnisse mitnehmen …", "Tastenkürzel ?", *LEGAL),
    ]
    await page.goto(conference.url)
    assert await _tab_stops(page) == [
        *("Zum Inhalt springen", "Sie sind gefragt!", "Veranstaltungscode", "Teilnehmen", "Für Veranstaltende", *LEGAL)
    ]


async def _focused(page: Page) -> str:
    return str(await page.evaluate("() => document.activeElement.id || document.activeElement.tagName"))


async def test_focus_on_an_answer_stays_through_pushes(conference: Conference) -> None:
    """A choice that is made but not sent stays, with the focus on it, also in the form that changes an answer."""
    desk, first, again = await conference.desk(), await conference.participant(), await conference.participant()
    await open_question(desk)
    for page in (first, again):
        await expect(asked(page)).to_have_text(QUESTIONS[0])
    await first.get_by_label(COUNCIL).focus()
    await first.keyboard.press("Space")
    at = await _focused(first)
    await push(desk, first)
    assert await _focused(first) == at
    await expect(first.get_by_label(COUNCIL)).to_be_checked()

    await vote(again, CLUB)
    await expect_counted(again, CLUB)
    summary = again.locator("summary", has_text="Antwort ändern")
    await summary.focus()
    await push(desk, again, 2)
    await expect(summary).to_be_focused()
    await again.keyboard.press("Enter")
    await again.get_by_label(ADMINISTRATION).focus()
    await again.keyboard.press("Space")
    await push(desk, again, 2)
    await expect(again.get_by_label(ADMINISTRATION)).to_be_checked()
    await expect(again.get_by_label(ADMINISTRATION)).to_be_focused()
    await again.keyboard.press("Tab")
    await again.keyboard.press("Enter")
    await expect_counted(again, ADMINISTRATION)
    await expect(summary).to_be_focused()
    await expect(again.get_by_label(ADMINISTRATION)).to_be_hidden()


async def test_focus_whose_place_is_gone_stays_in_the_content(conference: Conference) -> None:
    """When a push takes away the focused button, the next Tab goes on in the content and not from the top."""
    desk, other, voter = await conference.desk(), await conference.desk(), await conference.participant()
    await open_question(desk)
    await expect_step(other, "Frage schließen")
    await voter.get_by_role("button", name="Stimme abgeben").focus()
    button = other.get_by_role("button", name="Frage schließen")
    await button.focus()
    await push(desk, other)
    await expect(button).to_be_focused()
    await close_question(desk)
    await expect_step(other, "Ergebnis zeigen")
    await expect(voter.get_by_text("Die Frage ist geschlossen. Das Ergebnis folgt.")).to_be_visible()
    assert [await _focused(page) for page in (other, voter)] == ["content", "content"]


async def test_targets_are_large_enough_for_fingers(conference: Conference) -> None:
    """Whatever can be pressed, but links within a sentence, measures at least 44 by 44 pixels."""
    desk, page = await conference.desk(viewport=MIDDLE), await conference.participant(viewport=NARROW)
    assert await page.evaluate(SMALL_TARGETS) == []
    await open_question(desk)
    await vote(page, COUNCIL)
    await expect_counted(page, COUNCIL)
    await page.locator("summary", has_text="Antwort ändern").click()
    assert await page.evaluate(SMALL_TARGETS) == []
    await desk.get_by_text("Öffnung zurücknehmen …").click()
    await desk.get_by_text("Sofort eine Frage stellen").click()
    assert await desk.evaluate(SMALL_TARGETS) == []
    await page.goto(conference.url)
    assert await page.evaluate(SMALL_TARGETS) == []


async def test_chosen_answer_is_seen_in_forced_colours(conference: Conference) -> None:
    """The mark of radio button and checkbox itself shows what is chosen, without colour, row or focus."""
    desk, page = await conference.desk(), await conference.participant(forced_colors="active", **STILL)
    for kind in ("radio", "checkbox"):
        await open_question(desk)
        mark = page.locator(f"input[type={kind}]").first
        await expect(mark).to_be_visible()
        before = await mark.screenshot()
        await mark.press("Space")
        await mark.evaluate("(mark) => mark.blur()")
        await page.mouse.move(0, 0)
        assert (kind, await mark.screenshot() != before) == (kind, True)
        await close_question(desk)
        await desk.get_by_role("button", name="Zur nächsten Frage wechseln").click()
