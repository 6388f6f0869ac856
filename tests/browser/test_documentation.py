"""An organiser chooses and publishes the documentation of an event, and everybody reads it: by keyboard alone."""

from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pytest
from playwright.async_api import Page, Response, ViewportSize, expect

from tests.browser.conference import STILL, WIDE
from tests.browser.desks import overflow
from tests.browser.looks import faults
from tests.browser.makings import made
from tests.browser.test_exports import signed_in
from tests.documents.counting import DEFINITIONS, asked
from tests.harness.browser import NewContext
from tests.harness.server import StartServer
from tests.web.events import Stored, database_of

pytestmark = pytest.mark.long

MIDDLE: ViewportSize = {"width": 900, "height": 900}
INTRODUCTION = "Wir haben gefragt."
REMARK = "Dazu gab es Streit."
PARTS = ["Introduction", "How it was counted", "Questions and results", "About this documentation"]
"""The headings of what is chosen here, in its order."""


@dataclass
class Hall:
    """An event with a shown result of many kinds, its owner at the form and somebody who only reads."""

    stored: Stored
    owner: Page
    reader: Page

    @property
    def event_url(self) -> str:
        """The address of the event's pages."""
        return f"{self.stored.server.url}/e/{self.stored.code}"

    async def read(self) -> int:
        """Have the reader open the public page, and return the answer's status."""
        answer = await self.reader.goto(f"{self.event_url}/documentation")
        assert isinstance(answer, Response)
        return answer.status

    async def save(self) -> None:
        """Send the form."""
        await self.owner.get_by_role("button", name="Speichern", exact=True).press("Enter")
        await expect(self.owner.get_by_role("status").filter(has_text="Gespeichert.")).to_be_visible()

    async def choose(self) -> None:
        """Fill in the form: another order, one part and one question less, a remark, English, published."""
        owner, (first, second, *_) = self.owner, self.stored.ids
        await owner.get_by_label("Zur Einführung").press_sequentially(INTRODUCTION)
        await owner.get_by_label("Wie gezählt wurde").press("1")
        await owner.get_by_label("Programm", exact=True).press("n")
        await owner.locator(f"#question-{first}").press("Space")
        await owner.get_by_text(f"Anmerkung: {DEFINITIONS[1].text}").locator("xpath=ancestor::summary").press("Enter")
        await owner.locator(f"[id='remark.{second}']").press_sequentially(REMARK)
        await owner.get_by_label("Sprache").press("E")
        for label in ("Die Namen derer, die gefragt haben", "Alle, auf einer öffentlichen Seite"):
            await owner.get_by_label(label).press("Space")

    async def pdf(self) -> Path:
        """Have the file made, and take it home."""
        await self.owner.get_by_role("button", name="Speichern und PDF erstellen").press("Enter")
        file = await made(self.owner, f"{self.stored.code}.pdf")
        async with self.owner.expect_download() as coming:
            await file.press("Enter")
        return await (await coming.value).path()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_documentation_from_choosing_to_reading(
    start_server: StartServer, new_context: NewContext, scripts: bool
) -> None:
    """What is chosen by keyboard stands on the public page and in the file; switched off it is gone at once."""
    server = await start_server()
    async with database_of(server) as database:
        stored = Stored(server, await asked(database, DEFINITIONS), b"")
    owner = await signed_in(stored, await new_context(viewport=WIDE, **STILL, java_script_enabled=scripts))
    reader = await (await new_context(viewport=WIDE, **STILL, java_script_enabled=scripts)).new_page()
    here = Hall(stored, owner, reader)
    assert await here.read() == 404
    await expect(reader.get_by_role("heading", level=1)).to_have_text("Nicht gefunden")

    await owner.get_by_role("link", name="Tagung").press("Enter")
    await owner.get_by_role("link", name="Dokumentation", exact=True).press("Enter")
    await here.choose()
    await here.save()
    await expect(owner.get_by_label("Wie gezählt wurde")).to_have_value("1")
    await expect(owner.locator(f"#question-{stored.ids[0]}")).not_to_be_checked()
    await expect(owner.locator(f"[id='remark.{stored.ids[1]}']")).to_have_value(REMARK)
    await owner.set_viewport_size(MIDDLE)
    assert (await overflow(owner), await faults(owner)) == (0, {})

    await reader.goto(f"{here.event_url}/programme")
    await reader.get_by_role("link", name="Dokumentation lesen").press("Enter")
    await expect(reader.get_by_role("heading", level=1)).to_have_text("Tagung")
    await expect(reader.locator("article > section > h2")).to_have_text(PARTS)
    asked_here = reader.locator(".sg-doc__question bdi").filter(has_text="?")
    await expect(asked_here).to_have_text([one.text for one in DEFINITIONS[1:]])
    await expect(reader.locator(".sg-doc__remark")).to_have_text(f"Remark{REMARK}")
    assert await faults(reader) == {}
    await reader.set_viewport_size(MIDDLE)
    assert await overflow(reader) == 0

    with pikepdf.open(await here.pdf()) as pdf, pdf.open_outline() as outline:
        assert (str(pdf.docinfo.Title), str(pdf.Root.Lang)) == ("Tagung", "en-GB")
        assert [mark.title for mark in outline.root] == ["Contents", *PARTS]

    await owner.goto(f"{server.url}/organise/events/{stored.code}/documentation")
    await owner.get_by_label("Alle, auf einer öffentlichen Seite").press("Space")
    await here.save()
    assert await here.read() == 404
    await expect(reader.get_by_role("heading", level=1)).to_have_text("Nicht gefunden")
    await reader.goto(f"{here.event_url}/programme")
    await expect(reader.get_by_role("link", name="Dokumentation lesen")).to_have_count(0)
