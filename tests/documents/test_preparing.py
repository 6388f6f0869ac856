"""docs/preparing.md: its examples are read, and its table is complete."""

import re
from pathlib import Path

from poll_server.documents.round_file import form_of, read_round
from poll_server.documents.round_words import LANGUAGES, keys_in

DOCUMENT = (Path(__file__).parents[2] / "docs" / "preparing.md").read_text(encoding="utf-8")


def test_examples_are_the_same_round() -> None:
    """The round in the document reads the same as text, as a table and as YAML, and each is recognised."""
    examples = dict(re.findall(r"```(text|csv|yaml)\n(.*?)```", DOCUMENT, re.DOTALL))
    assert [form_of(text) for text in examples.values()] == list(examples) == ["text", "csv", "yaml"]
    read = [read_round(text, "de") for text in examples.values()]
    assert [one.mistakes for one in read] == [()] * 3
    assert {(one.title, len(one.questions)) for one in read} == {("Ihre Meinung", 4)}
    assert read[0].definitions == read[1].definitions == read[2].definitions


def test_every_word_is_in_the_table() -> None:
    """The table has each key that has a word, with its words in both languages."""
    german, english = (keys_in(language) for language in LANGUAGES)
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|$", DOCUMENT, re.MULTILINE)
    assert rows == [(german[key], english[key], key) for key in german if key != "title"]
