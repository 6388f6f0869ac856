"""Votes made without a connection: kept in the browser, sent when it is back, counted once."""

import asyncio

from playwright.async_api import Page, Route, expect

from tests.browser.conference import (
    ADMINISTRATION,
    CLUB,
    COUNCIL,
    QUESTIONS,
    RIGHT,
    TOO_LATE,
    Conference,
    NewConference,
    change,
    choose,
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
from tests.harness.proxy import Proxy, StartProxy

KEPT = (
    "Ihre Stimme ist auf diesem Gerät gespeichert und wird gesendet, sobald die Verbindung wieder steht. "
    "Bitte lassen Sie diese Seite offen."
)


KEPT_CHANGE = KEPT.replace("Ihre Stimme", "Ihre neue Antwort")
NOT_YET, NOT_YET_CHANGED = "Ihre Stimme ist noch nicht gezählt", "Ihre Änderung ist noch nicht gezählt"
REBUILD = "Leere Häuser im Ortskern umbauen"


async def _expect_kept(page: Page) -> None:
    await expect(page.get_by_text(KEPT)).to_be_visible()


async def _stored(page: Page) -> list[str]:
    return list(await page.evaluate("() => Object.keys(localStorage)"))


async def _disconnect(page: Page) -> None:
    await page.context.set_offline(True)
    await expect(page.locator("#net")).to_be_visible()
    await expect(page.locator("#net")).to_have_text("Getrennt")


async def test_vote_made_offline_is_sent_when_the_network_is_back(conference: Conference) -> None:
    """Of two answers chosen offline the last one counts, once; the page says that it is kept, then that it counts."""
    desk, voter = await conference.desk(), await conference.participant()
    await open_question(desk)
    await expect(voter.get_by_role("heading", level=1)).to_have_text(QUESTIONS[0])
    await _disconnect(voter)
    await vote(voter, ADMINISTRATION)
    await _expect_kept(voter)
    await vote(voter, COUNCIL)
    await _expect_kept(voter)
    assert await _stored(voter) == ["vote:probe7:1-1"]
    await voter.context.set_offline(False)
    await expect_counted(voter, COUNCIL)
    await expect(voter.locator("#net")).to_be_hidden()
    await expect(figure(desk, "answered")).to_have_text("1")
    assert await _stored(voter) == []
    assert await counts(desk) == {ADMINISTRATION: "0", COUNCIL: "1", CLUB: "0"}
    assert await conference.recount() == RIGHT


async def test_vote_made_offline_survives_a_reload(new_conference: NewConference, start_proxy: StartProxy) -> None:
    """A kept vote is sent by the page that is opened later, when the server is reached again."""
    proxy = await start_proxy()
    conference = await new_conference(proxy)
    desk, voter = await conference.desk(), await conference.participant()
    await open_question(desk)
    await expect(voter.get_by_role("heading", level=1)).to_have_text(QUESTIONS[0])
    await proxy.down()
    await expect(voter.locator("#net")).to_be_visible()
    await vote(voter, CLUB)
    await _expect_kept(voter)
    await voter.close()
    await proxy.up()
    later = await voter.context.new_page()
    await later.goto(conference.event_url)
    await expect_counted(later, CLUB)
    await expect(figure(desk, "answered")).to_have_text("1")
    assert await conference.recount() == RIGHT


async def test_answer_changed_offline_replaces_the_counted_one(conference: Conference) -> None:
    """A vote that counts may be changed offline: the page says that the old one counts until the new one does."""
    desk, voter = await conference.desk(), await conference.participant()
    await open_question(desk)
    await vote(voter, ADMINISTRATION)
    await expect_counted(voter, ADMINISTRATION)
    await _disconnect(voter)
    for answer in (CLUB, COUNCIL):
        await change(voter, answer)
        waits = voter.locator(".sg-receipt--wait")
        await expect(waits.get_by_role("heading")).to_have_text(NOT_YET_CHANGED)
        assert await waits.locator("p").all_inner_texts() == [f"Weiterhin zählt: {ADMINISTRATION}", KEPT_CHANGE]
    await voter.context.set_offline(False)
    await expect_counted(voter, COUNCIL)
    await expect(desk.locator("[data-figure='n-o2']").first).to_have_text("1")
    assert await counts(desk) == {ADMINISTRATION: "0", COUNCIL: "1", CLUB: "0"}
    assert await conference.recount() == RIGHT


# The second id is the lower one: between two votes of the same number it would lose.
FALLING_IDS = """() => {
    let turn = 9;
    crypto.randomUUID = () => `${turn--}0000000-0000-4000-8000-000000000000`;
}"""


async def test_last_answer_counts_when_the_word_on_the_first_was_lost(
    new_conference: NewConference, start_proxy: StartProxy
) -> None:
    """An answer given after one that arrived, but whose acknowledgement did not, replaces it."""
    conference = await new_conference(await start_proxy(refuse_upgrades=True))
    desk, voter = await conference.desk(), await conference.participant()
    await open_question(desk)
    await expect(voter.get_by_role("heading", level=1)).to_have_text(QUESTIONS[0])

    async def lose_words(route: Route) -> None:
        if "answer=o1" in (route.request.post_data or ""):
            await route.fetch()
        if "answer=o2" in (route.request.post_data or ""):
            await route.continue_()
        else:
            await route.abort()

    for path in ("**/state", "**/vote"):
        await voter.route(path, lose_words)
    await voter.evaluate(FALLING_IDS)
    await vote(voter, ADMINISTRATION)
    await _expect_kept(voter)
    await expect(figure(desk, "answered")).to_have_text("1")
    await vote(voter, COUNCIL)
    await expect_counted(voter, COUNCIL)
    await expect(desk.locator("[data-figure='n-o2']").first).to_have_text("1")
    assert await counts(desk) == {ADMINISTRATION: "0", COUNCIL: "1", CLUB: "0"}
    assert await conference.recount() == RIGHT


async def test_vote_sent_while_the_server_is_killed_counts_once(conference: Conference) -> None:
    """Votes on their way at the moment of SIGKILL are neither lost nor doubled."""
    desk = await conference.desk()
    voters = [await conference.participant() for _ in range(3)]
    await open_question(desk)
    for voter in voters:
        await choose(voter, COUNCIL)
    buttons = [voter.get_by_role("button", name="Stimme abgeben") for voter in voters]
    await asyncio.gather(*(button.click() for button in buttons), conference.server.kill())
    await conference.server.start()
    for voter in voters:
        await expect(receipt(voter)).to_have_attribute("data-state", "counted")
    await expect(figure(desk, "answered")).to_have_text("3")
    assert await counts(desk) == {ADMINISTRATION: "0", COUNCIL: "3", CLUB: "0"}
    assert await conference.recount() == RIGHT


async def test_vote_that_comes_after_closing_is_refused_in_words(conference: Conference) -> None:
    """Whoever comes back after closing reads that the vote is too late, also when the next question is open already."""
    desk = await conference.desk()
    voter, other = await conference.participant(), await conference.participant()
    await open_question(desk)
    for page in (voter, other):
        await expect(page.get_by_role("heading", level=1)).to_have_text(QUESTIONS[0])
        await _disconnect(page)
        await vote(page, ADMINISTRATION)
        await _expect_kept(page)
    await close_question(desk)
    await voter.context.set_offline(False)
    await expect(voter.locator("#stage [role=alert]")).to_have_text(TOO_LATE)
    await show_result(desk)
    await to_next(desk)
    await open_question(desk)
    await other.context.set_offline(False)
    await expect(other.get_by_role("heading", level=1)).to_have_text(QUESTIONS[1])
    await expect(other.locator("#earlier [role=alert]")).to_have_text(TOO_LATE)
    assert [await _stored(page) for page in (voter, other)] == [[], []]
    assert await conference.recount() == RIGHT


async def _no_votes(page: Page) -> None:
    """Let no vote of this person through, while everything else works."""

    async def lose(route: Route) -> None:
        await route.abort()

    await page.context.route("**/vote", lose)


async def _reads(page: Page) -> dict[str, str]:
    """What the page says above everything about earlier votes: question to heading, or to the reason of a refusal."""
    told = page.locator("#earlier > *")
    await expect(told.first).to_be_visible()
    pairs = await told.evaluate_all(
        "(told) => told.map((one) => [one.firstChild, one.querySelector('h2, [role=alert]')].map((at) => at.innerText))"
    )
    return dict(pairs)


async def test_votes_for_two_questions_are_both_kept(new_conference: NewConference, start_proxy: StartProxy) -> None:
    """A vote for the next question does not replace one that still waits; each is told by its question and settled."""
    conference = await new_conference(await start_proxy(refuse_upgrades=True))
    desk, voter = await conference.desk(), await conference.participant()
    await _no_votes(voter)
    await open_question(desk)
    await vote(voter, ADMINISTRATION)
    await _expect_kept(voter)
    await close_question(desk)
    await show_result(desk)
    await to_next(desk)
    await open_question(desk)
    await expect(voter.get_by_role("heading", level=1)).to_have_text(QUESTIONS[1])
    await vote(voter, REBUILD)
    await expect(voter.locator("#stage").get_by_text(KEPT)).to_be_visible()
    assert await _reads(voter) == {QUESTIONS[0]: NOT_YET}
    assert sorted(await _stored(voter)) == ["vote:probe7:1-1", "vote:probe7:2-1"]
    await voter.reload()
    await expect(voter.locator("#stage").get_by_text(KEPT)).to_be_visible()
    assert await _reads(voter) == {QUESTIONS[0]: NOT_YET}
    await voter.context.unroute("**/vote")
    await expect(voter.locator("#earlier [role=alert]")).to_have_text(TOO_LATE)
    await expect(voter.locator("#stage [data-submission]")).to_have_attribute("data-state", "counted")
    assert (list(await _reads(voter)), await _stored(voter)) == ([QUESTIONS[0]], [])
    await expect(figure(desk, "answered")).to_have_text("1")
    assert await conference.recount() == RIGHT


async def test_kept_vote_is_told_and_sent_on_every_page(new_conference: NewConference, start_proxy: StartProxy) -> None:
    """On the programme and at an earlier result the page says which vote does not count yet, and sends it there too."""
    conference = await new_conference(await start_proxy(refuse_upgrades=True))
    desk, voter = await conference.desk(), await conference.participant()
    await open_question(desk)
    await close_question(desk)
    await show_result(desk)
    await to_next(desk)
    await open_question(desk)
    await expect(voter.get_by_role("heading", level=1)).to_have_text(QUESTIONS[1])
    await _no_votes(voter)
    await vote(voter, REBUILD)
    await _expect_kept(voter)
    await voter.get_by_role("link", name="Programm", exact=True).click()
    await _expect_kept(voter)
    assert await _reads(voter) == {QUESTIONS[1]: NOT_YET}
    await voter.get_by_role("link", name=f"Ergebnis: {QUESTIONS[0]}").click()
    await expect(voter.get_by_role("heading", level=1)).to_have_text(QUESTIONS[0])
    assert await _reads(voter) == {QUESTIONS[1]: NOT_YET}
    await voter.context.unroute("**/vote")
    await expect(receipt(voter)).to_have_attribute("data-state", "counted")
    assert (await _reads(voter), await _stored(voter)) == ({QUESTIONS[1]: "Ihre Stimme ist gezählt"}, [])
    await expect(figure(desk, "answered")).to_have_text("1")
    assert await conference.recount() == RIGHT


async def _lose_and_regain(proxy: Proxy, *pages: Page) -> None:
    await proxy.down()
    for page in pages:
        await expect(page.locator("#net")).to_be_visible()
    await proxy.up()
    for page in pages:
        await expect(page.locator("#net")).to_be_hidden()


async def _ticks(page: Page) -> tuple[list[str], str]:
    """What is ticked, and what has the focus, by id."""
    ticked = await page.locator("#stage input:checked").evaluate_all("(ticked) => ticked.map((one) => one.id)")
    return ticked, await page.evaluate("() => document.activeElement.id")


async def test_choice_that_was_not_sent_stays_while_the_connection_goes_and_comes(
    new_conference: NewConference, start_proxy: StartProxy
) -> None:
    """Ticks and focus survive the loss of the connection and the whole new frame that comes when it is back."""
    proxy = await start_proxy()
    conference = await new_conference(proxy)
    desk, voter = await conference.desk(), await conference.participant()
    await open_question(desk)
    await choose(voter, COUNCIL)
    await _lose_and_regain(proxy, desk, voter)
    assert await _ticks(voter) == (["a-1-1-o2"], "a-1-1-o2")
    await close_question(desk)
    await show_result(desk)
    await to_next(desk)
    await open_question(desk)
    await expect(voter.get_by_role("heading", level=1)).to_have_text(QUESTIONS[1])
    await choose(voter, "Rad- und Fußwege ausbauen", "Anträge und Termine online anbieten")
    await _lose_and_regain(proxy, desk, voter)
    assert await _ticks(voter) == (["a-2-1-o2", "a-2-1-o4"], "a-2-1-o4")


async def test_step_pressed_without_a_connection_is_not_taken(
    new_conference: NewConference, start_proxy: StartProxy
) -> None:
    """A moderator who presses a button while the network is away reads that nothing has changed, and keeps the desk."""
    proxy = await start_proxy()
    desk = await (await new_conference(proxy)).desk()
    await expect(desk.get_by_role("button", name="Frage öffnen")).to_be_visible()
    await proxy.down()
    await expect(desk.locator("#net")).to_be_visible()
    await desk.get_by_role("button", name="Frage öffnen").click()
    notice = desk.locator("#notice")
    await expect(notice).to_have_text(
        "Das ließ sich nicht speichern. Es hat sich nichts geändert. Bitte versuchen Sie es noch einmal."
    )
    await proxy.up()
    await expect(desk.locator("#net")).to_be_hidden()
    await open_question(desk)
    await expect(notice).to_have_text("")
