"""Published documentations of events, made in a thread, beside everything else."""

import asyncio
import time

from poll_server import render
from poll_server.documents import report
from poll_server.documents.report import Choice
from poll_server.live.compression import Ready
from poll_server.render import Site
from poll_server.storage import report_choices
from poll_server.storage.database import Database

KEPT_SECONDS = 10.0
"""So long a published page is given as it was made."""
PAGES_MAXIMUM = 20
"""So many events have theirs ready at a time."""


class Documentations:
    """Pages that are made once for all who come within some seconds, and one at a time.

    Whether one is published is asked each time: what another process has switched off is gone at once.
    """

    def __init__(self, database: Database, site: Site) -> None:
        self._database = database
        self._site = site
        self._pages: dict[int, tuple[float, Ready]] = {}
        self._making = asyncio.Lock()

    async def is_published(self, event_id: int) -> bool:
        """Tell whether everybody may read the documentation of an event."""
        async with self._database.read() as connection:
            return await report_choices.published(connection, event_id) is not None

    async def page(self, event_id: int) -> Ready | None:
        """Return the published page of an event, None if there is none; what changes is seen some seconds later."""
        if not await self.is_published(event_id):
            return None
        if kept := self._kept(event_id):
            return kept
        async with self._making:
            return self._kept(event_id) or await self._made(event_id)

    def forget(self, event_id: int) -> None:
        """Make the page of an event anew for the next who comes."""
        self._pages.pop(event_id, None)

    def _kept(self, event_id: int) -> Ready | None:
        made, page = self._pages.get(event_id, (0.0, None))
        return page if time.monotonic() - made <= KEPT_SECONDS else None

    async def _made(self, event_id: int) -> Ready | None:
        async with self._database.read() as connection:
            fields = await report_choices.published(connection, event_id)
            if fields is None:
                return None
            material = await report.read(connection, event_id)
        page = await asyncio.to_thread(self._rendered, material, report.chosen(fields))
        self._pages.pop(event_id, None)
        self._pages[event_id] = (time.monotonic(), page)
        for old in list(self._pages)[:-PAGES_MAXIMUM]:
            del self._pages[old]
        return page

    def _rendered(self, material: report.Material, choice: Choice) -> Ready:
        made, event = report.make(material, choice), material.export.event
        seen = {"event": event}  # what the foot of all event's pages asks
        content = render.page("documentation.html", made.language, self._site, report=made, event=event, view=seen)
        return Ready(content)
