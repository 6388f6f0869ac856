"""Questions from the floor at the audience's doors: page, forms, polling and socket."""

import json
from typing import Any
from uuid import uuid4

import pytest

from poll_server.domain.programme import SessionDraft
from tests.harness.server import Server
from tests.web.conftest import NewEvent, NewPerson
from tests.web.floor import Hall, hall
from tests.web.people import Line, Person, Tags

TEXT = "Wann fährt der Bus am Sonntag?"


@pytest.fixture
def new_hall(shared_server: Server) -> Any:
    """Await it for an event with a session."""

    async def make(*sessions: SessionDraft, **values: Any) -> Hall:
        return await hall(shared_server, *sessions, **values)

    return make


async def here(new_person: NewPerson, hall: Hall) -> Person:
    """Somebody who has opened the page."""
    person = await new_person(hall.stored)
    assert (await person.get("/questions")).status_code == 200
    return person


def question(hall: Hall, text: str = TEXT, **more: str) -> dict[str, str]:
    """The fields of the form."""
    return {"do": "ask", "session": str(hall.session), "submission": str(uuid4()), "text": text} | more


async def line(person: Person) -> Line:
    """A socket, as the page says."""
    (root,) = Tags((await person.get("/questions")).text).having("hx-ws:connect")
    return await person.line(root["hx-ws:connect"].removeprefix(person.path))


async def told(line: Line, **wanted: Any) -> dict[str, Any]:
    """The next word on something sent."""
    frame: dict[str, Any] = json.loads(await line.until(lambda one: one.startswith('{"told"')))["told"]
    assert {name: frame[name] for name in wanted} == wanted
    return frame


async def test_tab_stands_where_there_is_a_session(new_hall: Any, new_event: NewEvent, new_person: NewPerson) -> None:
    """Every page of the audience leads to the questions; an event without a session has neither tab nor page."""
    made, other = await new_hall(), await new_event()
    person, stranger = await new_person(made.stored), await new_person(other)
    for path in ("", "/programme", "/questions"):
        assert f'href="{person.path}/questions"' in (await person.get(path)).text, path
    assert (await stranger.get("/questions")).status_code == 404
    assert "/questions" not in (await stranger.get()).text


async def test_question_sent_by_form_stands_on_the_page(new_hall: Any, new_person: NewPerson) -> None:
    """Without a script: the author is sent on to the page, where the question and its fate stand, for nobody else."""
    made = await new_hall()
    author, other = await here(new_person, made), await here(new_person, made)
    answer = await author.post("/questions", question(made))
    assert (answer.status_code, answer.headers["cache-control"]) == (303, "no-store")
    page = await author.get("/questions")
    assert (TEXT in page.text, "Wartet auf die Moderation" in page.text) == (True, True)
    assert page.headers["cache-control"] == "no-store"
    assert TEXT not in (await other.get("/questions")).text


async def test_question_over_the_socket(new_hall: Any, new_person: NewPerson) -> None:
    """It is acknowledged when it is stored, twice as once; all windows of the author see it, nobody else does."""
    made = await new_hall()
    author, other = await here(new_person, made), await here(new_person, made)
    one, second, stranger = await line(author), await line(author), await line(other)
    message = question(made)
    await one.send(message)
    first = await told(one, state="stored", published=False, submission=message["submission"])
    await one.send(message)
    assert await told(one) == first
    assert TEXT in await second.until(lambda frame: TEXT in frame)
    await stranger.send({"do": "withdraw", "contribution": str(first["id"])})
    await told(stranger, state="refused", code="unknown_contribution")
    assert [frame for frame in stranger.frames if TEXT in frame] == []
    await second.send({"do": "withdraw", "contribution": str(first["id"])})
    await told(second, state="stored", withdrawn=first["id"])
    await one.until(lambda frame: "Von Ihnen zurückgezogen" in frame)
