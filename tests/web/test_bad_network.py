"""Twelve phones whose network loses every fifth packet and takes 300 ms each way."""

import asyncio
import json
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.harness import lossy
from tests.harness.server import PROJECT
from tests.web.bad_network import ANSWERS, LIMIT_SECONDS, PEOPLE

LOSS, DELAY_SECONDS = 0.2, 0.3


@pytest.mark.long
@pytest.mark.skipif(not lossy.works(), reason="this machine allows no network of one's own (namespaces, /dev/net/tun)")
async def test_lossy_network(tmp_path: Path) -> None:
    """Everybody comes in, votes and changes the vote; each counts once, and who has a good network waits for nobody."""
    program = (sys.executable, "-m", "tests.web.bad_network", str(tmp_path / "data"))
    carried = (sys.executable, "-m", "tests.harness.lossy", str(LOSS), str(DELAY_SECONDS), *program)
    process = await asyncio.create_subprocess_exec(*lossy.UNSHARE, *carried, stdout=PIPE, stderr=PIPE, cwd=PROJECT)
    try:
        out, err = await asyncio.wait_for(process.communicate(), LIMIT_SECONDS + 30)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, err.decode()
    told = json.loads(out)
    assert (told["ballots"], told["closed"]) == (PEOPLE + 1, True)
    # Nobody is done before one packet each way for handshake, page, socket and votes: the network was a bad one.
    assert told["seconds"] > (4 + len(ANSWERS)) * 2 * DELAY_SECONDS
    with closing(sqlite3.connect(tmp_path / "data" / "poll.sqlite3")) as database:
        tally = dict(database.execute("SELECT key, n FROM tally WHERE n > 0").fetchall())
    assert tally == {"#": PEOPLE + 1, **Counter({ANSWERS[-1]: PEOPLE, "o1": 1})}
