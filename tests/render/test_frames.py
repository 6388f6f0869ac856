"""Values become text: ticks, errors, what organisers write."""

import orjson
import pytest

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.errors import Refused
from poll_server.domain.rounds import State
from poll_server.render import Counted
from tests.render.sights import NOON, event, seen


def test_tick_is_numbers_in_the_events_language() -> None:
    """Counts are grouped and shares written as the language does; bars are widths."""
    tally = {"#": 1200, "o1": 1001, "o2": 199}
    for language, n, share in (("de", "1.001", "83\N{NO-BREAK SPACE}%"), ("en", "1,001", "83%")):
        numbers = orjson.loads(render.tick(seen(State.SHOWN, tally=tally, language=language)) or b"")["tick"]
        assert (numbers["rows"]["cells"], numbers["rows"]["bars"]) == (["n-*", "s-*"], ["*"])
        assert (numbers["rows"]["of"]["o1"], numbers["lead"]) == ([n, share, "83.4%"], ["o1"])


def test_tick_of_few_answers_has_no_shares() -> None:
    """Below twenty answers a share would move with every person: a dash stands there."""
    few, enough = [orjson.loads(render.tick(seen(State.SHOWN, tally={"#": n, "o1": n})) or b"") for n in (19, 20)]
    assert [one["tick"]["rows"]["of"]["o1"][1] for one in (few, enough)] == ["–", "100\N{NO-BREAK SPACE}%"]


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
