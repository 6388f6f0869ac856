"""What is counted of the server's own work."""

from hypothesis import given
from hypothesis import strategies as st

from poll_server.live.meters import Spread, Writing

TIMES = st.lists(st.floats(0, 20), max_size=30).map(sorted)


@given(st.lists(TIMES, max_size=5))
def test_spread_counts_as_one_by_one(batches: list[list[float]]) -> None:
    """Batches that are added at once give the same numbers as each value by itself."""
    spread = Spread(0.5, 1, 10)
    for batch in batches:
        spread.add(batch)
    values = [value for batch in batches for value in batch]
    assert spread.up_to == [sum(value <= bound for value in values) for bound in spread.bounds]
    assert (spread.count, round(spread.sum, 6)) == (len(values), round(sum(values), 6))


@given(st.lists(st.floats(0, 20), max_size=30))
def test_answered_votes_are_spread_by_their_wait(begun: list[float]) -> None:
    """Whatever the order in which votes came, each counts with how long it waited."""
    writing, expected = Writing(), Spread(*Writing().acknowledgements.bounds)
    writing.note_answered(begun, 20)
    expected.add(sorted(20 - since for since in begun))
    found = writing.acknowledgements
    assert (found.up_to, found.count) == (expected.up_to, len(begun))
