"""Points, with an example of 200 people reckoned on its own."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.domain.access import Role
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import State
from poll_server.questions.contract import Row
from poll_server.questions.points import Points, Shared
from poll_server.render import Counted, environment, tick, view
from tests.domain.stages import OPENED, event

KIND = Points()
QUESTION = Definition(
    "points",
    "Wofür soll die Stadt ihr Geld ausgeben?",
    tuple(Option(f"o{at}", label) for at, label in enumerate(("Bus", "Bahn", "Radweg", "Ärztin"), 1)),
)
# How many people gave what to bus, train, cycle path and doctor: 200 people.
GROUPS = {(100, 0, 0, 0): 30, (60, 40, 0, 0): 50, (25, 25, 25, 25): 40, (0, 1, 99, 0): 20, (10, 0, 0, 90): 60}


def _tally() -> Counter[str]:
    tally: Counter[str] = Counter()
    for given_points, people in GROUPS.items():
        form = [f"o{at}={n}" for at, n in enumerate(given_points, 1)]
        for _ in range(people):
            tally.update(KIND.marks(QUESTION, KIND.parse(QUESTION, form)))
    return tally


def test_result_of_200_people_reckoned_by_hand() -> None:
    """Sums, shares of 20,000 points and givers, column by column.

    Bus 3,000 + 3,000 + 1,000 + 600; train 2,000 + 1,000 + 20; cycle path 1,000 + 1,980; doctor 1,000 + 5,400.
    """
    results = KIND.results(QUESTION, _tally())
    assert results == Shared(
        200,
        (
            Row("o1", "Bus", 7600, 0.38, leads=True),
            Row("o2", "Bahn", 3020, 0.151, leads=False),
            Row("o3", "Radweg", 2980, 0.149, leads=False),
            Row("o4", "Ärztin", 6400, 0.32, leads=False),
        ),
        givers=(30 + 50 + 40 + 60, 50 + 40 + 20, 40 + 20, 40 + 60),
    )
    assert results.total == 20_000
    assert results.statistics == {"givers-o1": 180.0, "givers-o2": 110.0, "givers-o3": 60.0, "givers-o4": 100.0}


def test_answer_and_marks() -> None:
    """The answer has the order of the ballot and no zeros; its marks are points and one for each option given any."""
    answer = KIND.parse(QUESTION, ["o4=0", "o3= 39", "o1=060", "o2=1"])
    assert answer == ("o1=60", "o2=1", "o3=39")
    assert KIND.marks(QUESTION, answer) == {"#": 1, "o1": 60, "o1#": 1, "o2": 1, "o2#": 1, "o3": 39, "o3#": 1}
    assert KIND.describe(QUESTION, answer) == ("Bus: 60", "Bahn: 1", "Radweg: 39")


@pytest.mark.parametrize(
    ("form", "code", "values"),
    [
        ([], "no_points", {}),
        (["o1=0", "o2=0"], "no_points", {}),
        (["o1=60", "o2=39"], "points_left", {"given": "99", "points": "100", "left": "1"}),
        (["o1=60", "o2=41"], "points_over", {"given": "101", "points": "100", "excess": "1"}),
        (["o1=999999"], "points_over", {"given": "999999", "points": "100", "excess": "999899"}),
        (["o1=100", "o5=0"], "unknown_option", {}),
        (["100"], "unknown_option", {}),
        (["o1=100", "o1=100"], "points_twice", {}),
        (["o1=110", "o2=-10"], "not_points", {"points": "100"}),
        (["o1=50,0", "o2=50"], "not_points", {"points": "100"}),
        (["o1=100=0"], "not_points", {"points": "100"}),
        (["o1=<b>100</b>"], "not_points", {"points": "100"}),
        (["o1=💯"], "not_points", {"points": "100"}),
        (["o1=١٠٠"], "not_points", {"points": "100"}),
        ([f"o1={'9' * 10_000}"], "not_points", {"points": "100"}),
    ],
)
def test_parse_refuses(form: list[str], code: str, values: dict[str, str]) -> None:
    """Nothing, a wrong sum, a stranger, an option twice and what is no whole number are refused in words."""
    with pytest.raises(Refused) as refused:
        KIND.parse(QUESTION, form)
    assert (refused.value.code, refused.value.values) == (code, values)


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4))
def test_just_the_exact_sum_is_an_answer(given_points: list[int]) -> None:
    """Whatever the spread: it is taken if and only if it adds up to the points."""
    form = [f"o{at}={n}" for at, n in enumerate(given_points, 1)]
    try:
        taken = sum(int(entry.partition("=")[2]) for entry in KIND.parse(QUESTION, form))
    except Refused:
        taken = 0
    assert (taken == 100) == (sum(given_points) == 100)


@pytest.mark.parametrize(
    ("points", "fields"), [(2, []), (1000, []), (0, ["points"]), (1, ["points"]), (1001, ["points"])]
)
def test_check_of_the_points(points: int, fields: list[str]) -> None:
    """Two to a thousand points can be given."""
    assert [problem.field for problem in KIND.check(replace(QUESTION, rules={"points": points}))] == fields


def test_check_of_text_options_and_points_together() -> None:
    """Mistakes in text, options and rules are told at once."""
    wrong = Definition("points", "", QUESTION.options[:1], {"points": 1})
    assert [problem.field for problem in KIND.check(wrong)] == ["text", "options", "points"]


@pytest.mark.parametrize(
    ("tally", "sentence"),
    [
        ({}, "Noch keine Antworten."),
        ({"#": 1, "o1": 60, "o2": 40}, "Die meisten Punkte: „Bus“ mit 60 von 100 Punkten."),
        ({"#": 1, "o1": 50, "o2": 50}, "Gleichauf: „Bus“ und „Bahn“ mit je 50 von 100 Punkten."),
        (
            {"#": 4, "o1": 100, "o2": 100, "o3": 100, "o4": 100},
            "4 Antworten liegen gleichauf, jede mit 100 von 400 Punkten.",
        ),
        (
            {"#": 20, "o1": 1200, "o2": 500, "o3": 300},
            "Die meisten Punkte: „Bus“ mit 1.200 von 2.000 Punkten (60\N{NO-BREAK SPACE}%). "
            "Danach „Bahn“ mit 500 (25\N{NO-BREAK SPACE}%).",
        ),
    ],
)
def test_sentence_says_ties_and_no_shares_of_few(tally: dict[str, int], sentence: str) -> None:
    """Who leads, ties by name or number, and shares from twenty answers on."""
    template: Any = environment("de").get_template("questions/points.html").module
    assert str(template.say(KIND.results(QUESTION, tally))).strip() == sentence


def test_tick_of_20_options_is_small() -> None:
    """With twenty options and four digits everywhere the numbers stay under 3 KB."""
    question = replace(QUESTION, options=tuple(Option(f"o{at}", "x" * 120) for at in range(1, 21)))
    tally = {"#": 9000} | {f"o{at}": 45_000 + at for at in range(1, 21)} | {f"o{at}#": 9000 for at in range(1, 21)}
    shown = event([State.SHOWN], current=1, definition=question)
    frame = tick(view(shown, shown.question(1), Counted(question, tally), 9000, OPENED, Role.SCREEN))
    assert frame is not None
    assert len(frame) < 3_000
