"""A room that closes a secret question leaves nothing in the files that tells, also when it is ended in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from poll_server.domain.ballots import CAST_IN_SECRET
from poll_server.domain.errors import Unavailable
from poll_server.domain.rounds import Action
from poll_server.live import editing, steps
from poll_server.live.cast import cast
from poll_server.live.rehearsal import Crowds
from poll_server.live.rooms import Rooms
from poll_server.live.storing import Light
from poll_server.messages import Command, Rehearse, Vote
from poll_server.storage import slips
from poll_server.storage.database import Database
from tests.live.test_cast import SITE
from tests.storage.attacker import sqlite_files
from tests.storage.databases import ballot, definition, draft, ids, migrated, stepped, stored

SECRET = replace(definition(), rules={"secret": True})
PEOPLE = [f"{at:032x}" for at in range(12)]
PATIENCE_SECONDS = 20.0


@asynccontextmanager
async def running(database: Database) -> AsyncIterator[Rooms]:
    """Rooms on this database, as a server has them."""
    rooms = Rooms(database, lambda: datetime.now(UTC), SITE, Crowds("http://127.0.0.1:9"))
    rooms.start()
    try:
        yield rooms
    finally:
        await rooms.stop()


async def keys(database: Database) -> list[str]:
    """The keys of all slips."""
    async with database.read() as connection:
        return list((await connection.execute(text("SELECT key FROM slip"))).scalars())


async def gone(path: Path, old: list[str]) -> None:
    """Wait until none of these keys is in the files."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while any(key.encode() in contents for contents in sqlite_files(path) for key in old):  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("ending", ["close", "take_back", "wipe"])
async def test_room_removes_the_traces(tmp_path: Path, ending: str) -> None:
    """However the voting ends, the old slips vanish from the files; in memory stands only who has voted."""
    path = tmp_path / "poll.sqlite3"
    async with migrated(f"sqlite+aiosqlite:///{path}") as database:
        event = await stored(database, draft([SECRET]))
        (question,) = ids(event)
        async with running(database) as rooms:
            room = await rooms.get(event.code)
            if ending == "wipe":
                await steps.rehearse(rooms, room, Rehearse(True, room.event.revision))
            await rooms.command(room, Command(Action.OPEN, question, room.event.revision))
            votes = [Vote(question, 1, 1, uuid4(), (f"o{at % 4 + 1}",)) for at in range(len(PEOPLE))]
            waiting = [cast(room, rooms.box, person, vote) for person, vote in zip(PEOPLE, votes, strict=True)]
            told = await asyncio.gather(*waiting)
            assert {(receipt.state, receipt.answer, receipt.secret) for receipt in told} == {("counted", (), True)}
            assert room.standing == dict.fromkeys(PEOPLE, CAST_IN_SECRET)
            assert room.askings.tallies.get((question, 1), {}) == {}
            old = await keys(database)
            if ending == "wipe":
                await steps.rehearse(rooms, room, Rehearse(False, room.event.revision))
            else:
                await rooms.command(room, Command(Action(ending), question, room.event.revision))
            await gone(path, old)
            counted = {} if ending == "wipe" else {"#": 12, "o1": 3, "o2": 3, "o3": 3, "o4": 3}
            assert room.askings.tallies.get((question, 1), {}) == counted
            assert (len(old), len(await keys(database))) == (12, 0 if ending == "wipe" else 12)


async def test_vote_for_a_question_that_is_gone_is_answered(tmp_path: Path) -> None:
    """Taken back and deleted while a vote waits for company: its voter is told, and waits for nothing more."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as database:
        event = await stored(database, draft([SECRET]))
        (question,) = ids(event)
        async with running(database) as rooms:
            room = await rooms.get(event.code)
            await rooms.command(room, Command(Action.OPEN, question, room.event.revision))
            waiting = cast(room, rooms.box, PEOPLE[0], Vote(question, 1, 1, uuid4(), ("o1",)))
            await rooms.command(room, Command(Action.TAKE_BACK, question, room.event.revision))
            await editing.remove(rooms, room, question)
            async with asyncio.timeout(PATIENCE_SECONDS):
                receipt = await waiting
            assert (receipt.state, receipt.error and receipt.error.code) == ("refused", "unknown_question")


async def test_server_removes_at_its_start_what_an_earlier_one_left(tmp_path: Path) -> None:
    """A question was closed, and the server ended before it could rewrite the files: the next one does."""
    path = tmp_path / "poll.sqlite3"
    async with migrated(f"sqlite+aiosqlite:///{path}") as database:
        event = await stored(database, draft([SECRET]))
        (question,) = ids(event)
        event = await stepped(database, event, Action.OPEN, question)
        await slips.count(database, [replace(ballot(question, person), secret=True) for person in PEOPLE])
        event = await stepped(database, event, Action.CLOSE, question)
        old = await keys(database)
        await stepped(database, event, Action.SETTLE, question)
        assert any(key.encode() in contents for contents in sqlite_files(path) for key in old)
        async with running(database):
            await gone(path, old)


async def test_votes_wait_while_traces_are_removed(tmp_path: Path) -> None:
    """While the file is written anew other events go on: their votes are counted after it, and nobody is sent away."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as database:
        event = await stored(database, draft([definition()]))
        (question,) = ids(event)
        async with running(database) as rooms:
            room = await rooms.get(event.code)
            await rooms.command(room, Command(Action.OPEN, question, room.event.revision))
            removing = asyncio.create_task(database.leave_no_traces(slips.TABLES))
            votes = [Vote(question, 1, 1, uuid4(), ("o1",)) for _ in PEOPLE]
            told = await asyncio.gather(*map(partial(cast, room, rooms.box), PEOPLE, votes))
            await removing
            assert ([receipt.state for receipt in told], room.storing.light) == (
                ["counted"] * len(PEOPLE),
                Light.STORED,
            )


async def test_traces_cannot_be_removed_while_somebody_reads(tmp_path: Path) -> None:
    """Whoever reads an older state keeps it in the log: that is told, and the next attempt succeeds."""
    path = tmp_path / "poll.sqlite3"
    async with migrated(f"sqlite+aiosqlite:///{path}") as database:
        await stored(database, draft([SECRET]))
        async with database.read() as connection:
            await connection.execute(text("SELECT count(*) FROM slip"))
            with pytest.raises(Unavailable):
                await database.leave_no_traces(slips.TABLES)
        await database.leave_no_traces(slips.TABLES)
        assert sqlite_files(path)[1] == b""
