"""What is known of each asking: results are made once, and anew when something has changed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from poll_server.domain.access import Role
from poll_server.domain.additions import Addition
from poll_server.domain.ballots import Mark
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import State
from tests.live.room import OPTIONS, TALLY, room_of


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


def test_additions_stand_beside_the_present_wave_only() -> None:
    """What participants have added is decided about in the asking that runs; the result of an earlier one stays."""
    room = room_of(State.OPEN)
    asked = Definition("statements", "Wie sehen Sie das?", OPTIONS, {"additions": True})
    question = replace(room.event.question(5), definition=asked, wave=2)
    room.askings.keep_addition(Addition(1, 5, 1, "anna", "Mehr Grün"))
    entries = [room.askings.counted(question, wave).entries for wave in (1, 2)]
    assert [[one.text for one in some] for some in entries] == [[], ["Mehr Grün"]]
