"""Who backs what: each person once, over all that is joined, counted by the database."""

import asyncio
from dataclasses import replace
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poll_server.storage import backings
from poll_server.storage.database import Database
from tests.storage.sessions import asking


async def test_backing_twice_is_once(database: Database) -> None:
    """Somebody who backs it again counts once, and taken back twice counts not at all."""
    asked = await asking(database)
    one, other = await asked.add(asked.new("anna"), asked.new("bert"))
    await asked.back(True, (one, "cem"), (one, "dora"))
    await asked.back(True, (one, "cem"))
    assert await asked.backers(one, other) == [2, 0]
    await asked.back(False, (one, "cem"), (other, "cem"))
    await asked.back(False, (one, "cem"))
    assert await asked.backers(one, other) == [1, 0]


async def test_joined_ones_have_the_union_of_their_backers(database: Database) -> None:
    """Who backs several of them counts once; parted again each has its own."""
    asked = await asking(database)
    root, one, other = await asked.add(*(asked.new("anna", n) for n in (1, 2, 3)))
    await asked.back(True, (root, "b"), (root, "c"), (one, "c"), (one, "d"), (other, "b"), (other, "e"))
    joined = await asked.change(one, replace(one, joined=root.id))
    assert await asked.backers(root, one, other) == [3, 0, 2]
    await asked.change(other, replace(other, joined=root.id))
    assert await asked.backers(root) == [4]
    await asked.change(joined, replace(joined, joined=0))
    assert await asked.backers(root, one) == [3, 2]


async def test_backings_at_the_same_moment_are_all_counted(database: Database) -> None:
    """Twenty transactions with the same contributions in different orders lose none, and none waits for ever."""
    asked = await asking(database)
    found = await asked.add(*(asked.new("anna", n) for n in range(5)))
    people = [f"p{n}" for n in range(20)]
    await asyncio.gather(
        *(asked.back(True, *((one, who) for one in found[at % 5 :] + found[: at % 5])) for at, who in enumerate(people))
    )
    assert await asked.backers(*found) == [20] * 5


async def test_backed_by_each_person(database: Database) -> None:
    """What each one backs is read by session, that of others not."""
    asked, other = await asking(database), await asking(database)
    one, two = await asked.add(asked.new("anna", 1), asked.new("anna", 2))
    (strange,) = await other.add(other.new("anna"))
    await asked.back(True, (one, "b"), (two, "b"), (two, "c"), (strange, "b"))
    async with database.read() as connection:
        found = await backings.backed(connection, [asked.session])
        assert await backings.count(connection, []) == {}
    assert found == {"b": {one.id, two.id}, "c": {two.id}}


PEOPLE = "abcdef"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    pairs=st.sets(st.sampled_from(list(product(range(4), PEOPLE)))),
    joins=st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
async def test_count_is_that_of_sets(database: Database, pairs: set[tuple[int, str]], joins: list[int]) -> None:
    """Whatever is backed and joined, the database counts what sets of people give."""
    asked = await asking(database)
    found = await asked.add(*(asked.new("anna", n) for n in range(4)))
    root = [at if joins[at] != joins[joins[at]] or joins[joins[at]] != joins[at] else joins[at] for at in range(4)]
    root = [at if root[to] != to else to for at, to in enumerate(root)]
    await asked.back(True, *((found[at], who) for at, who in pairs))
    for at, to in enumerate(root):
        if at != to:
            await asked.change(found[at], replace(found[at], joined=found[to].id))
    expected = [len({who for other, who in pairs if root[other] == at}) for at in range(4)]
    assert await asked.backers(*found) == expected
