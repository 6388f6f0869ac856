"""What a server writes while an event runs names nobody and tells nothing of what was answered."""

import re
from dataclasses import replace
from hashlib import blake2b
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from poll_server.domain.programme import Option
from tests.harness.server import StartServer
from tests.web.events import SINGLE, Stored, draft, store
from tests.web.floor import Hall, hall
from tests.web.people import Desk, Person, Tags, ballot_form
from tests.web.test_locked_database import locked
from tests.web.test_moderation import Moderator

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


SAID = ("Wann73", "Warum73", "Frage73", "Wortlaut73", "Notiz73", "Marke73", "Amt73", "Entwurf73", "Antwort73")
NAMED = ("Anna73", "Depp73", "Grund73", "Suche73")


async def test_logs_tell_nothing_of_the_floor(start_server: StartServer) -> None:
    """After a question's whole life, with mistakes and a locked database, no line has a text, a name or a key."""
    prepared = replace(draft(), decline_reasons=("Grund73",), blocked_words={"de": ("Depp73",)})
    made = await hall(await start_server({"POLL_LOG_LEVEL": "debug"}), prepared=prepared)
    async with Person(made.stored) as person, Person(made.stored) as anna, Person(made.stored) as bert:
        moderator = Moderator(person, made)
        await person.open("desk")
        private = [*SAID, *NAMED, ADDRESS, BROWSER, await ask(made, anna), await ask(made, bert)]
        page = Tags((await anna.get("/questions")).text)
        first, second = (tag["data-submitted"] for tag in page.having("data-submitted")[::-1])
        one, two = (replace(made.new(1), id=int(id_)) for id_ in (first, second))
        await moderator.do("accept", one, text="Wie lautet Wortlaut73?")
        for _ in range(2):
            assert (await bert.post("/questions/back", {"back": first})).status_code == 303
            assert (await bert.post("/questions/back", {"unback": first})).status_code == 303
        assert (await anna.post("/questions/back", {"back": first})).status_code == 422
        for action, fields in LIFE.items():
            assert (action, (await moderator.do(action, one, **fields)).status_code) == (action, 303)
        assert (await moderator.do("decline", two, reason="Grund73")).status_code == 303
        assert (await moderator.do("note", two, seen=0, text="Notiz73")).status_code == 409
        withdrawn = await anna.post("/questions/withdraw", {"do": "withdraw", "contribution": second})
        assert withdrawn.status_code == 403
        assert (await person.get("/desk/questions?wanted=Suche73")).status_code == 200
        (link,) = re.findall(r'href="(/e/\w+/questions/answer/[^"]+)"', (await anna.get("/questions")).text)
        assert "Antwort73" in (await bert.http.get(link)).text
        with locked(made.stored.server):
            form = {"do": "ask", "session": str(made.session), "submission": str(uuid4()), "text": "Frage73?"}
            assert (await bert.post("/questions", form)).status_code == 503
        private += [link.rpartition("/")[2], made.stored.link("desk").rpartition("/")[2]]
        for each in (anna, bert):
            participant, _, signature = each.http.cookies["participant"].partition(".")
            private += [participant, signature]
            private.append(blake2b(participant.encode(), key=made.stored.pseudonym_key, digest_size=16).hexdigest())
    await made.stored.server.stop()
    lines = [line for line in made.stored.server.logs().splitlines() if not line.startswith("Serving http://")]
    assert [(word, line) for word in private for line in lines if word in line] == []
    assert any("floor not saved" in line for line in lines)
    assert any('"deed"' in line for line in lines)


LIFE: dict[str, dict[str, Any]] = {
    "label": {"label": "Marke73"},
    "note": {"text": "Notiz73"},
    "place": {"place": "1"},
    "show": {},
    "promise": {},
    "assign": {"assignee": "Amt73"},
    "draft": {"text": "Entwurf73"},
    "release": {"text": "Antwort73"},
}


async def ask(made: Hall, person: Person) -> str:
    """Ask by form and by socket, and what is refused; return the id of what was sent."""
    person.http.headers |= {"user-agent": BROWSER, "x-forwarded-for": ADDRESS}
    submission = str(uuid4())
    form = {"do": "ask", "session": str(made.session), "submission": submission, "text": "Wann73 Depp73?"}
    assert (await person.get("/questions")).status_code == 200
    line = await person.line(f"/questions/socket?session={made.session}", **{"user-agent": BROWSER})
    for fields in (form | {"name": "Anna73"}, form | {"text": "Warum73?"}, form | {"submission": "kein73"}):
        await line.send(fields)
        await line.until(lambda frame: frame.startswith('{"told"') or "error" in frame)
    assert (await person.post("/questions", form | {"text": "Warum73?"})).status_code == 303
    assert (await person.post("/questions", form | {"text": "73" * 300})).status_code == 422
    return submission
