"""Questions that are kept, and the askings of one in the events that somebody may see, on both databases."""

import itertools
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event as listening
from sqlalchemy.engine import Engine

from poll_server.domain.access import Role
from poll_server.domain.accounts import Organiser
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Action, Event
from poll_server.storage import ballots, copying, events, library, rounds, sharing
from poll_server.storage.database import Database
from tests.storage.databases import ballot, definition, draft, ids, loaded, stepped, stored
from tests.storage.test_organisers import new

_numbers = itertools.count(1)


def kept(text: str = "Womit sind Sie gekommen?") -> Definition:
    """A question with an origin that no other test uses."""
    return replace(definition(text), origin=f"eigen-{next(_numbers)}")


async def asked(database: Database, *questions: Definition, owner: Organiser | None = None, people: int = 0) -> Event:
    """Store an event and ask its first question to the end; so many people give the first answer."""
    event = await stored(database, draft(questions))
    if owner:
        async with database.write() as connection:
            await sharing.give(connection, event.id, owner.id, owner=True)
    return await again(database, event, people)


async def again(database: Database, event: Event, people: int = 0) -> Event:
    """Ask the first question of an event to the end."""
    event = await stepped(database, event, Action.OPEN, ids(event)[0])
    question = next(event.questions)
    cast = [ballot(question.id, f"p{at}", id=at + 1, wave=question.wave) for at in range(people)]
    await ballots.count(database, cast)
    for action in (Action.CLOSE, Action.SETTLE):
        event = await stepped(database, event, action, ids(event)[0], present=people)
    return event


async def seen(database: Database, who: Organiser, origin: str) -> list[tuple[str, int, int]]:
    """Code, pass and number of answers of each asking, oldest first."""
    async with database.read() as connection:
        found = await library.askings(connection, who, origin)
    return [(one.code, one.pass_number, one.tally.get("#", 0)) for one in found]


async def test_kept_question_comes_back_as_it_was_and_is_kept_once(database: Database) -> None:
    """Each organiser has a library of their own; kept again, a question is replaced; forgotten, it is gone."""
    kim, alex = await new(database), await new(database)
    one, other = kept(), kept("Und zurück?")
    async with database.write() as connection:
        for question in (one, other, replace(one, rules={"seconds": 30})):
            await library.keep(connection, kim.id, question)
        await library.keep(connection, alex.id, one)
        mine = await library.entries(connection, kim.id)
        await library.forget(connection, kim.id, other.origin)
        left = [await library.entries(connection, who.id) for who in (kim, alex)]
    assert [entry.definition for entry in mine] == [other, replace(one, rules={"seconds": 30})]
    assert [[entry.origin for entry in entries] for entries in left] == [[one.origin], [one.origin]]


async def test_askings_are_those_of_events_that_somebody_may_see(database: Database) -> None:
    """Own and shared events, all of them for an administrator; each with its own numbers."""
    kim, alex, chief = await new(database), await new(database), await new(database, Role.ADMINISTRATOR)
    question = kept()
    own = await asked(database, question, owner=kim, people=2)
    strange = await asked(database, question, owner=alex, people=3)
    await asked(database, kept(), owner=kim, people=1)
    found = [await seen(database, who, question.origin) for who in (kim, alex, chief)]
    assert found == [[(own.code, 1, 2)], [(strange.code, 1, 3)], [(own.code, 1, 2), (strange.code, 1, 3)]]
    async with database.read() as connection:
        counts = [(await library.asked(connection, who)).get(question.origin) for who in (kim, alex, chief)]
    assert counts == [1, 1, 2]


async def test_askings_are_passes_that_were_kept_and_are_over(database: Database) -> None:
    """An open one, one that was discarded and one of a rehearsal are none; a second pass stands beside the first."""
    kim, question = await new(database), kept()
    event = await asked(database, question, owner=kim, people=1)
    event = await stepped(database, event, Action.DISCARD, ids(event)[0])
    assert await seen(database, kim, question.origin) == []
    event = await again(database, event, 2)
    event = await stepped(database, event, Action.REPEAT, ids(event)[0])
    event = await stepped(database, event, Action.OPEN, ids(event)[0])
    assert await seen(database, kim, question.origin) == [(event.code, 1, 2)]
    for action in (Action.CLOSE, Action.SETTLE):
        event = await stepped(database, event, action, ids(event)[0])
    assert await seen(database, kim, question.origin) == [(event.code, 1, 2), (event.code, 2, 0)]
    rehearsed = replace(await stored(database, draft([question])), rehearsal=True)
    async with database.write() as connection:
        await sharing.give(connection, rehearsed.id, kim.id, owner=True)
    for action in (Action.OPEN, Action.CLOSE, Action.SETTLE):
        rehearsed = replace(await stepped(database, rehearsed, action, ids(rehearsed)[0]), rehearsal=True)
    assert len(await seen(database, kim, question.origin)) == 2


async def test_copied_question_is_the_same_and_a_linked_one_becomes_it(database: Database) -> None:
    """A copy keeps the origin; a question is linked later without any other change."""
    question = kept()
    event = await stored(database, draft([question, definition("Frei")]))
    async with database.write() as connection:
        await rounds.copy_question(connection, event, event.revision, next(event.questions))
    event = await loaded(database, event)
    async with database.write() as connection:
        await library.link(connection, event, list(event.questions)[2], question.origin)
    after = await loaded(database, event)
    assert [one.definition.origin for one in after.questions] == [question.origin] * 3
    assert [one.definition.text for one in after.questions] == [one.definition.text for one in event.questions]


async def test_copied_event_asks_the_same_question(database: Database) -> None:
    """Copying takes no answers and no passes, but questions stay linked: the copy's asking stands beside the first."""
    kim, question = await new(database), kept()
    event = await asked(database, question, owner=kim, people=2)
    async with database.write() as connection:
        made = await copying.copy(connection, event.id, "Noch eine", date(2027, 3, 1), f"kopie{next(_numbers)}")
        await sharing.give(connection, made, kim.id, owner=True)
        copied = await events.load(connection, made)
    assert await seen(database, kim, question.origin) == [(event.code, 1, 2)]
    await again(database, copied, 1)
    assert await seen(database, kim, question.origin) == [(event.code, 1, 2), (copied.code, 1, 1)]


async def test_secret_question_is_no_asking_before_it_is_closed(database: Database) -> None:
    """Nothing of it is read while it takes votes; afterwards its sums are, as everywhere."""
    kim, question = await new(database), replace(kept(), rules={"secret": True})
    event = await stored(database, draft([question]))
    async with database.write() as connection:
        await sharing.give(connection, event.id, kim.id, owner=True)
    found = []
    for action in (Action.OPEN, Action.CLOSE, Action.SETTLE):
        event = await stepped(database, event, action, ids(event)[0])
        found.append(await seen(database, kim, question.origin))
    assert found == [[], [], [(event.code, 1, 0)]]


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.ADMINISTRATOR])
async def test_pages_take_as_many_queries_for_one_as_for_three(database: Database, role: Role) -> None:
    """Entries, how often each was asked, and the askings of one: the same statements however many there are."""
    kim, question, counted = await new(database, role), kept(), []
    for _ in range(3):
        await asked(database, question, owner=kim, people=1)
        async with database.write() as connection:
            await library.keep(connection, kim.id, kept())
        counted.append(await statements(database, kim, question.origin))
    assert counted == [counted[0]] * 3


async def statements(database: Database, who: Organiser, origin: str) -> int:
    """How many statements the pages of a library take."""
    said: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    async with database.read() as connection:
        listening.listen(Engine, "before_cursor_execute", note)
        try:
            await library.entries(connection, who.id)
            await library.asked(connection, who)
            await library.askings(connection, who, origin)
        finally:
            listening.remove(Engine, "before_cursor_execute", note)
    return len(said)


async def test_only_the_latest_askings_are_read(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question of every week does not make an endless page: the latest stay, oldest of them first."""
    monkeypatch.setattr(library, "ASKINGS_MAXIMUM", 2)
    kim, question = await new(database), kept()
    codes = [(await asked(database, question, owner=kim)).code for _ in range(3)]
    assert [code for code, *_ in await seen(database, kim, question.origin)] == codes[1:]
