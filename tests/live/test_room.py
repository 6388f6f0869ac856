"""One running event in memory."""

import re
from dataclasses import replace

from poll_server.domain.ballots import Key, Mark
from poll_server.domain.rounds import State
from poll_server.live.room import Room
from tests.live.room import (
    SITE,
    STANDING,
    Clock,
    event,
    room_of,
)


def test_vote_for_another_question_moves_no_audience() -> None:
    """A batch that has nothing of the question on the stage leaves its audience as it is."""
    room = room_of(State.OPEN)
    room.count({Mark(6, 1, "", "#"): 1}, {Key(6, 1, "bert"): STANDING, Key(5, 2, "carl"): STANDING})
    assert room.standing.keys() == {"anna"}


def test_pseudonym_is_of_one_event() -> None:
    """The same participant has another name in every event, and always the same one in each."""
    first, second = room_of(State.OPEN), Room(event(State.OPEN), b"other", Clock(), SITE)
    assert first.pseudonym("anna") == room_of(State.OPEN).pseudonym("anna") != second.pseudonym("anna")
    assert re.fullmatch("[0-9a-f]{32}", first.pseudonym("anna"))


def test_group_goes_only_with_ballots_that_are_counted_by_group() -> None:
    """A ballot for texts, and one in secret, carries no group, which would tell who cast it."""
    room = room_of(State.OPEN)
    room.groups = {"anna": "g1"}
    asked = next(iter(room.event.questions)).definition
    others = replace(asked, kind="open_text", options=()), replace(asked, rules={"secret": True})
    assert [room.group_of("anna", one) for one in (asked, *others)] == ["g1", "", ""]
    assert room.group_of("bert", asked) == ""
