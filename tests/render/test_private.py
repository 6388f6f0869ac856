"""Private frames differ by an id only, and say nothing of another question."""

import re
from uuid import UUID

from poll_server import render
from poll_server.domain.rounds import State
from poll_server.render import Receipt
from tests.render.sights import NOON, event, seen


def receipt(submission: int = 1, question: int = 5, answer: tuple[str, ...] = ("o1",)) -> Receipt:
    """A vote that was counted at noon."""
    return Receipt("counted", question, 1, answer, 1, UUID(int=submission), at=NOON)


def private(state: State, said: Receipt) -> bytes:
    """The private frame of somebody who has answered the first question."""
    return render.private_frame(event(state), seen(state).sights, said)


def test_private_frames_differ_by_the_submission_alone() -> None:
    """Two receipts that say the same are the same bytes around their own ids; no other id is in them."""
    first, second = [private(State.OPEN, receipt(at)).decode() for at in (1, 2)]
    assert first.replace(str(UUID(int=1)), str(UUID(int=2))) == second
    assert set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", second)) == {str(UUID(int=2))}


def test_private_frame_names_the_answer_as_text() -> None:
    """Labels are escaped; the time is that of the counting, to the second."""
    html = private(State.OPEN, receipt()).decode()
    assert "<b>Bahn" not in html
    assert "Bus &amp; &lt;b&gt;Bahn&lt;/b&gt;" in html
    assert set(re.findall(r"\d+:\d\d:\d\d", html)) == {"12:00:07"}


def test_private_frame_about_another_question_uses_none_of_this_ones_words() -> None:
    """The answer to a question that has left the stage is not told in the words of the one that is on it."""
    html = private(State.OPEN, receipt(question=6)).decode()
    assert ("Rad" in html, "Bahn" in html, 'data-answer="o1"' in html) == (False, False, True)


def test_private_frame_changes_with_the_state() -> None:
    """The form to change the answer is there while the question is open, and not afterwards."""
    forms = [b"data-vote" in private(state, receipt()) for state in State]
    assert forms == [state is State.OPEN for state in State]


def test_private_frame_marks_the_answer_in_a_shown_result() -> None:
    """What is marked in the table is not said beside it once more; an abstention, which has no row, is."""
    marked, abstained = [private(State.SHOWN, receipt(answer=answer)).decode() for answer in (("o1",), ("-",))]
    assert [(html.count("data-mine"), html.count(" hidden>")) for html in (marked, abstained)] == [(1, 1), (0, 0)]
    assert ("Bahn" in marked, "Sie haben sich enthalten." in abstained) == (False, True)
