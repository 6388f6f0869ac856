"""Pictures stay with their event for as long as a question names them."""

from dataclasses import replace

from sqlalchemy import select

from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Event
from poll_server.storage import pictures, prepared
from poll_server.storage.database import Database
from poll_server.storage.tables import metadata
from tests.storage.databases import definition, draft, loaded, stored

PLAN, MAP = f"{'a' * 32}.png", f"{'b' * 32}.png"
CONTENT = {PLAN: b"plan", MAP: b"map"}


def notice(picture: str) -> Definition:
    """A notice with a picture."""
    return replace(definition(), kind="notice", options=(), rules={"picture": picture, "alternative": "Ein Plan"})


async def event_with(database: Database, *named: str) -> Event:
    """An event whose questions name these pictures; both are stored."""
    prepared_event = replace(draft([notice(name) for name in named]), pictures=CONTENT)
    return await stored(database, prepared_event)


async def names(database: Database, event: Event) -> set[str]:
    """The pictures that are stored with an event."""
    table = metadata.tables["picture"]
    async with database.read() as connection:
        return set(await connection.scalars(select(table.c.name).where(table.c.event_id == event.id)))


async def test_picture_goes_when_its_question_takes_another(database: Database) -> None:
    """What was replaced is deleted, here and in no other event; what is named stays."""
    event, other = await event_with(database, PLAN), await event_with(database, PLAN, MAP)
    async with database.write() as connection:
        await prepared.rewrite(connection, event, next(event.questions), notice(MAP))
    assert (await names(database, event), await names(database, other)) == ({MAP}, {PLAN, MAP})
    async with database.read() as connection:
        assert await pictures.picture(connection, event.id, MAP) == b"map"


async def test_picture_goes_with_the_last_question_that_names_it(database: Database) -> None:
    """Deleting one of two questions with the same picture leaves it, deleting the other one does not."""
    event = await event_with(database, PLAN, PLAN)
    left = []
    for _ in range(2):
        async with database.write() as connection:
            await prepared.remove(connection, event, next(event.questions))
        event = await loaded(database, event)
        left.append(await names(database, event))
    assert left == [{PLAN}, set()]
