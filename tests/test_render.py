"""Values become text: private frames that differ by an id only, ticks, errors, the QR code."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import orjson
import pytest

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Event, Question, Round, State
from poll_server.render import Counted, Receipt, View

NOON = datetime(2022, 1, 21, 12, 0, 7, 999, tzinfo=UTC)
OPTIONS = (Option("o1", "Bus & <b>Bahn</b>"), Option("o2", "Rad"))


def event(state: State, language: str = "de", revision: int = 3) -> Event:
    """An event with two questions, the first on the stage."""
    first = Question(5, 1, Definition("single_choice", "Wie <i>kommen</i> Sie?", OPTIONS), state, 1, NOON, NOON, 1500)
    second = Question(6, 1, Definition("single_choice", "Und zurück?", OPTIONS[::-1]), State.READY, 1)
    rounds = (Round(1, None, "Runde", (first, second)),)
    day = date(2022, 1, 21)
    return Event(1, "k7d42p", "Tagung", "", "", day, "UTC", language, revision, 5, False, (), rounds)


def seen(state: State, role: Role = Role.AUDIENCE, tally: dict[str, int] | None = None, language: str = "de") -> View:
    """What somebody who has answered sees of the first question."""
    there = event(state, language)
    question = there.question(5)
    return render.view(there, question, Counted(question.definition, tally or {}), 1700, NOON, role, answered=True)


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
    assert forms == [False, True, False, False, False]


def test_tick_is_numbers_in_the_events_language() -> None:
    """Counts are grouped and shares written as the language does; bars are widths."""
    tally = {"#": 1200, "o1": 1001, "o2": 199}
    for language, n, share in (("de", "1.001", "83\N{NO-BREAK SPACE}%"), ("en", "1,001", "83%")):
        numbers = orjson.loads(render.tick(seen(State.SHOWN, tally=tally, language=language)) or b"")["tick"]
        assert (numbers["rows"]["cells"], numbers["rows"]["bars"]) == (["n-*", "s-*"], ["*"])
        assert (numbers["rows"]["of"]["o1"], numbers["lead"]) == ([n, share, "83.4%"], ["o1"])


@pytest.mark.parametrize(
    ("shares_from", "people", "share"), [(0, 0, "–"), (0, 1, "100\N{NO-BREAK SPACE}%"), (1000, 999, "–")]
)
def test_shares_begin_where_the_event_says(shares_from: int, people: int, share: str) -> None:
    """From one answer on, or from a thousand; of nobody there is no share. The sentence keeps to it, too."""
    there = event(State.SHOWN)
    question = there.question(5)
    counted = Counted(replace(question.definition, shares_from=shares_from), {"#": people, "o1": people})
    figures = render.view(there, question, counted, 1700, NOON, Role.AUDIENCE).figures
    assert (figures["s-o1"], "%" in figures["say"]) == (share, share != "–")
    assert ("Wenige" in figures["base"]) == (share == "–")


def test_tick_of_few_answers_has_no_shares() -> None:
    """Below twenty answers a share would move with every person: a dash stands there."""
    few, enough = [orjson.loads(render.tick(seen(State.SHOWN, tally={"#": n, "o1": n})) or b"") for n in (19, 20)]
    assert [one["tick"]["rows"]["of"]["o1"][1] for one in (few, enough)] == ["–", "100\N{NO-BREAK SPACE}%"]


def test_more_answers_than_people_is_no_share_above_the_whole() -> None:
    """Somebody may have answered and left: the number of people is at least that of answers."""
    figures = seen(State.SHOWN, tally={"#": 1600, "o1": 1600}).figures
    assert (figures["there"], figures["turnout"]) == ("1.600", "100\N{NO-BREAK SPACE}%")


@pytest.mark.parametrize(("language", "start"), [("de", "Sie haben zwei"), ("en", "You have chosen two")])
def test_error_frame_is_code_and_sentence(language: str, start: str) -> None:
    """An error is told by its stable code and in the language of the event, with small numbers in words."""
    error = orjson.loads(render.error_frame(Refused("too_few", chosen=2, minimum=3), language))["error"]
    assert (error["code"], error["message"].startswith(start)) == ("too_few", True)


def test_question_is_text_and_never_markup() -> None:
    """What organisers write is escaped in frames of every role."""
    there = event(State.OPEN)
    for role in (Role.AUDIENCE, Role.SCREEN):
        question = there.question(5)
        view = render.view(there, question, Counted(question.definition, {}), 0, NOON, role)
        html = render.frame(role.value, view, address="localhost", qr="").decode()
        assert ("<i>kommen" in html, "&lt;i&gt;kommen" in html) == (False, True)


def test_qr_code_scales_and_is_not_read_aloud() -> None:
    """The code has no size of its own, no border, and is hidden from screen readers, who have the address beside it."""
    svg = str(render.qr_code("https://gefragt.example.de/e/k7d42p"))
    assert svg.startswith('<svg aria-hidden="true" focusable="false" viewBox=')
    assert " width=" not in svg.split(">", maxsplit=1)[0]
