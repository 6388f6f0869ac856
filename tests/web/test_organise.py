"""An organiser's list and pages of events, sharing, and the desk without a link, on a real server."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest_asyncio
from websockets.asyncio.client import connect

from poll_server.domain.access import Role
from poll_server.domain.errors import Forbidden, Unknown
from poll_server.live.links import LINK_OVER
from tests.harness.server import Server
from tests.web.accounts import PASSWORD, Browser, account, give
from tests.web.events import Stored, draft, store
from tests.web.people import PATIENCE_SECONDS, german

MARKUP = '<b>Tagung & "Rat"</b>'


@pytest_asyncio.fixture
async def event(shared_server: Server) -> Stored:
    """An event of today whose title is markup."""
    return await store(shared_server, replace(draft(), title=MARKUP))


async def ahead(server: Server, days: int) -> Stored:
    """Store an event so many days from now."""
    prepared = draft()
    later = timedelta(days=days)
    items = tuple(
        replace(item, starts=item.starts + later, ends=item.ends and item.ends + later) for item in prepared.items
    )
    return await store(server, replace(prepared, day=prepared.day + later, items=items))


async def test_list_has_own_and_shared_events_by_their_state(shared_server: Server) -> None:
    """Own and shared events stand under today, in preparation and over; those of others are nowhere in the page."""
    today, soon, later, past, strange = [await ahead(shared_server, days) for days in (0, 2, 30, -3, 1)]
    kim = await account(shared_server, "Berta Frei", owns=soon)
    alex = await account(shared_server, "Carl Groß", owns=today, shares=soon)
    await account(shared_server, "Dora", owns=strange)
    for one, who, owner in ((later, alex, True), (past, alex, True), (today, kim, False)):
        await give(one, who, owner=owner)
    async with Browser(shared_server) as browser:
        await browser.sign_in("Carl Groß")
        page = (await browser.get()).text
    sections = re.findall(r'<section[^>]*aria-labelledby="(\w+)">(.*?)</section>', page, re.S)
    found = {name: re.findall(r'href="/organise/events/(\w+)"', body) for name, body in sections}
    assert found == {"today": [today.code], "ahead": [soon.code, later.code], "over": [past.code]}
    assert (strange.code in page, page.count("von Berta Frei")) == (False, 1)


async def test_event_of_somebody_else_is_as_if_it_were_not_there(shared_server: Server, event: Stored) -> None:
    """Another organiser's event and one that does not exist answer alike; nothing of it stands in the page."""
    await account(shared_server, "Emil", owns=event)
    await account(shared_server, "Frida")
    async with Browser(shared_server) as browser:
        await browser.sign_in("frida")
        theirs = await browser.get(f"/organise/events/{event.code}")
        none = await browser.get("/organise/events/gibtesnicht")
        shared = await browser.post(f"/organise/events/{event.code}/organisers", {"name": "frida"})
        desk = await browser.get(f"/e/{event.code}/desk")
    assert (theirs.status_code, theirs.text) == (none.status_code, none.text)
    assert (theirs.status_code, german(Unknown("unknown_event")) in theirs.text) == (404, True)
    assert (shared.status_code, desk.status_code, german(Forbidden("role")) in desk.text) == (404, 403, True)


async def test_event_page_shows_what_there_is_and_escapes_it(shared_server: Server, event: Stored) -> None:
    """Title, code, programme and questions stand on the page as text, with the ways to desk and rounds; no secret."""
    await account(shared_server, "Gesa", owns=event)
    async with Browser(shared_server) as browser:
        await browser.sign_in("gesa")
        page = (await browser.get(f"/organise/events/{event.code}")).text
        ways = [(await browser.get(f"/e/{event.code}/desk{path}")).status_code for path in ("", "/rounds")]
    assert (MARKUP in page, "&lt;b&gt;Tagung &amp; &#34;Rat&#34;&lt;/b&gt;" in page) == (False, True)
    assert [question.definition.text in page for question in event.event.questions] == [True] * 3
    assert [f'href="/e/{event.code}/desk{path}"' in page for path in ("", "/rounds")] == [True, True]
    assert ways == [200, 200]
    assert "/link/" not in page


async def test_desk_leads_back_to_the_event(shared_server: Server, event: Stored) -> None:
    """An organiser gets from desk, rounds and library to the event's page, a moderator by link does not; a stranger
    who is refused is told where organisers sign in.
    """
    await account(shared_server, "Nadja", owns=event)
    way = f'href="/organise/events/{event.code}"'
    pages = [f"/e/{event.code}/desk{path}" for path in ("", "/rounds", "/library")]
    async with Browser(shared_server) as organiser, Browser(shared_server) as moderator, Browser(shared_server) as none:
        await organiser.sign_in("nadja")
        await moderator.post(event.link("desk"), {})
        seen = [[way in (await who.get(page)).text for page in pages] for who in (organiser, moderator)]
        refused = await none.get(pages[0])
        lost = await none.get("/organise/password/none")
    assert seen == [[True] * 3, [False] * 3]
    assert (refused.status_code, way in refused.text) == (403, True)
    assert (lost.status_code, 'href="/organise"' in lost.text) == (404, True)


async def test_sharing_lets_in_and_taking_back_puts_out(shared_server: Server, event: Stored) -> None:
    """Who has it shared is at the desk without a link, under their name; taken back, their socket closes at once."""
    await account(shared_server, "Hanna", owns=event)
    ida = await account(shared_server, "Ida Klein")
    path = f"/organise/events/{event.code}"
    async with Browser(shared_server) as owner, Browser(shared_server) as partner:
        await owner.sign_in("hanna")
        await partner.sign_in("ida klein")
        nobody = await owner.post(f"{path}/organisers", {"name": "Niemand & Co"})
        done = await owner.post(f"{path}/organisers", {"name": " IDA  Klein "})
        assert (nobody.status_code, german(Unknown("unknown_organiser")) in nobody.text) == (404, True)
        assert 'value="Niemand &amp; Co"' in nobody.text
        assert (done.status_code, (await partner.get(path)).status_code) == (303, 200)
        refused = await partner.post(f"{path}/organisers", {"name": "hanna"})
        assert (refused.status_code, german(Forbidden("owner")) in refused.text) == (403, True)
        cookie = f"organiser={partner.key}"
        address = shared_server.ws_url(f"/e/{event.code}/desk/socket")
        headers = {"origin": owner.origin, "cookie": cookie}
        async with connect(address, additional_headers=headers, proxy=None) as socket:
            await socket.recv()
            taken = await owner.post(f"{path}/organisers", {"take_back": str(ida)})
            assert taken.status_code == 303
            async with asyncio.timeout(PATIENCE_SECONDS):
                await socket.wait_closed()
            assert socket.close_code == LINK_OVER
        after = [(await partner.get(one)).status_code for one in (path, f"/e/{event.code}/desk")]
    assert after == [404, 403]


async def test_owner_cannot_be_put_out_and_administrators_see_all(shared_server: Server, event: Stored) -> None:
    """Nobody takes an event from its owner; an administrator shares one that has none."""
    jan = await account(shared_server, "Jan", owns=event)
    await account(shared_server, "Chefin", role=Role.ADMINISTRATOR)
    nobodys = await store(shared_server, draft())
    async with Browser(shared_server) as chief, Browser(shared_server) as browser:
        await chief.sign_in("chefin")
        await browser.sign_in("jan")
        await chief.post(f"/organise/events/{event.code}/organisers", {"take_back": str(jan)})
        kept = (await browser.get(f"/organise/events/{event.code}")).status_code
        listed = (await chief.get()).text
        before = (await browser.get(f"/organise/events/{nobodys.code}")).status_code
        await chief.post(f"/organise/events/{nobodys.code}/organisers", {"name": "jan"})
        after = (await browser.get(f"/organise/events/{nobodys.code}")).status_code
    assert (kept, before, after) == (200, 404, 200)
    assert [f"/organise/events/{one.code}" in listed for one in (event, nobodys)] == [True, True]


async def test_forms_set_no_field_that_they_do_not_have(shared_server: Server, event: Stored) -> None:
    """Fields that the forms do not have change nothing: no role, no owner, nobody else's account."""
    await account(shared_server, "Karla")
    lena = await account(shared_server, "Lena", owns=event)
    async with Browser(shared_server) as browser:
        form = {"name": "karla", "password": PASSWORD, "role": "administrator", "organiser_id": str(lena)}
        await browser.post("/organise/sign-in", form)
        more = {"session": "0", "role": "administrator", "active": "false", "owner": "true"}
        await browser.post("/organise/account/sessions", more)
        page = (await browser.get("/organise/account")).text
        theirs = await browser.get(f"/organise/events/{event.code}")
    assert ("Karla" in page, "Administration" in page, theirs.status_code) == (True, False, 404)
    async with Browser(shared_server) as owner:
        await owner.sign_in("lena")
        path = f"/organise/events/{event.code}/organisers"
        await owner.post(path, {"name": "karla", "owner": "true", "event_id": "1", "organiser_id": "1"})
        page = (await owner.get(f"/organise/events/{event.code}")).text
    assert page.count("verantwortlich") == 1
