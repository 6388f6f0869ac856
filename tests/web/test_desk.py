"""The desk: several moderators, closing, taking back, questions on the spot, and what is wrong with a command."""

import asyncio
import time
from dataclasses import replace

import pytest

from poll_server.domain.errors import Refused
from poll_server.domain.rounds import Action, State, plan
from poll_server.storage import events, steps
from tests.harness.server import StartServer
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import LIVE, SINGLE, Stored, ballots_of, database_of, draft, store
from tests.web.people import Desk, Line, Person, Tags, ballot_form, german, revision_of

AT_ONCE_SECONDS = 0.010


async def states_of(stored: Stored) -> list[State]:
    """Where the questions of an event stand in the database."""
    async with database_of(stored.server) as database, database.read() as connection:
        return [question.state for question in (await events.load(connection, stored.event.id)).questions]


async def revision_stored(stored: Stored) -> int:
    """How many steps the database knows."""
    async with database_of(stored.server) as database, database.read() as connection:
        return (await events.load(connection, stored.event.id)).revision


async def question_closed(stored: Stored) -> str:
    """When the first question closed, as people write it."""
    async with database_of(stored.server) as database, database.read() as connection:
        closed = next((await events.load(connection, stored.event.id)).questions).closed
    assert closed is not None
    return f"{closed.hour}:{closed:%M}"


async def at_once(first: Desk, second: Desk, action: str, question: int) -> tuple[float, list[str]]:
    """Let two desks that see the same state say the same; return the seconds between, and their notices sorted."""
    assert first.seen == second.seen
    message = {"action": action, "question": str(question), "seen": first.seen}
    begun = time.perf_counter()
    await asyncio.gather(first.line.send(message), second.line.send(message))
    spent = time.perf_counter() - begun
    return spent, sorted([await first.notice(), await second.notice()])


async def test_two_nexts_at_once_are_one_step(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Of two desks saying "next" within 10 ms one makes the step and the other is told, 100 times."""
    stored = await new_event(*[replace(SINGLE, text=f"Frage {at}?") for at in range(7)])
    desks = [await new_desk(stored), await new_desk(stored)]
    at, steps, close_calls = 0, 0, 0
    while close_calls < 100:
        assert steps < 300, "this machine is too busy to send two messages within 10 ms"
        first, second = desks if steps % 2 else reversed(desks)
        spent, notices = await at_once(first, second, "next", stored.ids[at])
        assert notices == ["", "conflict"]
        steps, close_calls, at = steps + 1, close_calls + (spent < AT_ONCE_SECONDS), (at + 1) % len(stored.ids)
        for desk in desks:
            assert f'id="head-{stored.ids[at]}"' in await desk.at(steps)
    assert await revision_stored(stored) == steps


async def test_two_closes_at_once_are_one_step(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Of two desks saying "close" within 10 ms one closes and the other is told, 10 times."""

    async def close_once(stored: Stored) -> bool:
        first, second = await new_desk(stored), await new_desk(stored)
        await first.do("open", stored.ids[0])
        await second.at(1)
        spent, notices = await at_once(first, second, "close", stored.ids[0])
        assert notices == ["", "conflict"]
        await first.at(3)
        assert (await revision_stored(stored), (await states_of(stored))[0]) == (3, State.CLOSED)
        return spent < AT_ONCE_SECONDS

    close_calls = 0
    for _ in range(20):
        events = [await new_event() for _ in range(5)]
        close_calls += sum(await asyncio.gather(*map(close_once, events)))
        if close_calls >= 10:
            return
    raise AssertionError("this machine is too busy to send two messages within 10 ms")


async def opened(desk: Desk, person: Person, question: int) -> tuple[Line, dict[str, str]]:
    """Open a question; return somebody's socket and the form that came over it."""
    line = await person.take_part()
    await desk.do("open", question)
    form = ballot_form(await line.until(ballot_form))
    assert form is not None
    return line, form


async def test_closing_counts_votes_on_their_way(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A vote that arrives while a question closes counts; one after it is refused with the time, and stored nowhere."""
    stored = await new_event()
    desk, person = await new_desk(stored), await new_person(stored)
    line, form = await opened(desk, person, stored.ids[0])
    begun = time.monotonic()
    assert await desk.say("close", stored.ids[0]) == ""
    await line.until(lambda frame: 'data-state="closing"' in frame)
    assert (await line.vote(form, "o1")).state == "counted"
    await line.until(lambda frame: 'data-state="closed"' in frame)
    assert 1.5 <= time.monotonic() - begun < 4
    late = await line.vote(form, "o2", number="2")
    assert (late.state, late.answer, late.number) == ("refused", "o1", "1")
    closed_at = await question_closed(stored)
    assert german(Refused("closed_at", time=closed_at)) in late.text
    assert await ballots_of(stored) == {(stored.ids[0], 1): 1}


async def test_taken_back_opening_ends_the_wave(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """After taking back, votes for the first wave are refused, now and when it is open again; the new one has none."""
    stored = await new_event(LIVE)
    (question,) = stored.ids
    desk, person = await new_desk(stored), await new_person(stored)
    line, form = await opened(desk, person, question)
    assert (await line.vote(form, "o1")).state == "counted"
    await desk.do("take_back", question)
    not_open = await line.vote(form, "o2", number="2")
    assert (not_open.state, not_open.answer) == ("refused", "")
    assert german(Refused("not_open")) in not_open.text
    await desk.do("open", question)
    again = ballot_form(await line.until(ballot_form)) or {}
    assert again == form | {"wave": "2"}
    old_wave = await line.vote(form, "o2", number="2")
    assert (old_wave.state, german(Refused("old_wave")) in old_wave.text) == ("refused", True)
    assert (await line.vote(again, "o2")).state == "counted"
    await line.until(lambda frame: '"answered":"1"' in frame and '"o1":["0"' in frame)


async def test_question_asked_on_the_spot_opens(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A question that was not prepared is stored and opened with one message, and can be answered."""
    stored = await new_event()
    desk, person = await new_desk(stored), await new_person(stored)
    line = await person.take_part()
    text = {"kind": "single_choice", "text": " Sollen wir lüften? ", "options": "Ja\r\n\n Nein \n"}
    assert await desk.say("ask", None, open="yes", **text) == ""
    frame = await line.until(ballot_form)
    assert ("Sollen wir lüften?" in frame, "Nein" in frame) == (True, True)
    assert (await line.vote(ballot_form(frame) or {}, "o2")).state == "counted"


async def test_question_asked_while_another_is_open_stores_nothing(new_event: NewEvent, new_desk: NewDesk) -> None:
    """With another question open, one to be opened on the spot is refused whole: repeating it would store it again."""
    stored = await new_event()
    desk = await new_desk(stored)
    await desk.do("open", stored.ids[0])
    text = {"kind": "single_choice", "text": "Lüften?", "options": "Ja\nNein"}
    assert await desk.say("ask", None, open="yes", **text) == "another_open"
    assert await states_of(stored) == [State.OPEN, State.READY, State.READY]


async def test_event_without_rounds_takes_a_question_on_the_spot(new_event: NewEvent, new_desk: NewDesk) -> None:
    """An event in which nothing was prepared can ask, too."""
    stored = await new_event(empty=True)
    desk = await new_desk(stored)
    assert stored.ids == []
    text = {"kind": "multiple_choice", "text": "Was fehlt?", "options": "Luft\nLicht"}
    assert await desk.say("ask", None, open="yes", **text) == ""
    assert await states_of(stored) == [State.OPEN]


WRONG: list[tuple[dict[str, str], str]] = [
    ({"action": "open", "question": "{foreign}", "seen": "0"}, "unknown_question"),
    ({"action": "open", "question": "9223372036854775807", "seen": "0"}, "unknown_question"),
    ({"action": "close", "question": "{own}", "seen": "0"}, "step"),
    ({"action": "show", "question": "{own}", "seen": "0"}, "step"),
    ({"action": "open", "question": "{own}", "seen": "1"}, "conflict"),
    ({"action": "open", "question": "{own}", "seen": "9223372036854775807"}, "conflict"),
    ({"action": "join_show", "seen": "1"}, "conflict"),
    ({"action": "join_show", "seen": "9223372036854775807"}, "conflict"),
    (
        {"action": "ask", "kind": "single_choice", "text": "A?", "options": "B\nC", "seen": "9223372036854775807"},
        "conflict",
    ),
    ({"action": "ask", "kind": "essay", "text": "A?", "options": "B\nC", "seen": "0"}, "malformed"),
    ({"action": "ask", "kind": "single_choice", "text": "", "options": "B\nC", "seen": "0"}, "problems"),
    ({"action": "ask", "kind": "single_choice", "text": "A" * 301, "options": "B\nC", "seen": "0"}, "problems"),
    ({"action": "ask", "kind": "single_choice", "text": "A?", "options": "B\nB", "seen": "0"}, "problems"),
    ({"action": "ask", "kind": "single_choice", "text": "A?", "options": "B", "seen": "0"}, "problems"),
]


@pytest.mark.parametrize(("message", "code"), WRONG)
async def test_wrong_command_is_told_and_changes_nothing(
    message: dict[str, str], code: str, new_event: NewEvent, new_desk: NewDesk
) -> None:
    """A command that cannot be carried out gets its code in the notice, by socket and by form, and changes nothing."""
    foreign, stored = await new_event(), await new_event()
    filled = {
        name: value.replace("{foreign}", str(foreign.ids[0])).replace("{own}", str(stored.ids[0]))
        for name, value in message.items()
    }
    desk = await new_desk(stored)
    await desk.line.send(filled)
    assert await desk.notice() == code
    if message["action"] != "look":
        page = await desk.person.post("/desk", filled)
        assert (page.status_code >= 400, f'data-code="{code}"' in page.text) == (True, True)
    assert (await revision_stored(stored), await revision_stored(foreign)) == (0, 0)


NO_COMMANDS: list[tuple[str, str]] = [
    ('{"action": "settle", "question": "1", "seen": "0"}', "unknown_message"),
    ('{"action": "dance", "seen": "0"}', "unknown_message"),
    ('{"action": "open", "question": "1"}', "malformed"),
    ('{"action": "open", "question": "-1", "seen": "0"}', "malformed"),
    ('{"action": ["open", "close"], "question": "1", "seen": "0"}', "malformed"),
    ('{"question": "1", "wave": "1", "number": "1", "answer": "o1"}', "malformed"),
    ('{"action": "ask", "kind": "single_choice", "text": "a", "options": "a", "seen": "\\u0000"}', "malformed"),
    ("[]", "malformed"),
    ("", "malformed"),
]


@pytest.mark.parametrize(("message", "code"), NO_COMMANDS)
async def test_message_that_is_no_command_gets_an_error(
    message: str, code: str, new_event: NewEvent, new_desk: NewDesk
) -> None:
    """What a desk's socket does not understand is answered by an error frame, and the desk goes on working."""
    desk = await new_desk(await new_event())
    await desk.line.send(message)
    assert (await desk.line.error())["code"] == code
    assert await desk.say("join_show") == ""


async def test_desk_that_looked_elsewhere_returns_with_its_step(new_event: NewEvent, new_desk: NewDesk) -> None:
    """Looking at another question changes this desk alone; after a step it sees the question on the stage again."""
    stored = await new_event()
    first, second, third = stored.ids
    desk, other = await new_desk(stored), await new_desk(stored)
    await desk.line.send({"action": "look", "question": str(third)})
    await desk.line.until(lambda frame: f'id="head-{third}"' in frame)
    await other.do("open", first)
    await desk.see(lambda frame: revision_of(frame) == "1" and f'id="head-{third}"' in frame)
    await desk.do("close", first)
    frames = [frame for frame in desk.line.frames if revision_of(frame) == "3"]
    assert [f'id="head-{first}"' in frame for frame in frames] == [True] * len(frames)
    assert f'id="head-{second}"' not in "".join(other.line.frames)


@pytest.mark.parametrize("gone", ["9" * 18, "9" * 5000, "x"])
async def test_desk_at_a_question_that_is_gone_follows_the_stage(
    gone: str, new_event: NewEvent, new_desk: NewDesk
) -> None:
    """The address of a deleted question, or of none, shows the stage: the page, its state, a new connection."""
    stored = await new_event()
    desk = await new_desk(stored)
    stage = f'id="head-{stored.ids[0]}"'
    for page in ("/desk", "/desk/state"):
        answer = await desk.person.get(f"{page}?question={gone}")
        assert (answer.status_code, stage in answer.text) == (200, True)
    line = await desk.person.line(f"/desk/socket?question={gone}")
    await line.until(lambda frame: stage in frame)


async def test_desk_that_asks_for_a_question_that_is_gone_follows_the_stage(
    new_event: NewEvent, new_desk: NewDesk
) -> None:
    """A desk comes back to what it looked at before; if that was deleted meanwhile it gets the stage, and no error."""
    stored = await new_event()
    desk = await new_desk(stored)
    await desk.line.send({"action": "look", "question": str(stored.ids[-1] + 1000)})
    await desk.see(lambda frame: f'id="head-{stored.ids[0]}"' in frame)
    assert await desk.say("close", stored.ids[0]) == "step"


async def test_desk_stays_at_a_question_that_it_changes_beside_the_stage(
    new_event: NewEvent, new_desk: NewDesk
) -> None:
    """After moving, copying, taking answers back: by socket and by form; what moves the stage is followed again."""
    stored = await new_event()
    desk = await new_desk(stored)
    first, second = stored.ids[:2]
    for action in ("open", "close"):
        await desk.do(action, first)
    await desk.do("next", first)
    await desk.line.send({"action": "look", "question": str(first)})
    await desk.see(lambda frame: f'data-look="{first}"' in frame)
    for action in ("down", "up", "copy", "discard"):
        assert (action, await desk.say(action, first)) == (action, "")
        frame = await desk.at(int(desk.seen) + 1)
        assert (f'id="head-{first}"' in frame, f'data-look="{first}"' in frame) == (True, True)
    places = []
    for fields in ({"action": "down", "question": str(first)}, {"action": "open", "question": str(second)}):
        answer = await desk.person.post("/desk", fields | {"seen": desk.seen})
        places.append((answer.status_code, answer.headers["location"].partition("/desk")[2]))
        desk.seen = str(int(desk.seen) + 1)
    assert places == [(303, f"?question={first}"), (303, "")]
    refused = await desk.person.post("/desk", {"action": "close", "question": str(first), "seen": desk.seen})
    assert (refused.status_code, f'id="head-{first}"' in refused.text) == (403, True)


async def test_closing_settles_after_a_restart(start_server: StartServer) -> None:
    """A server that was killed while a question closed closes it when somebody comes back."""
    server = await start_server()
    stored = await store(server, draft())
    async with Person(stored) as moderator:
        desk = await Desk.of(moderator)
        await desk.do("open", stored.ids[0])
        assert await desk.say("close", stored.ids[0]) == ""
        await server.kill()
    assert (await states_of(stored))[0] is State.CLOSING
    await server.restart()
    async with Person(stored) as visitor:
        line = await visitor.take_part()
        await line.until(lambda frame: 'data-state="closed"' in frame)
    assert (await states_of(stored))[0] is State.CLOSED


async def test_lost_answer_of_the_database_is_caught_up(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """After a step that the database knows and the server does not, the next command shows the true state to all."""
    stored = await new_event()
    desk = await new_desk(stored)
    line = await (await new_person(stored)).take_part()
    async with database_of(stored.server) as database, database.write() as connection:
        step = plan(stored.event, Action.OPEN, stored.ids[0])
        await steps.take_step(connection, stored.event, 0, step, Action.OPEN, 0)
    assert await desk.say("join_show") == "conflict"
    form = ballot_form(await line.until(ballot_form)) or {}
    assert (await line.vote(form, "o1")).state == "counted"
    await desk.at(1)
    await desk.do("close", stored.ids[0])


async def test_questions_are_arranged(new_event: NewEvent, new_desk: NewDesk) -> None:
    """A question moves up and down in its round and is copied behind itself, unasked; the round's ends are its ends."""
    stored = await new_event()
    desk, (first, second, third) = await new_desk(stored), stored.ids
    assert await desk.say("up", first) == "edge"
    assert await desk.say("down", third) == "edge"
    await desk.do("open", first)
    await desk.do("close", first)
    order = []
    for action, question in (("down", first), ("up", third), ("copy", first)):
        order.append(Tags(await desk.do(action, question)).having("data-pick"))
    ids = [[int(tag["id"].removeprefix("pick-")) for tag in tags] for tags in order]
    assert ids[:2] == [[second, first, third], [second, third, first]]
    assert (ids[2][:3], len(ids[2])) == ([second, third, first], 4)
    copy = ids[2][3]
    assert await desk.say("open", copy) == ""
    async with database_of(stored.server) as database, database.read() as connection:
        event = await events.load(connection, stored.event.id)
    assert [event.question(one).definition for one in (first, copy)] == [SINGLE, SINGLE]
    assert [event.question(one).state for one in (first, copy)] == [State.CLOSED, State.OPEN]
