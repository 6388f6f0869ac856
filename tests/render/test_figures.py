"""Figures: what numbers stand on a page, and how they are written."""

from dataclasses import replace

import pytest

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.rounds import State, Wave
from poll_server.render import Counted
from tests.render.sights import NOON, event, seen


@pytest.mark.parametrize(
    ("shares_from", "people", "share"), [(0, 0, "–"), (0, 1, "100\N{NO-BREAK SPACE}%"), (1000, 999, "–")]
)
def test_shares_begin_where_the_event_says(shares_from: int, people: int, share: str) -> None:
    """From one answer on, or from a thousand; of nobody there is no share. The sentence keeps to it, too."""
    there = event(State.SHOWN)
    question = there.question(5)
    counted = Counted(replace(question.definition, shares_from=shares_from), {"#": people, "o1": people})
    figures = render.view(there, question, counted, 1700, NOON, Role.AUDIENCE).figures
    assert (figures["s-o1"], "%" in figures["say"]) == (share, share != "–")
    assert ("Wenige" in figures["base"]) == (share == "–")


def test_more_answers_than_people_is_no_share_above_the_whole() -> None:
    """Somebody may have answered and left: the number of people is at least that of answers."""
    figures = seen(State.SHOWN, tally={"#": 1600, "o1": 1600}).figures
    assert (figures["there"], figures["turnout"]) == ("1.600", "100\N{NO-BREAK SPACE}%")


@pytest.mark.parametrize(
    ("language", "one", "two"), [("de", "1 von 1 Stimme.", "2 von 2 Stimmen."), ("en", "1 of 1 vote.", "2 of 2 votes.")]
)
def test_one_is_told_in_the_singular(language: str, one: str, two: str) -> None:
    """A sentence about one is another than that about many."""
    said = [seen(State.SHOWN, tally={"#": n, "o1": n}, language=language).figures["say"] for n in (1, 2)]
    assert [sentence.endswith(f" {end}") for sentence, end in zip(said, (one, two), strict=True)] == [True, True]


@pytest.mark.parametrize(
    ("before", "people", "gave", "change"),
    [
        (19, 20, "50\N{NO-BREAK SPACE}%", "–"),
        (20, 20, "50\N{NO-BREAK SPACE}%", "±0"),
        (20, 19, "9", "–"),
    ],
)
def test_change_needs_two_passes_with_shares(before: int, people: int, gave: str, change: str) -> None:
    """Where either pass has too few answers for shares there is no change; the present one says what it gave."""
    there = event(State.SHOWN)
    question = replace(there.question(5), wave=2, earlier=(Wave(1, NOON, NOON, before),))
    askings = [Counted(question.definition, {"#": n, "o1": n // 2, "o2": n - n // 2}) for n in (before, people)]
    figures = render.view(there, question, askings[1], 1700, NOON, Role.AUDIENCE, earlier=askings[:1]).figures
    assert (figures["p-o1"], figures["c-o1"]) == (gave, change)
