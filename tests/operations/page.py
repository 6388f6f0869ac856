"""docs/operations.md as something that can be run: its commands, and the files of `deploy/` that they install."""

import asyncio
import re
import shlex
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Mapping
from pathlib import Path

from tests.harness.server import PRODUCT, PROJECT

PAGE = PROJECT / "docs" / "operations.md"
DEPLOY = PROJECT / "deploy"
PATIENCE_SECONDS = 30
_FENCE = re.compile(r"^```sh (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What a test does not have: the service's user and systemd; the test itself starts and stops the server.
_WITHOUT = ("-o poll-server ", "-g poll-server ", "runuser -u poll-server -- ")
_PRELUDE = f"""set -euo pipefail
systemctl() {{ :; }}
poll-server-backup() {{ {shlex.join([sys.executable, str(DEPLOY / "poll-server-backup")])} "$@"; }}
"""
_PROGRAM = {"/opt/poll-server/bin/poll-server": shlex.join(PRODUCT)}


def commands() -> dict[str, str]:
    """All commands of the page by the name that stands at their fence."""
    return dict(_FENCE.findall(PAGE.read_text(encoding="utf-8")))


def placed(text: str, places: Mapping[str, Path | str]) -> str:
    """A text with other places in it; the longest are replaced first."""
    for place in sorted(places, key=len, reverse=True):
        text = text.replace(place, str(places[place]))
    for words in _WITHOUT:
        text = text.replace(words, "")
    return text


async def run(name: str, places: Mapping[str, Path | str], *, before: str = "") -> str:
    """Run commands of the page at other places, after the shell's line ``before``, and return what they print.

    Raises AssertionError with their output when one of them fails.
    """
    script = f"{_PRELUDE}{before}\n{placed(commands()[name], _PROGRAM | dict(places))}"
    process = await asyncio.create_subprocess_exec("bash", "-c", script, stdout=PIPE, stderr=STDOUT, cwd=PROJECT)
    output, _ = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
    assert process.returncode == 0, output.decode()
    return output.decode()
