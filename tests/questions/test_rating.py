"""The rating, with examples counted by hand."""

import statistics
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.domain.text import fold
from poll_server.questions.contract import Results, Row
from poll_server.questions.rating import END_MAXIMUM, Rating
from poll_server.questions.scales import SCALES, WORDED_STEPS, Step, scale_of

KIND = Rating()
PLAIN = Definition("rating", "Wie zufrieden sind Sie?", rules={"scale": "satisfaction"})
MATRIX = Definition(
    "rating",
    "Wie wichtig ist Ihnen …?",
    (Option("o1", "Bus"), Option("o2", "Bahn"), Option("o3", "Rad")),
    {"low": "gar nicht", "high": "sehr", "steps": 4},
)


def _tally(definition: Definition, forms: list[list[str]]) -> Counter[str]:
    tally: Counter[str] = Counter()
    for form in forms:
        tally.update(KIND.marks(definition, KIND.parse(definition, form)))
    return tally


def test_result_of_200_people() -> None:
    """Steps 1 to 5 are chosen by 10, 30, 50, 70 and 40: mean 3.5, and the 100th and 101st both chose 4."""
    people = [1] * 10 + [2] * 30 + [3] * 50 + [4] * 70 + [5] * 40
    results = KIND.results(PLAIN, _tally(PLAIN, [[str(step)] for step in people]))
    assert [(row.key, row.label, row.count, row.share, row.leads) for row in results.rows] == [
        ("1", "1\N{NO-BREAK SPACE}– sehr unzufrieden", 10, 0.05, False),
        ("2", "2\N{NO-BREAK SPACE}– eher unzufrieden", 30, 0.15, False),
        ("3", "3\N{NO-BREAK SPACE}– teils, teils", 50, 0.25, False),
        ("4", "4\N{NO-BREAK SPACE}– eher zufrieden", 70, 0.35, True),
        ("5", "5\N{NO-BREAK SPACE}– sehr zufrieden", 40, 0.2, False),
    ]
    assert results.base == 200
    assert results.statistics == {"mean": statistics.fmean(people), "median": statistics.median(people), "n": 200}
    assert (results.statistics["mean"], results.statistics["median"]) == (3.5, 4)


def test_matrix_of_200_people() -> None:
    """Each item has its own distribution, mean and median, in the order of the ballot."""
    bus = [1] * 100 + [4] * 100
    rail = [2] * 150 + [3] * 50
    bike = [1, 2, 3, 4] * 50
    forms = [[f"o3={c}", f"o1={a}", f"o2={b}"] for a, b, c in zip(bus, reversed(rail), bike, strict=True)]
    results = KIND.results(MATRIX, _tally(MATRIX, forms))
    assert [row.count for row in results.rows] == [100, 0, 0, 100, 0, 150, 50, 0, 50, 50, 50, 50]
    assert results.rows[5] == Row("o2=2", "Bahn: 2", 150, 0.75, leads=True)
    assert results.rows[3].label == "Bus: 4\N{NO-BREAK SPACE}– sehr"
    assert [row.key for row in results.leading] == ["o1=1", "o1=4", "o2=2", "o3=1", "o3=2", "o3=3", "o3=4"]
    assert results.statistics == {
        f"{name}-{key}": value
        for key, rated in (("o1", bus), ("o2", rail), ("o3", bike))
        for name, value in (("mean", statistics.fmean(rated)), ("median", statistics.median(rated)), ("n", 200))
    }
    assert results.statistics["median-o1"] == 2.5


def test_highest_and_lowest_mean_may_be_shared() -> None:
    """Items with the same mean stand together, in the order of the ballot."""
    results: Any = KIND.results(MATRIX, _tally(MATRIX, [["o1=1", "o2=4", "o3=1"], ["o1=3", "o2=4", "o3=3"]]))
    assert [item.label for item in results.highest] == ["Bahn"]
    assert [item.label for item in results.lowest] == ["Bus", "Rad"]


def test_result_without_answers() -> None:
    """Nobody has answered: no mean, no median, nothing leads."""
    results: Results = KIND.results(PLAIN, {})
    assert results.statistics == {"mean": None, "median": None, "n": 0}
    assert results.leading == ()


@pytest.mark.parametrize(
    ("definition", "form", "code", "values"),
    [
        (PLAIN, [], "empty", {}),
        (PLAIN, ["0"], "unknown_option", {}),
        (PLAIN, ["6"], "unknown_option", {}),
        (PLAIN, ["3.5"], "unknown_option", {}),
        (PLAIN, ["٣"], "unknown_option", {}),
        (PLAIN, ["o1=3"], "unknown_option", {}),
        (PLAIN, ["=3"], "unknown_option", {}),
        (PLAIN, ["<b>3</b>"], "unknown_option", {}),
        (PLAIN, ["3" * 10_000], "unknown_option", {}),
        (PLAIN, ["👍"], "unknown_option", {}),
        (PLAIN, ["2", "3"], "one_only", {}),
        (MATRIX, [], "empty", {}),
        (MATRIX, ["o1=2"], "unrated", {"item": "Bahn"}),
        (MATRIX, ["o2=2", "o3=2"], "unrated", {"item": "Bus"}),
        (MATRIX, ["o1=2", "o2=2", "o3=5"], "unknown_option", {}),
        (MATRIX, ["o1=2", "o2=2", "o3=2", "o4=2"], "unknown_option", {}),
        (MATRIX, ["3"], "unknown_option", {}),
        (MATRIX, ["o1=2", "o2=2", "o3=2", "o1=3"], "one_only", {}),
    ],
)
def test_parse_refuses(definition: Definition, form: list[str], code: str, values: dict[str, str]) -> None:
    """Nothing, too much, off the scale, an item that is none or is missing: each with its reason."""
    with pytest.raises(Refused) as refused:
        KIND.parse(definition, form)
    assert (refused.value.code, refused.value.values) == (code, values)


def test_parse_takes_a_step_for_each_item() -> None:
    """An answer has the order of the ballot, whatever the order of the form and however often a field came."""
    assert KIND.parse(PLAIN, ["5", "5"]) == ("5",)
    assert KIND.parse(MATRIX, ["o3=4", "o1=1", "o2=2", "o1=1"]) == ("o1=1", "o2=2", "o3=4")


def test_describe_in_words() -> None:
    """The receipt names the step with its word, in a matrix after the item; steps between named ends are numbers."""
    assert KIND.describe(PLAIN, ("2",)) == ("2\N{NO-BREAK SPACE}– eher unzufrieden",)
    assert KIND.describe(replace(PLAIN, language="en"), ("2",)) == ("2\N{NO-BREAK SPACE}– dissatisfied",)
    assert KIND.describe(MATRIX, ("o1=1", "o2=2", "o3=4")) == (
        "Bus: 1\N{NO-BREAK SPACE}– gar nicht",
        "Bahn: 2",
        "Rad: 4\N{NO-BREAK SPACE}– sehr",
    )


@pytest.mark.parametrize("name", SCALES)
def test_ready_made_scales_have_five_words(name: str) -> None:
    """Each ready-made scale has five different words in each language, short enough for one line of a phone."""
    for language in ("de", "en"):
        words = SCALES[name][language]
        assert len({*words}) == WORDED_STEPS
        assert [word for word in words if word != fold(word, END_MAXIMUM)] == []


def test_steps_of_a_scale() -> None:
    """Five ready-made steps all have words, other numbers only their ends; eleven steps go from 0 to 10."""
    assert (
        scale_of(Definition("rating", "Stimmt das?", language="en"))[4].label == "5\N{NO-BREAK SPACE}– strongly agree"
    )
    rules = {"scale": "quality"}
    assert [step.word for step in scale_of(replace(PLAIN, rules=rules))] == list(SCALES["quality"]["de"])
    assert scale_of(replace(PLAIN, rules=rules | {"steps": 3})) == (
        Step(1, "sehr schlecht"),
        Step(2, ""),
        Step(3, "sehr gut"),
    )
    assert scale_of(replace(MATRIX, rules={**MATRIX.rules, "steps": 2})) == (Step(1, "gar nicht"), Step(2, "sehr"))
    eleven = scale_of(replace(PLAIN, rules=rules | {"steps": 11}))
    assert [step.value for step in eleven] == list(range(11))


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ({"scale": "agreement"}, []),
        ({"low": "kalt", "high": "warm", "steps": 11}, []),
        ({}, []),
        ({"low": "kalt"}, ["rules"]),
        ({"scale": "agreement", "high": "warm"}, ["rules"]),
        ({"scale": "temperature"}, ["scale"]),
        ({"scale": "agreement", "steps": 1}, ["steps"]),
        ({"scale": "agreement", "steps": 12}, ["steps"]),
    ],
)
def test_check_of_the_rules(rules: dict[str, Any], fields: list[str]) -> None:
    """A rating has a ready-made scale, or else two end labels, and 2 to 11 steps."""
    assert [problem.field for problem in KIND.check(replace(PLAIN, rules=rules))] == fields


def test_check_of_the_items() -> None:
    """None or up to ten items, all different."""
    items = tuple(Option(f"o{number}", f"Punkt {number}") for number in range(1, 12))
    assert KIND.check(replace(PLAIN, options=items[:10])) == []
    assert [problem.field for problem in KIND.check(replace(PLAIN, options=items))] == ["options"]
    assert [problem.field for problem in KIND.check(replace(PLAIN, options=items[:1] * 2))] == ["options"]
