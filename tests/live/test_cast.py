"""Casting a vote: a real room, a real box and a real database; what the voter is told, and what stands then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.domain.errors import Conflict, Unavailable
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Action
from poll_server.live.cast import cast
from poll_server.live.rehearsal import Crowds
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.messages import ID_MAXIMUM, Command, Vote
from poll_server.render import Receipt, Site
from poll_server.storage.database import Database
from tests.storage.databases import definition, draft, migrated, stored

SITE = Site("http://localhost", "", "/i", "/p", "/a", lambda name: name)
FIRST, SECOND = UUID(int=1), UUID(int=2)


class Floor:
    """A running event with two questions, the first of them open, and the way in."""

    def __init__(self, rooms: Rooms, room: Room) -> None:
        self.rooms = rooms
        self.room = room
        self.question, self.other = [question.id for question in room.event.questions]

    def vote(self, answer: str = "o1", number: int = 1, submission: UUID | None = FIRST, **changed: int) -> Vote:
        """A vote for the first question."""
        vote = Vote(self.question, 1, number, submission, (answer,))
        return replace(vote, **changed)  # type: ignore[arg-type]  # whole numbers for fields that are such

    async def cast(self, vote: Vote, participant: str = "anna") -> Receipt:
        """Cast it."""
        return await cast(self.room, self.rooms.box, participant, vote)

    async def step(self, action: Action) -> None:
        """Let the moderator make a step with the first question; a closing is waited for."""
        await self.rooms.command(self.room, Command(action, self.question, self.room.event.revision))
        async with asyncio.timeout(8):
            while self.room.event.question(self.question).state == "closing":  # noqa: ASYNC110 - told to nobody else
                await asyncio.sleep(0.05)


def told(receipt: Receipt) -> tuple[str, str, tuple[str, ...], int]:
    """The state, the reason, and the answer that stands with its number."""
    return receipt.state, receipt.error.code if receipt.error else "", receipt.answer, receipt.number


def rooms_on(database: Database) -> Rooms:
    """The rooms of a server that starts on this database."""
    rooms = Rooms(database, lambda: datetime.now(UTC), SITE, Crowds("http://127.0.0.1:9"))
    rooms.start()
    return rooms


@asynccontextmanager
async def open_floor(database: Database, *questions: Definition) -> AsyncIterator[Floor]:
    """A floor with these two questions, the first of them open."""
    event = await stored(database, draft(questions))
    rooms = rooms_on(database)
    try:
        made = Floor(rooms, await rooms.get(event.code.upper()))
        await made.step(Action.OPEN)
        yield made
    finally:
        await rooms.stop()


@pytest_asyncio.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    """A floor whose first question is open."""
    async with (
        migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as database,
        open_floor(database, definition(), definition("Und zurück?")) as made,
    ):
        yield made


async def test_vote_is_in_the_numbers_when_it_is_acknowledged(floor: Floor) -> None:
    """A counted vote stands in the tally and as the participant's own when its voter is told so."""
    receipt = await floor.cast(floor.vote("o2"))
    assert told(receipt) == ("counted", "", ("o2",), 1)
    assert (receipt.submission, receipt.at is not None) == (FIRST, True)
    assert floor.room.askings.present(floor.room.event.question(floor.question)).tally == {"#": 1, "o2": 1}
    assert floor.room.standing["anna"].answer == ("o2",)


class LosingDatabase(Database):
    """Commits the next transaction and loses the answer, as a connection that breaks at that moment does."""

    loses = False

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """As the base, but for the answer."""
        async with super().write() as connection:
            yield connection
        if self.loses:
            self.loses = False
            raise OperationalError("COMMIT", {}, ConnectionResetError())


@asynccontextmanager
async def losing_floor(folder: Path) -> AsyncIterator[tuple[LosingDatabase, Rooms, Room]]:
    """A room with one question on a database that can lose an answer."""
    url = f"sqlite+aiosqlite:///{folder / 'poll.sqlite3'}"
    async with migrated(url) as database:
        event = await stored(database, draft([definition()]))
        losing = LosingDatabase(url)
        rooms = Rooms(losing, lambda: datetime.now(UTC), SITE, Crowds("http://127.0.0.1:9"))
        rooms.start()
        try:
            yield losing, rooms, await rooms.get(event.code)
        finally:
            await rooms.stop()
            await losing.close()


async def test_numbers_are_right_after_a_lost_answer_of_the_database(tmp_path: Path) -> None:
    """A batch whose commit succeeded unheard is in the numbers, once, as soon as the box knows."""
    async with losing_floor(tmp_path) as (losing, rooms, room):
        question = next(room.event.questions)
        await rooms.command(room, Command(Action.OPEN, question.id, room.event.revision))
        losing.loses = True
        receipts = [await cast(room, rooms.box, who, Vote(question.id, 1, 1, FIRST, ("o2",))) for who in "ab"]
        assert [receipt.state for receipt in receipts] == ["counted", "counted"]
        assert room.askings.present(question).tally == {"#": 2, "o2": 2}
        assert {who: standing.answer for who, standing in room.standing.items()} == {"a": ("o2",), "b": ("o2",)}


async def test_highest_number_stands_whatever_comes_when(floor: Floor) -> None:
    """A lower number is told what stands; the same again is counted again and changes nothing."""
    assert told(await floor.cast(floor.vote("o3", 5))) == ("counted", "", ("o3",), 5)
    assert told(await floor.cast(floor.vote("o1", 4, SECOND))) == ("refused", "stale", ("o3",), 5)
    assert told(await floor.cast(floor.vote("o3", 5))) == ("counted", "", ("o3",), 5)
    assert floor.room.askings.present(floor.room.event.question(floor.question)).tally == {"#": 1, "o3": 1}


async def test_vote_without_a_submission_outranks_what_stands(floor: Floor) -> None:
    """A plain form gets an id from the server and the next number, however old the form is."""
    assert told(await floor.cast(floor.vote("o3", 5))) == ("counted", "", ("o3",), 5)
    receipt = await floor.cast(floor.vote("o1", 1, None))
    assert (told(receipt), receipt.submission is None) == (("counted", "", ("o1",), 6), False)


async def test_resent_vote_hears_counted_after_closing(floor: Floor) -> None:
    """Whose acknowledgement was lost is told the truth after the closing; a new vote is told when it closed."""
    await floor.cast(floor.vote("o2"))
    await floor.step(Action.CLOSE)
    assert told(await floor.cast(floor.vote("o2"))) == ("counted", "", ("o2",), 1)
    assert told(await floor.cast(floor.vote("o1", 2, SECOND))) == ("refused", "closed_at", ("o2",), 1)
    assert told(await floor.cast(floor.vote("o1"), "bert")) == ("refused", "closed_at", (), 0)
    await floor.step(Action.NEXT)
    assert told(await floor.cast(floor.vote("o2"))) == ("counted", "", ("o2",), 1)


async def test_row_that_the_database_rejects_is_its_voters_alone(floor: Floor) -> None:
    """What cannot be stored is refused to its sender; a vote of the same moment is counted."""
    bad, good = await asyncio.gather(floor.cast(floor.vote(), "\ud800"), floor.cast(floor.vote(), "bert"))
    assert (told(bad), told(good)) == (("refused", "unstorable", (), 0), ("counted", "", ("o1",), 1))


WHOLE = st.one_of(st.integers(0, 3), st.integers(0, ID_MAXIMUM))
SMALL = st.one_of(st.integers(0, 3), st.integers(0, 2**31 - 1))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=WHOLE,
    wave=SMALL,
    number=SMALL,
    submission=st.one_of(st.none(), st.uuids()),
    answer=st.lists(st.sampled_from(["o1", "o2", "o9", "#", ""]), max_size=3).map(tuple),
)
async def test_every_vote_gets_a_receipt(
    floor: Floor, question: int, wave: int, number: int, submission: UUID | None, answer: tuple[str, ...]
) -> None:
    """Whatever can be parsed is answered by a receipt for that submission, and only the open wave's votes count."""
    vote = Vote(question, wave, number, submission, answer)
    receipt = await floor.cast(vote, "carl")
    assert (receipt.question, receipt.wave, receipt.state in ("counted", "refused")) == (question, wave, True)
    assert submission is None or receipt.submission == submission
    assert receipt.state == "refused" or (question, wave) == (floor.question, 1)


async def test_closing_ends_after_a_lost_answer_of_the_database(tmp_path: Path) -> None:
    """A question whose closing was stored unheard is found closing by the next command, and closed by the server."""
    async with losing_floor(tmp_path) as (losing, rooms, room):
        question = next(room.event.questions).id
        await rooms.command(room, Command(Action.OPEN, question, room.event.revision))
        losing.loses = True
        for error in (Unavailable, Conflict):
            with pytest.raises(error):
                await rooms.command(room, Command(Action.CLOSE, question, 1))
        async with asyncio.timeout(8):
            while room.event.question(question).state != "closed":  # noqa: ASYNC110 - told to nobody else
                await asyncio.sleep(0.05)


async def test_newest_plain_form_stands(floor: Floor) -> None:
    """Of forms without a submission that come before the first is stored, the one that came last stands, every time."""
    for at in range(12):
        who = f"clara{at}"
        forms = [floor.cast(floor.vote(option, 1, None), who) for option in ("o1", "o2", "o3")]
        assert [receipt.state for receipt in await asyncio.gather(*forms)][-1] == "counted"
        assert floor.room.standing[who].answer == ("o3",)
