"""Numbers: both notations, and an example of 200 people reckoned on its own."""

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.domain.access import Role
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import State
from poll_server.questions.numeric import BINS, DECIMALS, Numeric, canonical, readings
from poll_server.render import Counted, environment, rows, view
from tests.domain.stages import OPENED, event

KIND = Numeric()
QUESTION = Definition("numeric", "Wie weit ist es zum Arzt?", rules={"unit": "km", "maximum": "50", "decimals": 1})
# How many people wrote what: 200 people.
WRITTEN = {"0": 10, "2,5": 40, "4.9": 30, "5": 20, "7,5": 45, "12": 25, "19,9": 15, "40": 10, "50": 5}
NUMBERS = [float(text.replace(",", ".")) for text, people in WRITTEN.items() for _ in range(people)]


_SPREAD = [(1200, 1), *((low, 0) for low in range(1400, 2600, 200)), (2600, 1)]


def _tally(definition: Definition, written: Iterable[str]) -> Counter[str]:
    tally: Counter[str] = Counter()
    for text in written:
        tally.update(KIND.marks(definition, KIND.parse(definition, [text])))
    return tally


def _parse(text: str, **rules: object) -> str:
    return KIND.parse(Definition("numeric", "Wie viel?", rules=rules), [text])[0]


def _rows(definition: Definition, written: Iterable[str]) -> list[tuple[str, int]]:
    return [(row.label, row.count) for row in KIND.results(definition, _tally(definition, written)).rows]


def test_result_of_200_people_reckoned_by_hand() -> None:
    """Ten bins of five kilometres, 50 in the last; median, quartiles and mean as the standard library reckons them."""
    written = [text for text, people in WRITTEN.items() for _ in range(people)]
    results = KIND.results(QUESTION, _tally(QUESTION, written))
    assert [(row.label, row.count, row.share, row.leads) for row in results.rows] == [
        ("0 bis 4,9", 80, 0.4, True),
        ("5 bis 9,9", 65, 0.325, False),
        ("10 bis 14,9", 25, 0.125, False),
        ("15 bis 19,9", 15, 0.075, False),
        ("20 bis 24,9", 0, 0.0, False),
        ("25 bis 29,9", 0, 0.0, False),
        ("30 bis 34,9", 0, 0.0, False),
        ("35 bis 39,9", 0, 0.0, False),
        ("40 bis 44,9", 10, 0.05, False),
        ("45 bis 50", 5, 0.025, False),
    ]
    assert (results.base, results.unit, results.decimals) == (200, "km", 1)
    first, median, third = statistics.quantiles(NUMBERS, method="inclusive")
    assert results.statistics == {
        "median": median,
        "quartile-1": pytest.approx(first),
        "quartile-3": pytest.approx(third),
        "mean": pytest.approx(statistics.fmean(NUMBERS)),
    }


@given(st.lists(st.integers(-500, 500), min_size=2, max_size=60), st.integers(0, 3))
def test_quartiles_and_mean_of_any_answers(steps: list[int], decimals: int) -> None:
    """Whatever the answers: quartiles by definition 7 and the mean are those of the standard library."""
    question = Definition("numeric", "?", rules={"minimum": "-500", "decimals": decimals})
    values = [Decimal(n).scaleb(-decimals) for n in steps]
    results = KIND.results(question, _tally(question, map(canonical, values)))
    expected = [float(number) for number in statistics.quantiles(values, method="inclusive")]
    found = results.quartiles
    assert found is not None
    assert [found.first, found.median, found.third] == pytest.approx(expected)
    assert results.mean == pytest.approx(float(statistics.mean(values)))


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=30), st.booleans())
def test_histogram_holds_everybody_once(numbers: list[int], bounded: bool) -> None:
    """At most twelve bins, and every answer in just one of them."""
    rules = {"minimum": "-1000000000"} | ({"maximum": "1000000000"} if bounded else {})
    question = Definition("numeric", "?", rules=rules)
    found = KIND.results(question, _tally(question, map(str, numbers)))
    assert sum(row.count for row in found.rows) == len(numbers)
    assert 1 <= len(found.rows) <= BINS


@pytest.mark.parametrize(
    ("rules", "written", "expected"),
    [
        ({}, [], []),
        ({}, ["7"], [("7", 1)]),
        ({}, ["3", "5", "5"], [("3", 1), ("4", 0), ("5", 2)]),
        ({}, ["1200", "2600"], [(f"{low:,} bis {low + 199:,}".replace(",", "."), n) for low, n in _SPREAD]),
        ({"maximum": "3"}, ["3"], [("0", 0), ("1", 0), ("2", 0), ("3", 1)]),
        (
            {"minimum": "1", "maximum": "25"},
            ["25"],
            [("1 bis 4", 0), ("5 bis 9", 0), ("10 bis 14", 0), ("15 bis 19", 0), ("20 bis 25", 1)],
        ),
        ({"minimum": "-2", "maximum": "0"}, ["-1"], [("−2", 0), ("−1", 1), ("0", 0)]),
        (
            {"decimals": 2},
            ["0,5", "0.75"],
            [
                ("0,5 bis 0,54", 1),
                ("0,55 bis 0,59", 0),
                ("0,6 bis 0,64", 0),
                ("0,65 bis 0,69", 0),
                ("0,7 bis 0,74", 0),
                ("0,75 bis 0,79", 1),
            ],
        ),
    ],
)
def test_bins(rules: dict[str, object], written: list[str], expected: list[tuple[str, int]]) -> None:
    """They follow the answers, or the fixed range, whose ends they keep; named by the first and last number."""
    assert _rows(Definition("numeric", "?", rules=rules), written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12,5", ["12.5"]),
        ("12.5", ["12.5"]),
        ("1.234,5", ["1234.5"]),
        ("1,234.5", ["1234.5"]),
        ("1.234", ["1234", "1.234"]),
        ("1,234", ["1234", "1.234"]),
        ("-1.234", ["-1234", "-1.234"]),
        ("1234,567", ["1234.567"]),
        ("0,125", ["0.125"]),
        ("1.234.567", ["1234567"]),
        ("1 234,5", ["1234.5"]),
        ("1\N{NARROW NO-BREAK SPACE}234\N{NO-BREAK SPACE}567", ["1234567"]),
        ("1’234.50", ["1234.50"]),
        ("\N{MINUS SIGN} 3", ["-3"]),
        ("+3", ["3"]),
        (",5", ["0.5"]),
        ("-0", ["0"]),
        ("007", ["7"]),
        ("1,2,3", []),
        ("12,34,567", []),
        ("1.23.456", []),
        ("1,234.567.890", []),
        ("12 34", []),
        ("5,", []),
        ("1e5", []),
        ("1_000", []),
        ("NaN", []),
        ("<b>5</b>", []),
        ("🙂", []),
        ("٣", []),
        ("9" * 10_000, []),
    ],
)
def test_readings(written: str, expected: list[str]) -> None:
    """German and English notation; two readings only where both are possible."""
    assert [str(value) for value in readings(written)] == expected


@pytest.mark.parametrize(
    ("written", "rules", "expected"),
    [
        ("12,50", {"decimals": 1}, "12.5"),
        ("1.234", {}, "1234"),
        ("1.000", {"decimals": 2}, "1000"),
        ("1.234", {"decimals": 3, "maximum": "100"}, "1.2340"),
        ("1.234", {"decimals": 3, "minimum": "100"}, "1234"),
        ("1.2340", {"decimals": 3}, "1.2340"),
        ("12,5 KM", {"decimals": 1, "unit": "km"}, "12.5"),
        ("5%", {"unit": "%"}, "5"),
    ],
)
def test_parse_takes_the_only_reading_within_the_rules(written: str, rules: dict[str, object], expected: str) -> None:
    """Range and decimals decide between two readings; the unit may stand behind the number."""
    assert _parse(written, **rules) == expected


@pytest.mark.parametrize(
    ("written", "rules", "code", "values"),
    [
        ("", {}, "no_number", {}),
        ("viel", {}, "not_number", {}),
        ("5 km", {}, "not_number", {}),
        ("-1", {"maximum": "1.000"}, "out_of_range", {"minimum": "0", "maximum": "1.000"}),
        ("1001", {"maximum": "1000"}, "out_of_range", {"minimum": "0", "maximum": "1.000"}),
        ("1000000000000", {}, "out_of_range", {"minimum": "0", "maximum": "999.999.999.999"}),
        ("12,55", {"decimals": 1}, "too_precise", {"example": "12,6"}),
        ("1.234", {"decimals": 2, "maximum": "9"}, "too_precise", {"example": "1,23"}),
        ("1,23456", {"decimals": 3}, "too_precise", {"example": "1,23"}),
        ("1234567,12345", {"decimals": 3}, "too_precise", {"example": "1234567,123"}),
        ("1.234", {"decimals": 3}, "two_numbers", {"whole": "1234", "fraction": "1.2340"}),
        ("1,234", {"decimals": 3}, "two_numbers", {"whole": "1234", "fraction": "1,2340"}),
    ],
)
def test_parse_refuses(written: str, rules: dict[str, object], code: str, values: dict[str, str]) -> None:
    """Nothing, no number, out of range, too many decimals and two possible readings, each with what helps."""
    with pytest.raises(Refused) as refused:
        _parse(written, **rules)
    assert (refused.value.code, refused.value.values) == (code, values)


@pytest.mark.parametrize("text", ["1234", "1.2340", "1,2340"])
def test_what_a_refusal_proposes_is_taken(text: str) -> None:
    """Both ways of writing that the sentence about two numbers names are numbers."""
    assert _parse(text, decimals=3) in ("1234", "1.2340")


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("written", ["1234567,12345678", "-1234.5678915", "0,1234567", "-12.3456789", "999,99999999"])
def test_proposed_number_is_taken_and_has_no_more_decimals_than_are_allowed(written: str, language: str) -> None:
    """Whatever decimals there may be, what a refusal proposes has no more of them, and is no second refusal."""
    for decimals in DECIMALS:
        rules = {"decimals": decimals, "minimum": "-100000"}
        question = replace(QUESTION, rules=rules, language=language)
        with pytest.raises(Refused) as refused:
            KIND.parse(question, [written])
        example = str(refused.value.values["example"])
        point = "," if language == "de" else "."
        whole, _, fraction = example.partition(point)
        assert (whole.lstrip("-").isdigit(), len(fraction) <= decimals) == (True, True)
        (taken,) = KIND.parse(question, [example])
        assert abs(Decimal(taken) - Decimal(written.replace(",", "."))) <= Decimal(1).scaleb(-min(decimals, 2)) / 2


def test_one_answer_only() -> None:
    """The same number sent twice is one, two different ones are refused."""
    assert KIND.parse(QUESTION, ["5", " 5 "]) == ("5",)
    with pytest.raises(Refused, match="one_only"):
        KIND.parse(QUESTION, ["5", "6"])


@pytest.mark.parametrize(
    ("language", "expected"), [("de", "−1.234,5\N{NO-BREAK SPACE}km"), ("en", "−1,234.5\N{NO-BREAK SPACE}km")]
)
def test_describe_writes_as_the_language_does(language: str, expected: str) -> None:
    """The own answer is told with the separators of the event's language, and with the unit."""
    assert KIND.describe(replace(QUESTION, language=language), ("-1234.5",)) == (expected,)


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ({}, []),
        ({"minimum": "-1.000", "maximum": "1,5", "decimals": 1}, []),
        ({"minimum": "wenig"}, ["minimum"]),
        ({"maximum": "1.5"}, ["maximum"]),
        ({"maximum": "1.500", "decimals": 3}, ["maximum"]),
        ({"maximum": "1000000000000"}, ["maximum"]),
        ({"maximum": "9" * 40}, ["maximum"]),
        ({"maximum": "-1"}, ["maximum"]),
        ({"minimum": "5", "maximum": "5"}, ["maximum"]),
        ({"decimals": 7}, ["decimals"]),
    ],
)
def test_check_of_the_rules(rules: dict[str, object], fields: list[str]) -> None:
    """Limits must be numbers that could be answers, the lower one first; six decimals are enough."""
    assert [problem.field for problem in KIND.check(Definition("numeric", "Wie viel?", rules=rules))] == fields


def test_check_refuses_options() -> None:
    """A number has no options."""
    wrong = replace(QUESTION, options=(Option("o1", "Ja"), Option("o2", "Nein")))
    assert [problem.field for problem in KIND.check(wrong)] == ["options"]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ([], "Noch keine Antworten."),
        (["2,5"], "Bisher eine Antwort: 2,5\N{NO-BREAK SPACE}km."),
        (["2,5", "4"], "Median: 3,25\N{NO-BREAK SPACE}km, aus 2 Antworten."),
        (
            ["1"] * 10 + ["9"] * 10,
            "Median: 5\N{NO-BREAK SPACE}km, aus 20 Antworten. "
            "Die mittlere Hälfte liegt zwischen 1 und 9\N{NO-BREAK SPACE}km.",
        ),
    ],
)
def test_sentence(written: list[str], sentence: str) -> None:
    """What the middle is, and from twenty answers on how far they spread."""
    template: Any = environment("de").get_template("questions/numeric.html").module
    assert str(template.say(KIND.results(QUESTION, _tally(QUESTION, written)))).strip() == sentence


def test_frame_of_the_largest_histogram_is_small() -> None:
    """Twelve ranges of long numbers stay under 6 KB, as words do."""
    question = Definition("numeric", "x" * 300, rules={"unit": "Einwohnende je Jahr", "decimals": 2})
    tally = {"#": 12_000} | {f"={900_000_000 + n * 90_000_000}": 1000 for n in range(12)}
    shown = event([State.SHOWN], current=1, definition=question)
    frame = rows(view(shown, shown.question(1), Counted(question, tally), 12_000, OPENED, Role.AUDIENCE))
    assert frame is not None
    assert len(frame) < 6_000
