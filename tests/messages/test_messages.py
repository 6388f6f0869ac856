"""Everything a client may say: what is read, and that nothing else gets through the door."""

import json
from contextlib import suppress
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.domain.ballots import NUMBER_MAXIMUM
from poll_server.domain.decisions import Verdict
from poll_server.domain.errors import Malformed
from poll_server.domain.rounds import Action
from poll_server.domain.text import clean
from poll_server.messages import (
    ANSWERS_MAXIMUM,
    ID_MAXIMUM,
    WAVE_MAXIMUM,
    Ask,
    Command,
    Decide,
    DeskMessage,
    Look,
    ShowJoin,
    Vote,
    parse_desk,
    parse_vote,
)
from poll_server.messages.fields import Fields, fields_of

SUBMISSION = "0c6f3b6e-6a59-4c6e-9d3a-1f2e3d4c5b6a"
VOTE: Fields = {"question": ["7"], "wave": ["1"], "number": ["2"], "submission": [SUBMISSION], "answer": ["o1", "o3"]}
COMMAND: Fields = {"action": ["open"], "question": ["7"], "seen": ["4"]}
ASK: Fields = {"action": ["ask"], "kind": ["any"], "text": [" Pause? "], "options": ["Ja\r\n\n Nein \n"], "seen": ["4"]}
DECIDE: Fields = {"action": ["decide"], "question": ["7"], "wave": ["2"]}
NOT_A_NUMBER = ["", " ", "-1", "+1", "1.0", "1e3", "1_000", " 1", "٣", "²", "0x1", "NaN", "9" * 5000]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
NAMES = st.sampled_from(
    [
        *("action", "question", "wave", "number", "submission", "answer", "answer.o1", "seen", "kind", "text"),
        *("options", "open", "filter", "hidden", "joined", "undo", "into"),
    ]
)
WORDS = st.sampled_from(["", "1", "7", "open", "ask", "look", "decide", "join_show", SUBMISSION]) | st.text(max_size=5)
FORMS = st.dictionaries(NAMES, WORDS | st.lists(WORDS, max_size=3), max_size=5)


def code_of(refused: pytest.ExceptionInfo[Malformed]) -> str:
    """The code of the error that was raised."""
    return refused.value.code


# Votes


def test_vote_is_read() -> None:
    """Every field of a vote arrives with its type; other fields are left alone."""
    expected = Vote(7, 1, 2, UUID(SUBMISSION), ("o1", "o3"))
    assert parse_vote(VOTE) == expected
    assert parse_vote({**VOTE, "other": ["x", "y"]}) == expected


@pytest.mark.parametrize("values", [[], [""], ["", ""]])
def test_vote_with_nothing_chosen(values: list[str]) -> None:
    """What an empty form sends is left to the kind, which knows the sentence for it."""
    assert parse_vote({**VOTE, "answer": values}).answer == tuple(values)
    assert parse_vote({name: found for name, found in VOTE.items() if name != "answer"}).answer == ()


def test_vote_without_a_submission_has_none() -> None:
    """A browser without JavaScript sends an empty id, a strange client may send no field."""
    assert parse_vote({**VOTE, "submission": [""]}).submission is None
    assert parse_vote({name: found for name, found in VOTE.items() if name != "submission"}).submission is None


@pytest.mark.parametrize("submission", ["x", "0", SUBMISSION[:-1], f"{SUBMISSION}0", SUBMISSION.replace("0", "g")])
def test_vote_with_a_submission_that_is_no_uuid(submission: str) -> None:
    """An id that is no UUID is malformed."""
    with pytest.raises(Malformed) as refused:
        parse_vote({**VOTE, "submission": [submission]})
    assert code_of(refused) == "malformed"


@pytest.mark.parametrize("field", ["question", "wave", "number"])
@pytest.mark.parametrize("text", NOT_A_NUMBER)
def test_vote_with_a_number_that_is_none(field: str, text: str) -> None:
    """A field that is no plain whole number is malformed, however Python would read it."""
    with pytest.raises(Malformed) as refused:
        parse_vote({**VOTE, field: [text]})
    assert code_of(refused) == "malformed"


@pytest.mark.parametrize(
    ("field", "maximum"), [("question", ID_MAXIMUM), ("wave", WAVE_MAXIMUM), ("number", NUMBER_MAXIMUM)]
)
def test_vote_with_a_number_at_the_limit(field: str, maximum: int) -> None:
    """The largest number that the database holds is read, the next one is malformed."""
    assert getattr(parse_vote({**VOTE, field: [str(maximum)]}), field) == maximum
    with pytest.raises(Malformed):
        parse_vote({**VOTE, field: [str(maximum + 1)]})


@pytest.mark.parametrize("field", ["wave", "number"])
def test_vote_without_a_field(field: str) -> None:
    """A vote that lacks a field, or has it twice, is malformed."""
    for values in ([], ["1", "1"]):
        with pytest.raises(Malformed) as refused:
            parse_vote({**VOTE, field: values})
        assert code_of(refused) == "malformed"


def test_vote_without_a_question_is_unknown() -> None:
    """What names no question is no vote, and is told so."""
    with pytest.raises(Malformed) as refused:
        parse_vote({"hello": ["world"]})
    assert code_of(refused) == "unknown_message"


def test_vote_with_fields_of_several_parts() -> None:
    """A field `answer.KEY` is an answer `KEY=value`, behind the plain ones; one left empty is none."""
    parts = {
        "answer.o2": ["3"],
        "answer.o1": ["1", "2"],
        "answer.o3": ["", "  "],
        "answer.": ["x"],
        "answer.a=b": ["="],
    }
    vote = parse_vote({**parts, **VOTE, "answers": ["o9"], "answer_o9": ["1"]})
    assert vote.answer == ("o1", "o3", "o2=3", "o1=1", "o1=2", "=x", "a=b==")


def test_vote_of_somebody_who_abstains() -> None:
    """The button that abstains outweighs whatever else stands in the form."""
    assert parse_vote({**VOTE, "answer.o2": ["3"], "abstain": ["yes"]}).answer == ("-",)


def test_vote_with_many_parts() -> None:
    """The limit is on all answers together, however the form names them."""
    parts = {f"answer.o{at}": ["1"] for at in range(ANSWERS_MAXIMUM)}
    assert len(parse_vote({**VOTE, "answer": [], **parts}).answer) == ANSWERS_MAXIMUM
    with pytest.raises(Malformed):
        parse_vote({**VOTE, "answer": ["o1"], **parts})


def test_vote_with_many_answers() -> None:
    """Fifty answers are read, one more is malformed."""
    assert len(parse_vote({**VOTE, "answer": ["o1"] * ANSWERS_MAXIMUM}).answer) == ANSWERS_MAXIMUM == 50
    with pytest.raises(Malformed):
        parse_vote({**VOTE, "answer": ["o1"] * (ANSWERS_MAXIMUM + 1)})


# The desk


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.SETTLE}))
def test_desk_command_is_read(action: Action) -> None:
    """Every step of a moderator is read with its question and the state that the sender saw."""
    assert parse_desk({**COMMAND, "action": [action]}) == Command(action, 7, 4)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"action": ["look"], "question": ["0"]}, Look(0)),
        ({"action": ["look"], "question": ["7"], "filter": ["  am \n Abend"]}, Look(7, "am Abend")),
        ({"action": ["look"], "question": ["7"], "filter": []}, Look(7)),
        ({"action": ["look"], "question": ["7"], "filter": ["x" * 101]}, Look(7, "x" * 100)),
        ({**DECIDE, "hidden": ["bus"]}, Decide(7, 2, "bus", Verdict.HIDDEN)),
        ({**DECIDE, "hidden": ["bus"], "into": ["bahn"]}, Decide(7, 2, "bus", Verdict.HIDDEN)),
        ({**DECIDE, "joined": ["bus"], "into": ["bahn"]}, Decide(7, 2, "bus", Verdict.JOINED, "bahn")),
        ({**DECIDE, "joined": ["bus"]}, Decide(7, 2, "bus", Verdict.JOINED)),
        ({**DECIDE, "undo": ["bus"], "into": ["bahn"]}, Decide(7, 2, "bus", None)),
        ({"action": ["join_show"], "seen": ["4"]}, ShowJoin(shown=True, seen=4)),
        ({"action": ["join_hide"], "seen": ["4"]}, ShowJoin(shown=False, seen=4)),
        (ASK, Ask("any", "Pause?", ("Ja", "Nein"), open_now=False, seen=4)),
        ({**ASK, "open": ["yes"]}, Ask("any", "Pause?", ("Ja", "Nein"), open_now=True, seen=4)),
        ({**ASK, "options": [" \n"], "text": [""]}, Ask("any", "", (), open_now=False, seen=4)),
    ],
)
def test_desk_message_is_read(fields: Fields, expected: DeskMessage) -> None:
    """Looking, deciding, asking and the join code are read; options are the lines with something in them."""
    assert parse_desk(fields) == expected


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"hidden": ["bus"], "shown": ["bus"]},
        {"hidden": ["bus"], "undo": ["bus"]},
        {"hidden": ["bus", "bahn"]},
        {"hidden": []},
        {"joined": ["bus"], "into": ["bahn", "tram"]},
        {"hidden": ["bus"], "wave": ["x"]},
        {"hidden": ["bus"], "question": []},
        {"deleted": ["bus"]},
    ],
)
def test_desk_decision_that_is_none(fields: Fields) -> None:
    """A decision has one verdict about one entry of one asking, a joining at most one entry that stays."""
    with pytest.raises(Malformed) as refused:
        parse_desk({**DECIDE, **fields})
    assert code_of(refused) == "malformed"


@pytest.mark.parametrize("action", [Action.SETTLE, "", "OPEN", "delete"])
def test_desk_message_with_an_action_of_nobody(action: str) -> None:
    """The server's own step and unknown ones are unknown messages."""
    with pytest.raises(Malformed) as refused:
        parse_desk({**COMMAND, "action": [action]})
    assert code_of(refused) == "unknown_message"


@pytest.mark.parametrize("field", ["action", "question", "seen"])
def test_desk_command_without_a_field(field: str) -> None:
    """A command that lacks a field, or has it twice, is malformed."""
    for values in ([], ["1", "1"]):
        with pytest.raises(Malformed) as refused:
            parse_desk({**COMMAND, field: values})
        assert code_of(refused) == "malformed"


@pytest.mark.parametrize("field", ["kind", "text", "options", "seen"])
def test_desk_ask_without_a_field(field: str) -> None:
    """A question on the spot that lacks a field is malformed."""
    with pytest.raises(Malformed) as refused:
        parse_desk({**ASK, field: []})
    assert code_of(refused) == "malformed"


# Whatever is sent


@given(st.text(max_size=40) | st.binary(max_size=40) | (JSON | FORMS).map(json.dumps))
def test_any_bytes_are_fields_or_malformed(message: str | bytes) -> None:
    """Whatever a client sends, it is a form of clean texts or malformed, and never another error."""
    try:
        fields = fields_of(message)
    except Malformed:
        return
    assert all(clean(value) == value for values in fields.values() for value in values)


@given(st.dictionaries(NAMES, st.lists(WORDS, max_size=3), max_size=8))
def test_any_fields_are_a_message_or_malformed(fields: dict[str, list[str]]) -> None:
    """Whatever stands in the fields, each door reads its message or calls it malformed."""
    for parse in (parse_vote, parse_desk):
        with suppress(Malformed):
            parse(fields)
