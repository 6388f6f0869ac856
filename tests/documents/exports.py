"""Exports made of values alone, for the tests of what is written of them."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from poll_server import questions
from poll_server.documents.export import Export
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Event, Question, Round, State

BERLIN = ZoneInfo("Europe/Berlin")
OPENED = datetime(2026, 11, 22, 11, 16, 7, 987654, BERLIN)
CLOSED = datetime(2026, 11, 22, 11, 18, tzinfo=BERLIN)
BUS = Definition("single_choice", "Womit sind Sie gekommen?", (Option("o1", "Bus"), Option("o2", "Rad; zu Fuß")))
FIRST = Definition(
    "multiple_choice",
    "Womit „beginnen“?",
    (Option("o1", 'Der "Ortskern"'), Option("o2", "Radwege\nund Bus"), Option("o3", "Jugendrat")),
    {"minimum": 1, "maximum": 2},
    "Zwei Vorhaben.",
)


def question(definition: Definition, state: State = State.READY, id: int = 1, present: int = 0) -> Question:
    """A question in this state, with the times that go with it."""
    began = OPENED if state is not State.READY else None
    ended = CLOSED if state in (State.CLOSING, State.CLOSED, State.SHOWN) else None
    return Question(id, 1, definition, state, 1, began, ended, present)


def exported(
    asked: Mapping[str, Sequence[tuple[Question, Mapping[str, int]]]],
    title: str = "Tagung",
    language: str = "de",
    shares_from: int = 1,
) -> Export:
    """The export of an event with these rounds: title to questions with their tallies."""
    rounds = tuple(Round(1, None, name, tuple(one for one, _ in each)) for name, each in asked.items())
    event = Event(
        id=1,
        code="demo",
        title=title,
        subtitle="Ein Tag",
        organisers="Netzwerk",
        day=date(2026, 11, 22),
        time_zone="Europe/Berlin",
        language=language,
        revision=7,
        current=None,
        join_shown=False,
        items=(),
        rounds=rounds,
    )
    tallies = (pair for each in asked.values() for pair in each)
    return Export(
        event,
        {one.id: questions.results(replace(one.definition, shares_from=shares_from), tally) for one, tally in tallies},
    )


def example(language: str = "de") -> Export:
    """A round with a shown and an open question, an empty one, and one with a question that was not asked yet."""
    return exported(
        {
            "Runde I": [
                (question(FIRST, State.SHOWN, present=9), {"#": 8, "o1": 8, "o2": 1}),
                (question(BUS, State.OPEN, 2, present=0), {"#": 3, "o1": 1, "o2": 2, "-": 4}),
            ],
            "Runde II": [],
            "Runde III": [(question(BUS, State.READY, 3), {})],
        },
        language=language,
    )


def read_csv(content: bytes) -> list[list[str]]:
    """The cells of a CSV, read by Python's csv module in strict mode."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))
