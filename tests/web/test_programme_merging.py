"""An organiser pastes a programme into an event that is there, on a real server."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import unescape
from itertools import count
from zoneinfo import ZoneInfo

import httpx2
import pytest_asyncio

from poll_server.domain.access import Role
from poll_server.domain.contributions import SessionState
from poll_server.domain.errors import Conflict, Forbidden, Malformed
from poll_server.domain.merging import Way, merge
from poll_server.domain.programme import EventDraft, ItemDraft, ItemKind
from poll_server.domain.rounds import Event
from poll_server.storage import contributions, events, journal, rehearsal, slots
from poll_server.storage.journal import Line
from tests.harness.server import Server
from tests.web.accounts import Browser, account
from tests.web.events import SINGLE, Stored, database_of, store
from tests.web.people import Desk, Person, german

_numbers = count(1)
PROGRAMME = """\
Neues Programm
21.1.2027

8.30 Uhr\tAnkommen
9.00 Uhr\tBegrüßung
10.00 Uhr\tSie sind gefragt!
11–10 Uhr\t<b>Verdreht</b>

Irgendetwas
"""
SCHEDULE = b"""{"schedule": {"conference": {"title": "Tag", "time_zone_name": "America/New_York", "days": [{"rooms":
{"Saal": [{"title": "Wege", "date": "2027-01-21T10:00:00+01:00", "duration": "00:30"}]}}]}}}"""


def at(hour: int, minute: int = 0) -> datetime:
    """A time of the event's day, in Berlin."""
    return datetime(2027, 1, 21, hour - 1, minute, tzinfo=UTC)


def programme() -> EventDraft:
    """A talk, two rounds with a question each, a question session, a break."""
    items = (
        ItemDraft(at(9), "Begrüßung", at(9, 30)),
        ItemDraft(at(9, 30), "Sie sind gefragt!", at(10), kind=ItemKind.ROUND, questions=(SINGLE,)),
        ItemDraft(at(10), "Abschluss", at(10, 15), kind=ItemKind.ROUND, questions=(SINGLE,)),
        ItemDraft(at(10, 15), "Fragerunde", at(11), kind=ItemKind.QUESTION_SESSION),
        ItemDraft(at(11), "Pause", kind=ItemKind.BREAK),
    )
    return EventDraft("Tagung", date(2027, 1, 21), "Europe/Berlin", "de", items=items)


@dataclass
class Organiser:
    """Somebody who has signed in, and their event."""

    name: str
    stored: Stored
    browser: Browser

    @property
    def path(self) -> str:
        """The address of the page."""
        return f"/organise/events/{self.stored.code}/programme/paste"

    async def send(
        self, text: str, files: Mapping[str, tuple[str, bytes]] | None = None, **more: str
    ) -> httpx2.Response:
        """Send the form with these fields."""
        fields = {"text": text, "day": "2027-01-21", "seen": "", "looked": ""} | more
        headers = {"origin": self.browser.origin}
        sent = {name: (None, value) for name, value in fields.items()} | dict(files or {})
        return await self.browser.http.post(self.path, files=sent, headers=headers)

    async def save(self, page: str, way: Way) -> httpx2.Response:
        """Press the button to save on a page that shows what was understood."""
        text = unescape(re.findall(r"(?s)<textarea[^>]*>\n(.*?)</textarea>", page)[0])
        fields = dict(re.findall(r'name="(seen|looked)" value="([^"]+)"', page))
        return await self.send(text, way=way, save="yes", **fields)

    async def event(self) -> Event:
        """The event as it is stored."""
        async with database_of(self.stored.server) as database, database.read() as connection:
            return await events.load(connection, self.stored.event.id)

    async def told(self) -> list[str]:
        """Each slot as it is stored: times and title."""
        return [
            f"{item.starts:%H:%M}{f'-{item.ends:%H:%M}' if item.ends else ''} {item.title}"
            for item in (await self.event()).items
        ]


@pytest_asyncio.fixture
async def organiser(shared_server: Server) -> AsyncIterator[Organiser]:
    """The owner of an event with a programme."""
    stored = await store(shared_server, programme())
    name = f"Pia {next(_numbers)}"
    await account(shared_server, name, owns=stored)
    async with Browser(shared_server) as browser:
        await browser.sign_in(name)
        yield Organiser(name, stored, browser)


async def ask(organiser: Organiser, at: int) -> None:
    """Open a question and close it again."""
    async with Person(organiser.stored) as moderator:
        desk = await Desk.of(moderator)
        for action in ("open", "close"):
            await desk.do(action, organiser.stored.ids[at])


def consequences(page: str, way: Way) -> dict[str, Sequence[str]]:
    """What the page says would become of the slots, by heading."""
    said = page.partition(f'id="way-{way}-does">')[2].partition("</div>")[0]
    parts = re.findall(r'(?s)<p><b>([^<]*)</b></p>\s*<ul class="sg-lines">(.*?)</ul>', said)
    return {heading: re.findall(r"<bdi>(.*?)</bdi>", items) for heading, items in parts}


KEEP, STAY, GO = (
    "Behalten ihre Fragen und Antworten:",
    "Bleiben, wie sie sind, weil dort schon gefragt wurde:",
    "Werden gelöscht:",
)


async def test_event_leads_to_the_page(organiser: Organiser) -> None:
    """The event's page and that of its programme have a link to it; the empty form has the event's day."""
    for path in (organiser.path.removesuffix("/programme/paste"), organiser.path.removesuffix("/paste")):
        assert f'href="{organiser.path}"' in (await organiser.browser.get(path)).text
    page = await organiser.browser.get(organiser.path)
    assert (page.status_code, 'value="2027-01-21"' in page.text, page.text.count("<script")) == (200, True, 0)


async def test_added_programme_is_shown_before_it_is_saved(organiser: Organiser) -> None:
    """What was understood stands there with the lines that were not; added, what was there stays as it was."""
    before = await organiser.told()
    page = await organiser.send(PROGRAMME, look="yes")
    assert (page.status_code, re.findall(r"<li><b>Zeile (\d+)</b>", page.text)) == (200, ["7", "9"])
    assert re.findall(r"<bdi>([^<]*)</bdi><p", page.text) == [
        "Ankommen",
        "Begrüßung",
        "Sie sind gefragt!",
        "&lt;b&gt;Verdreht&lt;/b&gt;",
    ]
    there = "Stehen schon im Programm und kommen nicht noch einmal hinzu:"
    assert consequences(page.text, Way.ADD) == {there: ["Begrüßung"]}
    assert await organiser.told() == before
    saved = await organiser.save(page.text, Way.ADD)
    assert (saved.status_code, saved.headers["location"].partition("?")[2]) == (303, "done=add#told")
    assert await organiser.told() == [
        "08:30-09:00 Ankommen",
        "09:00-09:30 Begrüßung",
        "09:30-10:00 Sie sind gefragt!",
        "10:00-10:15 Abschluss",
        "10:00-11:00 Sie sind gefragt!",
        "10:15-11:00 Fragerunde",
        "11:00 Pause",
        "11:00 <b>Verdreht</b>",
    ]
    done = await organiser.browser.get(saved.headers["location"])
    assert "Das Programm wurde ergänzt." in done.text
    public = (await organiser.browser.get(f"/e/{organiser.stored.code}/programme")).text
    assert ("Ankommen" in public, "<b>Verdreht</b>" in public) == (True, False)


async def test_replaced_programme_keeps_what_people_were_asked(organiser: Organiser) -> None:
    """A round of the same name moves with its question, one that was asked stays, the rest goes; all of it is said."""
    await ask(organiser, 1)
    page = await organiser.send(PROGRAMME, look="yes")
    assert consequences(page.text, Way.REPLACE) == {
        KEEP: ["Sie sind gefragt!"],
        STAY: ["Abschluss"],
        GO: ["Fragerunde", "Pause"],
    }
    assert (await organiser.save(page.text, Way.REPLACE)).status_code == 303
    assert await organiser.told() == [
        "08:30-09:00 Ankommen",
        "09:00-10:00 Begrüßung",
        "10:00-11:00 Sie sind gefragt!",
        "10:00-10:15 Abschluss",
        "11:00 <b>Verdreht</b>",
    ]
    after = await organiser.event()
    titles = {item.id: item.title for item in after.items}
    assert {titles[round_.item_id or 0]: len(round_.questions) for round_ in after.rounds} == {
        "Abschluss": 1,
        "Sie sind gefragt!": 1,
    }
    assert (await organiser.browser.get(f"/e/{organiser.stored.code}/questions")).status_code == 404
    async with database_of(organiser.stored.server) as database, database.read() as connection:
        *_, noted = await journal.lines(connection, after.id, ZoneInfo("UTC"))
    assert noted.line == Line(noted.line.hand, "programme_replaced", None, "Neues Programm")
    assert noted.line.hand == (Role.ORGANISER, organiser.name)


async def test_prepared_questions_stay_outside_the_programme(organiser: Organiser) -> None:
    """The question of a round that goes is said to stay, and does."""
    page = await organiser.send("21.1.2027\n9 Uhr Los", look="yes")
    assert consequences(page.text, Way.REPLACE)[GO] == [
        "Begrüßung",
        "Sie sind gefragt!",
        "Abschluss",
        "Fragerunde",
        "Pause",
    ]
    assert "Dort vorbereitete Fragen: 2." in page.text
    assert (await organiser.save(page.text, Way.REPLACE)).status_code == 303
    assert [(one.item_id, len(one.questions)) for one in (await organiser.event()).rounds] == [(None, 1), (None, 1)]


async def test_opened_question_time_stays(organiser: Organiser) -> None:
    """A session that has begun keeps its slot, whichever button; a new one has its page at once."""
    async with database_of(organiser.stored.server) as database:
        async with database.read() as connection:
            (session,) = (await contributions.sessions(connection, organiser.stored.event.id)).values()
        async with database.write() as connection:
            await contributions.take_step(connection, session, SessionState.OPEN, rehearsal=False)
    page = await organiser.send("21.1.2027\n9 Uhr Los\n10 Uhr Fragerunde II", look="yes")
    assert consequences(page.text, Way.REPLACE)[STAY] == ["Fragerunde"]
    assert (await organiser.save(page.text, Way.REPLACE)).status_code == 303
    assert await organiser.told() == ["09:00-10:00 Los", "10:00 Fragerunde II", "10:15-11:00 Fragerunde"]
    assert (await organiser.browser.get(f"/e/{organiser.stored.code}/questions")).status_code == 200


async def test_second_of_two_is_told_and_loses_nothing(organiser: Organiser) -> None:
    """Who saves on what has changed reads so, with the text kept and the present consequences; then it can be saved."""
    first, second = [await organiser.send(PROGRAMME, look="yes") for _ in range(2)]
    assert (await organiser.save(first.text, Way.ADD)).status_code == 303
    between = await organiser.told()
    late = await organiser.save(second.text, Way.REPLACE)
    assert (late.status_code, german(Conflict("programme_pasted")) in unescape(late.text)) == (409, True)
    assert (await organiser.told(), "Ankommen" in late.text, 'id="way-replace" aria' in late.text) == (
        between,
        True,
        True,
    )
    assert GO in consequences(late.text, Way.REPLACE)
    assert (await organiser.save(late.text, Way.REPLACE)).status_code == 303
    assert "Pause" not in " ".join(await organiser.told())


async def test_text_that_was_changed_is_shown_first(organiser: Organiser) -> None:
    """What nobody has seen as understood is not saved, whichever button is pressed."""
    before = await organiser.told()
    page = (await organiser.send(PROGRAMME, look="yes")).text
    changed = await organiser.save(page.replace("8.30 Uhr", "8.45 Uhr"), Way.REPLACE)
    assert (changed.status_code, "8:45" in changed.text, await organiser.told()) == (200, True, before)
    assert (await organiser.save(changed.text, Way.ADD)).status_code == 303


async def test_times_are_those_of_the_event(organiser: Organiser) -> None:
    """Times without a date are on the day of the form, schedule.json's on the event's clocks; a file is shown first."""
    page = await organiser.send("9 Uhr Los", day="2027-01-22", look="yes")
    assert "Punkte an anderen Tagen als denen der Veranstaltung: 1." in page.text
    file = await organiser.send("", {"file": ("schedule.json", SCHEDULE)}, way="replace", save="yes")
    assert (file.status_code, len(await organiser.told())) == (200, 5)
    assert (await organiser.save(file.text, Way.REPLACE)).status_code == 303
    assert await organiser.told() == ["10:00-10:30 Wege"]


async def test_bad_pastes_are_answered_and_change_nothing(organiser: Organiser) -> None:
    """Too much, nothing, an impossible day, no text, another schedule.json, a way that is none: each is told."""
    before = await organiser.event()
    much = "9 Uhr Los\n" * 500_000
    sent: dict[str, tuple[int, httpx2.Response]] = {
        "höchstens 200": (422, await organiser.send(much, save="yes", look="yes")),
        "eine schedule.json höchstens 4\N{NO-BREAK SPACE}MB": (
            422,
            await organiser.send("Bleibt", {"file": ("p.txt", much.encode())}, save="yes"),
        ),
        "kein Programmpunkt mit Tag und Uhrzeit": (422, await organiser.send("", look="yes")),
        "Dieses Datum gibt es": (422, await organiser.send("31.2.2027\n9 Uhr Los", save="yes")),
        german(Malformed("no_text")): (400, await organiser.send("Bleibt", {"file": ("b.png", bytes(range(32)) * 9)})),
        "keine schedule.json": (422, await organiser.send('{"slots": []}', save="yes")),
        german(Malformed("malformed")): (400, await organiser.send(PROGRAMME, way="both", save="yes")),
    }
    told = {words: (answer.status_code, words in unescape(answer.text)) for words, (_, answer) in sent.items()}
    assert told == {words: (status, True) for words, (status, _) in sent.items()}
    kept = [words for words, (_, answer) in sent.items() if ">\nBleibt</textarea>" in answer.text]
    assert kept == ["eine schedule.json höchstens 4\N{NO-BREAK SPACE}MB", german(Malformed("no_text"))]
    assert await organiser.event() == before


async def test_programme_of_a_command_comes_with_the_next_step(organiser: Organiser) -> None:
    """A running server refuses one step of a desk, then has the new programme and its question time."""
    await organiser.browser.get(organiser.path)
    event = await organiser.event()
    session = ItemDraft(at(12), "Fragen an alle", kind=ItemKind.QUESTION_SESSION)
    async with database_of(organiser.stored.server) as database, database.write() as connection:
        await slots.merge(connection, event, merge(event, [session], Way.REPLACE, ()))
    async with Person(organiser.stored) as moderator:
        desk = await Desk.of(moderator)
        assert await desk.say("open", organiser.stored.ids[0]) == "conflict"
    page = ""
    for _ in range(100):
        page = (await organiser.browser.get(f"/e/{organiser.stored.code}/questions")).text
        if "Fragen an alle" in page:
            break
    assert "Fragen an alle" in page


async def test_rehearsed_event_stays_as_it_is(organiser: Organiser) -> None:
    """Wiping the rehearsal would not take the programme back, so none comes into it; the text stays."""
    before, stored = await organiser.told(), organiser.stored
    async with database_of(stored.server) as database, database.write() as connection:
        await rehearsal.begin(connection, stored.event, stored.event.revision)
    page = (await organiser.send(PROGRAMME, look="yes")).text
    refused = await organiser.save(page, Way.ADD)
    assert (refused.status_code, german(Forbidden("rehearsal")) in refused.text, "8.30 Uhr" in refused.text) == (
        403,
        True,
        True,
    )
    assert await organiser.told() == before
    desk = f"/e/{stored.code}/desk"
    for _ in range(20):  # the simulated people take steps meanwhile
        seen = re.findall(r'name="seen" value="(\d+)"', (await organiser.browser.get(desk)).text)[0]
        if (await organiser.browser.post(desk, {"action": "rehearsal_wipe", "seen": seen})).status_code == 303:
            break


async def test_archived_event_stays_as_it_is(organiser: Organiser) -> None:
    """Nothing comes into an event in the archive, also from a page that was opened before."""
    before = await organiser.told()
    page = (await organiser.send(PROGRAMME, look="yes")).text
    archived = f"/organise/events/{organiser.stored.code}/archive"
    assert (await organiser.browser.post(archived, {"archive": "in"})).status_code == 303
    closed = await organiser.save(page, Way.ADD)
    assert (closed.status_code, german(Forbidden("event_archived")) in closed.text) == (403, True)
    assert await organiser.told() == before
