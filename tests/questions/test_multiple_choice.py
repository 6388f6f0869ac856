"""Multiple choice, with an example counted by hand."""

from collections import Counter
from dataclasses import replace

import pytest

from poll_server.documents.round_file import FORMS, read_round, save_round
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.questions.contract import Results, Row
from poll_server.questions.multiple_choice import MultipleChoice, limits

KIND = MultipleChoice()
QUESTION = Definition(
    "multiple_choice",
    "Was fehlt in Ihrer Stadt?",
    tuple(Option(f"o{at}", label) for at, label in enumerate(("Bus", "Bahn", "Radweg", "Ärztin"), 1)),
    {"minimum": 2, "maximum": 3},
)


def test_result_counted_by_hand() -> None:
    """Five people choose 2, 2, 3, 2 and 3 options: shares of people, which add up to 12/5 here."""
    tally: Counter[str] = Counter()
    for form in (["o1", "o2"], ["o2", "o4"], ["o4", "o2", "o1"], ["o1", "o4"], ["o4", "o2", "o1"]):
        tally.update(KIND.marks(QUESTION, KIND.parse(QUESTION, form)))
    assert tally == {"#": 5, "o1": 4, "o2": 4, "o4": 4}
    tally.update(KIND.marks(QUESTION, KIND.parse(QUESTION, ["o3", "o4"])))
    assert KIND.results(QUESTION, tally) == Results(
        6,
        (
            Row("o1", "Bus", 4, 4 / 6, leads=False),
            Row("o2", "Bahn", 4, 4 / 6, leads=False),
            Row("o3", "Radweg", 1, 1 / 6, leads=False),
            Row("o4", "Ärztin", 5, 5 / 6, leads=True),
        ),
    )


@pytest.mark.parametrize(
    ("form", "code", "values"),
    [
        ([], "none_chosen", {"minimum": 2}),
        (["o1"], "too_few", {"chosen": 1, "minimum": 2}),
        (["o1", "o1"], "too_few", {"chosen": 1, "minimum": 2}),
        (["o1", "o2", "o3", "o4"], "too_many", {"chosen": 4, "maximum": 3, "excess": 1}),
        (["o1", "o2", "o5"], "unknown_option", {}),
    ],
)
def test_parse_refuses(form: list[str], code: str, values: dict[str, int]) -> None:
    """Too few, too many, nothing or a stranger are refused, and the numbers are told."""
    with pytest.raises(Refused) as refused:
        KIND.parse(QUESTION, form)
    assert (refused.value.code, refused.value.values) == (code, values)


@pytest.mark.parametrize("form", FORMS)
def test_more_correct_answers_than_may_be_chosen_are_refused(form: str) -> None:
    """Nobody could give the correct answer, so the question is not taken from any file, nor from the editor."""
    rules = {"maximum": 1, "correct": ("Bus", "Bahn")}
    wrong = replace(QUESTION, rules=rules)
    assert [(problem.field, problem.values) for problem in KIND.check(wrong)] == [
        ("correct", {"correct": 2, "maximum": 1})
    ]
    assert KIND.check(replace(wrong, rules={**rules, "maximum": 2})) == []
    read = read_round(save_round("", [wrong], "de", form).decode(), "de", form)
    assert [mistake.sentence for mistake in read.mistakes] == [
        "Es sind mehr Antworten richtig (2), als gewählt werden dürfen (1)."
    ]


@pytest.mark.parametrize("form", [["o4", "o1"], ["o4", "o1", "o2"]])
def test_parse_takes_both_limits(form: list[str]) -> None:
    """Just the minimum and just the maximum are answers, in the order of the ballot."""
    assert KIND.parse(QUESTION, form) == tuple(sorted(form))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [({}, (1, 4)), ({"minimum": 2}, (2, 4)), ({"maximum": 3}, (1, 3)), ({"minimum": 2, "maximum": 2}, (2, 2))],
)
def test_limits_without_rules(rules: dict[str, int], expected: tuple[int, int]) -> None:
    """Without rules a participant chooses at least one and at most all."""
    assert limits(replace(QUESTION, rules=rules)) == expected


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ({}, []),
        ({"minimum": 1, "maximum": 1}, []),
        ({"minimum": 4, "maximum": 4}, []),
        ({"minimum": 0}, ["rules"]),
        ({"minimum": -1}, ["rules"]),
        ({"maximum": 0}, ["rules"]),
        ({"maximum": 5}, ["rules"]),
        ({"minimum": 3, "maximum": 2}, ["rules"]),
    ],
)
def test_check_of_the_rules(rules: dict[str, int], fields: list[str]) -> None:
    """Rules must leave an answer that can be given."""
    assert [problem.field for problem in KIND.check(replace(QUESTION, rules=rules))] == fields


def test_check_of_rules_and_text_together() -> None:
    """Mistakes in text, options and rules are told at once."""
    wrong = Definition("multiple_choice", "", QUESTION.options[:1], {"minimum": 2})
    assert [problem.field for problem in KIND.check(wrong)] == ["text", "options", "rules"]


def test_question_without_options_has_one_mistake() -> None:
    """Limits are held against the options that are there: without any there is nothing to say about them."""
    assert [problem.field for problem in KIND.check(replace(QUESTION, options=()))] == ["options"]
