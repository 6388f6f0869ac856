"""The projected screen with as many groups and answers as there can be: readable, the rarest go."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conference import (
    Conference,
    Links,
    answer_as,
    close_question,
    event_of,
    open_question,
    prepared,
    show_result,
)
from tests.browser.projection import PROJECTIONS, faults, long_text, long_texts
from tests.harness.browser import axe

pytestmark = pytest.mark.long

GROUPS, OPTIONS = 12, 20


@pytest.fixture(scope="module")
def event_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Links]:
    """A data folder with an event of twelve groups and a question of twenty long answers."""
    options = "".join(f'\n    - "{text}"' for text in long_texts(OPTIONS, 118))
    question = f'- kind: single_choice\n  text: "{long_text("Was", 200)}"\n  options:{options}'
    groups = ", ".join(f"Gruppe {number} aus Wissenschaft und Forschung" for number in range(1, GROUPS + 1))
    return prepared(tmp_path_factory.mktemp("many"), event_of(question, f"groups: [{groups}]"))


async def test_many_groups_and_answers_fit_in_readable_type(conference: Conference) -> None:
    """Two tables of six groups have the most frequent answers and say how many more there are, which stay as text."""
    desk, screen = await conference.desk(), await conference.screen(viewport=PROJECTIONS[0])
    await open_question(desk)
    given = [(group, option) for group in range(1, GROUPS + 1) for option in (3, 3, 7, 7, 3 + group % 4)]
    await asyncio.gather(*(answer_as(conference, f"g{group}", f"o{option}") for group, option in given))
    await close_question(desk)
    await show_result(desk)
    tables = screen.locator(".sg-side")
    await expect(tables).to_have_count(2)
    assert (await faults(screen), await axe(screen)) == ({}, [])
    await screen.set_viewport_size(PROJECTIONS[0])
    await expect(tables.first.locator("tbody tr")).to_have_count(OPTIONS)
    shown = await tables.evaluate_all(
        "(tables) => tables.map((table) => [...table.tBodies[0].rows].filter((row) => !row.matches('.is-folded'))"
        ".map((row) => parseInt(row.cells[0].textContent)))"
    )
    assert shown[0] == shown[1]
    assert {3, 7} <= {*shown[0]}
    assert shown[0] == sorted(shown[0])
    await expect(screen.locator(".sg-rest")).to_have_text(f"Weitere, auf Ihrem Gerät: {OPTIONS - len(shown[0])}")
    # Everybody's answers have bars, in both tables; those of five people are told as counts alone.
    await expect(tables.locator("tbody svg")).to_have_count(2 * OPTIONS)
