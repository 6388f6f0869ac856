"""Organisers make, change, copy, archive and delete their events in pages, on a real server."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from types import SimpleNamespace

import pytest
import pytest_asyncio
from sqlalchemy import select

from poll_server.domain.errors import Conflict, Forbidden, Unknown
from poll_server.live.details import ARCHIVED, CHANGED, DELETED
from poll_server.live.links import LINK_OVER
from poll_server.storage import details, events
from poll_server.storage.tables import metadata
from tests.harness.server import Server
from tests.web.accounts import EVENT_FORM, Browser, account, give
from tests.web.conftest import NewPerson
from tests.web.events import SINGLE, Stored, database_of, draft, store
from tests.web.people import PATIENCE_SECONDS, Desk, Line, german

MARKUP = '<b>Rat & "Tat"</b>'
WORDS = ("subtitle", "organisers", "partners", "welcome", "contact")


class Host(Browser):
    """The browser of an organiser with an event of their own."""

    stored: Stored

    @property
    def path(self) -> str:
        """The address of the event's page."""
        return f"/organise/events/{self.stored.code}"


@pytest_asyncio.fixture
async def host(shared_server: Server) -> AsyncIterator[Host]:
    """An organiser who has signed in and owns an event of one question, which is today."""
    stored = await store(shared_server, draft(SINGLE))
    name = f"host of {stored.code}"
    await account(shared_server, name, owns=stored)
    async with Host(shared_server) as browser:
        browser.stored = stored
        assert (await browser.sign_in(name)).status_code == 303
        yield browser


@pytest_asyncio.fixture
async def partner(host: Host) -> AsyncIterator[Browser]:
    """Another organiser, with whom that event is shared."""
    name = f"partner of {host.stored.code}"
    await give(host.stored, await account(host.server, name), owner=False)
    async with Browser(host.server) as browser:
        await browser.sign_in(name)
        yield browser


def typed(page: str) -> dict[str, str]:
    """What stands in the fields of a page's form."""
    found = dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', page))
    found |= {name: value for value, name in re.findall(r'<input[^>]*?value="([^"]*)"[^>]*?name="(\w+)"', page)}
    found |= dict(re.findall(r'<textarea[^>]*?name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.S))
    for name, options in re.findall(r'<select[^>]*?name="(\w+)"[^>]*>(.*?)</select>', page, re.S):
        found[name] = re.findall(r'<option value="([^"]*)" selected', options)[0]
    return {name: unescape(value) for name, value in found.items()}


async def read(host: Host, code: str) -> SimpleNamespace:
    """The row of an event; empty for none."""
    table = metadata.tables["event"]
    async with database_of(host.server) as database, database.read() as connection:
        row = (await connection.execute(select(table).where(table.c.code == code))).one_or_none()
    return SimpleNamespace(**row._mapping) if row else SimpleNamespace()


async def closed(line: Line) -> tuple[int, str]:
    """How the server closes a socket."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        await line.connection.wait_closed()
    return line.connection.close_code or 0, line.connection.close_reason or ""


async def test_new_event_is_its_makers(host: Host) -> None:
    """What is typed is stored under a code of its own, stands in the form again as text, and in the maker's list."""
    form = EVENT_FORM | dict.fromkeys(WORDS, MARKUP) | {"title": MARKUP, "last_day": "2026-12-04"}
    form |= dict.fromkeys(("imprint", "privacy", "accessibility"), "https://example.org/?a=1&b=2")
    answer = await host.post("/organise/new", form)
    address = answer.headers["location"].partition("?")[0]
    code = address.rpartition("/")[2]
    page, listed = (await host.get(f"{address}/edit")).text, (await host.get()).text
    assert (answer.status_code, len(code), address in listed, MARKUP in page + listed) == (303, 6, True, False)
    assert {name: typed(page)[name] for name in form} == form | {"code": code}


async def test_new_event_with_mistakes_makes_nothing(host: Host) -> None:
    """Each mistake stands at its field in German, everything typed is kept, and no event is made."""
    wrong = {"day": "2026-02-30", "code": "oil", "imprint": "javascript:alert(1)", "title": "Fehler"}
    answer = await host.post("/organise/new", EVENT_FORM | wrong)
    marked = re.findall(r'id="(\w+)" name="\w+"[^>]*aria-describedby="[\w -]*?\b(\w+)-error"', answer.text)
    assert (answer.status_code, marked) == (422, [(name, name) for name in ("day", "code", "imprint")])
    assert {name: typed(answer.text)[name] for name in wrong} == wrong
    assert "Bitte ohne I L O: Ein Code hat" in answer.text
    assert "Fehler" not in (await host.get()).text


async def test_new_event_with_a_code_that_is_taken(host: Host) -> None:
    """The field says so, whoever's that event is."""
    answer = await host.post("/organise/new", EVENT_FORM | {"code": "HUNDERT22"[1:]})
    again = await host.post("/organise/new", EVENT_FORM | {"code": "undert22"})
    assert (answer.status_code, again.status_code) == (303, 422)
    assert "Dieser Code gehört zu einer anderen Veranstaltung." in again.text


async def test_form_with_a_field_that_it_has_not(host: Host) -> None:
    """No column is set that the form does not have."""
    before = await read(host, host.stored.code)
    form = typed((await host.get(f"{host.path}/edit")).text)
    sly = form | {"revision": "9", "pseudonym_key": "x", "archived": "2026-01-01", "shares_from": "1", "id": "1"}
    assert (await host.post(f"{host.path}/edit", sly)).status_code == 303
    after = await read(host, host.stored.code)
    assert after == SimpleNamespace(**{**vars(before), "edition": 1})


async def test_edited_words_stand_where_the_audience_looks(host: Host, new_person: NewPerson) -> None:
    """Welcome, partners, contact and links are seen at once by who is there, as text."""
    person = await new_person(host.stored)
    before = (await person.get("")).text
    line = await person.line()
    await line.take()
    links = {name: f"https://example.org/{name}" for name in ("imprint", "privacy", "accessibility")}
    form = typed((await host.get(f"{host.path}/edit")).text) | dict.fromkeys(WORDS, MARKUP) | links
    answer = await host.post(f"{host.path}/edit", form | {"contact": "Kim\nRaum 3"})
    frame = await line.take()
    page = (await person.get("")).text
    said = "&lt;b&gt;Rat &amp; &#34;Tat&#34;&lt;/b&gt;"
    assert (answer.status_code, answer.headers["location"]) == (303, f"{host.path}?done=edited#told")
    assert (said in before, said in frame, MARKUP in frame + page) == (False, True, False)
    foot = page[page.index("<footer") :]
    assert [text in foot for text in (said, "Kim\nRaum 3", *links.values())] == [True] * 5
    assert re.findall(r'href="(/legal/\w+)"', foot) == []
    assert f'<p class="sg-written">{said}</p>' in page


async def test_second_organiser_is_told_and_loses_nothing(host: Host, partner: Browser) -> None:
    """Who saves an older edition sees both versions; saved again, theirs stands."""
    first = typed((await host.get(f"{host.path}/edit")).text)
    await host.post(f"{host.path}/edit", first | {"title": "Von Kim", "welcome": "Hallo"})
    theirs = first | {"title": "Von Alex", "contact": "Alex"}
    told = await partner.post(f"{host.path}/edit", theirs)
    said = german(Conflict("event_edited"))
    kept = typed(told.text)
    stored = dict(re.findall(r'id="(\w+)-stored"><b>[^<]*</b> <span>(.*?)</span>', told.text))
    assert (told.status_code, said in unescape(told.text)) == (409, True)
    assert {name: kept[name] for name in theirs} == theirs | {"seen": "1"}
    assert stored == {"title": "Von Kim", "welcome": "Hallo", "contact": "nichts"}
    assert (await read(host, host.stored.code)).title == "Von Kim"
    assert (await partner.post(f"{host.path}/edit", kept)).status_code == 303
    after = await read(host, host.stored.code)
    assert (after.title, after.contact, after.edition) == ("Von Alex", "Alex", 2)


async def test_new_code_moves_the_event(host: Host, new_person: NewPerson) -> None:
    """Before anybody was asked the code can be another: the old one is nobody's, and pages are asked for anew."""
    person = await new_person(host.stored)
    await person.get("")
    line = await person.line()
    form = typed((await host.get(f"{host.path}/edit")).text)
    code = f"{host.stored.code.removeprefix('tagung')}neues".replace("0", "a").replace("1", "b")
    answer = await host.post(f"{host.path}/edit", form | {"code": code.upper()})
    assert (answer.status_code, await closed(line)) == (303, (LINK_OVER, CHANGED))
    statuses = [(await host.get(f"/e/{one}")).status_code for one in (host.stored.code, code)]
    assert statuses == [404, 200]


async def test_code_stays_once_people_were_asked(host: Host, new_person: NewPerson) -> None:
    """While a question is open neither code, zone nor archive, copy aside, can be had; later the code stays."""
    desk = await Desk.of(await new_person(host.stored))
    await desk.do("open", host.stored.ids[0])
    form = typed((await host.get(f"{host.path}/edit")).text)
    runs, fixed = german(Forbidden("event_runs")), german(Forbidden("code_fixed"))
    answers = [
        await host.post(f"{host.path}/edit", form | {"time_zone": "Europe/Lisbon"}),
        await host.post(f"{host.path}/archive", {"archive": "in"}),
        await host.post(f"{host.path}/delete", {"name": host.stored.event.title}),
    ]
    assert [(one.status_code, runs in one.text) for one in answers] == [(403, True)] * 3
    assert (await host.post(f"{host.path}/edit", form | {"title": "Mittendrin"})).status_code == 303
    await desk.do("close", host.stored.ids[0])
    form = typed((await host.get(f"{host.path}/edit")).text)
    later = await host.post(f"{host.path}/edit", form | {"code": "anders"})
    assert (later.status_code, fixed in later.text) == (403, True)


async def test_copy_is_its_makers_and_empty(host: Host, partner: Browser) -> None:
    """A partner's copy is the partner's own, on its day, with the questions and without links."""
    answer = await partner.post(f"{host.path}/copy", {"title": "Noch eine", "day": "2027-06-30", "code": ""})
    address = answer.headers["location"].partition("?")[0]
    code = address.rpartition("/")[2]
    page = (await partner.get(address)).text
    row = await read(host, code)
    tables = metadata.tables
    async with database_of(host.server) as database, database.read() as connection:
        event = await events.load(connection, row.id)
        links = await connection.scalars(select(tables["link"].c.id).where(tables["link"].c.event_id == row.id))
        assert links.all() == []
        assert (await details.extent(connection, row.id))[:3] == (1, 1, 0)
    assert (answer.status_code, SINGLE.text in page, row.title) == (303, True, "Noch eine")
    clocks = [f"{item.starts:%H:%M}" for item in event.items]
    assert clocks == [f"{item.starts:%H:%M}" for item in host.stored.event.items]
    assert (await host.get(address)).status_code == 404


async def test_copy_with_mistakes(host: Host) -> None:
    """They stand at their fields, with what was typed."""
    answer = await host.post(f"{host.path}/copy", {"title": MARKUP, "day": "31.4.", "code": "1"})
    marked = re.findall(r'id="(\w+)-error"', answer.text)
    assert (answer.status_code, marked, typed(answer.text)) == (
        422,
        ["day", "code"],
        {"title": MARKUP, "day": "31.4.", "code": "1"},
    )


async def test_archived_event_shows_what_was_published(host: Host, new_person: NewPerson) -> None:
    """In the archive nothing can be changed, all sockets end, the published result stays; out of it, all is back."""
    person, moderator = await new_person(host.stored), await new_person(host.stored)
    desk = await Desk.of(moderator)
    for action in ("open", "close", "show"):
        await desk.do(action, host.stored.ids[0])
    await person.get("")
    line = await person.line()
    assert (await host.post(f"{host.path}/archive", {"archive": "in"})).status_code == 303
    assert await closed(line) == (LINK_OVER, ARCHIVED)
    said = german(Forbidden("event_archived"))
    vote = {"question": str(host.stored.ids[0]), "wave": "1", "number": "1", "answer": "o1"}
    refused = [
        await person.post("/vote", vote),
        await person.post("/group", {"group": "g1"}),
        await moderator.get("/desk"),
        await moderator.post("/desk", {"action": "join_show", "seen": "0"}),
        await host.get(f"{host.path}/edit"),
        await host.post(f"{host.path}/edit", EVENT_FORM),
        await host.get(f"{host.path}/programme"),
        await host.get(f"{host.path}/programme/new"),
    ]
    assert [(one.status_code, said in one.text) for one in refused] == [(403, True)] * len(refused)
    result = await person.get(f"/results/{host.stored.ids[0]}")
    shown = [await person.get(""), await person.get("/programme"), result, await moderator.get("/desk/export/csv")]
    assert [one.status_code for one in shown] == [200] * 4
    assert "Diese Veranstaltung ist archiviert." in shown[0].text
    offered = sorted(set(re.findall(r'href="(/(?:e|organise)/[^"#]+)"', (await host.get(host.path)).text)))
    assert [path for path in offered if (await host.get(path)).status_code != 200] == []
    assert {f"{host.path}/{what}" for what in ("numbers", "export", "links", "log", "copy", "delete")} <= set(offered)
    lists = [host.path in (await host.get(page)).text for page in ("/organise", "/organise/archive")]
    assert (await host.post(f"{host.path}/archive", {"archive": "out"})).status_code == 303
    back = [host.path in (await host.get(page)).text for page in ("/organise", "/organise/archive")]
    assert (lists, back, (await moderator.get("/desk")).status_code) == ([False, True], [True, False], 200)


async def test_delete_asks_for_the_name_and_says_what_goes(host: Host, new_person: NewPerson) -> None:
    """With another name nothing goes; with the name all of it, and everybody's page is told."""
    person = await new_person(host.stored)
    desk = await Desk.of(await new_person(host.stored))
    await desk.do("open", host.stored.ids[0])
    await person.get("")
    line = await person.line()
    await line.take()
    sent = {"question": str(host.stored.ids[0]), "wave": "1", "number": "1", "answer": "o1"}
    assert (await person.post("/vote", sent)).status_code == 303
    await desk.do("close", host.stored.ids[0])
    page = (await host.get(f"{host.path}/delete")).text
    numbers = re.findall(r'<th scope="row">(.*?)</th><td>(\d+)</td>', page)
    assert [number for _, number in numbers] == ["1", "1", "1", "0"]
    wrong = await host.post(f"{host.path}/delete", {"name": MARKUP})
    assert (wrong.status_code, typed(wrong.text)["name"]) == (422, MARKUP)
    assert "Es wurde nichts gelöscht." in wrong.text
    done = await host.post(f"{host.path}/delete", {"name": f" {host.stored.event.title.upper()} "})
    assert (done.status_code, await closed(line)) == (303, (LINK_OVER, DELETED))
    gone = [await person.get(""), await person.get("/state"), await host.get(host.path)]
    assert [one.status_code for one in gone] == [404] * 3
    assert await read(host, host.stored.code) == SimpleNamespace()


async def test_event_with_the_code_of_a_deleted_one(host: Host, new_person: NewPerson) -> None:
    """Who was at the desk of the old one is a stranger at the new one, also where it got the same numbers."""
    moderator = await new_person(host.stored)
    await moderator.open("desk")
    assert (await moderator.get("/desk")).status_code == 200
    await host.post(f"{host.path}/delete", {"name": host.stored.event.title})
    again = await store(host.server, replace(draft(SINGLE), code=host.stored.code))
    fresh = await new_person(again)
    await fresh.open("desk")
    assert [(await one.get("/desk")).status_code for one in (moderator, fresh)] == [403, 200]


async def test_only_the_owner_deletes(host: Host, partner: Browser) -> None:
    """A partner is told so; somebody else's event is not there."""
    said = german(Forbidden("owner"))
    answers = [
        await partner.get(f"{host.path}/delete"),
        await partner.post(f"{host.path}/delete", {"name": host.stored.event.title}),
    ]
    assert [(one.status_code, said in one.text) for one in answers] == [(403, True)] * 2
    other = await store(host.server, draft(SINGLE))
    strange = await host.post(f"/organise/events/{other.code}/delete", {"name": other.event.title})
    assert (strange.status_code, german(Unknown("unknown_event")) in strange.text) == (404, True)
    assert (await read(host, other.code)).title == other.event.title


@pytest.mark.parametrize("language", ["de", "en"])
async def test_mistakes_are_told_in_both_languages(host: Host, language: str) -> None:
    """In the language that somebody has chosen for pages of no event."""
    host.http.cookies.set("language", language)
    page = (await host.post("/organise/new", EVENT_FORM | {"title": ""})).text
    said = {"de": "Bitte schreiben Sie einen Titel.", "en": "Please write a title."}
    assert {one: text in page for one, text in said.items()} == {one: one == language for one in said}
