"""Events at every stage of their life, made of values alone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Event, Question, Round, State

DEFINITION = Definition("any", "Was meinen Sie?", (Option("o1", "Ja"), Option("o2", "Nein")))
OPENED = datetime(2026, 11, 22, 11, 16, tzinfo=UTC)


def event(*rounds: Sequence[State], current: int | None = None, definition: Definition = DEFINITION) -> Event:
    """An event whose questions have these states, round by round; their ids count from 1 through all rounds."""
    numbers = iter(range(1, 1 + sum(len(states) for states in rounds)))
    return Event(
        id=1,
        code="demo",
        title="Tagung",
        subtitle="",
        organisers="",
        day=date(2026, 11, 22),
        time_zone="Europe/Berlin",
        language="de",
        revision=0,
        current=current,
        join_shown=False,
        items=(),
        rounds=tuple(
            Round(at, None, f"Runde {at}", tuple(_question(next(numbers), at, state, definition) for state in states))
            for at, states in enumerate(rounds, 101)
        ),
    )


def _question(number: int, round_id: int, state: State, definition: Definition) -> Question:
    opened = None if state is State.READY else OPENED
    return Question(number, round_id, definition, state, wave=1, opened=opened)
