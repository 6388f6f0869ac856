"""How often one person may do the same thing."""

from poll_server.live.pace import Pace


def test_pace_holds_each_person() -> None:
    """So many times in so many seconds, each person by themselves; what was too fast does not count."""
    pace = Pace(2, 10.0)
    assert [pace.take("anna", at) for at in (0.0, 1.0, 2.0, 9.9, 10.0, 10.5, 11.0)] == [
        *[True] * 2,
        False,
        False,
        True,
        False,
        True,
    ]
    assert pace.take("bert", 2.0)


def test_pace_after_the_clock_was_put_back() -> None:
    """A clock that is put back by an hour keeps nobody waiting for an hour, and the pace holds again soon."""
    pace = Pace(2, 10.0)
    assert [pace.take("anna", at) for at in (3600.0, 3601.0)] == [True, True]
    assert [pace.take("anna", at) for at in (2.0, 3.0, 4.0)] == [True, True, False]
