"""What may be shown by group and as movements of one question."""

from poll_server.domain.programme import Definition, Option
from poll_server.questions.split import NO_GROUP, Movement, Pair, by_group, movement

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
