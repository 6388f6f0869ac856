"""Questions of an event file."""

import pytest

from poll_server.documents.fields import KEYS
from poll_server.domain.programme import Definition, ItemKind, Option, Reveal
from poll_server.questions import KINDS
from tests.documents.event_files import ROUND, mistakes, read
from tests.questions.samples import ANSWERED_KINDS

LIST = "The key “options” takes a list: each entry on a line of its own, after a hyphen."


def test_questions_of_a_round_are_read() -> None:
    """Options get their keys in order and are texts, even where YAML would see truth values and numbers."""
    text = ROUND + (
        "      - kind: multiple_choice\n"
        "        text: 'Wofür sind Sie: Bus oder Bahn?'\n"
        "        hint: Wählen Sie bis zu zwei.\n"
        "        maximum: 2\n"
        "        result: answered\n"
        "        abstention: yes\n"
        "        options: [yes, no, 9.50, ~]\n"
        "      - {kind: single_choice, text: Und sonst?, options: [Ja, Nein]}\n"
    )
    (item,) = read(text).items
    labels = ("yes", "no", "9.50", "~")
    assert item.questions == (
        Definition(
            "multiple_choice",
            "Wofür sind Sie: Bus oder Bahn?",
            tuple(Option(f"o{number}", label) for number, label in enumerate(labels, 1)),
            {"abstention": True, "maximum": 2},
            "Wählen Sie bis zu zwei.",
            Reveal.ANSWERED,
        ),
        Definition("single_choice", "Und sonst?", (Option("o1", "Ja"), Option("o2", "Nein"))),
    )


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KINDS for name in KINDS[kind].rules])
def test_rule_without_a_value_is_none(kind: str, name: str) -> None:
    """A rule that a template leaves empty is not in the question, and of no kind is it a mistake."""
    written = f"{ROUND}      - {{kind: {kind}, text: a, options: [a, b], {name}: }}\n"
    assert [sentence for _, _, sentence in mistakes(written) if name in sentence] == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("multiple_choice", "minimum"),
        ("ranking", "places"),
        ("points", "points"),
        ("word_cloud", "words"),
        ("open_text", "length"),
        ("yes_no", "seconds"),
    ],
)
def test_zero_is_a_value_of_a_rule(kind: str, name: str) -> None:
    """Where a rule needs at least one, a zero is told as a mistake and not taken for no value."""
    options = "options: [a, b], " if KINDS[kind].options[-1] else ""
    at = ROUND.count("\n") + 1
    written = f"{ROUND}      - {{kind: {kind}, text: a, {options}{name}: 0}}\n"
    assert [line for line, _, _ in mistakes(written)] == [at]


@pytest.mark.parametrize("kind", ANSWERED_KINDS)
def test_every_kind_may_offer_an_abstention(kind: str) -> None:
    """The rule that all kinds share is taken where it says yes, and left out where it says no."""
    for written, meant in (("yes", {"abstention": True}), ("no", {})):
        text = f"{ROUND}      - {{kind: {kind}, text: a, abstention: {written}}}\n"
        assert [sentence for _, _, sentence in mistakes(text) if "abstention" in sentence] == []
        text = text.replace(kind, "single_choice").replace("text: a", "text: a, options: [a, b]")
        assert read(text).items[0].questions[0].rules == meant


def test_round_without_questions_is_read() -> None:
    """Moderators may write their questions on the spot."""
    (item,) = read(ROUND).items
    assert (item.kind, item.questions) == (ItemKind.ROUND, ())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("{kind: single, text: a, options: [a, b]}", [(8, 16, "Unknown kind “single”. Did you mean “single_choice”?")]),
        ("{text: a, options: [a, b]}", [(8, 9, "The key “kind” is missing.")]),
        ("{kind: multiple_choice, options: [a, b]}", [(8, 9, "The key “text” is missing.")]),
        ("{kind: single_choice, text: a}", [(8, 9, "A question needs 2 to 20 options.")]),
        ("{kind: single_choice, text: a, options: []}", [(8, 9, "A question needs 2 to 20 options.")]),
        ("{kind: single_choice, text: a, options: [a]}", [(8, 40, "A question needs 2 to 20 options.")]),
        ("{kind: single_choice, text: a, options: [a, A]}", [(8, 53, "Two options are the same.")]),
        ("{kind: single_choice, text: a, options: [a, '', b]}", [(8, 53, "An option is empty.")]),
        ("{kind: single_choice, text: a, options: a}", [(8, 49, LIST)]),
        (
            "{kind: multiple_choice, text: a, maximum: 3, options: [a, b]}",
            [(8, 42, "Minimum and maximum must fit: 1 ≤ minimum ≤ maximum ≤ number of options.")],
        ),
        (
            "{kind: multiple_choice, text: a, options: [a, b], maximum: 1, minimum: 2}",
            [(8, 71, "Minimum and maximum must fit: 1 ≤ minimum ≤ maximum ≤ number of options.")],
        ),
        (
            "{kind: single_choice, text: a, options: [a, b], result: never}",
            [(8, 65, "Unknown result “never”. Known here: live, answered, shown.")],
        ),
        (
            "{kind: single_choice, text: a, options: [a, b], maximum: 1}",
            [(8, 57, "The key “maximum” does not belong to the kind single_choice.")],
        ),
        (
            "{kind: single_choice, text: a, options: [a, b], abstention: maybe}",
            [(8, 69, "Unknown abstention “maybe”. Known here: yes, no.")],
        ),
        (
            f"{{kind: single_choice, text: {'a' * 301}, options: [a, b]}}",
            [(8, 31, "The text is longer than 300 characters.")],
        ),
        ("{kind: single_choice, text: a, options: [a, [b]]}", [(8, 53, "The key “options” takes a text here.")]),
        ("Wie geht es?", [(8, 9, f"Here belong keys, each with a colon and a value: {', '.join(KEYS['question'])}.")]),
    ],
)
def test_wrong_question_is_told(question: str, expected: list[tuple[int, int, str]]) -> None:
    """What the kind of question refuses is told at the key concerned, once."""
    assert mistakes(f"{ROUND}      - {question}\n") == expected
