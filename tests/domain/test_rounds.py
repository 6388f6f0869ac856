"""The life of a question: every allowed and every forbidden step, and who stands on the stage after it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.domain.errors import Forbidden, Unknown
from poll_server.domain.rounds import (
    MAIN_ACTION,
    TAKES_BALLOTS,
    Action,
    Event,
    State,
    Step,
    allowed,
    check_rehearsal,
    following,
    neighbour,
    plan,
)
from tests.domain.stages import DEFINITION, event

READY, OPEN, CLOSING, CLOSED, SHOWN, ARCHIVED, ARCHIVED_SHOWN = State

TABLE = """
              ready   open     closing  closed    shown           archived  archived_shown
    open      open    -        -        -         -               -         -
    take_back -       ready    -        -         -               -         -
    close     -       closing  -        -         -               -         -
    settle    -       -        closed   -         -               -         -
    show      -       -        -        shown     -               -         -
    hide      -       -        -        -         closed          -         -
    reopen    -       -        -        open      -               -         -
    discard   -       -        -        ready     ready           -         -
    repeat    -       -        -        ready     ready           -         -
    next      ready   -        -        closed    shown           -         -
    archive   -       -        -        archived  archived_shown  -         -
    restore   -       -        -        -         -               closed    shown
"""
"""What becomes of a question by an action; a dash is a step that is refused."""

LEAVES_STAGE = {Action.TAKE_BACK, Action.DISCARD, Action.SETTLE, Action.HIDE, Action.ARCHIVE, Action.RESTORE}
ENDS_WAVE = {Action.TAKE_BACK, Action.DISCARD, Action.REPEAT}


def _table() -> dict[tuple[State, Action], State | None]:
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return {
        (State(state), Action(line[0])): None if cell == "-" else State(cell)
        for line in lines
        for state, cell in zip(head, line[1:], strict=True)
    }


PAIRS = _table()


def refusal(event: Event, action: Action, question_id: int) -> str:
    """The code with which a step is forbidden; empty if it is possible."""
    try:
        plan(event, action, question_id)
    except Forbidden as error:
        return error.code
    return ""


def carried_out(event: Event, step: Step) -> Event:
    """The event after a step."""
    rounds = tuple(
        replace(
            round_,
            questions=tuple(
                replace(question, state=step.after) if question.id == step.question_id else question
                for question in round_.questions
            ),
        )
        for round_ in event.rounds
    )
    return replace(event, rounds=rounds, current=step.current)


def test_table_has_every_pair() -> None:
    """No pair of a state and an action is left out of the table above."""
    assert set(PAIRS) == {(state, action) for state in State for action in Action}


@pytest.mark.parametrize(
    ("pair", "after"), list(PAIRS.items()), ids=lambda value: "-".join(value) if value else "forbidden"
)
def test_plan_of_every_pair(pair: tuple[State, Action], after: State | None) -> None:
    """A question on the stage takes exactly the steps of the table; every other one is forbidden as a step."""
    state, action = pair
    on_stage = event([state, READY], current=1)
    if action is Action.ARCHIVE and after:
        assert refusal(on_stage, action, 1) == "on_stage"
    elif after is None:
        assert refusal(on_stage, action, 1) == "step"
    else:
        stage = 2 if action is Action.NEXT else 1
        assert plan(on_stage, action, 1) == Step(1, state, after, action in ENDS_WAVE, stage)


@pytest.mark.parametrize(("pair", "after"), [(pair, after) for pair, after in PAIRS.items() if after])
def test_plan_beside_the_stage_moves_it_only_forward(pair: tuple[State, Action], after: State) -> None:
    """What is opened, closed, shown or called comes to the stage; settling, hiding and discarding leave it alone."""
    state, action = pair
    step = plan(event([state, CLOSED, READY], current=2), action, 1)
    expected = 2 if action in LEAVES_STAGE else 3 if action is Action.NEXT else 1
    assert (step.after, step.current) == (after, expected)


@pytest.mark.parametrize("action", list(Action))
def test_plan_for_a_question_of_another_event(action: Action) -> None:
    """No step reaches a question that this event does not have."""
    with pytest.raises(Unknown) as refused:
        plan(event([READY, OPEN]), action, 3)
    assert refused.value.code == "unknown_question"


@pytest.mark.parametrize("taking", sorted(TAKES_BALLOTS))
@pytest.mark.parametrize(
    ("state", "action", "expected"),
    [
        (READY, Action.OPEN, "another_open"),
        (READY, Action.NEXT, "another_open"),
        (CLOSED, Action.REOPEN, "another_open"),
        (CLOSED, Action.SHOW, "another_open"),
        (CLOSED, Action.NEXT, "another_open"),
        (CLOSED, Action.DISCARD, ""),
        (SHOWN, Action.NEXT, "another_open"),
        (SHOWN, Action.HIDE, ""),
        (SHOWN, Action.DISCARD, ""),
        (CLOSED, Action.ARCHIVE, ""),
        (SHOWN, Action.ARCHIVE, ""),
        (ARCHIVED, Action.RESTORE, ""),
    ],
)
def test_plan_while_another_question_takes_ballots(state: State, action: Action, expected: str, taking: State) -> None:
    """Nothing takes the stage from a question that is answered; what leaves the stage alone is possible."""
    assert refusal(event([state, taking, READY], current=2), action, 1) == expected


def test_plan_for_the_open_question_is_not_hindered_by_itself() -> None:
    """The open question can be closed and taken back, and settled when it closes."""
    assert refusal(event([READY, OPEN], current=2), Action.CLOSE, 2) == ""
    assert refusal(event([READY, OPEN], current=2), Action.TAKE_BACK, 2) == ""
    assert refusal(event([READY, CLOSING], current=2), Action.SETTLE, 2) == ""


@pytest.mark.parametrize(
    ("rounds", "at", "expected"),
    [
        ([[CLOSED, READY], [READY]], 1, 2),
        ([[CLOSED, SHOWN], [READY, READY]], 2, 3),
        ([[CLOSED, CLOSED], [SHOWN, READY]], 1, 4),
        ([[READY, SHOWN], [CLOSED]], 2, 1),
        ([[READY, SHOWN], [READY]], 2, 3),
        ([[READY, READY]], 1, 2),
        ([[CLOSED, ARCHIVED], [ARCHIVED_SHOWN, READY]], 1, 4),
    ],
)
def test_next_finds_the_next_ready_question(rounds: list[list[State]], at: int, expected: int) -> None:
    """Next goes on through all rounds past what has been asked, and at the end back to what was left out."""
    with_rounds = event(*rounds, current=at)
    found = following(with_rounds, with_rounds.question(at))
    assert (found and found.id) == expected
    assert plan(with_rounds, Action.NEXT, at).current == expected


@pytest.mark.parametrize(
    "rounds", [[[CLOSED]], [[SHOWN]], [[SHOWN, CLOSED], [SHOWN]], [[CLOSED, ARCHIVED, ARCHIVED_SHOWN]]]
)
def test_next_after_the_last_question_empties_the_stage(rounds: list[list[State]]) -> None:
    """Where no other question is ready, next leaves the stage to the programme and the join code."""
    assert plan(event(*rounds, current=1), Action.NEXT, 1).current is None


def test_last_ready_question_is_not_skipped() -> None:
    """The one question that is left can only be asked."""
    assert refusal(event([READY, SHOWN], current=1), Action.NEXT, 1) == "last"


@pytest.mark.parametrize("state", list(State))
def test_allowed_is_the_column_of_the_table(state: State) -> None:
    """The desk offers what the table allows to people; settling is the server's."""
    on_stage = event([state, READY], current=1)
    column = {action for (before, action), after in PAIRS.items() if before is state and after}
    assert allowed(on_stage, on_stage.question(1)) == column - {Action.SETTLE, Action.ARCHIVE}
    beside = event([state, READY])
    assert allowed(beside, beside.question(1)) == column - {Action.SETTLE}


def test_allowed_knows_the_other_questions() -> None:
    """The last one left is not skipped, and beside an open one nothing takes its stage."""
    alone = event([READY], current=1)
    assert allowed(alone, alone.question(1)) == {Action.OPEN}
    beside = event([CLOSED, OPEN, READY], current=2)
    assert allowed(beside, beside.question(1)) == {Action.DISCARD, Action.ARCHIVE}
    assert allowed(beside, beside.question(3)) == set()


def test_main_actions_lead_through_a_round() -> None:
    """Pressing the big button again and again asks every question once, shows it, and leaves the stage empty."""
    now = event([READY, READY], [READY], current=1)
    seen = []
    while now.current is not None:
        action = MAIN_ACTION.get(now.question(now.current).state, Action.SETTLE)
        seen.append((now.current, action))
        now = carried_out(now, plan(now, action, now.current))
    steps = (Action.OPEN, Action.CLOSE, Action.SETTLE, Action.SHOW, Action.NEXT)
    assert seen == [(question, action) for question in (1, 2, 3) for action in steps]


@given(st.lists(st.tuples(st.sampled_from(Action), st.integers(1, 4)), max_size=40))
def test_only_the_question_on_the_stage_takes_ballots(commands: list[tuple[Action, int]]) -> None:
    """Whatever moderators press, at most one question is answered and all see that one, never an archived one."""
    now = event([READY, READY], [READY, READY])
    for action, question_id in commands:
        if refusal(now, action, question_id) == "":
            now = carried_out(now, plan(now, action, question_id))
        taking = [question.id for question in now.questions if question.state in TAKES_BALLOTS]
        assert taking in ([], [now.current])
        assert now.on_stage is None or not now.on_stage.state.archived


def test_event_finds_its_questions_in_order() -> None:
    """Questions come round by round, each with its place in its own round."""
    prepared = event([CLOSED, READY], [READY])
    assert [question.id for question in prepared.questions] == [1, 2, 3]
    assert [prepared.place(question) for question in prepared.questions] == [(1, 2), (2, 2), (1, 1)]
    assert [prepared.round_of(question).title for question in prepared.questions] == [
        "Runde 101",
        "Runde 101",
        "Runde 102",
    ]


@pytest.mark.parametrize(
    ("states", "current", "stage", "cue"),
    [
        ([READY, READY], None, None, 1),
        ([CLOSED, READY], None, None, 2),
        ([CLOSED, SHOWN], None, None, None),
        ([ARCHIVED, READY], None, None, 2),
        ([ARCHIVED, ARCHIVED_SHOWN], None, None, None),
        ([CLOSED, READY], 1, 1, 1),
        ([], None, None, None),
    ],
)
def test_cue_is_the_stage_or_the_first_ready_question(
    states: list[State], current: int | None, stage: int | None, cue: int | None
) -> None:
    """The desk begins at the question on the stage, else at the first that has not been asked."""
    prepared = event(states, current=current)
    found = prepared.on_stage, prepared.cue
    assert [question and question.id for question in found] == [stage, cue]


@pytest.mark.parametrize(
    ("states", "rehearsal", "begin", "expected"),
    [
        ([READY, READY], False, True, ""),
        ([READY, CLOSED], False, True, "asked_already"),
        ([READY, ARCHIVED], False, True, "asked_already"),
        ([READY, READY], True, True, "step"),
        ([OPEN, SHOWN], True, False, ""),
        ([READY, READY], False, False, "step"),
    ],
)
def test_rehearsal_begins_before_the_first_question(
    states: list[State], rehearsal: bool, begin: bool, expected: str
) -> None:
    """A rehearsal begins only while nothing has been asked, and once; it ends in any state."""
    code = ""
    try:
        check_rehearsal(replace(event(states), rehearsal=rehearsal), begin)
    except Forbidden as error:
        code = error.code
    assert code == expected


def with_notice(state: State, *others: State, current: int | None = None) -> Event:
    """An event whose first question is one that nobody answers."""
    made = event([state, *others], current=current)
    (only,) = made.rounds
    first, *rest = only.questions
    return replace(made, rounds=(replace(only, questions=(replace(first, answerable=False), *rest)),))


@pytest.mark.parametrize("state", [READY, SHOWN, ARCHIVED_SHOWN])
def test_life_of_what_nobody_answers(state: State) -> None:
    """It is shown at once, taken back and archived; nothing opens, closes, repeats or hides it."""
    found = {action: refusal(with_notice(state, READY), action, 1) for action in Action}
    possible = {
        READY: {Action.OPEN, Action.NEXT},
        SHOWN: {Action.NEXT, Action.DISCARD, Action.ARCHIVE},
        ARCHIVED_SHOWN: {Action.RESTORE},
    }[state]
    assert found == {action: "" if action in possible else "step" for action in Action}
    if state is READY:
        step = plan(with_notice(READY), Action.OPEN, 1)
        assert (step.after, step.current, step.ends_wave) == (SHOWN, 1, False)


def test_what_nobody_answers_waits_for_an_open_question() -> None:
    """While people answer, nothing takes their question from the stage."""
    assert refusal(with_notice(READY, OPEN, current=2), Action.OPEN, 1) == "another_open"


def test_what_nobody_answers_has_no_number() -> None:
    """Questions are counted without it."""
    made = with_notice(READY, READY, READY)
    assert [made.place(made.question(at)) for at in (2, 3)] == [(1, 2), (2, 2)]


def test_secret_question_is_not_opened_again() -> None:
    """Its ballots are shuffled; whatever else the state allows is possible, asking once more too."""
    secret = replace(DEFINITION, rules={"secret": True})
    public, closed = event([CLOSED], current=1), event([CLOSED], current=1, definition=secret)
    assert refusal(closed, Action.REOPEN, 1) == "secret"
    assert allowed(public, public.question(1)) - allowed(closed, closed.question(1)) == {Action.REOPEN}


@pytest.mark.parametrize(
    ("state", "shown", "archived"),
    [
        (READY, False, False),
        (OPEN, False, False),
        (CLOSING, False, False),
        (CLOSED, False, False),
        (SHOWN, True, False),
        (ARCHIVED, False, True),
        (ARCHIVED_SHOWN, True, True),
    ],
)
def test_state_says_whether_it_is_shown_and_whether_it_is_over(state: State, shown: bool, archived: bool) -> None:
    """The two can be read apart from each other."""
    assert (state.shown, state.archived) == (shown, archived)


@pytest.mark.parametrize("state", [CLOSED, SHOWN])
def test_archiving_and_restoring_lose_nothing(state: State) -> None:
    """The question is again what it was, in the same wave, and the stage has not moved."""
    before = event([state, READY], current=2)
    archived = carried_out(before, plan(before, Action.ARCHIVE, 1))
    assert archived.question(1).state.archived
    assert carried_out(archived, plan(archived, Action.RESTORE, 1)) == before


def test_moving_passes_over_what_is_archived() -> None:
    """A question changes places with the nearest one that the list shows; what is archived moves nowhere."""
    prepared = event([READY, ARCHIVED, SHOWN, ARCHIVED])
    first, second, third, _ = prepared.questions
    assert (neighbour(prepared, third, up=True), neighbour(prepared, first, up=False)) == (first, third)
    for question, up, code in ((third, False, "edge"), (second, True, "archived_question")):
        with pytest.raises(Forbidden) as refused:
            neighbour(prepared, question, up=up)
        assert refused.value.code == code
