"""Votes for questions answered piece by piece: each piece is a ballot, a person counts once."""

import asyncio
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from poll_server.domain.ballots import NUMBER_MAXIMUM, Rank, Standing
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Action
from poll_server.live.cast import cast
from poll_server.messages import Vote
from poll_server.storage import ballots
from poll_server.storage.database import Database
from tests.live.test_cast import Floor, open_floor, told
from tests.storage.databases import BACKENDS, migrated

STATEMENTS = Definition(
    "statements",
    "Wie sehen Sie das?",
    tuple(Option(f"o{n}", f"Aussage {n}") for n in range(1, 6)),
    {"abstention": True},
)


@pytest_asyncio.fixture(params=BACKENDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    async with migrated(url) as made:
        yield made


@pytest_asyncio.fixture
async def floor(database: Database) -> AsyncIterator[Floor]:
    """A floor whose first question has five statements and is open."""
    async with open_floor(database, STATEMENTS, STATEMENTS) as made:
        yield made


def vote(floor: Floor, number: int, *answer: str, submission: int = 0) -> Vote:
    """A vote with these pieces; its number names it unless something else does."""
    return Vote(floor.question, 1, number, UUID(int=submission or number), answer)


def tally(floor: Floor) -> dict[str, int]:
    """The tally of the first question, without zeros."""
    counted = floor.room.askings.present(floor.room.event.question(floor.question)).tally
    return {key: n for key, n in counted.items() if n}


async def test_person_counts_once_however_many_statements(floor: Floor) -> None:
    """Answers to several statements, one by one and together, are one person's; all of them stand."""
    assert told(await floor.cast(vote(floor, 1, "o1=a"))) == ("counted", "", ("o1=a",), 1)
    receipt = await floor.cast(vote(floor, 2, "o2=d", "o3=s"))
    assert (receipt.state, sorted(receipt.answer), receipt.number) == ("counted", ["o1=a", "o2=d", "o3=s"], 2)
    await floor.cast(vote(floor, 1, "o1=d"), "bert")
    assert tally(floor) == {"#": 2, "o1=a": 1, "o1=d": 1, "o2=d": 1, "o3=s": 1}


async def test_first_votes_at_once_count_one_person(floor: Floor) -> None:
    """Two tabs that answer at the same moment are one person with both answers."""
    box = [floor.cast(vote(floor, 1, "o1=a", submission=7)), floor.cast(vote(floor, 1, "o2=d", submission=8))]
    for receipt in box:
        assert (await receipt).state == "counted"
    assert tally(floor) == {"#": 1, "o1=a": 1, "o2=d": 1}


async def test_changed_piece_replaces_its_own_only(floor: Floor) -> None:
    """Another choice for a statement takes the first one back, and nothing else."""
    await floor.cast(vote(floor, 1, "o1=a", "o2=a"))
    assert told(await floor.cast(vote(floor, 2, "o1=d"))) == ("counted", "", ("o2=a", "o1=d"), 2)
    assert tally(floor) == {"#": 1, "o1=d": 1, "o2=a": 1}


async def test_piece_sent_again_counts_once(floor: Floor) -> None:
    """The same message again hears "counted"; a message that holds it too counts what is new in it."""
    await floor.cast(vote(floor, 1, "o1=a"))
    assert (await floor.cast(vote(floor, 1, "o1=a"))).state == "counted"
    assert told(await floor.cast(vote(floor, 2, "o1=a", "o2=s")))[0] == "counted"
    assert tally(floor) == {"#": 1, "o1=a": 1, "o2=s": 1}


async def test_older_piece_is_told_stale(floor: Floor) -> None:
    """A number below that of the same statement changes nothing; for another statement it counts."""
    await floor.cast(vote(floor, 5, "o1=a"))
    assert told(await floor.cast(vote(floor, 3, "o1=d"))) == ("refused", "stale", ("o1=a",), 5)
    assert told(await floor.cast(vote(floor, 3, "o2=d"))) == ("counted", "", ("o1=a", "o2=d"), 5)
    assert tally(floor) == {"#": 1, "o1=a": 1, "o2=d": 1}


async def test_abstention_gives_way_to_answers_but_does_not_replace_them(floor: Floor) -> None:
    """Who abstains may answer after all; who has answered is told that it counts."""
    await floor.cast(vote(floor, 1, "-"))
    assert tally(floor) == {"-": 1}
    assert told(await floor.cast(vote(floor, 2, "o1=a"))) == ("counted", "", ("o1=a",), 2)
    assert tally(floor) == {"#": 1, "o1=a": 1}
    assert told(await floor.cast(vote(floor, 3, "-"))) == ("refused", "answered_pieces", ("o1=a",), 2)
    assert tally(floor) == {"#": 1, "o1=a": 1}


async def test_abstention_on_its_way_with_an_answer_gives_way(floor: Floor, database: Database) -> None:
    """Two tabs of a person, one abstains and one answers, neither knowing of the other: only the answer counts."""
    people = {}
    for number, submission, first, batches in product((1, NUMBER_MAXIMUM), (7, 9), (0, 1), (1, 2)):
        person = f"{number} {submission} {first} {batches}"
        both = [vote(floor, number, "-", submission=submission), vote(floor, 1, "o1=a", submission=8)]
        casts = [cast(floor.room, floor.rooms.box, person, both[first])]
        if batches == 2:
            await asyncio.sleep(0)  # the box takes what waits
        casts.append(cast(floor.room, floor.rooms.box, person, both[1 - first]))
        assert (person, (await asyncio.gather(*casts))[1 - first].state) == (person, "counted")
        people[person] = Standing(Rank(1, UUID(int=8)), ("o1=a",))
    async with database.read() as connection:
        assert await ballots.standing_ballots(connection, floor.question, 1) == people
        assert await ballots.recount(connection, [floor.question]) == []
    assert tally(floor) == {"#": len(people), "o1=a": len(people)}


async def test_closed_question_takes_no_piece(floor: Floor) -> None:
    """After the closing a new statement is refused, and the answers that stand are told."""
    await floor.cast(vote(floor, 1, "o1=a"))
    await floor.step(Action.CLOSE)
    assert told(await floor.cast(vote(floor, 2, "o2=a")))[:3] == ("refused", "closed_at", ("o1=a",))
    assert (await floor.cast(vote(floor, 1, "o1=a"))).state == "counted"


async def test_server_that_starts_again_knows_all_pieces(floor: Floor, database: Database) -> None:
    """What stands of everybody is read as it was in memory, and a recount finds the tally."""
    await floor.cast(vote(floor, 1, "o1=a", "o4=s"))
    await floor.cast(vote(floor, 2, "o2=d"))
    await floor.cast(vote(floor, 1, "-"), "bert")
    async with database.read() as connection:
        read = await ballots.standing_ballots(connection, floor.question, 1)
        assert set(await ballots.answer_of(connection, floor.question, 1, "anna")) == {"o1=a", "o4=s", "o2=d"}
        assert await ballots.recount(connection, [floor.question]) == []
    known = floor.room.standing
    assert {who: (one.rank, set(one.answer)) for who, one in read.items()} == {
        who: (one.rank, set(one.answer)) for who, one in known.items()
    }
