"""The tree: what is written stays as written, and what is not YAML is told at its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.documents.yaml_tree import (
    DEPTH_MAXIMUM,
    FILE_MAXIMUM,
    List,
    Mapping,
    Node,
    Place,
    Text,
    blank,
    read_tree,
)

Mistakes = list[tuple[int, int, str]]


def tree(text: str) -> tuple[Node | None, Mistakes]:
    """Return the root and what was complained of, in the order of the complaints."""
    mistakes: Mistakes = []
    root = read_tree(text, lambda place, sentence: mistakes.append((place.line, place.column, sentence)))
    return root, mistakes


def plain(node: Node | None) -> object:
    """Return a tree without its places."""
    match node:
        case Text():
            return node.text
        case List():
            return [plain(each) for each in node.nodes]
        case Mapping():
            return [(plain(key), plain(value)) for key, value in node.pairs]
        case None:
            return None


@pytest.mark.parametrize(
    "written", ["9.30", "9:30", "1e3", "no", "Yes", "~", "null", "2022-01-21", "0x1F", "007", ".5", "=", "1_000"]
)
def test_scalar_is_what_stands_in_the_file(written: str) -> None:
    """Nothing that YAML takes for a number, a truth value, a date or nothing is turned into one."""
    root, mistakes = tree(f"- {written}")
    assert (plain(root), mistakes) == ([written], [])


def test_places_count_from_one() -> None:
    """Each node knows its line and column as an editor shows them, behind umlauts and emoji too."""
    root, _ = tree("a: b\n“ü🎉”: [c,\n  d]\n")
    assert root == Mapping(
        Place(1, 1),
        [
            (Text(Place(1, 1), "a"), Text(Place(1, 4), "b")),
            (Text(Place(2, 1), "“ü🎉”"), List(Place(2, 7), [Text(Place(2, 8), "c"), Text(Place(3, 3), "d")])),
        ],
    )


@pytest.mark.parametrize("written", ["a: b\nc: d\n", "a: b\r\nc: d\r\n", "a: b\rc: d\r", "\ufeffa: b\nc: d"])
def test_file_of_any_editor_is_read(written: str) -> None:
    """Line ends of every system and a byte order mark make no difference."""
    root, mistakes = tree(written)
    assert (plain(root), mistakes) == ([("a", "b"), ("c", "d")], [])


def test_repeated_key_stays_in_the_tree() -> None:
    """The tree keeps both pairs, so that the reader can report the second."""
    root, _ = tree("a: b\na: c\n")
    assert plain(root) == [("a", "b"), ("a", "c")]


@pytest.mark.parametrize("written", ["", "\n# only a comment\n", "---\n", "{}", "[]", "''"])
def test_empty_file_is_told(written: str) -> None:
    """A file with nothing in it says so, whatever kind of nothing it is."""
    assert tree(written) == (None, [(1, 1, "The file is empty.")])


@pytest.mark.parametrize(
    ("written", "line", "column", "sentence"),
    [
        ("a: b: c", 1, 5, "A colon and a space make a key. A text that contains them needs quotes."),
        ("a:\n\tb: c", 2, 1, "A tab cannot indent. Please use spaces."),
        ("a: @b", 1, 4, "A text that begins with this character needs quotes."),
        ('a: b\nc: "d\n', 2, 4, "The quote that opens here is not closed."),
        ("a: b\nc\nd: e", 2, 1, "This line is neither a key with a colon nor an entry of a list."),
        ("- a\nb: c", 2, 1, "This does not fit the lines before it. Check the indentation and the quotes."),
        ('a: "b" c', 1, 8, "This does not fit the lines before it. Check the indentation and the quotes."),
        ("a: [b, c\nd: e", 2, 2, "A bracket is not closed. A text that begins with a bracket needs quotes."),
        ("a: - b", 1, 4, "A text that begins with a hyphen and a space needs quotes."),
        ("a: ? b", 1, 4, "A text that begins with ? or : needs quotes."),
        ("a: & b", 1, 5, "A text that begins with * or & needs quotes."),
        (r'a: "\q"', 1, 6, "This is not YAML: found unknown escape character 'q'."),
        ('a: b\nc: "\\UFFFFFFFF"', 2, 1, "After this place something is not YAML."),
        ("[" * (DEPTH_MAXIMUM + 1), 1, DEPTH_MAXIMUM + 1, "This is nested too deeply."),
        ("a" * (FILE_MAXIMUM + 1), 1, 1, f"The file is longer than {FILE_MAXIMUM} characters."),
    ],
)
def test_what_is_not_yaml_is_told_in_words(written: str, line: int, column: int, sentence: str) -> None:
    """The place where reading stops has one mistake, in a sentence that says what to do."""
    assert tree(written) == (None, [(line, column, sentence)])


@pytest.mark.parametrize(
    ("written", "column", "mark"),
    [("*wichtig*", 4, "*"), ("!wichtig", 4, "!"), ("&wichtig", 4, "&"), ("!a [b]", 4, "!")],
)
def test_text_that_yaml_takes_for_a_mark_is_told(written: str, column: int, mark: str) -> None:
    """Aliases, tags and anchors are texts whose quotes are missing; the tree goes on with something in their place."""
    root, mistakes = tree(f"a: {written}\nb: c")
    assert mistakes == [(1, column, f"A text that begins with {mark} needs quotes.")]
    assert isinstance(root, Mapping)
    assert [blank(value) for _, value in root.pairs] == [False, False]


def test_second_document_is_told() -> None:
    """What stands after --- is not silently dropped."""
    _, mistakes = tree("a: b\n---\nc: d\n")
    assert mistakes == [(3, 1, "A second document begins here, after ---. A file holds one event.")]


@pytest.mark.parametrize("letter", ["\0", "\x07", "\x85", "\x9f", "\ud800", "\u2028", "\u202e", "\u2066", "\uffff"])
def test_character_that_cannot_be_stored_is_told(letter: str) -> None:
    """Control characters, lone surrogates, unseen line breaks and turns of direction are told once for each line."""
    root, mistakes = tree(f"a: b\nc: d{letter}{letter}\ne: {letter}")
    sentence = f"The character U+{ord(letter):04X} cannot be used."
    assert mistakes == [(2, 5, sentence), (3, 4, sentence)]
    assert plain(root) == [("a", "b"), ("c", "d\ufffd\ufffd"), ("e", "\ufffd")]


@given(
    st.text()
    | st.lists(st.sampled_from([*"abc:-?[]{}!&*#|>'\"%@` \n\t\\", "- ", ": ", "---\n", "\\u", "\\U"])).map("".join)
)
def test_any_text_gives_a_tree_or_a_mistake(text: str) -> None:
    """Nothing is raised for any text, and nothing is refused without a reason."""
    root, mistakes = tree(text)
    assert root is not None or len(mistakes) >= 1
