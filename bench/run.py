"""``make bench``: how fast frames, votes, people and questions get through, beside the least that a server can do.

Prints a line of JSON for each figure on stdout and its progress on stderr; with ``--page`` a page gets the tables.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import questions, tick
from bench.clients import Crowd, Floor, build
from bench.figures import FanOut, Figure, Joins, Memory, Votes, write
from bench.hall import Burst, Hall, Turn
from bench.machine import BenchError, Quiet, ending_within, raise_file_limit
from bench.server import Server, folder

SOCKETS = (1_000, 5_000, 10_000)
ROUNDS = 5
LIMIT_SECONDS = 20 * 60
"""A run that takes longer than this is ended."""
FEW = 50
"""So many come and go before memory is looked at, so that nothing is loaded for the first time afterwards."""
CALM_SECONDS = 22.0
"""After so long everybody has had a heartbeat, and nothing is left of coming in."""


class Round(NamedTuple):
    """A question from its opening to its result."""

    question: Turn
    votes: Burst
    result: Turn


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
    with folder() as made:
        build(made)
        quiet = Quiet()
        for size in sorted({min(size, most) for size in sizes}):
            found += _told(_measure(size, rounds, made, quiet))
        found += _told(tick.measure(quiet.wait()))
        found += _told([questions.measure(made, quiet.wait(), people=min(questions.PEOPLE, max(sizes), most))])
    return found


def _told(figures: Sequence[Figure]) -> Sequence[Figure]:
    for figure in figures:
        print(figure.line(), flush=True)
    return figures


def _measure(size: int, rounds: int, folder: Path, quiet: Quiet) -> list[Figure]:
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
            seen = _rounds(Hall(server, crowd, floor, others, quiet), rounds, lambda: kib.append(server.memory_kib))
        joins = _joins(size, rounds, quiet, new_crowd)
        votes = _votes(size, [each.votes for each in seen], server.ballots(), server.recount())
    asked = _fan_outs("question", size, [each.question for each in seen])
    results = _fan_outs("result", size, [each.result for each in seen])
    return [*asked, *results, votes, joins, _memory(size, idle, *kib)]


def _rounds(hall: Hall, rounds: int, once_voted: Callable[[], None]) -> list[Round]:
    """Return all rounds, one more than count."""
    seen: list[Round] = []
    for number in range(rounds + 1):
        _say(f"  round {number} of {rounds}")
        question, votes = hall.open(), hall.vote()
        if not seen:
            once_voted()
        seen.append(Round(question, votes, hall.show()))
    return seen


def _joins(size: int, rounds: int, quiet: Quiet, new_crowd: Callable[[int], Crowd]) -> Joins:
    """Let new crowds come into a server that has seen one."""
    times: list[float] = []
    idle = 1.0
    for number in range(rounds):
        _say(f"  {size:,} come in, {number + 1} of {rounds}")
        idle = min(idle, quiet.wait())
        with new_crowd(size) as crowd:
            times.append(crowd.join() * 1000)
    return Joins(
        name="joins", sockets=size, rounds=rounds, idle=round(idle, 2), **_spread(times), per_second=_rate(size, times)
    )


def _fan_outs(name: str, size: int, turns: Sequence[Turn]) -> list[FanOut]:
    """Return the two figures of one sort of frame; the first round warms up."""
    counted = turns[1:]
    floor = median(turn.floor.last_ms for turn in counted)
    times = {
        "from_click_to_last": [turn.served.last_ms for turn in counted],
        "from_first_to_last": [turn.served.last_ms - turn.served.first_ms for turn in counted],
    }
    return [
        FanOut(
            name=f"{name}_{what}",
            sockets=size,
            rounds=len(counted),
            idle=round(min(turn.idle for turn in counted), 2),
            bytes=counted[-1].served.bytes,
            **_spread(some),
            floor_ms=round(floor, 1),
            ratio=round(median(some) / floor, 2),
            missing=sum(turn.served.missing for turn in counted),
            differing=sum(turn.served.differing for turn in counted),
        )
        for what, some in times.items()
    ]


def _votes(size: int, bursts: Sequence[Burst], stored: int, clean: bool) -> Votes:
    """Return the figure of all bursts; the first warms up, but what became of its votes counts too."""
    timed, told = [burst.told for burst in bursts[1:]], [burst.told for burst in bursts]
    times = [one["last"] / 1e6 for one in timed]
    answered = sum(one["counted"] + one["refused"] for one in told)
    return Votes(
        name="votes",
        sockets=size,
        rounds=len(timed),
        idle=round(min(burst.idle for burst in bursts[1:]), 2),
        **_spread(times),
        p50_ms=round(median(one["p50"] for one in timed) / 1e6, 1),
        p99_ms=round(median(one["p99"] for one in timed) / 1e6, 1),
        per_second=_rate(size, times),
        counted=sum(one["counted"] for one in told),
        stored=stored,
        lost=sum(one["sent"] for one in told) - answered,
        refused=sum(one["refused"] for one in told),
        doubled=sum(one["doubled"] for one in told),
        recount_clean=clean,
    )


def _memory(size: int, idle: float, empty: int, connected: int, voted: int) -> Memory:
    quiet, used = (round((kib - empty) / size, 1) for kib in (connected, voted))
    return Memory(name="memory", sockets=size, rounds=1, idle=round(idle, 2), quiet_kib=quiet, voted_kib=used)


def _spread(times: Sequence[float]) -> dict[str, float]:
    """Return median, least and most of some milliseconds."""
    names = ("median_ms", "least_ms", "most_ms")
    return {name: round(value, 1) for name, value in zip(names, (median(times), min(times), max(times)), strict=True)}


def _rate(size: int, times: Sequence[float]) -> int:
    return round(size / median(times) * 1000)


if __name__ == "__main__":
    sys.exit(main())
