"""The open desks and screens of organisers end with their sessions and accounts, on a real server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from sqlalchemy import update
from sqlmodel import col
from websockets.asyncio.client import ClientConnection, connect

from poll_server.domain.accounts import SESSION_LASTS, SESSION_RESTS
from poll_server.domain.links import Validity
from poll_server.domain.programme import SessionDraft
from poll_server.live.links import LINK_OVER, REASONS
from poll_server.storage import organisers
from poll_server.storage.tables import OrganiserSessionRow
from poll_server.web.accounts import SESSION_OVER
from tests.cli.commands import poll_server
from tests.harness.server import Server
from tests.web.accounts import PASSWORD, Browser, account, password_link
from tests.web.events import database_of
from tests.web.floor import Hall, hall
from tests.web.people import PATIENCE_SECONDS

OTHER = "Drei Reiher stehen still"
OVER = (LINK_OVER, SESSION_OVER)


@pytest_asyncio.fixture
async def event(shared_server: Server) -> Hall:
    """An event with questions from the floor."""
    return await hall(shared_server, SessionDraft())


@asynccontextmanager
async def desks(event: Hall, browser: Browser) -> AsyncIterator[list[ClientConnection]]:
    """The sockets of the desk, of its page for questions from the floor, and of a screen, in a signed-in browser."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                connect(
                    event.stored.server.ws_url(f"/e/{event.stored.code}/{page}"),
                    additional_headers={"origin": browser.origin, "cookie": f"organiser={browser.key}"},
                    proxy=None,
                )
            )
            for page in ("desk/socket", f"desk/questions/socket?session={event.session}", "screen/socket")
        ]


async def ends(sockets: list[ClientConnection]) -> set[tuple[int | None, str | None]]:
    """How the server closes sockets."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        for socket in sockets:
            await socket.wait_closed()
    return {(socket.close_code, socket.close_reason) for socket in sockets}


async def sign_out(browser: Browser) -> None:
    """Sign out where the desk is open."""
    await browser.post("/organise/sign-out", {})


async def sign_in_anew(browser: Browser) -> None:
    """Sign in once more: the session of before ends."""
    await browser.sign_in("uwe sign_in_anew")


async def change_password(browser: Browser) -> None:
    """Change the password: this session gets a new key."""
    await browser.post("/organise/account", {"present": PASSWORD, "password": OTHER, "again": OTHER})


@pytest.mark.parametrize("deed", [sign_out, sign_in_anew, change_password])
async def test_desk_is_over_with_its_session(
    shared_server: Server, event: Hall, deed: Callable[[Browser], Awaitable[None]]
) -> None:
    """Whatever ends the session in which a desk was opened closes the desk's sockets."""
    await account(shared_server, f"Uwe {deed.__name__}", owns=event.stored)
    async with Browser(shared_server) as browser:
        await browser.sign_in(f"uwe {deed.__name__}")
        async with desks(event, browser) as sockets:
            await deed(browser)
            assert await ends(sockets) == {OVER}


@pytest.mark.parametrize("ages", ["created", "seen", "ended"])
async def test_desk_is_over_with_a_session_that_ends_elsewhere(shared_server: Server, event: Hall, ages: str) -> None:
    """A session that becomes too old, rests too long or is ended by another process closes its sockets in seconds."""
    organiser = await account(shared_server, f"Zora {ages}", owns=event.stored)
    lasts = {"created": SESSION_LASTS, "seen": SESSION_RESTS}
    async with Browser(shared_server) as browser:
        await browser.sign_in(f"zora {ages}")
        async with desks(event, browser) as sockets:
            async with database_of(shared_server) as database, database.write() as connection:
                if ages == "ended":
                    await organisers.end_sessions(connection, organiser)
                else:
                    mine = update(OrganiserSessionRow).where(col(OrganiserSessionRow.organiser_id) == organiser)
                    await connection.execute(mine.values({ages: datetime.now(UTC) - lasts[ages]}))
            async with asyncio.timeout(5):
                assert await ends(sockets) == {OVER}
        for page in ("desk", "desk/question/new", "screen", "screen/state"):
            assert (await browser.get(f"/e/{event.stored.code}/{page}")).status_code == 403, page


async def test_page_that_renews_itself_goes_with_the_session(shared_server: Server, event: Hall) -> None:
    """Where a part of a page is asked for after the end of the session, the whole page is asked for anew."""
    await account(shared_server, "Berta", owns=event.stored)
    here = f"/organise/events/{event.stored.code}/numbers/state"
    async with Browser(shared_server) as browser:
        await browser.sign_in("berta")
        asked = {"hx-request": "true"}
        there = await browser.http.get(here, headers=asked)
        await sign_out(browser)
        gone = await browser.http.get(here, headers=asked)
    found = [(answer.status_code, answer.headers.get("hx-refresh")) for answer in (there, gone)]
    assert found == [(200, None), (403, "true")]


async def test_screen_opened_from_the_desk_ends_with_the_session(shared_server: Server, event: Hall) -> None:
    """A screen that an organiser opens is there as long as the session; one that has come by a link stays."""
    await account(shared_server, "Alma", owns=event.stored)
    here = f"/e/{event.stored.code}"
    link = await event.stored.new_link("screen", "Saal")
    async with Browser(shared_server) as browser, Browser(shared_server) as projector:
        await projector.sign_in("alma")
        assert (await projector.post(link, {})).status_code == 303
        await browser.sign_in("alma")
        opened = await browser.post(f"{here}/desk/screen", {})
        assert (opened.status_code, opened.headers["location"], "set-cookie" in opened.headers) == (
            303,
            f"{here}/screen",
            False,
        )
        for one in (browser, projector):
            assert (await one.get(f"{here}/screen")).status_code == 200
            await sign_out(one)
        assert [(await one.get(f"{here}/screen")).status_code for one in (browser, projector)] == [403, 200]


async def test_desk_stays_in_another_browser(shared_server: Server, event: Hall) -> None:
    """Signing out of one browser leaves the desk in another one, until that session is ended from elsewhere."""
    await account(shared_server, "Runa", owns=event.stored)
    async with Browser(shared_server) as first, Browser(shared_server) as second, Browser(shared_server) as third:
        for browser in (first, second, third):
            await browser.sign_in("runa")
        async with desks(event, first) as gone, desks(event, second) as stays:
            await sign_out(first)
            assert await ends(gone) == {OVER}
            for socket in stays:
                await (await socket.ping())
            await third.post("/organise/account/sessions", {"session": "0"})
            assert await ends(stays) == {OVER}


async def test_desk_is_over_when_a_link_sets_a_new_password(shared_server: Server, event: Hall) -> None:
    """A password that is set by a link, since somebody knew the old one, closes every desk of the account."""
    organiser = await account(shared_server, "Wim", owns=event.stored)
    async with Browser(shared_server) as thief, Browser(shared_server) as owner:
        await thief.sign_in("wim")
        async with desks(event, thief) as sockets:
            key = await password_link(shared_server, organiser)
            await owner.post(f"/organise/password/{key}", {"password": OTHER, "again": OTHER})
            assert await ends(sockets) == {OVER}


async def test_desk_is_over_when_the_account_is_deactivated(shared_server: Server, event: Hall) -> None:
    """An account that the command deactivates is out of its desks, and comes back to none."""
    await account(shared_server, "Xenia", owns=event.stored)
    async with Browser(shared_server) as browser:
        await browser.sign_in("xenia")
        async with desks(event, browser) as sockets:
            ran = await poll_server("organiser", "deactivate", "xenia", "--data", shared_server.data)
            assert ran.code == 0
            assert await ends(sockets) <= {OVER, (LINK_OVER, REASONS[Validity.REVOKED])}  # whichever is seen first
        assert (await browser.get(f"/e/{event.stored.code}/desk")).status_code == 403


async def test_desk_of_an_organiser_whose_name_reads_like_a_links(shared_server: Server, event: Hall) -> None:
    """An organiser called like a link that somebody has comes to the desk all the same, under a name of their own."""
    await account(shared_server, "regie", owns=event.stored)
    async with Browser(shared_server) as browser:
        await browser.sign_in("regie")
        assert (await browser.get(f"/e/{event.stored.code}/desk")).status_code == 200
        links = (await browser.get(f"/organise/events/{event.stored.code}/links")).text
    assert "regie 2" in links


async def test_organiser_whose_link_is_taken_back_enters_by_the_account(shared_server: Server, event: Hall) -> None:
    """A browser that once came by a link which is over is at the desk as an organiser, and signed out no more."""
    await account(shared_server, "Yaren", owns=event.stored)
    link = await event.stored.new_link("desk", "Anna")
    async with Browser(shared_server) as browser:
        assert (await browser.post(link, {})).status_code == 303
        await browser.sign_in("yaren")
        await event.stored.revoke("Anna")
        await browser.get(f"/organise/events/{event.stored.code}/links")  # reads anew which links are over
        desk = f"/e/{event.stored.code}/desk"
        assert (await browser.get(desk)).status_code == 200
        await sign_out(browser)
        assert (await browser.get(desk)).status_code == 403
