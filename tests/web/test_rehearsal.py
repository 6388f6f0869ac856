"""A rehearsal: simulated participants at the organiser's own event, said on every page, and gone without a trace."""

import asyncio
import json
import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from poll_server.domain.contributions import SessionState
from poll_server.domain.programme import SessionDraft
from poll_server.simulate.questions import QUESTIONS, UNFIT
from tests.harness.server import Server
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import Stored, draft, store
from tests.web.floor import Hall, hall
from tests.web.people import Desk, Person, ballot_form
from tests.web.test_contributions import line
from tests.web.test_presence import figure
from tests.web.test_questions_hidden import LINKS, Seat

MARK = "data-rehearsal"


def counted(stored: Stored) -> list[int]:
    """How many rows of each table belong to this event's questions: ballots, tallies, askings."""
    with closing(sqlite3.connect(stored.server.data / "poll.sqlite3")) as database:
        places = ",".join(map(str, stored.ids))
        return [
            database.execute(f"SELECT count(*) FROM {table} WHERE question_id IN ({places})").fetchone()[0]
            for table in ("ballot", "tally", "wave")
        ]


def asked(made: Hall) -> tuple[list[int], str]:
    """How many rows a session has: contributions, backings, deeds; and where it stands."""
    ids = "SELECT id FROM contribution WHERE item_id = :id"
    tables = {"contribution": "item_id = :id", "backing": f"contribution_id IN ({ids})", "deed": "item_id = :id"}
    with closing(sqlite3.connect(made.stored.server.data / "poll.sqlite3")) as database:
        (left,) = database.execute(
            "SELECT count(*) FROM backing WHERE contribution_id NOT IN (SELECT id FROM contribution)"
        )
        assert left == (0,)
        found = [
            database.execute(f"SELECT count(*) FROM {table} WHERE {which}", {"id": made.session}).fetchone()[0]
            for table, which in tables.items()
        ]
        (state,) = database.execute("SELECT state FROM question_session WHERE item_id = ?", [made.session]).fetchone()
    return found, state


def crowd_of(stored: Stored) -> list[str]:
    """The command lines of the processes that simulate participants of this event."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(path.read_bytes().decode())
    return [line for line in found if "\0simulate\0" in line and f"/e/{stored.code}\0" in line]


async def until_crowds(stored: Stored, many: int) -> None:
    """Wait until so many processes simulate participants of this event.

    One that has just been started hears of its end only when all is imported, and waits ten seconds for its votes.
    """
    async with asyncio.timeout(40):
        while len(crowd_of(stored)) != many:  # noqa: ASYNC110 - told to nobody
            await asyncio.sleep(0.05)


async def marked(people: dict[str, Person]) -> dict[str, bool]:
    """Which pages say that it is a rehearsal."""
    pages = {
        "": "anna",
        "/programme": "anna",
        "/answer": "anna",
        "/state": "anna",
        "/screen": "screen",
        "/desk": "desk",
    }
    return {path: MARK in (await people[who].get(path)).text for path, who in pages.items()}


async def test_rehearsal_from_beginning_to_wipe(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Participants come and answer, all pages say so, nothing is exported; the wipe leaves no row and no process."""
    stored = await new_event()
    desk, anna, screen = await new_desk(stored), await new_person(stored), await new_person(stored)
    people = {"desk": desk.person, "anna": anna, "screen": screen}
    await screen.open("screen")
    live = await anna.take_part()
    before = (await desk.person.get("/desk/export/csv")).content
    assert set((await marked(people)).values()) == {False}

    assert await desk.say("rehearsal_begin") == ""
    await desk.at(1)
    await live.until(lambda frame: MARK in frame)
    assert set((await marked(people)).values()) == {True}
    assert (await desk.person.get("/desk/export/csv")).status_code == 403
    await desk.do("open", stored.ids[0])
    await desk.line.until(lambda frame: int(figure(frame, "answered") or 0) > 2)
    form = ballot_form(await live.until(lambda frame: "data-vote" in frame))
    assert form is not None
    assert (await live.vote(form, "o1")).state == "counted"
    assert len(crowd_of(stored)) == 1
    assert await desk.say("ask", kind="single_choice", text="Pause?", options="Ja\nNein", seen=desk.seen) == "rehearsal"

    assert await desk.say("rehearsal_wipe") == ""
    await desk.at(3)
    await until_crowds(stored, 0)
    await desk.line.until(lambda frame: figure(frame, "present") == "1")
    assert counted(stored) == [0, 0, 0]
    assert set((await marked(people)).values()) == {False}
    assert (await live.vote(form, "o1", number="2")).state == "refused"
    assert (await desk.person.get("/desk/export/csv")).content == before.replace(b";1;;;;0;", b";2;;;;0;", 3)
    told = [json.loads(line) for line in stored.server.logs().splitlines() if f'"{stored.code}"' in line]
    assert [line["event"] for line in told] == ["rehearsal begun", "rehearsal wiped", "simulated participants left"]
    assert (told[2]["lost"], told[2]["doubled"]) == (0, 0)


@pytest.mark.long
async def test_rehearsal_takes_the_questions_of_simulated_people_with_it(
    shared_server: Server, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """They ask and back, all pages say that it is a rehearsal, a question is shown; after it no byte tells of any."""
    made = await hall(shared_server, SessionDraft(moderated=False, listed=True), state=SessionState.READY)
    desk, anna, late = await new_desk(made.stored), await new_person(made.stored), await new_person(made.stored)
    seats = [Seat(role, await new_person(made.stored)) for role in LINKS]
    for seat, link in zip(seats, LINKS.values(), strict=True):
        await seat.sit_down(link)
    live = await line(anna)
    assert MARK not in (await anna.get("/questions")).text
    assert await desk.say("rehearsal_begin") == ""
    await desk.at(1)
    await live.until(lambda frame: MARK in frame)
    form = {"session": str(made.session), "contribution": "", "action": "session_open", "seen": "0"}
    assert (await desk.person.post("/desk/questions", form)).status_code == 303
    for _ in range(2):  # a question, and backings that move its number
        await live.until(lambda frame: re.search(r'"q\d+":"[1-9]', frame))
    state = await anna.get("/questions/state")
    shown = re.findall(r'data-item="(\d+)"', state.text)[0]
    assert (MARK in (await anna.get("/questions")).text, MARK in state.text) == (True, True)
    show = {"session": str(made.session), "contribution": f"{shown}.0", "action": "show"}
    assert (await desk.person.post("/desk/questions", show)).status_code == 303
    texts = [one.text for one in (*QUESTIONS, *UNFIT)]
    for seat in seats:
        present = await seat.bytes()
        assert [text for text in texts if text in present] != []

    before = len(live.frames)
    assert await desk.say("rehearsal_wipe") == ""
    await live.until(lambda frame: 'hx-target="#list"' in frame and "data-item" not in frame and MARK not in frame)
    await until_crowds(made.stored, 0)
    again = await anna.get("/questions/state", **{"if-none-match": state.headers["etag"]})
    got = [again.text, *live.frames[before:][-1:], (await late.get("/questions")).text]
    got += [(await anna.get(path)).text for path in ("/questions", "/questions/list", "")]
    got += [(await desk.person.get(path)).text for path in ("/desk", "/desk/questions", "/desk/questions/log")]
    got.append((await desk.person.get("/desk/questions/export/questions.json")).text)
    for seat, link in zip(seats, LINKS.values(), strict=True):
        got.append((await seat.person.get(f"/{link}")).text)
    assert again.status_code == 200
    assert [text for text in texts for page in got if text in page] == []
    assert [MARK in page for page in got] == [False] * len(got)
    assert asked(made) == ([0, 0, 0], "ready")


async def test_rehearsal_outlives_no_server_and_goes_on_with_the_next(server: Server) -> None:
    """The participants of a killed server go with it; after a restart they come again, and are gone after the wipe."""
    stored = await store(server, draft())
    async with Person(stored) as moderator:
        desk = await Desk.of(moderator)
        assert await desk.say("rehearsal_begin") == ""
        await until_crowds(stored, 1)
        await server.kill()
        await until_crowds(stored, 0)
        await server.start()
        desk = await Desk.of(moderator)
        await until_crowds(stored, 1)
        assert await desk.say("rehearsal_wipe") == ""
        await until_crowds(stored, 0)


async def test_rehearsal_is_refused_after_an_answer(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Once a question has been asked there is nothing to rehearse, and without a rehearsal nothing to wipe."""
    stored = await new_event()
    desk: Desk = await new_desk(stored)
    assert await desk.say("rehearsal_wipe") == "step"
    await desk.do("open", stored.ids[0])
    assert await desk.say("rehearsal_begin") == "asked_already"
    assert crowd_of(stored) == []
