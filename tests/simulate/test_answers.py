"""Forms of every sort are filled in by what stands in them: made-up ones, and those of all kinds of question."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from poll_server import questions
from poll_server.domain.errors import Refused
from poll_server.domain.rounds import State
from poll_server.messages import parse_vote
from poll_server.questions.contract import ABSTENTION, Kind
from poll_server.render import environment
from poll_server.simulate.answers import DIGITS, OPINIONS, PARTS_ANSWERED, SENTENCES, WORDS, Field, fill, learns, sizes
from poll_server.simulate.frames import Control, Form, read
from poll_server.simulate.habits import Habits
from tests.domain.stages import event
from tests.questions.samples import ANSWERED_KINDS, SAMPLES

CROWD = range(200)
HIDDEN = {"question": "1", "wave": "1", "number": "1", "submission": ""}


def form(*controls: Control, total: int = 0, may_abstain: bool = False) -> Form:
    """A form with these controls."""
    return Form(HIDDEN, controls, {}, total, may_abstain)


def filled(asked: Form, size: int = 1) -> list[tuple[Field, ...]]:
    """What the crowd enters."""
    return [fill(asked, size, Habits(1, number, pace=1)) for number in CROWD]


def parts(*names: str, **more: Any) -> list[Control]:
    """A control for each of these parts."""
    return [replace(Control(f"answer.{name}", ""), **more) for name in names]


def test_one_of_each_group_of_radio_buttons() -> None:
    """Each group gets one of its values, and not all groups the same one."""
    asked = form(*parts("o1", "o2", type="radio", values=("1", "2", "3")), Control("answer", "radio", ("a", "b")))
    answers = filled(asked)
    assert {tuple(name for name, _ in answer) for answer in answers} == {("answer.o1", "answer.o2", "answer")}
    assert {answer[0][1] for answer in answers} == {"1", "2", "3"}
    assert len({answer[0][1] == answer[1][1] for answer in answers}) == 2


def test_some_parts_are_answered() -> None:
    """Of many parts each person answers a few, all in all every one of them; of few parts all."""
    many, few = Form(HIDDEN, (), {}, parts=40), Form(HIDDEN, (), {}, parts=2)
    assert {len(answer) for answer in filled(many)} == {PARTS_ANSWERED}
    assert {name for answer in filled(many) for name, _ in answer} == {f"answer.o{n}" for n in range(1, 41)}
    assert {value for answer in filled(many) for _, value in answer} == set(OPINIONS)
    assert {tuple(sorted(name for name, _ in answer)) for answer in filled(few)} == {("answer.o1", "answer.o2")}


def test_as_many_boxes_as_the_size() -> None:
    """Any number of boxes may be right; what was refused is not tried again."""
    asked = form(Control("answer", "checkbox", ("a", "b", "c", "d")))
    assert (sizes(asked, ()), sizes(asked, {1, 4}), learns(asked)) == ([1, 2, 3, 4], [2, 3], True)
    assert {len(answer) for answer in filled(asked, 3)} == {3}


def test_lists_that_share_their_values_are_places() -> None:
    """Every place is given once, to another option in another order; where there are fewer places, some get none."""
    for places, names in ((("1", "2", "3"), ("o1", "o2", "o3")), (("1", "2"), ("o1", "o2", "o3"))):
        answers = filled(form(*parts(*names, type="select", values=places)))
        assert {tuple(sorted(value for _, value in answer)) for answer in answers} == {places}
        assert len({frozenset(answer) for answer in answers}) == 6
    ((answer,), *_) = filled(form(Control("answer", "select", ("x", "y"))))
    assert answer in (("answer", "x"), ("answer", "y"))


@pytest.mark.parametrize("total", [2, 100, 1000])
def test_sum_is_split(total: int) -> None:
    """Whole numbers that add up to just the total, and not everybody's the same."""
    asked = form(*parts("o1", "o2", "o3", type="number", most=total), total=total)
    answers = [[int(value) for _, value in answer] for answer in filled(asked)]
    assert ({sum(answer) for answer in answers}, min(map(min, answers)) >= 0) == ({total}, True)
    assert (len({tuple(answer) for answer in answers}) > 1, learns(asked)) == (True, False)


def test_number_keeps_its_limits() -> None:
    """With limits a number lies within them; without, the crowd learns how many digits it may have."""
    limited, free = form(Control("answer", "number", least=-5, most=5)), form(Control("answer", "number"))
    assert {-5 <= int(value) <= 5 for ((_, value),) in filled(limited)} == {True}
    assert (sizes(limited, ()), learns(limited)) == ([1], False)
    assert (sizes(free, {2}), learns(free)) == ([1, 3, 4, 5, 6], True)
    assert {len(value) <= 2 for ((_, value),) in filled(free, 2)} == {True}


def test_words_and_sentences() -> None:
    """Some of the lines get different words, a large field a sentence, both short words if those were refused."""
    lines = form(*[Control("answer", "text", longest=8)] * 3)
    answers = filled(lines, 0)
    assert {len(answer) for answer in answers} == {1, 2, 3}
    assert {value for answer in answers for _, value in answer} <= {word[:8] for word in WORDS}
    assert {len(value) <= 5 for answer in filled(lines, 1) for _, value in answer} == {True}
    large = form(Control("answer", "text", lines=True))
    assert (sizes(large, ()), sizes(large, {0}), sizes(large, {0, 1})) == ([0], [1], [])
    assert [{value for ((_, value),) in filled(large, size)} <= {*of} for size, of in ((0, SENTENCES), (1, WORDS))] == [
        True,
        True,
    ]
    most = Counter(answer[0][1] for answer in answers).most_common(1)[0][1]
    assert most > len(CROWD) / len(WORDS)


def test_one_line_may_want_a_number() -> None:
    """A single line gets a word, and numbers when words were refused."""
    asked = form(Control("answer", "text"))
    assert (sizes(asked, ()), sizes(asked, {0}), learns(asked)) == ([0], [*DIGITS], True)
    assert {value in WORDS for ((_, value),) in filled(asked, 0)} == {True}
    assert {value.isdigit() for ((_, value),) in filled(asked, 2)} == {True}


def test_some_abstain_where_they_may() -> None:
    """A few press the button that abstains, the others answer."""
    answers = Counter(filled(form(Control("answer", "radio", ("a",)), may_abstain=True)))
    assert {*answers} == {(("abstain", "yes"),), (("answer", "a"),)}
    assert answers[(("abstain", "yes"),)] < answers[(("answer", "a"),)]


def test_form_without_controls_is_left_alone() -> None:
    """Where nothing can be entered nobody enters anything."""
    assert {*filled(form())} == {()}


@pytest.mark.parametrize("kind", ANSWERED_KINDS.values(), ids=ANSWERED_KINDS.keys())
@settings(max_examples=25)
@given(data=st.data())
def test_forms_of_all_kinds_are_answered(kind: Kind, data: DataObject) -> None:
    """From the real template alone somebody finds an answer that the kind takes, after few refusals."""
    definition = data.draw(SAMPLES[kind.name].definitions)
    opened = event([State.OPEN], current=1, definition=definition)
    template: Any = environment("de").get_template(f"questions/{kind.name}.html").module
    html = str(template.form(opened, opened.question(1), 1, (), "1"))
    (asked,) = read(html.encode()).forms
    habits, refused = Habits(data.draw(st.integers(0, 5)), data.draw(st.integers(0, 50)), pace=1), set[int]()
    while left := sizes(asked, refused):
        size = habits.size(left)
        entered = fill(asked, size, habits)
        fields: dict[str, list[str]] = {name: [value] for name, value in HIDDEN.items()}
        for name, value in entered:
            fields.setdefault(name, []).append(value)
        try:
            answer = questions.parse(definition, parse_vote(fields).answer)
        except Refused:
            assert learns(asked)
            refused.add(size)
        else:
            assert answer == ABSTENTION or kind.describe(definition, answer) != ()
            return
    assert refused > {*DIGITS}
