"""A notice: what may be in it, and how it looks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from poll_server import questions
from poll_server.domain.access import Role
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Event, State
from poll_server.questions.contract import Results
from poll_server.questions.notice import Notice
from poll_server.render import Counted, View, frame, view
from tests.domain.stages import event
from tests.questions.sample_notice import PICTURED, SAMPLE

KIND = Notice()
TEXT = "Wir machen Pause."


def problems(**changes: Any) -> list[tuple[str, str]]:
    """What the kind finds wrong: field and sentence."""
    found = KIND.check(Definition("notice", **({"text": TEXT} | changes)))
    return [(problem.field, problem.sentence % problem.values) for problem in found]


@pytest.mark.parametrize("rules", [{}, {"details": "x" * 500}, PICTURED])
def test_notice_is_a_text_maybe_with_a_picture(rules: dict[str, str]) -> None:
    """A text is enough; more text and a picture that is described are possible."""
    assert problems(rules=rules) == []


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"text": " "}, "text", "A question needs a text."),
        ({"options": (Option("o1", "Ja"),)}, "options", "A question of this kind has no options."),
        (
            {"rules": {"picture": PICTURED["picture"]}},
            "picture",
            "A picture needs an alternative text for those who do not see it.",
        ),
        ({"rules": {"alternative": "Karte"}}, "alternative", "An alternative text needs its picture."),
        ({"rules": {"details": "x" * 501}}, "details", "The text is longer than 500 characters."),
    ],
)
def test_mistake_is_named_at_its_field(changes: dict[str, Any], field: str, sentence: str) -> None:
    """What is wrong is said once, where it is to be mended."""
    assert problems(**changes) == [(field, sentence)]


def test_notice_has_an_empty_result() -> None:
    """Whatever a tally holds, there is nothing to count."""
    assert questions.results(Definition("notice", TEXT), {"#": 3}) == Results(0, ())


@given(st.data())
def test_whatever_is_sent_is_refused(data: DataObject) -> None:
    """A notice has no form, so what comes is none of ours."""
    definition = data.draw(SAMPLE.definitions)
    form, code = data.draw(SAMPLE.refused(definition) | st.lists(st.text()).map(lambda texts: (texts, "not_open")))
    with pytest.raises(Refused) as refused:
        questions.parse(definition, form)
    assert refused.value.code == code


def on_stage(rules: Mapping[str, str] | None = None, state: State = State.SHOWN) -> Event:
    """An event with a notice on its stage."""
    made = event([state], current=1, definition=Definition("notice", TEXT, rules=rules or {}))
    (only,) = made.rounds
    return replace(made, rounds=(replace(only, questions=(replace(only.questions[0], answerable=False),)),))


def seen(shown: Event, role: Role) -> View:
    """What somebody sees of it, although three votes have found their way into the tally."""
    question = shown.question(1)
    return view(shown, question, Counted(question.definition, {"#": 3}), 4, datetime.now(UTC), role)


def test_lines_of_the_longer_text_stay() -> None:
    """Line ends and empty lines reach the page, through a frame, too, which has no white space between tags."""
    html = frame("audience", seen(on_stage({"details": "Erst\nzweitens\n\n<b>viertens</b>"}), Role.AUDIENCE)).decode()
    assert html.count("<p>Erst<br>zweitens<br><br>&lt;b&gt;viertens&lt;/b&gt;</p>") == 1


def test_picture_stands_with_its_words() -> None:
    """The picture comes from this event's own address and is described."""
    html = frame("audience", seen(on_stage(PICTURED), Role.AUDIENCE)).decode()
    assert html.count(f'<img src="/e/demo/pictures/{PICTURED["picture"]}" alt="{PICTURED["alternative"]}">') == 1


@pytest.mark.parametrize("role", [Role.AUDIENCE, Role.SCREEN])
def test_nothing_is_counted(role: Role) -> None:
    """People and the screen see the text, and no form, no number of answers and no result."""
    context = {"address": "", "qr": ""} if role is Role.SCREEN else {}
    shown = seen(on_stage(), role)
    html = frame(role.value, shown, **context).decode()
    assert html.count(f">{TEXT}</h1>") == 1
    assert [sign for sign in ("<form", "data-figure", "data-bar", "answered") if sign in html] == []
    assert [*shown.figures] == ["present"]


@pytest.mark.parametrize("role", [Role.AUDIENCE, Role.SCREEN])
def test_prepared_notice_is_in_no_byte(role: Role) -> None:
    """Before the moderators show it nobody else can read it."""
    context = {"address": "", "qr": ""} if role is Role.SCREEN else {}
    html = frame(role.value, seen(on_stage(state=State.READY), role), **context).decode()
    assert html.count(TEXT) == 0
