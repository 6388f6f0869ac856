"""Moderators decide about what people wrote: by socket and by form, two at a time, and what is hidden stays hidden."""

import json
import re
from collections.abc import Mapping

import pytest

from poll_server.domain.decisions import Entry
from poll_server.domain.programme import Definition, Reveal
from tests.harness.server import Server
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SINGLE, draft, store
from tests.web.people import Desk, Person, ballot_form

CLOUD = Definition("word_cloud", "Was macht eine gute Stadt aus?", reveal=Reveal.LIVE)
TEXTS = Definition("open_text", "Was sollen wir wissen?", rules={"approval": True}, reveal=Reveal.LIVE)
WORDS = {"#": 30, "w:bus|Bus": 12, "w:unsinn|Unsinn": 9, "w:bahn|Bahn": 4}
SENTENCES = {"#": 3, "t:Der Bus fährt nicht": 2, "t:Unsinn bleibt Unsinn": 1}
FORBIDDEN = "Unsinn"


async def decide(desk: Desk, question: int, wave: str = "1", **verdict: str) -> str:
    """Decide about an entry by its key, which makes no step; return the code of the notice."""
    await desk.line.send({"action": "decide", "question": str(question), "wave": wave, **names(verdict)})
    return await desk.notice()


def names(verdict: Mapping[str, str]) -> dict[str, str]:
    """The names of these entries instead of their keys; a number stays what it is."""
    return {field: key if key.isdigit() else Entry(key, "", 0, None).name for field, key in verdict.items()}


def verdicts(html: str) -> dict[str, list[str]]:
    """The buttons of each entry in a desk's list, by the entry's text."""
    texts = dict(re.findall(r'<bdi id="n-(\w+)">(.*?)</bdi>', html))
    found: dict[str, list[str]] = {}
    for verdict, name in re.findall(r'<button form="decide-[\d-]+" name="(\w+)" value="(\w+)"', html):
        found.setdefault(texts[name[:12]], []).append(verdict)
    return found


async def listed(desk: Desk, address: str = "") -> dict[str, list[str]]:
    """The entries on the desk's page with their buttons."""
    return verdicts((await desk.person.get(f"/desk{address}")).text)


async def words_shown(person: Person, question: int) -> list[tuple[str, str]]:
    """The words of the result that the audience sees with their numbers, in their order."""
    page = (await person.get(f"/results/{question}")).text
    return re.findall(r"<li class=sg-w\d><bdi>(.*?)</bdi> <small>(\d+)</small>", page)


async def test_decision_by_socket_from_hiding_to_joining(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Hiding takes a word away, joining adds its number to another one, undoing brings each back; no step is made."""
    stored = await new_event(CLOUD, tally=WORDS)
    (question,) = stored.ids
    desk, person = await new_desk(stored), await new_person(stored)
    for action in ("open", "close", "show"):
        await desk.do(action, question)
    assert await words_shown(person, question) == [("Bus", "12"), ("Unsinn", "9"), ("Bahn", "4")]
    assert await decide(desk, question, hidden="unsinn") == ""
    assert await words_shown(person, question) == [("Bus", "12"), ("Bahn", "4")]
    assert await decide(desk, question, joined="bahn", into="bus") == ""
    assert await words_shown(person, question) == [("Bus", "16")]
    assert await listed(desk) == {
        "Bus": ["joined", "hidden"],
        "Unsinn": ["joined", "shown", "undo"],
        "Bahn": ["undo"],
    }
    assert await decide(desk, question, undo="unsinn") == await decide(desk, question, undo="bahn") == ""
    assert await words_shown(person, question) == [("Bus", "12"), ("Unsinn", "9"), ("Bahn", "4")]
    assert await desk.say("hide", question, seen=desk.seen) == ""


async def test_two_moderators_decide_at_once(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Two desks that saw the same decide about different entries, and of two words about one the last stands."""
    stored = await new_event(CLOUD, tally=WORDS)
    (question,) = stored.ids
    desks, person = [await new_desk(stored), await new_desk(stored)], await new_person(stored)
    for action in ("open", "close", "show"):
        await desks[0].do(action, question)
    message = {"action": "decide", "question": str(question), "wave": "1"}
    await desks[0].line.send(message | names({"hidden": "unsinn"}))
    await desks[1].line.send(message | names({"hidden": "bahn"}))
    assert [await desk.notice() for desk in desks] == ["", ""]
    assert await words_shown(person, question) == [("Bus", "12")]
    assert await decide(desks[0], question, shown="bahn") == ""
    assert await decide(desks[1], question, hidden="bahn") == ""
    assert await words_shown(person, question) == [("Bus", "12")]
    await desks[0].line.until(lambda frame: 'hx-target="#entries"' in frame and verdicts(frame)["Bahn"][-1] == "undo")


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        ({"hidden": "tram"}, "unknown_entry"),
        ({"undo": "tram"}, "unknown_entry"),
        ({"joined": "bus", "into": "tram"}, "unknown_entry"),
        ({"joined": "bus"}, "joining"),
        ({"joined": "bus", "into": "bus"}, "joining"),
        ({"hidden": "bus", "wave": "2"}, "conflict"),
    ],
)
async def test_decision_that_is_not_possible_is_told(
    new_event: NewEvent, new_desk: NewDesk, verdict: dict[str, str], code: str
) -> None:
    """What is wrong stands in the notice and in the status of a form, and nothing is stored."""
    stored = await new_event(CLOUD, tally=WORDS)
    (question,) = stored.ids
    desk = await new_desk(stored)
    await desk.do("open", question)
    before = await listed(desk)
    message = {"action": "decide", "question": str(question), "wave": "1", **names(verdict)}
    await desk.line.send(message)
    assert await desk.notice() == code
    answer = await desk.person.post("/desk", message)
    assert answer.status_code == {"unknown_entry": 404, "joining": 403, "conflict": 409}[code]
    assert (f'data-code="{code}"' in answer.text, verdicts(answer.text)) == (True, before)


async def test_decision_by_form_comes_back_to_the_list(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Without JavaScript the buttons of the page work, and question and search stay selected."""
    stored = await new_event(SINGLE, CLOUD, tally={})
    _, question = stored.ids
    desk = await new_desk(stored)
    voter = await desk.person.get()
    assert voter.status_code == 200
    await desk.do("next", stored.ids[0])
    await desk.do("open", question)
    form = ballot_form((await desk.person.get()).text) or {}
    await desk.person.post("/vote", {**form, "answer": ["Bus", "Busbahnhof", "Rad"]})
    address = f"?question={question}&filter=bus"
    page = (await desk.person.get(f"/desk{address}")).text
    assert list(verdicts(page)) == ["Bus", "Busbahnhof"]
    action = re.findall(r'action="([^"]*)" hx-ws:send id="decide-', page)[0].replace("&amp;", "&")
    assert action == f"/e/{stored.code}/desk{address}"
    fields = {"action": "decide", "question": str(question), "wave": "1"} | names(
        {"joined": "busbahnhof", "into": "bus"}
    )
    answer = await desk.person.post(f"/desk{address}", fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{action}#entries")
    assert await listed(desk, address) == {"Bus": ["joined", "hidden"], "Busbahnhof": ["undo"]}


async def test_desk_socket_begins_with_the_search_of_its_page(new_event: NewEvent, new_desk: NewDesk) -> None:
    """A page with a search keeps it over its socket, over its state address and in the list that comes by itself."""
    stored = await new_event(CLOUD, tally=WORDS)
    desk = await new_desk(stored)
    await desk.do("open", stored.ids[0])
    page = (await desk.person.get("/desk?question=&filter=b%C3%A4h")).text
    seat = "?question=0&amp;filter=b%C3%A4h"
    assert (f"/desk/socket{seat}" in page, f"/desk/state{seat}" in page) == (True, True)
    line = await desk.person.line("/desk/socket?question=0&filter=ba")
    first = await line.take()
    assert list(verdicts(first)) == ["Bahn"]
    assert await decide(desk, stored.ids[0], hidden="bahn") == ""
    assert verdicts(await line.until(lambda frame: 'hx-target="#entries"' in frame)) == {
        "Bahn": ["joined", "shown", "undo"]
    }


@pytest.mark.parametrize(("definition", "tally"), [(CLOUD, WORDS), (TEXTS, SENTENCES)])
async def test_hidden_texts_are_in_no_byte_for_audience_and_screen(
    definition: Definition, tally: dict[str, int], new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Hidden words and waiting texts reach neither socket, nor polling, nor page, nor screen, in any state."""
    stored = await new_event(definition, tally=tally)
    (question,) = stored.ids
    desk, beamer, anna = await new_desk(stored), await new_person(stored), await new_person(stored)
    await desk.do("open", question)
    if definition is CLOUD:
        assert await decide(desk, question, hidden="unsinn") == ""
    await beamer.open("screen")
    lines = [await beamer.line("/screen/socket"), await anna.take_part()]
    form = ballot_form(await lines[1].until(lambda frame: "data-vote" in frame)) or {}
    assert (await lines[1].vote(form, "Radwege")).state == "counted"
    seen: list[str] = []
    for action in ("close", "show", "hide", "show"):
        await desk.do(action, question)
        seen += await _all_of(anna, beamer, question)
    for line in lines:
        await line.send("nonsense")
        await line.error()
        seen += line.frames
    assert [text for text in seen if FORBIDDEN.casefold() in text.casefold()] == []
    assert FORBIDDEN in "".join(desk.line.frames)
    export = [(await desk.person.get(f"/desk/export/{name}")).text for name in ("csv", "json")]
    assert [FORBIDDEN in text for text in export] == [False, False]


async def _all_of(anna: Person, beamer: Person, question: int) -> list[str]:
    paths = ["", "/state", "/answer", "/programme", f"/results/{question}"]
    pages = [(await anna.get(path)).text for path in paths]
    return pages + [(await beamer.get(path)).text for path in ("/screen", "/screen/state")]


async def test_approved_text_is_seen(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A text that waits is shown when it is let through, and a chosen one stands alone on the screen."""
    stored = await new_event(TEXTS, tally=SENTENCES)
    (question,) = stored.ids
    desk, beamer = await new_desk(stored), await new_person(stored)
    await beamer.open("screen")
    line = await beamer.line("/screen/socket")
    await desk.do("open", question)
    bus = "Der Bus fährt nicht"
    assert await listed(desk) == {
        bus: ["joined", "shown", "hidden", "chosen"],
        "Unsinn bleibt Unsinn": ["joined", "shown", "hidden", "chosen"],
    }
    assert await decide(desk, question, shown=bus) == ""
    await line.until(lambda frame: frame.startswith("<template") and f"<li><bdi>{bus}</bdi>" in frame)
    assert await decide(desk, question, chosen=bus) == ""
    await line.until(
        lambda frame: 'hx-target="#rows-' in frame and f'<blockquote class="sg-quote" dir="auto"><bdi>{bus}' in frame
    )
    assert (await listed(desk))[bus] == ["joined", "hidden", "shown", "undo"]


async def test_decisions_survive_a_restart_and_go_with_their_wave(server: Server) -> None:
    """A killed server knows them again; a question made ready again begins without them."""
    stored = await store(server, draft(CLOUD), WORDS)
    (question,) = stored.ids
    async with Person(stored) as moderator, Person(stored) as person:
        desk = await Desk.of(moderator)
        for action in ("open", "close", "show"):
            await desk.do(action, question)
        assert await decide(desk, question, hidden="unsinn") == ""
        await server.kill()
        await server.start()
        assert await words_shown(person, question) == [("Bus", "12"), ("Bahn", "4")]
        desk = await Desk.of(moderator)
        await desk.do("discard", question)
        await desk.do("open", question)
        assert await decide(desk, question, hidden="unsinn", wave="1") == "conflict"
        assert await listed(desk) == {}


async def test_log_says_that_was_decided_and_not_what_about(server: Server) -> None:
    """The log has event, question and verdict of a decision; no word of a participant is in it."""
    stored = await store(server, draft(CLOUD), WORDS)
    (question,) = stored.ids
    async with Person(stored) as moderator:
        desk = await Desk.of(moderator)
        await desk.do("open", question)
        assert await decide(desk, question, hidden="unsinn") == ""
        assert await decide(desk, question, undo="unsinn") == ""
    told = [json.loads(line) for line in server.logs().splitlines() if '"decided"' in line]
    assert [(line["code"], line["question"], line["verdict"]) for line in told] == [
        (stored.code, question, "hidden"),
        (stored.code, question, "undo"),
    ]
    assert "unsinn" not in server.logs().casefold()
