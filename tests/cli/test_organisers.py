"""`organiser add`, `list`, `link`, `deactivate`, `activate`, `event create --organiser` and `event share`."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from poll_server.domain.accounts import LINK_LASTS, Listed
from poll_server.storage import organisers, sharing
from poll_server.storage.database import Database
from poll_server.web.accounts import digest
from tests.cli.commands import Ran, inside, poll_server

BASE = "https://gefragt.example.de"


async def add(data: Path, name: str, *options: str) -> str:
    """Make an organiser and return the key of the link that is printed."""
    made = await poll_server("organiser", "add", name, "--data", data, *options, POLL_PUBLIC_URL=BASE)
    assert (made.code, made.err) == (0, "")
    head, link = made.out.splitlines()
    assert head == f"{name} sets a password with this link. It can be used once, within 24 hours:"
    assert link.startswith(f"  {BASE}/organise/password/")
    return link.rpartition("/")[2]


async def whose(data: Path, key: str, later: timedelta = timedelta(0)) -> str | None:
    """Return whose password a link sets after a while."""
    database = Database(f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}")
    try:
        async with database.read() as connection:
            found = await organisers.offered(connection, digest(key), datetime.now(UTC) + later)
            return found.name if found else None
    finally:
        await database.close()


def contains(data: Path, key: str) -> bool:
    """Whether something of the database has a text in it."""
    return any(key.encode() in path.read_bytes() for path in data.glob("poll*"))


async def events_of(data: Path, name: str) -> Sequence[Listed]:
    """Return the list of an organiser."""
    database = Database(f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}")
    try:
        async with database.read() as connection:
            organiser = await organisers.find(connection, name)
            assert organiser is not None
            return await sharing.listing(connection, organiser)
    finally:
        await database.close()


async def test_add_gives_a_link_for_a_day(data: Path) -> None:
    """Somebody new gets a link that nobody can guess and that ends after 24 hours; only its hash is stored."""
    key = await add(data, "Änne B.", "--administrator")
    assert re.fullmatch(r"[\w-]{43}", key)
    assert await whose(data, key) == "Änne B."
    assert await whose(data, key, LINK_LASTS) is None
    assert not contains(data, key)
    listed = await poll_server("organiser", "list", "--data", data)
    assert listed == Ran(0, "Änne B.  (administrator)\n", "")


async def test_add_twice_and_without_a_name(data: Path) -> None:
    """A name is taken however it is written; without a name nothing is made."""
    assert (await poll_server("organiser", "add", "  ", "--data", data)).code == 1
    assert inside(data) is None
    await add(data, "Kim@Example.org")
    again = await poll_server("organiser", "add", " kim@example.ORG", "--data", data)
    taken = "Somebody signs in with the name kim@example.ORG already. Nothing has been made.\n"
    assert again == Ran(1, "", taken)


async def test_link_ends_the_one_before(data: Path) -> None:
    """A new link can be used, the earlier one no more; for nobody and for who is deactivated there is none."""
    first = await add(data, "kim")
    ran = await poll_server("organiser", "link", "KIM", "--data", data)
    second = ran.out.splitlines()[1].rpartition("/")[2]
    assert [await whose(data, key) for key in (first, second)] == [None, "kim"]
    nobody = await poll_server("organiser", "link", "alex", "--data", data)
    assert nobody == Ran(1, "", "There is no organiser alex. Nothing has changed.\n")
    gone = await poll_server("organiser", "deactivate", "kim", "--data", data)
    words = "kim is signed out everywhere and cannot sign in any more. The events stay.\n"
    assert gone == Ran(0, words, "")
    assert await whose(data, second) is None
    assert (await poll_server("organiser", "link", "kim", "--data", data)).code == 1
    assert (await poll_server("organiser", "list", "--data", data)).out == "kim  (organiser, deactivated)\n"
    assert (await poll_server("organiser", "activate", "kim", "--data", data)).out == "kim can sign in.\n"


async def test_list_without_anybody(data: Path) -> None:
    """An installation without organisers says how the first is made."""
    await poll_server("migrate", "--data", data)
    said = "There is no organiser yet: poll-server organiser add NAME --administrator makes the first.\n"
    assert await poll_server("organiser", "list", "--data", data) == Ran(0, said, "")


async def test_event_for_an_organiser_is_shared_and_taken_back(data: Path, example: Path) -> None:
    """An event made for somebody is theirs; shared it is in both lists, taken back in the owner's alone."""
    refused = await poll_server("event", "create", example, "--organiser", "kim", "--data", data)
    assert refused == Ran(1, "", "There is no organiser kim. Nothing has changed.\n")
    for name in ("kim", "alex"):
        await add(data, name)
    assert (await poll_server("event", "create", example, "--organiser", "Kim", "--data", data)).code == 0
    assert [(one.code, one.owner, one.own) for one in await events_of(data, "kim")] == [("demo", "kim", True)]
    assert await events_of(data, "alex") == []
    shared = await poll_server("event", "share", "De-Mo", "alex", "--data", data)
    assert shared == Ran(0, "The event De-Mo is now among those of alex.\n", "")
    assert [(one.code, one.owner, one.own) for one in await events_of(data, "alex")] == [("demo", "kim", False)]
    back = [
        await poll_server("event", "share", "demo", name, "--take-back", "--data", data) for name in ("alex", "kim")
    ]
    assert [ran.code for ran in back] == [0, 1]
    assert back[1].err == "The event demo is not shared with kim. Nothing has changed.\n"
    assert [len(await events_of(data, name)) for name in ("kim", "alex")] == [1, 0]


async def test_event_without_an_owner_is_given_to_an_organiser(data: Path, example: Path) -> None:
    """An event that nobody owns becomes somebody's, also who had it shared; whose it is then stays so."""
    for name in ("kim", "alex"):
        await add(data, name)
    assert (await poll_server("event", "create", example, "--data", data)).code == 0
    nobody = await poll_server("event", "give", "demo", "sasha", "--data", data)
    assert nobody == Ran(1, "", "There is no organiser sasha. Nothing has changed.\n")
    await poll_server("event", "share", "demo", "kim", "--data", data)
    given = await poll_server("event", "give", "demo", "KIM", "--data", data)
    assert given == Ran(0, "The event demo now belongs to KIM.\n", "")
    again = await poll_server("event", "give", "demo", "alex", "--data", data)
    assert again == Ran(1, "", "The event demo has an owner already. Nothing has changed.\n")
    assert [(one.owner, one.own) for one in await events_of(data, "kim")] == [("kim", True)]
    assert await events_of(data, "alex") == []
