"""What a server writes while an event runs names nobody and tells nothing of what was answered."""

import re
from dataclasses import replace
from hashlib import blake2b
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from poll_server.domain.programme import Option
from tests.harness.server import StartServer
from tests.web.events import SINGLE, Stored, draft, store
from tests.web.people import Desk, Person, ballot_form
from tests.web.test_locked_database import locked

ADDRESS = "203.0.113.77"
BROWSER = "Kennbrowser/73"
QUESTION = replace(SINGLE, options=(Option("wahl73", "Wohnraum73"), Option("wahl74", "Radwege74")))
ANSWERS = ["wahl73", "wahl74", "Wohnraum73", "Radwege74"]


async def visit(stored: Stored, person: Person) -> list[str]:
    """Come with a known address and browser, and take part by socket and form; return what is private of it."""
    person.http.headers |= {"user-agent": BROWSER, "x-forwarded-for": ADDRESS}
    page = await person.get()
    line = await person.line(**{"user-agent": BROWSER, "x-forwarded-for": ADDRESS})
    form = ballot_form(page.text)
    assert form is not None
    first, second = str(uuid4()), str(uuid4())
    assert (await line.vote(form, "wahl73", submission=first)).state == "counted"
    fields = form | {"answer": "wahl74", "number": "2", "submission": second}
    assert (await person.post("/vote", fields, HX_Request="true")).status_code == 200
    assert (await person.post("/vote", form | {"answer": "wahl73"})).status_code == 303
    await misbehave(person, form)
    await line.send("x" * 20_000)
    with pytest.raises(ConnectionClosed):
        await line.until(lambda frame: False)
    cookie = person.http.cookies["participant"]
    participant, _, signature = cookie.partition(".")
    pseudonym = blake2b(participant.encode(), key=stored.pseudonym_key, digest_size=16).hexdigest()
    return [participant, signature, pseudonym, first, second]


async def misbehave(person: Person, form: dict[str, str]) -> None:
    """Do what the server refuses."""
    assert (await person.post("/vote", form | {"answer": "wahl99"})).status_code == 422
    assert (await person.post("/vote", {"answer": "wahl73"})).status_code == 400
    assert (await person.post("/vote", form, origin="https://elsewhere.example")).status_code == 403
    assert (await person.http.get("/e/gibtesnicht")).status_code == 404
    with pytest.raises(InvalidStatus):
        await person.line("/desk/socket")


@pytest.mark.parametrize("level", ["info", "debug"])
async def test_logs_name_nobody(start_server: StartServer, level: str) -> None:
    """After a round with votes, mistakes and a locked database no log line has an address, cookie, name or answer."""
    stored = await store(await start_server({"POLL_LOG_LEVEL": level}), draft(QUESTION))
    private = [ADDRESS, BROWSER, "elsewhere.example", *ANSWERS]
    async with Person(stored) as moderator, Person(stored) as anna, Person(stored) as bert:
        desk = await Desk.of(moderator)
        await desk.do("open", stored.ids[0])
        for person in (anna, bert):
            private += await visit(stored, person)
        fields = {"question": str(stored.ids[0]), "wave": "1", "number": "7", "answer": "wahl74"}
        with locked(stored.server):
            assert (await anna.post("/vote", fields)).status_code == 503
        for action in ("close", "show"):
            await desk.do(action, stored.ids[0])
        assert (await anna.get(f"/results/{stored.ids[0]}")).status_code == 200
        private += [moderator.http.cookies["moderator"], stored.link("desk").rpartition("/")[2]]
    await stored.server.stop()
    lines = [line for line in stored.server.logs().splitlines() if not line.startswith("Serving http://")]
    told = [(word, line) for word in private for line in lines if word in line]
    addresses = [line for line in lines if re.search(r"\b\d+\.\d+\.\d+\.\d+\b", line)]
    assert (told, addresses) == ([], [])
    assert any("ballots not written" in line for line in lines)
