"""What the choice kinds share: which questions can be asked, and which options are chosen."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.questions import KINDS
from poll_server.questions.choices import Choice, chosen
from poll_server.questions.contract import Kind, Problem
from tests.questions.samples import SAMPLES

TWO = ["Ja", "Nein"]


def question(text: str = "Was?", labels: list[str] | None = None) -> Definition:
    """A question with these labels, yes and no without any."""
    found = TWO if labels is None else labels
    return Definition("any", text, tuple(Option(f"o{at}", label) for at, label in enumerate(found, 1)))


def told(problems: list[Problem]) -> list[tuple[str, str]]:
    """Field and sentence of each problem."""
    return [(problem.field, problem.sentence % problem.values) for problem in problems]


@pytest.mark.parametrize(
    "definition",
    [
        question(),
        question("x" * 300),
        question(labels=["x" * 120, "Nein"]),
        question(labels=[str(at) for at in range(20)]),
    ],
)
def test_check_takes_questions_up_to_the_limits(definition: Definition) -> None:
    """A text of 300 characters, labels of 120, and 2 to 20 options can be asked."""
    assert Choice().check(definition) == []


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (question(" "), [("text", "A question needs a text.")]),
        (question("x" * 301), [("text", "The text is longer than 300 characters.")]),
        (question(labels=[]), [("options", "A question needs 2 to 20 options.")]),
        (question(labels=["Ja"]), [("options", "A question needs 2 to 20 options.")]),
        (question(labels=[str(at) for at in range(21)]), [("options", "A question needs 2 to 20 options.")]),
        (question(labels=["Ja", " "]), [("options", "An option is empty.")]),
        (question(labels=["Ja", " JA "]), [("options", "Two options are the same.")]),
        (question(labels=["Straße", "STRASSE"]), [("options", "Two options are the same.")]),
        (question(labels=["x" * 121, "Nein"]), [("options", "An option is longer than 120 characters.")]),
        (
            question("", ["", "", "x" * 121]),
            [
                ("text", "A question needs a text."),
                ("options", "An option is empty."),
                ("options", "Two options are the same."),
                ("options", "An option is longer than 120 characters."),
            ],
        ),
    ],
)
def test_check_names_every_mistake(definition: Definition, expected: list[tuple[str, str]]) -> None:
    """What is wrong with text and options is told with the field, all at once."""
    assert told(Choice().check(definition)) == expected


def test_chosen_keeps_the_order_of_the_ballot() -> None:
    """Options come once each, in the order of the question, however they were sent."""
    definition = question(labels=["Bus", "Bahn", "Rad"])
    assert chosen(definition.options, ["o3", "o1", "o3"]) == ("o1", "o3")


@pytest.mark.parametrize(
    ("given", "code"),
    [([], "empty"), ([""], "unknown_option"), (["o4"], "unknown_option"), (["o1", "O2"], "unknown_option")],
)
def test_chosen_refuses_nothing_and_strangers(given: list[str], code: str) -> None:
    """Nothing chosen is empty; a key that is not an option is unknown, even beside a known one."""
    with pytest.raises(Refused) as refused:
        chosen(question().options, given)
    assert refused.value.code == code


def test_marks_are_one_for_the_person_and_one_for_each_option() -> None:
    """Two options chosen by one person are three marks."""
    assert Choice().marks(question(), ("o1", "o2")) == {"#": 1, "o1": 1, "o2": 1}


CHOICES = {name: kind for name, kind in KINDS.items() if isinstance(kind, Choice)}


@pytest.mark.parametrize("kind", CHOICES.values(), ids=CHOICES.keys())
@given(st.data())
def test_shares_are_of_the_people_who_answered(kind: Kind, data: DataObject) -> None:
    """No row counts more people than there are, each share is of them, and what leads is the most frequent."""
    sample = SAMPLES[kind.name]
    definition = data.draw(sample.definitions)
    forms = data.draw(st.lists(sample.forms(definition), min_size=1, max_size=12))
    answers = [kind.parse(definition, form) for form in forms]
    results = kind.results(definition, sum((kind.marks(definition, answer) for answer in answers), Counter()))
    most = max(row.count for row in results.rows)
    assert [row.key for row in results.rows] == [option.key for option in kind.offered(definition)]
    for row in results.rows:
        assert row.count == sum(row.key in answer for answer in answers)
        assert row.share == row.count / results.base
        assert row.leads == (row.count == most > 0)


def test_results_ignore_marks_of_other_keys() -> None:
    """A tally cell that is no option, such as one of a removed option, makes no row."""
    results = Choice().results(question(), {"#": 2, "o1": 1, "o9": 1})
    assert [(row.key, row.count) for row in results.rows] == [("o1", 1), ("o2", 0)]


def test_describe_uses_the_labels() -> None:
    """An answer is told in the words of the question."""
    assert Choice().describe(question(), ("o2",)) == ("Nein",)
