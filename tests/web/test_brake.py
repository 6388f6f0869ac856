"""Who guesses passwords is slowed down, and nobody is kept out for good."""

from poll_server.domain.accounts import WAIT_MAXIMUM
from poll_server.web.brake import FORGOTTEN_SECONDS, REMEMBERED_MAXIMUM, Brake


class Clock:
    """Seconds that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        """The seconds now."""
        return self.now


def test_brake_counts_attempts_before_they_are_checked() -> None:
    """Of many attempts at the same moment no more than the free ones are tried."""
    brake = Brake(Clock())
    assert [brake.take({"account kim": 5}) for _ in range(7)] == [0, 0, 0, 0, 0, 2, 2]


def test_brake_lets_try_again_after_at_most_a_minute() -> None:
    """However often it failed, after the wait there is one attempt more; refused ones do not make it longer."""
    clock = Clock()
    brake = Brake(clock)
    waits = []
    for _ in range(12):
        while wait := brake.take({"account kim": 5}):
            waits.append(wait)
            clock.now += wait
    assert waits == [2, 4, 8, 16, 32, WAIT_MAXIMUM, WAIT_MAXIMUM]


def test_brake_forgets() -> None:
    """A right password takes its attempt back; after an hour everything is forgotten."""
    clock = Clock()
    brake = Brake(clock)
    for _ in range(50):
        assert brake.take({"account kim": 5}) == 0
        brake.succeed({"account kim": 5})
    for _ in range(5):
        brake.take({"account kim": 5})
    assert brake.take({"account kim": 5}) == 2
    clock.now += FORGOTTEN_SECONDS + 1
    assert brake.take({"account kim": 5}) == 0


def test_brake_waits_for_the_slowest_of_its_keys_and_counts_none_then() -> None:
    """An attempt that has to wait for its account is not counted for its network."""
    brake = Brake(Clock())
    for _ in range(5):
        brake.take({"account kim": 5, "network a": 20})
    assert [brake.take({"account kim": 5, "network a": 20}) for _ in range(30)] == [2] * 30
    assert brake.take({"account alex": 5, "network a": 20}) == 0
    assert brake.take({"account kim": 5}) == 2


def test_brake_remembers_no_more_than_it_may() -> None:
    """However many names somebody tries, memory is bounded; the oldest is forgotten first."""
    brake = Brake(Clock())
    for number in range(REMEMBERED_MAXIMUM + 1):
        brake.take({f"account {number}": 1})
    assert [brake.take({f"account {number}": 1}) for number in (REMEMBERED_MAXIMUM, 0)] == [2, 0]
