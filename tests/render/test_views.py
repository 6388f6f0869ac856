"""What one audience may see is decided before any template runs."""

from dataclasses import replace

import pytest

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import State, Wave
from poll_server.questions.split import Split
from poll_server.render import Counted
from tests.render.sights import NOON, event

SPLIT = Split(reopened=True)


def view(state: State, role: Role, answered: bool = False) -> render.View:
    """What a role sees of a question that 30 people have answered, some of them in groups."""
    there = event(state)
    question = there.question(5)
    counted = Counted(question.definition, {"#": 30, "o1": 30})
    return render.view(there, question, counted, 1700, NOON, role, answered=answered, split=SPLIT)


@pytest.mark.parametrize("role", [Role.AUDIENCE, Role.SCREEN, Role.MODERATOR])
def test_split_comes_with_the_shown_result(role: Role) -> None:
    """Nobody has anything by group before the result is shown, moderators neither; then everybody has."""
    with_result = [state for state in State if state.shown and view(state, role).results]
    assert [state for state in State if view(state, role).split] == with_result
    assert State.SHOWN in with_result


def test_no_figure_of_what_is_not_seen() -> None:
    """Who may not even see how many have answered gets no number of it, which a tick would carry."""
    assert {name: value for name, value in view(State.OPEN, Role.AUDIENCE).figures.items() if name != "present"} == {}
    assert view(State.OPEN, Role.AUDIENCE, answered=True).figures["answered"] == "30"
    assert "n-o1" not in view(State.OPEN, Role.SCREEN).figures
    assert view(State.OPEN, Role.MODERATOR).figures["n-o1"] == "30"


@pytest.mark.parametrize(("definition", "passes"), [(None, 1), (Definition("word_cloud", "Welches Wort?"), 0)])
def test_earlier_pass_stands_beside_rows_that_stay(definition: Definition | None, passes: int) -> None:
    """Options are compared with those of the pass before; words that come and go are not."""
    there = event(State.SHOWN)
    question = replace(there.question(5), wave=2, earlier=(Wave(1, NOON, NOON, 30),))
    question = replace(question, definition=definition or question.definition)
    counted = Counted(question.definition, {"#": 30, "o1": 30})
    seen = render.view(there, question, counted, 1700, NOON, Role.AUDIENCE, earlier=[counted])
    assert (len(seen.earlier), seen.compared, [name for name in seen.figures if name.startswith("c-")]) == (
        passes,
        passes == 1,
        ["c-o1", "c-o2"][: 2 * passes],
    )
