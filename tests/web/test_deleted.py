"""What is deleted with an event is in no file of the database any more, and that it was deleted can be read."""

import asyncio
import re
from html import unescape
from uuid import uuid4

from poll_server.domain.access import Role
from poll_server.domain.programme import Definition
from poll_server.storage import contributions, deletion
from tests.harness.server import Server, StartServer
from tests.web.accounts import Browser, account
from tests.web.events import LIVE, Stored, database_of, draft, store
from tests.web.floor import Hall, hall
from tests.web.people import PATIENCE_SECONDS, Desk, Person, ballot_form

WORDS = Definition("open_text", "Was fehlt?")
WRITTEN, ASKED = "Eine Fähre nach Ypsilonien", "Wer bezahlt den Zeppelin?"


def found(server: Server, text: str) -> int:
    """How often a text stands in the bytes of the database's files."""
    return sum(path.read_bytes().count(text.encode()) for path in server.data.glob("poll.sqlite3*"))


async def swept(server: Server) -> None:
    """Return when the deleted event is out of the files."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with database_of(server) as database, database.read() as connection:
                if not await deletion.unswept(connection):
                    return
            await asyncio.sleep(0.1)


async def answered(floor: Hall) -> None:
    """Somebody answers in words and asks a question; then both are closed."""
    stored = floor.stored
    async with Person(stored) as moderator, Person(stored) as person:
        desk, line = await Desk.of(moderator), await person.take_part()
        await desk.do("open", stored.ids[0])
        form = ballot_form(await line.until(ballot_form))
        assert form is not None
        assert (await line.vote(form, WRITTEN)).state == "counted"
        asked = {"do": "ask", "session": str(floor.session), "submission": str(uuid4()), "text": ASKED}
        assert (await person.post("/questions", asked)).status_code == 303
        await desk.do("close", stored.ids[0])
        async with database_of(stored.server) as database, database.read() as connection:
            seen = (await contributions.sessions(connection, stored.event.id))[floor.session].revision
        over = {"action": "session_close", "session": str(floor.session), "seen": str(seen)}
        assert (await moderator.post("/desk/questions", over)).status_code == 303


async def delete(browser: Browser, stored: Stored) -> int:
    """Delete an event by its name, as soon as it may be."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            answer = await browser.post(f"/organise/events/{stored.code}/delete", {"name": stored.event.title})
            if answer.status_code != 403:  # a question is being closed
                return answer.status_code
            await asyncio.sleep(0.1)


async def test_deleted_event_is_in_no_file(start_server: StartServer) -> None:
    """Answers and questions of a deleted event are not in the bytes of the files; what another event has still is.

    While somebody is asked anywhere it waits, and a server that was ended before it was done does it when it starts.
    """
    server = await start_server()
    floor, other = await hall(server, prepared=draft(WORDS)), await store(server, draft(LIVE))
    await account(server, "Kim", owns=floor.stored)
    await answered(floor)
    assert [found(server, text) > 0 for text in (WRITTEN, ASKED, LIVE.text)] == [True] * 3
    async with Person(other) as moderator, Browser(server) as browser:
        desk = await Desk.of(moderator)
        await desk.do("open", other.ids[0])
        await browser.sign_in("kim")
        assert await delete(browser, floor.stored) == 303
        assert [found(server, text) > 0 for text in (WRITTEN, ASKED)] == [True, True]
        await desk.do("close", other.ids[0])
    await server.restart()
    await swept(server)
    assert [found(server, text) > 0 for text in (WRITTEN, ASKED, LIVE.text)] == [False, False, True]


async def test_deleted_event_is_told_to_administrators(shared_server: Server) -> None:
    """Administrators read which event was deleted, when and by whom, as text; other organisers do not."""
    stored = await store(shared_server, draft())
    await account(shared_server, "<i>Kim</i>", owns=stored)
    await account(shared_server, f"Ada {stored.code}", role=Role.ADMINISTRATOR)
    async with Browser(shared_server) as kim, Browser(shared_server) as ada:
        await kim.sign_in("<i>kim</i>")
        await ada.sign_in(f"ada {stored.code}")
        assert await delete(kim, stored) == 303
        pages = [(await one.get("/organise/archive")).text for one in (kim, ada)]
    told = [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'id="deleted".*?<li>(.*?)</li>', pages[1], re.S)]
    assert ('id="deleted"' in pages[0], [unescape(one).partition("Gelöscht am")[0] for one in told]) == (
        False,
        [f"Tagung, {stored.code.upper()}"],
    )
    assert unescape(told[0]).endswith("von <i>Kim</i>")
