"""The list of entries at the desk in a real browser: by keyboard, by mouse, without JavaScript."""

import pytest
from playwright.async_api import Locator, Page, ViewportSize, expect

from tests.browser.conference import CODE, NARROW, STILL, Conference, figure, open_question
from tests.browser.desks import notice, overflow
from tests.harness.browser import axe
from tests.harness.visitor import visitor
from tests.web.people import ballot_form

pytestmark = pytest.mark.long

ROUND = """
- kind: word_cloud
  text: Was macht eine gute Stadt aus?
  result: live
"""
MIDDLE: ViewportSize = {"width": 900, "height": 1000}
WORDS = (("Bus", "Bahn", "Rad"), ("Bus", "Bahn"), ("Bus",))


async def write(conference: Conference, *words: str) -> None:
    """Somebody new writes these words, by the plain form."""
    async with visitor(conference.url) as person:
        form = ballot_form((await person.get(f"/e/{CODE}")).text) or {}
        answer = await person.post(
            f"/e/{CODE}/vote", data={**form, "answer": list(words)}, headers={"origin": conference.url}
        )
    assert answer.status_code == 303


async def desk_with_words(conference: Conference) -> Page:
    """A desk at the open question, for which Bus, Bahn and Rad have been written by three, two and one."""
    desk = await conference.desk(**STILL)
    await open_question(desk)
    for words in WORDS:
        await write(conference, *words)
    await expect(entry(desk, "Bus").locator("b")).to_have_text("3")
    return desk


def entry(desk: Page, text: str) -> Locator:
    """The line of an entry."""
    return desk.locator(".sg-entries li").filter(has=desk.get_by_text(text, exact=True))


def button(desk: Page, text: str, name: str) -> Locator:
    """A button of an entry."""
    return entry(desk, text).get_by_role("button", name=name, exact=True)


def group(desk: Page, heading: str) -> Locator:
    """The texts of one group of the list."""
    return desk.get_by_role("region", name=heading).locator("li bdi")


async def test_hiding_by_keyboard_goes_on_with_the_next(conference: Conference) -> None:
    """Each press of the enter key hides an entry and finds the focus at the same button of the next one."""
    desk = await desk_with_words(conference)
    await button(desk, "Bus", "Ausblenden").focus()
    for hidden, then in (("Bus", "Bahn"), ("Bahn", "Rad")):
        await desk.keyboard.press("Enter")
        await expect(button(desk, hidden, "Zeigen")).to_be_visible()
        await expect(button(desk, then, "Ausblenden")).to_be_focused()
    await expect(group(desk, "Ausgeblendet und zusammengelegt")).to_have_text(["Bus", "Bahn"])
    await button(desk, "Bus", "Zurücknehmen").press("Enter")
    await expect(group(desk, "Gezeigt")).to_have_text(["Bus", "Rad"])
    await expect(desk.locator(".sg-cloud li")).to_have_text(["Bus 3", "Rad 1"])


async def test_joining_by_keyboard(conference: Conference) -> None:
    """The space key marks the entry that stays, which offers joining at the others; enter on the mark does nothing."""
    desk = await desk_with_words(conference)
    await expect(button(desk, "Bahn", "Zusammenlegen")).to_be_hidden()
    mark = entry(desk, "Bus").get_by_role("radio")
    await mark.press("Space")
    await mark.press("Enter")
    await expect(button(desk, "Bus", "Zusammenlegen")).to_be_hidden()
    await button(desk, "Bahn", "Zusammenlegen").press("Enter")
    await expect(entry(desk, "Bahn")).to_contain_text("zählt mit bei")
    await expect(mark).to_be_checked()
    await button(desk, "Rad", "Zusammenlegen").press("Enter")
    await expect(desk.locator(".sg-cloud li")).to_have_text(["Bus 6"])
    await button(desk, "Rad", "Wieder trennen").press("Enter")
    await expect(group(desk, "Gezeigt")).to_have_text(["Bus", "Rad"])
    await expect(notice(desk)).to_have_text("")


async def test_list_stands_still_under_the_pointer(conference: Conference) -> None:
    """What is written meanwhile waits until the pointer leaves the list; what is decided here is seen at once."""
    desk = await desk_with_words(conference)
    await button(desk, "Bus", "Ausblenden").hover()
    for _ in range(3):
        await write(conference, "Bahn", "Auto")
    await expect(figure(desk, "answered")).to_have_text("6")
    note = desk.get_by_text("Steht still, solange der Zeiger auf der Liste ist")
    await expect(note).to_be_visible()
    await expect(group(desk, "Gezeigt")).to_have_text(["Bus", "Bahn", "Rad"])
    await desk.mouse.move(5, 5)
    await expect(group(desk, "Gezeigt")).to_have_text(["Bahn", "Auto", "Bus", "Rad"])
    await expect(note).to_be_hidden()
    await button(desk, "Auto", "Ausblenden").click()
    await expect(group(desk, "Gezeigt")).to_have_text(["Bahn", "Bus", "Rad"])


async def test_focus_stays_when_entries_come(conference: Conference) -> None:
    """The button that has the focus keeps it while its entry changes its place, and so does half a search."""
    desk = await desk_with_words(conference)
    await button(desk, "Rad", "Ausblenden").focus()
    for _ in range(3):
        await write(conference, "Rad", "Auto")
    await expect(group(desk, "Gezeigt")).to_have_text(["Rad", "Auto", "Bus", "Bahn"])
    await expect(button(desk, "Rad", "Ausblenden")).to_be_focused()
    search = desk.get_by_label("Einträge, in denen vorkommt:")
    await search.fill("ba")
    await write(conference, "Markt")
    await expect(group(desk, "Gezeigt")).to_have_text(["Rad", "Auto", "Bus", "Bahn", "Markt"])
    await expect(search).to_be_focused()
    await expect(search).to_have_value("ba")


async def test_search_is_kept_until_all_are_wanted(conference: Conference) -> None:
    """Only entries with the text are listed, also of those that come, after a decision and after a reconnection."""
    desk = await desk_with_words(conference)
    search = desk.get_by_label("Einträge, in denen vorkommt:")
    await search.fill("bA")
    await search.press("Enter")
    await expect(group(desk, "Gezeigt")).to_have_text(["Bahn"])
    await write(conference, "Busbahnhof", "Markt")
    await expect(group(desk, "Gezeigt")).to_have_text(["Bahn", "Busbahnhof"])
    await button(desk, "Bahn", "Ausblenden").press("Enter")
    await expect(group(desk, "Gezeigt")).to_have_text(["Busbahnhof"])
    await conference.server.kill()
    await conference.server.start()
    await write(conference, "Straßenbahn")
    await expect(group(desk, "Gezeigt")).to_have_text(["Busbahnhof", "Straßenbahn"])
    await desk.get_by_role("button", name="Alle Einträge").click()
    await expect(group(desk, "Gezeigt")).to_have_text(["Bus", "Busbahnhof", "Markt", "Rad", "Straßenbahn"])


async def test_list_without_javascript(conference: Conference) -> None:
    """Search, hiding and joining are forms; the desk comes back at the list with the same search."""
    await desk_with_words(conference)
    desk = await conference.desk(java_script_enabled=False)
    await desk.get_by_label("Einträge, in denen vorkommt:").fill("b")
    await desk.get_by_role("button", name="Suchen").click()
    await expect(group(desk, "Gezeigt")).to_have_text(["Bus", "Bahn"])
    await entry(desk, "Bus").get_by_role("radio").check()
    await button(desk, "Bahn", "Zusammenlegen").click()
    await expect(group(desk, "Ausgeblendet und zusammengelegt")).to_have_text(["Bahn"])
    await expect(desk.get_by_label("Einträge, in denen vorkommt:")).to_have_value("b")
    assert desk.url.endswith("#entries")
    await button(desk, "Bus", "Ausblenden").click()
    await desk.get_by_role("button", name="Alle Einträge").click()
    await expect(group(desk, "Gezeigt")).to_have_text(["Rad"])


async def test_list_has_no_faults(conference: Conference) -> None:
    """With a marked, a hidden and a joined entry: nothing sticks out, axe finds nothing, targets fit fingers."""
    desk = await desk_with_words(conference)
    await write(conference, "Nachbarschaft und Zusammenhalt", "Quatsch")
    await button(desk, "Quatsch", "Ausblenden").click()
    await expect(group(desk, "Ausgeblendet und zusammengelegt")).to_have_text(["Quatsch"])
    await entry(desk, "Bus").get_by_role("radio").check()
    await button(desk, "Rad", "Zusammenlegen").click()
    await expect(entry(desk, "Rad")).to_contain_text("zählt mit bei")
    for size in (MIDDLE, NARROW):
        await desk.set_viewport_size(size)
        for scheme in ("light", "dark"):
            await desk.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert (size, scheme, await overflow(desk), await axe(desk)) == (size, scheme, 0, [])
    small = await desk.locator(".sg-entries :is(button, label):visible").evaluate_all(
        "(all) => all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.textContent)"
    )
    assert small == []
