"""Items of an event file and their people."""

import pytest

from poll_server.domain.programme import ItemKind, Person
from tests.documents.event_files import ROUND, items, mistakes, read


@pytest.mark.parametrize("kind", ItemKind)
def test_every_kind_of_item_is_read(kind: ItemKind) -> None:
    """The file knows each kind by its name."""
    (item,) = read(items(f"9.30 | kind: {kind}")).items
    assert item.kind == kind


def test_unknown_kind_of_item_is_one_mistake() -> None:
    """A misspelt round is not told besides that it cannot have questions."""
    text = items("9.30 | kind: rund | questions: []")
    assert mistakes(text) == [(6, 11, "Unknown kind “rund”. Did you mean “round”?")]
    text = ROUND.replace("round", "rund") + "      - {kind: single_choice, text: a, options: [a, b]}\n"
    assert mistakes(text) == [(6, 11, "Unknown kind “rund”. Did you mean “round”?")]


@pytest.mark.parametrize("kind", [None, *(kind for kind in ItemKind if kind is not ItemKind.ROUND)])
def test_questions_outside_a_round_are_told(kind: ItemKind | None) -> None:
    """Questions that nobody could open are not dropped silently."""
    text = ROUND.replace("    kind: round\n", f"    kind: {kind or ''}\n")
    text += "      - {kind: single_choice, text: a, options: [a, b]}\n"
    assert mistakes(text) == [(7, 5, "Only an item of the kind round has questions.")]


@pytest.mark.parametrize(
    ("written", "person"),
    [
        ("Kim Beispiel", Person("Kim Beispiel")),
        ("Kim Beispiel (Bürgermeisterin)", Person("Kim Beispiel", "Bürgermeisterin")),
        ("Dr. Kim Beispiel (Leiterin (Referat 3))", Person("Dr. Kim Beispiel", "Leiterin (Referat 3)")),
        ("Kim Beispiel ()", Person("Kim Beispiel")),
        ("Kim (Ki) Beispiel", Person("Kim (Ki) Beispiel")),
        ("{name: Kim (Ki), role: Amt (3)}", Person("Kim (Ki)", "Amt (3)")),
        ("{name: Kim}", Person("Kim")),
        ("no", Person("no")),
    ],
)
def test_person_is_read_with_a_role(written: str, person: Person) -> None:
    """A name, a name with a role in brackets, or both as keys."""
    (item,) = read(items(f"9.30 | people: | - {written}")).items
    assert item.people == (person,)


@pytest.mark.parametrize(
    ("written", "column", "sentence"),
    [
        ("''", 7, "The name is missing."),
        ("(Bürgermeisterin)", 7, "The name is missing."),
        ("a" * 201, 7, "The name is longer than 200 characters."),
        (f"Kim ({'a' * 301})", 7, "The role is longer than 300 characters."),
        (r'"Kim\0"', 7, "The character U+0000 cannot be used."),
        ("{role: Amt}", 7, "The key “name” is missing."),
        ("[Kim]", 7, "Here belong keys, each with a colon and a value: name, role."),
    ],
)
def test_wrong_person_is_told(written: str, column: int, sentence: str) -> None:
    """A person has a name, and neither name nor role is endless."""
    assert mistakes(items(f"9.30 | people: | - {written}")) == [(7, column, sentence)]
