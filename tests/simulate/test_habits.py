"""How simulated people behave: at random, but the same with the same seed."""

from collections import Counter

from poll_server.simulate.habits import Habits

OPTIONS = ("o1", "o2", "o3", "o4")
CROWD = range(500)


def _life(seed: int, number: int) -> tuple[object, ...]:
    habits = Habits(seed, number, pace=1)
    return (
        habits.arrival(),
        habits.answers(),
        habits.thinking(),
        habits.answer("7", OPTIONS, [1, 2]),
        habits.changes(),
        habits.leaves_on_news(),
        habits.leaves_after_sending(),
        habits.away(),
    )


def test_same_seed_is_the_same_crowd() -> None:
    """Seed and number decide everything; another seed is another crowd."""
    assert [_life(1, number) for number in CROWD] == [_life(1, number) for number in CROWD]
    assert _life(1, 1) != _life(2, 1) != _life(2, 2)


def test_pace_makes_people_faster_and_not_different() -> None:
    """Ten times the pace is a tenth of the time."""
    slow, fast = Habits(1, 1, pace=1), Habits(1, 1, pace=10)
    for _ in range(20):
        assert round(slow.thinking() / 10, 9) == round(fast.thinking(), 9)
        assert slow.answer("1", OPTIONS, [1, 2, 3]) == fast.answer("1", OPTIONS, [1, 2, 3])


def test_crowd_has_a_taste() -> None:
    """One option is chosen at least twice as often as the last, and none is left out."""
    chosen = Counter(Habits(1, number, pace=1).answer("1", OPTIONS, [1]) for number in CROWD)
    (_, most), *_, (_, least) = chosen.most_common()
    assert (len(chosen), most > 2 * least > 0) == (4, True)


def test_answer_keeps_size_and_order() -> None:
    """Only sizes that are left are chosen, each option once, in the ballot's order."""
    answers = [Habits(1, number, pace=1).answer("1", OPTIONS, [2, 4]) for number in CROWD]
    assert {len(answer) for answer in answers} == {2, 4}
    assert [answer for answer in answers if list(answer) != sorted(set(answer))] == []


def test_most_answer_and_some_do_what_people_do() -> None:
    """A few never answer; some change, some lose their network; all come within eight seconds."""
    crowd = [Habits(1, number, pace=1) for number in CROWD]
    counts = [
        sum(not one.answers() for one in crowd),
        sum(one.changes() for one in crowd),
        sum(one.leaves_on_news() is not None for one in crowd),
        sum(one.leaves_after_sending() for one in crowd),
    ]
    assert [5 < count < 150 for count in counts] == [True] * 4
    assert all(0 <= one.arrival() <= 8 for one in crowd)


def test_groups_differ_in_size_and_taste() -> None:
    """Every group has at least an eighth of the crowd, some say none; they do not all like the same."""
    crowd = [Habits(1, number, pace=1) for number in CROWD]
    groups = [one.group(("g1", "g2", "g3", "g4")) for one in crowd]
    sizes = Counter(groups)
    assert (set(sizes), min(sizes[group] for group in ("g1", "g2", "g3", "g4")) >= len(CROWD) / 8) == (
        {"g1", "g2", "g3", "g4", ""},
        True,
    )
    liked = Counter((group, one.answer("1", OPTIONS, [1])) for one, group in zip(crowd, groups, strict=True))
    favourites = {group: max(OPTIONS, key=lambda option: liked[group, (option,)]) for group in sizes}
    assert len(set(favourites.values())) > 1
