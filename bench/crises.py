"""What happens to a full hall: half of it votes, some never read, half of it is cut off, the server is killed."""

from collections.abc import Callable

from bench import summary
from bench.clients import Coming, Crowd
from bench.figures import Figure, Votes
from bench.hall import Burst, Hall
from bench.machine import Quiet
from bench.server import Server

VOTERS = 5_000
DEAF_OF = 50
"""One in so many never reads."""
FRAMES_TO_THE_DEAF = 150
"""So many frames go out before the deaf are looked at: more than their sockets and ours hold."""


def measure(server: Server, crowd: Crowd, hall: Hall, quiet: Quiet, rounds: int) -> list[Figure]:
    """Measure all crises with one crowd, which has been in for a while, one after the other."""
    size, voters = crowd.size, min(VOTERS, crowd.size // 2)
    found: list[Figure] = [votes_of_some(f"{voters:,} of {size:,}", hall, size, voters, rounds)]
    found.append(_flicker(server, hall, size, rounds))
    found += _restart(server, hall, size, rounds)
    crowd.deafen(size // DEAF_OF)
    before = server.memory_kib
    for _ in range(FRAMES_TO_THE_DEAF // 3):
        hall.ask()
        hall.clear()
    found.append(votes_of_some(f"{voters:,} of {size:,}, 2 % never read", hall, size, voters, rounds))
    found.append(
        summary.memory("never read", size // DEAF_OF, quiet.wait(), before, server.memory_kib, server.memory_kib)
    )
    return found


def votes_of_some(name: str, hall: Hall, size: int, voters: int, rounds: int) -> Votes:
    """Measure bursts in which some of those who are in vote."""
    return summary.votes(name, size, _bursts(rounds, lambda: burst(hall, voters)), None, None)


def _flicker(server: Server, hall: Hall, size: int, rounds: int) -> Votes:
    bursts = _bursts(rounds, lambda: burst(hall, size, "flicker"))
    return summary.votes("half cut off with votes on their way", size, bursts, None, server.recount())


def _bursts(rounds: int, once: Callable[[], Burst]) -> list[Burst]:
    return [once() for _ in range(rounds + 1)]


def burst(hall: Hall, voters: int, how: str = "vote") -> Burst:
    """Open a question, let so many vote by a command of the crowd's, and take it back."""
    hall.ask()
    votes = hall.vote(voters, how)
    hall.clear()
    return votes


def _restart(server: Server, hall: Hall, size: int, rounds: int) -> list[Figure]:
    bursts = [_comeback(server, hall) for _ in range(rounds)]
    comings = [Coming(burst.told["back"] / 1e6, burst.told["came"]) for burst in bursts]
    name = "back after a kill, voting"
    idle = min(burst.idle for burst in bursts)
    return [
        summary.joins(name, size, idle, comings),
        summary.votes(name, size, [bursts[0], *bursts], None, server.recount()),
    ]


def _comeback(server: Server, hall: Hall) -> Burst:
    hall.ask()
    burst = hall.come_back()
    hall.clear()
    return burst
