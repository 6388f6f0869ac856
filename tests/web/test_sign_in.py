"""Signing in and out, passwords and their links, on a real server."""

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from poll_server.domain.accounts import LINK_LASTS
from poll_server.domain.errors import Forbidden, Refused, Unknown
from tests.harness.server import Server
from tests.web.accounts import PASSWORD, Browser, account, password_link
from tests.web.events import SINGLE, database_of, draft, store
from tests.web.people import Person, german

OTHER = "Drei Reiher stehen still"


async def test_sign_in_with_a_wrong_then_the_right_password(shared_server: Server) -> None:
    """What was wrong is said in the same words for a wrong name, the name stays and the password does not."""
    await account(shared_server, "Nora")
    async with Browser(shared_server, address="198.51.100.1") as browser:
        asked = await browser.get("/organise/account")
        wrong = await browser.sign_in("nora", OTHER)
        nobody = await browser.sign_in("niemand", OTHER)
        right = await browser.sign_in(" NORA ", wanted="/organise/account")
        page = await browser.get("/organise/account")
    assert (asked.status_code, german(Forbidden("signed_out")) in asked.text) == (403, True)
    assert 'name="wanted" value="/organise/account"' in asked.text
    assert [(one.status_code, german(Refused("sign_in")) in one.text) for one in (wrong, nobody)] == [(422, True)] * 2
    assert wrong.text.replace("nora", "niemand") == nobody.text
    assert OTHER not in wrong.text
    assert (right.status_code, right.headers["location"]) == (303, "/organise/account")
    assert (page.status_code, "Nora" in page.text) == (200, True)
    assert page.headers["cache-control"] == "no-store"


async def test_sign_in_leads_to_our_own_pages_only(shared_server: Server) -> None:
    """Whatever a form names as the next page, it is one for organisers."""
    await account(shared_server, "Olga")
    wanted = [
        "//example.org",
        "https://example.org/organise",
        "/organise/../e/demo",
        "/e/demo",
        "/organise\n",
        "/organise",
    ]
    async with Browser(shared_server, address="198.51.100.2") as browser:
        found = [(await browser.sign_in("olga", wanted=one)).headers["location"] for one in wanted]
    assert found == ["/organise"] * len(wanted)


async def test_sign_in_gives_a_new_key_and_its_cookie_is_closed(shared_server: Server) -> None:
    """A key from before signing in is never taken over, and the one that it replaces opens nothing any more."""
    await account(shared_server, "Paula")
    async with Browser(shared_server) as browser, Browser(shared_server) as thief:
        form = {"name": "paula", "password": PASSWORD}
        chosen = {"cookie": "organiser=chosen-by-somebody-else"}
        response = await browser.post("/organise/sign-in", form, **chosen)
        first = browser.key
        await browser.sign_in("paula")
        second = browser.key
        states = []
        for key in ("chosen-by-somebody-else", first, second):
            thief.http.cookies.clear()
            states.append((await thief.http.get("/organise", headers={"cookie": f"organiser={key}"})).status_code)
    cookies = response.headers.get_list("set-cookie")
    assert all(re.search(r"HttpOnly; Max-Age=\d+; Path=/; SameSite=lax$", cookie) for cookie in cookies), cookies
    assert len(cookies) == 2
    assert states == [403, 403, 200]


async def test_sign_in_is_slowed_down_but_not_for_who_is_known(shared_server: Server) -> None:
    """After five failures there is a wait; the browser in which the account has signed in before need not wait."""
    await account(shared_server, "Quirin")
    async with (
        Browser(shared_server, address="198.51.100.3") as own,
        Browser(shared_server, address="203.0.113.7") as other,
    ):
        await own.sign_in("quirin")
        await own.post("/organise/sign-out", {})
        failed = [await other.sign_in("quirin", OTHER) for _ in range(6)]
        right = await other.sign_in("quirin")
        known = await own.sign_in("quirin")
    wait = re.escape(german(Refused("sign_in_wait", seconds=2)))
    assert [german(Refused("sign_in")) in one.text for one in failed] == [True] * 5 + [False]
    assert re.search(wait, failed[5].text)
    assert (right.status_code, known.status_code) == (422, 303)


async def test_who_guesses_elsewhere_makes_nobody_wait_in_a_new_browser(shared_server: Server) -> None:
    """The failures of one address are no wait at another one, also in a browser that has never signed in."""
    await account(shared_server, "Quentin")
    async with (
        Browser(shared_server, address="203.0.113.8") as other,
        Browser(shared_server, address="198.51.100.4") as own,
    ):
        failed = [await other.sign_in("quentin", OTHER) for _ in range(6)]
        right = await own.sign_in("quentin")
    assert german(Refused("sign_in")) not in failed[5].text
    assert right.status_code == 303


@pytest.mark.long
async def test_sign_in_of_a_crowd_leaves_the_votes_alone(shared_server: Server) -> None:
    """Of a hundred who guess from everywhere some are sent away; who is known here gets in, and a vote is counted."""
    stored = await store(shared_server, draft(SINGLE))
    await account(shared_server, "Quitta")
    async with Browser(shared_server) as own, AsyncExitStack() as stack, Person(stored) as person:
        await own.sign_in("quitta")
        line = await person.take_part()
        crowd = [
            await stack.enter_async_context(Browser(shared_server, address=f"198.18.0.{number}"))
            for number in range(100)
        ]
        guesses = [asyncio.create_task(one.sign_in("quitta", OTHER)) for one in crowd]
        done, _ = await asyncio.wait(guesses, return_when=asyncio.FIRST_COMPLETED)
        async with asyncio.timeout(1):
            assert (await person.get("/state")).status_code == 200
        known = await own.sign_in("quitta")
        answers = [(await guess).text for guess in guesses]
        await line.connection.ping()
    assert (bool(done), known.status_code) == (True, 303)
    crowded = sum(german(Refused("sign_in_crowded")) in text for text in answers)
    assert 0 < crowded < 100


async def test_sign_out_ends_the_session_on_the_server(shared_server: Server) -> None:
    """After signing out the key opens nothing, even if somebody has kept it."""
    await account(shared_server, "Rita")
    async with Browser(shared_server) as browser:
        await browser.sign_in("rita")
        key = browser.key
        out = await browser.post("/organise/sign-out", {})
        again = await browser.http.get("/organise", headers={"cookie": f"organiser={key}"})
    assert (out.status_code, browser.key, again.status_code) == (303, None, 403)


async def test_forms_of_other_sites_are_refused_by_what_the_browser_says(shared_server: Server) -> None:
    """A form whose browser says that it comes from elsewhere is refused, also without an origin."""
    await account(shared_server, "Sami")
    async with Browser(shared_server) as browser:
        await browser.sign_in("sami")
        found = {}
        for site in ("cross-site", "same-site", "same-origin", "none"):
            headers = {"sec-fetch-site": site}
            found[site] = (
                await browser.http.post("/organise/account/sessions", data={"session": "0"}, headers=headers)
            ).status_code
    assert found == {"cross-site": 403, "same-site": 403, "same-origin": 303, "none": 303}


async def test_password_is_set_by_a_link_once(shared_server: Server) -> None:
    """A link sets a password, signs in, ends all other sessions, and opens nothing after that."""
    organiser = await account(shared_server, "Tara")
    key = await password_link(shared_server, organiser)
    path = f"/organise/password/{key}"
    async with Browser(shared_server) as before, Browser(shared_server) as browser:
        await before.sign_in("tara")
        page = await browser.get(path)
        different = await browser.post(path, {"password": OTHER, "again": PASSWORD})
        short = await browser.post(path, {"password": "kurz", "again": "kurz"})
        done = await browser.post(path, {"password": OTHER, "again": OTHER})
        inside = await browser.get()
        outside = await before.get()
        again = [await browser.get(path), await browser.post(path, {"password": PASSWORD, "again": PASSWORD})]
        old = await before.sign_in("tara", PASSWORD)
        new = await before.sign_in("tara", OTHER)
    assert (page.status_code, "Tara" in page.text) == (200, True)
    assert [
        (one.status_code, german(error) in one.text)
        for one, error in ((different, Refused("password_twice")), (short, Refused("password_short", minimum=12)))
    ] == [(422, True)] * 2
    assert (done.status_code, inside.status_code, outside.status_code) == (303, 200, 403)
    assert [(one.status_code, german(Unknown("password_link")) in one.text) for one in again] == [(404, True)] * 2
    assert (old.status_code, new.status_code) == (422, 303)


async def test_password_links_that_are_old_or_not_ours(shared_server: Server) -> None:
    """After a day a link opens nothing, and neither does one that somebody made up."""
    organiser = await account(shared_server, "Ugo")
    old = await password_link(shared_server, organiser, datetime.now(UTC) - LINK_LASTS)
    async with Browser(shared_server) as browser:
        found = [(await browser.get(f"/organise/password/{key}")).status_code for key in (old, "0" * 43, "ä%00")]
    assert found == [404, 404, 404]


async def test_password_is_changed_and_other_browsers_are_out(shared_server: Server) -> None:
    """With the right present password another one is set: this browser stays under a new key, others are out."""
    await account(shared_server, "Vera")
    async with Browser(shared_server) as here, Browser(shared_server, "Chrome/126.0 Safari") as there:
        await there.sign_in("vera")
        await here.sign_in("vera")
        key = here.key
        wrong = await here.post("/organise/account", {"present": OTHER, "password": OTHER, "again": OTHER})
        assert (await there.get()).status_code == 200
        done = await here.post("/organise/account", {"present": PASSWORD, "password": OTHER, "again": OTHER})
        states = [(await browser.get("/organise/account")).status_code for browser in (here, there)]
        old = await there.sign_in("vera", PASSWORD)
        new = await there.sign_in("vera", OTHER)
    assert (wrong.status_code, german(Refused("password_wrong")) in wrong.text) == (422, True)
    assert (done.status_code, states, here.key != key) == (303, [200, 403], True)
    assert (old.status_code, new.status_code) == (422, 303)


async def test_sessions_are_listed_and_ended(shared_server: Server) -> None:
    """Each browser is listed by its family; one is ended, then all others; that of somebody else stays."""
    await account(shared_server, "Wanda")
    await account(shared_server, "Xaver")
    here, stranger = Browser(shared_server), Browser(shared_server)
    phone, office = Browser(shared_server, "Chrome/126.0"), Browser(shared_server, "Safari/605.1")
    async with here, phone, office, stranger:
        for browser, name in ((here, "wanda"), (phone, "wanda"), (office, "wanda"), (stranger, "xaver")):
            await browser.sign_in(name)
        page = (await here.get("/organise/account")).text
        listed = re.findall(r'<span id="session-(\d+)"><b>(\w+)</b>(, dieser hier)?', page)
        theirs = re.findall(r'<span id="session-(\d+)">', (await stranger.get("/organise/account")).text)
        for session in (listed[1][0], theirs[0]):
            ended = await here.post("/organise/account/sessions", {"session": session})
            assert ended.status_code == 303
        one_less = [(await browser.get()).status_code for browser in (here, phone, office, stranger)]
        await here.post("/organise/account/sessions", {"session": "0"})
        alone = [(await browser.get()).status_code for browser in (here, phone, office, stranger)]
    assert [(family, bool(own)) for _, family, own in listed] == [
        ("Safari", False),
        ("Chrome", False),
        ("Firefox", True),
    ]
    assert (one_less, alone) == ([200, 403, 200, 200], [200, 403, 403, 200])


async def test_neither_password_nor_key_is_stored_or_logged(shared_server: Server) -> None:
    """The database has hashes only, and of a browser its family; the log has nothing at all."""
    await account(shared_server, "Yara")
    async with Browser(shared_server, "Mozilla/5.0 (X11; Ubuntu) Firefox/130.0", "192.0.2.77") as browser:
        await browser.sign_in("yara", OTHER)
        await browser.sign_in("yara")
        assert browser.key
        secrets = [browser.key, PASSWORD, OTHER, "Ubuntu", "192.0.2.77"]
    async with database_of(shared_server) as database, database.read() as connection:
        rows = [
            str(tuple(row))
            for table in ("organiser", "organiser_session", "password_link")
            for row in await connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    found = [secret for secret in secrets for text in (*rows, shared_server.logs()) if secret in text]
    assert found == []
    assert any("$argon2id$" in row for row in rows)
