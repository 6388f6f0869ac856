"""docs/event-file.md says what event files are."""

import re
from datetime import date

import pytest

from poll_server.documents.fields import KEYS
from poll_server.domain.languages import NAMES
from poll_server.domain.programme import ItemKind
from poll_server.questions import KINDS
from tests.documents.event_files import DOCUMENT, mistakes, read


def table(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading of the document, without its first two rows."""
    section = DOCUMENT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\|(.+)\|$", section, re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows][2:]


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("The event", "event"),
        ("Blocked words", "blocked_words"),
        ("An item", "item"),
        ("A person", "person"),
        ("A question", "question"),
        ("A translation", "translation"),
    ],
)
def test_document_has_every_key(heading: str, part: str) -> None:
    """The tables name each key once, whether it is needed, and how long its text may be: no more and no less."""
    documented = sorted((key, needed, limit) for key, needed, limit, _ in table(heading))
    assert documented == sorted(
        (f"`{name}`", "yes" if key.required else "", str(key.maximum or "")) for name, key in KEYS[part].items()
    )


@pytest.mark.parametrize(
    ("heading", "words"),
    [("Kinds of item", list(ItemKind)), ("Kinds of question", list(KINDS)), ("Languages", list(NAMES))],
)
def test_document_has_every_word(heading: str, words: list[str]) -> None:
    """The words that a key knows are all explained."""
    assert [word for word, _ in table(heading)] == [f"`{word}`" for word in words]


def test_example_of_the_document_is_read() -> None:
    """Who copies the example gets an event of two days: its items, people and questions; nearly every key is in it."""
    (example,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
    event = read(example)
    assert [(item.kind, len(item.people), len(item.questions)) for item in event.items] == [
        (ItemKind.TALK, 2, 0),
        (ItemKind.ROUND, 0, 2),
        (ItemKind.BREAK, 0, 0),
        (ItemKind.QUESTION_SESSION, 1, 0),
        (ItemKind.END, 0, 0),
        (ItemKind.WORKSHOP, 0, 0),
        (ItemKind.WORKSHOP, 0, 0),
    ]
    assert (event.last_day, [f"{item.starts:%d. %H:%M}" for item in event.items[5:]]) == (
        date(2022, 1, 22),
        ["22. 09:00", "22. 09:00"],
    )
    rules = {name for kind in KINDS.values() for name in kind.rules}
    rest = {key for keys in KEYS.values() for key in keys} - rules - set(NAMES)
    assert sorted(rest - set(re.findall(r"(\w+):", example))) == ["shares_from"]


def test_mistakes_of_the_document_are_told() -> None:
    """The mistakes that the document shows are the ones that its file gets."""
    written, told = re.findall(r"```text\n(.*?)```", DOCUMENT, re.DOTALL)
    assert [f"{line}:{column}: {sentence}" for line, column, sentence in mistakes(written)] == told.splitlines()
