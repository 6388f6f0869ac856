"""``make bench``: how fast frames, votes, people and questions get through, beside the least that a server can do.

Prints a line of JSON for each figure on stdout and its progress on stderr; with ``--page`` a page gets the tables.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import behind, blocked, exports, organisers, others, questions, summary, tick
from bench.clients import Coming, Crowd, Floor, build
from bench.crises import VOTERS
from bench.crises import measure as measure_crises
from bench.figures import Figure, Joins
from bench.hall import Hall
from bench.machine import BenchError, Quiet, ending_within, raise_file_limit
from bench.page import write
from bench.server import Server, folder

SOCKETS = (1_000, 5_000, 10_000)
ROUNDS = 5
LIMIT_SECONDS = 60 * 60
"""A run that takes longer than this is ended."""
FEW = 50
"""So many come and go before memory is looked at, so that nothing is loaded for the first time afterwards."""
CALM_SECONDS = 22.0
"""After so long everybody has had a heartbeat, and nothing is left of coming in."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    wanted = _arguments().parse_args(arguments)
    ending_within(LIMIT_SECONDS)
    try:
        found = _measure_all(wanted.sockets, wanted.rounds)
        if wanted.page:
            write(wanted.page, found)
    except BenchError as error:
        _say(str(error))
        return 1
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Measure the server beside the floor.")
    parser.add_argument("--sockets", type=int, nargs="+", default=SOCKETS, help="how many, one or several numbers")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds that count, after one that does not")
    parser.add_argument("--page", type=Path, help="Markdown page whose part between two markers is renewed")
    return parser


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _measure_all(sizes: Sequence[int], rounds: int) -> list[Figure]:
    most = raise_file_limit()
    if most < max(sizes):
        _say(f"Only {most:,} sockets fit the limit of open files ('ulimit -Hn'): measuring with these instead of more.")
    found: list[Figure] = []
    behind.check()
    with folder() as made:
        build(made)
        quiet = Quiet()
        for size in sorted({min(size, most) for size in sizes}):
            found += _told(_measure(size, rounds, made, quiet, crises=size == min(max(sizes), most)))
        found += _told(blocked.measure(made, min(max(sizes), most), rounds, quiet))
        found += _told(others.measure(made, min(VOTERS, max(sizes), most), rounds, quiet))
        found += _told(behind.measure(made, min(VOTERS, max(sizes), most), rounds, quiet))
        found += _told(tick.measure(quiet.wait()))
        found += _told(organisers.measure(made, quiet))
        found += _told(exports.measure(made, quiet))
        found += _told([questions.measure(made, quiet.wait(), people=min(questions.PEOPLE, max(sizes), most))])
    return found


def _told(figures: Sequence[Figure]) -> Sequence[Figure]:
    for figure in figures:
        print(figure.line(), flush=True)
    return figures


def _measure(size: int, rounds: int, folder: Path, quiet: Quiet, *, crises: bool) -> list[Figure]:
    """Return all figures of one size."""
    with Server(folder / f"data-{size}") as server:

        def new_crowd(size: int) -> Crowd:
            return Crowd(folder, server.port, size, f"{server.page}/socket", server.page)

        with new_crowd(FEW) as few:
            few.join()
        idle = quiet.wait()
        kib = [server.memory_kib]
        _say(f"{size:,} come in.")
        with new_crowd(size) as crowd, Floor(folder) as floor, Crowd(folder, floor.port, size) as others:
            crowd.join()
            others.join()
            time.sleep(CALM_SECONDS)
            kib.append(server.memory_kib)
            hall = Hall(server, crowd, floor, others, quiet)
            seen = [hall.round(lambda: kib.append(server.memory_kib))]
            seen += [hall.round() for _ in range(rounds)]
            bursts = [each.votes for each in seen]
            found: list[Figure] = [summary.votes("everybody", size, bursts, server.ballots(), server.recount())]
            if crises:
                found += measure_crises(server, crowd, hall, quiet, rounds)
        found.append(_joins("page and socket", size, rounds, quiet, new_crowd))
        found.append(_joins("first visit, with all it needs", size, rounds, quiet, new_crowd, server.assets()))
    asked = summary.fan_outs("question", size, [each.question for each in seen])
    results = summary.fan_outs("result", size, [each.result for each in seen])
    return [*asked, *results, *found, summary.memory("everybody", size, idle, *kib)]


def _joins(
    name: str, size: int, rounds: int, quiet: Quiet, new_crowd: Callable[[int], Crowd], assets: Sequence[str] = ()
) -> Joins:
    """Let new crowds come into a server that has seen one."""
    comings: list[Coming] = []
    idle = 1.0
    for number in range(rounds):
        _say(f"  {size:,} come in, {number + 1} of {rounds}: {name}")
        idle = min(idle, quiet.wait())
        with new_crowd(size) as crowd:
            comings.append(crowd.join(assets))
    return summary.joins(name, size, idle, comings)


if __name__ == "__main__":
    sys.exit(main())
