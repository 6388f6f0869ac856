"""The law of mending: words may be corrected, the meaning stays, and everything is told."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from poll_server import questions
from poll_server.domain.programme import Definition, Option, Reveal
from poll_server.questions.mending import Change, Correction, changes, problems, reworded, same_meaning, words
from tests.questions.sample import options
from tests.questions.samples import ANSWERED_KINDS, SAMPLES

ASKED = Definition(
    "single_choice",
    "Was brauht Ihre Stadt?",
    options(["Wohnraumm", "Bus und Bahn", "Netz"]),
    {"correct": ["Bus und Bahn", "Wohnraumm"], "shuffle": True},
)
SCALE = Definition("rating", "Wie warm?", options(["Saal", "Foyer"]), {"low": "kaltt", "high": "warm", "steps": 5})


def mended(definition: Definition, **new: str) -> Definition:
    """The question with some other words."""
    return reworded(definition, words(definition) | new)


def log(*changes: Change) -> list[Correction]:
    """Corrections that were made before."""
    return [Correction(datetime(2022, 1, 21, 11, 20, tzinfo=UTC), "moderator", change) for change in changes]


def test_words_of_a_question() -> None:
    """Text, hint, labels, and those rules that are only read."""
    assert words(SCALE) == {
        "text": "Wie warm?",
        "hint": "",
        "o1": "Saal",
        "o2": "Foyer",
        "low": "kaltt",
        "high": "warm",
    }


def test_mending_keeps_keys_rules_and_what_is_correct() -> None:
    """Only the words are others; the list of correct answers follows the label of the same option."""
    found = mended(ASKED, text="Was braucht Ihre Stadt?", o1="Wohnraum")
    assert [option.key for option in found.options] == ["o1", "o2", "o3"]
    assert found.rules == {"correct": ["Bus und Bahn", "Wohnraum"], "shuffle": True}
    assert same_meaning(ASKED, found)
    assert changes(ASKED, found) == [
        Change("text", "Was brauht Ihre Stadt?", "Was braucht Ihre Stadt?"),
        Change("o1", "Wohnraumm", "Wohnraum"),
    ]
    assert problems(ASKED, found, []) == []
    assert problems(SCALE, mended(SCALE, low="kalt"), []) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, kind="multiple_choice"),
        replace(ASKED, options=ASKED.options[:2]),
        replace(ASKED, options=(*ASKED.options, Option("o4", "Anderes"))),
        replace(ASKED, options=ASKED.options[::-1]),
        replace(ASKED, rules={**ASKED.rules, "shuffle": False}),
        replace(ASKED, rules={**ASKED.rules, "correct": ["Netz"]}),
        replace(ASKED, rules={**ASKED.rules, "abstention": True}),
        replace(ASKED, reveal=Reveal.LIVE),
    ],
)
def test_another_question_is_no_mending(other: Definition) -> None:
    """Kind, number and keys of options, rules and the way in which the result appears are the meaning."""
    assert not same_meaning(ASKED, other)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        ({"o2": "Netz"}, "options"),
        ({"o1": "Bus und Bahn", "o2": "Wohnraumm"}, "options"),
        ({"o1": "bus und bahn "}, "options"),
        ({"o3": "Schwimmbad"}, "options"),
        ({"o3": ""}, "options"),
        ({"text": "Kommen Sie wieder?"}, "text"),
    ],
)
def test_words_of_another_answer_are_refused(new: dict[str, str], field: str) -> None:
    """Swapped labels, the label of another option, or words of which little is left are another question."""
    assert {problem.field for problem in problems(ASKED, mended(ASKED, **new), [])} == {field}


def test_former_words_are_not_for_others() -> None:
    """Nor is a label that another option had before, and small steps lead no further than one."""
    asked = Definition("single_choice", "Was?", options(["Rotbuche", "Eiche"]))
    before = log(Change("o1", "Blutbuche", "Rotbuche"))
    assert [problem.field for problem in problems(asked, mended(asked, o2="Blutbuche"), before)] == ["options"] * 2
    drifted = log(Change("o2", "Bus", "Busch"), Change("o2", "Busch", "Eiche"))
    assert [problem.field for problem in problems(asked, mended(asked, o2="Eichen"), drifted)] == ["options"]
    assert problems(asked, mended(asked, o1="Blutbuche"), before) == []


def test_half_of_the_words_is_enough() -> None:
    """ "Rat" may become "Stadtrat", of which it is a good half; "zu" may not become "zu wenig"."""
    asked = Definition("single_choice", "Was?", options(["Rat", "zu"]))
    assert problems(asked, mended(asked, o1="Stadtrat"), []) == []
    assert [problem.field for problem in problems(asked, mended(asked, o2="zu wenig"), [])] == ["options"]


def test_hint_may_be_added() -> None:
    """It explains and asks nothing; whatever it becomes is in the log."""
    found = mended(ASKED, hint="Gemeint ist die Stadt, in der Sie wohnen.")
    assert (problems(ASKED, found, []), len(changes(ASKED, found))) == ([], 1)


@pytest.mark.parametrize("kind", ANSWERED_KINDS)
@given(data=st.data())
@settings(max_examples=10)
def test_mending_counts_nothing_anew(kind: str, data: DataObject) -> None:
    """An answer to the mended question is the same answer with the same marks, and the tally has the same counts."""
    definition = data.draw(SAMPLES[kind].definitions)
    form = data.draw(SAMPLES[kind].forms(definition))
    found = reworded(definition, {field: f"{text}!" for field, text in words(definition).items()})
    answer = questions.parse(definition, form)
    assert same_meaning(definition, found)
    assert questions.parse(found, form) == answer
    tally: Counter[str] = questions.marks(definition, answer)
    assert questions.marks(found, answer) == tally
    rows = [(row.key, row.count) for row in questions.results(definition, tally).rows]
    assert [(row.key, row.count) for row in questions.results(found, tally).rows] == rows
