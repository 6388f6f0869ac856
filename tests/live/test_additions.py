"""Additions in a room with its database: restarts, rehearsals, and how many there may be."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from poll_server.domain.decisions import Entry, Verdict
from poll_server.domain.errors import Forbidden, PollError, Refused
from poll_server.domain.programme import Option
from poll_server.domain.rounds import Action
from poll_server.live.additions import add
from poll_server.live.room import Room
from poll_server.messages import Add, Decide, Rehearse
from poll_server.storage import ballots
from poll_server.storage.database import Database
from tests.live.test_cast import Floor
from tests.live.test_pieces import STATEMENTS, rooms_on, vote
from tests.storage.databases import draft, migrated, stored

ASKED = replace(STATEMENTS, rules={"additions": True})
FULL = replace(ASKED, options=tuple(Option(f"o{n}", f"Aussage {n}") for n in range(1, 601)))


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as made:
        yield made


@pytest_asyncio.fixture
async def floor(database: Database) -> AsyncIterator[Floor]:
    """A floor whose first question takes additions and is open; the second is full."""
    event = await stored(database, draft([ASKED, FULL]))
    rooms = rooms_on(database)
    try:
        made = Floor(rooms, await rooms.get(event.code))
        await made.step(Action.OPEN)
        yield made
    finally:
        await rooms.stop()


async def suggest(floor: Floor, database: Database, text: str, who: str = "anna") -> str:
    """Add a statement to the question on the stage; returns the code of a refusal."""
    stage = floor.room.event.on_stage
    assert stage is not None
    try:
        await add(database, floor.room, who, Add(stage.id, stage.wave, text))
    except PollError as error:
        return error.code
    return ""


async def decide(floor: Floor, text: str, verdict: Verdict | None) -> None:
    """Decide about the addition with this text."""
    stage = floor.room.event.on_stage
    assert stage is not None
    (key,) = [one.key for one in floor.room.additions[stage.id].values() if one.text == text]
    await floor.rooms.decide(floor.room, Decide(stage.id, stage.wave, Entry(key, "", 1, None).name, verdict))


def added(room: Room) -> list[tuple[str, str]]:
    """The parts that the first question has got."""
    return [(one.key, one.label) for one in next(iter(room.event.questions)).definition.added]


async def test_additions_survive_a_restart_in_the_order_of_acceptance(floor: Floor, database: Database) -> None:
    """Another server on the same database knows what waits, what is asked under which key, and what was counted."""
    for text in ("Erste", "Zweite", "Dritte"):
        assert await suggest(floor, database, text) == ""
    await decide(floor, "Zweite", Verdict.SHOWN)
    await decide(floor, "Erste", Verdict.SHOWN)
    await floor.cast(vote(floor, 1, "o6=a", "o7=d"))
    await decide(floor, "Zweite", Verdict.HIDDEN)
    other = rooms_on(database)
    try:
        room = await other.get(floor.room.event.code)
        assert added(room) == added(floor.room) == [("o6", ""), ("o7", "Erste")]
        assert room.additions == floor.room.additions
        question = room.event.question(floor.question)
        assert [(one.text, one.verdict) for one in room.entries(question)] == [
            ("Erste", Verdict.SHOWN),
            ("Zweite", Verdict.HIDDEN),
            ("Dritte", None),
        ]
    finally:
        await other.stop()
    async with database.read() as connection:
        assert await ballots.recount(connection, [floor.question]) == []
    await decide(floor, "Zweite", Verdict.SHOWN)
    assert added(floor.room) == [("o6", "Zweite"), ("o7", "Erste")]
    rows = floor.room.counted(floor.room.event.question(floor.question), 1).results.rows
    assert [row.key for row in rows if row.count] == ["o6=a", "o7=d"]


async def test_a_person_adds_five_and_each_text_once(floor: Floor, database: Database) -> None:
    """The sixth is refused, also after one was hidden; the same text again is the same addition."""
    for number in (1, 2, 3, 4, 5, 5):
        assert await suggest(floor, database, f"Neue {number}") == ""
    await decide(floor, "Neue 1", Verdict.HIDDEN)
    assert await suggest(floor, database, "Neue 6") == "added_enough"
    assert await suggest(floor, database, "Neue 5", "bert") == ""
    assert len(floor.room.additions[floor.question]) == 6


async def test_other_verdicts_are_not_for_additions(floor: Floor, database: Database) -> None:
    """Nothing can be chosen for the screen here."""
    await suggest(floor, database, "Neue")
    with pytest.raises(Forbidden) as told:
        await decide(floor, "Neue", Verdict.CHOSEN)
    assert (told.value.code, added(floor.room)) == ("step", [])


async def test_full_question_accepts_no_more(floor: Floor, database: Database) -> None:
    """Beyond 600 statements nothing is accepted; it goes on waiting."""
    await floor.step(Action.CLOSE)
    floor.question = floor.other
    await floor.step(Action.OPEN)
    assert await suggest(floor, database, "Neue") == ""
    with pytest.raises(Forbidden) as told:
        await decide(floor, "Neue", Verdict.SHOWN)
    assert told.value.code == "full"


async def test_closed_question_takes_no_addition(floor: Floor, database: Database) -> None:
    """After the closing a statement is refused."""
    await floor.step(Action.CLOSE)
    with pytest.raises(Refused) as told:
        await add(database, floor.room, "anna", Add(floor.question, 1, "Neue"))
    assert told.value.code == "no_addition"


async def test_rehearsal_takes_its_additions_with_it(database: Database) -> None:
    """What was added and accepted in a rehearsal is gone after it, in memory and in the database."""
    event = await stored(database, draft([ASKED, ASKED]))
    rooms = rooms_on(database)
    try:
        room = await rooms.get(event.code)
        await rooms.rehearse(room, Rehearse(True, room.event.revision))
        floor = Floor(rooms, room)
        await floor.step(Action.OPEN)
        assert await suggest(floor, database, "Probe") == ""
        await decide(floor, "Probe", Verdict.SHOWN)
        assert added(room) == [("o6", "Probe")]
        await rooms.rehearse(room, Rehearse(False, room.event.revision))
        assert (added(room), room.additions) == ([], {})
    finally:
        await rooms.stop()
