"""Additions in a room with its database: many at once, restarts, rehearsals, and how many there may be."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from poll_server.domain.additions import WAITING_MAXIMUM
from poll_server.domain.decisions import Entry, Verdict
from poll_server.domain.errors import Forbidden, PollError, Refused
from poll_server.domain.programme import Option
from poll_server.domain.rounds import Action
from poll_server.live import decisions, steps
from poll_server.live.room import Room
from poll_server.live.together import AT_ONCE_MAXIMUM
from poll_server.messages import Add, Decide, Rehearse
from poll_server.storage import ballots
from poll_server.storage.additions import additions
from poll_server.storage.database import Database
from tests.live.test_cast import Floor, open_floor, rooms_on
from tests.live.test_groups import CountingDatabase
from tests.live.test_pieces import STATEMENTS, vote
from tests.storage.databases import draft, migrated, stored

ASKED = replace(STATEMENTS, rules={"additions": True})
FULL = replace(ASKED, options=tuple(Option(f"o{n}", f"Aussage {n}") for n in range(1, 601)))


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[CountingDatabase]:
    """An empty database that counts transactions."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}"
    async with migrated(url):
        made = CountingDatabase(url)
        yield made
        await made.close()


@pytest_asyncio.fixture
async def floor(database: Database) -> AsyncIterator[Floor]:
    """A floor whose first question takes additions and is open; the second is full."""
    async with open_floor(database, ASKED, FULL) as made:
        yield made


async def suggest(floor: Floor, text: str, who: str = "anna") -> str:
    """Add a statement to the question on the stage; returns the code of a refusal."""
    stage = floor.room.event.on_stage
    assert stage is not None
    try:
        await floor.rooms.adding.add(floor.room, who, Add(stage.id, stage.wave, text))
    except PollError as error:
        return error.code
    return ""


async def suggest_all(floor: Floor, *sent: tuple[str, str]) -> list[str]:
    """Let people, each with a text, add statements at the same moment; the codes of their refusals."""
    return await asyncio.gather(*(suggest(floor, text, who) for who, text in sent))


def texts(floor: Floor) -> list[str]:
    """What has been added, in the order of arrival."""
    return [one.text for one in floor.room.askings.additions.get(floor.question, {}).values()]


async def decide(floor: Floor, text: str, verdict: Verdict | None) -> None:
    """Decide about the addition with this text."""
    stage = floor.room.event.on_stage
    assert stage is not None
    (key,) = [one.key for one in floor.room.askings.additions[stage.id].values() if one.text == text]
    await decisions.decide(floor.rooms, floor.room, Decide(stage.id, stage.wave, Entry(key, "", 1, None).name, verdict))


def added(room: Room) -> list[tuple[str, str]]:
    """The parts that the first question has got."""
    return [(one.key, one.label) for one in next(iter(room.event.questions)).definition.added]


async def test_additions_survive_a_restart_in_the_order_of_acceptance(floor: Floor, database: Database) -> None:
    """Another server on the same database knows what waits, what is asked under which key, and what was counted."""
    for text in ("Erste", "Zweite", "Dritte"):
        assert await suggest(floor, text) == ""
    await decide(floor, "Zweite", Verdict.SHOWN)
    await decide(floor, "Erste", Verdict.SHOWN)
    await floor.cast(vote(floor, 1, "o6=a", "o7=d"))
    await decide(floor, "Zweite", Verdict.HIDDEN)
    other = rooms_on(database)
    try:
        room = await other.get(floor.room.event.code)
        assert added(room) == added(floor.room) == [("o6", ""), ("o7", "Erste")]
        assert room.askings.additions == floor.room.askings.additions
        question = room.event.question(floor.question)
        assert [(one.text, one.verdict) for one in room.askings.entries(question)] == [
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
    rows = floor.room.askings.counted(floor.room.event.question(floor.question), 1).results.rows
    assert [row.key for row in rows if row.count] == ["o6=a", "o7=d"]


async def test_a_person_adds_five_and_each_text_once(floor: Floor) -> None:
    """The sixth is refused, also after one was hidden; the same text again is the same addition."""
    for number in (1, 2, 3, 4, 5, 5):
        assert await suggest(floor, f"Neue {number}") == ""
    await decide(floor, "Neue 1", Verdict.HIDDEN)
    assert await suggest(floor, "Neue 6") == "added_enough"
    assert await suggest(floor, "Neue 5", "bert") == ""
    assert len(floor.room.askings.additions[floor.question]) == 6


async def test_thousand_at_once_are_a_few_transactions(floor: Floor, database: CountingDatabase) -> None:
    """All of them wait at the desk in their order, in memory and after a restart; then there is room for no other."""
    before = database.writes
    sent = [(f"p{n}", f"Neue {n}") for n in range(WAITING_MAXIMUM)]
    assert await suggest_all(floor, *sent, ("anna", "Eine zu viel")) == [""] * WAITING_MAXIMUM + ["many_wait"]
    assert database.writes - before == WAITING_MAXIMUM / AT_ONCE_MAXIMUM
    assert texts(floor) == [text for _, text in sent]
    async with database.read() as connection:
        assert (await additions(connection, [floor.question])) == floor.room.askings.additions


async def test_refusal_within_a_batch_is_told_to_its_sender_alone(floor: Floor, database: CountingDatabase) -> None:
    """The sixth of a person, and what is there already; the same text twice is one, of two people it is two."""
    before = database.writes
    own = [("bert", f"Neue {n}") for n in range(6)]
    told = await suggest_all(floor, ("anna", "Neue 1"), *own, ("anna", "neue  1"), ("carl", "Aussage 2"), ("carl", "…"))
    assert told == [""] * 6 + ["added_enough", "", "added_already", "unwritten"]
    assert texts(floor) == ["Neue 1", *(text for _, text in own[:5])]
    assert database.writes == before + 1


async def test_waiting_maximum_holds_within_a_batch(floor: Floor) -> None:
    """Of those who send at the same moment only so many get in as there is room for."""
    await suggest_all(floor, *((f"p{n}", "Neue") for n in range(WAITING_MAXIMUM - 2)))
    assert await suggest_all(floor, *((who, "Neue") for who in "abcd")) == ["", "", "many_wait", "many_wait"]
    assert len(texts(floor)) == WAITING_MAXIMUM


async def test_failing_database_is_told_to_those_whose_text_is_lost(floor: Floor, database: CountingDatabase) -> None:
    """Who had it stored before hears nothing of it, who is refused hears why; the same goes in afterwards."""
    await suggest(floor, "Alte")
    database.fails = database.writes + 1
    sent = [("anna", "Alte"), ("anna", "Neue"), ("anna", "Neue"), ("bert", "Aussage 1"), ("bert", "Neue")]
    assert await suggest_all(floor, *sent) == ["", "not_saved", "not_saved", "added_already", "not_saved"]
    assert texts(floor) == ["Alte"]
    assert await suggest_all(floor, *sent) == ["", "", "", "added_already", ""]
    assert texts(floor) == ["Alte", "Neue", "Neue"]


async def test_other_verdicts_are_not_for_additions(floor: Floor) -> None:
    """Nothing can be chosen for the screen here."""
    await suggest(floor, "Neue")
    with pytest.raises(Forbidden) as told:
        await decide(floor, "Neue", Verdict.CHOSEN)
    assert (told.value.code, added(floor.room)) == ("step", [])


async def test_full_question_accepts_no_more(floor: Floor) -> None:
    """Beyond 600 statements nothing is accepted; it goes on waiting."""
    await floor.step(Action.CLOSE)
    floor.question = floor.other
    await floor.step(Action.OPEN)
    assert await suggest(floor, "Neue") == ""
    with pytest.raises(Forbidden) as told:
        await decide(floor, "Neue", Verdict.SHOWN)
    assert told.value.code == "full"


async def test_closed_question_takes_no_addition(floor: Floor) -> None:
    """After the closing a statement is refused."""
    await floor.step(Action.CLOSE)
    with pytest.raises(Refused) as told:
        await floor.rooms.adding.add(floor.room, "anna", Add(floor.question, 1, "Neue"))
    assert told.value.code == "no_addition"


async def test_rehearsal_takes_its_additions_with_it(database: Database) -> None:
    """What was added and accepted in a rehearsal is gone after it, in memory and in the database."""
    event = await stored(database, draft([ASKED, ASKED]))
    rooms = rooms_on(database)
    try:
        room = await rooms.get(event.code)
        await steps.rehearse(rooms, room, Rehearse(True, room.event.revision))
        floor = Floor(rooms, room)
        await floor.step(Action.OPEN)
        assert await suggest(floor, "Probe") == ""
        await decide(floor, "Probe", Verdict.SHOWN)
        assert added(room) == [("o6", "Probe")]
        await steps.rehearse(rooms, room, Rehearse(False, room.event.revision))
        assert (added(room), room.askings.additions) == ([], {})
    finally:
        await rooms.stop()
