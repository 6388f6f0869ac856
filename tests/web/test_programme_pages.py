"""An organiser pastes a programme, looks at what was understood, and saves it."""

import re
import time
from collections.abc import AsyncIterator
from html import unescape
from itertools import count

import httpx2
import pytest_asyncio

from poll_server.domain.errors import Malformed, Refused
from tests.harness.server import Server
from tests.harness.visitor import visitor
from tests.web.accounts import account, session_cookie
from tests.web.people import german

PATH = "/organise/programme"
FIELDS = {"text": "", "title": "", "zone": "", "language": "de", "day": ""}
PROGRAMME = """\
Tag der Orte
21.1.2027

9.00 Uhr\tBegrüßung
9.15 Uhr\tSie sind gefragt!
10–9 Uhr\t<b>Verdreht</b>

Irgendetwas
"""
SERIES = "Abende\n\n11.3.2027, 18.30 – 20 Uhr\nWohnen\n\n8.4.2027, 18.30 Uhr\nWege\n"
_numbers = count(1)


class Organiser:
    """Somebody who has signed in, with a browser of their own."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def send(self, text: str, files: dict[str, tuple[str, bytes]] | None = None, **more: str) -> httpx2.Response:
        """Send the form, as browsers do one with a file."""
        fields = {name: (None, value) for name, value in (FIELDS | {"text": text} | more).items()}
        return await self.client.post(PATH, files={**fields, **(files or {})})

    async def events(self) -> list[str]:
        """The titles of the own events."""
        page = (await self.client.get("/organise")).text
        return [unescape(title) for title in re.findall(r"<b>([^<]+)</b>(?! <small>)", page.partition("sg-events")[2])]


@pytest_asyncio.fixture
async def organiser(shared_server: Server) -> AsyncIterator[Organiser]:
    """Somebody without any event."""
    cookie = await session_cookie(shared_server, await account(shared_server, f"Eva {next(_numbers)}"))
    headers = {"cookie": cookie, "origin": shared_server.env["POLL_PUBLIC_URL"]}
    async with visitor(shared_server.url, headers=headers) as client:
        yield Organiser(client)


def told(page: str) -> list[str]:
    """The numbers of the lines that something is said of."""
    return re.findall(r"<li><b>Zeile (\d+)</b>", page)


async def test_paste_is_shown_as_understood_and_saved(organiser: Organiser) -> None:
    """What was understood stands there with the odd lines and those that were not; saved, it is the organiser's own."""
    seen = await organiser.send(PROGRAMME, look="yes")
    assert (seen.status_code, told(seen.text), await organiser.events()) == (200, ["6", "8"], [])
    assert re.findall(r"<bdi>([^<]*)</bdi><p", seen.text) == [
        "Begrüßung",
        "Sie sind gefragt!",
        "&lt;b&gt;Verdreht&lt;/b&gt;",
    ]
    assert unescape(re.findall(r"(?s)<textarea[^>]*>\n(.*?)</textarea>", seen.text)[0]) == PROGRAMME
    assert seen.text.count("<p><b><bdi>Tag der Orte</bdi></b></p>") == 1
    saved = await organiser.send(PROGRAMME, title="Tag der Städte", save="yes")
    assert (saved.status_code, await organiser.events()) == (303, ["Tag der Städte"])
    own = await organiser.client.get(saved.headers["location"])
    assert (own.status_code, own.text.count("<script"), "Sie sind gefragt!" in own.text) == (200, 0, True)


async def test_series_is_saved_as_its_events(organiser: Organiser) -> None:
    """Date lines become an event each, all of them the organiser's own, who reads the address of the series."""
    saved = await organiser.send(SERIES, save="yes", zone="Europe/Lisbon")
    assert (saved.status_code, sorted(await organiser.events())) == (303, ["Wege", "Wohnen"])
    told = (await organiser.client.get(saved.headers["location"])).text
    (public,) = re.findall(r'href="(/s/[^"]+)"', told)
    assert (await organiser.client.get(public)).status_code == 200


async def test_file_comes_into_the_field_first(organiser: Organiser) -> None:
    """A file is shown and not saved at once, whatever button; one from Windows with a word about its letters."""
    file = ("tag.csv", "Datum;Zeit;Titel\r\n21.1.2027;9:30;Begrüßung\r\n".encode("cp1252"))
    seen = await organiser.send("", {"file": file}, title="Tag", save="yes")
    assert (seen.status_code, "wie Windows schreibt" in seen.text, "21.1.2027;9:30;Begrüßung" in seen.text) == (
        200,
        True,
        True,
    )
    assert await organiser.events() == []


async def test_bad_pastes_are_answered_and_save_nothing(organiser: Organiser) -> None:
    """No programme, no title, an unknown zone, no text: each a sentence at the form, and nothing is saved."""
    foreign = await organiser.send("Débat\n9h30 Accueil", save="yes")
    assert (foreign.status_code, "kein Programmpunkt mit Tag und Uhrzeit" in foreign.text, told(foreign.text)) == (
        422,
        True,
        ["2"],
    )
    for title in ("", "\N{ZERO WIDTH SPACE}"):
        nameless = await organiser.send("21.1.2027\n9 Uhr Los", save="yes", title=title)
        assert (nameless.status_code, german(Refused("untitled")) in nameless.text) == (422, True)
    zone = await organiser.send(PROGRAMME, save="yes", zone="Mond")
    assert (zone.status_code, german(Refused("unknown_zone")) in zone.text) == (422, True)
    picture = await organiser.send("", {"file": ("bild.png", bytes(range(32)) * 9)}, save="yes")
    assert (picture.status_code, german(Malformed("no_text")) in picture.text) == (400, True)
    odd = [await organiser.send(PROGRAMME, language="xx"), await organiser.send(PROGRAMME, day="gestern")]
    assert [one.status_code for one in odd] == [400, 400]
    assert await organiser.events() == []


async def test_what_is_too_long_is_told_and_the_rest_of_the_form_stays(organiser: Organiser) -> None:
    """Of 5 MB pasted or uploaded the limit is told at once; title, day, zone and what was typed are still there."""
    much, rest = (
        "9 Uhr Los\n" * 500_000,
        {"title": "Mein Tag", "zone": "Europe/Lisbon", "day": "2027-01-21", "save": "yes"},
    )
    words = "höchstens 200\N{NARROW NO-BREAK SPACE}000 Zeichen, eine schedule.json höchstens 4\N{NO-BREAK SPACE}MB"
    schedule = b'{"schedule": "' + b"x" * 5_000_000 + b'"}'
    began = time.monotonic()
    for text, file in ((much, b""), ("Getippt", much.encode()), ("Getippt", schedule)):
        files = {"file": ("tag.txt", file)} if file else None
        sent = await organiser.send(text, files, **rest)
        kept = re.findall(r'value="(Mein Tag|2027-01-21)"|<option selected>([^<]+)', sent.text)
        assert (sent.status_code, words in sent.text) == (422, True)
        assert kept == [("Mein Tag", ""), ("2027-01-21", ""), ("", "Europe/Lisbon")]
        assert sent.text.count(f"\n{text}</textarea>") == 1
    assert time.monotonic() - began < 20
    beyond = await organiser.send("x" * 9_000_000, None, **rest)
    assert (beyond.status_code, words in beyond.text, await organiser.events()) == (422, True, [])
