"""Ranking, with examples counted by hand."""

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.questions.contract import Row
from poll_server.questions.ranking import Duels, Ranked, Ranking, places

KIND = Ranking()
LABELS = ("Leerstand", "Rufbus", "Bürgerbüro", "Läden")
QUESTION = Definition(
    "ranking",
    "Womit beginnen?",
    tuple(Option(f"o{at}", label) for at, label in enumerate(LABELS, 1)),
)
BEST_TWO = replace(QUESTION, rules={"places": 2})
KEYS = [option.key for option in QUESTION.options]


def tally(definition: Definition, *forms: list[str], closed: bool = False) -> Counter[str]:
    """What these forms add up to, with the pairs of a closed question if it is."""
    answers = [KIND.parse(definition, form) for form in forms]
    counted: Counter[str] = Counter()
    for answer in answers:
        counted.update(KIND.marks(definition, answer))
    return counted + KIND.final(definition, answers) if closed else counted


def test_result_counted_by_hand() -> None:
    """Three people: places 1 to 4 give 4, 3, 2 and 1 points; first places and mean places stand beside."""
    counted = tally(QUESTION, ["o1", "o2", "o3", "o4"], ["o2", "o1", "o4", "o3"], ["o2", "o3", "o1", "o4"])
    assert counted == {
        "#": 3,
        "o1@1": 1,
        "o1@2": 1,
        "o1@3": 1,
        "o2@1": 2,
        "o2@2": 1,
        "o3@2": 1,
        "o3@3": 1,
        "o3@4": 1,
        "o4@3": 1,
        "o4@4": 2,
    }
    assert KIND.results(QUESTION, counted) == Ranked(
        3,
        (
            Row("o1", "Leerstand", 9, 9 / 12, leads=False),
            Row("o2", "Rufbus", 11, 11 / 12, leads=True),
            Row("o3", "Bürgerbüro", 6, 6 / 12, leads=False),
            Row("o4", "Läden", 4, 4 / 12, leads=False),
        ),
        firsts={"o1": 1, "o2": 2, "o3": 0, "o4": 0},
        means={"o1": 2.0, "o2": 4 / 3, "o3": 3.0, "o4": 11 / 3},
    )


def test_result_of_the_best_two_counted_by_hand() -> None:
    """Two places give 2 and 1 points; the mean place is of those who gave one, and nobody's is none."""
    results = KIND.results(BEST_TWO, tally(BEST_TWO, ["o1", "o2"], ["o2", "o1"], ["o3", "o1"]))
    assert [(row.key, row.count, row.share, row.leads) for row in results.rows] == [
        ("o1", 4, 4 / 6, True),
        ("o2", 3, 3 / 6, False),
        ("o3", 2, 2 / 6, False),
        ("o4", 0, 0.0, False),
    ]
    assert results.statistics == {
        "first-o1": 1,
        "first-o2": 1,
        "first-o3": 1,
        "first-o4": 0,
        "mean-o1": 5 / 3,
        "mean-o2": 1.5,
        "mean-o3": 1.0,
        "mean-o4": None,
    }


@pytest.mark.parametrize("definition", [QUESTION, BEST_TWO], ids=["complete", "best two"])
def test_result_of_two_hundred_people(definition: Definition) -> None:
    """Every number of 200 people's result equals the one counted from their lists, ballot by ballot."""
    last = places(definition)
    chance = random.Random(20)
    lists = [sorted(KEYS, key=lambda key: chance.random() * int(key[1]))[:last] for _ in range(200)]
    results = KIND.results(definition, tally(definition, *lists, closed=True))
    assert results.base == 200
    for row in results.rows:
        at = [order.index(row.key) + 1 for order in lists if row.key in order]
        assert row.count == sum(last - place + 1 for place in at)
        assert row.share == float(Fraction(row.count, 200 * last))
        assert results.firsts[row.key] == at.count(1)
        assert results.means[row.key] == float(Fraction(sum(at), len(at)))
        assert results.duels is not None
        assert results.duels[row.key] == _duels(row.key, lists)


def _duels(key: str, lists: list[list[str]]) -> Duels:
    margins = []
    for other in {*KEYS} - {key}:
        rank = [{**dict.fromkeys(KEYS, 99), **{one: at for at, one in enumerate(order)}} for order in lists]
        margins.append(sum((at[key] < at[other]) - (at[key] > at[other]) for at in rank))
    return Duels(
        len([m for m in margins if m > 0]), len([m for m in margins if m == 0]), len([m for m in margins if m < 0])
    )


def test_winner_of_all_pairs_may_have_fewer_points() -> None:
    """Three of five put the first option first, so it wins every pair, although the second has more points."""
    forms = [["o1", "o2", "o3", "o4"]] * 3 + [["o2", "o3", "o4", "o1"]] * 2
    results = KIND.results(QUESTION, tally(QUESTION, *forms, closed=True))
    assert [row.count for row in results.rows] == [14, 17, 12, 7]
    assert [row.label for row in results.leading] == ["Rufbus"]
    assert results.duels == {"o1": Duels(3, 0, 0), "o2": Duels(2, 0, 1), "o3": Duels(1, 0, 2), "o4": Duels(0, 0, 3)}
    assert results.winner == results.rows[0]


def test_circle_has_no_winner() -> None:
    """Three people whose orders go round: each of three options wins against one and loses to one."""
    forms = [["o1", "o2", "o3", "o4"], ["o2", "o3", "o1", "o4"], ["o3", "o1", "o2", "o4"]]
    results = KIND.results(QUESTION, tally(QUESTION, *forms, closed=True))
    assert results.duels == {**dict.fromkeys(("o1", "o2", "o3"), Duels(2, 0, 1)), "o4": Duels(0, 0, 3)}
    assert results.winner is None


def test_tie_of_a_pair_is_no_win() -> None:
    """Two people of opposite minds: their favourites are level, and neither wins against everybody."""
    results = KIND.results(QUESTION, tally(QUESTION, ["o1", "o2", "o3", "o4"], ["o2", "o1", "o3", "o4"], closed=True))
    assert results.duels == {**dict.fromkeys(("o1", "o2"), Duels(2, 1, 0)), "o3": Duels(1, 0, 2), "o4": Duels(0, 0, 3)}
    assert results.winner is None


def test_final_lets_places_beat_no_places() -> None:
    """Of one answer with two places both beat the options without, between which nothing is said."""
    expected = {"o3>o1": 1, "o3>o2": 1, "o3>o4": 1, "o1>o2": 1, "o1>o4": 1}
    assert KIND.final(BEST_TWO, [("o3", "o1")]) == expected
    assert KIND.final(BEST_TWO, [("o3", "o1")] * 3) == dict.fromkeys(expected, 3)


def test_results_without_pairs_have_no_duels() -> None:
    """While the question is open, and when nobody answered, nothing is said about pairs."""
    for counted in (tally(QUESTION, KEYS), tally(QUESTION, closed=True)):
        results = KIND.results(QUESTION, counted)
        assert (results.duels, results.winner) == (None, None)


@pytest.mark.parametrize(
    "form",
    [["o3", "o1", "o4", "o2"], ["o1=2", "o2=4", "o3=1", "o4=3"], ["o4=3", "o3=1", "o1=2", "o2=4"]],
    ids=["keys in order", "places", "places in another order"],
)
def test_parse_takes_an_order_and_places(form: list[str]) -> None:
    """The script sends keys in order, the plain form a place for each option: both are the same answer."""
    assert KIND.parse(QUESTION, form) == ("o3", "o1", "o4", "o2")


@pytest.mark.parametrize("form", [["o3", "o1"], ["o1=2", "o3=1"]])
def test_parse_takes_the_best_two(form: list[str]) -> None:
    """Where two places are given the other options have none."""
    assert KIND.parse(BEST_TWO, form) == ("o3", "o1")


@pytest.mark.parametrize(
    ("form", "code", "values"),
    [
        ([], "no_places", {}),
        (["o5", "o1"], "unknown_option", {}),
        (["o5=1", "o1=2"], "unknown_option", {}),
        (["o1", ""], "unknown_option", {}),
        (["<b>o1</b>", "o2"], "unknown_option", {}),
        (["o1", "\N{PARTY POPPER}"], "unknown_option", {}),
        (["o1", "\N{HEBREW LETTER ALEF}"], "unknown_option", {}),
        (["o" * 10_000, "o1"], "unknown_option", {}),
        (["o1", "o1"], "option_twice", {}),
        (["o1=1", "o1=2"], "option_twice", {}),
        (["o1=1", "o2=1"], "place_twice", {"place": "1"}),
        (["o1=1", "o2=3"], "no_such_place", {"last": "2"}),
        (["o1=0", "o2=1"], "no_such_place", {"last": "2"}),
        (["o1=-1", "o2=1"], "no_such_place", {"last": "2"}),
        (["o1=<i>1</i>", "o2=2"], "no_such_place", {"last": "2"}),
        (["o1=" + "1" * 10_000, "o2=2"], "no_such_place", {"last": "2"}),
        (["o1=\N{FULLWIDTH DIGIT ONE}", "o2=2"], "no_such_place", {"last": "2"}),
        (["o1", "o2=2"], "no_such_place", {"last": "2"}),
        (["o2=2"], "place_missing", {"place": "1"}),
        (["o2"], "too_few_places", {"given": "1", "last": "2"}),
        (["o2=1"], "too_few_places", {"given": "1", "last": "2"}),
        (["o1", "o2", "o3"], "too_many_places", {"given": "3", "last": "2"}),
        (["o1=1", "o2=2", "o3=2"], "place_twice", {"place": "2"}),
    ],
)
def test_parse_refuses(form: list[str], code: str, values: dict[str, str]) -> None:
    """Whatever is no order of just the places is refused with its reason."""
    with pytest.raises(Refused) as refused:
        KIND.parse(BEST_TWO, form)
    assert (refused.value.code, refused.value.values) == (code, values)


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ({}, []),
        ({"places": 2}, []),
        ({"places": 4}, []),
        ({"places": 0}, ["places"]),
        ({"places": 1}, ["places"]),
        ({"places": 5}, ["places"]),
    ],
)
def test_check_of_places(rules: dict[str, int], fields: list[str]) -> None:
    """An order has at least two places, and not more than options."""
    assert [problem.field for problem in KIND.check(replace(QUESTION, rules=rules))] == fields


def test_check_of_text_and_options() -> None:
    """Without text and with one option, both are told; places without the rule are never wrong."""
    wrong = Definition("ranking", "", QUESTION.options[:1])
    assert [problem.field for problem in KIND.check(wrong)] == ["text", "options"]


def test_describe_names_the_places() -> None:
    """An answer is told in its order, with the places before the labels."""
    assert KIND.describe(BEST_TWO, ("o2", "o1")) == ("1. Rufbus", "2. Leerstand")
