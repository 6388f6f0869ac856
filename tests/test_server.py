"""The server's socket and its log, of our own lines and those of libraries."""

import json
import subprocess
import sys

import pytest

from poll_server.server import listen
from tests.harness.server import PROJECT

SAYING = """\
import logging
import structlog
from poll_server.server import configure_logs
from poll_server.settings import Settings

configure_logs(Settings(log_level="{level}"))
structlog.get_logger().info("ours", ballots=3)
structlog.get_logger().debug("ours")
logging.getLogger("uvicorn.error").warning("library %s", "said")
logging.getLogger("uvicorn.error").info("address 192.0.2.1")
try:
    secret = "o1"
    raise KeyError("gone")
except KeyError as error:
    logging.getLogger("uvicorn.error").exception("library failed")
    structlog.get_logger().error("ours failed", exc_info=error)
"""


@pytest.mark.parametrize("level", ["debug", "info", "error"])
def test_log_is_all_json(level: str) -> None:
    """Lines of libraries look like ours, come from a warning on, and no line has local variables."""
    command = [sys.executable, "-c", SAYING.format(level=level)]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True)
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    said = [(line["level"], line["event"], sorted(line)) for line in lines]
    plain, failed = ["event", "level", "timestamp"], ["event", "exception", "level", "timestamp"]
    debug, info = ("debug", "ours", plain), ("info", "ours", ["ballots", *plain])
    warning = ("warning", "library said", plain)
    errors = [("error", "library failed", failed), ("error", "ours failed", failed)]
    expected = {"debug": [info, debug, warning], "info": [info, warning], "error": []}[level]
    assert (said, ran.stdout, "o1" in ran.stderr.replace("secret = ", "")) == ([*expected, *errors], "", False)


def test_listen_takes_a_free_port() -> None:
    """Port 0 finds one that connections reach at once, and that nobody else can take."""
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(OSError, match="Address already in use"):
            listen("127.0.0.1", port)
    listen("127.0.0.1", port).close()
