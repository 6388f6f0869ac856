"""Prepared events for the tests of the doors, stored into the database of a server that runs."""

import itertools
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.access import Role
from poll_server.domain.programme import Definition, EventDraft, ItemDraft, ItemKind, Option, Reveal
from poll_server.domain.rounds import Event
from poll_server.storage import events
from poll_server.storage.database import Database
from poll_server.storage.tables import TallyRow, metadata
from poll_server.web.sessions import Sessions
from tests.harness.server import Server

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

    def link(self, page: str, name: str = "") -> str:
        """The path of the secret link of ``desk``, ``screen`` or ``podium``; links can have names."""
        role = {"desk": Role.MODERATOR, "screen": Role.SCREEN, "podium": Role.PODIUM}[page]
        sessions = Sessions((self.server.data / "secret").read_bytes(), https=False)
        return f"/e/{self.code}/{page}/link/{quote(sessions.key(role, self.code, name))}"


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


async def store(server: Server, event: EventDraft, tally: Mapping[str, int] | None = None) -> Stored:
    """Store an event under a code of its own; ``tally`` is put under its first question, as if so many had voted."""
    code, key = event.code or f"tagung{next(_numbers)}", secrets.token_bytes(32)
    async with database_of(server) as database, database.write() as connection:
        event_id = await events.create(connection, event, code, key)
        stored = Stored(server, await events.load(connection, event_id), key)
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
