"""One in five has no socket and asks for what is new every three seconds, while the others vote."""

import time
from pathlib import Path

from bench.clients import Crowd, Floor, Pollers
from bench.crises import VOTERS, votes_of_some
from bench.figures import Figure, Polling
from bench.hall import Hall
from bench.machine import Quiet
from bench.server import Server

BLOCKED_OF = 5
ASKING_SECONDS = 9.0


def measure(folder: Path, size: int, rounds: int, quiet: Quiet) -> list[Figure]:
    """Measure bursts of votes without those who ask, how they are answered, and bursts with them."""
    asking, sockets = size // BLOCKED_OF, size - size // BLOCKED_OF
    voters = min(VOTERS, sockets)
    with Server(folder / "blocked") as server:
        crowd = Crowd(folder, server.port, sockets, f"{server.page}/socket", server.page)
        with crowd, Floor(folder) as floor, Pollers(folder, server.port, asking, server.page) as pollers:
            crowd.join()
            hall = Hall(server, crowd, floor, crowd, quiet)
            alone = votes_of_some(f"{voters:,} of {sockets:,}, nobody asks", hall, sockets, voters, rounds)
            pollers.join()
            pollers.ask("report")
            time.sleep(ASKING_SECONDS)
            told = pollers.ask("report")
            hall = Hall(server, crowd, floor, crowd, Quiet(patience=0))
            beside = votes_of_some(f"{voters:,} of {sockets:,}, {asking:,} ask", hall, sockets, voters, rounds)
    polling = Polling(
        name="nothing is new",
        sockets=asking,
        rounds=1,
        idle=alone.idle,
        per_second=round(told["answers"] / ASKING_SECONDS),
        unchanged=round(told["unchanged"] / max(told["answers"], 1), 3),
        p99_ms=round(told["p99"] / 1e6, 1),
        lost=told["lost"],
    )
    return [alone, beside, polling]
