"""``make bench-short``: a few ratios of one run, which must not be a third worse than those that were recorded.

Prints a line of JSON for each ratio; ``--record`` renews ``bench/ratios.json``. It compares no times: server and floor,
stored and unstored take turns on the same machine. What is worse is measured again, twice at most: noise passes.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.clients import Crowd, Floor, build
from bench.hall import Burst, Hall, Round, Turn
from bench.machine import BenchError, Quiet, ending_within, raise_file_limit
from bench.others import STORED, UNSTORED, by_turns
from bench.server import Server, folder

RECORDED = Path(__file__).with_name("ratios.json")
SOCKETS, CORES, ROUNDS, LIMIT_SECONDS = 2_000, 2, 5, 10 * 60
WORSE, ATTEMPTS = 4 / 3, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.short", description="Compare ratios with recorded ones.")
    parser.add_argument("--record", action="store_true", help="renew what is recorded")
    wanted = parser.parse_args(arguments)
    ending_within(LIMIT_SECONDS)
    try:
        if raise_file_limit() < SOCKETS or len(os.sched_getaffinity(0)) < CORES:
            print(f"Nothing is compared: that takes {CORES} cores and {SOCKETS:,} open files.", file=sys.stderr)
            return 0
        return _record() if wanted.record else _compare()
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1


def _record() -> int:
    RECORDED.write_text(json.dumps(_ratios(), indent=2) + "\n", encoding="utf-8")
    return 0


def _compare() -> int:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    worse = dict(recorded)
    for _ in range(ATTEMPTS):
        found = _ratios()
        worse = {name: found[name] for name in worse if found[name] > recorded[name] * WORSE}
        if not worse:
            return 0
    for name, ratio in worse.items():
        print(f"{name}: {ratio} in this run, recorded {recorded[name]}: a third worse.", file=sys.stderr)
    return 1


def _ratios() -> dict[str, float]:
    """Measure once; what is smaller is better."""
    quiet = Quiet()
    with folder() as made:
        build(made)
        rounds = _rounds(made, quiet)
        turns = by_turns(made, SOCKETS, ROUNDS, quiet)
    found = {
        "question frame to floor": _to_floor([each.question for each in rounds]),
        "result frame to floor": _to_floor([each.result for each in rounds]),
        "votes stored to unstored": _last_vote(turns[STORED]) / _last_vote(turns[UNSTORED]),
    }
    found = {name: round(ratio, 2) for name, ratio in found.items()}
    for name, ratio in found.items():
        print(json.dumps({"name": name, "sockets": SOCKETS, "ratio": ratio}), flush=True)
    return found


def _rounds(made: Path, quiet: Quiet) -> list[Round]:
    with Server(made / "frames") as server:
        crowd = Crowd(made, server.port, SOCKETS, f"{server.page}/socket", server.page)
        with crowd, Floor(made) as floor, Crowd(made, floor.port, SOCKETS) as others:
            crowd.join()
            others.join()
            hall = Hall(server, crowd, floor, others, quiet)
            return [hall.round() for _ in range(ROUNDS + 1)][1:]


def _to_floor(turns: Sequence[Turn]) -> float:
    return median(turn.served.last_ms - turn.served.first_ms for turn in turns) / median(
        turn.floor.last_ms - turn.floor.first_ms for turn in turns
    )


def _last_vote(bursts: Sequence[Burst]) -> float:
    return median(each.told["last"] for each in bursts[1:])


if __name__ == "__main__":
    sys.exit(main())
