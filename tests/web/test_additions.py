"""What participants add to statements: it waits at the desk, and once accepted everybody is asked about it."""

import re
from dataclasses import replace

import pytest

from poll_server.domain.programme import Definition
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import STATEMENTS, Stored
from tests.web.people import Desk, Line, Person, Tags

ASKED: Definition = replace(STATEMENTS, rules={"additions": True})
MINE = "Mein <b>Geheimsatz</b> ist 'neu'"


def fields(stored: Stored, text: str, wave: int = 1) -> dict[str, str]:
    """The form with which somebody adds a statement."""
    return {"question": str(stored.ids[0]), "wave": str(wave), "statement": text}


def states(html: str) -> list[str]:
    """What somebody is told of their own statements, in their order."""
    told = {"Wartet": "waits", "Angenommen": "accepted", "Die Moderation zeigt": "hidden"}
    found = re.findall(r"</bdi></p><p class=\"sg-muted\">(Wartet|Angenommen|Die Moderation zeigt)", html)
    return [told[one] for one in found]


def parts(html: str) -> tuple[int, str, list[str]]:
    """How many parts a form asks, which of them are gone, and the addresses of its pages."""
    (box,) = Tags(html).having("data-parts")
    return (
        int(box["data-parts"]),
        box.get("data-gone", ""),
        [box["data-url"] + one for one in box["data-pages"].split()],
    )


async def press(desk: Desk, question: int, verb: str) -> None:
    """Press this button of the only entry at the desk."""
    page = (await desk.person.get("/desk")).text
    (name,) = re.findall(rf'<button form="decide-[\d-]+" name="{verb}" value="(\w+)"', page)
    await desk.line.send({"action": "decide", "question": str(question), "wave": "1", verb: name})
    assert await desk.notice() == ""


async def opened(new_event: NewEvent, new_desk: NewDesk, definition: Definition = ASKED) -> tuple[Stored, Desk]:
    """An event whose only question is open."""
    stored = await new_event(definition)
    desk = await new_desk(stored)
    await desk.do("open", stored.ids[0])
    return stored, desk


async def own(line: Line, state: str) -> str:
    """The next frame that tells somebody this of their statement."""
    return await line.until(lambda one: 'hx-target="#add-' in one and state in states(one))


async def test_addition_waits_unseen_and_is_asked_when_accepted(
    new_event: NewEvent, new_desk: NewDesk, new_person: NewPerson
) -> None:
    """In no byte for anybody but author and desk before; then a page more for all, and the author is told."""
    stored, desk = await opened(new_event, new_desk)
    anna, bert, screen = await new_person(stored), await new_person(stored), await new_person(stored)
    line, other = await anna.take_part(), await bert.take_part()
    await screen.open("screen")
    wall = await screen.line("/screen/socket")
    before = parts(await other.until(lambda one: "data-parts" in one))
    await line.send(fields(stored, MINE))
    assert "&lt;b&gt;Geheimsatz" in await own(line, "waits")
    for path in ("", "/answer", "/state", "/programme"):
        assert "Geheimsatz" not in (await bert.get(path)).text
    assert "Geheimsatz" not in (await screen.get("/screen")).text + (await screen.get("/screen/state")).text
    assert (await bert.http.get(before[2][0])).json() == ["Aussage 1", "Aussage 2", "Aussage 3"]
    await press(desk, stored.ids[0], "shown")
    frame = await other.until(lambda one: "data-parts" in one)
    await own(line, "accepted")
    count, gone, pages = parts(frame)
    assert (before[0], count, gone, len(pages)) == (3, 4, "", 1)
    assert (await bert.http.get(pages[0])).json() == ["Aussage 1", "Aussage 2", "Aussage 3", MINE]
    assert (await bert.http.get(before[2][0])).json() == ["Aussage 1", "Aussage 2", "Aussage 3"]
    assert [one for one in (*other.frames, *wall.frames) if "Geheimsatz" in one] == []


async def test_accepted_addition_is_answered_counted_and_exported(
    new_event: NewEvent, new_desk: NewDesk, new_person: NewPerson
) -> None:
    """Its votes are in result and export, and it stays through the next pass."""
    stored, desk = await opened(new_event, new_desk)
    question = stored.ids[0]
    anna = await new_person(stored)
    line = await anna.take_part()
    await line.send(fields(stored, MINE))
    await own(line, "waits")
    await press(desk, question, "shown")
    await own(line, "accepted")
    vote = {"question": str(question), "wave": "1", "number": "1", "submission": ""}
    assert (await anna.post("/vote", vote | {"answer.o4": "a", "answer.o1": "d"})).status_code == 303
    for action in ("close", "show"):
        await desk.do(action, question)
    page = (await anna.get(f"/results/{question}?part=1")).text
    assert "&lt;b&gt;Geheimsatz" in page
    options = (await desk.person.get("/desk/export/json")).json()["rounds"][0]["questions"][0]["options"]
    assert [one["count"] for one in options] == [0, 1, 0] + [0] * 6 + [1, 0, 0]
    await desk.do("repeat", question)
    await desk.do("open", question)
    assert parts(await line.until(lambda one: "data-parts" in one and 'value="2"' in one))[0] == 4


async def test_addition_taken_back_is_not_asked_any_more(
    new_event: NewEvent, new_desk: NewDesk, new_person: NewPerson
) -> None:
    """Hidden again it keeps its place without words, an answer to it is passed over; shown again it counts."""
    stored, desk = await opened(new_event, new_desk)
    anna = await new_person(stored)
    line = await anna.take_part()
    await line.send(fields(stored, MINE))
    await own(line, "waits")
    await press(desk, stored.ids[0], "shown")
    await own(line, "accepted")
    await press(desk, stored.ids[0], "hidden")
    frame = await line.until(lambda one: 'data-gone="o4"' in one)
    assert (await anna.http.get(parts(frame)[2][0])).json() == ["Aussage 1", "Aussage 2", "Aussage 3", ""]
    vote = {"question": str(stored.ids[0]), "wave": "1", "number": "1", "submission": ""}
    answered = await anna.post("/vote", vote | {"answer.o4": "a", "answer.o1": "d"})
    assert answered.status_code == 303
    assert 'data-answer="o1=d"' in (await anna.http.get(answered.headers["location"])).text
    assert (await anna.post("/vote", vote | {"number": "2", "answer.o4": "a"})).status_code == 422


async def refusal(person: Person, stored: Stored, text: str) -> tuple[int, str]:
    """What somebody without JavaScript is told when a statement is not taken."""
    response = await person.post("/add", fields(stored, text))
    found = re.findall(r'role="alert" id="add-error[^>]*>.*?<span class="kern-body">(.*?)</span>', response.text)
    return response.status_code, found[0] if found else ""


async def test_additions_without_javascript(new_event: NewEvent, new_desk: NewDesk, new_person: NewPerson) -> None:
    """A plain form leads back to the own page, which says that it waits; what is wrong stands at the field."""
    stored, _ = await opened(new_event, new_desk)
    anna = await new_person(stored)
    await anna.get()
    assert "data-add" in (await anna.get("/answer")).text
    response = await anna.post("/add", fields(stored, "  Busse\n auch nachts \u202e🚌 "))
    assert (response.status_code, response.headers["location"]) == (303, f"{anna.path}/answer")
    page = (await anna.get("/answer")).text
    assert states(page) == ["waits"]
    assert "<bdi>Busse auch nachts 🚌</bdi>" in page
    assert await refusal(anna, stored, " … ") == (422, "Bitte schreiben Sie zuerst eine Antwort.")
    assert await refusal(anna, stored, "AUSSAGE  2") == (422, "Diese Aussage gibt es schon.")
    status, said = await refusal(anna, stored, "x" * 2000)
    assert (status, "höchstens 280 Zeichen" in said) == (422, True)
    for number in range(5):
        await anna.post("/add", fields(stored, f"Neu {number % 4}"))
    assert (await anna.get("/answer")).text.count("<bdi>") - 1 == 5
    await anna.post("/add", fields(stored, "Eine zu viel"))
    assert "Eine zu viel" not in (await anna.get("/answer")).text


@pytest.mark.parametrize("wave", [1, 2])
async def test_addition_is_refused_where_none_is_taken(
    new_event: NewEvent, new_desk: NewDesk, new_person: NewPerson, wave: int
) -> None:
    """Without the rule, or for another pass, nothing is stored, and the reason is told on the socket."""
    stored, _ = await opened(new_event, new_desk, STATEMENTS if wave == 1 else ASKED)
    anna = await new_person(stored)
    line = await anna.take_part()
    await line.send(fields(stored, MINE, wave))
    assert (await line.error())["code"] == "no_addition"
    assert "Geheimsatz" not in (await anna.get("/answer")).text


async def test_polling_tells_what_became_of_an_addition(
    new_event: NewEvent, new_desk: NewDesk, new_person: NewPerson
) -> None:
    """With sockets blocked the answer to the form and the next polls tell the author, by another tag each."""
    stored, desk = await opened(new_event, new_desk)
    anna = await new_person(stored)
    await anna.get()
    first = (await anna.get("/state")).headers["etag"]
    told = await anna.post("/add", fields(stored, MINE), hx_request="true")
    assert states(told.text) == ["waits"]
    second = await anna.get("/state")
    await press(desk, stored.ids[0], "shown")
    third = await anna.get("/state")
    assert [states(one.text) for one in (second, third)] == [["waits"], ["accepted"]]
    assert len({first, second.headers["etag"], third.headers["etag"]}) == 3
