"""Organisers' accounts, sessions and links, and whose event is whose, on both databases."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event as listening
from sqlalchemy.engine import Engine

from poll_server.domain.access import Role
from poll_server.domain.accounts import LINK_LASTS, SESSION_LASTS, SESSION_RESTS, Organiser
from poll_server.storage import details, organisers, sharing
from poll_server.storage.database import Database
from tests.storage.databases import stored

NOW = datetime(2026, 11, 22, 11, 15, tzinfo=UTC)
_numbers = itertools.count(1)


async def new(database: Database, role: Role = Role.ORGANISER, password: str = "hash") -> Organiser:
    """Store an organiser under a name that no other test uses."""
    name = f"Kim {next(_numbers)}"
    async with database.write() as connection:
        organiser_id = await organisers.add(connection, name, role, NOW)
        await organisers.keep_password(connection, organiser_id, password)
    return Organiser(organiser_id, name, role, True, NOW)


async def test_find_organiser_however_the_name_is_typed(database: Database) -> None:
    """Upper and lower case, spaces and the composition of letters make no difference, and no second account."""
    async with database.write() as connection:
        await organisers.add(connection, " Änne  Groß ", Role.ORGANISER, NOW)
    async with database.read() as connection:
        found = [await organisers.find(connection, name) for name in ("änne groß", "A\N{COMBINING DIAERESIS}NNE GROSS")]
    assert [one and one.name for one in found] == ["Änne Groß"] * 2
    with pytest.raises(organisers.NameTaken):
        async with database.write() as connection:
            await organisers.add(connection, "änne gross", Role.ADMINISTRATOR, NOW)


async def test_password_of_who_can_sign_in(database: Database) -> None:
    """There is a password to compare for active accounts that have one, and for nobody else."""
    kim, alex = await new(database), await new(database, password="")
    async with database.read() as connection:
        found = [await organisers.password_of(connection, name) for name in (kim.name.upper(), alex.name, "niemand")]
    assert found == [(kim, "hash"), None, None]
    async with database.write() as connection:
        await organisers.activate(connection, kim.id, False)
        assert await organisers.password_of(connection, kim.name) is None
        await organisers.activate(connection, kim.id, True)
        assert await organisers.password_of(connection, kim.name) == (kim, "hash")


async def test_link_is_used_once_within_a_day(database: Database) -> None:
    """A link is good until it is used, replaced or a day old."""
    kim = await new(database)
    async with database.write() as connection:
        for number in (1, 2):
            await organisers.offer_link(connection, kim.id, f"{kim.name} {number}", NOW)
        digest = f"{kim.name} 2"
        offered = [await organisers.offered(connection, f"{kim.name} {number}", NOW) for number in (1, 2)]
        late = await organisers.offered(connection, digest, NOW + LINK_LASTS)
        used = [await organisers.use_link(connection, digest, when) for when in (NOW + LINK_LASTS, NOW, NOW)]
        after = await organisers.offered(connection, digest, NOW)
    assert (offered, late, used, after) == ([None, kim], None, [False, True, False], None)


async def test_sessions_are_ended_by_their_owner_alone(database: Database) -> None:
    """One session ends, or all but one; a stranger's stays whoever names it; deactivated nobody has one."""
    kim, alex = await new(database), await new(database)
    async with database.write() as connection:
        mine = [await organisers.begin(connection, kim.id, f"{kim.name} {n}", "Firefox", NOW) for n in range(4)]
        theirs = await organisers.begin(connection, alex.id, alex.name, "", NOW)
        await organisers.end_session(connection, kim.id, theirs)
        await organisers.end_session(connection, kim.id, mine[3])
    async with database.write() as connection:
        assert [one.id for one in await organisers.sessions(connection, kim.id)] == mine[2::-1]
        await organisers.end_sessions(connection, kim.id, but=mine[1])
        left = [await organisers.resume(connection, f"{kim.name} {number}") for number in range(4)]
        assert [found and found[1].id for found in left] == [None, mine[1], None, None]
        assert await organisers.resume(connection, alex.name) is not None
        await organisers.activate(connection, alex.id, False)
        assert await organisers.resume(connection, alex.name) is None


async def test_sessions_that_are_over_are_forgotten(database: Database) -> None:
    """When somebody signs in, sessions that nobody can use any more are deleted, and others stay."""
    kim = await new(database)
    later = NOW + SESSION_LASTS
    async with database.write() as connection:
        for name, begun, seen in (
            ("old", NOW - timedelta(days=1), later),
            ("resting", later - SESSION_RESTS - timedelta(hours=1), later - SESSION_RESTS - timedelta(hours=1)),
            ("used", NOW + timedelta(days=1), later - timedelta(hours=1)),
        ):
            session = await organisers.begin(connection, kim.id, f"{kim.name} {name}", "", begun)
            await organisers.note_seen(connection, session, seen)
        await organisers.begin(connection, kim.id, f"{kim.name} new", "", later)
        names = ("old", "resting", "used", "new")
        left = [await organisers.resume(connection, f"{kim.name} {name}") for name in names]
    assert [found is not None and found[1].lasts(later) for found in left] == [False, False, True, True]


async def test_events_of_an_organiser(database: Database) -> None:
    """Somebody sees own and shared events, with whose they are; an administrator sees all, also one of nobody's."""
    kim, alex, chief = [await new(database), await new(database), await new(database, Role.ADMINISTRATOR)]
    own, shared, nobodys = [await stored(database) for _ in range(3)]
    async with database.write() as connection:
        assert await sharing.give(connection, own.id, kim.id, owner=True)
        assert await sharing.give(connection, shared.id, alex.id, owner=True)
        assert await sharing.give(connection, shared.id, kim.id, owner=False)
        assert not await sharing.give(connection, shared.id, kim.id, owner=True)
    async with database.read() as connection:
        listed = await sharing.listing(connection, kim)
        everything = {one.code: (one.owner, one.own) for one in await sharing.listing(connection, chief)}
        codes = [event.code for event in (own, shared, nobodys)]
        found = {
            who.name: [await sharing.part_in(connection, who, code) for code in (*codes, "gibtesnicht")]
            for who in (kim, alex, chief)
        }
        partners = await sharing.partners(connection, shared.id)
    assert [(one.code, one.owner, one.own) for one in listed] == [
        (shared.code, alex.name, False),
        (own.code, kim.name, True),
    ]
    assert [everything[code] for code in codes] == [(kim.name, False), (alex.name, False), ("", False)]
    assert found == {
        kim.name: [(own.id, True), (shared.id, False), None, None],
        alex.name: [None, (shared.id, True), None, None],
        chief.name: [(own.id, True), (shared.id, True), (nobodys.id, True), None],
    }
    assert [(one.name, one.owner) for one in partners] == [(alex.name, True), (kim.name, False)]


async def test_sharing_is_taken_back_but_not_from_the_owner(database: Database) -> None:
    """Who had it shared does not have it any more; the owner keeps it."""
    kim, alex = await new(database), await new(database)
    event = await stored(database)
    async with database.write() as connection:
        await sharing.give(connection, event.id, kim.id, owner=True)
        await sharing.give(connection, event.id, alex.id, owner=False)
        ended = [await sharing.take_back(connection, event.id, who.id, NOW) for who in (alex, alex, kim)]
        left = await sharing.partners(connection, event.id)
    assert (ended, [one.id for one in left]) == ([True, False, False], [kim.id])


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.ADMINISTRATOR])
async def test_listing_takes_one_query(database: Database, role: Role) -> None:
    """One event or three, shared or own: the list is one query."""
    kim, counted = await new(database, role), []
    for _ in range(3):
        event = await stored(database)
        async with database.write() as connection:
            await sharing.give(connection, event.id, kim.id, owner=True)
        counted.append(await queries_of_listing(database, kim))
    assert [queries for queries, _ in counted] == [1, 1, 1]
    assert [rows - counted[0][1] for _, rows in counted] == [0, 1, 2]


async def test_archived_events_have_a_list_of_their_own(database: Database) -> None:
    """An event is in one of the two lists, and each is one query."""
    kim = await new(database)
    own = [await stored(database) for _ in range(3)]
    async with database.write() as connection:
        for event in own:
            await sharing.give(connection, event.id, kim.id, owner=True)
        for event in own[1:]:
            await details.archive(connection, event.id, NOW)
        lists = [await sharing.listing(connection, kim, archived=archived) for archived in (False, True)]
    codes = [{one.code for one in found} for found in lists]
    assert codes == [{own[0].code}, {own[1].code, own[2].code}]


async def queries_of_listing(database: Database, organiser: Organiser) -> tuple[int, int]:
    """How many statements a list takes, and how many rows it has."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    async with database.read() as connection:
        listening.listen(Engine, "before_cursor_execute", note)
        try:
            rows = await sharing.listing(connection, organiser)
        finally:
            listening.remove(Engine, "before_cursor_execute", note)
    return len(statements), len(rows)
