"""Rounds as files: what is saved can be loaded again, in every form, whatever the question."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from poll_server.documents.event_file import Mistake
from poll_server.documents.round_file import (
    FORMS,
    QUESTIONS_MAXIMUM,
    decoded,
    form_of,
    form_of_name,
    read_round,
    save_round,
)
from poll_server.documents.round_words import line
from poll_server.documents.yaml_tree import FILE_MAXIMUM
from poll_server.i18n import LANGUAGES
from poll_server.questions import KINDS, kind_of
from tests.documents.rounds import TEXTS, in_a_file, questions
from tests.questions.samples import SAMPLES

every_form = pytest.mark.parametrize("form", FORMS)


@every_form
@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
def test_saved_round_is_loaded_again(form: str, language: str, data: st.DataObject) -> None:
    """Any questions of any kinds with any rules come back as they were, and so does the title."""
    made = data.draw(st.lists(questions(language), min_size=1, max_size=4))
    assume(all(not kind_of(one).check(one) for one in made))
    title = line(data.draw(st.just("") | TEXTS))
    read = read_round(decoded(save_round(title, made, language, form)), language, form)
    assert (read.mistakes, read.title, list(read.definitions)) == ((), title, made)


@every_form
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_sample_of_every_kind_is_loaded_again(form: str, kind: str, data: st.DataObject) -> None:
    """The samples of each kind, on which all its other laws are tested, come back as they were."""
    made = in_a_file(data.draw(SAMPLES[kind].definitions))
    assume(not kind_of(made).check(made))
    read = read_round(decoded(save_round("", [made], made.language, form)), made.language)
    assert (read.form, read.mistakes, read.definitions) == (form, (), (made,))
