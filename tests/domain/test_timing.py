"""How long a question is open: the countdown for everybody, and more time for who needs it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from poll_server.domain.errors import Forbidden, Refused
from poll_server.domain.rounds import Question, State
from poll_server.domain.timing import EXTENSIONS_MAXIMUM, Countdown, Extension, countdown, extend
from tests.domain.stages import DEFINITION, event

NOW = datetime(2026, 11, 22, 11, 16, tzinfo=UTC)


def after(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def asked(state: State = State.OPEN, closes: datetime | None = None, extension: bool = True) -> Question:
    """A question in this state, with or without the offer of more time and a countdown that runs for a minute."""
    definition = replace(DEFINITION, rules={"extension": True} if extension else {})
    since = after(-60) if closes else None
    return replace(event([state], current=1, definition=definition).question(1), closes=closes, counts_since=since)


@pytest.mark.parametrize(
    ("closes", "seconds", "expected"),
    [
        (None, 30, Countdown(NOW, after(30))),
        (after(10), 30, Countdown(after(-60), after(40))),
        (after(-1), 30, Countdown(after(-60), after(30))),
        (after(10), 0, None),
        (None, 0, None),
    ],
)
def test_countdown(closes: datetime | None, seconds: int, expected: Countdown | None) -> None:
    """A countdown starts now and is prolonged from its end, its start stays, and 0 seconds take it away."""
    assert countdown(asked(closes=closes), seconds, NOW) == expected


@pytest.mark.parametrize("state", sorted(set(State) - {State.OPEN}))
def test_countdown_of_a_question_that_is_not_open(state: State) -> None:
    """Only an open question counts down."""
    with pytest.raises(Forbidden) as refused:
        countdown(asked(state), 30, NOW)
    assert refused.value.code == "step"


def test_extend_begins_at_the_end_of_the_countdown() -> None:
    """The first press gives a minute behind the common end, the next one a minute more."""
    question = asked(closes=after(10))
    first = extend(question, None, NOW)
    assert first == Extension(after(70), 1)
    assert extend(question, first, NOW) == Extension(after(130), 2)


def test_extend_while_the_others_are_closed_out() -> None:
    """Who has more time can take more of it after the common end, from now on when it is nearly over."""
    question = asked(State.CLOSING, closes=after(-100))
    assert extend(question, Extension(after(-1), 1), NOW) == Extension(after(60), 2)


@pytest.mark.parametrize(
    ("question", "held"),
    [
        (asked(), None),
        (asked(closes=after(10), extension=False), None),
        (asked(State.CLOSING, closes=after(-1)), None),
        (asked(State.CLOSED, closes=after(-1)), Extension(after(10), 1)),
        (asked(State.READY), None),
    ],
    ids=["no countdown", "not offered", "too late", "closed", "not asked"],
)
def test_extend_where_there_is_nothing_to_extend(question: Question, held: Extension | None) -> None:
    """More time is had only where it is offered, and taken before the end."""
    with pytest.raises(Refused) as refused:
        extend(question, held, NOW)
    assert refused.value.code == "no_extension"


def test_extend_has_an_end() -> None:
    """Ten times, as WCAG asks for, and not once more: one participant cannot keep a room waiting for ever."""
    held = extend(asked(closes=after(10)), Extension(after(10), 9), NOW)
    assert held.times == EXTENSIONS_MAXIMUM
    with pytest.raises(Refused) as refused:
        extend(asked(closes=after(10)), held, NOW)
    assert (refused.value.code, refused.value.values) == ("extended_enough", {"times": 10})
