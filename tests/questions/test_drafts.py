"""A question in the form: what is typed becomes the question again, and what is wrong is told at its field."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from poll_server.domain.programme import Definition, Option, Reveal
from poll_server.domain.text import one_line
from poll_server.questions import KINDS
from poll_server.questions.drafts import Draft, seal
from tests.questions.sample import options
from tests.questions.samples import SAMPLES

CHOICE = Definition("single_choice", "Was fehlt?", options(["Bus", "Bahn", "Rad"]), {"correct": ("Bahn",)})
EMPTY = Definition("single_choice", "")


def tidied(definition: Definition) -> Definition:
    """The question as an event file or a form would have it: single spaces, and none around."""
    labels = tuple(Option(option.key, one_line(option.label)) for option in definition.options)
    return replace(definition, text=one_line(definition.text), options=labels)


@pytest.mark.parametrize("kind", SAMPLES)
@given(data=st.data())
@settings(max_examples=15)
def test_draft_of_a_question_is_the_question(kind: str, data: DataObject) -> None:
    """Whatever can be asked comes out of its form as it went in, and nothing is wrong with it."""
    definition = tidied(data.draw(SAMPLES[kind].definitions))
    base = Definition(kind, "", language=definition.language)
    assert Draft.of(definition).definition(base) == (definition, [])


def test_draft_reads_every_type_of_rule() -> None:
    """Numbers, ticks, texts and lists come from what is written; empty fields say nothing."""
    written = {"minimum": " 1 ", "maximum": "", "shuffle": "yes", "abstention": "", "correct": "Bus\n\n Rad"}
    draft = Draft("multiple_choice", " Was  fehlt? ", "", Reveal.LIVE, ("Bus", " ", "Rad "), written)
    rules = {"minimum": 1, "shuffle": True, "correct": ("Bus", "Rad")}
    wanted = Definition("multiple_choice", "Was fehlt?", options(["Bus", "Rad"]), rules, reveal=Reveal.LIVE)
    assert draft.definition(EMPTY) == (wanted, [])


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft("open_text", ""), "text"),
        (Draft("open_text", "Was?", hint="x" * 301), "hint"),
        (Draft("single_choice", "Was?", options=("Bus",)), "options"),
        (Draft("single_choice", "Was?", options=("Bus", "bus")), "options"),
        (Draft("single_choice", "Was?", options=("Bus", "Rad"), rules={"correct": "Bahn"}), "correct"),
        (Draft("numeric", "Wie weit?", rules={"unit": "x" * 21}), "unit"),
        (Draft("points", "Wofür?", options=("Bus", "Rad"), rules={"points": "viele"}), "points"),
        (Draft("points", "Wofür?", options=("Bus", "Rad"), rules={"points": "٣"}), "points"),
        (Draft("points", "Wofür?", options=("Bus", "Rad"), rules={"points": "1000000"}), "points"),
        (Draft("word_cloud", "Was?", rules={"seconds": "4"}), "seconds"),
        (Draft("multiple_choice", "Was?", options=("Bus", "Rad"), rules={"minimum": "3"}), "rules"),
    ],
)
def test_problem_names_its_field(draft: Draft, field: str) -> None:
    """What is wrong is told where it can be mended, and nowhere else."""
    assert {problem.field for problem in draft.definition(EMPTY)[1]} == {field}


def test_another_kind_keeps_what_fits() -> None:
    """Text, options and rules of both kinds stay; what the new one does not know waits in the form."""
    draft = replace(Draft.of(replace(CHOICE, rules={"shuffle": True, "seconds": 30})), kind="ranking")
    assert draft.definition(EMPTY) == (replace(CHOICE, kind="ranking", rules={"seconds": 30}), [])
    assert replace(draft, kind="open_text").definition(EMPTY)[0].options == ()
    assert replace(draft, kind="single_choice").definition(EMPTY)[0].rules == {"shuffle": True, "seconds": 30}


def test_options_come_go_and_move() -> None:
    """The buttons act on the fields as they are seen, the empty ones too; at the ends nothing moves."""
    draft = Draft("single_choice", options=("Bus", "Bahn"))
    assert draft.added().options == ("Bus", "Bahn", "")
    assert draft.removed(0).fields() == ("Bahn", "")
    assert [draft.moved(*move).options for move in ((0, 1), (0, -1), (1, 1), (5, -1))] == [
        ("Bahn", "Bus"),
        ("Bus", "Bahn"),
        ("Bus", "Bahn"),
        ("Bus", "Bahn"),
    ]


def test_seal_is_that_of_the_content() -> None:
    """It is the same after storage, where tuples become lists, and another one after any change."""
    stored = replace(CHOICE, rules={"correct": ["Bahn"]})
    others = [
        replace(CHOICE, text="Was?"),
        replace(CHOICE, hint="Eins."),
        replace(CHOICE, rules={}),
        replace(CHOICE, options=CHOICE.options[:2]),
        replace(CHOICE, reveal=Reveal.LIVE),
    ]
    assert seal(stored) == seal(CHOICE)
    assert len({seal(one) for one in [CHOICE, *others]}) == len(others) + 1


def test_every_kind_has_a_form_of_its_own_size() -> None:
    """An empty form has as many fields for options as the kind needs at least."""
    assert {len(Draft(kind).fields()) - KINDS[kind].options.start for kind in KINDS} == {0}
