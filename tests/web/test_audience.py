"""The audience's pages and forms: polling, voting without a socket, and what is wrong at these doors."""

import re
from collections.abc import Mapping

import pytest

from poll_server.domain.errors import Forbidden, Malformed, PollError, Refused, Unknown
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SEVERAL, SINGLE, Stored, ballots_of
from tests.web.people import Person, Tags, ballot_form, german, receipts

UUID = "11111111-2222-4333-8444-55555555555{}"


def form_of(stored: Stored, at: int = 0, **changed: str) -> dict[str, str]:
    """The fields of a first vote for a question of an event, as a form without JavaScript sends them."""
    return {"question": str(stored.ids[at]), "wave": "1", "number": "1", "submission": "", **changed}


def checked(page: str) -> list[str]:
    """The options that are ticked in a page."""
    return [attributes["value"] for attributes in Tags(page).having("checked")]


@pytest.fixture
async def open_event(new_event: NewEvent, new_desk: NewDesk) -> Stored:
    """An event with a single choice that is open and a multiple choice that is not."""
    stored = await new_event(SINGLE, SEVERAL)
    await (await new_desk(stored)).do("open", stored.ids[0])
    return stored


# Pages


async def test_unknown_code_can_be_typed_again(new_event: NewEvent, new_person: NewPerson) -> None:
    """An unknown code, in the address or typed, is 404 in words, with the form and what was typed in it."""
    person = await new_person(await new_event())
    for path in ("/e/gibt-es-nicht", "/join?code=gibt-es-nicht"):
        page = await person.http.get(path)
        (field,) = [tag for tag in Tags(page.text).having("name") if tag["name"] == "code"]
        told = (page.status_code, german(Unknown("unknown_code")) in page.text, field["value"])
        assert (path, told) == (path, (404, True, "gibt-es-nicht"))


@pytest.mark.parametrize("code", ["%00", "%ED%A0%80", "%FF", "a" * 5000, "..%2f..", "%3Cscript%3E", "१२"])
async def test_impossible_code_is_an_unknown_one(code: str, new_event: NewEvent, new_person: NewPerson) -> None:
    """Codes that no event can have are unknown, at every door of the audience."""
    person = await new_person(await new_event())
    pages = [
        await person.http.get(f"/e/{code}{path}") for path in ("", "/state", "/answer", "/programme", "/results/1")
    ]
    pages.append(await person.http.get(f"/join?code={code}"))
    assert [page.status_code for page in pages] == [404] * len(pages)
    assert "<script>" not in pages[0].text


async def test_typed_code_leads_to_the_event(new_event: NewEvent, new_person: NewPerson) -> None:
    """A code is found in upper case and with blanks and hyphens; nothing typed is the front page again."""
    stored = await new_event()
    person = await new_person(stored)
    spoken = f" {stored.code[:3]} - {stored.code[3:]} ".upper()
    found = await person.http.get("/join", params={"code": spoken})
    assert (found.status_code, found.headers["location"]) == (303, f"/e/{stored.code}")
    assert (await person.http.get("/join", params={"code": " "})).status_code == 200


@pytest.mark.parametrize("path", ["/nowhere", "/e/{code}/nowhere", "/legal/cookies", "/static/0/audience.css"])
async def test_unknown_page_says_so(path: str, new_event: NewEvent, new_person: NewPerson) -> None:
    """An address without a page is 404 in words."""
    stored = await new_event()
    page = await (await new_person(stored)).http.get(path.replace("{code}", stored.code))
    assert (page.status_code, german(Unknown("unknown_page")) in page.text) == (404, True)


@pytest.mark.parametrize("number", ["x", "-1", "0", "9223372036854775807", "9223372036854775808", "9" * 5000])
async def test_unknown_result_says_so(number: str, new_event: NewEvent, new_person: NewPerson) -> None:
    """A result of no question is 404, however large its number."""
    page = await (await new_person(await new_event())).get(f"/results/{number}")
    assert page.status_code == 404


async def test_result_of_another_event_is_not_found(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """A shown result is found in its own event only, and only while it is shown."""
    stored, other = await new_event(), await new_event()
    desk = await new_desk(stored)
    for action in ("open", "close", "show"):
        await desk.do(action, stored.ids[0])
    here, there = await new_person(stored), await new_person(other)
    assert (await here.get(f"/results/{stored.ids[0]}")).status_code == 200
    assert (await there.get(f"/results/{stored.ids[0]}")).status_code == 404
    assert (await here.get(f"/results/{stored.ids[1]}")).status_code == 404
    assert f"/results/{stored.ids[0]}" in (await here.get("/programme")).text


async def test_forged_cookie_makes_a_new_participant(new_event: NewEvent, new_person: NewPerson) -> None:
    """A cookie that this server did not sign is replaced, on the page and on its 304; a good one is left alone."""
    stored = await new_event()
    person, other = await new_person(stored), await new_person(stored)
    first = await person.get()
    assert "set-cookie" in first.headers
    assert "set-cookie" not in (await person.get()).headers
    other.http.cookies.set("participant", "0" * 32 + ".forged", domain="127.0.0.1")
    forged = await other.get(**{"if-none-match": first.headers["etag"]})
    assert (forged.status_code, "set-cookie" in forged.headers) == (304, True)


async def test_page_is_the_same_bytes_for_all(open_event: Stored, new_person: NewPerson) -> None:
    """Two participants get the same page: nothing in it is about one of them."""
    first, second = await new_person(open_event), await new_person(open_event)
    assert (await first.get()).content == (await second.get()).content


# Polling


async def test_state_is_304_until_something_changes(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """The tag changes with an opening, the own vote and a shown result, and with other votes only for who has voted."""
    stored = await new_event()
    desk = await new_desk(stored)
    person, other = await new_person(stored), await new_person(stored)
    await person.get()
    await other.get()

    async def unchanged(tag: str) -> bool:
        answer = await person.get("/state", **{"if-none-match": tag})
        assert (answer.status_code, answer.headers["etag"] == tag) in ((304, True), (200, False))
        return answer.status_code == 304

    async def tag() -> str:
        found: str = (await person.get("/state")).headers["etag"]
        return found

    waiting = await tag()
    assert await unchanged(waiting)
    await desk.do("open", stored.ids[0])
    assert not await unchanged(waiting)
    asked = await tag()
    await other.post("/vote", form_of(stored, answer="o1"))
    assert await unchanged(asked)
    await person.post("/vote", form_of(stored, answer="o1"))
    assert not await unchanged(asked)
    voted = await tag()
    assert await unchanged(voted)
    await other.post("/vote", form_of(stored, number="2", answer="o2"))
    assert not await unchanged(voted)
    await desk.do("close", stored.ids[0])
    closed = await tag()
    await desk.do("show", stored.ids[0])
    assert not await unchanged(closed)
    assert 'data-state="shown"' in (await person.get("/state")).text


async def test_state_tag_is_of_no_earlier_process(new_event: NewEvent, new_person: NewPerson) -> None:
    """Tags are weak, and hold more than a count of changes, so that a restarted server does not know an old one."""
    person = await new_person(await new_event())
    await person.get()
    (version,) = re.fullmatch(r'W/"([0-9a-f]+)(?:\.0)+\.?"', (await person.get("/state")).headers["etag"]).groups()  # type: ignore[union-attr]  # it fits, or the test fails
    assert int(version, 16) > 10**18


async def test_state_without_a_cookie_is_what_a_newcomer_sees(open_event: Stored, new_person: NewPerson) -> None:
    """Asking for the state gives no cookie: the page does."""
    answer = await (await new_person(open_event)).get("/state")
    assert (ballot_form(answer.text), "set-cookie" in answer.headers) == (form_of(open_event), False)


# Voting without a socket


async def test_vote_by_script_gets_the_frames(open_event: Stored, new_person: NewPerson) -> None:
    """With HX-Request the answer is the present state and the acknowledgement; sent twice it is counted once."""
    person = await new_person(open_event)
    await person.get()
    for _ in range(2):
        fields = form_of(open_event, submission=UUID.format(1), answer="o2")
        answer = await person.post("/vote", fields, hx_request="true")
        (told,) = receipts(answer.text)
        assert (told.submission, told.state, told.answer, told.number) == (UUID.format(1), "counted", "o2", "1")
        assert 'hx-target="#stage"' in answer.text
    assert await ballots_of(open_event) == {(open_event.ids[0], 1): 1}


async def test_vote_by_http_is_acknowledged_to_the_sockets_too(open_event: Stored, new_person: NewPerson) -> None:
    """A participant's open pages hear of a vote that came by HTTP."""
    person = await new_person(open_event)
    line = await person.take_part()
    await person.post("/vote", form_of(open_event, submission=UUID.format(2), answer="o1"), hx_request="true")
    assert (await line.receipt(UUID.format(2))).state == "counted"


async def test_plain_form_leads_to_the_personal_page(open_event: Stored, new_person: NewPerson) -> None:
    """Without JavaScript: redirect, a page that nobody keeps, with answer and time; later without the time."""
    person = await new_person(open_event)
    await person.get()
    sent = await person.post("/vote", form_of(open_event, answer="o3"))
    assert (sent.status_code, sent.headers["cache-control"]) == (303, "no-store")
    page = await person.http.get(sent.headers["location"])
    (told,) = receipts(page.text)
    assert (page.headers["cache-control"], told.state, told.answer) == ("no-store", "counted", "o3")
    assert re.findall(r"\d{1,2}:\d\d:\d\d\sUhr", page.text) != []
    later = await person.get("/answer")
    assert (receipts(later.text)[0].answer, re.findall(r":\d\d:\d\d\sUhr", later.text)) == ("o3", [])


async def test_forged_time_of_counting_is_not_shown(open_event: Stored, new_person: NewPerson) -> None:
    """The personal page tells no time that the server has not signed."""
    person = await new_person(open_event)
    await person.get()
    await person.post("/vote", form_of(open_event, answer="o3"))
    for forged in ("2022-01-21T11:16:07+0100", "2022-01-21T11:16:07+0100.abc.def", "\x00", "x" * 5000):
        page = await person.http.get(f"{person.path}/answer", params={"counted": forged})
        assert (page.status_code, re.findall(r":\d\d:\d\d\sUhr", page.text)) == (200, [])


async def test_newest_plain_form_stands(open_event: Stored, new_person: NewPerson) -> None:
    """Forms without a submission of their own outrank each other as they come, whatever their number."""
    person = await new_person(open_event)
    await person.get()
    for number, answer in (("1", "o1"), ("1", "o2"), ("2", "o3"), ("1", "o1")):
        sent = await person.post("/vote", form_of(open_event, number=number, answer=answer))
        assert receipts((await person.http.get(sent.headers["location"])).text)[0].answer == answer
    assert receipts((await person.get("/answer")).text)[0].number == "4"
    assert await ballots_of(open_event) == {(open_event.ids[0], 1): 1}


async def test_form_posted_twice_counts_once(open_event: Stored, new_person: NewPerson) -> None:
    """Pressing the button twice is one ballot with the same answer."""
    person = await new_person(open_event)
    await person.get()
    for _ in range(2):
        assert (await person.post("/vote", form_of(open_event, answer="o2"))).status_code == 303
    assert await ballots_of(open_event) == {(open_event.ids[0], 1): 1}
    assert receipts((await person.get("/answer")).text)[0].answer == "o2"


async def test_personal_page_of_those_who_have_not_answered(open_event: Stored, new_person: NewPerson) -> None:
    """It says so, with a cookie and without."""
    person = await new_person(open_event)
    for _ in range(2):
        page = await person.get("/answer")
        assert "noch nicht geantwortet" in page.text
        await person.get()


# What is wrong with a form


async def refused(person: Person, fields: Mapping[str, object], error: PollError, status: int) -> str:
    """Post a form as script and as plain form; both must tell the reason. Return the plain one's page."""
    frames = await person.post("/vote", fields, hx_request="true")
    (told,) = receipts(frames.text)
    assert (frames.status_code, told.state, german(error) in told.text) == (200, "refused", True)
    page = await person.post("/vote", fields)
    assert (page.status_code, german(error) in page.text) == (status, True)
    assert page.headers["cache-control"] == "no-store"
    return page.text


async def test_refused_form_is_kept(open_event: Stored, new_person: NewPerson) -> None:
    """A form that cannot be counted comes back as it was filled in, with the reason, and nothing is stored."""
    person = await new_person(open_event)
    await person.get()
    page = await refused(person, form_of(open_event) | {"answer": ["o1", "o3"]}, Refused("one_only"), 422)
    assert (ballot_form(page), checked(page)) == (form_of(open_event), ["o1", "o3"])
    page = await refused(person, form_of(open_event), Refused("empty"), 422)
    assert (ballot_form(page), checked(page)) == (form_of(open_event), [])
    assert await ballots_of(open_event) == {}


async def test_refused_change_leaves_the_answer(open_event: Stored, new_person: NewPerson) -> None:
    """Who has answered keeps the answer when a change of it cannot be counted."""
    person = await new_person(open_event)
    await person.get()
    await person.post("/vote", form_of(open_event, answer="o2"))
    page = await refused(person, form_of(open_event, answer="o9"), Refused("unknown_option"), 422)
    assert (receipts(page)[0].answer, checked(page)) == ("o2", ["o2"])


async def test_form_for_what_takes_no_votes_is_refused(
    open_event: Stored, new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """A question that is not open, of another event, closed, or of another wave: nothing is stored."""
    foreign = await new_event()
    await (await new_desk(foreign)).do("open", foreign.ids[0])
    person = await new_person(open_event)
    await person.get()
    several = form_of(open_event, 1) | {"answer": ["o1", "o2"]}
    await refused(person, several, Refused("not_open"), 422)
    await refused(person, form_of(foreign, answer="o1"), Refused("unknown_question"), 404)
    await refused(person, form_of(open_event, answer="o1", wave="2"), Refused("not_open"), 422)
    desk = await new_desk(open_event)
    await desk.do("close", open_event.ids[0])
    page = await person.post("/vote", form_of(open_event, answer="o1"))
    assert (page.status_code, "geschlossen. Ihre Antwort konnte" in page.text) == (422, True)
    assert (await ballots_of(open_event), await ballots_of(foreign)) == ({}, {})


async def test_form_without_a_cookie_is_told_about_cookies(open_event: Stored, new_person: NewPerson) -> None:
    """Without a cookie that this server signed nobody votes."""
    for cookie in ("", "participant=" + "0" * 32, "participant=" + "0" * 32 + ".forged"):
        person = await new_person(open_event)
        page = await person.post("/vote", form_of(open_event, answer="o1"), cookie=cookie)
        assert (page.status_code, german(Refused("no_cookie")) in page.text) == (422, True)
    assert await ballots_of(open_event) == {}


async def test_form_of_another_site_is_refused(open_event: Stored, new_person: NewPerson) -> None:
    """A form with a foreign origin, or a hidden one, is not taken, for votes, desks and links alike."""
    person, moderator = await new_person(open_event), await new_person(open_event)
    await person.get()
    await moderator.open("desk")
    command = {"action": "close", "question": str(open_event.ids[0]), "seen": "1"}
    for origin in ("https://example.org", "null", open_event.server.url + ".example.org", ""):
        answers = [
            await person.post("/vote", form_of(open_event, answer="o1"), origin=origin),
            await moderator.post("/desk", command, origin=origin),
            await person.http.post(open_event.link("desk"), headers={"origin": origin}),
        ]
        told = [(answer.status_code, german(Forbidden("origin")) in answer.text) for answer in answers]
        assert (origin, told) == (origin, [(403, True)] * 3)
    assert await ballots_of(open_event) == {}
    assert 'data-state="open"' in (await person.get()).text


UNREADABLE: list[tuple[dict[str, str], bytes, str]] = [
    ({"content-type": "application/json"}, b'{"question": "1"}', "unknown_message"),
    ({"content-type": "text/plain"}, b"question=1", "unknown_message"),
    ({}, b"", "unknown_message"),
    ({"content-type": "application/x-www-form-urlencoded"}, b"\xff\xfe\x00=&&&", "unknown_message"),
    ({"content-type": "application/x-www-form-urlencoded"}, b"question=1&wave=1&number=%00", "malformed"),
    ({"content-type": "application/x-www-form-urlencoded"}, b"question=1&wave=1&number=1&submission=%1Bx", "malformed"),
    (
        {"content-type": "application/x-www-form-urlencoded"},
        b"question=" + b"9" * 5000 + b"&wave=1&number=1",
        "malformed",
    ),
    ({"content-type": "application/x-www-form-urlencoded"}, b"question=1&question=2&wave=1&number=1", "malformed"),
    ({"content-type": "application/x-www-form-urlencoded"}, b"a=" + b"x" * 20_000, "malformed"),
    ({"content-type": "application/x-www-form-urlencoded"}, b"a=1&" * 200, "malformed"),
    ({"content-type": "multipart/form-data; boundary=x"}, b"no parts at all", "malformed"),
    ({"content-type": "multipart/form-data"}, b"--x--", "malformed"),
    (
        {"content-type": "multipart/form-data; boundary=x"},
        b'--x\r\nContent-Disposition: form-data; name="question"; filename="a.txt"\r\n\r\n1\r\n--x--\r\n',
        "malformed",
    ),
]


@pytest.mark.parametrize(("headers", "body", "code"), UNREADABLE)
async def test_form_that_cannot_be_read_is_told(
    headers: dict[str, str], body: bytes, code: str, open_event: Stored, new_person: NewPerson
) -> None:
    """What is no form of ours is 400 in words, with and without JavaScript, for a vote and for a desk."""
    person = await new_person(open_event)
    await person.get()
    await person.open("desk")
    for path, more in (("/vote", {}), ("/vote", {"hx-request": "true"}), ("/desk", {})):
        answer = await person.http.post(person.path + path, content=body, headers=headers | more)
        said = german(Malformed("malformed" if path == "/desk" else code))
        assert (path, answer.status_code, said in answer.text) == (path, 400, True)
    assert await ballots_of(open_event) == {}


async def test_another_method_is_told(open_event: Stored, new_person: NewPerson) -> None:
    """A method that a door does not have is 405, as a page."""
    person = await new_person(open_event)
    for method, path in (("PUT", ""), ("GET", "/vote"), ("DELETE", "/state")):
        answer = await person.http.request(method, person.path + path)
        assert (answer.status_code, "<!DOCTYPE html>" in answer.text) == (405, True)


async def test_every_answer_carries_the_security_headers(open_event: Stored, new_person: NewPerson) -> None:
    """Pages, refusals, redirects and files forbid foreign content, framing and sniffing."""
    person = await new_person(open_event)
    answers = [
        await person.get(),
        await person.get("/desk"),
        await person.http.get("/nowhere"),
        await person.http.get("/healthz"),
    ]
    answers.append(await person.http.get("/join", params={"code": open_event.code}))
    policies = {answer.headers["content-security-policy"].split(";")[0] for answer in answers}
    others = {(answer.headers["x-content-type-options"], answer.headers["referrer-policy"]) for answer in answers}
    assert (policies, others) == ({"default-src 'none'"}, {("nosniff", "same-origin")})
