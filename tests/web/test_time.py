"""Countdowns and more time, through the doors: the server closes, and only those with more time go on."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SINGLE
from tests.web.people import PATIENCE_SECONDS, Tags, ballot_form

SHORT = replace(SINGLE, rules={"seconds": 2, "extension": True})


def closes(frame: str) -> datetime | None:
    """When the countdown in a frame ends."""
    found = Tags(frame).having("data-closes")
    return datetime.fromtimestamp(int(found[0]["data-closes"]) / 1000, UTC) if found else None


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


async def test_moderator_starts_prolongs_and_stops_a_countdown(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Of an open question the desk sets the end, moves it and takes it away; then it stays open."""
    stored = await new_event(SINGLE)
    desk, question = await new_desk(stored), stored.ids[0]
    await desk.do("open", question)
    assert await desk.say("time", question, seconds="60") == ""
    first = closes(await desk.at(2))
    assert await desk.say("time", question, seconds="30") == ""
    second = closes(await desk.at(3))
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
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await quick.vote(form, "o2")).state != "refused":
            pass
    assert (await slow.vote(form, "o1")).state == "counted"
    assert await desk.say("show", question) == "step"
    assert await desk.say("time", question, seconds="0") == ""
    await desk.at(4)
    assert (await slow.vote(form, "o2", number="2")).state == "refused"
    assert await desk.say("show", question) == ""


async def test_more_time_without_javascript(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A plain form takes more time and leads back to the page; where none is offered the page says so."""
    stored = await new_event(SHORT, SINGLE)
    desk, anna = await new_desk(stored), await new_person(stored)
    await anna.get()
    await desk.do("open", stored.ids[0])
    wish = {"extend": "yes", "question": str(stored.ids[0]), "wave": "1"}
    taken = await anna.post("/vote", wish)
    assert (taken.status_code, taken.headers["location"]) == (303, f"/e/{stored.code}")
    refused = await anna.post("/vote", wish | {"question": str(stored.ids[1])})
    assert (refused.status_code, "keine zusätzliche Zeit" in refused.text) == (422, True)
