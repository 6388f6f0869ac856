"""Exports are made in a process apart, so that nobody who votes meanwhile feels it: a thread would, by its lock."""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from poll_server.domain import errors

FORMATS = ("xlsx", "ods", "csv", "csv-plain", "json", "pdf", "html", "svg", "png")
"""What can be made of an event."""
SERIES_FORMATS = ("xlsx", "ods", "csv", "csv-plain", "json", "pdf", "html")
"""What can be made of a series."""
Tell = Callable[[int, int], None]
"""Hears how much of how much has been done."""
UNFINISHED = ".making-"
"""How the names of folders begin in which something is being made."""


class Selection(NamedTuple):
    """Events of a series, by its code and their ids."""

    series: str
    events: tuple[int, ...]


Subject = int | Selection
"""What files are made of: an event, by its id, or events of a series beside each other."""


async def make_apart(
    url: str, subject: Subject, form: str, folder: Path, tell: Tell = lambda done, total: None
) -> list[Path]:
    """Have the files of an event or series made in a folder, and return them; ``tell`` hears how far it is.

    They appear when all are whole. Cancelled, it ends the process, and so does the end of ours, however it comes.
    Raises what the process was refused: Forbidden, Conflict, Unavailable; and OSError when the files cannot be written
    or the process was ended.
    """
    with TemporaryDirectory(prefix=UNFINISHED, dir=folder) as unfinished:
        about = {"event": subject} if isinstance(subject, int) else subject._asdict()
        order = {"url": url, "form": form, "folder": unfinished, **about}
        names = await _made(f"{json.dumps(order)}\n".encode(), tell)
        return [(Path(unfinished) / name).replace(folder / name) for name in names]


async def _made(order: bytes, tell: Tell) -> list[str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "poll_server.documents.making"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(order)
        async for line in process.stdout:
            said = json.loads(line)
            if "done" not in said:
                return _names(said)
            tell(said["done"], said["total"])
        raise OSError(None, "the process was ended")
    finally:
        process.stdin.close()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _names(said: dict[str, object]) -> list[str]:
    """Return the names of the files that were made, or raise what the process says."""
    match said:
        case {"files": list(names)}:
            return names
        case {"refused": str(code), "kind": str(kind)}:
            raise getattr(errors, kind)(code)
        case _:
            raise OSError(said.get("number"), said.get("failed"))
