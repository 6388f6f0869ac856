"""A rehearsal: simulated participants at the organiser's own event, said on every page, and gone without a trace."""

import asyncio
import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from tests.harness.server import Server
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import Stored, draft, store
from tests.web.people import Desk, Person, ballot_form
from tests.web.test_presence import figure

MARK = "data-rehearsal"


def counted(stored: Stored) -> list[int]:
    """How many rows of each table belong to this event's questions: ballots, tallies, askings."""
    with closing(sqlite3.connect(stored.server.data / "poll.sqlite3")) as database:
        places = ",".join(map(str, stored.ids))
        return [
            database.execute(f"SELECT count(*) FROM {table} WHERE question_id IN ({places})").fetchone()[0]
            for table in ("ballot", "tally", "wave")
        ]


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
