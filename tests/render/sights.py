"""What tests of pages and frames look at: an event with two questions."""

from datetime import UTC, date, datetime

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Event, Question, Round, State
from poll_server.render import Counted, View

NOON = datetime(2022, 1, 21, 12, 0, 7, 999, tzinfo=UTC)
OPTIONS = (Option("o1", "Bus & <b>Bahn</b>"), Option("o2", "Rad"))


def event(state: State, language: str = "de", revision: int = 3) -> Event:
    """An event with two questions, the first on the stage."""
    first = Question(5, 1, Definition("single_choice", "Wie <i>kommen</i> Sie?", OPTIONS), state, 1, NOON, NOON, 1500)
    second = Question(6, 1, Definition("single_choice", "Und zurück?", OPTIONS[::-1]), State.READY, 1)
    rounds = (Round(1, None, "Runde", (first, second)),)
    day = date(2022, 1, 21)
    return Event(1, "k7d42p", "Tagung", "", "", day, "UTC", language, revision, 5, False, (), rounds)


def seen(state: State, role: Role = Role.AUDIENCE, tally: dict[str, int] | None = None, language: str = "de") -> View:
    """What somebody who has answered sees of the first question."""
    there = event(state, language)
    question = there.question(5)
    return render.view(there, question, Counted(question.definition, tally or {}), 1700, NOON, role, answered=True)
