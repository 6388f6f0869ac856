"""Half an hour with 2,000 people who come and go, question after question: memory and latency must stay flat.

    .venv/bin/python -m bench.soak --picture docs/pictures/soak.svg

Prints a line of JSON for each question. Every quarter of a minute the eighth of all that came first leaves and as many
others come, then a question is opened, all vote at the same instant, and it is closed and discarded.
"""

import argparse
import json
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench.clients import Crowd, build
from bench.hall import message
from bench.machine import BenchError, ending_within, raise_file_limit
from bench.server import Server, folder
from bench.soak_picture import draw

PEOPLE, PARTS, MINUTES, EVERY_SECONDS = 2_000, 8, 30.0, 15.0
MORE_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One question: milliseconds to the last frame and to the acknowledgements; ``wrong`` votes are lost or doubled."""

    minute: float
    memory_mib: float
    frame_ms: float
    p50_ms: float
    p99_ms: float
    wrong: int


class Visitors:
    """Crowds of equal size; the oldest one leaves when another comes."""

    def __init__(self, new_crowd: Callable[[], Crowd], threads: ThreadPoolExecutor) -> None:
        self._new_crowd = new_crowd
        self._threads = threads
        self._open: deque[tuple[Crowd, ExitStack]] = deque()

    def come(self) -> None:
        """Let one more crowd in."""
        stack = ExitStack()
        crowd = stack.enter_context(self._new_crowd())
        self._open.append((crowd, stack))
        crowd.join()

    def leave(self, crowds: int = 1) -> None:
        """Let so many crowds go that came first."""
        for _ in range(crowds):
            self._open.popleft()[1].close()

    def see(self, mark: str, press: Callable[[], object]) -> float:
        """Do what causes a frame with ``mark`` and return the milliseconds until everybody has it."""
        for crowd, _ in self._open:
            crowd.ask(f"await {mark}")
        begun = time.monotonic_ns()
        press()
        told = [crowd.hear() for crowd, _ in self._open]
        if any(one["got"] != crowd.size for one, (crowd, _) in zip(told, self._open, strict=True)):
            raise BenchError(f"Not everybody got the frame with {mark}.")
        return (max(one["last"] for one in told) - begun) / 1e6

    def vote(self) -> list[dict[str, int]]:
        """Let everybody vote and return what each crowd counted."""
        commands = [f"vote {crowd.size} {message(crowd)}" for crowd, _ in self._open]
        crowds = [crowd for crowd, _ in self._open]
        return list(self._threads.map(Crowd.ask, crowds, commands))


def measure(made: Path, minutes: float) -> tuple[list[Sample], bool]:
    """Return a sample for each question, and whether the tallies equal the ballots at the end."""
    found: list[Sample] = []
    with ExitStack() as stack:
        server = stack.enter_context(Server(made / "soak"))
        threads = stack.enter_context(ThreadPoolExecutor(PARTS))
        visitors = Visitors(
            lambda: Crowd(made, server.port, PEOPLE // PARTS, f"{server.page}/socket", server.page), threads
        )
        for _ in range(PARTS):
            visitors.come()
        stack.callback(visitors.leave, PARTS)
        begun = time.monotonic()
        while (now := time.monotonic() - begun) < 60 * minutes:
            visitors.leave()
            visitors.come()
            found.append(_question(server, visitors, now / 60))
            print(json.dumps(asdict(found[-1])), flush=True)
            time.sleep(max(0.0, now + EVERY_SECONDS - (time.monotonic() - begun)))
        return found, server.recount()


def _question(server: Server, visitors: Visitors, minute: float) -> Sample:
    button = server.button("open")
    frame = visitors.see('name="wave"', button.press)
    button.check()
    told = visitors.vote()
    memory = server.memory_kib / 1024
    button = server.button("close")
    visitors.see('data-state="closed"', button.press)
    button.check()
    server.click("discard")
    return Sample(
        minute=round(minute, 2),
        memory_mib=round(memory, 1),
        frame_ms=round(frame, 1),
        p50_ms=round(max(one["p50"] for one in told) / 1e6, 1),
        p99_ms=round(max(one["p99"] for one in told) / 1e6, 1),
        wrong=sum(one["sent"] - one["counted"] + one["doubled"] for one in told),
    )


def summary(found: Sequence[Sample]) -> str:
    """Return how the last third of the time compares with the second, medians each."""
    third = len(found) // 3
    parts = []
    for name, unit in (("memory_mib", "MiB"), ("frame_ms", "ms"), ("p50_ms", "ms"), ("p99_ms", "ms")):
        earlier, later = (
            median(getattr(one, name) for one in some) for some in (found[third : 2 * third], found[2 * third :])
        )
        parts.append(f"{name} {earlier:.1f} → {later:.1f} {unit}")
    return f"{len(found)} questions, {sum(one.wrong for one in found)} votes lost or doubled; " + ", ".join(parts)


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description="Half an hour of coming and going.")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long")
    parser.add_argument("--picture", type=Path, help="SVG file that shows it")
    wanted = parser.parse_args()
    ending_within(round(60 * wanted.minutes) + MORE_SECONDS)
    raise_file_limit()
    try:
        with folder() as made:
            build(made)
            found, clean = measure(made, wanted.minutes)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{summary(found)}; recount {'clean' if clean else 'differs'}", file=sys.stderr)
    if wanted.picture:
        wanted.picture.write_text(draw(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
