"""Questions from the floor under load: many people back at the pace of a full hall while the list is live.

    .venv/bin/python -m bench.questions --people 500 --backings 5000

The pace is that of 50,000 backings in ten minutes. Clients are Python in a process of their own, on the same machine.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from poll_server.domain.contributions import Contribution, Fate, SessionState
from poll_server.simulate.questions import QUESTIONS
from poll_server.storage import contributions
from poll_server.storage.database import Database

A_SECOND = 50_000 / 600
SEARCHES = 20


@dataclass
class Found:
    """What was measured: seconds from a backing to its acknowledgement, and bytes of frames by what they are."""

    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    frames: dict[str, list[int]] = field(default_factory=dict)
    waiting: dict[tuple[int, str], float] = field(default_factory=dict)

    def hear(self, person: int, frame: str) -> None:
        """Take a frame that came to somebody."""
        if '"told"' in frame[:8]:
            told = json.loads(frame)["told"]
            begun = self.waiting.pop((person, str(told["contribution"])))
            self.latencies.append(time.perf_counter() - begun)
            self.refused += told["state"] != "stored"
        else:
            kind = "figures" if frame.startswith('{"tick"') else "beat" if frame[0] == "{" else "list"
            self.frames.setdefault("own" if 'hx-target="#own"' in frame else kind, []).append(len(frame.encode()))


async def main(people: int, backings: int, size: int) -> None:
    """Measure once and print one line of JSON."""
    with tempfile.TemporaryDirectory() as folder:
        process, links = await _start(Path(folder))
        await _stop(process)
        ids = await _fill(Path(folder), size)
        process, links = await _start(Path(folder))
        try:
            print(json.dumps(await _measure(links, ids, people, backings)))
        finally:
            await _stop(process)


async def _start(folder: Path) -> tuple[asyncio.subprocess.Process, dict[str, str]]:
    command = (sys.executable, "-m", "poll_server", "demo", "--json", "--port", "0", "--data", str(folder))
    quiet = os.environ | {"POLL_LOG_LEVEL": "warning"}
    process = await asyncio.create_subprocess_exec(*command, env=quiet, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    links: dict[str, str] = json.loads(await process.stdout.readline())
    async with httpx2.AsyncClient(trust_env=False) as http:
        while True:
            try:
                await http.get(f"{links['base']}/readyz")
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
            else:
                return process, links


async def _stop(process: asyncio.subprocess.Process) -> None:
    process.terminate()
    await process.communicate()


async def _fill(folder: Path, size: int) -> list[int]:
    """Open the session and store so many accepted questions."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'poll.sqlite3'}")
    async with database.write() as connection:
        (session,) = (await contributions.sessions(connection, 1)).values()
        await contributions.take_step(connection, session, SessionState.OPEN, rehearsal=False)
        new = [
            Contribution(
                0,
                session.item_id,
                f"author{number}",
                UUID(int=number),
                f"{QUESTIONS[number % len(QUESTIONS)].text} ({number})",
                datetime.now(ZoneInfo("Europe/Berlin")),
                fate=Fate.ACCEPTED,
            )
            for number in range(1, size + 1)
        ]
        stored = await contributions.add(connection, new)
    await database.close()
    return sorted(one.id for one in stored.values())


async def _measure(links: dict[str, str], ids: list[int], people: int, backings: int) -> dict[str, object]:
    page, found, rng = f"{links['audience']}/questions", Found(), random.Random(1)
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as http:
        lines = [await _enter(http, page) for _ in range(people)]
        readers = [asyncio.create_task(_read(at, line, found)) for at, line in enumerate(lines)]
        searching = asyncio.create_task(_search(http, links["desk"]))
        pairs = {(rng.randrange(people), ids[int(len(ids) * rng.random() ** 2)]) for _ in range(backings)}
        begun = time.perf_counter()
        for number, (person, id_) in enumerate(pairs):
            await asyncio.sleep(max(0.0, begun + number / A_SECOND - time.perf_counter()))
            found.waiting[person, str(id_)] = time.perf_counter()
            await lines[person].send(json.dumps({"do": "back", "contribution": str(id_)}))
        spent = time.perf_counter() - begun
        searches = await searching
        async with asyncio.timeout(30):
            while found.waiting:  # noqa: ASYNC110 - a bench, told to nobody else
                await asyncio.sleep(0.05)
        for reader in readers:
            reader.cancel()
        for line in lines:
            line.transport.abort()
    ordered = sorted(found.latencies)
    return {
        "people": people,
        "contributions": len(ids),
        "backings": len(pairs),
        "seconds": round(spent, 1),
        "acknowledged_ms": {
            name: round(1000 * _at(ordered, share), 1) for name, share in (("p50", 0.5), ("p99", 0.99))
        },
        "refused": found.refused,
        "search_ms": {"p50": round(1000 * _at(searches, 0.5), 1), "worst": round(1000 * searches[-1], 1)},
        "frames": {name: {"each": len(some) // people, "largest": max(some)} for name, some in found.frames.items()},
    }


async def _enter(http: httpx2.AsyncClient, page: str) -> ClientConnection:
    http.cookies.clear()
    await http.get(page)
    cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    address = page.replace("http:", "ws:") + "/socket"
    headers = {"Cookie": cookie}
    return await connect(address, additional_headers=headers, proxy=None, compression=None, ping_interval=None)


async def _read(person: int, line: ClientConnection, found: Found) -> None:
    async for frame in line:
        assert isinstance(frame, str)
        found.hear(person, frame)


async def _search(http: httpx2.AsyncClient, link: str) -> list[float]:
    """Search at the desk while everybody backs; seconds, least first."""
    path = link.partition("/desk/")[0] + "/desk/questions/state"
    answer = await http.post(link)
    cookie = answer.headers["set-cookie"].partition(";")[0]
    spent = []
    for number in range(SEARCHES):
        begun = time.perf_counter()
        word = QUESTIONS[number].text.split()[-2]
        (await http.get(path, params={"wanted": word}, headers={"cookie": cookie})).raise_for_status()
        spent.append(time.perf_counter() - begun)
        await asyncio.sleep(0.5)
    return sorted(spent)


def _at(ordered: list[float], share: float) -> float:
    return ordered[ceil(share * len(ordered)) - 1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--backings", type=int, default=5000)
    parser.add_argument("--contributions", type=int, default=2000)
    given = parser.parse_args()
    asyncio.run(main(given.people, given.backings, given.contributions))
