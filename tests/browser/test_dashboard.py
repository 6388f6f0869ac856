"""An organiser mends the points of the check list one after the other, and then sees the numbers of the event."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import func, select
from sqlmodel import col

from poll_server.domain.programme import EventDraft, ItemDraft, ItemKind
from poll_server.questions.contract import ANSWERED
from poll_server.storage.tables import TallyRow
from tests.browser.conference import STILL
from tests.browser.test_rounds import faults
from tests.harness.browser import NewContext
from tests.harness.server import StartServer
from tests.simulate.watching import simulating
from tests.web.accounts import account, session_cookie
from tests.web.events import SINGLE, Stored, database_of, store
from tests.web.people import Desk, Person

pytestmark = pytest.mark.long

PARTICIPANTS = 20
MINUTE_MS = 90_000


async def point(page: Page, topic: str) -> str:
    """How it stands with a point of the check list."""
    return await page.locator(f"[data-point={topic}]").get_attribute("data-ready") or ""


async def answered(stored: Stored) -> int:
    """How many have answered the first question, by the database."""
    async with database_of(stored.server) as database, database.read() as connection:
        sums = select(func.sum(col(TallyRow.n))).where(
            col(TallyRow.question_id) == stored.ids[0], col(TallyRow.key) == ANSWERED
        )
        return int((await connection.execute(sums)).scalar_one())


async def test_organiser_mends_the_check_list_and_reads_the_numbers(
    start_server: StartServer, new_context: NewContext
) -> None:
    """Each point leads to where it is mended; the numbers follow by themselves and are those of the database."""
    server = await start_server(
        {"POLL_IMPRINT_URL": "https://example.org/i", "POLL_PRIVACY_URL": "https://example.org/p"}
    )
    now = datetime.now(UTC).replace(microsecond=0)
    rounds = (
        ItemDraft(now, "Runde", ends=now + timedelta(hours=8), kind=ItemKind.ROUND, questions=(SINGLE,)),
        ItemDraft(now + timedelta(hours=8), "Leer", ends=now + timedelta(hours=9), kind=ItemKind.ROUND),
    )
    day = (now - timedelta(hours=3)).date()
    stored = await store(server, EventDraft("Tagung", day, "Europe/Berlin", "de", items=rounds))
    cookie = await session_cookie(server, await account(server, "kim", owns=stored))
    context = await new_context(**STILL)
    name, _, value = cookie.partition("=")
    await context.add_cookies([{"name": name, "value": value, "url": server.url}])
    page = await context.new_page()
    own = f"{server.url}/organise/events/{stored.code}"
    await page.goto(own)
    assert (await point(page, "rounds"), await point(page, "slots"), await point(page, "legal")) == (
        "to_do",
        "done",
        "done",
    )
    assert await faults(page) == []

    await page.locator("[data-point=rounds] a").press("Enter")
    await expect(page).to_have_url(f"{server.url}/e/{stored.code}/desk/question/new?round={stored.event.rounds[1].id}")
    await page.goto(own)
    await page.get_by_role("button", name="Jetzt nachsehen").press("Enter")
    await expect(page.locator("[data-point=address]")).to_contain_text("Sie führt hierher.")
    assert await point(page, "screen") == "attention"

    async with Person(stored) as moderator:
        desk = await Desk.of(moderator)
        await moderator.open("screen")
        await page.reload()
        assert (await point(page, "moderator"), await point(page, "screen")) == ("done", "done")
        await page.get_by_role("link", name="Zahlen").press("Enter")
        async with simulating(f"{server.url}/e/{stored.code}", PARTICIPANTS, pace=20) as crowd:
            await crowd.until(lambda report: report.connected >= PARTICIPANTS - 2)
            await desk.do("open", stored.ids[0])
            await crowd.until(lambda report: report.acknowledged >= PARTICIPANTS // 2)
            await page.get_by_role("link", name="Tagung").focus()
            await expect(page.locator(".sg-answers tbody tr")).to_have_count(1, timeout=MINUTE_MS)
            await expect(page.locator(".sg-over-time rect").first).to_be_attached(timeout=MINUTE_MS)
            await expect(page.get_by_role("link", name="Tagung")).to_be_focused()
            await crowd.stop()
    await page.reload()
    cells = page.locator(".sg-answers tbody td")
    assert int(await cells.first.inner_text()) == await answered(stored)
    assert PARTICIPANTS - 2 <= int(await page.locator("#most").inner_text()) <= PARTICIPANTS
    assert await faults(page) == []
