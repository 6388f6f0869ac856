"""The documentation as one HTML file, opened from a folder: nothing is wrong with its looks, and it asks nobody."""

from pathlib import Path

from playwright.async_api import expect

from poll_server.documents.report.html_file import to_html
from tests.browser.conference import STILL
from tests.browser.looks import faults
from tests.documents.report.materials import full
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
