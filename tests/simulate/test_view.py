"""What a terminal, a file and a program get to see."""

import asyncio
import io
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields, replace

from rich.console import Console

from poll_server.simulate import Report
from poll_server.simulate.report import Ledger, Row
from poll_server.simulate.view import picture, summary
from tests.simulate.liar import Liar, Vote, honest, listening, swapping

PATIENCE_SECONDS = 20
SHOW = "import sys; from poll_server.simulate import show; sys.exit(show(sys.argv[1], 3, pace=50, as_json={as_json}))"


def _report() -> Report:
    rows = (
        Row("Wohnraum", "1.200", "60\u202f%"),
        Row("[bold]Bus[/bold] und Bahn und noch viel mehr", "800", "40\u202f%"),
    )
    return replace(
        Ledger().report(200, 42),
        arrived=200,
        connected=187,
        frames=4812,
        bytes=3_100_000,
        votes=318,
        acknowledged=316,
        refused=2,
        p50=0.0031,
        p99=0.0142,
        title="Was braucht Ihre Stadt am dringendsten?",
        state="shown",
        answered="2.000",
        rows=rows,
    )


def test_summary_has_four_lines() -> None:
    """Everything that was counted, in words."""
    assert summary(_report()).splitlines() == [
        "200 of 200 participants in 42 s, 0 reconnects, 4,812 frames, 3.1 MB, 0 errors",
        "318 votes (0 changes): 316 counted, 2 refused, 0 without a final word",
        "from sending to acknowledgement: p50 3 ms, p99 14 ms",
        "lost 0, doubled 0",
    ]


def test_picture_fits_eighty_columns() -> None:
    """The view shows question, state and result as they are, and no line is longer than 80."""
    console = Console(file=io.StringIO(), width=80, color_system=None)
    with console.capture() as captured:
        console.print(picture(_report()))
    lines = captured.get().splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert [line.strip("│ ") for line in lines[1:3]] == [
        "Was braucht Ihre Stadt am dringendsten?",
        "shown   187 of 200 are here   2.000 have answered",
    ]
    assert [line.strip("│ ").split("  ")[0] for line in lines[4:6]] == [
        "Wohnraum",
        "[bold]Bus[/bold] und Bahn und n… ━━━━━━━━━━━━━━━━",
    ]


@asynccontextmanager
async def _shown(liar: Liar, *, as_json: bool) -> AsyncIterator[tuple[Process, asyncio.Event]]:
    """`show` in a process of its own, and an event for its first vote."""
    voted = asyncio.Event()
    tell = liar.tell

    def heard(vote: Vote) -> list[str]:
        voted.set()
        return tell(vote)

    liar.tell = heard
    async with listening(liar):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SHOW.format(as_json=as_json), liar.url, stdout=PIPE, stderr=PIPE
        )
        try:
            yield process, voted
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _ended(liar: Liar, *, as_json: bool) -> tuple[int | None, list[str], str]:
    """Exit code, lines and errors of a `show` that is ended by SIGTERM after its first vote."""
    async with _shown(liar, as_json=as_json) as (process, voted):
        await asyncio.wait_for(voted.wait(), PATIENCE_SECONDS)
        process.terminate()
        output, errors = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
        return process.returncode, output.decode().splitlines(), errors.decode()


async def test_show_ends_in_order_when_asked_to() -> None:
    """SIGTERM makes it wait for the last words and print one line of JSON: everything in a report."""
    code, (line,), errors = await _ended(Liar(honest), as_json=True)
    told = json.loads(line)
    assert (code, errors, sorted(told)) == (0, "", sorted(field.name for field in fields(Report)))
    assert (told["lost"], told["doubled"], told["pending"], told["acknowledged"] > 0) == (0, 0, 0, True)


async def test_show_tells_by_its_exit_code_that_something_was_doubled() -> None:
    """A server that lies makes it end with 1."""
    code, (line,), _ = await _ended(Liar(swapping), as_json=True)
    assert (code, json.loads(line)["doubled"] > 0) == (1, True)


async def test_show_writes_plain_lines_where_no_terminal_is() -> None:
    """No colours and no cursor movements: lines, and the summary at the end."""
    code, lines, errors = await _ended(Liar(honest), as_json=False)
    assert (code, errors, lines[-1]) == (0, "", "lost 0, doubled 0")
    assert [line for line in lines if not line.isprintable()] == []


async def test_show_without_event_says_so() -> None:
    """Where no event is it ends with 2 and a sentence."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SHOW.format(as_json=True), "http://127.0.0.1:9/e/x", stdout=PIPE, stderr=PIPE
    )
    output, errors = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
    assert (process.returncode, output) == (2, b"")
    assert errors.decode() == "http://127.0.0.1:9/e/x cannot be reached: All connection attempts failed.\n"
