"""What one participant alone gets, and the tag of all that they see."""

from dataclasses import replace
from uuid import UUID

import pytest

from poll_server.domain.ballots import CAST_IN_SECRET, Key, Mark
from poll_server.domain.programme import Reveal
from poll_server.domain.rounds import State
from poll_server.live import private
from poll_server.render import Receipt
from tests.live.room import COUNT, NOON, RESULT, STANDING, room_of


@pytest.mark.parametrize("state", list(State))
def test_private_frame_holds_no_numbers(state: State) -> None:
    """What one participant gets alone tells the own answer, and of the others nothing in any state."""
    room = room_of(state, Reveal.LIVE)
    receipt = Receipt("counted", 5, 1, ("o2",), 1, UUID(int=7), at=NOON)
    told = private.acknowledgement(room, "anna", receipt).decode()
    assert (RESULT.findall(told), COUNT.findall(told), 'data-answer="o2"' in told) == ([], [], True)


def test_tag_changes_for_those_who_see_a_change() -> None:
    """A vote changes the tag of who has answered and not of who has not; a step changes all, a new room too."""
    room = room_of(State.OPEN)
    before = private.etag(room, "anna"), private.etag(room, "bert")
    room.count({Mark(5, 1, "", "#"): 1}, {Key(5, 1, "carl"): STANDING})
    after = private.etag(room, "anna"), private.etag(room, "bert")
    assert (after[0] == before[0], after[1] == before[1]) == (False, True)
    room.begin_event(replace(room.event, revision=4))
    assert private.etag(room, "bert") != after[1]
    assert private.etag(room_of(State.OPEN), "bert") != before[1]


def test_nothing_tells_when_somebody_votes_in_secret() -> None:
    """A secret vote is noted, and for all others the page stays the one that they have."""
    room = room_of(State.OPEN)
    (question,) = room.event.questions
    definition = replace(question.definition, rules={"secret": True})
    rounds = (replace(room.event.rounds[0], questions=(replace(question, definition=definition),)),)
    room.begin_event(replace(room.event, rounds=rounds), {"anna": CAST_IN_SECRET})
    tags = [private.etag(room, who) for who in ("anna", "bert")]
    room.count({}, {Key(5, 1, "carl"): CAST_IN_SECRET})
    assert [private.etag(room, who) for who in ("anna", "bert")] == tags
    assert (private.etag(room, "carl"), room.standing["carl"]) == (tags[0], CAST_IN_SECRET)
