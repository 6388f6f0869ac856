"""Links of the team in the database: of a secret there is a hash alone, and one name is one valid link."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy import event as listening

from poll_server.domain.access import Role
from poll_server.domain.errors import Conflict
from poll_server.domain.links import Link
from poll_server.storage import links
from poll_server.storage.database import Database
from poll_server.storage.tables import metadata
from tests.storage.databases import stored

NOW = datetime(2026, 11, 22, 11, 15, 42, tzinfo=UTC)
DESK = Role.MODERATOR


async def of(database: Database, event_id: int) -> list[Link]:
    """The links of an event."""
    async with database.read() as connection:
        return (await links.of_events(connection, [event_id]))[event_id]


async def test_made_link_is_found_by_its_secret_alone(database: Database) -> None:
    """A link comes back as it was made; its secret finds it for its role and event, and is in no column."""
    event, other = await stored(database), await stored(database)
    async with database.write() as connection:
        made = await links.make(connection, event.id, DESK, "Anna", by="Orga", at=NOW, expires=NOW + timedelta(1))
    assert await of(database, event.id) == [
        Link(made.link.id, DESK, "Anna", NOW, "Orga", NOW + timedelta(1), None, None)
    ]
    async with database.read() as connection:
        found = [
            await links.with_secret(connection, event.id, DESK, made.secret),
            await links.with_secret(connection, event.id, Role.SCREEN, made.secret),
            await links.with_secret(connection, other.id, DESK, made.secret),
            await links.with_secret(connection, event.id, DESK, links.digest(made.secret)),
            await links.with_secret(connection, event.id, DESK, ""),
        ]
        row = (await connection.execute(select(metadata.tables["link"]).filter_by(id=made.link.id))).one()
    assert found == [made.link.id, None, None, None, None]
    assert [value for value in row if made.secret in str(value)] == []


async def test_name_is_that_of_one_link(database: Database) -> None:
    """A name of an event that is in use is refused, whatever the role; taken back, it is free again."""
    event, other = await stored(database), await stored(database)
    async with database.write() as connection:
        made = await links.make(connection, event.id, DESK, "Anna", by="", at=NOW)
        await links.make(connection, other.id, DESK, "Anna", by="", at=NOW)
    with pytest.raises(Conflict):
        async with database.write() as connection:
            await links.make(connection, event.id, Role.SCREEN, "Anna", by="", at=NOW)
    async with database.write() as connection:
        assert [await links.revoke(connection, event.id, made.link.id, NOW) for _ in range(2)] == [True, False]
        await links.make(connection, event.id, Role.SCREEN, "Anna", by="", at=NOW)
    assert [(link.role, link.revoked) for link in await of(database, event.id)] == [(DESK, NOW), (Role.SCREEN, None)]


async def test_stamp_tells_of_every_change(database: Database) -> None:
    """Making and taking back change the stamp; being seen, which is kept to the minute, does not."""
    event = await stored(database)
    async with database.write() as connection:
        first = await links.stamp(connection)
        link = (await links.make(connection, event.id, DESK, "Anna", by="", at=NOW)).link
        made = await links.stamp(connection)
        await links.revoke(connection, event.id, link.id, NOW)
        revoked = await links.stamp(connection)
        await links.see(connection, {link.id: NOW})
        seen = await links.stamp(connection)
    assert (len({first, made, revoked}), seen) == (3, revoked)
    assert (await of(database, event.id))[0].seen == NOW.replace(second=0)


async def test_signed_link_has_no_secret(database: Database) -> None:
    """A link whose key is signed is found by its name, and by no secret."""
    event = await stored(database)
    async with database.write() as connection:
        link = await links.sign(connection, event.id, DESK, "Regie", by="", at=NOW)
        await links.make(connection, event.id, DESK, "Anna", by="", at=NOW)
        assert await links.signed(connection, event.id, DESK) == {"Regie": link.id}
        assert await links.signed(connection, event.id, Role.SCREEN) == {}
        assert await links.with_secret(connection, event.id, DESK, "") is None


async def test_list_takes_one_query(database: Database) -> None:
    """One link or three: the list is one statement."""
    event, counted = await stored(database), []
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    for number in range(3):
        async with database.write() as connection:
            await links.make(connection, event.id, DESK, f"Regie {number}", by="", at=NOW)
        async with database.read() as connection:
            listening.listen(Engine, "before_cursor_execute", note)
            try:
                found = await links.of_events(connection, [event.id])
            finally:
                listening.remove(Engine, "before_cursor_execute", note)
        counted.append((len(found[event.id]), len(statements)))
        statements.clear()
    assert counted == [(1, 1), (2, 1), (3, 1)]
