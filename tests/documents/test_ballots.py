"""Single ballots: which may be told, read in pieces, and a bag of answers without people."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest
import pytest_asyncio

from poll_server.documents.ballots import read_ballots, withheld
from poll_server.documents.export import Export, read_export
from poll_server.domain.ballots import PERSON_RANK, Ballot, Key, Rank
from poll_server.domain.errors import Conflict
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Action, Event, State
from poll_server.questions import kind_of
from poll_server.questions.contract import ANSWERED, Results
from poll_server.storage import ballots
from poll_server.storage.database import Database
from tests.documents.exports import question
from tests.storage.databases import ballot, draft, ids, migrated, opened, stepped, stored

STATEMENTS = Definition("statements", "Wie sehen Sie das?", (Option("o1", "Mehr Bus"), Option("o2", "Mehr Rad")))


@pytest_asyncio.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    """A migrated SQLite database that the tests share; each uses an event of its own."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('ballots') / 'poll.sqlite3'}") as database:
        yield database


async def closed(database: Database, event: Event) -> Export:
    """Close the first question and read the export."""
    (question_id,) = ids(event)
    for action in (Action.CLOSE, Action.SETTLE):
        event = await stepped(database, event, action, question_id)
    return await exported(database, event)


async def exported(database: Database, event: Event) -> Export:
    """Read the export as it stands."""
    async with database.read() as connection:
        return await read_export(connection, event.id)


async def test_ballots_are_counted_without_people(database: Database) -> None:
    """However small the pieces in which they are read, each answer is there as often as it was given."""
    event = await opened(database)
    (question_id,) = ids(event)
    given = ["o1", "o2", "o1", "o3", "o1", "o2", "o1"]
    await ballots.count(database, [ballot(question_id, f"p{at}", answer, id=at) for at, answer in enumerate(given)])
    export = await closed(database, event)
    told: list[int] = []
    for size in (1, 2, 7, 100):
        assert await read_ballots(database, export, told.append, size) == {
            question_id: Counter({("o1",): 4, ("o2",): 2, ("o3",): 1})
        }
    assert sum(told) == 4 * len(given)


async def test_pieces_of_one_person_are_one_ballot(database: Database) -> None:
    """What somebody answers piece by piece comes together, also where a read ends amid it."""
    event = await stored(database, draft([STATEMENTS]))
    (question_id,) = ids(event)
    event = await stepped(database, event, Action.OPEN, question_id)
    batch = [Ballot(Key(question_id, 1, f"p{at}"), PERSON_RANK, (), Counter([ANSWERED])) for at in range(5)] + [
        Ballot(
            Key(question_id, 1, f"p{at}", part),
            Rank(1, UUID(int=at + 1)),
            (f"{part}={'ad'[at % 2]}",),
            Counter([f"{part}={'ad'[at % 2]}"]),
        )
        for at in range(5)
        for part in ("o1", "o2")[: 1 + at % 2]
    ]
    await ballots.count(database, batch)
    export = await closed(database, event)
    for size in (1, 2, 3, 100):
        assert await read_ballots(database, export, at_once=size) == {
            question_id: Counter({("o1=a",): 3, ("o1=d", "o2=d"): 2})
        }


async def test_ballots_that_changed_meanwhile_are_refused(database: Database) -> None:
    """What does not add up to the result of the export is not told: the question was opened again between."""
    event = await opened(database)
    (question_id,) = ids(event)
    await ballots.count(database, [ballot(question_id, f"p{at}", id=at) for at in range(5)])
    export = await closed(database, event)
    again = await stepped(database, export.event, Action.REOPEN, question_id)
    await ballots.count(database, [ballot(question_id, "late", "o2", id=9)])
    with pytest.raises(Conflict, match="exported"):
        await read_ballots(database, export)
    assert await read_ballots(database, await exported(database, again)) == {}


CHOICE = question(Definition("single_choice", "?", (Option("o1", "a"), Option("o2", "b"))), State.CLOSED)


@pytest.mark.parametrize(
    ("asked", "people", "why"),
    [
        (CHOICE, 5, ""),
        (CHOICE, 4, "None: too few people answered."),
        (CHOICE, 0, "None: too few people answered."),
        (replace(CHOICE, state=State.ARCHIVED), 5, ""),
        (replace(CHOICE, state=State.OPEN), 5, "None: the question is not closed."),
        (replace(CHOICE, state=State.CLOSING), 5, "None: the question is not closed."),
        (replace(CHOICE, state=State.READY), 5, "None: the question is not closed."),
        (
            replace(CHOICE, definition=replace(CHOICE.definition, rules={"secret": True})),
            99,
            "None: the question is secret.",
        ),
        (replace(CHOICE, definition=Definition("open_text", "?")), 99, "None: people answered in their own words."),
    ],
    ids=str,
)
def test_ballots_are_withheld(asked: object, people: int, why: str) -> None:
    """Not of secret questions, not what people wrote, not before the end, and not of fewer than five people."""
    assert withheld(asked, Results(people, ()), "en") == why  # type: ignore[arg-type]  # parametrized


def test_abstentions_are_people_too() -> None:
    """Three who answered and two who abstained are five."""
    assert kind_of(CHOICE.definition).answerable
    assert withheld(CHOICE, Results(3, (), abstained=2), "en") == ""
