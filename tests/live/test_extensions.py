"""More time for many in the same second: a real room and a real database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from poll_server.domain.rounds import Action, Question
from poll_server.domain.timing import EXTENSION, EXTENSIONS_MAXIMUM, Extension
from poll_server.live import steps
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.live.together import AT_ONCE_MAXIMUM
from poll_server.messages import Command, Extend, Time
from poll_server.storage import extensions
from tests.live.test_cast import rooms_on
from tests.live.test_groups import CountingDatabase
from tests.storage.databases import definition, draft, migrated, stored

PEOPLE = 1000
RULES = {"seconds": 600, "extension": True}


@dataclass
class Floor:
    """An open question with more time to be had, and the way to it."""

    database: CountingDatabase
    rooms: Rooms
    room: Room

    @property
    def question(self) -> Question:
        """The question on the stage."""
        assert self.room.event.on_stage is not None
        return self.room.event.on_stage

    async def wish(self, *people: str) -> list[Extension | str]:
        """Let all of these wish more time at once; what each heard, a refusal as its code."""
        wishes = [self.rooms.extensions.give(self.room, who, Extend(self.question.id, 1)) for who in people]
        told = await asyncio.gather(*wishes, return_exceptions=True)
        return [one if isinstance(one, Extension) else getattr(one, "code", repr(one)) for one in told]

    async def kept(self) -> dict[str, Extension]:
        """What is stored."""
        async with self.database.read() as connection:
            return await extensions.read(connection, self.question, self.room.now().tzinfo)  # type: ignore[arg-type]


@asynccontextmanager
async def floor_in(folder: Path) -> AsyncIterator[Floor]:
    """A floor whose database counts the transactions from here on."""
    url = f"sqlite+aiosqlite:///{folder / 'poll.sqlite3'}"
    async with migrated(url) as plain:
        event = await stored(plain, draft([replace(definition(), rules=RULES)]))
    database = CountingDatabase(url)
    rooms = rooms_on(database)
    try:
        floor = Floor(database, rooms, await rooms.get(event.code))
        question = next(floor.room.event.questions)
        await rooms.command(floor.room, Command(Action.OPEN, question.id, floor.room.event.revision))
        database.writes = 0
        yield floor
    finally:
        await rooms.stop()
        await database.close()


async def test_thousand_wishes_are_a_few_transactions(tmp_path: Path) -> None:
    """Each gets a minute more than the common end, kept in the database and in the room."""
    async with floor_in(tmp_path) as floor:
        people = [f"p{at}" for at in range(PEOPLE)]
        told = await floor.wish(*people)
        assert floor.question.closes is not None
        assert set(told) == {Extension(floor.question.closes + EXTENSION, 1)}
        assert floor.room.extensions == dict.fromkeys(people, told[0])
        assert await floor.kept() == floor.room.extensions
        assert floor.database.writes == PEOPLE / AT_ONCE_MAXIMUM


async def test_moderator_comes_between_a_thousand_wishes(tmp_path: Path) -> None:
    """A step waits for one batch, and what is wished after it is judged by the state it leaves."""
    async with floor_in(tmp_path) as floor:
        stop = Time(floor.question.id, 0, floor.room.event.revision)
        wishes = asyncio.create_task(floor.wish(*(f"p{at}" for at in range(PEOPLE))))
        while not floor.room.stepping.locked():  # noqa: ASYNC110 - told to nobody else
            await asyncio.sleep(0)
        await steps.time(floor.rooms, floor.room, stop)
        told = await wishes
        assert [one for one in told if one == "no_extension"] == ["no_extension"] * (PEOPLE - AT_ONCE_MAXIMUM)
        assert (floor.database.writes, await floor.kept()) == (2, {})


async def test_refused_wish_is_told_to_its_sender_alone(tmp_path: Path) -> None:
    """Who presses once too often in the same moment hears why; the others, and what they had before, are granted."""
    async with floor_in(tmp_path) as floor:
        told = await floor.wish("anna", *["paul"] * EXTENSIONS_MAXIMUM, "paul", "berta")
        ends = floor.question.closes
        assert ends is not None
        each = [Extension(ends + number * EXTENSION, number) for number in range(1, EXTENSIONS_MAXIMUM + 1)]
        assert told == [each[0], *each, "extended_enough", each[0]]
        assert floor.room.extensions == {"anna": each[0], "paul": each[-1], "berta": each[0]}
        assert await floor.kept() == floor.room.extensions
        assert await floor.wish("paul", "anna") == ["extended_enough", each[1]]
        assert await floor.kept() == floor.room.extensions == {"anna": each[1], "paul": each[-1], "berta": each[0]}
        assert floor.database.writes == 2


async def test_failing_database_is_told_to_all_who_waited(tmp_path: Path) -> None:
    """Nobody hears of time that is not stored, a refused one hears why; the same wish is granted afterwards."""
    async with floor_in(tmp_path) as floor:
        await floor.wish(*["paul"] * EXTENSIONS_MAXIMUM)
        before = dict(floor.room.extensions)
        floor.database.fails = floor.database.writes + 1
        assert await floor.wish("anna", "paul", "berta") == ["not_saved", "extended_enough", "not_saved"]
        assert floor.room.extensions == await floor.kept() == before
        (granted,) = await floor.wish("anna")
        assert granted == Extension(floor.room.extensions["paul"].until - timedelta(minutes=EXTENSIONS_MAXIMUM - 1), 1)
