"""The people of a conference as the tests direct them: what they open, press and read."""

import asyncio
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import Any, Protocol
from urllib.parse import urlsplit

from playwright.async_api import Locator, Page, ViewportSize, expect

from tests.harness.browser import NewContext
from tests.harness.proxy import Proxy
from tests.harness.server import PRODUCT, PROJECT, Server
from tests.harness.visitor import visitor

CODE = "probe7"
# What an animated colour is on its way must not be taken for the colour.
STILL = {"reduced_motion": "reduce"}
NARROW: ViewportSize = {"width": 320, "height": 700}
WIDE: ViewportSize = {"width": 1920, "height": 1080}
# The first, second and third question of event.yaml, by number, and their answers in the order of the file.
QUESTIONS = (
    "Aus welcher Perspektive nehmen Sie teil?",
    "Womit sollte Ihre Stadt zuerst beginnen?",
    "Sollte ein Netzwerk der Kleinstädte dauerhaft finanziert werden?",
)
ADMINISTRATION, COUNCIL, CLUB = "Stadtverwaltung", "Stadtrat oder Gemeinderat", "Verein oder Initiative"
COUNTED = re.compile(r"^Ihre Stimme ist gezählt, \d{1,2}:\d{2}:\d{2}\sUhr$")
CHANGED = re.compile(r"^Ihre neue Antwort ist gezählt\. Die alte zählt nicht mehr\., \d{1,2}:\d{2}:\d{2}\sUhr$")

TOO_LATE = re.compile(
    r"^\s*Die Frage wurde um \d{1,2}:\d{2}\sUhr geschlossen\. Ihre Antwort konnte nicht mehr gezählt werden\.\s*$"
)


@dataclass(frozen=True, slots=True)
class Links:
    """The paths of the secret links of an event."""

    desk: str
    screen: str

    @classmethod
    def of(cls, printed: str) -> "Links":
        """Read them from what `event create` prints."""
        paths = [urlsplit(word).path for word in printed.split() if "/link/" in word]
        return cls(*paths)


def event_of(questions: str, more: str = "") -> str:
    """An event file with one round of these questions, a list in YAML, and with more keys of an event."""
    return f"""
title: Kleinstädte in Deutschland
date: today
code: {CODE}
{more}
programme:
  - time: 0.00 Uhr
    title: Sie sind gefragt! I
    kind: round
    questions:
{indent(questions, " " * 6)}
"""


def prepared(folder: Path, event: str) -> tuple[Path, Links]:
    """Make an event of this event file by the command line; return its data folder, below ``folder``, and its links."""
    file, data = folder / "event.yaml", folder / "data"
    file.write_text(event, encoding="utf-8")
    made = subprocess.run(
        [*PRODUCT, "event", "create", str(file), "--data", str(data)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return data, Links.of(made.stdout)


@dataclass(frozen=True, slots=True)
class Conference:
    """A running event; `url` is where people reach it, by a proxy if there is one."""

    server: Server
    url: str
    links: Links
    new_context: NewContext

    @property
    def event_url(self) -> str:
        """The address of the event's page."""
        return f"{self.url}/e/{CODE}"

    async def participant(self, **options: Any) -> Page:
        """One more person in the audience, on the page "Jetzt"; the options are the browser context's."""
        page = await (await self.new_context(**options)).new_page()
        await page.goto(self.event_url)
        return page

    async def desk(self, **options: Any) -> Page:
        """One more moderator at the desk, let in by the link."""
        return await self._linked(self.links.desk, "Regie öffnen", **options)

    async def screen(self, **options: Any) -> Page:
        """One more screen, let in by the link."""
        return await self._linked(self.links.screen, "Leinwand öffnen", **options)

    async def _linked(self, path: str, button: str, **options: Any) -> Page:
        page = await (await self.new_context(**options)).new_page()
        await page.goto(f"{self.url}{path}")
        await page.get_by_role("button", name=button).click()
        await page.wait_for_url(lambda url: "/link/" not in url)
        return page

    async def recount(self) -> str:
        """What `poll-server recount` says; its sentence is the same as long as every tally equals its ballots."""
        process = await asyncio.create_subprocess_exec(
            *PRODUCT,
            *("recount", CODE, "--data", str(self.server.data)),
            cwd=PROJECT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await asyncio.wait_for(process.communicate(), 60)
        return output.decode().strip()


RIGHT = "3 questions: every tally equals its ballots."


class NewConference(Protocol):
    """What the fixture `new_conference` is."""

    async def __call__(self, proxy: Proxy | None = None) -> Conference:
        """A conference of its own, behind this proxy if there is one."""


async def step(desk: Page, pressed: str, then: str) -> None:
    """Press a button of the desk and wait until another one is there."""
    await desk.get_by_role("button", name=pressed).click()
    await expect(desk.get_by_role("button", name=then)).to_be_visible()


async def open_question(desk: Page) -> None:
    """Open the question that the desk is at."""
    await step(desk, "Frage öffnen", "Frage schließen")


async def close_question(desk: Page) -> None:
    """Close the question; it is closed for good when the desk can show its result."""
    await step(desk, "Frage schließen", "Ergebnis zeigen")


async def show_result(desk: Page) -> None:
    """Show the result of the closed question."""
    await step(desk, "Ergebnis zeigen", "Ergebnis verbergen")


async def to_next(desk: Page) -> None:
    """Go to the next question."""
    await step(desk, "Zur nächsten Frage", "Frage öffnen")


async def choose(page: Page, *labels: str) -> None:
    """Tap the rows of these answers in the form that is visible."""
    for label in labels:
        await page.locator("label:visible", has_text=re.compile(f"^{re.escape(label)}$")).click()


async def vote(page: Page, *labels: str) -> None:
    """Tick answers and send them; nothing is waited for."""
    await choose(page, *labels)
    await page.get_by_role("button", name="Stimme abgeben").click()


async def change(page: Page, *labels: str) -> None:
    """Send another answer in place of the one that stands; nothing is waited for."""
    details = page.locator("details.sg-change")
    if await details.get_attribute("open") is None:
        await details.locator("summary").click()
    await choose(page, *labels)
    await page.get_by_role("button", name="Neue Antwort abgeben").click()


def receipt(page: Page) -> Locator:
    """The acknowledgement that stands on the page."""
    return page.locator("[data-submission]")


async def expect_counted(page: Page, *labels: str) -> None:
    """Wait for the acknowledgement that these answers count, with the time of counting."""
    await expect(receipt(page)).to_have_attribute("data-state", "counted")
    await expect(receipt(page).locator("strong")).to_have_text(", ".join(labels))
    await expect(receipt(page).get_by_role("heading")).to_have_text("Ihre Stimme ist gezählt")
    await expect(receipt(page)).to_have_text(re.compile(r"\d{1,2}:\d{2}:\d{2}\sUhr"))


def figure(page: Page, name: str) -> Locator:
    """A number of a page by its name, in the page's main part."""
    return page.locator(f"main [data-figure='{name}']").first


async def counts(page: Page, column: int = 1) -> dict[str, str]:
    """The rows of the result table: label to the number in a column, the first one without another."""
    rows = page.locator("table.sg-results tbody tr")
    cells = await rows.evaluate_all(
        "(rows, at) => rows.map((row) => [row.cells[0].firstChild.textContent.trim(), row.cells[at].textContent])",
        column,
    )
    return dict(cells)


async def answer_as(conference: Conference, group: str, option: str) -> None:
    """One more person of a group answers the first question, by forms alone."""
    origin = {"origin": conference.url}
    async with visitor(conference.url) as http:
        await http.get(f"/e/{CODE}")
        await http.post(f"/e/{CODE}/group", data={"group": group}, headers=origin)
        fields = {"question": "1", "wave": "1", "number": "1", "answer": option}
        assert (await http.post(f"/e/{CODE}/vote", data=fields, headers=origin)).status_code == 303
