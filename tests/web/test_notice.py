"""A notice at the doors: shown, seen by everybody, answered by nobody; and its picture."""

import asyncio
from dataclasses import replace
from uuid import uuid4

from poll_server.domain.programme import Definition
from tests.harness.server import Server
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SINGLE, ballots_of, draft, store
from tests.web.people import Tags

TEXT = "Der Bus wartet um 17 Uhr am Eingang."
NOTICE = Definition("notice", TEXT, rules={"details": "Linie 3\nBahnhof"})
PICTURE, NAME = b"\x89PNG\r\n\x1a\n" + bytes(2000), "0123456789abcdef0123456789abcdef.png"


async def test_notice_is_shown_and_answered_by_nobody(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """It comes on every stage without a number or a form, takes no vote, has no result, and the next question follows.

    It is no question of the round: the one behind it is the first of one.
    """
    stored = await new_event(NOTICE, SINGLE)
    notice, question = stored.ids
    anna, desk = await new_person(stored), await new_desk(stored)
    await desk.person.open("screen")
    line = await anna.take_part()
    assert (await anna.get()).text.count(TEXT) == 0
    shown = await desk.do("open", notice)
    assert ('data-figure="answered"' in shown, 'name="action" value="close"' in shown) == (False, False)
    frame = await line.until(lambda one: TEXT in one)
    assert ('data-state="shown"' in frame, "<form" in frame, "data-figure" in frame) == (True, False, False)
    assert "Linie 3<br>Bahnhof" in frame
    screen = (await desk.person.get("/screen")).text
    assert (TEXT in screen, 'data-figure="answered"' in screen) == (True, False)
    vote = {"question": str(notice), "wave": "1", "number": "1"}
    assert (await line.vote(vote, "o1", submission=str(uuid4()))).state == "refused"
    assert await desk.say("close", notice) == "step"
    assert (await anna.get(f"/results/{notice}")).status_code == 404
    assert (await anna.get("/programme")).text.count(TEXT) == 0
    await desk.do("next", notice)
    await desk.do("open", question)
    assert "Frage 1 von 1" in await line.until(lambda one: SINGLE.text in one)
    assert await ballots_of(stored) == {}
    exported = (await desk.person.get("/desk/export/csv")).text + (await desk.person.get("/desk/export/json")).text
    assert (exported.count(TEXT), SINGLE.text in exported) == (0, True)


async def test_notice_is_taken_back_and_rehearsed(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Taken back it is ready again, and so it is after a rehearsal in which it was shown."""
    stored = await new_event(NOTICE)
    (notice,) = stored.ids
    desk = await new_desk(stored)
    await desk.do("open", notice)
    assert 'value="open"' in await desk.do("discard", notice)
    assert await desk.say("rehearsal_begin") == ""
    await desk.at(int(desk.seen) + 1)
    await desk.do("open", notice)
    assert await desk.say("rehearsal_wipe") == ""
    assert 'value="open"' in await desk.at(int(desk.seen) + 1)


async def test_notice_on_the_spot_is_shown_at_once(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """A text that occurs to a moderator goes to everybody with one button."""
    stored = await new_event(SINGLE)
    anna, desk = await new_person(stored), await new_desk(stored)
    line = await anna.take_part()
    assert await desk.say("ask", kind="notice", text=TEXT, options="Ja\nNein", open="yes") == ""
    assert 'data-state="shown"' in await line.until(lambda one: TEXT in one)


async def test_picture_is_kept_by_browsers_and_never_something_else(
    shared_server: Server, new_person: NewPerson
) -> None:
    """It comes with its type and for good, to many at once; under another event or name there is none."""
    definition = replace(NOTICE, rules={"picture": NAME, "alternative": "Karte"})
    stored = await store(shared_server, replace(draft(definition), pictures={NAME: PICTURE}))
    other = await store(shared_server, draft(SINGLE))
    anna, bert = await new_person(stored), await new_person(other)
    answers = await asyncio.gather(*(anna.get(f"/pictures/{NAME}") for _ in range(20)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, PICTURE)}
    headers = answers[0].headers
    assert headers["content-type"] == "image/png"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["x-content-type-options"] == "nosniff"
    assert (await anna.get(f"/pictures/{NAME[1:]}")).status_code == 404
    assert (await anna.get("/pictures/karte.svg")).status_code == 404
    assert (await bert.get(f"/pictures/{NAME}")).status_code == 404
    desk = await new_person(stored)
    await desk.open("desk")
    (picture,) = [tag for name, tag in Tags((await desk.get("/desk")).text).all if name == "img"]
    assert (picture["src"], picture["alt"]) == (f"/e/{stored.code}/pictures/{NAME}", "Karte")
