"""The doors without a socket: plain forms without JavaScript, and polling from behind firewalls."""

import re
from uuid import uuid4

import pytest

from poll_server.domain.errors import PollError, Refused, Unknown
from poll_server.simulate.frames import read
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SEVERAL, SINGLE, ballots_of
from tests.web.people import Desk, Person, Receipt, Tags, ballot_form, german, receipts

COUNTED_AT = re.compile(r"\b\d{1,2}:\d\d:\d\d\sUhr")


async def form_of(person: Person, path: str = "") -> dict[str, str]:
    """The hidden fields of the vote's form on a page."""
    fields = ballot_form((await person.get(path)).text)
    assert fields is not None
    return fields


async def post_plain(person: Person, fields: dict[str, str], *answer: str) -> tuple[int, str]:
    """Send a form as a browser without JavaScript does; return the status and the page that it ends on."""
    response = await person.post("/vote", fields | {"answer": list(answer)})
    if response.status_code != 303:
        return response.status_code, response.text
    page = await person.http.get(response.headers["location"])
    assert (response.headers["cache-control"], page.headers["cache-control"]) == ("no-store", "no-store")
    return page.status_code, page.text


def receipt_of(html: str) -> Receipt:
    """The one acknowledgement on a page."""
    (receipt,) = receipts(html)
    return receipt


def chosen(html: str) -> list[str]:
    """The options that are ticked in the forms of a page."""
    return [tag["value"] for tag in Tags(html).having("checked")]


# Forms without JavaScript


async def test_plain_form_is_counted_with_time(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A form ends on a page of one's own that says counted and when; loaded later, counted without the time."""
    stored = await new_event()
    desk, clara = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    form = await form_of(clara)
    assert form == {"question": str(stored.ids[0]), "wave": "1", "number": "1", "submission": ""}
    status, page = await post_plain(clara, form, "o2")
    receipt = receipt_of(page)
    assert (status, receipt.state, receipt.answer, receipt.number) == (200, "counted", "o2", "1")
    assert len(COUNTED_AT.findall(receipt.text)) == 1
    later = (await clara.get("/answer")).text
    assert (receipt_of(later).answer, COUNTED_AT.findall(receipt_of(later).text)) == ("o2", [])
    assert await ballots_of(stored) == {(stored.ids[0], 1): 1}


async def test_plain_form_in_two_tabs_newest_stands(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Of forms without an id the one that comes last stands, although all of them carry the same number."""
    stored = await new_event()
    desk, clara = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    form = await form_of(clara)
    for number, option in enumerate(("o1", "o3", "o2"), 1):
        receipt = receipt_of((await post_plain(clara, form, option))[1])
        assert (receipt.state, receipt.answer, receipt.number) == ("counted", option, str(number))
    assert await ballots_of(stored) == {(stored.ids[0], 1): 1}


async def test_plain_form_sent_twice_counts_once(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A double click, or a page sent again by reloading, is one ballot."""
    stored = await new_event()
    desk, clara = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    form = await form_of(clara)
    for _ in range(2):
        status, page = await post_plain(clara, form, "o1")
        assert (status, receipt_of(page).answer) == (200, "o1")
    assert await ballots_of(stored) == {(stored.ids[0], 1): 1}


async def test_plain_form_changes_answer(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """The page after the vote has the form to change it, filled in; after that the new answer counts."""
    stored = await new_event(SEVERAL)
    desk, clara = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    _, page = await post_plain(clara, await form_of(clara), "o4", "o1")
    change = ballot_form(page)
    assert change is not None
    assert (change["number"], chosen(page)) == ("2", ["o1", "o4"])
    receipt = receipt_of((await post_plain(clara, change, "o2", "o3"))[1])
    assert (receipt.state, receipt.answer, receipt.number) == ("counted", "o2 o3", "2")
    assert await ballots_of(stored) == {(stored.ids[0], 1): 1}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((), Refused("none_chosen", minimum=2)),
        (("o1",), Refused("too_few", chosen=1, minimum=2)),
        (("o1", "o2", "o3", "o4"), Refused("too_many", chosen=4, maximum=3, excess=1)),
        (("o1", "o9"), Refused("unknown_option")),
    ],
)
async def test_plain_form_with_mistake_is_kept(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk, answer: tuple[str, ...], error: PollError
) -> None:
    """What cannot be counted comes back with the reason in words and the form as it was; mended, it is counted."""
    stored = await new_event(SEVERAL)
    desk, clara = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    status, page = await post_plain(clara, await form_of(clara), *answer)
    receipt = receipt_of(page)
    assert (status, receipt.state, receipt.answer, receipt.number) == (422, "refused", "", "0")
    assert receipt.text.count(german(error)) == 1
    assert chosen(page) == [option for option in answer if option != "o9"]
    assert await ballots_of(stored) == {}
    again = ballot_form(page)
    assert again is not None
    assert receipt_of((await post_plain(clara, again, "o1", "o2"))[1]).state == "counted"


async def test_plain_form_with_mistaken_change(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A change that cannot be counted leaves the first answer standing, and says so."""
    stored = await new_event(SINGLE)
    desk, clara = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    _, page = await post_plain(clara, await form_of(clara), "o1")
    change = ballot_form(page)
    assert change is not None
    status, page = await post_plain(clara, change, "o1", "o3")
    receipt = receipt_of(page)
    assert (status, receipt.state, receipt.answer, receipt.number) == (422, "refused", "o1", "1")
    assert (receipt.text.count(german(Refused("one_only"))), ballot_form(page) is not None) == (1, True)
    assert await ballots_of(stored) == {(stored.ids[0], 1): 1}


async def test_plain_form_of_closed_question(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A form that comes too late is answered in words, without a form that nobody could send."""
    stored = await new_event()
    desk, clara = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    form = await form_of(clara)
    await desk.do("close", stored.ids[0])
    status, page = await post_plain(clara, form, "o1")
    receipt = receipt_of(page)
    assert (status, receipt.state, receipt.answer, ballot_form(page)) == (422, "refused", "", None)
    assert re.findall(r"Die Frage wurde um \d{1,2}:\d\d\sUhr geschlossen", receipt.text) != []
    assert await ballots_of(stored) == {}


async def test_plain_form_of_unknown_question(new_event: NewEvent, new_person: NewPerson) -> None:
    """A form for a question of another event is answered in words, and stored in neither."""
    stored, other = await new_event(), await new_event()
    clara = await new_person(stored)
    await clara.get()
    form = {"question": str(other.ids[0]), "wave": "1", "number": "1", "submission": ""}
    status, page = await post_plain(clara, form, "o1")
    assert (status, receipt_of(page).text.count(german(Unknown("unknown_question")))) == (404, 1)
    assert (await ballots_of(stored), await ballots_of(other)) == ({}, {})


async def test_plain_form_without_cookie(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A browser that keeps no cookie is told what to allow; its vote is not counted under nobody's name."""
    stored = await new_event()
    desk, clara = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    form = await form_of(clara)
    clara.http.cookies.clear()
    status, page = await post_plain(clara, form, "o1")
    assert (status, page.count(german(Refused("no_cookie")))) == (422, 1)
    assert await ballots_of(stored) == {}


async def test_time_on_answer_page_cannot_be_made_up(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """A changed token in the address shows no time, and a right one shows nothing to somebody without a vote."""
    stored = await new_event()
    desk, clara, dora = await new_desk(stored), await new_person(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    response = await clara.post("/vote", await form_of(clara) | {"answer": "o1"})
    path = response.headers["location"]
    forged = await clara.http.get(path.replace("counted=20", "counted=19", 1))
    assert path != path.replace("counted=20", "counted=19", 1)
    assert COUNTED_AT.findall(forged.text) == []
    await dora.get()
    borrowed = await dora.http.get(path)
    assert (COUNTED_AT.findall(borrowed.text), receipts(borrowed.text)) == ([], [])


# Asking again and again, where sockets are blocked


async def test_state_is_unchanged_until_something_happens(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Asking again is 304 without a body until a step or the own vote changes what is seen; then it is new, once."""
    stored = await new_event()
    desk, bert = await new_desk(stored), await new_person(stored)
    await bert.get()
    etags = [(await bert.get("/state")).headers["etag"]]

    async def ask() -> tuple[str, Receipt | None]:
        """The new state, after which there is no newer one."""
        new = await bert.get("/state", **{"if-none-match": etags[-1]})
        assert (new.status_code, new.headers["cache-control"]) == (200, "private, no-cache")
        etags.append(new.headers["etag"])
        same = await bert.get("/state", **{"if-none-match": etags[-1]})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etags[-1])
        return new.text, next(iter(receipts(new.text)), None)

    await desk.do("open", stored.ids[0])
    html, receipt = await ask()
    form = ballot_form(html)
    assert (form is not None, receipt) == (True, None)
    submission = str(uuid4())
    await bert.post("/vote", (form or {}) | {"answer": "o3", "submission": submission}, HX_Request="true")
    _, receipt = await ask()
    assert receipt is not None
    assert (receipt.submission, receipt.state, receipt.answer, receipt.number) == (submission, "counted", "o3", "1")
    await desk.do("close", stored.ids[0])
    html, receipt = await ask()
    assert (html.count('data-state="closed"'), ballot_form(html)) == (1, None)
    await desk.do("show", stored.ids[0])
    html, receipt = await ask()
    assert (read(html.encode()).figures["n-o3"], receipt and receipt.answer) == ("1", "o3")
    assert len(set(etags)) == len(etags) == 5


async def test_state_of_voters_follows_numbers(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Another person's vote changes the state of those who see numbers, and not of those who see none."""
    stored = await new_event()
    desk, voter, waiter, other = (
        await new_desk(stored),
        await new_person(stored),
        await new_person(stored),
        await new_person(stored),
    )
    await desk.do("open", stored.ids[0])
    form = await form_of(voter)
    await post_plain(voter, form, "o1")
    await waiter.get()
    await other.get()
    etags = [(await one.get("/state")).headers["etag"] for one in (voter, waiter)]
    await post_plain(other, form, "o2")
    asked = [
        await one.get("/state", **{"if-none-match": etag}) for one, etag in zip((voter, waiter), etags, strict=True)
    ]
    assert [response.status_code for response in asked] == [200, 304]
    assert asked[0].text.count('data-figure="answered">2<') == 1


async def test_page_is_unchanged_until_something_happens(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """The page itself is 304 for those who have it, and a visitor with somebody's tag still gets a cookie."""
    stored = await new_event()
    desk, bert, newcomer = await new_desk(stored), await new_person(stored), await new_person(stored)
    etag = (await bert.get()).headers["etag"]
    same = await bert.get("", **{"if-none-match": etag})
    first = await newcomer.get("", **{"if-none-match": etag})
    assert (same.status_code, "set-cookie" in same.headers) == (304, False)
    assert (first.status_code, "set-cookie" in first.headers) == (304, True)
    await desk.do("open", stored.ids[0])
    assert (await bert.get("", **{"if-none-match": etag})).status_code == 200


async def test_scripted_post_answers_with_frames(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """With HX-Request the answer is the state and the acknowledgement, sent again the same, refused ones as well."""
    stored = await new_event()
    desk, bert = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    form = await form_of(bert)
    submission = str(uuid4())
    for _ in range(2):
        fields = form | {"answer": "o1", "submission": submission}
        response = await bert.post("/vote", fields, HX_Request="true")
        receipt = receipts(response.text)[-1]
        assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
        assert (receipt.submission, receipt.state, receipt.number) == (submission, "counted", "1")
        assert response.text.startswith('<template hx type="partial" hx-target="#said-stage"')
    refused = await bert.post("/vote", form | {"answer": "o9", "number": "2"}, HX_Request="true")
    receipt = receipts(refused.text)[-1]
    assert (refused.status_code, receipt.state, receipt.answer) == (200, "refused", "o1")
    assert await ballots_of(stored) == {(stored.ids[0], 1): 1}


async def test_both_doors_lead_to_one_ballot(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A vote sent over the socket and posted again as a form counts once, and a post is told to the open socket."""
    stored = await new_event()
    desk, anna = await new_desk(stored), await new_person(stored)
    await desk.do("open", stored.ids[0])
    line = await anna.take_part()
    form = ballot_form(await line.until(ballot_form))
    assert form is not None
    first = await line.vote(form, "o1")
    posted = await anna.post("/vote", form | {"answer": "o1", "submission": first.submission}, HX_Request="true")
    assert receipts(posted.text)[-1].state == "counted"
    second = str(uuid4())
    await anna.post("/vote", form | {"answer": "o2", "number": "2", "submission": second}, HX_Request="true")
    told = await line.receipt(second)
    assert (told.state, told.answer, told.number) == ("counted", "o2", "2")
    assert await ballots_of(stored) == {(stored.ids[0], 1): 1}


async def test_desk_works_by_plain_forms(new_event: NewEvent, new_person: NewPerson) -> None:
    """A desk without JavaScript opens by a form, is sent back to the desk, and is told when somebody was faster."""
    stored = await new_event()
    moderator = await new_person(stored)
    desk = await Desk.of(moderator)
    command = {"action": "open", "question": str(stored.ids[0]), "seen": desk.seen}
    done = await moderator.post("/desk", command)
    late = await moderator.post("/desk", command)
    assert (done.status_code, done.headers["location"]) == (303, f"{moderator.path}/desk")
    codes = [tag["data-code"] for tag in Tags(late.text).having("data-code")]
    assert (late.status_code, codes) == (409, ["conflict"])
    draft = {"action": "ask", "kind": "single_choice", "text": "Pause?", "options": "Ja", "seen": "1"}
    wrong = await moderator.post("/desk", draft)
    kept = [tag.get("value") for tag in Tags(wrong.text).having("name") if tag["name"] == "text"]
    assert (wrong.status_code, kept) == (422, ["Pause?"])
