"""What screen and podium hear of questions from the floor: at once what is on, numbers in ticks, nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest_asyncio

from poll_server.domain.access import Role
from poll_server.domain.moderation import Deed
from poll_server.domain.programme import SessionDraft
from tests.live.floor import Hall, open_hall
from tests.live.room import Wire, enter
from tests.storage.databases import migrated
from tests.storage.sessions import with_session

BUS, SCHOOL = "Wann fährt der Bus?", "Wie viele Schulen bleiben?"
STAGES = (Role.SCREEN, Role.PODIUM)


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    """An event whose session is open and listed on the screen."""
    async with (
        migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as database,
        open_hall(database, with_session(SessionDraft(listed=True))) as made,
    ):
        yield made


async def until(wire: Wire, seen: Callable[[Wire], bool]) -> None:
    """Wait until something has been seen."""
    async with asyncio.timeout(20):
        while not seen(wire):
            wire.came.clear()
            await wire.came.wait()


def has(*texts: str, without: str = "\0") -> Callable[[Wire], bool]:
    """Whether there is a frame with all these texts, and without that one."""
    return lambda wire: any(without not in one and all(text in one for text in texts) for one in wire.frames)


async def test_what_is_on_is_told_at_once_and_numbers_in_ticks(hall: Hall) -> None:
    """Screen, podium and desks get a frame when a question is put on and taken off; who asks it too is a tick."""
    one, _ = await hall.accepted("anna", 1, BUS), await hall.accepted("bert", 2, SCHOOL)
    wires = [enter(hall.room, role)[0] for role in (*STAGES, Role.MODERATOR)]
    await hall.back("dora", one)
    await hall.do(Deed.SHOW, one)
    for wire in wires[:2]:
        await until(wire, has("sg-quote", BUS))
        wire.frames.clear()
    await hall.back("cem", one)
    for wire in wires[:2]:
        await until(wire, has('{"tick"', f'"q{one.id}":"2"'))
    await hall.do(Deed.UNSHOW, hall.now(one))
    for wire in wires[:2]:
        await until(wire, has(BUS, SCHOOL, without="<blockquote"))
    assert has(BUS)(wires[2])


async def test_what_is_not_public_moves_nothing(hall: Hall) -> None:
    """Waiting, declined, noted: a screen and a podium get no frame; the next one they get is of what is on."""
    accepted = await hall.accepted("anna", 1, BUS)
    wires = [enter(hall.room, role)[0] for role in STAGES]
    waiting = await hall.ask("bert", 2, SCHOOL)
    await hall.do(Deed.NOTE, accepted, text="Notiz")
    await hall.do(Deed.DECLINE, waiting)
    before = [len(wire.frames) for wire in wires]
    await hall.do(Deed.SHOW, hall.now(accepted))
    for wire in wires:
        await until(wire, lambda it: len(it.frames) > before[0])
        assert (SCHOOL in "".join(wire.frames), BUS in wire.frames[before[0]]) == (False, True)
