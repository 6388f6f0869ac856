"""What people at a terminal see of a simulation: a live view, plain lines, or one line of JSON."""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from poll_server.simulate.crowd import NotThereError, Watch, simulate
from poll_server.simulate.frames import figure
from poll_server.simulate.report import Report, Row

WIDTH = 80
ROWS_SHOWN = 12
LINE_SECONDS = 10.0


def show(
    url: str,
    participants: int,
    *,
    seconds: float | None = None,
    pace: float = 1.0,
    seed: int = 1,
    alone: bool = False,
    rehearsal: bool = False,
    attached: bool = False,
    as_json: bool = False,
) -> int:
    """Run a simulation until its time is over, Ctrl-C or SIGTERM, and print what was found.

    ``attached`` ends it with the standard input, too.
    At a terminal the view is live, elsewhere it is a line now and then; with ``as_json`` it is one line at the end.
    Returns the exit code: 0, 1 when something was lost or doubled, 2 when there is no event at ``url``.
    """
    console = Console(width=WIDTH, highlight=False)
    live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal and not as_json else None
    try:
        with live or nullcontext():
            watch = _watch(console, live, as_json)
            taking_part = partial(
                simulate, url, participants, seconds=seconds, pace=pace, seed=seed, alone=alone, rehearsal=rehearsal
            )
            report = asyncio.run(_until_signal(taking_part, watch, attached))
    except NotThereError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(asdict(report), ensure_ascii=False) if as_json else summary(report))
    return int(report.failed)


class _End(asyncio.Protocol):
    """Tells of the end of a pipe."""

    def __init__(self, ended: Callable[[], None]) -> None:
        self._ended = ended

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended."""
        self._ended()


async def _until_signal(taking_part: Callable[..., Awaitable[Report]], watch: Watch, attached: bool) -> Report:
    """Simulate; the first signal ends it in order, the second at once."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def leave() -> None:
        stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, leave)
    if attached:
        await loop.connect_read_pipe(lambda: _End(stop.set), sys.stdin)
    return await taking_part(watch=watch, stop=stop)


def summary(report: Report) -> str:
    """What was found, in four lines, and one about questions to the panel if there were any."""
    return "\n".join(
        (
            f"{report.arrived} of {report.participants} participants in {report.seconds:.0f} s,"
            f" {report.reconnects} reconnects, {report.frames:,} frames, {_size(report.bytes)}, {report.errors} errors",
            f"{report.votes} votes ({report.changes} changes): {report.acknowledged} counted,"
            f" {report.refused} refused, {report.pending} without a final word",
            f"from sending to acknowledgement: p50 {_milliseconds(report.p50)}, p99 {_milliseconds(report.p99)}",
            *_of_questions(report),
            f"lost {report.lost}, doubled {report.doubled}",
        )
    )


def _of_questions(report: Report) -> tuple[str, ...]:
    if not (report.asked or report.backings):
        return ()
    return (f"{report.asked} questions to the panel: {report.questions_stored} stored, {report.backings} backings",)


def picture(report: Report, width: int = WIDTH) -> RenderableType:
    """The live view: what the crowd sees, and what became of the votes."""
    state = f"{report.state or 'no question'}   {report.connected} of {report.participants} are here"
    answered = f"   {report.answered} have answered" if report.answered else ""
    stage = Panel(
        Group(Text(report.title, style="bold"), Text(state + answered), *_result(report.rows)),
        title="What the crowd sees",
        title_align="left",
        box=box.ROUNDED,
        width=width,
    )
    return Group(stage, Text(summary(report), style="red" if report.failed else ""))


def _result(rows: tuple[Row, ...]) -> tuple[RenderableType, ...]:
    """The numbers in sight as bars; nothing when none are."""
    counts = [figure({"": row.count}, "") or 0 for row in rows]
    table = Table.grid(padding=(0, 1))
    table.add_column(max_width=32, no_wrap=True, overflow="ellipsis")
    for row, count in list(zip(rows, counts, strict=True))[:ROWS_SHOWN]:
        bar = ProgressBar(
            total=max(1, *counts), completed=count, width=24, complete_style="blue", finished_style="blue"
        )
        table.add_row(Text(row.label), bar, Text(row.count, justify="right"), Text(row.share, justify="right"))
    return (Text(), table) if rows else ()


def _watch(console: Console, live: Live | None, silent: bool) -> Watch:
    if silent:
        return lambda report: None
    return _Lines(console) if live is None else lambda report: live.update(picture(report), refresh=True)


class _Lines:
    """A line when something new is on the stage, and every ten seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown = ("", "")
        self._next = 0.0

    def __call__(self, report: Report) -> None:
        """Print the line if it is time for one."""
        now = (report.title, report.state)
        if not report.title or (now == self._shown and report.seconds < self._next):
            return
        self._shown, self._next = now, report.seconds + LINE_SECONDS
        line = (
            f"{report.seconds:4.0f} s  {report.state or 'no question'}: {report.title}  here {report.connected},"
            f" counted {report.acknowledged}, lost {report.lost}, doubled {report.doubled}"
        )
        self._console.print(Text(line), soft_wrap=True)


def _milliseconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.0f} ms"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"
