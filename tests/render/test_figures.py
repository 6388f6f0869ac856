"""Figures: what numbers stand on a page, and how they are written."""

from dataclasses import replace

import pytest

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import State, Wave
from poll_server.render import Counted
from poll_server.render.figures import count_figures
from tests.render.sights import NOON, OPTIONS, event, seen


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
    assert (figures["there"], figures["turnout"]) == ("1.600", " (100\N{NO-BREAK SPACE}%)")


def test_share_of_those_who_have_answered_leaves_abstentions_out() -> None:
    """The percentage beside "750 of 1,500 have answered" is that of these words, whoever has abstained besides."""
    found = seen(State.SHOWN, tally={"#": 750, "-": 600, "o1": 750})
    assert [found.figures[name] for name in ("answered", "abstained", "there")] == ["750", "600", "1.500"]
    assert (found.figures["turnout"], found.bars["turnout"]) == (" (50\N{NO-BREAK SPACE}%)", "50%")


@pytest.mark.parametrize(
    ("answered", "expected"), [(0, "haben geantwortet"), (1, "hat geantwortet"), (2, "haben geantwortet")]
)
def test_verb_follows_the_number(answered: int, expected: str) -> None:
    """One has answered, others have."""
    figures = dict[str, str]()
    count_figures(figures, {}, {"#": answered}, 2, 0, "de")
    assert figures["replied"] == expected


@pytest.mark.parametrize(("there", "turnout"), [(19, ""), (20, " (50\N{NO-BREAK SPACE}%)"), (0, "")])
def test_few_people_are_no_base_of_a_share(there: int, turnout: str) -> None:
    """Where fewer are there than the event shows shares from, how many have answered is a count alone."""
    answered = there // 2
    figures, bars = dict[str, str](), dict[str, str]()
    count_figures(figures, bars, {"#": answered}, there, 20, "de")
    assert (figures["answered"], figures["there"], figures["turnout"]) == (str(answered), str(there), turnout)


@pytest.mark.parametrize(
    ("kind", "options", "marks", "rounded"),
    [
        ("single_choice", OPTIONS, {"o1": 30}, ", Anteile gerundet"),
        ("numeric", (), {"=5": 30}, ", Anteile gerundet"),
        ("statements", OPTIONS, {"o1=a": 30}, ", Anteile gerundet"),
        ("ranking", OPTIONS, {"o1@1": 30, "o2@2": 30}, ""),
        ("word_cloud", (), {"w:mut|Mut": 30}, ""),
    ],
)
def test_screen_says_that_shares_are_rounded(
    kind: str, options: tuple[Option, ...], marks: dict[str, int], rounded: str
) -> None:
    """Of every kind whose result tells shares, also where rows come and go; of points and words it speaks of none."""
    there = event(State.SHOWN)
    question = replace(there.question(5), definition=Definition(kind, "Und?", options))
    counted = Counted(question.definition, {"#": 30, **marks})
    figures = render.view(there, question, counted, 30, NOON, Role.SCREEN).figures
    assert figures["rounded"] == rounded


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
