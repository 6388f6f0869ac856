"""`recount`: all tallies against their ballots."""

import sqlite3
from pathlib import Path

from tests.cli.commands import Ran, poll_server, voted


async def test_recount_of_right_tallies(data: Path, example: Path) -> None:
    """Where every tally is the sum of its ballots, the command says so and ends with 0."""
    await poll_server("event", "create", example, "--data", data)
    await voted(data, "demo")
    ran = await poll_server("recount", "DEMO", "--data", data)
    assert ran == Ran(0, "11 questions: every tally equals its ballots.\n", "")


async def test_recount_of_a_tampered_tally(data: Path, example: Path) -> None:
    """Each number that the ballots contradict is named, and the command ends with 1."""
    await poll_server("event", "create", example, "--data", data)
    question = await voted(data, "demo")
    database = sqlite3.connect(data / "poll.sqlite3")
    with database:
        database.execute("UPDATE tally SET n = 3 WHERE key = 'o1'")
        database.execute("DELETE FROM tally WHERE key = '#'")
    database.close()
    ran = await poll_server("recount", "demo", "--data", data)
    found = f"question {question}, wave 1, mark '#': tally 0, ballots 1\n"
    found += f"question {question}, wave 1, mark 'o1': tally 3, ballots 1\n"
    assert ran == Ran(1, found, "2 numbers differ from the ballots.\n")
