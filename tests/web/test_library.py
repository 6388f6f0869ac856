"""The library of questions at the desk and on an organiser's pages, and results side by side, on a real server."""

import itertools
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from typing import NamedTuple

import pytest
import pytest_asyncio

from poll_server.documents.library import ready_made
from poll_server.domain.errors import Forbidden, Unknown
from poll_server.domain.programme import Definition, Reveal
from poll_server.storage import events, library
from tests.harness.server import Server
from tests.web.accounts import Browser, account, give
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import LIVE, SINGLE, Stored, database_of
from tests.web.people import Desk, Person, Tags, ballot_form, german
from tests.web.test_editor import Writer

PAGE = "/desk/library"
OWN = "/organise/library"
MOOD = "ready-mood"
PACE = "ready-pace"


_numbers = itertools.count(1)


class Kim(NamedTuple):
    """Somebody who has signed in."""

    id: int
    browser: Browser

    async def page(self, path: str) -> str:
        """Open a page that is there."""
        answer = await self.browser.get(path)
        assert answer.status_code == 200
        return unescape(answer.text)

    async def press(self, path: str, **fields: str) -> int:
        """Send a form and return the status."""
        return (await self.browser.post(path, fields)).status_code


@pytest_asyncio.fixture
async def kim(shared_server: Server) -> AsyncIterator[Kim]:
    """Somebody whom no other test knows."""
    name = f"Kim {next(_numbers)}"
    organiser = await account(shared_server, name)
    async with Browser(shared_server) as browser:
        await browser.sign_in(name)
        yield Kim(organiser, browser)


async def definitions(stored: Stored) -> list[Definition]:
    """The questions of an event in the database."""
    async with database_of(stored.server) as database, database.read() as connection:
        event = await events.load(connection, stored.event.id)
    return [question.definition for question in event.questions]


async def ids_of(stored: Stored) -> list[int]:
    """The questions of an event in the database, by their ids."""
    async with database_of(stored.server) as database, database.read() as connection:
        return (await events.load(connection, stored.event.id)).question_ids


def origins(page: str) -> list[str]:
    """The questions that a page offers."""
    return re.findall(r'id="entry-([a-z0-9-]+)"', page)


def codes(page: str) -> list[str]:
    """The codes of what a page says was wrong."""
    return [tag["data-code"] for tag in Tags(page).having("data-code")]


async def answered(desk: Desk, people: list[Person], question: int, answers: list[str]) -> None:
    """Ask a question until it is closed; each of these people gives an answer."""
    await desk.do("open", question)
    for person, answer in zip(people, answers, strict=True):
        form = ballot_form((await person.get()).text)
        assert form is not None
        given = await person.post("/vote", form | {"answer": answer, "number": "1"})
        assert given.status_code in (200, 303)
    await desk.do("close", question)


async def test_ready_made_question_comes_into_the_round_that_was_chosen(new_event: NewEvent, new_desk: NewDesk) -> None:
    """A moderator by link finds it by a word, sees both previews and takes it; it keeps its origin."""
    stored = await new_event(SINGLE)
    desk = await new_desk(stored)
    home = stored.event.rounds[0].id
    assert origins((await desk.person.get(PAGE)).text) == [one.origin for one in ready_made()]
    for wanted, found in (("tempo", [PACE]), ("PACE today", [PACE]), ("xyzzy", []), ("<b>", [])):
        page = (await desk.person.get(f"{PAGE}?q={wanted}")).text
        assert (origins(page), "<b>" + "</label" in page) == (found, False)
    looked = (await desk.person.get(f"{PAGE}?look={PACE}")).text
    frames = {tag["id"]: unescape(tag["srcdoc"]) for tag in Tags(looked).having("srcdoc")}
    assert {name: "genau richtig" in page for name, page in frames.items()} == {
        "preview-phone": True,
        "preview-screen": True,
    }
    taken = await desk.person.post(PAGE, {"take": PACE, "round": str(home)})
    assert taken.status_code == 303
    told = (await desk.person.http.get(taken.headers["location"].partition("#")[0])).text
    assert "„Wie war das Tempo heute für Sie?“ ist in der Runde." in unescape(told)
    pace = next(one.definition for one in ready_made() if one.origin == PACE)
    assert await definitions(stored) == [SINGLE, replace(pace, rules={})]


async def test_english_event_gets_the_question_in_english(new_event: NewEvent, new_desk: NewDesk) -> None:
    """The translation becomes the question, and German its translation; the origin is the same."""
    stored = await new_event(SINGLE, language="en")
    desk = await new_desk(stored)
    await desk.person.post(PAGE, {"take": PACE, "round": str(stored.event.rounds[0].id)})
    english = (await definitions(stored))[1]
    assert (english.text, english.origin, [*english.translations]) == ("How was the pace today for you?", PACE, ["de"])


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"take": "ready-nothing", "round": "{round}"}, 404, "unknown_question"),
        ({"take": MOOD, "round": "999999"}, 404, "unknown_round"),
        ({"take": MOOD, "round": "0"}, 404, "unknown_round"),
        ({"keep": "{question}"}, 403, "role"),
    ],
)
async def test_what_cannot_be_done_is_said_and_changes_nothing(
    new_event: NewEvent, new_desk: NewDesk, fields: dict[str, str], status: int, code: str
) -> None:
    """An unknown question or round, and keeping without an account: the page says why, the event stays as it is."""
    stored = await new_event(SINGLE)
    desk = await new_desk(stored)
    given = {
        name: value.format(round=stored.event.rounds[0].id, question=stored.ids[0]) for name, value in fields.items()
    }
    answer = await desk.person.post(PAGE, given)
    assert (answer.status_code, codes(answer.text)) == (status, [code])
    assert await definitions(stored) == [SINGLE]


@pytest.mark.parametrize("fields", [{}, {"take": "../x", "round": "1"}, {"take": MOOD}, {"keep": "x"}])
async def test_fields_that_no_form_of_ours_sends_are_refused(
    new_event: NewEvent, new_desk: NewDesk, fields: dict[str, str]
) -> None:
    """Whatever is missing or no name of a question cannot be read; nothing is stored."""
    stored = await new_event(SINGLE)
    desk = await new_desk(stored)
    assert (await desk.person.post(PAGE, fields)).status_code == 400
    assert await definitions(stored) == [SINGLE]


async def test_event_without_a_round_gets_one(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Where nothing is prepared yet, the question makes a round."""
    stored = await new_event(empty=True)
    desk = await new_desk(stored)
    assert (await desk.person.post(PAGE, {"take": MOOD, "round": "0"})).status_code == 303
    assert [one.origin for one in await definitions(stored)] == [MOOD]


async def test_rehearsal_takes_no_question(new_event: NewEvent, new_desk: NewDesk) -> None:
    """What would be wiped with the rehearsal is refused, with the reason."""
    stored = await new_event(SINGLE)
    desk = await new_desk(stored)
    await desk.say("rehearsal_begin")
    answer = await desk.person.post(PAGE, {"take": MOOD, "round": str(stored.event.rounds[0].id)})
    assert (answer.status_code, codes(answer.text)) == (403, ["rehearsal"])
    assert german(Forbidden("rehearsal")) in unescape(answer.text)


async def test_kept_question_is_used_in_another_event_and_both_results_stand_side_by_side(
    kim: Kim, new_event: NewEvent, new_desk: NewDesk, new_person: NewPerson
) -> None:
    """From keeping to comparing: n, when and where stand with each asking, of both passes and both events."""
    first, second = await new_event(SINGLE), await new_event(LIVE)
    await give(first, kim.id, owner=True)
    await give(second, kim.id, owner=False)
    question = first.ids[0]
    assert await kim.press(f"/e/{first.code}{PAGE}", keep=str(question)) == 303
    (origin,) = [one for one in origins(await kim.page(OWN)) if not one.startswith("ready-")]
    home = str(second.event.rounds[0].id)
    assert await kim.press(f"/e/{second.code}{PAGE}", take=origin, round=home) == 303
    assert [one.origin for one in await definitions(second)] == ["", origin]
    people = [await new_person(first) for _ in range(3)]
    desk = await new_desk(first)
    await answered(desk, people, question, ["o1", "o1", "o2"])
    assert await desk.say("repeat", question) == ""
    await desk.at(int(desk.seen) + 1)
    await answered(desk, people[:2], question, ["o3", "o3"])
    elsewhere = await new_desk(second)
    await answered(elsewhere, [await new_person(second)], (await ids_of(second))[1], ["o1"])
    page = await kim.page(f"{OWN}/{origin}")
    assert [page.count(f"n = {n}") for n in (3, 2, 1)] == [2, 2, 2]
    assert (page.count(">Tagung</a>"), page.count("Durchgang 2")) == (3, 1)
    rows = re.findall(r'<th scope="row"><b>(\d)</b>.*?</th><td>\d</td><td>(\d+)</td><td>([^<]*)</td>', page)
    assert rows == [(str(at), n, "–") for counts in ("201", "100", "020") for at, n in enumerate(counts, 1)]
    assert page.count("Wenige Antworten") == 3


async def test_question_of_others_and_an_unknown_one_are_not_there(
    kim: Kim, shared_server: Server, new_event: NewEvent
) -> None:
    """Neither a question that somebody else has kept nor its askings are seen; nothing tells that there is one."""
    stored = await new_event(replace(SINGLE, origin="fremd"))
    other = await account(shared_server, f"Alex {next(_numbers)}", owns=stored)
    async with database_of(shared_server) as database, database.write() as connection:
        await library.keep(connection, other, replace(SINGLE, origin="fremd", text="Nur fuer Alex"))
    for origin in ("fremd", "unbekannt", "X"):
        answer = await kim.browser.get(f"{OWN}/{origin}")
        assert (answer.status_code, german(Unknown("unknown_question")) in unescape(answer.text)) == (404, True)
    assert ("Nur fuer Alex" in (page := await kim.page(OWN)), "fremd" in page) == (False, False)
    assert await kim.press(OWN, forget="fremd") == 303
    async with database_of(shared_server) as database, database.read() as connection:
        assert len(await library.entries(connection, other)) == 1


async def test_changed_words_end_the_link_and_time_does_not(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Saved with more time a question stays the library's; saved with other words it is one of its own."""
    stored = await new_event(replace(SINGLE, origin="alt"))
    desk = await new_desk(stored)
    writer = await Writer.at(desk.person, stored.ids[0])
    assert await writer.press("save", rule__seconds="60", result=Reveal.LIVE) == 303
    assert [one.origin for one in await definitions(stored)] == ["alt"]
    await writer.open(stored.ids[0])
    assert await writer.press("save", text="Was braucht Ihr Dorf?") == 303
    assert [one.origin for one in await definitions(stored)] == [""]


async def test_markup_in_a_kept_question_is_text(kim: Kim, new_event: NewEvent) -> None:
    """Whatever somebody has written into a question stands on all these pages as it was written."""
    stored = await new_event(replace(SINGLE, text="<script>x</script>", hint="<b>y</b>"))
    await give(stored, kim.id, owner=True)
    assert await kim.press(f"/e/{stored.code}{PAGE}", keep=str(stored.ids[0])) == 303
    (origin,) = [one for one in origins(await kim.page(OWN)) if not one.startswith("ready-")]
    desk = f"/e/{stored.code}{PAGE}"
    pages = [await kim.browser.get(path) for path in (OWN, desk, f"{OWN}/{origin}", f"{desk}?look={origin}")]
    assert [("<script>x" in one.text, "&lt;script&gt;x" in one.text) for one in pages] == [(False, True)] * 4
