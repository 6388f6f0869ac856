"""What an event file says about questions from the audience to the panel."""

import pytest

from poll_server.domain.programme import EventDraft, SessionDraft
from tests.documents.event_files import mistakes, read

HEAD = "title: Tag der Städte\ndate: 2022-01-21\n"
ITEM = "programme:\n  - time: 9.30\n    title: Fragerunde\n    kind: question_session\n"


def event(of_event: str = "", of_item: str = "") -> EventDraft:
    """An event with one session and these lines of its own and of the session's item."""
    return read(HEAD + of_event + ITEM + of_item)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", SessionDraft(moderated=True, maximum=10, listed=False)),
        ("    moderated: no\n    maximum: 3\n    list_on_screen: yes\n", SessionDraft(False, 3, True)),
    ],
)
def test_session_is_as_it_is_written(written: str, expected: SessionDraft) -> None:
    """Without a word each question waits for acceptance, ten a person, and the screen lists none."""
    assert event(of_item=written).items[0].session == expected


def test_reasons_and_blocked_words_of_an_event() -> None:
    """Each once, in the order of the file; without them there are none."""
    found = event(
        "decline_reasons: [Doppelt, Unsachlich, Doppelt]\nblocked_words:\n  de: [doof*, Depp]\n  en: [fool]\n"
    )
    assert found.decline_reasons == ("Doppelt", "Unsachlich")
    assert found.blocked_words == {"de": ("doof*", "Depp"), "en": ("fool",)}
    assert (event().decline_reasons, event().blocked_words) == ((), {})


@pytest.mark.parametrize(
    ("written", "line", "column", "told"),
    [
        ("    maximum: 0\n", 7, 14, "The key “maximum” takes a whole number from 1 to 100."),
        ("    maximum: viele\n", 7, 14, "The key “maximum” takes a whole number from 1 to 100."),
        ("    moderated: vielleicht\n", 7, 16, "Unknown moderated “vielleicht”. Known here: yes, no."),
    ],
)
def test_mistakes_of_a_session_are_told(written: str, line: int, column: int, told: str) -> None:
    """Where, and what it takes."""
    assert mistakes(HEAD + ITEM + written) == [(line, column, told)]


@pytest.mark.parametrize("name", ["moderated: no", "maximum: 3", "list_on_screen: yes"])
def test_what_is_of_a_session_belongs_to_one(name: str) -> None:
    """In an item of another kind it is told; in one whose kind is misspelt, the kind alone is."""
    text = HEAD + ITEM + f"    {name}\n"
    key = name.partition(":")[0]
    told = f"The key “{key}” belongs to an item of the kind question_session."
    assert mistakes(text.replace("question_session", "round")) == [(7, 5, told)]
    assert len(mistakes(text.replace("question_session", "question_sesion"))) == 1


def test_words_of_another_language_than_ours_are_told() -> None:
    """A list stands below a language that pages speak."""
    ((line, column, told),) = mistakes(HEAD + "blocked_words:\n  fr: [bête]\n" + ITEM)
    assert (line, column, told.partition(".")[0]) == (4, 3, "Unknown key “fr”")
