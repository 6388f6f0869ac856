"""The machine that is measured on: its cores, its limits, whether it is quiet, and what it is."""

import os
import platform
import resource
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

SPARE_FILES = 300
"""Descriptors that a process has open beside its sockets, with the page visits of a crowd that is coming in."""
PACKAGES = ("uvicorn", "uvloop", "httptools", "websockets", "SQLAlchemy")

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)


class BenchError(Exception):
    """A measurement cannot be made; the text says why, and what to do, to whoever runs it."""


def raise_file_limit() -> int:
    """Allow this process, and all that it starts, the most open files; returns how many sockets each can have.

    Raises BenchError when those are hardly any.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2 * SPARE_FILES:
        raise BenchError(f"A process may open only {hard} files here ('ulimit -Hn'): raise that limit and try again.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard - SPARE_FILES


def ending_within(seconds: int) -> None:
    """Leave by an exception when a signal or so much time says so, so that everything that was started is stopped."""
    for number in _ENDINGS:
        signal.signal(number, _end)
    signal.alarm(seconds)


def _end(number: int, _: object) -> None:
    """Leave; a second signal does not disturb that."""
    for each in _ENDINGS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit("This took too long." if number == signal.SIGALRM else "Ended; what was started is stopped.")


@contextmanager
def on_core(place: int) -> Iterator[None]:
    """Keep what is started meanwhile on the first (0) or second (1) of our cores; raises BenchError without it."""
    ours = os.sched_getaffinity(0)
    if place >= len(ours):
        raise BenchError("Two cores are needed, one for the server and one for the clients, and only one is ours.")
    os.sched_setaffinity(0, {sorted(ours)[place]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, ours)


class Quiet:
    """Waits until the machine has nothing else to do: at most 5 s each time, and ``patience`` seconds in all."""

    WINDOW_SECONDS = 0.4
    ENOUGH = 0.93
    LIMIT_SECONDS = 5.0

    def __init__(self, patience: float = 120.0) -> None:
        self._patience = patience

    def wait(self) -> float:
        """Return the share of all cores' time that was idle just before this returns."""
        begun = time.monotonic()
        limit = min(self.LIMIT_SECONDS, self._patience)
        while True:
            idle, spent = self._idle(), time.monotonic() - begun
            if idle >= self.ENOUGH or spent >= limit:
                self._patience -= spent
                return idle

    def _idle(self) -> float:
        idle_before, all_before = _ticks()
        time.sleep(self.WINDOW_SECONDS)
        idle_after, all_after = _ticks()
        return (idle_after - idle_before) / (all_after - all_before)


def _ticks() -> tuple[int, int]:
    # proc(5): user, nice, system, idle, iowait, irq, softirq, steal.
    ticks = [int(word) for word in Path("/proc/stat").read_text().split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def description() -> str:
    """Return a sentence or two on machine and versions; nothing in them names the machine."""
    processor = (
        Path("/proc/cpuinfo").read_text().partition("model name")[2].partition(":")[2].partition("\n")[0].strip()
    )
    gibibytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{os.cpu_count()} cores ({processor or platform.machine()}), {gibibytes:.0f} GiB, "
        f"Linux {platform.release().partition('-')[0]}. Python {platform.python_version()}, {packages}, "
        f"SQLite {sqlite3.sqlite_version}."
    )
