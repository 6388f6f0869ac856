"""The log has who made, copied, shared and archived an event, and what happened by itself."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from poll_server.storage import events, journal
from tests.cli.commands import poll_server
from tests.harness.server import Server
from tests.web.accounts import EVENT_FORM, Browser, account
from tests.web.conftest import NewDesk, NewEvent
from tests.web.events import SINGLE, database_of, draft, store

PROGRAMME = {"text": "21.1.2027\n9 Uhr Los", "title": "Aus Text", "zone": "", "language": "de", "day": ""}


async def noted(server: Server, code: str) -> list[tuple[str, str, str, str]]:
    """The journal of an event without times: role, name, act and words; no links."""
    async with database_of(server) as database, database.read() as connection:
        found = await events.find(connection, code)
        assert found is not None
        lines = await journal.lines(connection, found[0], ZoneInfo("UTC"))
    said = [(line.hand.role, line.hand.link, line.act, line.words) for _, line in lines]
    return [one for one in said if one[2] != "link_made"]


async def test_organisers_deeds_with_an_event_are_noted(shared_server: Server) -> None:
    """Making, copying, sharing and taking it back, archiving and its end are lines under the organiser's name.

    What was refused or changed nothing leaves none.
    """
    await account(shared_server, "Noemi")
    await account(shared_server, "Olaf")
    async with Browser(shared_server) as browser:
        await browser.sign_in("noemi")
        path = (await browser.post("/organise/new", EVENT_FORM)).headers["location"].partition("?")[0]
        assert (await browser.post("/organise/new", EVENT_FORM | {"title": ""})).status_code == 422
        copied = await browser.post(f"{path}/copy", {"title": "Zweite", "day": "2026-12-05", "code": ""})
        for name in ("olaf", "olaf", "niemand"):
            await browser.post(f"{path}/organisers", {"name": name})
        page = (await browser.get(path)).text
        (partner,) = {one.partition('"')[0] for one in page.split('name="take_back" value="')[1:]}
        for _ in range(2):
            await browser.post(f"{path}/organisers", {"take_back": partner})
        for into in ("in", "out"):
            assert (await browser.post(f"{path}/archive", {"archive": into})).status_code == 303
        imported = await browser.post("/organise/programme", PROGRAMME | {"save": "yes"})
        log = (await browser.get(f"{path}/log")).text
    code = path.rpartition("/")[2]
    acts = [("event_create", ""), ("event_copied", "Zweite"), ("event_share", "Olaf"), ("event_unshare", "Olaf")]
    acts += [("event_archive", ""), ("event_restore", "")]
    assert await noted(shared_server, code) == [("organiser", "Noemi", *one) for one in acts]
    copy = copied.headers["location"].rpartition("/")[2].partition("?")[0]
    assert await noted(shared_server, copy) == [("organiser", "Noemi", "event_copy", EVENT_FORM["title"])]
    fresh = imported.headers["location"].rpartition("/")[2].partition("?")[0]
    assert await noted(shared_server, fresh) == [("organiser", "Noemi", "event_import", "")]
    assert [words in log for words in ("Veranstaltung angelegt", "Veranstaltung freigegeben")] == [True, True]


async def test_commands_with_an_event_are_noted(shared_server: Server, tmp_path: Path) -> None:
    """A programme that is imported, and an event that is given or shared by a command, are lines of the server's."""
    stored = await store(shared_server, draft())
    await account(shared_server, "Pia")
    for words in (("give", "pia"), ("share", "pia"), ("give", "pia")):
        await poll_server("event", words[0], stored.code, words[1], "--data", shared_server.data)
    assert await noted(shared_server, stored.code) == [("command", "", "event_give", "Pia")]
    file = tmp_path / "programme.txt"
    file.write_text(PROGRAMME["text"], encoding="utf-8")
    ran = await poll_server("event", "import", file, "--title", "Importiert", "--data", shared_server.data)
    assert ran.code == 0
    async with database_of(shared_server) as database, database.read() as connection:
        codes = [one for one in ran.out.split() if await events.find(connection, one.rpartition("/")[2])]
    assert await noted(shared_server, codes[0].rpartition("/")[2]) == [("command", "", "event_import", "")]


async def test_countdown_that_closes_is_noted(shared_server: Server, new_event: NewEvent, new_desk: NewDesk) -> None:
    """A question that closes when its time is up is a line that is nobody's."""
    stored = await new_event(replace(SINGLE, rules={"seconds": 1}))
    desk = await new_desk(stored)
    await desk.do("open", stored.ids[0])
    await desk.at(3)
    assert await noted(shared_server, stored.code) == [
        ("moderator", "Regie", "open", SINGLE.text),
        ("server", "", "run_out", SINGLE.text),
    ]
