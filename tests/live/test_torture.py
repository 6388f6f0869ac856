"""The ballot box withstands torture, and the torture finds boxes that are broken."""

from collections.abc import Callable

import pytest

from tests.live.torture import BOXES, MISSING, MOVED, SOUND, TALLY, Report, torture
from tests.storage.databases import BACKENDS, migrated

pytestmark = pytest.mark.long

ROUNDS = 10
ROUNDS_TO_BE_CAUGHT = 40

PROCESSES = {"sqlite": 1, "postgresql": 3}
CAUGHT_BY = {
    "acknowledges_early": MISSING,
    "reads_adds_writes": TALLY,
    "overwrites_equal": MISSING,
    "looks_without_lock": MOVED,
}


@pytest.mark.parametrize("backend", BACKENDS)
async def test_sound_box_withstands(
    backend: str, tmp_path_factory: pytest.TempPathFactory, new_postgres: Callable[[], str]
) -> None:
    """Kills, closings, resends and races leave every acknowledged vote counted once, and the tally right."""
    url = (
        new_postgres()
        if backend == "postgresql"
        else f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('torture') / 'poll.sqlite3'}"
    )
    async with migrated(url) as database:
        report = await torture(
            database, processes=PROCESSES[backend], kills=0.3, seed=3, go_on=lambda report: report.rounds < ROUNDS
        )
    assert (report.rounds, report.bad, dict(report.faults)) == (ROUNDS, 0, {})
    assert (report.kills > 0, report.lost > 0) == (True, True)
    assert set(report.outcomes) == {"counted", "duplicate", "stale", "closed"}


def test_every_broken_box_is_tried() -> None:
    """No broken box is left out here."""
    assert CAUGHT_BY.keys() == BOXES.keys() - {SOUND}


@pytest.mark.parametrize("box", CAUGHT_BY)
async def test_broken_box_is_caught(box: str, postgres_url: str) -> None:
    """Each way to break the box is found, by the fault it makes, within a few rounds."""

    def go_on(report: Report) -> bool:
        return report.rounds < ROUNDS_TO_BE_CAUGHT and CAUGHT_BY[box] not in report.faults

    kills = 1.0 if box == "acknowledges_early" else 0.0
    async with migrated(postgres_url) as database:
        report = await torture(database, box=box, processes=3, kills=kills, seed=5, go_on=go_on)
    assert report.faults[CAUGHT_BY[box]] == 1
