"""The time of day jumps by an hour while people vote: only what is shown to them depends on it."""

import asyncio
import shutil
import struct
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from uuid import uuid4

import pytest

from poll_server.domain.programme import SessionDraft
from tests.harness.server import PROJECT, StartServer
from tests.web.conftest import NewPerson
from tests.web.events import SINGLE, draft
from tests.web.floor import hall
from tests.web.people import PATIENCE_SECONDS, Desk, ballot_form, receipts

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler (gcc libc6-dev) for a clock"),
]

COUNTDOWN_SECONDS = 15
NOTICED = timedelta(minutes=55)


class Clock:
    """The time of day of a server that is started with ``env``."""

    def __init__(self, folder: Path) -> None:
        self._offset = folder / "clock"
        library = folder / "clock.so"
        source = PROJECT / "tests" / "harness" / "clock.c"
        command = ("cc", "-shared", "-fPIC", "-Wall", "-o", library, source, "-ldl")
        subprocess.run(command, check=True, timeout=60)
        self.jump(0)
        self.env = {"LD_PRELOAD": str(library), "POLL_TEST_CLOCK": str(self._offset)}

    def jump(self, seconds: int) -> None:
        """Put the clock forward or back, from what is right."""
        with self._offset.open("r+b" if self._offset.exists() else "wb") as file:
            file.write(struct.pack("=q", seconds))


@pytest.mark.parametrize("hours", [1, -1])
async def test_clock_jumps(hours: int, tmp_path: Path, start_server: StartServer, new_person: NewPerson) -> None:
    """Cookies hold, votes rank as before, a countdown takes the seconds it was given, and limits keep nobody out."""
    clock = Clock(tmp_path)
    server = await start_server(clock.env)
    counting = replace(SINGLE, rules={"seconds": COUNTDOWN_SECONDS})
    made = await hall(server, SessionDraft(maximum=40), prepared=draft(SINGLE, counting))
    stored, (plain, timed) = made.stored, made.stored.ids
    desk, anna, bert = await Desk.of(await new_person(stored)), await new_person(stored), await new_person(stored)
    line = await anna.take_part()
    await desk.do("open", plain)
    form = ballot_form(await line.until(ballot_form))
    assert form is not None
    assert (await line.vote(form, "o1")).state == "counted"

    async def ask(text: str) -> str:
        fields = {"do": "ask", "session": str(made.session), "submission": str(uuid4()), "text": text}
        response = await bert.post("/questions", fields, hx_request="true")
        return str(response.json()["told"].get("code", ""))

    await bert.get("/questions")
    assert [await ask(f"Was kostet Haus {at}?") for at in range(3)] == [""] * 3
    await desk.do("close", plain)
    await desk.do("show", plain)
    await desk.do("open", timed)
    opened = time.monotonic()
    form = ballot_form(await line.until(lambda frame: (ballot_form(frame) or {}).get("question") == str(timed)))
    assert form is not None
    assert (await line.vote(form, "o1")).state == "counted"

    clock.jump(hours * 3600)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while abs(parsedate_to_datetime((await anna.get()).headers["date"]) - datetime.now(UTC)) < NOTICED:
            pass  # the server takes the time of its answers once a second
    assert (await line.vote(form, "o2", number="2")).state == "counted"
    assert [(await desk.person.get(path)).status_code for path in ("/desk", "/desk/rounds")] == [200] * 2
    assert await ask("Und wer zahlt das?") == ""
    assert receipts(await (await anna.take_part()).until(receipts))[0].answer == "o2"

    await desk.at(int(desk.seen) + 2)
    took = time.monotonic() - opened
    assert COUNTDOWN_SECONDS <= took < COUNTDOWN_SECONDS + 20
    assert (await line.vote(form, "o3", number="3")).state == "refused"
    await desk.do("show", timed)
    later = await new_person(stored)
    assert (await later.get()).status_code == 200
