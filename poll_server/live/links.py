"""The links of an event in memory: who is on which, and the end of those that are over.

The database is the truth. What this process makes or takes back it takes in at once; what another one does, a command
at the terminal, it finds by looking once a second at a stamp of the table, so no message and no page asks the database.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.access import Role
from poll_server.domain.errors import Forbidden, Unavailable
from poll_server.domain.links import Link, Validity
from poll_server.live.protocol import FanoutProtocol
from poll_server.storage import links
from poll_server.storage.database import Database, is_passing

LOOK_SECONDS = 1.0
"""How often a server looks whether links have been made or taken back by others."""
SEEN_EVERY = timedelta(minutes=1)
"""How often it is stored when somebody was last on a link."""
LINK_OVER = 4403
"""The code of the close frame when a link is over."""
REASONS = {
    Validity.REVOKED: "This link has been taken back. Please ask the organisers for a new one.",
    Validity.EXPIRED: "This link has expired. Please ask the organisers for a new one.",
}
"""The reason in it; at most 123 bytes."""

log = structlog.get_logger()
_Written = TypeVar("_Written")


class Links:
    """The links of one event, and the sockets of whoever came by each."""

    def __init__(self, found: Iterable[Link], clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._links: dict[int, Link] = {}
        self._sockets: defaultdict[int, set[FanoutProtocol]] = defaultdict(set)
        self._seen: dict[int, datetime] = {}
        self._unstored: set[int] = set()
        self.take(found)

    def take(self, found: Iterable[Link]) -> None:
        """Take links as they were stored at some moment: what has been taken back since stays so."""
        gone = {link_id for link_id, link in self._links.items() if link.revoked}
        self._links |= {link.id: link for link in found if link.id not in gone}

    @property
    def known(self) -> list[Link]:
        """All links, oldest first."""
        return list(self._links.values())

    def opens(self, link_id: int) -> bool:
        """Tell whether somebody can come by a link now."""
        link = self._links.get(link_id)
        return link is not None and link.validity(self._clock()) is Validity.VALID

    def valid(self, link_id: int) -> Link:
        """Return a link by which somebody comes now; raises Forbidden."""
        link = self._links.get(link_id)
        if link is None:
            raise Forbidden("role")
        link.check(self._clock())
        self._see(link_id)
        return link

    def _see(self, *link_ids: int) -> None:
        self._seen |= dict.fromkeys(link_ids, self._clock())
        self._unstored |= set(link_ids)

    def last_seen(self, link: Link) -> datetime | None:
        """Return when somebody was last on a link; None for never."""
        return self._seen.get(link.id, link.seen)

    def join(self, link_id: int, connection: FanoutProtocol) -> None:
        """Count a socket of somebody who came by a link."""
        self._sockets[link_id].add(connection)

    def leave(self, link_id: int, connection: FanoutProtocol) -> None:
        """Forget a socket that is closed."""
        self._sockets[link_id].discard(connection)
        if not self._sockets[link_id]:
            del self._sockets[link_id]
        self._see(link_id)

    def present(self) -> Counter[int]:
        """Return how many sockets are open on each link, by id."""
        return Counter({link_id: len(sockets) for link_id, sockets in self._sockets.items()})

    def end(self) -> None:
        """Close the sockets of links that are over, with the reason in words."""
        now = self._clock()
        for link_id in list(self._sockets):
            validity = self._links[link_id].validity(now)
            if validity is not Validity.VALID:
                for connection in list(self._sockets[link_id]):
                    connection.close(LINK_OVER, REASONS[validity])

    def take_unstored(self) -> dict[int, datetime]:
        """Return when somebody was last on each link on which somebody has been since this was last asked."""
        self._see(*self._sockets)
        unstored, self._unstored = self._unstored, set()
        return {link_id: self._seen[link_id] for link_id in unstored}

    def keep_unstored(self, link_ids: Iterable[int]) -> None:
        """Give those back which could not be stored."""
        self._unstored |= set(link_ids)


async def read(connection: AsyncConnection, event_id: int, clock: Callable[[], datetime]) -> Links:
    """Read the links of an event."""
    found = await links.of_events(connection, [event_id])
    return Links(found[event_id], clock)


class Watch:
    """Looks after the links of all open events of this process."""

    def __init__(
        self, database: Database, opened: Callable[[], Iterable[tuple[int, Links]]], clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._opened = opened
        self._clock = clock
        self._stamp: links.Stamp | None = None
        self._stored = clock()

    async def run(self) -> None:
        """Look once a second until cancelled, whatever happens."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            opened = dict(self._opened())
            try:
                if opened:
                    await self._look(opened)
            except Exception as error:  # nobody may stay because of a mistake of ours
                log.warning("links not looked at", error=type(error).__name__)
            for here in opened.values():
                here.end()

    async def _look(self, opened: Mapping[int, Links]) -> None:
        async with self._database.read() as connection:
            stamp = await links.stamp(connection)
            if stamp != self._stamp:
                found = await links.of_events(connection, opened)
                for event_id, here in opened.items():
                    here.take(found[event_id])
                self._stamp = stamp
        if self._clock() - self._stored >= SEEN_EVERY:
            self._stored = self._clock()
            await self._store_seen(opened)

    async def _store_seen(self, opened: Mapping[int, Links]) -> None:
        seen = {event_id: here.take_unstored() for event_id, here in opened.items()}
        if not any(seen.values()):
            return
        try:
            async with self._database.write() as connection:
                await links.see(connection, {link_id: at for some in seen.values() for link_id, at in some.items()})
        except Exception:
            for event_id, some in seen.items():
                opened[event_id].keep_unstored(some)
            raise


async def find(database: Database, event_id: int, here: Links, role: Role, secret: str) -> Link | None:
    """Return the valid link of a role with this secret; raises Forbidden for one that is over, or Unavailable."""
    async with database.read() as connection:
        link_id = await links.with_secret(connection, event_id, role, secret)
    return await _known(database, event_id, here, link_id) if link_id else None


async def find_signed(
    database: Database, event_id: int, here: Links, role: Role, name: str, now: datetime
) -> Link | None:
    """Return the valid link of a role whose key, signed by the installation, has this name; raises as `find`.

    The first one of a role stands for keys without a name. As long as that is valid a named key of an earlier version,
    of which nobody knew until it came, becomes a link of its own; where the name is taken meanwhile, Conflict.
    """
    async with database.read() as connection:
        found = await links.signed(connection, event_id, role)
    if not found:
        return None
    if not name or name in found:
        return await _known(database, event_id, here, found[name] if name else min(found.values()))
    await _known(database, event_id, here, min(found.values()))
    async with database.write() as connection:
        link = await links.sign(connection, event_id, role, name, by="", at=now)
    return await _known(database, event_id, here, link.id)


async def _known(database: Database, event_id: int, here: Links, link_id: int) -> Link:
    async with database.read() as connection:
        here.take((await links.of_events(connection, [event_id]))[event_id])
    return here.valid(link_id)


async def change(
    database: Database, event_id: int, here: Links, write: Callable[[AsyncConnection], Awaitable[_Written]]
) -> _Written:
    """Change the links of an event in one transaction; whoever is on one that is over is out before this returns.

    Raises what ``write`` raises, or Unavailable; then nothing has changed.
    """
    try:
        async with database.write() as connection:
            written = await write(connection)
            found = (await links.of_events(connection, [event_id]))[event_id]
    except Exception as error:
        if not is_passing(error):
            raise
        raise Unavailable("not_saved") from error
    here.take(found)
    here.end()
    return written
