"""What one audience may see is decided before any template runs."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.programme import Definition, Item, ItemKind, Option
from poll_server.domain.rounds import State, Wave
from poll_server.questions.split import Movement, Pair, Split, by_group, movement
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


@pytest.mark.parametrize(("before", "now", "bars", "few"), [(40, 30, 4, []), (3, 30, 0, ["1"]), (30, 3, 0, ["2"])])
def test_pass_of_few_answers_has_no_bars_beside_it(before: int, now: int, bars: int, few: list[str]) -> None:
    """Bars tell shares: where one pass has counts, both go without, and it is said which one has few answers."""
    there = event(State.SHOWN)
    question = replace(there.question(5), wave=2, earlier=(Wave(1, NOON, NOON, before),))
    earlier, counted = (Counted(question.definition, {"#": n, "o1": n}) for n in (before, now))
    seen = render.view(there, question, counted, 1700, NOON, Role.AUDIENCE, answered=True, earlier=[earlier])
    html = render.frame("audience", seen).decode()
    table, _, rest = html[html.index('id="compare-') :].partition("</table>")
    assert (table.count("<rect"), "data-bars" in table) == (bars, bool(bars))
    assert re.findall(r"Durchgang (\d) hat wenige Antworten: Anzahlen statt Anteile", rest) == few


@pytest.mark.parametrize("people", [{}, {"g1": 3}])
def test_missing_groups_are_told_alike_whether_nobody_chose_one_or_a_few(people: dict[str, int]) -> None:
    """The reason is true in both cases, and does not tell which of them it is."""
    groups = (Option("g1", "Kommune"), Option("g2", "Verband"))
    there = replace(event(State.SHOWN), groups=groups)
    question = there.question(5)
    tallies = {"": {"#": 40 - sum(people.values())}, **{key: {"#": n} for key, n in people.items()}}
    split = by_group(question.definition, groups, [tallies])
    counted = Counted(question.definition, {"#": 40, "o1": 40})
    seen = render.view(there, question, counted, 1700, NOON, Role.AUDIENCE, answered=True, split=split)
    html = render.frame("audience", seen).decode()
    said = "Ein Ergebnis nach Gruppen gibt es nicht, damit sich nichts über weniger als fünf Personen errechnen lässt."
    assert html.count(said) == 1


def test_movements_that_cannot_be_shown_are_told() -> None:
    """Too many hidden cells, as too few people, leave a sentence in their place."""
    there = event(State.SHOWN)
    question = there.question(5)
    options = tuple(Option(f"o{n}", str(n)) for n in range(1, 16))
    pairs: dict[Pair, int] = {
        ((one.key,), (other.key,), ""): 6 if one == other else 1 for one in options for other in options
    }
    found = movement(replace(question.definition, options=options), pairs, [""])
    counted = Counted(question.definition, {"#": 300, "o1": 300})
    split = Split(movement=found)
    seen = render.view(there, question, counted, 1700, NOON, Role.AUDIENCE, answered=True, split=split)
    html = render.frame("audience", seen).decode()
    assert (found, html.count("Wie sich die Antworten bewegt haben, wird nicht gezeigt: Es lässt sich nicht")) == (
        Movement(),
        1,
    )


@pytest.mark.parametrize(
    ("ended", "later", "current", "over"),
    [(True, False, None, True), (True, False, 5, False), (False, False, None, False), (True, True, None, False)],
)
def test_programme_is_over_when_nothing_is_left_on_the_stage(
    ended: bool, later: bool, current: int | None, over: bool
) -> None:
    """Not in a break, nor while moderators go on after its end; the page says that it is over, or that one is asked."""
    begins, ends = NOON - timedelta(hours=2), NOON + timedelta(hours=-1 if ended else 1)
    item = Item(1, begins, ends, False, ItemKind.TALK, "Vortrag", "", ())
    items = (item, replace(item, id=2, starts=NOON + timedelta(hours=1), ends=None)) if later else (item,)
    there = replace(event(State.READY), items=items, current=current)
    seen = render.view(there, there.on_stage, None, 3, NOON, Role.AUDIENCE)
    page = render.frame("audience", seen).decode()
    assert (seen.over, "Das Programm ist beendet" in page, "Hier sind Sie gefragt" in page) == (over, over, not over)
