"""Translations in event files: what is read, and what organisers are told."""

import re

import pytest

from poll_server.domain.programme import Definition, Option, Translation
from tests.documents.event_files import DOCUMENT, ROUND, mistakes, read

CHOICE = "- {kind: single_choice, text: Was fehlt?, options: [Bus, Netz], hint: Eins., translations: "
YES_NO = "- {kind: yes_no, text: Kommen Sie?, translations: "


def question(written: str) -> Definition:
    """The question of a file with this one."""
    return read(f"{ROUND}      {written}\n").items[0].questions[0]


def test_translations_of_a_question_are_read() -> None:
    """Options are matched by their place; the question itself is as without."""
    read_one = question(CHOICE + "{en: {text: What?, options: [Bus, Internet], hint: One.}}}")
    assert read_one == Definition(
        "single_choice",
        "Was fehlt?",
        (Option("o1", "Bus"), Option("o2", "Netz")),
        hint="Eins.",
        translations={"en": Translation("What?", {"o1": "Bus", "o2": "Internet"}, {}, "One.")},
    )


def test_example_of_the_document_has_two_translations() -> None:
    """Who copies it gets a rating whose ends are named in three languages."""
    (example,) = re.findall(r"```yaml translation\n(.*?)```", DOCUMENT, re.DOTALL)
    found = question("- " + example.replace("\n", "\n        ")).translations
    assert {tag: dict(one.rules) for tag, one in found.items()} == {
        "en": {"low": "not at all", "high": "very easily"},
        "de-simple": {"low": "nein, gar nicht", "high": "ja, sehr gut"},
    }


KEYS_OF_A_TRANSLATION = "text, hint, options, low, high, unit, details, alternative"


@pytest.mark.parametrize(
    ("written", "sentences"),
    [
        (YES_NO + "{¦fr: {text: a}}}", ["Unknown key “fr”. Known here: de, en, de-simple."]),
        (YES_NO + "{¦de: {text: a}}}", ["The question itself is in “de”."]),
        (YES_NO + "{en: ¦{options: []}}}", ["The key “text” is missing."]),
        (YES_NO + "{en: ¦Coming?}}", [f"Here belong keys, each with a colon and a value: {KEYS_OF_A_TRANSLATION}."]),
        (YES_NO + "{en: {text: a, ¦hint: b}}}", ["The key “hint” does not belong here: the question has none."]),
        (YES_NO + "{en: {text: a, ¦unit: km}}}", ["The key “unit” does not belong here: the question has none."]),
        (YES_NO + f"{{en: {{¦text: {'a' * 301}}}}}}}", ["The text is longer than 300 characters."]),
        (CHOICE + "{en: ¦{text: a, options: [b, c]}}}", ["The key “hint” is missing: the question has it."]),
        (CHOICE + "{en: {text: a, options: ¦[b], hint: d}}}", ["The question has 2 options, its translation has 1."]),
        (CHOICE + "{en: {text: a, options: [b, ¦B], hint: d}}}", ["Two options are the same."]),
        (CHOICE + "{en: {text: a, options: [b, ¦''], hint: d}}}", ["An option is empty."]),
        (
            "- {kind: single_choice, text: a, ¦options: [b], translations: {en: {text: a, ¦minimum: 1}}}",
            [
                "A question needs 2 to 20 options.",
                f"Unknown key “minimum”. Known here: {KEYS_OF_A_TRANSLATION}.",
            ],
        ),
    ],
)
def test_wrong_translation_is_told(written: str, sentences: list[str]) -> None:
    """What does not fit the question is told at its place (¦), once, and beside the question's own mistakes."""
    pieces = written.split("¦")
    columns = [len("      " + "".join(pieces[:at])) + 1 for at in range(1, len(pieces))]
    found = mistakes(f"{ROUND}      {''.join(pieces)}\n")
    assert found == [(8, column, sentence) for column, sentence in zip(columns, sentences, strict=True)]
