"""What a documentation is made of, from the database: one moment, every asking, and nothing that was not shown."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from poll_server.documents import report
from poll_server.documents.report import Choice
from poll_server.domain.errors import Forbidden
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Action, Event
from poll_server.questions import kind_of
from poll_server.storage import ballots, rehearsal
from poll_server.storage.database import Database
from tests.storage.databases import ballot, definition, draft, ids, migrated, stepped, stored

ORDER = Definition("ranking", "Was zuerst?", (Option("o1", "Bus"), Option("o2", "Bahn"), Option("o3", "Rad")))


@pytest_asyncio.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    """A migrated SQLite database that the tests share; each uses an event of its own."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('report') / 'poll.sqlite3'}") as database:
        yield database


async def documentation(database: Database, event: Event) -> report.Report:
    """Read and make the documentation of an event."""
    async with database.read() as connection:
        return report.make(await report.read(connection, event.id), Choice())


async def shown(database: Database, event: Event, question_id: int, answers: dict[str, str]) -> Event:
    """Ask a question, take these answers by person, close it and show its result."""
    event = await stepped(database, event, Action.OPEN, question_id)
    question = event.question(question_id)
    kind = kind_of(question.definition)
    batch = []
    for person, answer in answers.items():
        one = ballot(question_id, person, answer, wave=question.wave)
        batch.append(replace(one, marks=kind.marks(question.definition, one.answer)))
    await ballots.count(database, batch)
    for action in (Action.CLOSE, Action.SETTLE, Action.SHOW):
        event = await stepped(database, event, action, question_id, present=9)
    return event


async def test_report_has_each_pass_as_it_was_stored(database: Database) -> None:
    """The shown question is in it with both its passes, the one that was never asked is not."""
    event = await stored(database, draft([definition("Erste?"), definition("Zweite?")]))
    first, _ = ids(event)
    event = await shown(database, event, first, {"a": "o1", "b": "o2"})
    event = await stepped(database, event, Action.REPEAT, first)
    event = await shown(database, event, first, {"a": "o2", "b": "o2", "c": "o1"})
    (round_,) = (await documentation(database, event)).rounds
    (one,) = round_.questions
    assert (one.text, one.tables[0].lines[1].cells[0]) == ("Erste?", "2")
    assert [line.cells[:2] for line in one.compared[0].lines[:2]] == [("1", "1"), ("1", "2")]


async def test_report_has_what_only_all_ballots_give(database: Database) -> None:
    """Who wins in pairs is computed from the ballots, as when the question closes."""
    event = await stored(database, draft([ORDER]))
    (question_id,) = ids(event)
    event = await shown(database, event, question_id, {"a": "o1 o2 o3", "b": "o1 o3 o2", "c": "o2 o1 o3"})
    (round_,) = (await documentation(database, event)).rounds
    assert round_.questions[0].say.endswith("Im direkten Vergleich gewinnt „Bus“ gegen jede andere Antwort.")


async def test_report_waits_for_the_end_of_a_rehearsal(database: Database) -> None:
    """What simulated participants answered is nothing to publish."""
    event = await stored(database)
    async with database.write() as connection:
        await rehearsal.begin(connection, event, event.revision)
    with pytest.raises(Forbidden, match="rehearsal"):
        await documentation(database, event)
