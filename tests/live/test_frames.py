"""Frames and pages in memory: what is in the bytes of each audience."""

from uuid import UUID

import pytest

from poll_server.domain.access import Role, Sight, sees
from poll_server.domain.programme import Reveal
from poll_server.domain.rounds import State
from poll_server.live.hub import Audience
from tests.live.room import ANSWERED, COUNT, RESULT, WAITING, bytes_for, enter, room_of


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


def test_screen_that_comes_late_sees_who_is_there() -> None:
    """A first frame is of the present, although people come and go without a step."""
    room = room_of(State.READY)
    for number in ("0", "1", "2"):
        wire, _ = enter(room, Role.SCREEN)
        assert (number, f'data-figure="present">{number}<' in wire.frames[0]) == (number, True)
        enter(room, participant=f"p{number}")
    assert 'data-figure="screen-present">3<' in room.frames.of(Audience(Role.MODERATOR)).html.decode()
