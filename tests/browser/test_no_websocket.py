"""Where a firewall refuses WebSockets the page asks every three seconds, and everything works."""

from itertools import pairwise

import pytest
from playwright.async_api import Page, Response, expect

from tests.browser.conference import (
    ADMINISTRATION,
    CLUB,
    COUNCIL,
    QUESTIONS,
    RIGHT,
    Conference,
    NewConference,
    change,
    close_question,
    counts,
    expect_counted,
    open_question,
    show_result,
    vote,
)
from tests.harness.proxy import Proxy, StartProxy

# What a busy machine may add to a timer.
LATE_SECONDS = 2.0


@pytest.fixture
async def firewall(start_proxy: StartProxy) -> Proxy:
    """A proxy that refuses every upgrade."""
    return await start_proxy(refuse_upgrades=True)


@pytest.fixture
async def conference(new_conference: NewConference, firewall: Proxy) -> Conference:
    """A conference whose people sit behind the firewall, the moderators too."""
    return await new_conference(firewall)


async def _watch_light(page: Page) -> list[str]:
    """Everything that the light "Getrennt" does from now on, also after a reload."""
    shown: list[str] = []

    def note(light: str) -> None:
        shown.append(light)

    await page.expose_function("noteLight", note)
    await page.add_init_script(
        "addEventListener('DOMContentLoaded', () => new MutationObserver(() => noteLight(net.hidden ? 'off' : 'on'))"
        ".observe(net, {attributes: true, attributeFilter: ['hidden']}))"
    )
    await page.reload()
    return shown


async def test_round_where_websockets_are_refused(conference: Conference, firewall: Proxy) -> None:
    """Question, acknowledgement with its time, change, closing and result arrive by asking, at the desk too."""
    desk, voter = await conference.desk(), await conference.participant()
    light = await _watch_light(voter)
    await open_question(desk)
    await expect(voter.get_by_role("heading", level=1)).to_have_text(QUESTIONS[0])
    await vote(voter, ADMINISTRATION)
    await expect_counted(voter, ADMINISTRATION)
    await change(voter, COUNCIL)
    await expect_counted(voter, COUNCIL)
    await expect(desk.locator("[data-figure='n-o2']").first).to_have_text("1")
    await _next_answer(voter, 304)
    await expect_counted(voter, COUNCIL)
    await close_question(desk)
    await show_result(desk)
    await expect(voter.locator("table.sg-results")).to_be_visible()
    assert await counts(voter) == {ADMINISTRATION: "0", COUNCIL: "1", CLUB: "0"}
    await expect(voter.locator("tbody tr", has_text=COUNCIL).locator(".sg-mine")).to_have_text("Ihre Antwort")
    assert ("on" in light, firewall.refused > 2) == (False, True)
    assert await conference.recount() == RIGHT


async def test_vote_that_the_firewall_refuses_is_kept(conference: Conference, firewall: Proxy) -> None:
    """A refusal that is not ours, as by a filter in between, costs no vote: it is kept, told, and sent again."""
    desk, voter = await conference.desk(), await conference.participant()
    await open_question(desk)
    await expect(voter.get_by_role("heading", level=1)).to_have_text(QUESTIONS[0])
    firewall.refuse_posts = True
    await vote(voter, COUNCIL)
    await expect(voter.get_by_role("heading", name="Ihre Stimme ist noch nicht gezählt")).to_be_visible()
    firewall.refuse_posts = False
    await voter.get_by_role("button", name="Jetzt erneut senden").click()
    await expect_counted(voter, COUNCIL)
    assert await conference.recount() == RIGHT


async def _next_answer(page: Page, status: int) -> Response:
    """Wait for the next answer with this status to the page's question for its state."""
    async with page.expect_response(lambda found: found.url.endswith("/state") and found.status == status) as answer:
        pass
    return await answer.value


async def test_page_asks_every_three_seconds(conference: Conference, firewall: Proxy) -> None:
    """After two refused tries the page asks for its state; the answers are empty while nothing changes, 3 s apart."""
    page = await (await conference.new_context()).new_page()
    refused: list[int] = []
    answers: list[int] = []
    asked: list[float] = []  # by the browser's clock

    def note(response: Response) -> None:
        if response.url.endswith("/state"):
            refused.append(firewall.refused)
            answers.append(response.status)
            asked.append(response.request.timing["startTime"] / 1000)

    page.on("response", note)
    await page.goto(conference.event_url)
    for _ in range(2):
        await _next_answer(page, 304)
    apart = [after - before for before, after in pairwise(asked)]
    assert [gap for gap in apart if not 2.5 < gap < 3.5 + LATE_SECONDS] == []
    assert (refused[0], answers[0], set(answers[1:])) == (2, 200, {304})


async def test_page_without_cookie_says_so(conference: Conference) -> None:
    """A vote that is refused before it is read is refused in words at the form, and not kept for ever."""
    desk, voter = await conference.desk(), await conference.participant()
    await open_question(desk)
    await expect(voter.get_by_role("heading", level=1)).to_have_text(QUESTIONS[0])
    await voter.context.clear_cookies()
    await vote(voter, ADMINISTRATION)
    await expect(voter.locator("#stage [role=alert]")).to_have_text(
        "Ihr Browser hat das Cookie dieser Seite nicht behalten. Bitte erlauben Sie Cookies für diese Seite, "
        "laden Sie sie neu und stimmen Sie noch einmal ab."
    )
    assert await voter.evaluate("() => localStorage.length") == 0


async def test_light_goes_on_when_asking_fails_too(conference: Conference, firewall: Proxy) -> None:
    """Where asking worked and then fails the page says that it is disconnected, until asking works again."""
    voter = await conference.participant()
    await _next_answer(voter, 304)
    await firewall.down()
    await expect(voter.locator("#net")).to_be_visible()
    await firewall.up()
    await expect(voter.locator("#net")).to_be_hidden()
