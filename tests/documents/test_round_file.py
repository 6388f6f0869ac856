"""Rounds as files: what is saved can be loaded again, in every form, whatever the question."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from poll_server.documents.event_file import Mistake
from poll_server.documents.round_file import (
    FORMS,
    QUESTIONS_MAXIMUM,
    NoText,
    decoded,
    form_of,
    form_of_name,
    read_round,
    save_round,
)
from poll_server.documents.round_words import line
from poll_server.documents.yaml_tree import FILE_MAXIMUM
from poll_server.domain.programme import Definition, Option, Translation
from poll_server.i18n import LANGUAGES
from poll_server.questions import KINDS, kind_of
from tests.documents.rounds import TEXTS, in_a_file, questions
from tests.questions.sample_notice import PICTURED
from tests.questions.samples import SAMPLES

every_form = pytest.mark.parametrize("form", FORMS)


@every_form
@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40)
@given(data=st.data())
def test_saved_round_is_loaded_again(form: str, language: str, data: st.DataObject) -> None:
    """Any questions of any kinds with any rules come back as they were, and so does the title."""
    made = data.draw(st.lists(questions(language), min_size=1, max_size=4))
    assume(all(not kind_of(one).check(one) for one in made))
    title = line(data.draw(st.just("") | TEXTS))
    read = read_round(decoded(save_round(title, made, language, form)), language, form, (PICTURED["picture"],))
    assert (read.mistakes, read.title, list(read.definitions)) == ((), title, made)


@every_form
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(data=st.data())
def test_sample_of_every_kind_is_loaded_again(form: str, kind: str, data: st.DataObject) -> None:
    """The samples of each kind, on which all its other laws are tested, come back as they were."""
    made = in_a_file(data.draw(SAMPLES[kind].definitions))
    assume(not kind_of(made).check(made))
    read = read_round(decoded(save_round("", [made], made.language, form)), made.language, "", (PICTURED["picture"],))
    assert (read.form, read.mistakes, read.definitions) == (form, (), (made,))


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("a.YML", "questions:\n", "yaml"),
        ("Runde 1.csv", "Frage;Art\na;b\n", "csv"),
        ("notes.txt", "Was?\n- a; b\n", "text"),
        ("", "\ufefftitle: a\r\nquestions:\r\n  - kind: yes_no\r\n", "yaml"),
        ("", "\n Art\tFRAGE \nb\ta", "csv"),
        ("", "Frage: Was, wenn; nicht?\n", "text"),
        ("runde", "", "text"),
    ],
)
def test_form_is_told_by_name_or_by_content(name: str, text: str, form: str) -> None:
    """A file's ending says what it is; a pasted text says it by its key for questions or by its first row."""
    assert (form_of_name(name) or form_of(text), form_of(text)) == (form, form)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_files_are_read_as_programs_write_them(encoding: str) -> None:
    """UTF-8 with and without its mark, Windows-1252 and UTF-16 are the same text."""
    assert decoded("Höchstens „2“ – Ü".encode(encoding)) == "Höchstens „2“ – Ü"


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\x81\x8d",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06",
        b"GIF89a\x01\0\x01\0\x80\0\0",
        b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0",
        "Was fehlt?".encode("utf-16-le"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes) -> None:
    """Pictures and other files that no encoding makes a text of, or only one of control characters."""
    with pytest.raises(NoText):
        decoded(content)


def test_text_with_a_control_character_is_a_text() -> None:
    """Where one slipped in, the reader says in which line it stands."""
    assert decoded(b"Was fehlt?\n- Bus\x1a\n") == "Was fehlt?\n- Bus\x1a\n"


def test_mistakes_of_yaml_are_told_in_german() -> None:
    """Line and column are those of the file, keys are called as they are written there."""
    text = "titel: a\nquestions:\n  - kind: singel_choice\n    text: Was?\n    minimum: zwei\n    options: a\n"
    kinds = ", ".join(KINDS)
    assert read_round(text, "de", "yaml").mistakes == (
        Mistake(1, 1, "Die Angabe „titel“ ist nicht bekannt. Meinen Sie „title“?"),
        Mistake(3, 11, "„singel_choice“ ist bei „kind“ nicht bekannt. Meinen Sie „single_choice“?"),
        Mistake(6, 14, "Bei „options“ steht eine Liste: jeder Eintrag auf einer eigenen Zeile nach einem Bindestrich."),
    )
    assert kinds not in text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Was?\n- Bus\n- Bahn\n\n- BUS\n- Rad\n", 5),
        ("Frage;Antwort\nWer?;Sie|Er\nWas?;Bus|Bahn|Bus\n", 3),
        ("questions:\n- kind: single_choice\n  text: Was?\n  options:\n  - Bus\n  - Bahn\n  - Bus\n", 7),
    ],
)
def test_option_that_stands_there_twice_is_told_at_its_line(text: str, line: int) -> None:
    """It is the second of the two that is one too many."""
    assert [(one.line, one.sentence) for one in read_round(text, "de").mistakes] == [
        (line, "Zwei Antworten sind gleich.")
    ]


def test_long_text_and_many_questions_are_told() -> None:
    """A text beyond the limit is not read; of too many questions the first beyond the limit is told."""
    assert [one.line for one in read_round("a?\n" * FILE_MAXIMUM, "de").mistakes] == [1]
    many = read_round("Was?\n" * (QUESTIONS_MAXIMUM + 2), "de")
    assert ([one.line for one in many.mistakes], len(many.questions)) == ([QUESTIONS_MAXIMUM + 1], QUESTIONS_MAXIMUM)


@pytest.mark.parametrize("head", ["", "Frage;", 'Frage;"'])
def test_long_line_is_told(head: str) -> None:
    """A line beyond what a table's reader takes is a text that is too long, whatever it begins with."""
    told = read_round(head + "x" * 2 * FILE_MAXIMUM, "de").mistakes
    assert [(one.line, str(FILE_MAXIMUM) in one.sentence) for one in told] == [(1, True)]


def test_reading_ends_with_the_last_mistake_that_is_told() -> None:
    """Thousands of mistakes cost no more than the first hundred."""
    assert len(read_round("- a\n" * 9000, "de").mistakes) == 100


def test_translations_are_kept_in_yaml_alone() -> None:
    """A question with translations comes back whole from YAML; a text and a table hold the question itself."""
    made = Definition(
        "rating",
        "Wie gut?",
        (Option("o1", "Bus"), Option("o2", "Bahn")),
        {"low": "schlecht", "high": "gut"},
        translations={"en": Translation("How good?", {"o1": "Bus", "o2": "Train"}, {"low": "bad", "high": "good"})},
    )
    loaded = {form: read_round(decoded(save_round("", [made], "de", form)), "de") for form in FORMS}
    bare = replace(made, translations={})
    assert {form: one.mistakes for form, one in loaded.items()} == dict.fromkeys(FORMS, ())
    assert {form: one.definitions for form, one in loaded.items()} == {"text": (bare,), "csv": (bare,), "yaml": (made,)}
