"""Exports in the making: one at a time, stopped at any time, bounded in number, and gone with the server."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from poll_server.domain.errors import Conflict
from poll_server.web import makings as module
from poll_server.web.makings import KEPT_MAXIMUM, Making, Makings
from tests.documents.test_making import PATIENCE_SECONDS, Silence, silence
from tests.storage.databases import migrated, stored

__all__ = ["silence"]


@pytest_asyncio.fixture
async def stuck(silence: Silence, tmp_path: Path) -> AsyncIterator[Makings]:
    """Exports from a database that never answers, so none ends by itself."""
    makings = Makings(silence.url, tmp_path / "exports")
    yield makings
    await makings.stop()


async def done(making: Making) -> None:
    """Wait for the end of an export."""
    assert making.task
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.wait([making.task])


async def test_one_event_has_one_export_at_a_time(stuck: Makings) -> None:
    """A second one is refused while the first is made; another event's waits for its turn."""
    first = stuck.begin(1, "xlsx")
    with pytest.raises(Conflict, match="exporting"):
        stuck.begin(1, "ods")
    second = stuck.begin(2, "xlsx")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not first.begins:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
    assert (first.running, second.running, second.begins) == (True, True, False)
    assert [stuck.of(1), stuck.of(2), stuck.of(3)] == [[first], [second], []]


async def test_stopped_export_leaves_nothing(stuck: Makings, silence: Silence, tmp_path: Path) -> None:
    """The process is gone, and so are its folder and its line; only its own event can stop it."""
    making = stuck.begin(1, "xlsx")
    async with asyncio.timeout(PATIENCE_SECONDS):
        await silence.come.wait()
        await stuck.end(2, making.id)
        assert stuck.of(1) == [making]
        await stuck.end(1, making.id)
        await silence.gone.wait()
    assert stuck.of(1) == []
    assert list((tmp_path / "exports").iterdir()) == []


async def test_server_that_stops_ends_all(stuck: Makings, silence: Silence) -> None:
    """What is made and what waits is over."""
    stuck.begin(1, "xlsx")
    stuck.begin(2, "xlsx")
    async with asyncio.timeout(PATIENCE_SECONDS):
        await silence.come.wait()
        await stuck.stop()
        await silence.gone.wait()
    assert stuck.of(1) + stuck.of(2) == []


async def test_too_many_are_refused(stuck: Makings) -> None:
    """However many events there are, so many exports wait and no more."""
    for event in range(module.WAITING_MAXIMUM):
        stuck.begin(event, "xlsx")
    with pytest.raises(Conflict, match="exports_wait"):
        stuck.begin(module.WAITING_MAXIMUM, "xlsx")


async def test_files_of_an_event_are_its_own(tmp_path: Path) -> None:
    """They are found by their name at their event alone; deleting it takes them; what a dead server left goes first."""
    folder = tmp_path / "exports"
    (folder / "left").mkdir(parents=True)
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as database:
        event = await stored(database)
        makings = Makings(database.url, folder)
        makings.start()
        assert not folder.exists()
        making = makings.begin(event.id, "json")
        await done(making)
    name = f"{event.code}.json"
    assert makings.file(event.id, making.id, name) == making.files[0]
    assert making.files[0].exists()
    assert makings.file(event.id, making.id, "../poll.sqlite3") is None
    assert makings.file(event.id + 1, making.id, name) is None
    await makings.end_all_of(event.id)
    assert (makings.of(event.id), list(folder.iterdir())) == ([], [])


async def test_last_exports_of_an_event_are_kept(tmp_path: Path) -> None:
    """A new one takes the place of the oldest; those that failed say so."""
    (tmp_path / "exports").write_text("in the way", "utf-8")
    makings = Makings("sqlite+aiosqlite://", tmp_path / "exports")
    made = []
    for _ in range(KEPT_MAXIMUM + 2):
        made.append(makings.begin(1, "json"))
        await done(made[-1])
    assert makings.of(1) == made[:1:-1]
    assert {one.error and one.error.code for one in made} == {"export_failed"}
    assert [one for one in made if one.running] == []
