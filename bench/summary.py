"""From what was seen in some rounds to one figure: medians, sums, ratios."""

from collections.abc import Sequence
from statistics import median

from bench.clients import Coming
from bench.figures import FanOut, Joins, Memory, Votes
from bench.hall import Burst, Turn


def fan_outs(name: str, size: int, turns: Sequence[Turn]) -> list[FanOut]:
    """Return the two figures of one sort of frame; the first round warms up."""
    counted = turns[1:]
    floor = median(turn.floor.last_ms for turn in counted)
    times = {
        "from click to last": [turn.served.last_ms for turn in counted],
        "from first to last": [turn.served.last_ms - turn.served.first_ms for turn in counted],
    }
    return [
        FanOut(
            name=f"{name} {what}",
            sockets=size,
            rounds=len(counted),
            idle=round(min(turn.idle for turn in counted), 2),
            bytes=counted[-1].served.bytes,
            first_ms=round(median(turn.served.first_ms for turn in counted), 1),
            screen_ms=round(median(turn.screen_ms for turn in counted), 1),
            **spread(some),
            floor_ms=round(floor, 1),
            ratio=round(median(some) / floor, 2),
            missing=sum(turn.served.missing for turn in counted),
            differing=sum(turn.served.differing for turn in counted),
        )
        for what, some in times.items()
    ]


def votes(name: str, size: int, bursts: Sequence[Burst], stored: int | None, clean: bool | None) -> Votes:
    """Return the figure of all bursts; the first warms up, but what became of its votes counts too."""
    timed, told = [burst.told for burst in bursts[1:]], [burst.told for burst in bursts]
    times = [one["last"] / 1e6 for one in timed]
    answered = sum(one["counted"] + one["refused"] for one in told)
    return Votes(
        name=name,
        sockets=size,
        rounds=len(timed),
        idle=round(min(burst.idle for burst in bursts[1:]), 2),
        **spread(times),
        p50_ms=round(median(one["p50"] for one in timed) / 1e6, 1),
        p99_ms=round(median(one["p99"] for one in timed) / 1e6, 1),
        per_second=rate(timed[0]["sent"], times),
        counted=sum(one["counted"] for one in told),
        stored=stored,
        lost=sum(one["sent"] for one in told) - answered,
        refused=sum(one["refused"] for one in told),
        doubled=sum(one["doubled"] for one in told),
        recount_clean=clean,
        ticks=max(one["ticks"] for one in timed),
        stale=max(one["stale"] for one in timed),
        megabytes=round(median(one["came"] / max(one["until"] / 1e9, 1.0) for one in timed) / 1e6, 1),
    )


def joins(name: str, size: int, idle: float, comings: Sequence[Coming]) -> Joins:
    """Return the figure of several crowds, or of one that has come several times."""
    times = [coming.ms for coming in comings]
    return Joins(
        name=name,
        sockets=size,
        rounds=len(times),
        idle=round(idle, 2),
        **spread(times),
        per_second=rate(size, times),
        kilobytes=round(median(coming.bytes for coming in comings) / size / 1000, 1),
    )


def memory(name: str, size: int, idle: float, *kib: int) -> Memory:
    """Return what each of so many connections costs: before they came, when they were quiet, and after they voted."""
    empty, connected, voted = kib
    quiet, used = (round((each - empty) / size, 1) for each in (connected, voted))
    return Memory(name=name, sockets=size, rounds=1, idle=round(idle, 2), quiet_kib=quiet, voted_kib=used)


def spread(times: Sequence[float]) -> dict[str, float]:
    """Return median, least and most of some milliseconds."""
    names = ("median_ms", "least_ms", "most_ms")
    return {name: round(value, 1) for name, value in zip(names, (median(times), min(times), max(times)), strict=True)}


def rate(size: int, times: Sequence[float]) -> int:
    """Return how many that are in a second, by the median."""
    return round(size / median(times) * 1000)
