"""Questions from the floor at the audience's doors: page, forms, polling and socket."""

import asyncio
import json
import re
from hashlib import blake2b
from typing import Any
from uuid import uuid4

import pytest

from poll_server.domain.contributions import Fate, SessionState
from poll_server.domain.errors import Forbidden, PollError, Refused
from poll_server.domain.programme import SessionDraft
from poll_server.live.floor import answer_key
from poll_server.web.doors import STATUS
from tests.harness.server import Server
from tests.web.conftest import NewEvent, NewPerson
from tests.web.floor import Hall, hall
from tests.web.people import PATIENCE_SECONDS, Line, Person, Tags, german

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


# What is refused, and what nobody else may see


@pytest.mark.parametrize(
    ("text", "code", "values"),
    [
        ("  ", "unasked", {}),
        ("x" * 10_000, "too_long", {"start": "x" * 20, "maximum": 500}),
        ("🚌🚌🚌", "wordless", {}),
    ],
)
async def test_bad_question_is_refused_at_the_field(
    new_hall: Any, new_person: NewPerson, text: str, code: str, values: dict[str, Any]
) -> None:
    """By form the reason stands at the field and the text in it; over the socket its sender alone hears it."""
    made = await new_hall()
    person = await here(new_person, made)
    reason = german(Refused(code, **values))
    answer = await person.post("/questions", question(made, text, name="Anna", addressee="Kim Beispiel"))
    tags = Tags(answer.text)
    (field,) = [one for one in tags.having("aria-invalid") if one["id"] == "ask-text"]
    assert (answer.status_code, reason in tags.text, field["aria-describedby"].split()[-1]) == (422, True, "ask-error")
    kept = [text.strip() in tags.text, 'value="Anna"' in answer.text, "<option selected>Kim Beispiel" in answer.text]
    assert kept == [True] * 3
    socket = await line(person)
    await socket.send(question(made, text))
    await told(socket, state="refused", code=code, message=reason)


async def test_questions_of_one_cookie_have_limits(new_hall: Any, new_person: NewPerson) -> None:
    """The same text again, more than the organiser allows, and thirty at once: each hears why; the others go on."""
    made = await new_hall(SessionDraft(maximum=2))
    person, other = await here(new_person, made), await here(new_person, made)
    assert (await person.post("/questions", question(made))).status_code == 303
    again = await person.post("/questions", question(made, TEXT.upper()))
    assert german(Refused("asked_same")) in Tags(again.text).text
    assert (await person.post("/questions", question(made, "Und am Montag?"))).status_code == 303
    third = await person.post("/questions", question(made, "Und am Dienstag?"))
    assert (third.status_code, german(Refused("asked_enough", maximum=2)) in Tags(third.text).text) == (422, True)
    wide = await new_hall(SessionDraft(maximum=40))
    fast, calm = await here(new_person, wide), await here(new_person, wide)
    answers = [await fast.post("/questions", question(wide, f"Frage {at}?"), hx_request="true") for at in range(30)]
    codes = [one.json()["told"].get("code", "") for one in answers]
    assert (codes[:3], "too_fast" in codes[3:]) == (["", "", ""], True)
    assert (await calm.post("/questions", question(wide))).status_code == 303
    assert (await other.post("/questions", question(made))).status_code == 303


async def test_flood_of_one_cookie_is_that_person_s_trouble(new_hall: Any, new_person: NewPerson) -> None:
    """Many questions in a moment, and one of them again and again: each hears its sentence, others go on meanwhile."""
    made = await new_hall(SessionDraft(moderated=False, maximum=60))
    (one,) = await made.add(made.new(1))
    loud, other = await here(new_person, made), await here(new_person, made)
    first, second, calm = await line(loud), await line(loud), await line(other)
    heard: list[tuple[str, str]] = []
    for at in range(16):
        for flood, text in ((first, f"Frage {at}?"), (second, TEXT)):
            await flood.send(question(made, text))
        if at % 5 == 0:
            back = "back" if at % 10 == 0 else "unback"
            await calm.send({"do": back, "contribution": str(one.id)})
            await told(calm, state="stored", backed=back == "back")
        for flood in (first, second):
            word = await told(flood)
            heard.append((word.get("code", ""), word["message"]))
    reasons = [("", ""), *((code, german(Refused(code))) for code in ("asked_same", "too_fast"))]
    assert set(heard) == set(reasons)
    assert heard.count(("", "")) < len(heard) / 2
    assert [frame for frame in calm.frames if '"error"' in frame] == []


async def test_one_form_sent_twice_is_one_question(new_hall: Any, new_person: NewPerson) -> None:
    """A plain form pressed twice is one; the same form with another text, after going back, is another question."""
    made = await new_hall()
    person = await here(new_person, made)
    form = question(made)
    for text in (TEXT, TEXT, "Und am Montag?"):
        assert (await person.post("/questions", form | {"text": text})).status_code == 303
    page = await person.get("/questions")
    assert len(Tags(page.text).having("data-fate")) == 2


@pytest.mark.parametrize(
    ("state", "asked", "backed"),
    [
        (SessionState.READY, Refused("session_ready"), Refused("not_backable")),
        (SessionState.CLOSED, Refused("session_over"), Refused("not_backable")),
        (SessionState.ARCHIVED, Refused("session_over"), Forbidden("archived")),
    ],
)
async def test_session_that_is_not_open_says_so(
    new_hall: Any, new_person: NewPerson, state: SessionState, asked: PollError, backed: PollError
) -> None:
    """There is no form and no button; what is sent all the same is refused with the reason, and the text comes back."""
    made = await new_hall(state=state)
    (one,) = await made.add(made.new(1), backers=2)
    person = await here(new_person, made)
    page = Tags((await person.get("/questions")).text)
    assert (page.having("data-ask"), page.having("aria-pressed")) == ([], [])
    assert "Was kostet Haus 1?" in page.text
    answer = await person.post("/questions", question(made))
    assert (german(asked) in Tags(answer.text).text, TEXT in Tags(answer.text).text) == (True, True)
    answer = await person.post("/questions/back", {"back": str(one.id)})
    assert (answer.status_code, german(backed) in Tags(answer.text).text) == (STATUS[type(backed)], True)


async def test_markup_and_links_are_text(new_hall: Any, new_person: NewPerson) -> None:
    """A question is text whatever stands in it, and marks that turn the direction are gone."""
    made = await new_hall(SessionDraft(moderated=False))
    person, other = await here(new_person, made), await here(new_person, made)
    await person.post("/questions", question(made, "<b>Fett</b> https://example.org \u202eabc"))
    for reader in (person, other):
        page = (await reader.get("/questions")).text
        assert ("&lt;b&gt;Fett&lt;/b&gt; https://example.org abc" in page, 'href="https://example.org' in page) == (
            True,
            False,
        )


async def test_what_is_not_public_is_in_no_byte_to_others(new_hall: Any, new_person: NewPerson) -> None:
    """Waiting, declined, archived and withdrawn ones, notes, labels, hits, drafts, authors: in no page or frame."""
    made = await new_hall()
    secret = {"note": "GEHEIM-1", "labels": ("GEHEIM-2",), "hits": ("GEHEIM-3",), "draft": "GEHEIM-4"}
    secret |= {"assignee": "GEHEIM-5", "who": "geheim-6"}
    hidden = (Fate.WAITING, Fate.DECLINED, Fate.WITHDRAWN, Fate.ARCHIVED)
    await made.add(made.new(1, TEXT, **secret))
    (root,) = await made.add(made.new(2, "Was kostet das Bad?", answer="GEHEIM-7", fate=Fate.IN_WRITING))
    for at, fate in enumerate(hidden, 3):
        await made.add(made.new(at, f"GEHEIM-{fate}", fate=fate, reason="GEHEIM-8", answer="GEHEIM-9"))
    await made.add(made.new(9, "GEHEIM-joined", fate=Fate.WAITING, joined=root.id))
    person = await here(new_person, made)
    socket = await line(person)
    await socket.until(lambda frame: TEXT in frame)
    await person.post("/questions/back", {"back": str(root.id)})
    seen = [(await person.get(f"/questions{path}")).text for path in ("", "/state", "/list", "?order=newest&page=9")]
    assert [TEXT in one for one in seen] == [True] * 4
    assert [one for one in (*seen, *socket.frames) if "geheim" in one.casefold()] == []


# Backing, polling, the private answer


async def test_backing_by_form_is_counted_once(new_hall: Any, new_person: NewPerson) -> None:
    """The button leads back to the question, which says that it is backed, and takes it back; an own one is refused."""
    made = await new_hall(SessionDraft(moderated=False))
    (one,) = await made.add(made.new(1), backers=4)
    person = await here(new_person, made)
    other = await new_hall()
    (foreign,) = await other.add(other.new(1))
    for name, pressed, number in (("back", "true", "5"), ("back", "true", "5"), ("unback", "false", "4")):
        answer = await person.post("/questions/back?order=newest", {name: str(one.id)})
        assert answer.headers["location"].endswith(f"order=newest#q{one.id}")
        page = Tags((await person.get("/questions")).text)
        (button,) = page.having("aria-pressed")
        assert (button["aria-pressed"], f"Auch meine Frage {number}" in " ".join(page.text.split())) == (pressed, True)
    await person.post("/questions", question(made))
    own = int(Tags((await person.get("/questions")).text).having("data-submitted")[0]["data-submitted"])
    refused = await person.post("/questions/back", {"back": str(own)})
    assert (refused.status_code, german(Refused("own")) in Tags(refused.text).text) == (422, True)
    unknown = await person.post("/questions/back", {"back": str(foreign.id)})
    assert unknown.status_code == 404


async def test_numbers_come_in_ticks_and_lists_when_they_change(new_hall: Any, new_person: NewPerson) -> None:
    """A backing is acknowledged to its sender and moves a number for all; a published question moves the list."""
    made = await new_hall(SessionDraft(moderated=False))
    (one,) = await made.add(made.new(1))
    person, other = await here(new_person, made), await here(new_person, made)
    mine, theirs = await line(person), await line(other)
    await mine.send({"do": "back", "contribution": str(one.id)})
    await told(mine, state="stored", contribution=one.id, root=one.id, backed=True, backers="1")
    tick = json.loads(await theirs.until(lambda frame: frame.startswith('{"tick"')))["tick"]
    assert tick["text"] == {f"q{one.id}": "1", "total": "1"}
    await mine.send(question(made))
    assert TEXT in await theirs.until(lambda frame: 'hx-target="#list"' in frame and TEXT in frame)


async def test_polling_hears_what_a_socket_hears(new_hall: Any, new_person: NewPerson) -> None:
    """The state has an ETag of everything in it; it changes with an own question, a backing and a public question."""
    made = await new_hall(SessionDraft(moderated=False))
    (one,) = await made.add(made.new(1))
    person = await here(new_person, made)
    etags, content = [], ""
    for change in (None, {"back": str(one.id)}, question(made)):
        if change:
            path = "/questions/back" if "back" in change else "/questions"
            answer = await person.post(path, change, hx_request="true")
            assert answer.json()["told"]["state"] == "stored"
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (state := await person.get("/questions/state")).headers["etag"] in etags:
                pass
        etags.append(state.headers["etag"])
        content = state.text
        again = await person.get("/questions/state", **{"if-none-match": etags[-1]})
        assert (state.status_code, again.status_code, again.text) == (200, 304, "")
    assert (len(set(etags)), TEXT in content, f'data-backed="{one.id}"' in content) == (3, True, True)


async def test_answer_has_a_private_page(new_hall: Any, new_person: NewPerson) -> None:
    """Whoever has the link reads question and answer; a link that is cut or of another question opens nothing."""
    made = await new_hall(state=SessionState.CLOSED)
    found = await made.add(
        made.new(1, TEXT, fate=Fate.IN_WRITING, answer="Ja.\nAb Mai."), made.new(2, fate=Fate.IN_WRITING)
    )
    person = await new_person(made.stored)
    keys = [answer_key(one, made.stored.pseudonym_key) for one in found]
    first, second = [await person.get(f"/questions/answer/{key}") for key in keys]
    assert (first.status_code, TEXT in first.text, "<p>Ja.</p><p>Ab Mai.</p>" in first.text) == (200, True, True)
    assert "Es gibt noch keine schriftliche Antwort." in second.text
    wrong = (keys[0][:-1], keys[0].replace(f"{found[0].id}-", f"{found[1].id}-"), "1", "ä-1", f"{'9' * 30}-1")
    assert [(await person.get(f"/questions/answer/{key}")).status_code for key in wrong] == [404] * len(wrong)


async def test_question_joined_with_an_own_one_has_no_button(new_hall: Any, new_person: NewPerson) -> None:
    """What stands for an own question is marked as one's own, since it cannot be backed."""
    made = await new_hall(SessionDraft(moderated=False))
    (root,) = await made.add(made.new(1))
    person = await new_person(made.stored)
    other = await new_hall()
    await person.http.get(f"/e/{other.stored.code}")  # gives the cookie, and leaves this event unread
    participant = person.http.cookies["participant"].partition(".")[0]
    who = blake2b(participant.encode(), key=made.stored.pseudonym_key, digest_size=16).hexdigest()
    await made.add(made.new(2, TEXT, who=who, joined=root.id))
    page = Tags((await person.get("/questions")).text)
    assert (page.having("aria-pressed"), f"q{root.id}" in [one["id"] for one in page.having("data-item")]) == ([], True)


async def test_pages_and_orders_have_addresses(new_hall: Any, new_person: NewPerson) -> None:
    """Thirty stand on the first page and the rest by paging, in each order; what is no order or session is no page."""
    made = await new_hall()
    await made.add(*(made.new(number) for number in range(1, 41)))
    person = await here(new_person, made)
    for order in ("backing", "newest", "planned"):
        pages = [Tags((await person.get(f"/questions?order={order}&page={at}")).text) for at in (1, 2)]
        first, second = [[one["data-item"] for one in page.having("data-item")] for page in pages]
        assert (len(first), len(second), len({*first, *second})) == (30, 10, 40)
        further = await person.get(f"/questions/list?order={order}&page=2")
        assert [one["data-item"] for one in Tags(further.text).having("data-item")] == second
        again = await person.get(f"/questions/list?order={order}&page=2", **{"if-none-match": further.headers["etag"]})
        assert again.status_code == 304
    for wrong in ("order=x", "page=x", "session=x", "session=99999999"):
        assert (await person.get(f"/questions?{wrong}")).status_code == 404


async def test_second_session_has_its_own_questions(new_hall: Any, new_person: NewPerson) -> None:
    """The page shows the session that is open and leads to the other one, which has its own questions."""
    made = await new_hall(SessionDraft(), SessionDraft())
    await made.add(made.new(1, TEXT))
    person = await here(new_person, made)
    page = (await person.get("/questions")).text
    (other,) = set(re.findall(r"/questions\?session=(\d+)\"", page)) - {str(made.session)}
    assert (TEXT in page, TEXT in (await person.get(f"/questions?session={other}")).text) == (True, False)


async def test_cookie_is_needed_to_take_part(new_hall: Any, new_person: NewPerson) -> None:
    """Who keeps no cookie is told so; nothing is stored for nobody."""
    made = await new_hall()
    person = await new_person(made.stored)
    answer = await person.post("/questions", question(made))
    assert (answer.status_code, german(Refused("no_cookie")) in Tags(answer.text).text) == (422, True)


@pytest.mark.parametrize("message", ["[]", "{", '{"do": "x"}', '{"do": "back", "contribution": "-1"}', '{"do": "ask"}'])
async def test_socket_refuses_what_it_cannot_read(new_hall: Any, new_person: NewPerson, message: str) -> None:
    """It says so, and goes on."""
    made = await new_hall()
    person = await here(new_person, made)
    socket = await line(person)
    await socket.send(message)
    assert (await socket.error())["code"] in ("malformed", "unknown_message")
    await socket.send(question(made))
    await told(socket, state="stored")
