"""Real databases for tests, brought to their newest form by our own migrations, and what tests put into them.

`database` in a test's arguments is one that all tests of the run share: each test makes an event of its own.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from poll_server.domain.ballots import Ballot, Key, Rank
from poll_server.domain.programme import Definition, EventDraft, ItemDraft, ItemKind, Option
from poll_server.domain.rounds import Action, Event, plan
from poll_server.questions import KINDS
from poll_server.storage import ballots, events, steps
from poll_server.storage.database import Database, migrate
from poll_server.storage.tables import metadata

BACKENDS = ("sqlite", "postgresql")
KIND = next(iter(KINDS))
LABELS = ("Bus", "Bahn", "Rad", "Auto")
PATIENCE = 5
"""PostgreSQL waits so many times as long for a test that gets no turn on a busy machine."""
STARTS = datetime(2026, 11, 22, 11, 15, tzinfo=UTC)

_numbers = itertools.count(1)


@asynccontextmanager
async def migrated(url: str) -> AsyncIterator[Database]:
    """Open a database after our migrations have run on it."""
    await asyncio.to_thread(migrate, url)
    database = Database(url, PATIENCE)
    try:
        yield database
    finally:
        await database.close()


def definition(text: str = "Womit sind Sie gekommen?") -> Definition:
    """A question with four options, o1 to o4."""
    return Definition(KIND, text, tuple(Option(f"o{at}", label) for at, label in enumerate(LABELS, 1)))


def draft(*rounds: Sequence[Definition]) -> EventDraft:
    """An event with a round for each of these lists of questions; without any with one round of one question."""
    items = tuple(
        ItemDraft(STARTS + timedelta(hours=at), f"Runde {at}", kind=ItemKind.ROUND, questions=tuple(questions))
        for at, questions in enumerate(rounds or [[definition()]], 1)
    )
    return EventDraft("Tagung", date(2026, 11, 22), "Europe/Berlin", "de", items=items)


async def stored(database: Database, prepared: EventDraft | None = None) -> Event:
    """Store an event under a code that no other test uses, and read it."""
    async with database.write() as connection:
        event_id = await events.create(connection, prepared or draft(), f"test{next(_numbers)}", bytes(32))
        return await events.load(connection, event_id)


async def loaded(database: Database, event: Event) -> Event:
    """Read the event as it stands now."""
    async with database.read() as connection:
        return await events.load(connection, event.id)


async def stepped(database: Database, event: Event, action: Action, question_id: int, present: int = 0) -> Event:
    """Carry out a moderator's step from the state that `event` shows, and read the event after it."""
    async with database.write() as connection:
        await steps.take_step(connection, event, event.revision, plan(event, action, question_id), action, present)
        return await events.load(connection, event.id)


async def opened(database: Database, questions: int = 1) -> Event:
    """Store an event with one round and open its first question."""
    event = await stored(database, draft([definition(f"Frage {at}") for at in range(questions)]))
    return await stepped(database, event, Action.OPEN, ids(event)[0])


def ids(event: Event) -> list[int]:
    """The ids of an event's questions in their order."""
    return [question.id for question in event.questions]


def ballot(
    question_id: int, person: str, answer: str = "o1", number: int = 1, *, id: int = 1, wave: int = 1, grp: str = ""
) -> Ballot:
    """A submission of these options, with the marks of a choice; `id` stands for the submission's id."""
    options = tuple(answer.split())
    marks = KINDS[KIND].marks(definition(), options)
    return Ballot(Key(question_id, wave, person), Rank(number, UUID(int=id)), options, marks, grp)


async def rows(database: Database, question_id: int) -> dict[tuple[int, str], tuple[int, int, tuple[str, ...]]]:
    """What stands of a question: (wave, participant) to (number, submission, answer)."""
    table = metadata.tables["ballot"]
    async with database.read() as connection:
        found = await connection.execute(select(table).where(table.c.question_id == question_id))
        return {(row.wave, row.participant): (row.number, row.submission.int, tuple(row.answer)) for row in found}


async def tally(database: Database, question_id: int, wave: int = 1) -> dict[str, int]:
    """The stored sum of a question's marks, without zeros."""
    async with database.read() as connection:
        sums = await ballots.tallies(connection, [question_id])
    return {key: n for key, n in sums.get((question_id, wave), {}).items() if n}


async def differences(database: Database, *question_ids: int) -> list[ballots.Difference]:
    """What a recount of these questions finds."""
    async with database.read() as connection:
        return await ballots.recount(connection, question_ids)
