"""Organisers make links, see who is on them, take them back, and read what was done by each."""

import csv
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from io import StringIO

import httpx2
import pytest
import pytest_asyncio

from poll_server.documents import journal
from poll_server.domain.contributions import Fate
from poll_server.domain.errors import Conflict, Malformed, Unknown
from poll_server.live.links import LINK_OVER
from poll_server.storage import contributions
from poll_server.storage.contributions import Hand
from tests.harness.server import Server
from tests.harness.visitor import visitor
from tests.web.accounts import account, session_cookie
from tests.web.conftest import NewEvent, NewPerson
from tests.web.events import SINGLE, Stored, database_of, draft, store
from tests.web.floor import hall
from tests.web.people import Person, german

KEY = re.compile(r"/link/([0-9a-f]{32})")


class Organiser:
    """Somebody who owns an event, in a browser that is signed in."""

    def __init__(self, stored: Stored, http: httpx2.AsyncClient) -> None:
        self.stored = stored
        self.http = http
        self.path = f"/organise/events/{stored.code}"

    async def page(self, name: str = "links") -> str:
        """A page of the event."""
        answer = await self.http.get(f"{self.path}/{name}")
        assert answer.status_code == 200
        return unescape(answer.text)

    async def send(self, **fields: str) -> httpx2.Response:
        """Send the form of the links."""
        return await self.http.post(f"{self.path}/links", data={"page": "desk", "until": "revoked"} | fields)

    async def listed(self) -> list[str]:
        """What is said of each valid link."""
        valid = (await self.page()).partition('id="valid"')[2].partition("</section>")[0]
        found = re.findall(r'<span id="link-\d+">(.*?)</span>', valid, re.S)
        return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


@pytest_asyncio.fixture
async def organiser(shared_server: Server) -> AsyncIterator[Organiser]:
    """An organiser of an event of today, with a question."""
    stored = await store(shared_server, draft(SINGLE))
    cookie = await session_cookie(shared_server, await account(shared_server, f"Orga {stored.code}", owns=stored))
    headers = {"cookie": cookie, "origin": shared_server.env["POLL_PUBLIC_URL"]}
    async with visitor(shared_server.url, headers=headers) as http:
        yield Organiser(stored, http)


async def test_link_is_shown_once_and_opens_its_page(organiser: Organiser, new_person: NewPerson) -> None:
    """The page after making shows the address, also as a QR code; no other page does; whoever opens it is counted."""
    answer = await organiser.send(name=" Anna  Muster ", until="event")
    (key,) = set(KEY.findall(answer.text))
    assert (answer.status_code, answer.headers["cache-control"], "sg-qr" in answer.text) == (200, "no-store", True)
    assert key not in await organiser.page() + await organiser.page("log") + await organiser.page("log/json")
    found = [(one.partition(" ,")[0], "Gültig bis" in one) for one in await organiser.listed()]
    assert found == [("Regie", False), ("Leinwand", False), ("Podium", False), ("Anna Muster", True)]
    person = await new_person(organiser.stored)
    opened = await person.http.post(f"{person.path}/desk/link/{key}", headers={"origin": person.origin})
    assert opened.status_code == 303
    lines = [await person.line("/desk/socket") for _ in range(2)]
    for line in lines:
        await line.take()
    assert "Jetzt offene Seiten: 2" in (await organiser.listed())[3]
    assert "Noch nicht benutzt" in (await organiser.listed())[0]


async def test_link_is_taken_back_for_whoever_is_on_it(organiser: Organiser, new_person: NewPerson) -> None:
    """Taking a link back closes its sockets before the page answers, and lists it as over; others stay."""
    person = await new_person(organiser.stored)
    await person.open("desk")
    line = await person.line("/desk/socket")
    await line.take()
    (number,) = re.findall(r'name="revoke" value="(\d+)" aria-describedby="link-\1"', await organiser.page())[:1]
    answer = await organiser.http.post(f"{organiser.path}/links", data={"revoke": number})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{organiser.path}/links?done=revoked#told")
    await line.connection.wait_closed()
    assert line.connection.close_code == LINK_OVER
    assert (await person.post("/desk", {"action": "join_show", "seen": "0"})).status_code == 403
    assert [one.partition(" ,")[0] for one in await organiser.listed()] == ["Leinwand", "Podium"]
    assert "Nicht mehr gültige Links: 1" in await organiser.page()
    again = await organiser.http.post(f"{organiser.path}/links", data={"revoke": number})
    assert again.status_code == 303


async def test_link_of_another_event_cannot_be_taken_back(organiser: Organiser, new_event: NewEvent) -> None:
    """The number of another event's link, sent to the own event, is unknown and changes nothing."""
    other = await new_event(SINGLE)
    answer = await organiser.http.post(f"{organiser.path}/links", data={"revoke": str(await other.link_id("Regie"))})
    assert (answer.status_code, german(Unknown("unknown_link")) in unescape(answer.text)) == (404, True)
    async with Person(other) as moderator:
        await moderator.open("desk")


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"name": ""}, 400, Malformed("link_name", maximum=80)),
        ({"name": "x" * 81}, 400, Malformed("link_name", maximum=80)),
        ({"name": "\N{ZERO WIDTH SPACE}\N{HANGUL FILLER}"}, 400, Malformed("link_name", maximum=80)),
        ({"name": "Regie"}, 409, Conflict("link_taken")),
        ({"name": "\N{FULLWIDTH LATIN CAPITAL LETTER R}EG\N{ZERO WIDTH JOINER}IE"}, 409, Conflict("link_taken")),
        ({"name": "Reg\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}e"}, 409, Conflict("link_alike", name="Regie")),
        ({"name": "Reg\N{ZERO WIDTH SPACE}ie"}, 400, Malformed("link_unseen")),
        ({"name": "Neu", "until": "time", "at": "2001-01-01T10:00"}, 400, Malformed("link_expires")),
        ({"name": "Neu", "until": "time", "at": "morgen"}, 400, Malformed("link_expires")),
        ({"name": "Neu", "until": "time"}, 400, Malformed("link_expires")),
        ({"name": "Neu", "until": "forever"}, 400, Malformed("malformed")),
        ({"name": "Neu", "page": "sofa"}, 400, Malformed("malformed")),
        ({"name": "Neu", "page": "audience"}, 400, Malformed("malformed")),
    ],
)
async def test_link_that_cannot_be_made(
    organiser: Organiser, fields: dict[str, str], status: int, said: Conflict | Malformed
) -> None:
    """What is wrong with a name or a time is said at the form, which keeps what was typed; no link is made."""
    answer = await organiser.send(**fields)
    assert (answer.status_code, german(said) in unescape(answer.text)) == (status, True)
    assert said.code == "malformed" or f'name="name" value="{fields["name"]}"' in answer.text
    assert len(await organiser.listed()) == 3


async def test_markup_in_a_name_is_text(organiser: Organiser) -> None:
    """A name with markup is shown as it was written, on the page of the links and in the log."""
    await organiser.send(name="<b>Anna</b>")
    for name in ("links", "log"):
        page = (await organiser.http.get(f"{organiser.path}/{name}")).text
        assert ("&lt;b&gt;Anna&lt;/b&gt;" in page, "<b>Anna" in page) == (True, False)


async def test_link_expires_in_the_zone_of_the_event(organiser: Organiser) -> None:
    """A time is one of the event's zone; at the next summer time as well."""
    year = datetime.now(UTC).year + 1
    for name, month in (("Sommer", "07"), ("Winter", "01")):
        await organiser.send(name=name, until="time", at=f"{year}-{month}-15T18:00")
    page = await organiser.page()
    assert [f'datetime="{year}-{at}"' in page for at in ("07-15T18:00:00+02:00", "01-15T18:00:00+01:00")] == [True] * 2


async def test_log_says_what_was_done_by_each_link(organiser: Organiser, new_person: NewPerson) -> None:
    """The log has links and steps, newest first, narrowed to one link, and as files."""
    await organiser.send(name="Anna")
    person = await new_person(organiser.stored)
    await person.open("desk")
    assert (await person.post("/desk", {"action": "join_show", "seen": "0"})).status_code == 303
    owner = f"Orga {organiser.stored.code}"

    def rows(page: str) -> list[list[str]]:
        lines = re.findall(r"<tr [^>]*><td .*?</tr>", page, re.S)
        cells = [re.findall(r"<td [^>]*>(.*?)</td>", line)[1:] for line in lines]
        return [[re.sub(r"<[^>]+>", "", cell) for cell in line] for line in cells]

    shown = ["Moderation, Regie", "Code auf die Leinwand gebracht", ""]
    made = [f"Veranstaltende, {owner}", "Link angelegt", "Anna"]
    assert rows(await organiser.page("log")) == [shown, made]
    assert rows(await organiser.page("log?link=Regie")) == [shown]
    written = (await organiser.http.get(f"{organiser.path}/log/csv")).content.decode("utf-8-sig")
    table = list(csv.reader(StringIO(written), delimiter=";"))
    assert [row[1:] for row in table[1:]] == [made, shown]
    answer = await organiser.http.get(f"{organiser.path}/log/json")
    assert [line["act"] for line in answer.json()["log"]] == ["link_made", "join_show"]
    assert answer.headers["content-disposition"] == f'attachment; filename="{organiser.stored.code}-log.json"'
    assert (await organiser.http.get(f"{organiser.path}/log/xml")).status_code == 404


async def test_log_has_deeds_with_questions_from_the_floor(shared_server: Server, new_person: NewPerson) -> None:
    """Deeds of moderators stand among the steps, without words of the question; those of its author do not."""
    made = await hall(shared_server, prepared=draft(SINGLE))
    one, other = await made.add(made.new(1, "Wer zahlt den Bus?"), made.new(2, "Wer zahlt die Bahn?"))
    person = await new_person(made.stored)
    await person.open("desk")
    fields = {"session": str(made.session), "label": "Verkehr", "contribution": f"{one.id}.0"}
    assert (await person.post("/desk/questions", {"action": "label"} | fields)).status_code == 303
    assert (await person.post("/desk", {"action": "join_show", "seen": "0"})).status_code == 303
    async with database_of(shared_server) as database, database.write() as connection:
        withdrawn = [(other, replace(other, fate=Fate.WITHDRAWN))]
        now = datetime.now(UTC)
        await contributions.note_deeds(connection, made.session, "withdraw", Hand("audience"), now, "", withdrawn)
    async with database_of(shared_server) as database, database.read() as connection:
        found = await journal.read(connection, made.stored.event)
    assert [(line.link, line.act, line.contribution) for line in found] == [
        ("Regie", "floor_label", one.id),
        ("Regie", "join_show", None),
    ]
    assert [line for line in found if "Bus" in line.words] == []
