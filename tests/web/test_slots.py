"""An organiser changes the programme of an event in the browser, on a real server."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from itertools import count
from urllib.parse import urlencode

import httpx2
import pytest_asyncio

from poll_server.domain.errors import Conflict, Forbidden, Unknown
from poll_server.domain.programme import EventDraft, Item, ItemDraft, ItemKind, Person
from poll_server.storage import events
from tests.harness.server import Server
from tests.web import people
from tests.web.accounts import Browser, account
from tests.web.events import SINGLE, Stored, database_of, draft, store
from tests.web.people import german

_numbers = count(1)
FORM = {"do": "save", "seen": "", "ends": "", "kind": "talk", "description": ""}


@dataclass
class Organiser:
    """Somebody who has signed in, and their event."""

    stored: Stored
    browser: Browser

    @property
    def path(self) -> str:
        """The address of the programme."""
        return f"/organise/events/{self.stored.code}/programme"

    async def items(self) -> Sequence[Item]:
        """The programme as it is stored."""
        async with database_of(self.stored.server) as database, database.read() as connection:
            return (await events.load(connection, self.stored.event.id)).items

    async def told(self) -> list[str]:
        """Each slot as it is stored: times and title."""
        return [
            f"{item.starts:%H:%M}{f'-{item.ends:%H:%M}' if item.ends else ''} {item.title}"
            for item in await self.items()
        ]

    async def seal(self, path: str = "", field: str = "programme") -> str:
        """What a form of a page says that it has seen."""
        page = (await self.browser.get(f"{self.path}{path}")).text
        return str(re.findall(f'name="{field}" value="([^"]+)"', page)[0])

    async def send(self, path: str = "", **fields: str) -> httpx2.Response:
        """Send a form."""
        return await self.browser.post(f"{self.path}{path}", fields)


def at(hour: int, minute: int = 0, day: int = 21) -> datetime:
    """A time in January, in Berlin."""
    return datetime(2027, 1, day, hour - 1, minute, tzinfo=UTC)


def programme() -> EventDraft:
    """Two days: a talk, a round with a question, a question session, the end; a workshop on the next day."""
    items = (
        ItemDraft(at(9), "Begrüßung", at(9, 30), people=(Person("Eva Klein", "Rat"),)),
        ItemDraft(at(9, 30), "Sie sind gefragt!", at(10), kind=ItemKind.ROUND, questions=(SINGLE,)),
        ItemDraft(at(10, 15), "Fragerunde", at(11), kind=ItemKind.QUESTION_SESSION),
        ItemDraft(at(11), "Ende", kind=ItemKind.END),
        ItemDraft(at(9, day=22), "Werkstatt", kind=ItemKind.WORKSHOP),
    )
    return EventDraft("Tagung", date(2027, 1, 21), "Europe/Berlin", "de", items=items)


@pytest_asyncio.fixture
async def organiser(shared_server: Server) -> AsyncIterator[Organiser]:
    """The owner of an event with a programme."""
    stored = await store(shared_server, programme())
    name = f"Nora {next(_numbers)}"
    await account(shared_server, name, owns=stored)
    async with Browser(shared_server) as browser:
        await browser.sign_in(name)
        yield Organiser(stored, browser)


async def test_slot_is_added_where_its_time_belongs(organiser: Organiser) -> None:
    """Markup is text, people with roles are stored, and it stands in the order of time; the event page shows it."""
    sent = FORM | {"title": "<b>Kaffee</b>", "starts": "2027-01-21T10:00", "ends": "2027-01-21T10:15", "kind": "break"}
    fields = [*sent.items(), ("name", "Ute Berg"), ("role", "Küche"), ("name", ""), ("role", "")]
    headers = {"origin": organiser.browser.origin, "content-type": "application/x-www-form-urlencoded"}
    body = urlencode(fields)
    saved = await organiser.browser.http.post(f"{organiser.path}/new", content=body, headers=headers)
    items = await organiser.items()
    assert (saved.status_code, items[2].title, items[2].people) == (
        303,
        "<b>Kaffee</b>",
        (Person("Ute Berg", "Küche"),),
    )
    pages = [(await organiser.browser.get(path)).text for path in (organiser.path, organiser.path[:-10])]
    assert ["<b>Kaffee</b>" in page for page in pages] == [False, False]
    assert ["&lt;b&gt;Kaffee&lt;/b&gt;" in page for page in pages] == [True, True]


async def test_wrong_fields_are_told_beside_them(organiser: Organiser) -> None:
    """An end before the start, no title, a time that is none: each beside its field, what was typed stays."""
    slot = f"/{(await organiser.items())[0].id}"
    before, seen = await organiser.told(), await organiser.seal(slot, "seen")
    sent = FORM | {"seen": seen, "title": " ", "starts": "2027-01-21T09:00", "ends": "2027-01-21T08:59"}
    page = await organiser.send(slot, **sent)
    wrong = re.findall(r'<p class="kern-error" id="(\w+)-error"', page.text)
    assert (page.status_code, wrong, 'value="2027-01-21T08:59"' in page.text) == (422, ["title", "ends"], True)
    wrong_times = [
        await organiser.send("/new", **FORM | {"title": "Punkt", "starts": starts})
        for starts in ("", "32.13.2027", "2027-03-28T02:30", "1999-12-31T10:00")
    ]
    assert [
        (one.status_code, re.findall(r'<p class="kern-error" id="(\w+)-error"', one.text)) for one in wrong_times
    ] == [(422, ["starts"])] * 4
    assert await organiser.told() == before


async def test_second_of_two_is_told_and_loses_nothing(organiser: Organiser) -> None:
    """Both versions stand on the page; saved again, the second takes the place of the first."""
    slot = f"/{(await organiser.items())[0].id}"
    seen = await organiser.seal(slot, "seen")
    form = FORM | {"seen": seen, "starts": "2027-01-21T09:00", "ends": "2027-01-21T09:30"}
    assert (await organiser.send(slot, **form, title="Erste")).status_code == 303
    page = await organiser.send(slot, **form, title="Zweite")
    assert (page.status_code, german(Conflict("slot_changed")) in unescape(page.text)) == (409, True)
    assert ("<bdi>Erste</bdi>" in page.text, 'value="Zweite"' in page.text) == (True, True)
    again = re.findall('name="seen" value="([^"]+)"', page.text)[0]
    assert (await organiser.send(slot, **form | {"seen": again}, title="Zweite")).status_code == 303
    assert (await organiser.told())[0] == "09:00-09:30 Zweite"
    await organiser.send(slot, **form | {"do": "delete", "seen": await organiser.seal(slot, "seen")}, title="x")
    gone = await organiser.send(slot, **form, title="Dritte")
    assert (gone.status_code, german(Unknown("unknown_slot")) in gone.text) == (404, True)
    assert ('value="Dritte"' in gone.text, f'action="{organiser.path}/new"' in gone.text) == (True, True)


async def test_deleting_keeps_the_questions_of_a_round(organiser: Organiser) -> None:
    """A round with questions stays outside the programme; a question session that has not begun goes with its slot."""
    _, round_, session, _, _ = await organiser.items()
    for one in (round_, session):
        slot = f"/{one.id}"
        page = (await organiser.browser.get(f"{organiser.path}{slot}")).text
        assert ("Seine Fragen (1)" in page) == (one is round_)
        form = FORM | {"do": "delete", "title": "x", "starts": "", "seen": await organiser.seal(slot, "seen")}
        assert (await organiser.send(slot, **form)).status_code == 303
    async with database_of(organiser.stored.server) as database, database.read() as connection:
        event = await events.load(connection, organiser.stored.event.id)
    assert [(one.item_id, len(one.questions)) for one in event.rounds] == [(None, 1)]
    assert [item.title for item in event.items] == ["Begrüßung", "Ende", "Werkstatt"]


async def test_session_begins_and_ends_with_the_kind_of_its_slot(organiser: Organiser) -> None:
    """A slot that becomes a question session has a page for it at once; one that is none any more has not."""
    talk, _, session, _, _ = await organiser.items()
    questions = f"/e/{organiser.stored.code}/questions"
    for one, kind in ((session, "talk"), (talk, "question_session")):
        slot = f"/{one.id}"
        form = FORM | {"title": one.title, "kind": kind, "starts": f"{one.starts:%Y-%m-%dT%H:%M}"}
        assert (await organiser.send(slot, **form)).status_code == 409
        assert (await organiser.send(slot, **form | {"seen": await organiser.seal(slot, "seen")})).status_code == 303
        page = await organiser.browser.get(questions)
        assert page.status_code == (200 if kind == "question_session" else 404)


async def test_slot_moves_among_those_of_its_day(organiser: Organiser) -> None:
    """Each keeps its length and the gap stays; at the edge of the day, and on what is old, a sentence."""
    items = await organiser.items()
    seal = await organiser.seal()
    moved = await organiser.send(item=str(items[0].id), places="1", programme=seal)
    assert (moved.status_code, moved.headers["location"]) == (
        303,
        f"{organiser.path}?at={items[0].id}#down-{items[0].id}",
    )
    assert (await organiser.told())[:3] == [
        "09:00-09:30 Sie sind gefragt!",
        "09:30-10:00 Begrüßung",
        "10:15-11:00 Fragerunde",
    ]
    late = await organiser.send(item=str(items[0].id), places="1", programme=seal)
    assert (late.status_code, german(Conflict("programme_changed")) in late.text) == (409, True)
    seal = await organiser.seal()
    refused = [await organiser.send(item=str(items[at].id), places="-1", programme=seal) for at in (1, 3, 4)]
    assert [(one.status_code, german(Forbidden("slot_edge")) in one.text) for one in refused] == [(403, True)] * 3


async def test_programme_goes_on_later_for_everybody(organiser: Organiser) -> None:
    """What follows on the day moves, what goes on until then is extended, the next day stays; the audience reads it."""
    items = await organiser.items()
    sent = await organiser.send(item=str(items[1].id), by="later", programme=await organiser.seal())
    assert sent.status_code == 303
    assert await organiser.told() == [
        "09:00-09:35 Begrüßung",
        "09:35-10:05 Sie sind gefragt!",
        "10:20-11:05 Fragerunde",
        "11:05 Ende",
        "09:00 Werkstatt",
    ]
    page = (await organiser.browser.get(f"/e/{organiser.stored.code}/programme")).text
    assert "9:35" in page
    far = await organiser.send(item=str(items[1].id), by="now", programme=await organiser.seal())
    assert (far.status_code, german(Forbidden("not_now")) in far.text) == (403, True)


async def test_moderator_moves_the_programme_at_the_desk(shared_server: Server) -> None:
    """The desk offers what is on and what comes next; a press moves all that follow, and on an old page it is told."""
    stored = await store(shared_server, draft())
    async with people.Person(stored) as moderator:
        await moderator.open("desk")
        path = f"/e/{stored.code}/desk"
        page = (await moderator.http.get(path)).text
        seal = re.findall('name="programme" value="([^"]+)"', page)[0]
        item = re.findall('name="item" value="([^"]+)"', page)[0]
        fields = {"action": "shift", "item": item, "by": "later", "programme": seal}
        headers = {"origin": shared_server.env["POLL_PUBLIC_URL"]}
        sent = await moderator.http.post(path, data=fields, headers=headers)
        again = await moderator.http.post(path, data=fields, headers=headers)
    assert (sent.status_code, again.status_code) == (303, 409)
    assert german(Conflict("programme_changed")) in again.text
    async with database_of(shared_server) as database, database.read() as connection:
        event = await events.load(connection, stored.event.id)
    before = stored.event.items[1]
    assert before.ends is not None
    five = timedelta(minutes=5)
    assert (event.items[1].starts, event.items[1].ends) == (before.starts + five, before.ends + five)
    assert event.items[0].ends == event.items[1].starts
