"""Who sees what of a question: the whole table."""

from itertools import product

import pytest

from poll_server.domain.access import Role, Sight, sees
from poll_server.domain.programme import Reveal
from poll_server.domain.rounds import State

LETTERS = {"Q": Sight.QUESTION, "F": Sight.FORM, "C": Sight.COUNT, "R": Sight.RESULT}
AUDIENCE, SCREEN, MODERATOR = Role.AUDIENCE, Role.SCREEN, Role.MODERATOR
SHOWN, LIVE, SELF = Reveal.SHOWN, Reveal.LIVE, Reveal.ANSWERED

COLUMNS = (
    (AUDIENCE, SHOWN, False),
    (AUDIENCE, SHOWN, True),
    (AUDIENCE, LIVE, False),
    (AUDIENCE, LIVE, True),
    (AUDIENCE, SELF, False),
    (AUDIENCE, SELF, True),
    (SCREEN, SHOWN, False),
    (SCREEN, LIVE, False),
    (SCREEN, SELF, False),
    (MODERATOR, SHOWN, False),
    (MODERATOR, LIVE, False),
    (MODERATOR, SELF, False),
)
"""Role, reveal, answered."""
TABLE = """
    ready    -    -    -    -     -    -     -    -    -    QCR  QCR  QCR
    open     QF   QFC  QF   QFCR  QF   QFCR  QC   QCR  QC   QCR  QCR  QCR
    closing  Q    QC   Q    QCR   Q    QCR   QC   QCR  QC   QCR  QCR  QCR
    closed   Q    QC   Q    QCR   Q    QCR   QC   QCR  QC   QCR  QCR  QCR
    shown    QCR  QCR  QCR  QCR   QCR  QCR   QCR  QCR  QCR  QCR  QCR  QCR
    archived -    -    -    -     -    -     -    -    -    QCR  QCR  QCR
    archived_shown QCR QCR QCR QCR QCR QCR   -    -    -    QCR  QCR  QCR
"""
CELLS = [
    (State(line.split()[0]), *column, cell)
    for line in TABLE.strip().splitlines()
    for column, cell in zip(COLUMNS, line.split()[1:], strict=True)
]


def test_table_has_every_state() -> None:
    """No state, and no way in which a result appears, is left out of the table above."""
    assert [line.split()[0] for line in TABLE.strip().splitlines()] == [*State]
    assert {reveal for _, reveal, _ in COLUMNS} == set(Reveal)


@pytest.mark.parametrize(("state", "role", "reveal", "answered", "cell"), CELLS)
def test_sees_exactly_what_the_table_says(state: State, role: Role, reveal: Reveal, answered: bool, cell: str) -> None:
    """Each role sees the pieces of its cell and no other."""
    expected = {LETTERS[letter] for letter in cell.replace("-", "")}
    assert sees(role, state, reveal, answered=answered) == expected


@pytest.mark.parametrize(("state", "reveal"), [*product(sorted({state for state in State if not state.shown}), Reveal)])
def test_audience_without_an_answer_is_not_led(state: State, reveal: Reveal) -> None:
    """Who has not answered sees neither number nor result before it is shown, not even of a live one."""
    assert sees(AUDIENCE, state, reveal) & {Sight.COUNT, Sight.RESULT} == set()


@pytest.mark.parametrize(("role", "state", "reveal"), [*product((SCREEN, MODERATOR), State, Reveal)])
def test_screen_and_moderator_do_not_depend_on_an_answer(role: Role, state: State, reveal: Reveal) -> None:
    """Nobody answers at the screen or the desk, so that an answer changes nothing there."""
    assert sees(role, state, reveal, answered=True) == sees(role, state, reveal)


@pytest.mark.parametrize(
    ("role", "state", "reveal", "answered"), [*product((AUDIENCE, SCREEN, MODERATOR), State, Reveal, (False, True))]
)
def test_form_is_only_for_the_audience_of_an_open_question(
    role: Role, state: State, reveal: Reveal, answered: bool
) -> None:
    """A form is seen where it can be sent, and nowhere else."""
    has_form = Sight.FORM in sees(role, state, reveal, answered=answered)
    assert has_form == (role is AUDIENCE and state is State.OPEN)


@pytest.mark.parametrize(
    ("role", "answered", "entitled"), [*product((AUDIENCE, SCREEN, MODERATOR), *[(False, True)] * 2)]
)
def test_what_nobody_answers_is_only_seen(role: Role, answered: bool, entitled: bool) -> None:
    """Neither a form nor a number nor a result, in no state and by nobody; moderators see it before it is shown."""
    for state, reveal in product(State, Reveal):
        seen = sees(role, state, reveal, answered=answered, entitled=entitled, answerable=False)
        unseen = state is State.READY or (state.archived and (role is SCREEN or not state.shown))
        assert seen == (set() if unseen and role is not MODERATOR else {Sight.QUESTION})


SECRETLY = """
    ready    -    -    -    Q
    open     QF   Q    Q    Q
    closing  Q    Q    Q    Q
    closed   Q    QC   QC   QCR
    shown    QCR  QCR  QCR  QCR
    archived -    -    -    QCR
    archived_shown QCR QCR - QCR
"""
SEATS = ((AUDIENCE, False), (AUDIENCE, True), (SCREEN, False), (MODERATOR, False))


def test_nobody_sees_a_number_of_a_secret_question_before_it_is_closed() -> None:
    """The whole table, the desk too; who has answered finds no form to change it, with more time neither."""
    rows = {line.split()[0]: line.split()[1:] for line in SECRETLY.strip().splitlines()}
    assert list(rows) == [*State]
    for state, seat in product(State, range(len(SEATS))):
        role, answered = SEATS[seat]
        expected = {LETTERS[letter] for letter in rows[state][seat].replace("-", "")}
        assert sees(role, state, SHOWN, answered=answered, secret=True) == expected
    late = {
        answered: sees(AUDIENCE, State.CLOSING, SHOWN, answered=answered, entitled=True, secret=True)
        for answered in (False, True)
    }
    assert late == {False: {Sight.QUESTION, Sight.FORM}, True: {Sight.QUESTION}}


@pytest.mark.parametrize(("role", "reveal", "answered"), COLUMNS)
def test_nobody_is_led_while_some_have_more_time(role: Role, reveal: Reveal, answered: bool) -> None:
    """Where time was extended, audience and screen see no result before the question is closed; all else as ever."""
    for state in State:
        always = sees(role, state, reveal, answered=answered)
        led = {Sight.RESULT} if state is State.CLOSING and role is not MODERATOR else set()
        assert sees(role, state, reveal, answered=answered, extended=True) == always - led
