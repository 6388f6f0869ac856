"""The systemd unit, what the page installs, and the limit on open files."""

import asyncio
import configparser
import resource
import shutil
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import connect

from poll_server.settings import Settings
from tests.harness.server import PRODUCT, PROJECT, Server
from tests.operations import page
from tests.operations.conftest import environment
from tests.web.events import SINGLE, draft, store
from tests.web.people import Person

UNIT = page.DEPLOY / "poll-server.service"
SOFT_LIMIT, SOCKETS = 256, 300
PHONES = 10_000
# On systemd's scale from 0, well locked up, to 100.
EXPOSURE = "15"


def unit() -> configparser.ConfigParser:
    """The unit as sections and values; of a name that stands twice the last one."""
    found = configparser.ConfigParser(strict=False, interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
    found.read(UNIT)
    return found


def test_unit_runs_what_the_page_installs() -> None:
    """Program, user, settings and data of the unit are those of the page's commands and of the settings."""
    service = unit()["Service"]
    installed = page.commands()
    program, command = service["ExecStart"].split()
    environment_file = service["EnvironmentFile"]
    assert f"{program.rpartition('/')[0]}/pip install -c constraints.txt ." in installed["install"].splitlines()
    assert f"deploy/settings.env > {environment_file}" in installed["settings"]
    assert f"--shell /usr/sbin/nologin {service['User']}\n" in installed["install"]
    data = environment(page.DEPLOY / "settings.env")["POLL_DATA_DIR"]
    assert (command, data) == ("serve", f"/var/lib/{service['StateDirectory']}")


def test_unit_ends_and_limits_as_the_server_needs() -> None:
    """SIGTERM with time for the votes that wait, always up again, and files for ten thousand phones."""
    service = unit()["Service"]
    names = ("KillSignal", "Restart", "NoNewPrivileges", "ProtectSystem", "StateDirectoryMode")
    assert [service[name] for name in names] == ["SIGTERM", "always", "yes", "strict", "0700"]
    assert unit()["Unit"]["StartLimitIntervalSec"] == "0"
    assert int(service["TimeoutStopSec"]) >= 30
    assert int(service["LimitNOFILE"]) >= 2 * PHONES


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize("words", [["verify"], ["security", "--offline=true", f"--threshold={EXPOSURE}"]])
def test_unit_satisfies_systemd(words: list[str], tmp_path: Path) -> None:
    """systemd understands every line of the unit, and finds it well locked up."""
    placed = tmp_path / UNIT.name
    placed.write_text(page.placed(UNIT.read_text(), {"/opt/poll-server/bin/poll-server": sys.executable}))
    command = ["systemd-analyze", *words, str(placed)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_page_installs_every_file() -> None:
    """Each file of deploy/ is put in its place by the commands of the page, and each file that they name is there."""
    everything = "".join(page.commands().values()).split()
    named = {word.removeprefix("deploy/") for word in everything if word.startswith("deploy/")}
    assert named == {file.name for file in page.DEPLOY.iterdir()}


def test_settings_of_the_page_are_settings() -> None:
    """Each line of deploy/settings.env is a setting of the program."""
    known = {f"POLL_{name.upper()}" for name in Settings.model_fields}
    assert environment(page.DEPLOY / "settings.env").keys() - known == set()


def test_command_uses_the_settings_of_the_service(tmp_path: Path) -> None:
    """`poll-server event create` through deploy/poll-server prints links with the public address."""
    data, settings, command = tmp_path / "data", tmp_path / "settings.env", tmp_path / "poll-server"
    data.mkdir()
    places = {"/etc/poll-server": tmp_path, "/var/lib/poll-server": data}
    settings.write_text(page.placed((page.DEPLOY / "settings.env").read_text(), places))
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={PROJECT} exec {" ".join(PRODUCT)} "$@"\n')
    program.chmod(0o755)
    script = (page.DEPLOY / "poll-server").read_text()
    command.write_text(page.placed(script, {**places, "/opt/poll-server/bin/poll-server": program}))
    example = PROJECT / "poll_server" / "documents" / "example.yaml"
    words = ["sh", str(command), "event", "create", str(example)]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
    links = [word for word in done.stdout.split() if "/e/" in word]
    assert (done.returncode, len(links)) == (0, 4)
    assert {link.partition("/e/")[0] for link in links} == {"https://gefragt.example.de"}


async def test_server_raises_its_file_limit(tmp_path: Path) -> None:
    """Started with room for 256 files, the server carries 300 sockets and still answers."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    server = Server(tmp_path / "data", command=("prlimit", f"--nofile={SOFT_LIMIT}:{hard}", *PRODUCT))
    await server.start()
    stored = await store(server, draft(SINGLE))
    async with Person(stored) as person, AsyncExitStack() as sockets:
        await person.get()
        headers = {"cookie": person.cookies(person.path), "origin": server.url}
        url = server.ws_url(f"{person.path}/socket")
        for _ in range(SOCKETS):
            line = await sockets.enter_async_context(connect(url, additional_headers=headers, proxy=None))
            await asyncio.wait_for(line.recv(), 10)
        async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as another:
            assert (await another.get("/readyz")).status_code == 200
    assert await server.stop() is not None
