"""A real deliberation as questions from the floor: 522 statements asked, moderated and backed as they were then."""

import asyncio
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest

from poll_server.domain.contributions import Fate, Order
from poll_server.domain.moderation import AT_ONCE_MAXIMUM, Deed
from poll_server.domain.programme import SessionDraft
from poll_server.live import floor_views
from poll_server.live.floor_asking import ASKING_PACE
from poll_server.live.floor_backing import BACKING_PACE
from poll_server.messages.floor import Back
from tests.live.floor import Hall, open_hall, server_on, told
from tests.live.klimarat import FOLDER, REASON, Row, rows
from tests.storage.databases import migrated
from tests.storage.sessions import with_session

pytestmark = [pytest.mark.skipif(not FOLDER.is_dir(), reason=REASON), pytest.mark.long]

TOGETHER = 2000
DECIDED = {"1": Deed.ACCEPT, "-1": Deed.DECLINE}


def recount() -> dict[str, int]:
    """How many people but its author agree with each accepted statement: of each person the latest vote stands."""
    authors = {row["comment-id"]: row["author-id"] for row in rows("comments") if row["moderated"] == "1"}
    latest = {(row["voter-id"], row["comment-id"]): row["vote"] for row in rows("votes")}
    agreed = Counter(
        comment
        for (voter, comment), vote in latest.items()
        if vote == "1" and authors.get(comment) not in (None, voter)
    )
    return {comment: agreed[comment] for comment in authors}


async def asked(hall: Hall, statements: list[Row]) -> dict[str, int]:
    """Ask all statements in their order, many at once; returns the ids of the contributions."""
    found: dict[str, int] = {}
    rest = list(enumerate(statements, 1))
    while rest:
        people: Counter[str] = Counter()
        some = []
        while rest and people[rest[0][1]["author-id"]] < ASKING_PACE[0]:
            people[rest[0][1]["author-id"]] += 1
            some.append(rest.pop(0))
        hall.clock.forward(ASKING_PACE[1])
        asking = [hall.floor.ask(row["author-id"], hall.contribute(at, row["comment-body"])) for at, row in some]
        stored = await asyncio.gather(*asking)
        found |= {row["comment-id"]: one.id for (_, row), one in zip(some, stored, strict=True)}
    return found


async def moderated(hall: Hall, statements: list[Row], ids: dict[str, int]) -> None:
    """Let the moderators decide as they did, in orders about many."""
    for decision, deed in DECIDED.items():
        chosen = [ids[row["comment-id"]] for row in statements if row["moderated"] == decision]
        for start in range(0, len(chosen), AT_ONCE_MAXIMUM):
            await hall.do(deed, *map(hall.floor.memory.contribution, chosen[start : start + AT_ONCE_MAXIMUM]))


async def backed(hall: Hall, ids: dict[str, int]) -> Counter[str]:
    """Let everybody back what they agree with, and not any more what they do not, many at once; returns refusals."""
    refused: Counter[str] = Counter()
    waiting: list[Row] = []

    async def send() -> None:
        hall.clock.forward(BACKING_PACE[1])
        messages = [(row["voter-id"], Back(ids[row["comment-id"]], row["vote"] == "1")) for row in waiting]
        refused.update(await asyncio.gather(*(told(hall.floor.back(*message)) for message in messages)))
        waiting.clear()

    people: Counter[str] = Counter()
    for row in rows("votes"):
        if len(waiting) == TOGETHER or people[row["voter-id"]] == BACKING_PACE[0]:
            await send()
            people.clear()
        waiting.append(row)
        people[row["voter-id"]] += row["vote"] == "1"
    await send()
    return refused


async def test_order_by_distinct_backers_is_that_of_a_recount(tmp_path: Path) -> None:
    """Asked in the order of time, decided as then, each standing "agree" a backing: the numbers are those of the files.

    Also for another server that starts on the same database.
    """
    statements = rows("comments")
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as database:
        async with open_hall(database, with_session(SessionDraft(maximum=len(statements)))) as hall:
            ids = await asked(hall, statements)
            await moderated(hall, statements, ids)
            refused = await backed(hall, ids)
            code = hall.room.event.code
        async with server_on(database, code) as other:
            for memory in (hall.floor.memory, other.floor.memory):
                sizes = Counter(one.fate for one in memory.there(hall.session).values())
                assert sizes[Fate.ACCEPTED] == sum(row["moderated"] == "1" for row in statements)
                expected = sorted(
                    ((ids[comment], n) for comment, n in recount().items()), key=lambda one: (-one[1], one[0])
                )
                found = [
                    (one.id, one.backers)
                    for number in range(1, 99)
                    for view in [floor_views.audience(memory, hall.session, Order.BACKING, number)]
                    if view.listed.number == number
                    for one in view.listed.items
                ]
                assert found == expected
    assert set(refused) <= {"", "own", "unknown_contribution"}
    assert len(ids) == len(statements) == 522
    assert hall.floor.memory.sent((hall.session, statements[0]["author-id"], UUID(int=1)))
