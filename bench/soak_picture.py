"""The picture of a soak: memory and times over the minutes, as SVG that needs no fonts or styles of anybody's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.soak import Sample

WIDTH, LEFT, PANEL, GAP = 720, 60, 110, 46
PANELS = (
    ("memory_mib", "Memory of the process, MiB"),
    ("frame_ms", "Question: click to the last of all frames, ms"),
    ("p50_ms", "Votes: half acknowledged after, ms"),
    ("p99_ms", "Votes: 99 % acknowledged after, ms"),
)


def draw(found: Sequence[Sample]) -> str:
    """Return one panel below another, each from zero, with the greatest value and the last minute named."""
    height = len(PANELS) * (PANEL + GAP) + 10
    panels = "".join(
        _panel(number * (PANEL + GAP) + 28, title, [(one.minute, getattr(one, name)) for one in found])
        for number, (name, title) in enumerate(PANELS)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="13" role="img" aria-label="Memory and times stay flat over the minutes">'
        f'<rect width="100%" height="100%" fill="#fff"/>{panels}</svg>\n'
    )


def _panel(top: int, title: str, points: Sequence[tuple[float, float]]) -> str:
    last, most = points[-1][0] or 1.0, max(value for _, value in points) or 1.0
    bottom, right = top + PANEL, WIDTH - 16
    line = " ".join(
        f"{LEFT + (right - LEFT) * minute / last:.1f},{bottom - PANEL * value / most:.1f}" for minute, value in points
    )
    return (
        f'<text x="{LEFT}" y="{top - 9}" fill="#171a2b" font-weight="bold">{title}</text>'
        f'<path d="M{LEFT} {top}V{bottom}H{right}" fill="none" stroke="#8a90ac"/>'
        f'<text x="{LEFT - 6}" y="{top + 9}" text-anchor="end" fill="#404565">{most:.0f}</text>'
        f'<text x="{LEFT - 6}" y="{bottom}" text-anchor="end" fill="#404565">0</text>'
        f'<text x="{right}" y="{bottom + 14}" text-anchor="end" fill="#404565">{last:.0f} min</text>'
        f'<polyline points="{line}" fill="none" stroke="#171aec" stroke-width="1.5"/>'
    )
