"""Numbers over the time of a day."""

from datetime import UTC, datetime, timedelta

from poll_server.domain.overtime import STEPS_MAXIMUM, over_time

NINE = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_minutes_without_a_number_are_nought() -> None:
    """Between the first and the last minute each has a step."""
    found = over_time([(NINE, 3), (NINE + timedelta(minutes=3), 5)], max)
    assert ([step.n for step in found.steps], found.minutes, found.most) == ([3, 0, 0, 5], 1, 5)
    assert found.peak == found.steps[3]


def test_long_days_have_longer_steps() -> None:
    """Of what was read the greatest of a step stays, what happened is added up; a day fits into a picture."""
    minutes = [(NINE + timedelta(minutes=at), 1 + at % 2) for at in range(600)]
    most, sums = over_time(minutes, max), over_time(minutes, sum)
    assert {step.n for step in most.steps} == {2}
    assert sum(step.n for step in sums.steps) == 900
    assert len(most.steps) == len(sums.steps) <= STEPS_MAXIMUM
    day = over_time([(NINE, 1), (NINE + timedelta(hours=24), 1)], max)
    assert (len(day.steps), day.minutes) == (25, 60)


def test_nothing_has_no_steps() -> None:
    """Without numbers there is no picture."""
    assert (over_time([], sum).steps, over_time([], sum).peak, over_time([], sum).most) == ((), None, 0)
