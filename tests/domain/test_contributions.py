"""Contributions before anybody has done anything with them: texts, sessions, sights and orders."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.domain.contributions import (
    BACKABLE,
    PUBLIC,
    SEES,
    TEXT_MAXIMUM,
    Contribution,
    Fate,
    Order,
    Seen,
    Session,
    SessionAction,
    SessionState,
    Viewer,
    check_open,
    checked_name,
    checked_text,
    ordered,
    same,
    seen,
    step,
)
from poll_server.domain.errors import Forbidden, PollError, Refused
from tests.domain.questions_asked import contribution

READY, OPEN, CLOSED, ARCHIVED = SessionState

STEPS = """
            ready   open    closed    archived
    open    open    -       open      -
    close   -       closed  -         -
    archive -       -       archived  -
    restore -       -       -         closed
"""


def _steps() -> list[tuple[SessionState, SessionAction, str]]:
    head, *lines = [line.split() for line in STEPS.strip().splitlines()]
    return [
        (SessionState(state), SessionAction(line[0]), cell)
        for line in lines
        for state, cell in zip(head, line[1:], strict=True)
    ]


def stepped(state: SessionState, action: SessionAction) -> str:
    """Where a session stands after an action; a dash where it is refused."""
    try:
        return step(state, action)
    except Forbidden:
        return "-"


@pytest.mark.parametrize(("state", "action", "after"), _steps())
def test_session_step_in_each_state(state: SessionState, action: SessionAction, after: str) -> None:
    """Each action leads where the table says, and nowhere else."""
    assert stepped(state, action) == after


def refusal(state: SessionState) -> str:
    """Why a session takes nothing; empty if it does."""
    try:
        check_open(Session(1, state, True, 10, False, 0, "Fragerunde", ()))
    except Refused as error:
        return error.code
    return ""


def test_session_takes_contributions_while_it_is_open() -> None:
    """Before and after it says which of the two it is."""
    assert [refusal(state) for state in SessionState] == ["session_ready", "", "session_over", "session_over"]


def told(text: str) -> tuple[str, str]:
    """The text as it is stored, and the code of a refusal."""
    try:
        return checked_text(text), ""
    except PollError as error:
        return "", error.code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Wann fährt\n\n der Bus? ", ("Wann fährt der Bus?", "")),
        ("<b>Wann?</b> https://example.org", ("<b>Wann?</b> https://example.org", "")),
        ("", ("", "unasked")),
        (" \n\t ", ("", "unasked")),
        ("🙂🙂", ("", "wordless")),
        ("???", ("", "wordless")),
        ("\u200b\u3164\u115f\uffa0", ("", "wordless")),
        ("\u0958" * 5, ("\u0915\u093c" * 5, "")),
        ("a" * TEXT_MAXIMUM, ("a" * TEXT_MAXIMUM, "")),
        ("a" * (TEXT_MAXIMUM + 1), ("", "too_long")),
        ("ä" * 10_000, ("", "too_long")),
        ("متى؟", ("متى؟", "")),
        ("Wa" + "\u0301\u0489" * 200 + "nn?", ("Wá\u0489\u0301\u0489\u0301nn?", "")),
        ("Wa" + "\u0316\u200c" * 200 + "nn?", ("Wa" + "\u0316\u200c" * 4 + "\u200c" * 196 + "nn?", "")),
        ("\u0301" * 400, ("", "wordless")),
        ("\u2063\u200d\ufe0f" * 100, ("", "wordless")),
        ("\u2800", ("", "wordless")),
        ("👩‍❤️‍👨 Wann heiraten sie?", ("👩‍❤️‍👨 Wann heiraten sie?", "")),
    ],
)
def test_text_as_it_is_stored(text: str, expected: tuple[str, str]) -> None:
    """One line of words, of at most 500 characters."""
    assert told(text) == expected


@given(st.text())
def test_any_text_is_stored_in_one_line_or_refused(text: str) -> None:
    """Whatever is sent, what is stored has no line end, and being checked again it stays as it is."""
    stored, refused = told(text)
    assert bool(stored) != bool(refused)
    if stored:
        assert (len(stored.splitlines()), told(stored)) == (1, (stored, ""))


def test_name_may_be_empty_but_not_long() -> None:
    """A name is one line of at most 80 characters; one of which nothing is seen is none."""
    assert (checked_name(""), checked_name(" Kim \n Beispiel "), checked_name("🙂")) == ("", "Kim Beispiel", "🙂")
    assert {checked_name(unseen) for unseen in ("\u200b", "\u3164\u115f", "\u2800", "\u0301" * 3)} == {""}
    with pytest.raises(Refused) as refused:
        checked_name("K" * 81)
    assert refused.value.code == "too_long"


def test_same_text_in_other_letters() -> None:
    """Capital letters and spaces make no other question, words do."""
    assert (same("Wann fährt der Bus?", "wann  FÄHRT der Bus?"), same("Wann?", "Warum?")) == (True, False)


# Who may see what

FULL: dict[str, Any] = {
    "fate": Fate.ACCEPTED,
    "addressee": "Alex Muster",
    "name": "Kim",
    "wording": "Was kostet es?",
    "reason": "Doppelt",
    "labels": ("Geld",),
    "note": "Vorsicht",
    "place": 1.0,
    "hits": ("doof",),
    "assignee": "Amt",
    "draft": "Viel",
    "answer": "Wenig",
    "rehearsal": True,
    "revision": 3,
}


def filled(one: Seen | None) -> set[str]:
    """The names of what somebody sees of a contribution."""
    default = Seen(0)
    return {field.name for field in fields(Seen) if one and getattr(one, field.name) != getattr(default, field.name)}


PUBLISHED = {"id", "text", "addressee", "name", "fate", "edited", "backers"}
PRIVATE = {"sent", "at", "reason", "answer"}
MODERATED = {"labels", "note", "place", "hits", "assignee", "draft", "revision", "rehearsal"}


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (Viewer.AUDIENCE, PUBLISHED),
        (Viewer.SCREEN, PUBLISHED),
        (Viewer.PODIUM, PUBLISHED),
        (Viewer.AUTHOR, PUBLISHED | PRIVATE),
        (Viewer.MODERATOR, PUBLISHED | PRIVATE | MODERATED),
    ],
)
def test_what_is_seen_of_an_accepted_one(viewer: Viewer, expected: set[str]) -> None:
    """What is private to authors and moderators is not in what others get."""
    assert filled(seen(contribution(**FULL), viewer, 7)) == expected


@pytest.mark.parametrize("fate", Fate)
def test_fates_that_are_seen(fate: Fate) -> None:
    """Everybody sees public ones, screen and podium what may come, authors all, moderators all but withdrawn."""
    found = {viewer for viewer in Viewer if seen(contribution(fate=fate), viewer) is not None}
    expected = {Viewer.AUTHOR}
    expected |= {Viewer.AUDIENCE} if fate in PUBLIC else set()
    expected |= {Viewer.SCREEN, Viewer.PODIUM} if fate in BACKABLE else set()
    expected |= {Viewer.MODERATOR} if fate is not Fate.WITHDRAWN else set()
    assert found == expected


def test_nobody_sees_who_sent_it() -> None:
    """No viewer's fields hold the author or the id of the sending."""
    names = {name for _, shown in SEES.values() for name in shown} | {field.name for field in fields(Seen)}
    assert names & {"participant", "submission"} == set()


# Orders

LISTED = [contribution(1), contribution(2, place=2.0), contribution(3, place=1.0), contribution(4)]
BACKERS = {1: 3, 2: 1, 4: 5}


@pytest.mark.parametrize(
    ("order", "expected"),
    [(Order.BACKING, [4, 1, 2, 3]), (Order.NEWEST, [4, 3, 2, 1]), (Order.PLANNED, [3, 2, 4, 1])],
)
def test_orders(order: Order, expected: list[int]) -> None:
    """Most backed first, newest first, or what is planned and then by backing."""
    found: list[Contribution] = ordered(LISTED, order, BACKERS)
    assert [one.id for one in found] == expected
