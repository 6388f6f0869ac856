"""Fields: the keys of one mapping, and the mistakes in them."""

import pytest

from poll_server.documents.fields import KEYS, Fields, suggestion
from poll_server.documents.yaml_tree import Place, read_tree
from poll_server.questions.contract import Rule

PERSON = "name: Kim\nrole: Referat Stadtentwicklung\n"


class Look:
    """The fields of a mapping, with what was complained of."""

    def __init__(self, part: str, text: str) -> None:
        self.mistakes: list[tuple[int, int, str]] = []
        root = read_tree(text, self._complain)
        assert root is not None
        self.fields = Fields(root, part, self._complain)

    def _complain(self, place: Place, sentence: str) -> None:
        self.mistakes.append((place.line, place.column, sentence))


def test_right_mapping_has_no_mistakes() -> None:
    """What is written right is read without a complaint."""
    look = Look("person", PERSON)
    assert (look.fields.line("name"), look.fields.line("role"), look.mistakes) == (
        "Kim",
        "Referat Stadtentwicklung",
        [],
    )
    assert look.fields.incomplete is False


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("rol", "Unknown key “rol”. Did you mean “role”?"),
        ("ROLE", "Unknown key “ROLE”. Did you mean “role”?"),
        ("Funktion", "Unknown key “Funktion”. Known here: name, role."),
        ("x" * 41, f"Unknown key “{'x' * 40}…”. Known here: name, role."),
        ("[a]", "Unknown key “”. Known here: name, role."),
    ],
)
def test_unknown_key_is_told_with_a_hint(written: str, sentence: str) -> None:
    """An unknown key names the one that was meant, or all there are."""
    look = Look("person", f"name: Kim\n{written}: a\n")
    assert look.mistakes == [(2, 1, sentence)]


def test_misspelt_required_key_is_one_mistake() -> None:
    """A key that seems to be the missing one is not called missing as well."""
    look = Look("person", "nam: Kim\n")
    assert look.mistakes == [(1, 1, "Unknown key “nam”. Did you mean “name”?")]
    assert look.fields.incomplete is True


def test_missing_keys_are_told_where_the_mapping_begins() -> None:
    """Each required key that is not there is named."""
    look = Look("question", "\nhint: a\nkind: single_choice\n")
    assert look.mistakes == [(2, 1, "The key “text” is missing.")]
    look = Look("question", "\nhint: a\n")
    assert look.mistakes == [(2, 1, "The key “kind” is missing."), (2, 1, "The key “text” is missing.")]


@pytest.mark.parametrize("value", ["", " ''", " ' '", " []", " {}"])
def test_required_key_without_a_value_is_told_at_the_key(value: str) -> None:
    """Nothing, however it is written, is no value."""
    look = Look("person", f"role: a\nname:{value}\n")
    assert look.mistakes == [(2, 1, "The key “name” has no value.")]


def test_optional_key_without_a_value_is_as_good_as_absent() -> None:
    """A template's empty lines can stay."""
    look = Look("person", "name: Kim\nrole:\n")
    assert (look.fields.line("role"), look.fields.has("role"), look.mistakes) == ("", False, [])


def test_repeated_key_is_told_and_the_first_counts() -> None:
    """A second value is never taken silently."""
    look = Look("person", "name: Kim\nrole: a\nname: Alex\n")
    assert look.mistakes == [(3, 1, "The key “name” stands in line 1 already.")]
    assert look.fields.line("name") == "Kim"


def test_list_in_place_of_a_mapping_is_told() -> None:
    """The keys that belong there are named, and none is called missing besides."""
    look = Look("person", "- Kim\n")
    assert look.mistakes == [(1, 1, "Here belong keys, each with a colon and a value: name, role.")]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("[a]", "The key “name” takes a text here."),
        ("{a: b}", "The key “name” takes a text here. A text with a colon and a space in it needs quotes."),
        ("a" * 201, "The name is longer than 200 characters."),
        (r'"a\0"', "The character U+0000 cannot be used."),
        (r'"a\ud800"', "The character U+D800 cannot be used."),
        (r'"a\L"', "The character U+2028 cannot be used."),
    ],
)
def test_wrong_text_is_told_at_its_value(value: str, sentence: str) -> None:
    """Lists, mappings, too long texts and escapes for what cannot be stored are no texts."""
    look = Look("person", f"name: {value}\n")
    look.fields.line("name")
    assert look.mistakes == [(1, 7, sentence)]


def test_text_as_long_as_allowed_is_taken() -> None:
    """The limit itself is allowed."""
    look = Look("person", f"name: {'ä' * KEYS['person']['name'].maximum}\n")
    assert (look.fields.line("name"), look.mistakes) == ("ä" * 200, [])


def test_line_has_single_spaces_and_keeps_no_break_spaces() -> None:
    """Folded and indented text becomes one line; a no-break space was meant."""
    look = Look("person", "name: |\n  Kim  \t von\n  9\u00a0Uhr\n")
    assert look.fields.line("name") == "Kim von 9\u00a0Uhr"


def test_paragraphs_keep_their_lines() -> None:
    """A description may have several lines, without surplus spaces."""
    look = Look("item", "time: 9.30\ntitle: a\ndescription: |\n  eins   \n\n  zwei  drei\n")
    assert look.fields.paragraphs("description") == "eins\n\nzwei drei"


def test_text_in_place_of_a_list_is_told() -> None:
    """A list has an entry on each line."""
    look = Look("item", "time: 9.30\ntitle: a\npeople: Kim, Alex\n")
    assert look.fields.entries("people") == []
    sentence = "The key “people” takes a list: each entry on a line of its own, after a hyphen."
    assert look.mistakes == [(3, 9, sentence)]


@pytest.mark.parametrize(("written", "number"), [("3", 3), ("'3'", 3), ("999999", 999999), ("", None)])
def test_number_is_read(written: str, number: int | None) -> None:
    """Whole numbers, in quotes too; none is no number."""
    look = Look("question", f"kind: a\ntext: a\noptions: [a]\nmaximum: {written}\n")
    assert (look.fields.rule("maximum", Rule(int)), look.mistakes) == (number, [])


@pytest.mark.parametrize("written", ["drei", "-1", "1.5", "1000000", "1e2", "٣"])
def test_wrong_number_is_told(written: str) -> None:
    """Words, signs, fractions and numbers beyond sense are no whole numbers."""
    look = Look("question", f"kind: a\ntext: a\noptions: [a]\nmaximum: {written}\n")
    assert look.fields.rule("maximum", Rule(int)) is None
    assert look.mistakes == [(4, 10, "The key “maximum” takes a whole number.")]


@pytest.mark.parametrize(("written", "value"), [("yes", True), ("no", False), ("", None)])
def test_yes_and_no_are_read(written: str, value: bool | None) -> None:
    """A rule that holds or does not is written as yes or no."""
    look = Look("question", f"kind: a\ntext: a\nabstention: {written}\n")
    assert (look.fields.rule("abstention", Rule(bool)), look.mistakes) == (value, [])


@pytest.mark.parametrize("written", ["true", "ja", "1", "YES"])
def test_anything_but_yes_and_no_is_told(written: str) -> None:
    """No other word for it is taken."""
    look = Look("question", f"kind: a\ntext: a\nabstention: {written}\n")
    look.fields.rule("abstention", Rule(bool))
    assert [(line, column) for line, column, _ in look.mistakes] == [(3, 13)]


def test_text_of_a_rule_is_one_line_of_limited_length() -> None:
    """A text is read with single spaces; one that is too long is told."""
    look = Look("item", "time: 9.30\ntitle: a  b\nkind:\n")
    assert (look.fields.rule("title", Rule(str, 200)), look.fields.rule("kind", Rule(str, 9))) == ("a b", None)
    look = Look("item", f"time: 9.30\ntitle: {'a' * 201}\n")
    look.fields.rule("title", Rule(str, 200))
    assert look.mistakes == [(2, 8, "The title is longer than 200 characters.")]


def test_list_of_a_rule_is_texts_of_limited_length() -> None:
    """Each entry is one line; one that is too long, or no text, is told at its place, and so is what is no list."""
    look = Look("item", "time: 9.30\ntitle: a\npeople: [ a  b , 'no' ]\n")
    assert (look.fields.rule("people", Rule(tuple, 5)), look.mistakes) == (("a b", "no"), [])
    look = Look("item", "time: 9.30\ntitle: a\npeople: [abcdef, [a]]\nquestions: a\n")
    assert look.fields.rule("questions", Rule(tuple, 5)) == ()
    look.fields.rule("people", Rule(tuple, 5))
    assert look.mistakes == [
        (4, 12, "The key “questions” takes a list: each entry on a line of its own, after a hyphen."),
        (3, 10, "The people is longer than 5 characters."),
        (3, 18, "The key “people” takes a text here."),
    ]


def test_suggestion_without_a_near_word_says_what_there_is() -> None:
    """Nobody is left without a next step."""
    assert suggestion("x", ["talk", "break"]) == "Known here: talk, break."
    assert suggestion("x", ["talk", "break"], "Write talk.") == "Write talk."
    assert suggestion("tlak", ["talk", "break"], "Write talk.") == "Did you mean “talk”?"
