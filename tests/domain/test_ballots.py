"""A ballot is a maximum, and the tally moves by differences."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.domain.ballots import Ballot, Key, Mark, Outcome, Rank, difference, verdict

KEY = Key(7, 2, "person", "part")
RANKS = st.builds(Rank, st.integers(1, 3), st.integers(0, 3).map(lambda n: UUID(int=n)))
BAGS = st.dictionaries(st.sampled_from(["#", "o1", "o2", "o3"]), st.integers(1, 9)).map(Counter)


def rank(number: int, submission: int) -> Rank:
    """A rank with a readable submission id."""
    return Rank(number, UUID(int=submission))


def ballot(marks: Counter[str], grp: str = "") -> Ballot:
    """A ballot with these marks."""
    return Ballot(KEY, rank(1, 1), tuple(marks), marks, grp)


@pytest.mark.parametrize(
    ("sent", "standing", "expected"),
    [
        (rank(1, 1), None, Outcome.CLOSED),
        (rank(2, 1), rank(1, 9), Outcome.CLOSED),
        (rank(1, 2), rank(1, 1), Outcome.CLOSED),
        (rank(1, 1), rank(1, 1), Outcome.DUPLICATE),
        (rank(1, 1), rank(1, 2), Outcome.STALE),
        (rank(1, 9), rank(2, 1), Outcome.STALE),
    ],
)
def test_verdict_of_a_submission_not_written(sent: Rank, standing: Rank | None, expected: Outcome) -> None:
    """The one that stands is a duplicate, a lower one stale, and a higher one was kept out by the closing alone."""
    assert verdict(sent, standing) is expected


@given(RANKS, RANKS)
def test_verdict_lets_exactly_one_of_two_be_the_newer(one: Rank, other: Rank) -> None:
    """Two submissions agree on who outranks whom, whichever stands: their order is total."""
    verdicts = {verdict(one, other), verdict(other, one)}
    assert verdicts == ({Outcome.DUPLICATE} if one == other else {Outcome.STALE, Outcome.CLOSED})


@given(st.permutations([rank(number, submission) for number in (1, 2, 3) for submission in (1, 2, 3)]))
def test_highest_rank_stands_in_any_order_of_arrival(arrivals: list[Rank]) -> None:
    """Replacing what is outranked ends at the same submission, however submissions are overtaken."""
    standing: Rank | None = None
    for sent in arrivals:
        if verdict(sent, standing) is Outcome.CLOSED:
            standing = sent
    assert standing == rank(3, 3)


def test_difference_of_a_first_ballot_is_its_marks() -> None:
    """Where nothing was replaced, the tally gains the marks, in the question's wave and the given group."""
    change = difference(ballot(Counter({"#": 1, "o1": 1})), "Nord", {})
    assert change == {Mark(7, 2, "Nord", "#"): 1, Mark(7, 2, "Nord", "o1"): 1}


def test_difference_of_a_change_leaves_out_what_stays() -> None:
    """A changed vote moves only the options that changed: nobody answers twice."""
    change = difference(ballot(Counter({"#": 1, "o1": 1, "o3": 1})), "", {"#": 1, "o1": 1, "o2": 1})
    assert dict(change) == {Mark(7, 2, "", "o2"): -1, Mark(7, 2, "", "o3"): 1}


def test_difference_uses_the_group_that_stands() -> None:
    """Marks are moved in the group of the stored ballot, not in that of the new submission."""
    change = difference(ballot(Counter({"o1": 1}), grp="neu"), "alt", {"o2": 1})
    assert dict(change) == {Mark(7, 2, "alt", "o1"): 1, Mark(7, 2, "alt", "o2"): -1}


@given(BAGS, BAGS)
def test_difference_is_plus_new_minus_old(new: Counter[str], old: Counter[str]) -> None:
    """What a change adds to the replaced marks are the new ones, and no cell is touched for nothing."""
    change = difference(ballot(new), "", old)
    after = Counter(old)
    for mark, n in change.items():
        after[mark.key] += n
    assert {key: n for key, n in after.items() if n} == dict(new)
    assert 0 not in change.values()
