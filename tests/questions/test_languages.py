"""Questions in another language: the same keys, the same tally, and all of the words or none."""

from dataclasses import replace

import pytest

from poll_server import questions
from poll_server.domain.programme import Definition, Option, Translation
from poll_server.questions.languages import in_language, to_translate

QUESTION = Definition(
    "single_choice",
    "Was fehlt?",
    (Option("o1", "Bus"), Option("o2", "Netz")),
    {"shuffle": True, "correct": ("Netz",)},
    "Nur eins.",
    translations={"en": Translation("What is missing?", {"o1": "Buses", "o2": "Internet"}, {}, "Only one.")},
)
NUMBER = Definition(
    "numeric",
    "Wie weit ist es?",
    rules={"unit": "Minuten", "maximum": "100"},
    translations={"en": Translation("How far is it?", rules={"unit": "minutes"})},
)


def test_question_is_read_in_its_translation() -> None:
    """Text, hint, options and the labels in rules are the other language's; keys and other rules stay."""
    assert in_language(QUESTION, "en") == replace(
        QUESTION,
        text="What is missing?",
        options=(Option("o1", "Buses"), Option("o2", "Internet")),
        rules={"shuffle": True, "correct": ("Internet",)},
        hint="Only one.",
        language="en",
    )


def test_rules_that_are_words_are_translated() -> None:
    """A unit is read, a limit is not."""
    assert in_language(NUMBER, "en").rules == {"unit": "minutes", "maximum": "100"}


@pytest.mark.parametrize(
    "left",
    [
        {},
        {"en": Translation("What is missing?", {"o1": "Buses"}, {}, "Only one.")},
        {"en": Translation("What is missing?", {"o1": "Buses", "o2": "Internet"})},
        {"en": Translation("", {"o1": "Buses", "o2": "Internet"}, {}, "Only one.")},
    ],
)
def test_question_without_the_whole_translation_stays_as_it_is(left: dict[str, Translation]) -> None:
    """Nobody gets a ballot in two languages: what a translation lacks makes it none."""
    asked = replace(QUESTION, translations=left)
    assert in_language(asked, "en") is asked


def test_unit_without_translation_leaves_the_question_as_it_is() -> None:
    """Rules that people read belong to the whole."""
    asked = replace(NUMBER, translations={"en": Translation("How far is it?")})
    assert in_language(asked, "en") is asked


def test_what_is_to_be_translated_is_what_people_read() -> None:
    """The keys of a translation are those of the question that hold words."""
    found = [sorted(to_translate(one)) for one in (QUESTION, NUMBER)]
    assert found == [["hint", "options", "text"], ["text", "unit"]]


def test_answers_of_both_languages_make_one_tally() -> None:
    """The same choice gives the same marks, and each language's result has the sum under its own labels."""
    english = in_language(QUESTION, "en")
    marks = [questions.marks(one, questions.parse(one, ["o2"])) for one in (QUESTION, english)]
    tally = marks[0] + marks[1]
    told = [[(row.label, row.count) for row in questions.results(one, tally).rows] for one in (QUESTION, english)]
    assert told == [[("Bus", 0), ("Netz", 2)], [("Buses", 0), ("Internet", 2)]]


def test_ready_made_words_need_no_translation() -> None:
    """Yes and no, and the steps of a scale, are there in every language."""
    texts = {tag: Translation("?") for tag in ("en", "de-simple")}
    yes_no = Definition("yes_no", "Ja?", translations=texts)
    scale = Definition("rating", "Gut?", rules={"scale": "frequency"}, translations=texts)
    offered = {tag: questions.describe(in_language(yes_no, tag), ("yes",)) for tag in texts}
    rated = {tag: questions.describe(in_language(scale, tag), ("3",)) for tag in texts}
    nbsp = "\N{NO-BREAK SPACE}"
    assert offered == {"en": ("Yes",), "de-simple": ("Ja",)}
    assert rated == {"en": (f"3{nbsp}– sometimes",), "de-simple": (f"3{nbsp}– manchmal",)}
