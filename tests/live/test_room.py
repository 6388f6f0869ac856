"""One running event in memory: who gets which frame, and what is in it."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

import orjson
import pytest

from poll_server import render
from poll_server.domain.access import Role, Sight, sees
from poll_server.domain.additions import Addition
from poll_server.domain.ballots import CAST_IN_SECRET, Key, Mark, Rank, Standing
from poll_server.domain.decisions import Verdict
from poll_server.domain.programme import Definition, Item, ItemKind, Option, Reveal
from poll_server.domain.rounds import Event, Question, Round, State
from poll_server.live.hub import Audience, Member
from poll_server.live.protocol import FanoutProtocol, encode
from poll_server.live.room import Room
from poll_server.render import Receipt, Site

NOON = datetime(2022, 1, 21, 11, 0, tzinfo=UTC)
SITE = Site("http://localhost", "", "/i", "/p", "/a", lambda name: f"/static/{name}", lambda code: f"/screen/{code}")
OPTIONS = (Option("o1", "Wohnraum"), Option("o2", "Bus"), Option("o3", "Netz"))
TALLY = Counter({"#": 9127, "o1": 7331, "o2": 1796})
RESULT = re.compile(r"7\.?331|1\.?796|\b80\s%|80\.3%|19\.7%|is-lead|Am häufigsten")
COUNT = re.compile(r"9\.?127")
STANDING = Standing(Rank(1, UUID(int=7)), ("o2",))
ANSWERED, WAITING = Audience(Role.AUDIENCE, answered=True), Audience(Role.AUDIENCE)


class Wire:
    """The end of a connection that keeps the text of what is pushed."""

    is_idle = False

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.came = asyncio.Event()

    def push(self, frame: bytes, topic: str | None = None) -> bool:
        """Keep what is in one frame or in several."""
        while frame:
            start, length = (4, int.from_bytes(frame[2:4], "big")) if frame[1] == 126 else (2, frame[1])
            self.frames.append(frame[start : start + length].decode())
            frame = frame[start + length :]
        self.came.set()
        return True

    async def ticks(self, many: int) -> list[dict[str, dict[str, str]]]:
        """Wait until so many ticks have come, and return them."""
        async with asyncio.timeout(5):
            while len(found := [frame for frame in self.frames if frame.startswith('{"tick"')]) < many:
                self.came.clear()
                await self.came.wait()
        return [orjson.loads(frame)["tick"] for frame in found]


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.time


def event(state: State, reveal: Reveal = Reveal.SHOWN) -> Event:
    """An event whose only question is on the stage in this state."""
    definition = Definition("single_choice", "Was fehlt?", OPTIONS, reveal=reveal)
    closed = NOON if state in (State.CLOSED, State.SHOWN) else None
    question = Question(5, 1, definition, state, 1, NOON - timedelta(minutes=2), closed, 9500)
    item = Item(1, NOON - timedelta(hours=1), NOON + timedelta(hours=1), False, ItemKind.ROUND, "Runde eins", "", ())
    later = Item(2, NOON + timedelta(hours=1), None, False, ItemKind.TALK, "Vortrag", "", ())
    rounds = (Round(1, 1, "Runde eins", (question,)),)
    day = NOON.date()
    return Event(1, "k7d42p", "Tagung", "", "", day, "Europe/Berlin", "de", 3, 5, False, (item, later), rounds)


def room_of(state: State, reveal: Reveal = Reveal.SHOWN, clock: Clock | None = None) -> Room:
    """A room in which somebody called ``anna`` has answered."""
    room = Room(event(state, reveal), b"key", clock or Clock(), SITE)
    room.tallies = {(5, 1): Counter(TALLY)}
    room.standing = {"anna": STANDING}
    return room


def enter(room: Room, role: Role = Role.AUDIENCE, participant: str = "") -> tuple[Wire, Member]:
    """Let somebody in; return the end of the connection, and the member."""
    wire = Wire()
    return wire, room.join(cast("FanoutProtocol", wire), role, participant)


def bytes_for(room: Room, audience: Audience) -> str:
    """All bytes that an audience gets of a state: frame, page and tick."""
    seen = room.view(audience.role, answered=audience.answered)
    page = room.page(audience) if audience.role is Role.AUDIENCE else b""
    return (room.frame(audience).html + page + (render.tick(seen) or b"")).decode()


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("reveal", list(Reveal))
@pytest.mark.parametrize("audience", [WAITING, ANSWERED, Audience(Role.SCREEN)])
def test_bytes_hold_what_the_audience_may_see_and_no_more(state: State, reveal: Reveal, audience: Audience) -> None:
    """Results, counts and the question itself are in the bytes if and only if domain/access.py says so."""
    found = bytes_for(room_of(state, reveal), audience)
    sights = sees(audience.role, state, reveal, answered=audience.answered)
    assert (Sight.RESULT in sights) == bool(RESULT.findall(found))
    assert (Sight.COUNT in sights) == bool(COUNT.findall(found))
    assert (Sight.QUESTION in sights) == ("Was fehlt?" in found)
    assert [private for private in ("anna", str(UUID(int=7)), "data-answer") if private in found] == []


@pytest.mark.parametrize("state", list(State))
def test_private_frame_holds_no_numbers(state: State) -> None:
    """What one participant gets alone tells the own answer, and of the others nothing in any state."""
    room = room_of(state, Reveal.LIVE)
    receipt = Receipt("counted", 5, 1, ("o2",), 1, UUID(int=7), at=NOON)
    private = room.private_html("anna", receipt).decode()
    assert (RESULT.findall(private), COUNT.findall(private), 'data-answer="o2"' in private) == ([], [], True)


def test_screen_that_comes_late_sees_who_is_there() -> None:
    """A first frame is of the present, although people come and go without a step."""
    room = room_of(State.READY)
    for number in ("0", "1", "2"):
        wire, _ = enter(room, Role.SCREEN)
        assert (number, f'data-figure="present">{number}<' in wire.frames[0]) == (number, True)
        enter(room, participant=f"p{number}")
    assert 'data-figure="screen-present">3<' in room.frame(Audience(Role.MODERATOR)).html.decode()


def test_participant_is_present_once() -> None:
    """Two tabs are one participant, who is still there for a while after both are closed."""
    room = room_of(State.READY)
    (_, first), (_, second) = enter(room, participant="anna"), enter(room, participant="anna")
    enter(room, participant="bert")
    assert room.present() == 2
    room.leave(first)
    room.leave(second)
    assert room.present() == 2


def test_coming_back_greets_with_the_own_answer() -> None:
    """Who has answered gets the state of those who have and the own answer; who has not gets the form."""
    room = room_of(State.OPEN)
    anna, _ = enter(room, participant="anna")
    bert, _ = enter(room, participant="bert")
    assert [frame.count("data-answer") for frame in anna.frames] == [0, 1]
    assert [("data-vote" in frame, "data-answer" in frame) for frame in bert.frames] == [(True, False)]


def test_acknowledgement_goes_to_all_tabs_of_one_participant() -> None:
    """A counted vote moves every tab to those who have answered: the new state first, then the acknowledgement."""
    room = room_of(State.OPEN)
    (first, _), (second, _), (other, _) = [enter(room, participant=name) for name in ("bert", "bert", "carl")]
    standing = Standing(Rank(1, UUID(int=9)), ("o1",))
    room.count({Mark(5, 1, "", "#"): 1, Mark(5, 1, "", "o1"): 1}, {Key(5, 1, "bert"): standing})
    room.acknowledge("bert", Receipt("counted", 5, 1, ("o1",), 1, UUID(int=9), at=NOON))
    for tab in (first, second):
        assert [COUNT.pattern in frame or "9.128" in frame for frame in tab.frames] == [False, True, False]
        assert f'data-submission="{UUID(int=9)}" data-state="counted"' in tab.frames[2]
    assert len(other.frames) == 1
    room.acknowledge("bert", Receipt("counted", 5, 1, ("o1",), 1, UUID(int=9), at=NOON))
    assert len(first.frames) == 4


def test_vote_for_another_question_moves_no_audience() -> None:
    """A batch that has nothing of the question on the stage leaves its audience as it is."""
    room = room_of(State.OPEN)
    room.count({Mark(6, 1, "", "#"): 1}, {Key(6, 1, "bert"): STANDING, Key(5, 2, "carl"): STANDING})
    assert room.standing.keys() == {"anna"}


def test_tag_changes_for_those_who_see_a_change() -> None:
    """A vote changes the tag of who has answered and not of who has not; a step changes all, a new room too."""
    room = room_of(State.OPEN)
    before = room.etag("anna"), room.etag("bert")
    room.count({Mark(5, 1, "", "#"): 1}, {Key(5, 1, "carl"): STANDING})
    after = room.etag("anna"), room.etag("bert")
    assert (after[0] == before[0], after[1] == before[1]) == (False, True)
    room.begin_event(replace(room.event, revision=4))
    assert room.etag("bert") != after[1]
    assert room_of(State.OPEN).etag("bert") != before[1]


def test_views_share_a_result_until_something_changes() -> None:
    """The result is made once for all who see it, and anew after each vote, decision, step and reading."""
    room = room_of(State.SHOWN)
    changes: list[Callable[[], None]] = [
        lambda: room.count({Mark(5, 1, "", "#"): 1, Mark(5, 1, "", "o1"): 1}, {}),
        lambda: room.decide({}),
        lambda: room.finish(room.event.question(5), Counter()),
        lambda: room.begin_event(room.event),
        lambda: room.recall({(5, 1): Counter(TALLY)}, {}, {}),
    ]
    made = [room.view(Role.SCREEN).results]
    for change in changes:
        assert all(room.view(role).results is made[-1] for role in (Role.SCREEN, Role.AUDIENCE, Role.MODERATOR))
        change()
        made.append(room.view(Role.SCREEN).results)
    assert [one.base for one in made if one] == [9127, 9128, 9128, 9128, 9128, 9127]
    assert len({id(one) for one in made}) == len(made)


async def test_numbers_go_out_when_they_move_and_not_again() -> None:
    """A desk gets a tick for each movement, and none when nothing has moved; who may see no number gets none."""
    room = room_of(State.OPEN)
    desk, _ = enter(room, Role.MODERATOR)
    screen, _ = enter(room, Role.SCREEN)
    mute, _ = enter(room, participant="bert")
    running = asyncio.create_task(room.run())
    try:
        assert (await desk.ticks(1))[0]["text"]["answered"] == "9.127"
        assert (await screen.ticks(1))[0]["text"]["answered"] == "9.127"
        room.count({Mark(5, 1, "", "#"): 1}, {})
        assert (await desk.ticks(2))[1]["text"]["answered"] == "9.128"
        assert [tick["text"]["answered"] for tick in await screen.ticks(2)] == ["9.127", "9.128"]
        assert len(await desk.ticks(2)) == 2
        assert len(mute.frames) == 1
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_accepted_additions_go_out_once_in_a_tick() -> None:
    """Three accepted in a row are one frame for each phone and screen; a desk gets none, its list is its own matter."""
    room = room_of(State.OPEN)
    definition = Definition("statements", "Was fehlt?", OPTIONS, {"additions": True})
    (asked,) = room.event.questions

    def with_added(many: int) -> Event:
        added = tuple(Option(f"o{n}", f"Neue {n}") for n in range(4, 4 + many))
        question = replace(asked, definition=replace(definition, added=added))
        return replace(room.event, rounds=(replace(room.event.rounds[0], questions=(question,)),))

    room.begin_event(with_added(0), {})
    wires = [enter(room, role)[0] for role in (Role.SCREEN, Role.MODERATOR)]
    phone, _ = enter(room, participant="bert")
    tags = {room.etag("bert")}
    for number in (1, 2, 3):
        room.grow(with_added(number), Addition(number, 5, 1, "anna", f"Neue {number + 3}", number + 3, Verdict.SHOWN))
        tags.add(room.etag("bert"))
    for wire in (phone, *wires):
        wire.frames.clear()
    running = asyncio.create_task(room.run())
    try:
        async with asyncio.timeout(5):
            while not phone.frames:
                phone.came.clear()
                await phone.came.wait()
        await wires[1].ticks(1)
        await room.list_entries()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    stages = [sum('hx-target="#said-stage"' in one for one in wire.frames) for wire in (phone, *wires)]
    assert (stages, 'data-parts="6"' in phone.frames[-1], len(tags)) == ([1, 1, 0], True, 4)


def test_nothing_tells_when_somebody_votes_in_secret() -> None:
    """A secret vote is noted, and for all others the page stays the one that they have."""
    room = room_of(State.OPEN)
    (question,) = room.event.questions
    definition = replace(question.definition, rules={"secret": True})
    rounds = (replace(room.event.rounds[0], questions=(replace(question, definition=definition),)),)
    room.begin_event(replace(room.event, rounds=rounds), {"anna": CAST_IN_SECRET})
    tags = [room.etag(who) for who in ("anna", "bert")]
    room.count({}, {Key(5, 1, "carl"): CAST_IN_SECRET})
    assert [room.etag(who) for who in ("anna", "bert")] == tags
    assert (room.etag("carl"), room.standing["carl"]) == (tags[0], CAST_IN_SECRET)


async def test_broadcast_marks_the_own_answer_in_a_shown_result() -> None:
    """When a result is shown everybody gets it, and who has answered also the own mark, privately."""
    room = room_of(State.CLOSED)
    anna, _ = enter(room, participant="anna")
    bert, _ = enter(room, participant="bert")
    room.begin_event(event(State.SHOWN))
    await room.broadcast(*Role)
    assert [len(anna.frames), len(bert.frames)] == [4, 2]
    assert ("7.331" in anna.frames[2], "Ihre Antwort" in anna.frames[2]) == (True, False)
    assert ('data-answer="o2"' in anna.frames[3], "7.331" in bert.frames[1]) == (True, True)
    assert '<div data-of="5-1"><i data-mine="o2" data-says="Ihre Antwort"></i></div>' in anna.frames[3]


async def test_trouble_is_told_to_desks_alone() -> None:
    """That votes are not being stored stands in the desk's next frame, with the time, until they are again."""
    clock = Clock()
    room = room_of(State.OPEN, clock=clock)
    desk, _ = enter(room, Role.MODERATOR)
    mute, _ = enter(room, participant="bert")
    await room.set_trouble(True)
    assert "Seit 12:00" in desk.frames[-1]
    await room.set_trouble(False)
    assert ["Seit 12:00" in desk.frames[-1], len(mute.frames)] == [False, 1]


def test_pseudonym_is_of_one_event() -> None:
    """The same participant has another name in every event, and always the same one in each."""
    first, second = room_of(State.OPEN), Room(event(State.OPEN), b"other", Clock(), SITE)
    assert first.pseudonym("anna") == room_of(State.OPEN).pseudonym("anna") != second.pseudonym("anna")
    assert re.fullmatch("[0-9a-f]{32}", first.pseudonym("anna"))


def test_wire_reads_what_encode_wrote() -> None:
    """The stand-in for a connection understands short and long frames."""
    wire = Wire()
    wire.push(encode("a" * 10) + encode("ä" * 500))
    assert wire.frames == ["a" * 10, "ä" * 500]
