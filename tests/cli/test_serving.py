"""`serve`, `demo` and `migrate`; the servers are processes of their own."""

import json
import re
from datetime import datetime
from pathlib import Path
from signal import SIGINT, SIGTERM
from zoneinfo import ZoneInfo

import pytest

from poll_server.documents.event_file import example_text, read_event
from poll_server.domain.rounds import State
from poll_server.server import listen
from tests.cli.commands import (
    PATIENCE_SECONDS,
    Ran,
    inside,
    poll_server,
    read_back,
    running,
    stored,
    voted,
    without_sessions,
    written,
)
from tests.harness.visitor import visitor


def has_ipv6() -> bool:
    """Whether one can listen on ::1."""
    try:
        listen("::1", 0).close()
    except OSError:
        return False
    return True


async def test_migrate_brings_a_new_database_to_its_newest_form(data: Path) -> None:
    """An empty folder gets a database that takes events at once, and the command may be repeated."""
    expected = Ran(0, "The database is up to date.\n", "")
    assert [await poll_server("migrate", "--data", data) for _ in range(2)] == [expected] * 2
    assert inside(data) == ["poll.sqlite3"]
    assert (await poll_server("recount", "demo", "--data", data)).err == "There is no event with the code demo.\n"


async def test_demo_prints_its_links_and_serves_them(data: Path) -> None:
    """The first line is JSON with the links of the example event; the server opens them; a second start keeps them."""
    first = await _demo(data)
    base = first["base"]
    links = {"audience", "base", "code", "desk", "podium", "screen"}
    assert set(first) == links | {"organise", "organiser", "password"}
    assert (first["code"], first["audience"]) == ("demo", f"{base}/e/demo")
    assert first["desk"].startswith(f"{base}/e/demo/desk/link/")
    assert first["screen"].startswith(f"{base}/e/demo/screen/link/")
    made = await stored(data, "demo")
    second = await _demo(data)
    assert {name: link.replace(second["base"], base) for name, link in second.items()} == first
    assert await stored(data, "demo") == made


async def test_demo_has_an_organiser_who_signs_in(data: Path) -> None:
    """With the name and password that are printed the organiser of the example event signs in; no page has them."""
    async with running("demo", "--json", "--port", "0", "--data", data) as process:
        assert process.stdout is not None
        links: dict[str, str] = json.loads(await process.stdout.readline())
        form = {"name": links["organiser"], "password": links["password"]}
        async with visitor(links["base"], timeout=PATIENCE_SECONDS) as client:
            pages = [(await client.get(path)).text for path in ("/", "/organise", "/organise/sign-in")]
            signed_in = await client.post("/organise/sign-in", data=form, headers={"origin": links["base"]})
            pages.append((await client.get("/organise")).text)
    assert signed_in.status_code == 303
    assert "/organise/events/demo" in pages[-1]
    assert [page for page in pages if links["password"] in page] == []


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
async def test_demo_on_ipv6(data: Path) -> None:
    """The links of a server that listens on ::1 have its brackets, and lead there."""
    links = await _demo(data, "--host", "::1")
    assert links["base"].rpartition(":")[0] == "http://[::1]"


async def test_demo_is_always_today(data: Path, example: Path) -> None:
    """The demo's event of another day moves to today, the programme at its times; what was answered stays."""
    written(example, example_text().replace("date: today", "date: 2026-03-28"))
    await poll_server("event", "create", example, "--data", data)
    await voted(data, "demo")
    await _demo(data)
    event = await stored(data, "demo")
    today = datetime.now(ZoneInfo(event.time_zone)).date()
    assert (event.day, read_back(event)) == (today, without_sessions(read_event(example_text(), today)))
    assert (await poll_server("recount", "demo", "--data", data)).code == 0
    assert next(event.questions).state is State.OPEN


async def test_demo_tells_people_what_to_open(data: Path) -> None:
    """Without --json there is a short text, without colours where no terminal is, and one line after Ctrl-C."""
    async with running("demo", "--port", "0", "--data", data) as process:
        assert process.stdout is not None
        said = (await process.stdout.readuntil(b"Ctrl-C ends it.\n")).decode()
        base = said.partition("/e/demo")[0].splitlines()[-1]
        pages = ["", *(f"/{page}/link/KEY" for page in ("desk", "screen", "podium"))]
        told = [re.sub("[0-9a-f]{32}", "KEY", line) for line in said.splitlines() if line.startswith("http")]
        assert told == [*(f"{base}/e/demo{page}" for page in pages), f"{base}/organise"]
        assert "\033" not in said
        process.send_signal(SIGINT)
        assert await process.stdout.read() == b"\nStopped. Every vote that was acknowledged is stored.\n"
        assert await process.wait() == 0


async def test_demo_on_a_port_that_is_taken(data: Path) -> None:
    """A second server on the same port is told which to take, in one sentence, and makes nothing."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        ran = await poll_server("demo", "--port", str(port), "--data", data)
    told = f"Port {port} is taken. Take another: make demo PORT={port + 1}, or --port {port + 1}.\n"
    assert (ran, inside(data)) == (Ran(1, "", told), None)


async def test_serve_on_an_address_of_another_machine(data: Path) -> None:
    """A host that is not this machine is named, and nothing is made."""
    ran = await poll_server("serve", "--host", "2001:db8::1", "--port", "81", "--data", data)
    assert ran.err.startswith("Host 2001:db8::1, port 81: ")
    assert ran.err.endswith(". Please check --host and --port.\n")
    assert (ran.code, ran.out, inside(data)) == (1, "", None)


async def _demo(data: Path, *options: str) -> dict[str, str]:
    """Run the demo on a free port, open what it prints, end it and give what it printed."""
    async with running("demo", "--json", "--port", "0", "--data", data, *options) as process:
        assert process.stdout is not None
        links: dict[str, str] = json.loads(await process.stdout.readline())
        await _open(links)
        process.terminate()
        assert (await process.stdout.read(), await process.wait()) == (b"", -SIGTERM)
    return links


async def _open(links: dict[str, str]) -> None:
    """Open each link."""
    async with visitor(timeout=PATIENCE_SECONDS) as client:
        found = [await client.get(links[name]) for name in ("base", "audience", "desk", "screen")]
    assert [answer.status_code for answer in found] == [200] * 4
