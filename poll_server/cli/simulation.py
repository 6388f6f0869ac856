"""Simulated participants: `simulate`."""

from typing import Annotated

import typer

from poll_server.simulate import show


def simulate(
    url: Annotated[str, typer.Argument(help="The audience's page of an event.", metavar="URL")],
    *,
    participants: Annotated[int, typer.Option(min=1, max=5000, help="How many.")] = 50,
    seconds: Annotated[float | None, typer.Option(min=0, help="Ends after so many seconds; else by Ctrl-C.")] = None,
    pace: Annotated[float, typer.Option(min=0.01, help="How fast they are: 1 as in life.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed is another crowd.")] = 1,
    alone: Annotated[bool, typer.Option("--alone", help="Nobody else takes part, so doubled votes are seen.")] = False,
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="Vote only while the pages say rehearsal.")] = False,
    attached: Annotated[bool, typer.Option("--attached", help="End with the standard input, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON at the end.")] = False,
) -> None:
    """Let simulated participants take part; ends with 1 if a vote was lost or doubled."""
    found = show(
        url,
        participants,
        seconds=seconds,
        pace=pace,
        seed=seed,
        alone=alone,
        rehearsal=rehearsal,
        attached=attached,
        as_json=as_json,
    )
    raise typer.Exit(found)
