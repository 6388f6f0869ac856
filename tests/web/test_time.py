"""Countdowns and more time, through the doors: the server closes, and only those with more time go on."""

import asyncio
import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from poll_server.domain.errors import Refused
from poll_server.domain.programme import Reveal
from poll_server.domain.rounds import State
from poll_server.domain.timing import EXTENSIONS_MAXIMUM
from poll_server.storage import events
from poll_server.storage.tables import ExtensionRow, WaveRow, metadata
from tests.harness.server import Server
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SINGLE, Stored, database_of, draft, store
from tests.web.people import PATIENCE_SECONDS, Desk, Line, Person, Tags, ballot_form, german

SHORT = replace(SINGLE, rules={"seconds": 2, "extension": True})
WISH = {"extend": "yes", "wave": "1"}


def closes(frame: str) -> datetime | None:
    """When the countdown in a frame ends."""
    found = Tags(frame).having("data-closes")
    return datetime.fromtimestamp(int(found[0]["data-closes"]) / 1000, UTC) if found else None


async def until_too_late(line: Line, form: dict[str, str]) -> None:
    """Vote anew, always with a newer answer, until the grace for votes on their way is over."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        for number in count(1):
            if (await line.vote(form, "o2", number=str(number))).state == "refused":
                return


async def test_countdown_closes_the_question(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A question with seconds opens with its end in sight, and closes then without anybody's doing."""
    stored = await new_event(SHORT)
    desk, anna = await new_desk(stored), await new_person(stored)
    live = await anna.take_part()
    opened = await desk.do("open", stored.ids[0])
    ends = closes(opened)
    assert ends is not None
    assert closes(await live.until(lambda frame: "data-vote" in frame)) == ends
    beat = json.loads(await live.until(lambda frame: frame.startswith('{"beat"')))
    assert abs(datetime.fromtimestamp(beat["now"] / 1000, UTC) - datetime.now(UTC)) < timedelta(
        seconds=PATIENCE_SECONDS
    )
    await desk.at(3)
    assert datetime.now(UTC) >= ends
    form = ballot_form(opened) or {"question": str(stored.ids[0]), "wave": "1", "number": "1"}
    assert (await live.vote(form, "o1")).state == "refused"


def total(frame: str) -> int:
    """How many seconds a countdown in a frame has in all."""
    (found,) = Tags(frame).having("data-total")
    return int(found["data-total"])


async def test_moderator_starts_prolongs_and_stops_a_countdown(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Of an open question the desk sets the end, moves it and takes it away; then it stays open.

    The countdown has its own beginning, not that of the question.
    """
    stored = await new_event(SINGLE)
    desk, question = await new_desk(stored), stored.ids[0]
    await desk.do("open", question)
    wave = metadata.tables[str(WaveRow.__tablename__)]
    async with database_of(stored.server) as database, database.write() as connection:
        early = datetime.now(UTC) - timedelta(hours=1)
        await connection.execute(wave.update().where(wave.c.question_id == question).values(opened=early))
    assert await desk.say("time", question, seconds="60") == ""
    begun = await desk.at(2)
    first = closes(begun)
    assert await desk.say("time", question, seconds="30") == ""
    prolonged = await desk.at(3)
    second = closes(prolonged)
    assert (total(begun), total(prolonged)) == (60, 90)
    assert first is not None
    assert second == first + timedelta(seconds=30)
    assert await desk.say("time", question, seconds="0") == ""
    assert closes(await desk.at(4)) is None
    await desk.do("close", question)
    assert await desk.say("time", question, seconds="60") == "step"


async def test_more_time_is_for_who_took_it(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """After the common end one votes on, the other is too late, nothing is shown, and the desk can end it for all."""
    stored = await new_event(SHORT)
    desk, anna, paul, question = (
        await new_desk(stored),
        await new_person(stored),
        await new_person(stored),
        stored.ids[0],
    )
    slow, quick = await anna.take_part(), await paul.take_part()
    await desk.do("open", question)
    form = ballot_form(await slow.until(lambda frame: "data-vote" in frame))
    assert form is not None
    await slow.send({"extend": "yes", "question": form["question"], "wave": form["wave"]})
    await slow.until(lambda frame: f"own-time-{question}-1" in frame and "Uhr" in frame)
    await desk.at(2)
    assert "data-vote" not in (await paul.get("/state")).text
    assert "data-vote" in (await anna.get("/state")).text
    assert "data-vote" in (await anna.get()).text
    # The grace for votes on their way is over when the desk says who is left.
    await until_too_late(quick, form)
    assert (await slow.vote(form, "o1")).state == "counted"
    assert await desk.say("show", question) == "step"
    assert await desk.say("time", question, seconds="0") == ""
    await desk.at(4)
    assert (await slow.vote(form, "o2", number="2")).state == "refused"
    assert await desk.say("show", question) == ""


async def test_result_that_grows_rests_while_some_have_more_time(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Who has answered sees the result before the common end and after the last one's, and not in between."""
    stored = await new_event(replace(SHORT, reveal=Reveal.LIVE))
    desk, anna, paul, question = (
        await new_desk(stored),
        await new_person(stored),
        await new_person(stored),
        stored.ids[0],
    )
    slow, quick = await anna.take_part(), await paul.take_part()
    await desk.do("open", question)
    form = ballot_form(await slow.until(lambda frame: "data-vote" in frame))
    assert form is not None
    await slow.send({"extend": "yes", "question": form["question"], "wave": form["wave"]})
    await slow.until(lambda frame: f"own-time-{question}-1" in frame and "Uhr" in frame)
    assert (await quick.vote(form, "o1")).state == "counted"
    seen = ["sg-results" in (await paul.get("/state")).text]
    await desk.at(2)
    seen.append("sg-results" in (await paul.get("/state")).text)
    assert await desk.say("time", question, seconds="0") == ""
    await desk.at(4)
    seen.append("sg-results" in (await paul.get("/state")).text)
    assert seen == [True, False, True]


async def test_more_time_without_javascript(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A plain form takes more time and leads back to the page; where none is offered the page says so."""
    stored = await new_event(SHORT, SINGLE)
    desk, anna = await new_desk(stored), await new_person(stored)
    await anna.get()
    await desk.do("open", stored.ids[0])
    wish = {"extend": "yes", "question": str(stored.ids[0]), "wave": "1"}
    taken = await anna.post("/vote", wish)
    assert (taken.status_code, taken.headers["location"]) == (303, f"/e/{stored.code}")
    page = (await anna.get()).text.partition('id="own-time-')[2].partition("</div>")[0]
    assert (">Bis wann</a>" in page, f'href="/e/{stored.code}/answer"' in page) == (True, True)
    assert re.findall(r"Sie haben mehr Zeit: bis \d\d?:\d\d:\d\d", (await anna.get("/answer")).text) != []
    refused = await anna.post("/vote", wish | {"question": str(stored.ids[1])})
    assert (refused.status_code, "keine zusätzliche Zeit" in refused.text) == (422, True)


async def move(stored: Stored, until: datetime) -> None:
    """Let all extensions of an event end at another time, while its server does not run."""
    table = metadata.tables[str(ExtensionRow.__tablename__)]
    async with database_of(stored.server) as database, database.write() as connection:
        await connection.execute(table.update().values(until=until))


async def restart_with_time_left(server: Server, stored: Stored) -> datetime:
    """Kill and start a server so that what this machine does meanwhile leaves time over; return when that ends."""
    await server.kill()
    begun = time.monotonic()
    await server.start()
    await server.kill()
    until = datetime.now(UTC) + timedelta(seconds=2 + 2 * (time.monotonic() - begun))
    await move(stored, until)
    await server.start()
    return until


async def extensions_of(stored: Stored) -> int:
    """How many extensions are stored for an event."""
    table = metadata.tables[str(ExtensionRow.__tablename__)]
    async with database_of(stored.server) as database, database.read() as connection:
        rows = await connection.execute(table.select().where(table.c.question_id.in_(stored.ids)))
        return len(rows.all())


async def test_restart_while_some_have_more_time(server: Server) -> None:
    """A killed server knows after its start who has more time and until when; at its end nobody slips in behind."""
    stored = await store(server, draft(SHORT))
    (question,) = stored.ids
    async with Person(stored) as moderator, Person(stored) as anna, Person(stored) as paul:
        desk, slow, quick = await Desk.of(moderator), await anna.take_part(), await paul.take_part()
        await desk.do("open", question)
        form = ballot_form(await slow.until(lambda frame: "data-vote" in frame))
        assert form is not None
        await slow.send(WISH | {"question": form["question"]})
        await slow.until(lambda frame: "Sie haben mehr Zeit: bis" in frame)
        await desk.at(2)
        until = await restart_with_time_left(server, stored)
        slow, quick = await anna.take_part(), await paul.take_part()
        local = until.astimezone(ZoneInfo("Europe/Berlin"))
        assert f"bis {local.hour}:{local:%M:%S} Uhr" in await slow.until(
            lambda frame: "Sie haben mehr Zeit: bis" in frame
        )
        assert (await slow.vote(form, "o1")).state == "counted"
        await until_too_late(quick, form)
        before = await anna.get("/state")
        states = set()
        async with asyncio.timeout((until - datetime.now(UTC)).total_seconds() + 2 * PATIENCE_SECONDS):
            while 'data-state="closed"' not in (await paul.get("/state")).text:
                states.add((await quick.vote(form, "o2", number="1000")).state)
        assert states == {"refused"}
        after = await anna.get("/state", **{"if-none-match": before.headers["etag"]})
        assert (after.status_code, "data-vote" in after.text) == (200, False)
        assert datetime.now(UTC) >= until
        assert await extensions_of(stored) == 0


async def test_restart_in_a_countdown(server: Server) -> None:
    """A countdown that ran out while the server was away closes the question when it is there again."""
    stored = await store(server, draft(SHORT))
    async with Person(stored) as moderator:
        desk = await Desk.of(moderator)
        ends = closes(await desk.do("open", stored.ids[0]))
        await server.kill()
        assert ends is not None
        await asyncio.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()))
        await server.start()
        desk = await Desk.of(moderator)
        await desk.at(3)
        assert await desk.say("show", stored.ids[0]) == ""


async def test_refused_wish_is_told_in_words(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """After the last extension the person reads at their time that there is no more, by socket and by post."""
    stored = await new_event(replace(SHORT, rules={"seconds": 600, "extension": True}))
    desk, anna, question = await new_desk(stored), await new_person(stored), stored.ids[0]
    line = await anna.take_part()
    await desk.do("open", question)
    await line.until(lambda frame: "data-vote" in frame)
    wish = WISH | {"question": str(question)}
    for _ in range(EXTENSIONS_MAXIMUM):
        await line.send(wish)
        await line.until(lambda frame: "Sie haben mehr Zeit: bis" in frame)
    said = german(Refused("extended_enough", times=EXTENSIONS_MAXIMUM))
    await line.send(wish)
    assert (await line.error())["code"] == "extended_enough"
    assert said in await line.until(lambda frame: f'hx-target="#own-time-{question}-1"' in frame)
    posted = await anna.post("/vote", wish, hx_request="true")
    assert (posted.status_code, said in posted.text) == (200, True)


async def test_countdown_stopped_ends_what_was_taken_more(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Without a countdown there is nothing to prolong: a question closed by hand then closes for everybody at once."""
    stored = await new_event(replace(SHORT, rules={"seconds": 600, "extension": True}))
    desk, anna, question = await new_desk(stored), await new_person(stored), stored.ids[0]
    line = await anna.take_part()
    await desk.do("open", question)
    await line.until(lambda frame: "data-vote" in frame)
    await line.send(WISH | {"question": str(question)})
    await line.until(lambda frame: "Sie haben mehr Zeit: bis" in frame)
    assert await desk.say("time", question, seconds="0") == ""
    await desk.at(2)
    assert await extensions_of(stored) == 0
    await desk.do("close", question)
    assert await desk.say("show", question) == ""


async def test_polling_sees_more_time_begin(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Who polls or reloads gets more time confirmed: what was taken makes the state another one."""
    stored = await new_event(SHORT)
    desk, anna, question = await new_desk(stored), await new_person(stored), stored.ids[0]
    await anna.get()
    await desk.do("open", question)
    before = [(await anna.get(path)).headers["etag"] for path in ("", "/state")]
    await anna.post("/vote", WISH | {"question": str(question)})
    page, state = [
        await anna.get(path, **{"if-none-match": etag}) for path, etag in zip(("", "/state"), before, strict=True)
    ]
    assert (page.status_code, "Sie haben mehr Zeit." in page.text) == (200, True)
    assert (state.status_code, "Sie haben mehr Zeit: bis" in state.text) == (200, True)


async def test_plain_form_in_more_time(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Without JavaScript, too, a mistake in somebody's own time leads back to the form, and the answer can change."""
    stored = await new_event(SHORT)
    desk, anna, question = await new_desk(stored), await new_person(stored), stored.ids[0]
    await anna.get()
    await desk.do("open", question)
    await anna.post("/vote", WISH | {"question": str(question)})
    await desk.at(2)
    form = ballot_form((await anna.get()).text)
    assert form is not None
    refused = await anna.post("/vote", form)
    assert (refused.status_code, ballot_form(refused.text) is not None) == (422, True)
    assert (await anna.post("/vote", form | {"answer": "o1"})).status_code == 303
    assert ballot_form((await anna.get("/answer")).text) is not None


async def test_rehearsal_leaves_no_extension(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """The wipe takes what people took more in the rehearsal with it, and the next asking knows nothing of it."""
    stored = await new_event(replace(SHORT, rules={"seconds": 600, "extension": True}))
    desk, anna, question = await new_desk(stored), await new_person(stored), stored.ids[0]
    await anna.get()
    assert await desk.say("rehearsal_begin") == ""
    await desk.at(1)
    await desk.do("open", question)
    await anna.post("/vote", WISH | {"question": str(question)})
    assert await extensions_of(stored) >= 1
    assert await desk.say("rehearsal_wipe") == ""
    assert await extensions_of(stored) == 0


async def test_countdown_goes_on_after_a_restart_without_anybody(server: Server) -> None:
    """A server that was killed closes the question at its time when it is back, before anybody comes."""
    stored = await store(server, draft(SHORT))
    async with Person(stored) as moderator:
        desk = await Desk.of(moderator)
        await desk.do("open", stored.ids[0])
    await server.kill()
    await server.start()
    async with asyncio.timeout(PATIENCE_SECONDS), database_of(server) as database:
        state = State.OPEN
        while state is not State.CLOSED:
            await asyncio.sleep(0.1)
            async with database.read() as connection:
                state = (await events.load(connection, stored.event.id)).question(stored.ids[0]).state
