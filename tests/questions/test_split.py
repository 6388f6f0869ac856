"""What may be shown by group and as movements of one question."""

from collections import Counter
from dataclasses import replace

import pytest

from poll_server.domain.programme import Definition, Option
from poll_server.questions.split import NO_GROUP, Movement, Pair, by_group, movement, moves, splits

QUESTION = Definition("single_choice", "Was fehlt?", tuple(Option(f"o{digit}", digit) for digit in "123"))
MOVES = {
    "shown": {"11": 2, "12": 20, "13": 1, "31": 1, "32": 1, "33": 1},
    "hidden": {"11": 2, "22": 2, "23": 2},
}


def moved(**names: str) -> Movement:
    """What may be shown when the group whose result is shown and the other are called so."""
    pairs: dict[Pair, int] = {
        ((f"o{way[0]}",), (f"o{way[1]}",), names[group]): n for group, of in MOVES.items() for way, n in of.items()
    }
    return movement(QUESTION, pairs, [names["shown"]])


def test_people_without_a_group_do_not_hide_others() -> None:
    """Where the result of those without a group is shown, nobody of a hidden group can have answered for them."""
    assert moved(shown=NO_GROUP, hidden="g1") == moved(shown="g1", hidden="g2") == Movement()


def test_abstentions_are_not_told_by_group() -> None:
    """The only one of a group who abstained is in no number of it."""
    groups = (Option("g1", "Kommune"), Option("g2", "Verband"))
    tallies = {"g1": {"#": 7, "yes": 7, "-": 1}, "g2": {"#": 6, "no": 6}}
    split = by_group(Definition("yes_no", "Bleibt es dabei?"), groups, [tallies])
    assert [(part.key, part.results.base, part.results.abstained) for part in split.parts] == [
        ("g1", 7, 0),
        ("g2", 6, 0),
    ]


@pytest.mark.parametrize("kind", ["single_choice", "yes_no"])
def test_secret_question_has_neither(kind: str) -> None:
    """What nobody can tie to a person is neither by group nor a movement, whatever the kind could."""
    asked = replace(QUESTION, kind=kind)
    assert (splits(asked), moves(asked)) == (True, True)
    secret = replace(asked, rules={"secret": True})
    assert (splits(secret), moves(secret)) == (False, False)


def test_group_that_was_hidden_stays_hidden() -> None:
    """A further pass shows no group that one before has hidden, however many people it has now."""
    groups = tuple(Option(key, key) for key in ("g1", "g2", "g3"))
    first = {"g1": {"#": 12}, "g2": {"#": 9}, "g3": {"#": 2}}
    second = {"g1": {"#": 12}, "g2": {"#": 20}, "g3": {"#": 30}}
    split = by_group(QUESTION, groups, [first, second])
    assert ([part.key for part in split.parts], tuple(group.label for group in split.hidden)) == (["g1"], ("g2", "g3"))


LARGE = {"11": 40, "12": 9, "13": 9, "21": 9, "22": 40, "23": 9, "31": 9, "32": 9, "33": 40}


def counts(moves: dict[str, int], group: str) -> Counter[Pair]:
    """So many people of a group with these answers, zero for an abstention."""
    answers = {"0": ("-",)} | {digit: (f"o{digit}",) for digit in "123"}
    return Counter({(answers[way[0]], answers[way[1]], group): n for way, n in moves.items()})


def test_abstention_is_no_answer_that_moves() -> None:
    """Who has abstained once is not among those who have answered both."""
    assert movement(QUESTION, counts(LARGE | {"01": 7, "20": 8}, ""), [""]) == movement(
        QUESTION, counts(LARGE, ""), [""]
    )


def test_hidden_movement_is_in_no_number() -> None:
    """What is hidden is left out of the cells that pages get, and they are told that something is."""
    all_shown, some = (movement(QUESTION, counts(LARGE | change, ""), [""]) for change in ({}, {"12": 2, "23": 1}))
    assert (len(all_shown.cells or {}), all_shown.hidden) == (9, False)
    assert some.hidden is True
    assert {"12", "23"} & {one[1] + other[1] for one, other in some.cells or {}} == set()


def test_hidden_groups_are_one_class_of_people() -> None:
    """Nobody is told how many there are in each of them, so for movements they are like one group."""
    shown = counts({"11": 9, "23": 9}, "g1")
    some, others = {"13": 2, "23": 2}, {"22": 1, "31": 1}
    apart = movement(QUESTION, shown + counts(some, "g2") + counts(others, "g3"), ["g1"])
    assert apart == movement(QUESTION, shown + counts(some | others, "g2"), ["g1"])
    assert apart.people == 24
