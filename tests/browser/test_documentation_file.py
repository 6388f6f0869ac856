"""The documentation as one HTML file, opened from a folder: nothing is wrong with its looks, and it asks nobody."""

from pathlib import Path

from playwright.async_api import expect

from poll_server.documents.report.html_file import to_html
from tests.browser.conference import NARROW, STILL
from tests.browser.desks import overflow
from tests.browser.looks import faults
from tests.documents.report.materials import full
from tests.documents.report.wild import TEXTS, wild
from tests.harness.browser import NewContext


async def test_file_opens_from_a_folder(new_context: NewContext, page_faults: list[str], tmp_path: Path) -> None:
    """Light, dark and narrow it has no faults, whatever people wrote; its policy stops nothing of its own."""
    file = tmp_path / "demo.html"
    file.write_bytes(to_html(full()))
    page = await (await new_context(**STILL, viewport={"width": 900, "height": 800})).new_page()
    await page.goto(file.as_uri())
    assert await faults(page) == {}
    await page.get_by_role("link", name="Wie gezählt wurde").press("Enter")
    await expect(page.get_by_role("heading", name="Wie gezählt wurde")).to_be_in_viewport()
    assert set(page_faults) == {f"other host: {file.as_uri()}"}
    page_faults.clear()


async def test_no_text_widens_the_page(new_context: NewContext, page_faults: list[str], tmp_path: Path) -> None:
    """On a narrow phone it is as wide as the phone, whatever people wrote, and all of that is text."""
    page = await (await new_context(**STILL, viewport=NARROW)).new_page()
    for number, (name, text) in enumerate(TEXTS.items()):
        file = tmp_path / f"{number}.html"
        file.write_bytes(to_html(wild(text)))
        await page.goto(file.as_uri())
        assert (name, await overflow(page), await page.locator("script").count()) == (name, 0, 0)
    assert all(fault.startswith("other host: file:") for fault in page_faults)
    page_faults.clear()
