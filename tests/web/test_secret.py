"""Secret questions through all the doors: cast once, told without the answer, numbers after the closing."""

import asyncio
import json
from dataclasses import replace
from hashlib import blake2b
from uuid import uuid4

import pytest

from poll_server.domain.errors import Forbidden
from poll_server.domain.programme import Option
from poll_server.storage import ballots, slips
from tests.harness.server import StartServer
from tests.storage.databases import BACKENDS
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SINGLE, Stored, database_of, draft, store
from tests.web.people import Desk, Person, Tags, ballot_form, german, receipts

SECRET = replace(SINGLE, rules={"secret": True, "abstention": True})
CAST = "Ihre geheime Stimme ist abgegeben"


def numbers(frame: str) -> set[str]:
    """The names of the figures of a page, frame or tick, those of rows with a star, but for how many are there."""
    if frame.startswith("{"):
        tick = json.loads(frame).get("tick", {})
        found = {*tick.get("text", ()), *tick.get("rows", {}).get("cells", ())}
    else:
        found = {figure["data-figure"] for figure in Tags(frame).having("data-figure")}
        found |= {cell for rows in Tags(frame).having("data-cells") for cell in rows["data-cells"].split()}
    return {name.removeprefix("screen-") for name in found} - {"present"}


async def test_secret_vote_at_every_door(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """By socket and by form it is cast once, and neither receipt, page nor greeting knows the answer."""
    stored = await new_event(SECRET)
    (question,) = stored.ids
    desk, anna, bela = await new_desk(stored), await new_person(stored), await new_person(stored)
    live = await anna.take_part()
    opened = await desk.do("open", question)
    page = (await bela.get()).text
    form = ballot_form(page) or {}
    assert [tag["autocomplete"] for tag in Tags(page).having("data-secret")] == ["off"]
    assert ("Geheime Abstimmung" in page, "nicht mehr ändern" in page, "solange die Frage offen" in page) == (
        True,
        True,
        False,
    )
    first, sent = await asyncio.gather(live.vote(form, "o2"), bela.post("/vote", form | {"abstain": "yes"}))
    assert (first.state, first.answer, first.number, CAST in first.text) == ("counted", "", "1", True)
    location = sent.headers["location"]
    again = await live.vote(form, "o3")
    repeated = await bela.post("/vote", form | {"answer": "o1"})
    assert (again.state, again.answer, again.number) == ("counted", "", "1")
    assert (sent.status_code, repeated.status_code, "counted=" in location) == (303, 303, True)
    assert ("Uhr" in first.text, "Uhr" in again.text, "counted=" in repeated.headers["location"]) == (
        True,
        False,
        False,
    )
    greeting = await (await anna.take_part()).until(receipts)
    pages = [(await bela.http.get(path)).text for path in (location, repeated.headers["location"])]
    pages += [(await bela.get()).text, (await bela.get("/state")).text, greeting, first.text]
    for seen in pages:
        assert (CAST in seen, ballot_form(seen), Tags(seen).having("checked")) == (True, None, [])
        assert [receipt.answer for receipt in receipts(seen)] in ([], [""])
        assert numbers(seen) == set()
    assert (numbers(opened), "n-o1" in opened) == (set(), False)


async def test_secret_numbers_come_with_the_closing(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Desk and screen learn nothing before, then everything; it cannot be opened again, but asked once more."""
    stored = await new_event(SECRET)
    (question,) = stored.ids
    desk, anna, wall = await new_desk(stored), await new_person(stored), await new_person(stored)
    await wall.open("screen")
    screen = await wall.line("/screen/socket")
    live = await anna.take_part()
    await desk.do("open", question)
    form = ballot_form(await live.until(ballot_form)) or {}
    assert (await live.vote(form, "o2")).state == "counted"
    await (await new_person(stored)).take_part()
    for line in (desk.line, screen):
        await line.until(lambda frame: frame.startswith('{"tick"'))
    before = [
        *desk.line.frames,
        *screen.frames,
        (await desk.person.get("/desk")).text,
        (await wall.get("/screen")).text,
    ]
    assert [numbers(frame) for frame in before] == [set() for _ in before]
    closed = await desk.do("close", question)
    assert ("Geschlossen, Antworten: 1" in Tags(closed).text, numbers(closed) >= {"answered", "n-*"}) == (True, True)
    async with database_of(stored.server) as database, database.read() as connection:
        assert await ballots.tallies(connection, [question]) == {(question, 1): {"#": 1, "o2": 1}}
        assert await ballots.recount(connection, [question]) == []
    assert await desk.say("reopen", question) == "secret"
    assert german(Forbidden("secret")) in desk.line.frames[-1]
    await desk.do("show", question)
    frame = await live.until(receipts)
    assert ("Sie haben geheim abgestimmt." in frame, "Ihre Antwort" in frame, "mine-" in frame) == (True, False, False)
    result = (await anna.get(f"/results/{question}")).text
    assert ("Ihre Antwort" in result, numbers(result) >= {"n-*"}) == (False, True)
    await desk.do("repeat", question)
    await desk.do("open", question)
    second = ballot_form(await live.until(ballot_form)) or {}
    assert (second["wave"], (await live.vote(second, "o1")).state) == ("2", "counted")


@pytest.mark.parametrize("backend", BACKENDS)
async def test_secret_votes_survive_a_kill(
    backend: str, request: pytest.FixtureRequest, start_server: StartServer
) -> None:
    """Killed after ten of twelve were acknowledged: all send again, each counts once, and no log line names anybody."""
    env = {"POLL_DATABASE_URL": request.getfixturevalue("postgres_url")} if backend == "postgresql" else {}
    server = await start_server(env)
    stored = await store(server, draft(replace(SECRET, options=tuple(Option(f"o{at}", f"Wahl{at}") for at in (1, 2)))))
    (question,) = stored.ids
    people = [Person(stored) for _ in range(12)]
    async with Person(stored) as moderator:
        await (await Desk.of(moderator)).do("open", question)
    lines = [await person.take_part() for person in people]
    form = ballot_form(await lines[0].until(ballot_form)) or {}
    votes = [(line, str(uuid4())) for line in lines]
    sending = [asyncio.create_task(line.vote(form, "o1", submission=submission)) for line, submission in votes]
    await asyncio.wait(sending[:10], return_when=asyncio.ALL_COMPLETED)
    acknowledged = [task.result().state for task in sending if task.done()]
    await server.kill()
    await asyncio.gather(*sending, return_exceptions=True)
    assert acknowledged[:10] == ["counted"] * 10

    await server.restart()
    lines = [await person.take_part() for person in people]
    again = await asyncio.gather(
        *(line.vote(form, "o1", submission=submission) for line, (_, submission) in zip(lines, votes, strict=True))
    )
    assert [receipt.state for receipt in again] == ["counted"] * 12
    async with Person(stored) as moderator:
        await (await Desk.of(moderator)).do("close", question)
    async with database_of(server) as database, database.read() as connection:
        assert await ballots.tallies(connection, [question]) == {(question, 1): {"#": 12, "o1": 12}}
        assert await slips.answers(connection, question, 1) == [("o1",)] * 12
    private = [submission for _, submission in votes] + [_pseudonym(stored, person) for person in people]
    for person in people:
        await person.__aexit__(None, None, None)
    await server.stop()
    assert [word for word in (*private, "o1", "Wahl") if word in server.logs()] == []


def _pseudonym(stored: Stored, person: Person) -> str:
    participant = person.http.cookies["participant"].partition(".")[0]
    return blake2b(participant.encode(), key=stored.pseudonym_key, digest_size=16).hexdigest()
