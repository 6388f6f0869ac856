"""The product, which ends itself at once (SIGKILL) at a step that a test has named: ``python -m tests.harness.killed``.

The steps are what the program says to its database: each statement, each commit, and each connection that it has done
with, counted from when the file that KILLED_AT names has their number in it.
"""

import os
import signal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from poll_server.cli import app
from poll_server.live import attendance, links

_ARMED = Path(os.environ["KILLED_AT"])


def _step(*_: Any) -> None:
    """Count one step, and end at the one that is named."""
    if not _ARMED.exists():
        return
    left = int(_ARMED.read_text()) - 1
    if left == 0:
        _ARMED.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    _ARMED.write_text(str(left))


for _target, _name in ((Engine, "before_cursor_execute"), (Engine, "commit"), (Pool, "checkin")):
    event.listen(_target, _name, _step)

# What looks into the database by the clock would be counted as well.
setattr(attendance, "LOOK_SECONDS", 3600.0)  # noqa: B010
setattr(links, "LOOK_SECONDS", 3600.0)  # noqa: B010

if __name__ == "__main__":
    app()
