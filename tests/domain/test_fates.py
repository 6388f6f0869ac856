"""What authors read of the way of their contributions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from poll_server.domain.contributions import Contribution, Fate
from poll_server.domain.fates import Sort, Stage, Turn, turn, way

SENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ONE = Contribution(1, 1, "anna", UUID(int=1), "Was kostet das?", SENT)
RECEIVED = Stage(Sort.RECEIVED, SENT)


def at(minute: int) -> datetime:
    """So many minutes after it was sent."""
    return SENT + timedelta(minutes=minute)


def turns(*fates: Fate) -> list[Turn]:
    """It meets one fate after the other, the first as it is sent, each ten minutes after the one before."""
    return [Turn(at(10 * n), before, after) for n, (before, after) in enumerate(pairwise(fates), 1)]


W, A, C, P, D, I = (  # noqa: E741  # short names for long ways
    Fate.WAITING,
    Fate.ACCEPTED,
    Fate.CURRENT,
    Fate.ANSWERED,
    Fate.DECLINED,
    Fate.IN_WRITING,
)


@pytest.mark.parametrize(
    ("fates", "told"),
    [
        ([W], [(W, None)]),
        ([W, A], [(A, 10)]),
        ([A], [(A, 0)]),
        ([A, C, P], [(A, 0), (C, 10), (P, 20)]),
        ([W, A, P], [(A, 10), (P, 20)]),
        ([W, D], [(D, 10)]),
        ([W, D, W], [(W, None)]),
        ([W, A, D, A], [(A, 30)]),
        ([W, A, C, A], [(A, 10)]),
        ([W, A, C, P, A, C], [(A, 10), (C, 50)]),
        ([W, A, C, I], [(A, 10), (C, 20), (I, 30)]),
        ([W, A, C, P, C, P], [(A, 10), (C, 40), (P, 50)]),
        ([W, A, C, Fate.ARCHIVED], [(Fate.ARCHIVED, 30)]),
    ],
)
def test_way_has_what_counts_now_with_its_time(fates: list[Fate], told: list[tuple[Fate, int | None]]) -> None:
    """What was taken back is not told; being published keeps its time; what waits has none."""
    one = replace(ONE, fate=fates[-1])
    expected = [RECEIVED, *(Stage(fate, None if minute is None else at(minute)) for fate, minute in told)]
    assert list(way(one, one, {1: turns(*fates)}, following=False)) == expected


def test_joined_one_has_the_way_of_the_other_since_then() -> None:
    """Nothing that became of the other one is told as earlier than the joining."""
    root = replace(ONE, id=2, fate=C, at=at(-20))
    one = replace(ONE, fate=W, joined=2)
    told = way(one, root, {1: [Turn(at(15), joined=2)], 2: turns(W, A, C)}, following=False)
    assert told == (RECEIVED, Stage(Sort.JOINED, at(15)), Stage(A, at(15)), Stage(C, at(20)))


def test_planned_and_written_are_the_last_stages() -> None:
    """The next one is told so while it is accepted only; a released answer has its time, of several the last."""
    one = replace(ONE, fate=A)
    assert way(one, one, {1: turns(W, A)}, following=True)[-1] == Stage(Sort.NEXT)
    shown = replace(ONE, fate=C)
    assert way(shown, shown, {1: turns(W, A, C)}, following=True)[-1] == Stage(C, at(20))
    written = replace(ONE, fate=I, answer="Drei Millionen.")
    there = [*turns(W, A, I), Turn(at(50), answered=True), Turn(at(60), answered=True)]
    assert way(written, written, {1: there}, following=False)[-2:] == (Stage(I, at(20)), Stage(Sort.WRITTEN, at(60)))


def test_log_has_turns_of_what_authors_hear() -> None:
    """A fate, being joined and a released answer are turns; a note or a place are none."""
    assert turn(SENT, {"fate": "waiting", "place": 0}, {"fate": "accepted", "place": 1}) == Turn(SENT, W, A)
    assert turn(SENT, {"joined": 0}, {"joined": 3}) == Turn(SENT, joined=3)
    assert turn(SENT, {"answer": ""}, {"answer": "Ja."}) == Turn(SENT, answered=True)
    assert turn(SENT, {"note": ""}, {"note": "Ja."}) is None
