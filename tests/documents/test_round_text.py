"""A round as text: what people paste is understood, and what cannot be is told by line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poll_server.documents.round_file import FORMS, ReadRound, read_round
from poll_server.documents.round_words import name_of
from poll_server.i18n import LANGUAGES
from poll_server.questions import KINDS

PLAIN = "Was braucht Ihre Stadt?\n- Wohnraum\n- Bus und Bahn\n\nWas noch?\n"
TWO = [("Was braucht Ihre Stadt?", ("Wohnraum", "Bus und Bahn")), ("Was noch?", ())]


def read(text: str, language: str = "de") -> ReadRound:
    """Read a text that must be without mistakes."""
    found = read_round(text, language, "text")
    assert found.mistakes == ()
    return found


def shape(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The text and the options of each question."""
    return [(one.text, tuple(option.label for option in one.options)) for one in read(text).definitions]


def told(text: str, language: str = "de") -> list[tuple[int, int, str]]:
    """The mistakes: line, column, sentence."""
    return [(one.line, one.column, one.sentence) for one in read_round(text, language, "text").mistakes]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "\ufeff" + PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("- ", "–\u00a0"),
        PLAIN.replace("- ", "•\t"),
        PLAIN.replace("- ", "* "),
        PLAIN.replace("- ", "  — "),
        PLAIN.replace("- ", "·       "),
        PLAIN.replace("- ", "o\t"),
        PLAIN.replace("- ", "-"),
        PLAIN.replace("- ", "\uf0b7\t"),
        PLAIN.replace("\n\n", "\n"),
        PLAIN.replace("\n", "\n\n"),
        PLAIN.replace("- W", "1. W").replace("- B", "2) B"),
        PLAIN.replace("- W", "a) W").replace("- B", "b) B"),
        PLAIN.replace("Was b", "1. Was b").replace("Was n", "2. Was n"),
        PLAIN.replace("Was b", "1) Was b").replace("Was n", "2) Was n").replace("\n\n", "\n"),
        PLAIN.replace("- W", "1. W").replace("- B", "2. B").replace("Was b", "1. Was b").replace("Was n", "2. Was n"),
        PLAIN.replace("Was b", "Frage 1: Was b").replace("Was n", "Frage 2:\nWas n"),
        PLAIN.replace("Was b", "## Was b").replace("Was n", "## Was n"),
        PLAIN.replace("Ihre Stadt", "Ihre\nStadt"),
        PLAIN.replace("Bus und", "Bus\n   und"),
        PLAIN.replace("\n\n", "\n-----\n"),
        PLAIN.replace("?\n-", "?\nAntworten:\n-", 1),
        PLAIN.replace("- W", "Antwort 1: W").replace("- B", "Answer 2: B"),
    ],
)
def test_round_is_understood_as_people_paste_it(text: str) -> None:
    """Dashes of all sorts, numbers, letters, headings, empty lines or none: it is the same round."""
    assert shape(text) == TWO


@pytest.mark.parametrize("word", [kind.name for kind in KINDS.values()])
def test_kind_is_named_by_its_key(word: str) -> None:
    """The key of the event file is understood, whatever else it is called."""
    named = read_round(f"Was?\nArt: {word}\n", "de", "text")
    assert [one.definition.kind for one in named.questions] == [word]
    assert named.questions[0].guessed is False


@pytest.mark.parametrize(
    ("text", "kind", "guessed"),
    [
        ("Was?\n- a\n- b", "single_choice", True),
        ("Was?", "open_text", True),
        ("Was? (Mehrfachauswahl)\n- a\n- b", "multiple_choice", False),
        ("Was (multiple choice)?\n- a\n- b", "multiple_choice", False),
        ("Was? (Mehrfachnennungen möglich)\n- a\n- b", "multiple_choice", False),
        ("Was?\nArt: Rangfolge\n- a\n- b", "ranking", False),
        ("Was?\n- a\n- b\nKind: ranking", "ranking", False),
        ("Ein Wort zum Tag (Wortwolke)", "word_cloud", False),
        ("Wollen wir das?\nFrageart: Ja/Nein", "yes_no", False),
    ],
)
def test_kind_is_named_or_assumed(text: str, kind: str, guessed: bool) -> None:
    """A line or brackets name the kind; without either it comes from whether there are answers, and that is said."""
    (question,) = read(text).questions
    assert (question.definition.kind, question.guessed) == (kind, guessed)
    assert question.definition.text in ("Was?", "Ein Wort zum Tag", "Wollen wir das?")


def test_whatever_a_question_carries_has_a_line() -> None:
    """Title, hint, result and rules are read in German and in English, also where they stand behind the answers."""
    german = read(
        "Runde: Ihre Meinung\n\nWomit beginnen?\nArt: Mehrfachauswahl\nHinweis: Bis zu zwei.\nHöchstens: 2\n"
        "- Ortskern\n- Radwege\n- Jugendrat\nErgebnis: nach der Antwort\nEnthaltung: ja\nMischen: nein\n"
        "Richtig: Ortskern\nRichtig: Radwege\n"
    )
    english = read(
        "# Ihre Meinung\n\nWomit beginnen?\nkind: multiple choice\nHint: Bis zu zwei.\nAt most: 2\n"
        "- Ortskern\n- Radwege\n- Jugendrat\nResult: after answering\nABSTENTION: yes\nShuffle: no\n"
        "Correct: Ortskern\nCorrect: Radwege\n"
    )
    assert (german.title, german.definitions) == (english.title, english.definitions)
    (definition,) = german.definitions
    assert german.title == "Ihre Meinung"
    assert (definition.hint, definition.reveal.value) == ("Bis zu zwei.", "answered")
    assert definition.rules == {"maximum": 2, "abstention": True, "correct": ("Ortskern", "Radwege")}


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("", [(1, 1, "In diesem Text steht keine Frage.")]),
        ("- a\nWas?", [(1, 3, "Vor dieser Antwort steht keine Frage.")]),
        ("Was?\n- a\n-\n- b", [(3, 2, "Eine Antwort ist leer.")]),
        ("Was?\n- a\n\nWie?", [(2, 3, "Eine Frage braucht 2 bis 20 Antworten.")]),
        ("Was?\nGut", [(2, 1, "Bitte setzen Sie vor eine Antwort einen Strich und vor eine Frage eine leere Zeile.")]),
        ("Was?\nHöchtens: 2", [(2, 1, "Das Wort „Höchtens“ ist nicht bekannt. Meinen Sie „Höchstens“?")]),
        ("Was?\n- a\n- b\nPlätze: 2", [(4, 1, "Die Angabe „Plätze“ passt nicht zur Frageart Einfachauswahl.")]),
        ("Was?\nSekunden: viele", [(2, 11, "Bei „Sekunden“ steht eine ganze Zahl.")]),
        ("Was?\nHinweis: a\nHint: b", [(3, 1, "Die Angabe „Hinweis“ steht schon in Zeile 2.")]),
        ("Was?\nMischen: oft", [(2, 1, "Die Angabe „Mischen“ passt nicht zur Frageart Freitext.")]),
        (
            "Was?\nEnthaltung: oft",
            [(2, 13, "„oft“ ist bei „Enthaltung“ nicht bekannt. Möglich sind: ja, nein.")],
        ),
        ("Was\u2028noch?", [(1, 1, "Das Zeichen U+2028 kann nicht verwendet werden.")]),
    ],
)
def test_mistakes_are_told_in_german_by_line(text: str, mistakes: list[tuple[int, int, str]]) -> None:
    """What is no round is told where it stands, with the words that the person used."""
    assert told(text) == mistakes


def test_mistakes_are_told_in_english_too() -> None:
    """In an English event the words and the sentence are English."""
    kinds = ", ".join(name_of(kind, "en") for kind in KINDS)
    assert told("Was?\nArt: Foo", "en") == [(2, 6, f"Unknown Kind “Foo”. Known here: {kinds}.")]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40)
@given(
    text=st.text()
    | st.lists(st.sampled_from([*PLAIN.split("\n"), "Art: x", ";", "Frage;Art", "  a", ":"])).map("\n".join)
)
def test_any_text_is_a_round_or_has_mistakes(form: str, language: str, text: str) -> None:
    """Whatever is read, nothing is raised, and what has no mistake has a question."""
    found = read_round(text, language, form)
    assert bool(found.mistakes) or len(found.questions) > 0
