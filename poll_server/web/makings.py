"""Exports that organisers have begun in the browser: made apart, one at a time, and kept for a day at most."""

import asyncio
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from poll_server.documents.apart import Selection, Subject, make_apart
from poll_server.domain.errors import Conflict, PollError

KEPT = timedelta(hours=24)
"""How long the files of an export are kept."""
KEPT_MAXIMUM = 5
"""How many exports of an event or series are kept; a new one takes the place of the oldest."""
WAITING_MAXIMUM = 20
"""How many may be waiting and in the making on a server."""

log = structlog.get_logger()


@dataclass
class Making:
    """One export. It waits, is in the making, and then has ``files`` or an ``error``."""

    id: str
    subject: Subject
    form: str
    begun: datetime
    folder: Path
    begins: bool = False
    done: int = 0
    total: int = 0
    files: tuple[Path, ...] = ()
    error: PollError | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """Whether it waits or is in the making."""
        return not self.files and self.error is None

    @property
    def share(self) -> int:
        """How far it is, in percent."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def until(self) -> datetime:
        """How long its files are kept."""
        return self.begun + KEPT

    def file(self, name: str) -> Path | None:
        """Return its file of this name, if there is one."""
        return next((path for path in self.files if path.name == name), None)

    def tell(self, done: int, total: int) -> None:
        """Hear how far it is."""
        self.done, self.total = done, total


class Makings:
    """The exports of all events and series, in memory, with their files in a folder of the server's own."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self._url = database_url
        self._folder = folder
        self._all: dict[str, Making] = {}
        self._one_at_a_time = asyncio.Lock()

    def start(self) -> None:
        """Begin with an empty folder: whatever lies there is of a server that is gone."""
        shutil.rmtree(self._folder, ignore_errors=True)

    async def stop(self) -> None:
        """End all that are running; files go with the next start, or now."""
        for making in list(self._all.values()):
            await self._take_away(making)

    def of(self, subject: Subject) -> list[Making]:
        """Return the exports of an event, or of the same events of a series, newest first."""
        return [making for making in reversed(self._all.values()) if making.subject == subject]

    def begin(self, subject: Subject, form: str) -> Making:
        """Have the files of an event or series made; raises Conflict while others of it are, or too many wait."""
        here = self.of(subject)
        if any(making.running for making in here):
            raise Conflict("exporting")
        if sum(making.running for making in self._all.values()) >= WAITING_MAXIMUM:
            raise Conflict("exports_wait")
        id = secrets.token_hex(8)
        making = Making(id, subject, form, datetime.now(UTC), self._folder / id)
        self._all[id] = making
        making.task = asyncio.create_task(self._make(making))
        asyncio.get_running_loop().call_later(KEPT.total_seconds(), self._forget, making)
        for old in here[KEPT_MAXIMUM - 1 :]:
            self._forget(old)
        return making

    async def end(self, subject: Subject, id: str) -> None:
        """Stop an export of an event or series, or take its files away; nothing if it is not there any more."""
        making = self._all.get(id)
        if making and making.subject == subject:
            await self._take_away(making)

    async def end_all_of(self, event_id: int) -> None:
        """Leave nothing of an event, nor of a series with it."""
        for making in list(self._all.values()):
            subject = making.subject
            if event_id in (subject.events if isinstance(subject, Selection) else (subject,)):
                await self._take_away(making)

    def file(self, subject: Subject, id: str, name: str) -> Path | None:
        """Return a file that was made of an event or series, None if there is none any more."""
        making = self._all.get(id)
        return making.file(name) if making and making.subject == subject else None

    async def _make(self, making: Making) -> None:
        try:
            async with self._one_at_a_time:
                making.begins = True
                making.folder.mkdir(0o700, parents=True)
                making.files = tuple(
                    await make_apart(self._url, making.subject, making.form, making.folder, making.tell)
                )
        except PollError as error:
            making.error = error
        except OSError as error:
            log.warning("export failed", error=type(error).__name__, reason=error.strerror)
        finally:
            if making.running:
                making.error = Conflict("export_failed")

    async def _take_away(self, making: Making) -> None:
        if making.task:
            making.task.cancel()
            with suppress(asyncio.CancelledError):
                await making.task
        self._forget(making)

    def _forget(self, making: Making) -> None:
        self._all.pop(making.id, None)
        shutil.rmtree(making.folder, ignore_errors=True)
