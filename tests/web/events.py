"""Prepared events for the tests of the doors, stored into the database of a server that runs."""

import itertools
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.links import PAGES
from poll_server.domain.programme import Definition, EventDraft, ItemDraft, ItemKind, Option, Reveal
from poll_server.domain.rounds import Event
from poll_server.storage import events, links
from poll_server.storage.database import Database
from poll_server.storage.tables import LinkRow, TallyRow, metadata
from tests.harness.server import Server

NAMES = {"desk": "Regie", "screen": "Leinwand", "podium": "Podium"}
_numbers = itertools.count(1)

SINGLE = Definition(
    kind="single_choice",
    text="Was braucht Ihre Stadt?",
    options=(Option("o1", "Wohnraum"), Option("o2", "Bus und Bahn"), Option("o3", "Schnelles Netz")),
)
SEVERAL = Definition(
    kind="multiple_choice",
    text="Womit soll sie beginnen?",
    options=tuple(Option(f"o{at}", label) for at, label in enumerate(("Ortskern", "Radwege", "Jugendrat", "Bad"), 1)),
    rules={"minimum": 2, "maximum": 3},
)
LIVE = Definition(
    kind="single_choice",
    text="Wie geht es Ihnen?",
    options=(Option("o1", "Gut"), Option("o2", "Mittel")),
    reveal=Reveal.LIVE,
)
STATEMENTS = Definition(
    kind="statements",
    text="Wie sehen Sie das?",
    options=tuple(Option(f"o{at}", f"Aussage {at}") for at in range(1, 4)),
)


def draft(*questions: Definition, language: str = "de") -> EventDraft:
    """An event of today that began an hour ago, whose round runs; SINGLE, SEVERAL and LIVE unless others are given."""
    now = datetime.now(UTC).replace(microsecond=0)
    talk = ItemDraft(starts=now - timedelta(hours=1), title="Begrüßung", ends=now - timedelta(minutes=1))
    slot = ItemDraft(
        starts=now - timedelta(minutes=1),
        title="Runde eins",
        ends=now + timedelta(hours=5),
        kind=ItemKind.ROUND,
        questions=questions or (SINGLE, SEVERAL, LIVE),
    )
    return EventDraft("Tagung", now.date(), "Europe/Berlin", language, items=(talk, slot))


@dataclass(frozen=True)
class Stored:
    """An event in a server's database, with the key of its pseudonyms and its secret links."""

    server: Server
    event: Event
    pseudonym_key: bytes

    @property
    def code(self) -> str:
        """The join code."""
        return self.event.code

    @property
    def ids(self) -> list[int]:
        """The questions in their order."""
        return [question.id for question in self.event.questions]

    def link(self, page: str) -> str:
        """The path of the secret link of ``desk``, ``screen`` or ``podium`` that is there from the beginning."""
        return f"/e/{self.code}/{page}/link/{_secret(page, self.code)}"

    async def new_link(self, page: str, name: str, expires: datetime | None = None) -> str:
        """Make one more link with a name of its own, beside the server, and return its path."""
        async with database_of(self.server) as database, database.write() as connection:
            made = await links.make(
                connection, self.event.id, PAGES[page], name, by="test", at=datetime.now(UTC), expires=expires
            )
        return f"/e/{self.code}/{page}/link/{made.secret}"

    async def sign(self, name: str) -> None:
        """Give the desk a link whose key the installation signs, as events of earlier versions have."""
        async with database_of(self.server) as database, database.write() as connection:
            await links.sign(connection, self.event.id, PAGES["desk"], name, by="", at=datetime.now(UTC))

    async def link_names(self, page: str) -> list[str]:
        """The names of the links to a page, oldest first."""
        async with database_of(self.server) as database, database.read() as connection:
            found = (await links.of_events(connection, [self.event.id]))[self.event.id]
        return [link.name for link in found if link.role is PAGES[page]]

    async def link_id(self, name: str) -> int:
        """The id of a link."""
        async with database_of(self.server) as database, database.read() as connection:
            found = (await links.of_events(connection, [self.event.id]))[self.event.id]
        return next(link.id for link in found if link.name == name)

    async def digest(self, name: str) -> str:
        """What is stored of the secret of a link."""
        table = metadata.tables[str(LinkRow.__tablename__)]
        async with database_of(self.server) as database, database.read() as connection:
            rows = table.select().where(table.c.event_id == self.event.id, table.c.name == name)
            return str((await connection.execute(rows)).one().digest)

    async def revoke(self, name: str) -> None:
        """Take a link back, beside the server."""
        async with database_of(self.server) as database, database.write() as connection:
            found = (await links.of_events(connection, [self.event.id]))[self.event.id]
            (link,) = [one for one in found if one.name == name]
            assert await links.revoke(connection, self.event.id, link.id, datetime.now(UTC))


def _secret(page: str, code: str) -> str:
    return sha256(f"{page} {code}".encode()).hexdigest()[:32]


class PatientDatabase(Database):
    """A database beside its server, which waits longer than a server may until the server lets it write."""

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """As the base."""
        async with AsyncExitStack() as stack:
            yield await self._begin(stack)

    async def _begin(self, stack: AsyncExitStack) -> AsyncConnection:
        for _ in range(20):
            with suppress(OperationalError):
                return await stack.enter_async_context(super().write())
        raise AssertionError("the server does not let anybody else write")


@asynccontextmanager
async def database_of(server: Server) -> AsyncIterator[Database]:
    """The server's own database, beside the server."""
    database = PatientDatabase(
        server.env.get("POLL_DATABASE_URL", f"sqlite+aiosqlite:///{server.data / 'poll.sqlite3'}")
    )
    try:
        yield database
    finally:
        await database.close()


async def first_links(connection: AsyncConnection, event_id: int, code: str) -> None:
    """Give an event the links that `Stored.link` tells of."""
    rows = [
        {
            "event_id": event_id,
            "role": role,
            "name": NAMES[page],
            "digest": links.digest(_secret(page, code)),
            "made": datetime.now(UTC),
            "made_by": "test",
        }
        for page, role in PAGES.items()
    ]
    await connection.execute(metadata.tables[str(LinkRow.__tablename__)].insert(), rows)


async def store(server: Server, event: EventDraft, tally: Mapping[str, int] | None = None) -> Stored:
    """Store an event under a code of its own; ``tally`` is put under its first question, as if so many had voted."""
    code, key = event.code or f"tagung{next(_numbers)}", secrets.token_bytes(32)
    async with database_of(server) as database, database.write() as connection:
        event_id = await events.create(connection, event, code, key)
        stored = Stored(server, await events.load(connection, event_id), key)
        await first_links(connection, event_id, code)
        for question_id in stored.ids[:1]:
            for mark, n in (tally or {}).items():
                row = {"question_id": question_id, "wave": 1, "grp": "", "key": mark, "n": n}
                await connection.execute(metadata.tables[str(TallyRow.__tablename__)].insert(), row)
    return stored


async def ballots_of(stored: Stored) -> dict[tuple[int, int], int]:
    """How many ballots are stored for each (question, wave) of an event."""
    table = metadata.tables["ballot"]
    counts: dict[tuple[int, int], int] = {}
    async with database_of(stored.server) as database, database.read() as connection:
        rows = await connection.execute(table.select().where(table.c.question_id.in_(stored.ids)))
        for row in rows:
            counts[row.question_id, row.wave] = counts.get((row.question_id, row.wave), 0) + 1
    return counts
