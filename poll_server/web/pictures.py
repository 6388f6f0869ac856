"""Pictures of notices. Their names are hashes of their content, so browsers keep them for good."""

import asyncio

from poll_server.domain.errors import Unknown
from poll_server.storage import pictures
from poll_server.storage.database import Database

KEPT_MAXIMUM = 40
"""Pictures kept in memory, each at most half a megabyte."""
LAID_BY_MAXIMUM = 20
"""Pictures of questions that are being written."""


class Pictures:
    """Reads each picture once: a notice sends a whole audience for the same one at the same moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[tuple[int, str], bytes] = {}
        self._laid_by: dict[tuple[int, str], bytes] = {}
        self._reading = asyncio.Lock()

    async def get(self, event_id: int, name: str) -> bytes:
        """Return a picture of an event; raises Unknown or Unavailable."""
        at = event_id, name
        async with self._reading:
            return self._kept.get(at) or self._laid_by.get(at) or await self._read(event_id, name)

    def lay_by(self, event_id: int, name: str, content: bytes) -> None:
        """Keep a picture in memory until its question is saved, or newer ones take its place.

        Nobody who has not chosen it knows its address.
        """
        self._laid_by.pop((event_id, name), None)
        if len(self._laid_by) >= LAID_BY_MAXIMUM:
            del self._laid_by[next(iter(self._laid_by))]
        self._laid_by[event_id, name] = content

    def forget(self, event_id: int) -> None:
        """Keep no picture of an event that is deleted: another one may get its number."""
        for kept in (self._kept, self._laid_by):
            for at in [one for one in kept if one[0] == event_id]:
                del kept[at]

    async def _read(self, event_id: int, name: str) -> bytes:
        async with self._database.read() as connection:
            content = await pictures.picture(connection, event_id, name)
        if content is None:
            raise Unknown("unknown_page")
        if len(self._kept) >= KEPT_MAXIMUM:
            del self._kept[next(iter(self._kept))]
        self._kept[event_id, name] = content
        return content
