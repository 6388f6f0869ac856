"""The desk with real browsers: shortcuts, two moderators at once, questions on the spot, and a phone as a desk."""

import time

from playwright.async_api import Locator, Page, ViewportSize, expect

from tests.browser.conference import (
    ADMINISTRATION,
    QUESTIONS,
    RIGHT,
    Conference,
    close_question,
    expect_counted,
    figure,
    open_question,
    show_result,
    to_next,
    vote,
)
from tests.browser.desks import STEP_BUTTON, ask_on_the_spot, asked, expect_step, notice, overflow, press_unaware

PHONE: ViewportSize = {"width": 390, "height": 844}
OWN_QUESTION = "Sollen wir die Pause verkürzen?"
TOO_SLOW = "Jemand anderes war schneller. Sie sehen den jetzigen Stand; Ihr Befehl wurde nicht ausgeführt."


async def test_step_by_key_goes_through_a_round(conference: Conference) -> None:
    """N alone opens, closes, shows and goes on, and never does two of these at once."""
    desk, voter = await conference.desk(), await conference.participant()
    await expect_step(desk, "Frage öffnen")
    for then in ("Frage schließen", "Ergebnis zeigen", "Zur nächsten Frage", "Frage öffnen"):
        await desk.keyboard.press("n")
        await expect_step(desk, then)
    await expect(asked(desk)).to_have_text(QUESTIONS[1])
    await desk.keyboard.press("Shift+N")
    await expect(asked(voter)).to_have_text(QUESTIONS[1])


async def test_focus_goes_on_with_the_next_step(conference: Conference) -> None:
    """Enter alone goes through a round; held down it is one press; what others do moves no focus."""
    desk, other = await conference.desk(), await conference.desk()
    await desk.locator(STEP_BUTTON).focus()
    for then in ("Frage schließen", "Ergebnis zeigen", "Zur nächsten Frage", "Frage öffnen", "Frage schließen"):
        await desk.keyboard.down("Enter")
        await expect_step(desk, then)
        await expect(desk.locator(STEP_BUTTON)).to_be_focused()
        await desk.keyboard.down("Enter")
        await desk.keyboard.up("Enter")
    await expect_step(desk, "Frage schließen")
    await desk.keyboard.press("Tab")
    await close_question(other)
    await expect_step(desk, "Ergebnis zeigen")
    await expect(desk.locator(STEP_BUTTON)).not_to_be_focused()


async def test_code_by_key_comes_and_goes_on_the_screen(conference: Conference) -> None:
    """L puts the join code over an open question, and takes it away again."""
    desk, screen = await conference.desk(), await conference.screen()
    await open_question(desk)
    await expect(asked(screen)).to_have_text(QUESTIONS[0])
    await desk.keyboard.press("l")
    await expect(screen.locator(".sg-join .sg-code")).to_be_visible()
    await expect(desk.locator("#mini-screen .sg-tag")).to_have_text("zeigt den Code")
    await desk.keyboard.press("l")
    await expect(asked(screen)).to_have_text(QUESTIONS[0])


async def test_keys_select_questions_without_leaving_the_ends(conference: Conference) -> None:
    """J and K walk through the questions and stop at the last and the first one."""
    desk = await conference.desk()
    picked = desk.locator("[data-pick][aria-current]")
    for key, question in zip("jjjkkk", (1, 2, 2, 1, 0, 0), strict=True):
        await desk.keyboard.press(key)
        await expect(asked(desk)).to_have_text(QUESTIONS[question])
        await expect(picked).to_contain_text(QUESTIONS[question])


async def _expect_nothing_fired(desk: Page) -> None:
    """What a key did before would be there, or refuse this step, as messages keep their order."""
    await desk.get_by_role("button", name="Leinwand: Code zeigen").click()
    await expect(desk.get_by_role("button", name="Leinwand: zurück zur Frage")).to_be_visible()
    await expect_step(desk, "Frage öffnen")
    await expect(asked(desk)).to_have_text(QUESTIONS[0])
    await expect(notice(desk)).to_have_text("")


async def test_keys_inside_a_field_are_only_typed(conference: Conference) -> None:
    """In the text, the answers and the kinds of a question on the spot no key is a shortcut."""
    desk = await conference.desk()
    await desk.keyboard.press("s")
    await expect(desk.get_by_label("Frage", exact=True)).to_be_focused()
    await desk.keyboard.type("njkls?")
    await desk.keyboard.press("Tab")
    await desk.keyboard.press("ControlOrMeta+A")
    await desk.keyboard.type("njkls?")
    await desk.keyboard.press("Tab")
    await desk.keyboard.type("njls?")
    await expect(desk.get_by_label("Einfachauswahl")).to_be_focused()
    await expect(desk.get_by_label("Frage", exact=True)).to_have_value("njkls?")
    await expect(desk.get_by_label("Antworten, je Zeile eine")).to_have_value("njkls?")
    await expect(desk.get_by_role("button", name="Tastenkürzel")).to_have_attribute("aria-pressed", "true")
    await _expect_nothing_fired(desk)


async def test_keys_that_are_switched_off_do_nothing(conference: Conference) -> None:
    """After ? no key fires, also on the next visit, until ? switches them on again."""
    desk = await conference.desk()
    toggle = desk.get_by_role("button", name="Tastenkürzel")
    await desk.keyboard.press("?")
    await expect(toggle).to_have_attribute("aria-pressed", "false")
    await desk.reload()
    await expect(toggle).to_have_attribute("aria-pressed", "false")
    await desk.keyboard.type("njls")
    await expect(desk.get_by_label("Frage", exact=True)).to_be_hidden()
    await _expect_nothing_fired(desk)
    await desk.keyboard.press("?")
    await expect(toggle).to_have_attribute("aria-pressed", "true")
    await desk.keyboard.press("n")
    await expect_step(desk, "Frage schließen")


async def test_two_desks_see_each_others_steps(conference: Conference) -> None:
    """What one moderator does is on the other's desk without reloading, and the other goes on from there."""
    first, second = await conference.desk(), await conference.desk()
    await open_question(first)
    await expect_step(second, "Frage schließen")
    await close_question(second)
    await expect_step(first, "Ergebnis zeigen")
    await show_result(first)
    await to_next(second)
    await expect(asked(first)).to_have_text(QUESTIONS[1])
    assert [await notice(desk).inner_text() for desk in (first, second)] == ["", ""]


async def test_two_next_in_the_same_moment_are_one_step(conference: Conference) -> None:
    """The slower desk reads that it was too slow and sees what is; its next press counts and takes the notice away."""
    slow, quick = await conference.desk(), await conference.desk()
    await expect_step(slow, "Frage öffnen")
    await press_unaware(slow, "n", quick, "n", "Frage schließen")
    await expect(notice(slow)).to_have_text(TOO_SLOW)
    for desk in (slow, quick):
        await expect_step(desk, "Frage schließen")
    await expect(notice(quick)).to_have_text("")
    await slow.keyboard.press("n")
    await expect_step(quick, "Ergebnis zeigen")
    await expect(notice(slow)).to_have_text("")


async def test_question_on_the_spot_is_quickly_on_the_phones(conference: Conference) -> None:
    """From S to the phone by keyboard alone, within ten seconds and with the default answers; then S begins anew."""
    desk, voter = await conference.desk(), await conference.participant()
    began = time.monotonic()
    await desk.keyboard.press("s")
    await desk.keyboard.type(OWN_QUESTION)
    await desk.keyboard.press("Enter")
    await expect(asked(voter)).to_have_text(OWN_QUESTION)
    assert time.monotonic() - began < 10
    await vote(voter, "Ja")
    await expect_counted(voter, "Ja")
    await expect(asked(desk)).to_have_text(OWN_QUESTION)
    await expect(figure(desk, "answered")).to_have_text("1")
    await expect(desk.locator("#adhoc summary")).to_be_focused()
    await expect(desk.get_by_label("Frage", exact=True)).to_be_hidden()
    await desk.keyboard.press("s")
    await expect(desk.get_by_label("Frage", exact=True)).to_be_focused()
    await expect(desk.get_by_label("Frage", exact=True)).to_have_value("")
    assert await conference.recount() == RIGHT.replace("3", "4")


async def test_question_on_the_spot_with_own_answers_is_saved_for_later(conference: Conference) -> None:
    """A question of another kind that is only saved stands in the programme and on no phone."""
    desk, voter = await conference.desk(), await conference.participant()
    await desk.keyboard.press("s")
    await desk.keyboard.type(OWN_QUESTION)
    await desk.get_by_label("Antworten, je Zeile eine").fill("Um fünf Minuten\n\n  Um zehn Minuten  \n")
    await desk.get_by_label("Mehrfachauswahl").check()
    await desk.get_by_role("button", name="Nur speichern").click()
    await desk.get_by_role("link", name=OWN_QUESTION).click()
    await expect(asked(desk)).to_have_text(OWN_QUESTION)
    await expect(desk.locator(".sg-options li")).to_have_text(["A Um fünf Minuten", "B Um zehn Minuten"])
    await expect(asked(voter)).to_have_text("Begrüßung")
    await open_question(desk)
    await expect(asked(voter)).to_have_text(OWN_QUESTION)


async def test_mistake_on_the_spot_is_said_and_keeps_what_was_typed(conference: Conference) -> None:
    """Without a text nothing is asked, the notice says why, and the answers stay in the form."""
    desk = await conference.desk()
    await desk.keyboard.press("s")
    await desk.get_by_label("Antworten, je Zeile eine").fill("Nur diese")
    await desk.get_by_label("Frage", exact=True).press("Enter")
    await expect(notice(desk)).to_have_text("Eine Frage braucht einen Text. Eine Frage braucht 2 bis 20 Antworten.")
    await expect(desk.get_by_label("Antworten, je Zeile eine")).to_have_value("Nur diese")
    await expect(desk.get_by_label("Frage", exact=True)).to_be_focused()
    await expect_step(desk, "Frage öffnen")


async def test_taking_back_asks_first(conference: Conference) -> None:
    """The first press only asks, also while votes and pushes come in; the second one takes question and votes back."""
    desk, other, voter = await conference.desk(), await conference.desk(), await conference.participant()
    await open_question(desk)
    await desk.get_by_text("Öffnung zurücknehmen …").click()
    ask = desk.locator("details[open] p")
    await expect(ask).to_have_text("Die Frage zurücknehmen und alle Antworten (0) verwerfen?")
    await vote(voter, ADMINISTRATION)
    await expect_counted(voter, ADMINISTRATION)
    await expect(ask).to_have_text("Die Frage zurücknehmen und alle Antworten (1) verwerfen?")
    await other.keyboard.press("l")
    await expect(desk.get_by_role("button", name="Leinwand: zurück zur Frage")).to_be_visible()
    await expect_step(desk, "Frage schließen")
    await desk.get_by_role("button", name="Verwerfen und zurücknehmen").click()
    await expect(asked(voter)).to_have_text("Begrüßung")
    await open_question(desk)
    await expect(figure(desk, "answered")).to_have_text("0")
    await expect(voter.get_by_role("button", name="Stimme abgeben")).to_be_visible()
    await expect(voter.get_by_label(ADMINISTRATION)).not_to_be_checked()


async def test_desk_on_a_phone_takes_a_question_through(conference: Conference) -> None:
    """On a phone the next step is on the first screen in every state, nothing is cut off, and taps do it all."""
    desk = await conference.desk(viewport=PHONE, has_touch=True, is_mobile=True)
    steps = ("Frage öffnen", "Frage schließen", "Ergebnis zeigen", "Zur nächsten Frage")
    for name in steps:
        await expect_step(desk, name)
        await desk.evaluate("() => scrollTo(0, 0)")
        button = desk.get_by_role("button", name=name)
        await expect(button).to_be_in_viewport(ratio=1)
        assert await overflow(desk) == 0
        await button.tap()
    await expect(asked(desk)).to_have_text(QUESTIONS[1])


async def test_selected_question_stays_until_a_step(conference: Conference) -> None:
    """A desk looks at another question through pushes and follows the stage again after its own next command."""
    desk, other = await conference.desk(), await conference.desk()
    await open_question(other)
    await expect_step(desk, "Frage schließen")
    await desk.keyboard.press("j")
    await expect(asked(desk)).to_have_text(QUESTIONS[1])
    await close_question(other)
    await expect(desk.locator("#mini-phone .sg-tag")).to_have_text("wartet auf das Ergebnis")
    await expect(asked(desk)).to_have_text(QUESTIONS[1])
    await desk.keyboard.press("l")
    await expect(asked(desk)).to_have_text(QUESTIONS[0])
    await show_result(other)
    await expect_step(desk, "Zur nächsten Frage")


async def test_preview_counts_while_the_desk_looks_elsewhere(conference: Conference) -> None:
    """At another question the desk sees the votes for the open one in the preview, and keeps its question and page."""
    desk, voters = await conference.desk(), [await conference.participant() for _ in range(2)]
    await open_question(desk)
    await desk.keyboard.press("j")
    await expect(asked(desk)).to_have_text(QUESTIONS[1])
    await desk.evaluate("() => { window.loadedOnce = true; }")
    for count, voter in enumerate(voters, 1):
        await vote(voter, ADMINISTRATION)
        await expect(desk.locator("#mini-screen [data-figure='screen-answered']")).to_have_text(str(count))
    await expect(asked(desk)).to_have_text(QUESTIONS[1])
    assert await desk.evaluate("() => window.loadedOnce") is True


async def test_preview_shows_the_first_six_options(conference: Conference) -> None:
    """Of a long list the previews name six answers and how many more there are, asked and as result."""
    desk = await conference.desk()
    await ask_on_the_spot(desk, OWN_QUESTION, [f"Ort {number}" for number in range(1, 9)])
    screen, phone = desk.locator("#mini-screen .sg-mini"), desk.locator("#mini-phone .sg-mini")
    await _expect_six(screen.locator("li"), screen)
    await _expect_six(phone.locator("i"), phone)
    await close_question(desk)
    await show_result(desk)
    await _expect_six(screen.locator("li"), screen)
    await _expect_six(phone.locator("svg"), phone)


async def _expect_six(shown: Locator, preview: Locator) -> None:
    await expect(shown).to_have_count(6)
    await expect(preview.get_by_text("… und zwei weitere")).to_have_count(1)


async def test_other_steps_come_before_the_table_on_a_phone(conference: Conference) -> None:
    """Taking back stands above the result on a phone, however long that is, and below it on a wide page."""
    desk = await conference.desk(viewport=PHONE)
    await open_question(desk)
    step, table = desk.get_by_text("Öffnung zurücknehmen …"), desk.locator("main table")
    above = []
    for width in (390, 1440):
        await desk.set_viewport_size({"width": width, "height": 844})
        tops = [await one.evaluate("(one) => one.getBoundingClientRect().top") for one in (step, table)]
        above.append(tops[0] < tops[1])
    assert above == [True, False]


async def test_typing_on_the_spot_survives_pushes(conference: Conference) -> None:
    """While another desk takes steps, text, caret, kind and focus of a half-written question stay; then it is saved."""
    desk, other = await conference.desk(), await conference.desk()
    await desk.keyboard.press("s")
    await desk.get_by_label("Mehrfachauswahl").check()
    await desk.get_by_label("Antworten, je Zeile eine").fill("Länger\nKürzer")
    text = desk.get_by_label("Frage", exact=True)
    await text.fill("Sollen Pause verkürzen?")
    await text.evaluate("(field) => { field.focus(); field.setSelectionRange(7, 7); }")
    await open_question(other)
    await expect_step(desk, "Frage schließen")
    await desk.keyboard.type("wir die ")
    await close_question(other)
    await expect_step(desk, "Ergebnis zeigen")
    await expect(text).to_be_focused()
    await expect(text).to_have_value(OWN_QUESTION)
    await expect(desk.get_by_label("Antworten, je Zeile eine")).to_have_value("Länger\nKürzer")
    await expect(desk.get_by_label("Mehrfachauswahl")).to_be_checked()
    await desk.get_by_role("button", name="Nur speichern").click()
    await expect(other.get_by_role("link", name=OWN_QUESTION)).to_be_visible()
    await expect(notice(desk)).to_have_text("")
