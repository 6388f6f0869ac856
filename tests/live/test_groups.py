"""Choosing a group: a whole audience at once, while others vote."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.programme import Option
from poll_server.live.groups import Choice, choices
from poll_server.live.together import AT_ONCE_MAXIMUM
from poll_server.storage import groups
from poll_server.storage.database import Database
from tests.storage.databases import definition, draft, migrated, stored

GROUPS = (Option("g1", "Kommune"), Option("g2", "Verband"))
PEOPLE = 1000


class CountingDatabase(Database):
    """Counts its writing transactions; those before ``fails`` of them have failed do."""

    writes = fails = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """As the base."""
        self.writes += 1
        if self.writes <= self.fails:
            raise OperationalError("BEGIN", {}, ConnectionResetError())
        async with super().write() as connection:
            yield connection


@asynccontextmanager
async def counting(folder: Path) -> AsyncIterator[tuple[CountingDatabase, int]]:
    """A database with an event that has groups, and the event's id."""
    url = f"sqlite+aiosqlite:///{folder / 'poll.sqlite3'}"
    async with migrated(url) as database:
        event = await stored(database, replace(draft([definition()]), groups=GROUPS))
        found = CountingDatabase(url)
        try:
            yield found, event.id
        finally:
            await found.close()


async def test_audience_chooses_in_a_few_transactions(tmp_path: Path) -> None:
    """A thousand choices at once wait for one another, and not the votes for each of them; the last of each stands."""
    async with counting(tmp_path) as (database, event):
        chosen = choices(database, asyncio.create_task)
        first = [chosen.do(Choice(event, f"p{at}", "g1")) for at in range(PEOPLE)]
        await asyncio.gather(*first, chosen.do(Choice(event, "p0", "g2")))
        await chosen.do(Choice(event, "p1", ""))
        async with database.read() as connection:
            found = await groups.members(connection, event)
        assert found == {"p0": "g2"} | {f"p{at}": "g1" for at in range(2, PEOPLE)}
        assert database.writes == PEOPLE // AT_ONCE_MAXIMUM + 2


async def test_choice_that_is_not_stored_is_told_to_all_who_waited(tmp_path: Path) -> None:
    """Nobody hears that a choice stands when its transaction failed; the next one is stored."""
    async with counting(tmp_path) as (database, event):
        database.fails = 1
        chosen = choices(database, asyncio.create_task)
        told = await asyncio.gather(*(chosen.do(Choice(event, who, "g1")) for who in "ab"), return_exceptions=True)
        assert [type(one) for one in told] == [OperationalError] * 2
        await chosen.do(Choice(event, "c", "g2"))
        async with database.read() as connection:
            assert await groups.members(connection, event) == {"c": "g2"}
