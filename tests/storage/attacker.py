"""Somebody with the database, its files and the list of participants, who wants to know who cast which secret ballot.

Every way gives a guess: for each participant an answer. What a way cannot find it leaves out.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.storage.database import Database

Guess = Mapping[str, str]
Found = tuple[list[str], list[str]]
"""Participants and answers, each in an order; who stands at the same place belongs together."""

_SLIP = re.compile(rb'([0-9a-f]{32}).{0,4}?\["(o\d)"\]', re.DOTALL)
"""A slip as both databases write it: the key, then the answer."""
_WAL_HEADER, _FRAME_HEADER = 32, 24
POSTGRES_PAGE = 8192


async def by_order(database: Database, *orders: str) -> dict[str, Found]:
    """What the database itself says first, in each of these orders that it knows."""
    async with database.read() as connection:
        found = {order: await _ordered(connection, order) for order in orders}
    return {f"order {order}": both for order, both in found.items() if both}


async def _ordered(connection: AsyncConnection, order: str) -> Found | None:
    """Both tables in this order; None where the database knows no such order."""
    by = f"ORDER BY {order}" if order else ""
    try:
        async with connection.begin_nested():
            people = await connection.execute(text(f"SELECT participant FROM voted {by}"))
            slips = await connection.execute(text(f"SELECT answer FROM slip {by}"))
    except DBAPIError:
        return None
    return list(people.scalars()), [re.sub(r"\W", "", str(answer)) for answer in slips.scalars()]


class Diary:
    """Who and what turns up in the bytes that follow each other: at each point the new ones belong together."""

    def __init__(self, people: Iterable[str]) -> None:
        self._person = re.compile(b"|".join(one.encode() for one in people))
        self._known: set[bytes] = set()
        self.people: list[str] = []
        self.answers: list[str] = []

    def read(self, page: bytes) -> None:
        """Note what is new; within a page the later row stands further in front, in SQLite as in PostgreSQL."""
        for found in reversed(list(self._person.finditer(page))):
            if found[0] not in self._known:
                self._known.add(found[0])
                self.people.append(found[0].decode())
        for found in reversed(list(_SLIP.finditer(page))):
            if found[1] not in self._known:
                self._known.add(found[1])
                self.answers.append(found[2].decode())

    def found(self) -> Found:
        """What was noted."""
        return self.people, self.answers


def by_pages(people: Iterable[str], contents: bytes, size: int) -> Found:
    """The pages of a file in their order, free ones too."""
    diary = Diary(people)
    for start in range(0, len(contents), size):
        diary.read(contents[start : start + size])
    return diary.found()


def by_log(people: Iterable[str], log: bytes) -> Found:
    """The frames of SQLite's write-ahead log in the order in which they were written."""
    diary = Diary(people)
    size = int.from_bytes(log[8:12], "big") + _FRAME_HEADER
    for start in range(_WAL_HEADER, len(log), size):
        diary.read(log[start + _FRAME_HEADER : start + size])
    return diary.found()


def guessed(found: Found) -> Guess:
    """Who stands at the same place belongs together."""
    return dict(zip(*found, strict=False))


def sqlite_files(path: Path) -> tuple[bytes, bytes]:
    """The contents of the file and of its write-ahead log."""
    return path.read_bytes(), path.with_name(f"{path.name}-wal").read_bytes()


async def attack_sqlite(database: Database, path: Path, people: Sequence[str]) -> dict[str, Guess]:
    """Every way into a SQLite file and its log."""
    contents, log = sqlite_files(path)
    size = int.from_bytes(contents[16:18], "big")
    ways = {
        "pages": by_pages(people, contents, size),
        "log": by_log(people, log) if log else ([], []),
        "log as it lies": by_pages(people, log, size),
    }
    ways |= await by_order(database, "", "rowid", "1")
    return {way: guessed(found) for way, found in ways.items()}


async def attack_postgresql(database: Database, folder: Path, people: Sequence[str]) -> dict[str, Guess]:
    """Every way into a PostgreSQL database and the files of its tables; ``folder`` is that of the whole cluster."""
    ways = {"files": by_pages(people, b"".join(await table_files(database, folder)), POSTGRES_PAGE)}
    ways |= await by_order(database, "", "ctid", "xmin::text::bigint, ctid", "cmin::text::bigint, ctid")
    return {way: guessed(found) for way, found in ways.items()}


async def table_files(database: Database, folder: Path) -> list[bytes]:
    """The contents of all files of a database, written out first."""
    async with database.write() as connection:
        await connection.execute(text("CHECKPOINT"))
        oid = await connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        files = folder / "data" / "base" / str(oid.scalar())
    return await asyncio.to_thread(lambda: [file.read_bytes() for file in sorted(files.iterdir()) if file.is_file()])


def hits(guess: Guess, truth: Guess) -> int:
    """How many were found out."""
    return sum(truth.get(person) == answer for person, answer in guess.items())
