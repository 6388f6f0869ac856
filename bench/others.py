"""The same rounds with other servers: without storage, with PostgreSQL, and on all cores as others measure theirs."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

from bench import summary
from bench.clients import Crowd, Floor
from bench.crises import burst
from bench.figures import Figure
from bench.hall import Burst, Hall, Round
from bench.machine import Quiet, on_core
from bench.server import SHIPPED, Server
from tests.harness.postgres import running_cluster

COMPARED = 1_000
STORED, UNSTORED = "with storage", "without storage"


def measure(folder: Path, size: int, rounds: int, quiet: Quiet) -> list[Figure]:
    """Measure all of them, with so many people, but those that are compared with other products."""
    turns = by_turns(folder, size, rounds, quiet)
    found: list[Figure] = [summary.votes(name, size, bursts, None, None) for name, bursts in turns.items()]
    with _postgres() as url, Server(folder / "with-postgres", url) as server:
        seen = _rounds(server, folder, size, rounds, quiet)
        found += summary.fan_outs("PostgreSQL: question", size, [each.question for each in seen])
        found += summary.fan_outs("PostgreSQL: result", size, [each.result for each in seen])
        found.append(_votes("PostgreSQL", size, seen, server.ballots(), server.recount()))
    with _postgres(everywhere=True) as url, Server(folder / "free", url, everywhere=True) as server:
        seen = _rounds(server, folder, min(size, COMPARED), rounds, quiet)
        name = "PostgreSQL, all cores for all"
        found.append(_votes(name, min(size, COMPARED), seen, server.ballots(), server.recount()))
    return found


def by_turns(folder: Path, size: int, rounds: int, quiet: Quiet) -> dict[str, list[Burst]]:
    """Let the crowds of two servers, one without storage, vote by turns, so that the machine is the same for both.

    Gives each one's bursts, the first of which does not count.
    """
    with ExitStack() as stack:
        halls: dict[str, Hall] = {}
        for name, module in ((STORED, SHIPPED), (UNSTORED, "bench.unstored")):
            server = stack.enter_context(Server(folder / name.replace(" ", "-"), module=module))
            crowd = stack.enter_context(Crowd(folder, server.port, size, f"{server.page}/socket", server.page))
            floor = stack.enter_context(Floor(folder))
            crowd.join()
            halls[name] = Hall(server, crowd, floor, crowd, quiet)
        turns = [{name: burst(hall, size) for name, hall in halls.items()} for _ in range(rounds + 1)]
    return {name: [each[name] for each in turns] for name in halls}


def _rounds(server: Server, folder: Path, size: int, rounds: int, quiet: Quiet) -> list[Round]:
    crowd = Crowd(folder, server.port, size, f"{server.page}/socket", server.page)
    with crowd, Floor(folder) as floor, Crowd(folder, floor.port, size) as others:
        crowd.join()
        others.join()
        hall = Hall(server, crowd, floor, others, quiet)
        return [hall.round() for _ in range(rounds + 1)]


def _votes(name: str, size: int, seen: list[Round], stored: int | None, clean: bool | None) -> Figure:
    return summary.votes(name, size, [each.votes for each in seen], stored, clean)


@contextmanager
def _postgres(*, everywhere: bool = False) -> Iterator[str]:
    """Start a throwaway PostgreSQL that waits for the disk, on the server's core; gives an empty database."""
    with ExitStack() as stack:
        with nullcontext() if everywhere else on_core(0):
            cluster = stack.enter_context(running_cluster(durable=True))
        yield cluster.new_database()
