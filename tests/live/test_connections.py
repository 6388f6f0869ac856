"""The connections of a room: what each gets when it comes, and when something becomes its own."""

from uuid import UUID

from poll_server.domain.ballots import Key, Mark, Rank, Standing
from poll_server.domain.rounds import State
from poll_server.live import connections
from poll_server.live.encoding import encode
from poll_server.render import Receipt
from tests.live.room import COUNT, NOON, Wire, enter, room_of


def test_participant_is_present_once() -> None:
    """Two tabs are one participant, who is still there for a while after both are closed."""
    room = room_of(State.READY)
    (_, first), (_, second) = enter(room, participant="anna"), enter(room, participant="anna")
    enter(room, participant="bert")
    assert room.present() == 2
    connections.leave(room, first)
    connections.leave(room, second)
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
    connections.acknowledge(room, "bert", Receipt("counted", 5, 1, ("o1",), 1, UUID(int=9), at=NOON))
    for tab in (first, second):
        assert [COUNT.pattern in frame or "9.128" in frame for frame in tab.frames] == [False, True, False]
        assert f'data-submission="{UUID(int=9)}" data-state="counted"' in tab.frames[2]
    assert len(other.frames) == 1
    connections.acknowledge(room, "bert", Receipt("counted", 5, 1, ("o1",), 1, UUID(int=9), at=NOON))
    assert len(first.frames) == 4


def test_wire_reads_what_encode_wrote() -> None:
    """The stand-in for a connection understands short and long frames."""
    wire = Wire()
    wire.push(encode("a" * 10) + encode("ä" * 500))
    assert wire.frames == ["a" * 10, "ä" * 500]
