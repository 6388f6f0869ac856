"""When a question is still the one that a library has."""

from dataclasses import replace
from typing import Any

import pytest

from poll_server.domain.programme import Definition, Option, Reveal, Translation
from poll_server.questions.drafts import Draft, seal
from poll_server.questions.linking import linked, spoken

OPTIONS = (Option("o1", "Ja"), Option("o2", "Vielleicht"))
KEPT = Definition("single_choice", "Kommen Sie?", OPTIONS, {"abstention": True}, "Ehrlich.", origin="mine")
ENGLISH = Translation("Are you coming?", {"o1": "Yes", "o2": "Maybe"}, {}, "Honestly.")


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Kommen Sie wieder?"},
        {"hint": ""},
        {"options": OPTIONS[::-1]},
        {"options": (*OPTIONS, Option("o3", "Nein"))},
        {"options": (OPTIONS[0], Option("o2", "Eher nicht"))},
        {"rules": {}},
        {"rules": {"abstention": True, "secret": True}},
        {"kind": "multiple_choice"},
    ],
)
def test_another_question_stands_alone(change: dict[str, Any]) -> None:
    """Other words, answers or rules make another question, whose results are not put beside the first one's."""
    assert linked(replace(KEPT, **change), KEPT).origin == ""


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"rules": {"abstention": True, "seconds": 60, "extension": True}},
        {"reveal": Reveal.LIVE},
        {"translations": {"en": ENGLISH}},
    ],
)
def test_same_question_stays_linked(change: dict[str, Any]) -> None:
    """Time, when the result appears and translations change nothing of what people are asked."""
    assert linked(replace(KEPT, **change), KEPT).origin == "mine"


def test_form_of_a_question_keeps_its_link_and_loses_it_with_the_words() -> None:
    """What is typed into the form decides; whether a library has a question is not part of its seal."""
    draft = Draft.of(KEPT)
    assert draft.definition(KEPT) == (KEPT, [])
    assert draft.definition(KEPT)[0].origin == "mine"
    assert replace(draft, text="Kommen Sie wieder?").definition(KEPT)[0].origin == ""
    assert seal(KEPT) == seal(replace(KEPT, origin=""))


def test_question_is_spoken_in_the_language_of_an_event() -> None:
    """A whole translation becomes the question and its words the translation; without one there is none."""
    translated = replace(KEPT, translations={"en": ENGLISH})
    english = spoken(translated, "en")
    assert english is not None
    assert (english.text, english.language, english.origin) == ("Are you coming?", "en", "mine")
    assert english.translations["de"] == Translation("Kommen Sie?", {"o1": "Ja", "o2": "Vielleicht"}, {}, "Ehrlich.")
    assert spoken(english, "de") == translated
    assert spoken(KEPT, "en") is None
    assert spoken(replace(KEPT, translations={"en": replace(ENGLISH, hint="")}), "en") is None
