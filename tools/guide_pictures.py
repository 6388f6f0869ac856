"""Take the pictures of the guide for organisers: the demo in a real browser, from signing in to the numbers.

Writes docs/pictures/guide/NAME.webp. Everything in them is done in the browser or by simulated participants, but how
many were there over the last hours: a run does not take hours, so that is written into the database. Needs Chromium,
as tools/pictures.py does. Prints nothing.
"""

import asyncio
import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Locator, Page, async_playwright

from poll_server.documents.event_times import TIME_ZONE
from poll_server.storage import attendance, events
from poll_server.storage.database import Database
from tools.kind_pictures import HOST, free_port, step
from tools.pictures import PICTURES, launched, opened, running, take

FOLDER = PICTURES / "guide"
NAMES = (
    *("sign-in", "events", "programme", "understood", "event"),
    *("library", "preview", "links", "checklist", "desk", "numbers", "files"),
)
"""The pictures in the order of the guide."""
WIDTH, HEIGHT = 1200, 800
ABOVE = 24
"""Pixels that are seen above what a picture begins with."""
DESK_WIDTH = 1440
QUALITY = 75
MORNING = 11
"""Hour of the day at which the pictures are taken, by the clock of a time zone that is chosen for that."""
PARTICIPANTS, HAVE_ANSWERED = 120, 90
QUESTIONS = (
    "Wie ist Ihre Stimmung gerade?",
    "Aus welchem Bereich kommen Sie hauptsächlich?",
    "Wie war das Tempo heute für Sie?",
)
PROGRAMME = """Tag der kleinen Städte
{day}, 9.30 bis 14 Uhr, Rathaus und digital

9.30 Uhr	Begrüßung	Dr. Eva Klein, Bürgermeisterin
9.45 Uhr	Wohnen im Ort: drei Beispiele
10.30 Uhr	Pause
11.00 Uhr	Sie sind gefragt! I
11.20 Uhr	Wege in die Stadt	Jan Berg, Verkehrsplaner
12.30 Uhr	Fragerunde
13.30 Uhr	Sie sind gefragt! II
14.00 Uhr	Ende der Veranstaltung

Um Anmeldung wird gebeten.
"""


def zone_of(now: datetime) -> str:
    """Return the name of a time zone in which it is late in the morning."""
    return f"Etc/GMT{now.astimezone(UTC).hour - MORNING:+d}"


async def keep_attendance(data: Path, code: str) -> None:
    """Write how many were there in the last hour and a half: they come, most stay, some go for coffee."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    database = Database(f"sqlite+aiosqlite:///{data / 'poll.sqlite3'}")
    async with database.write() as connection:
        found = await events.find(connection, code)
        assert found
        for ago in range(90, 0, -1):
            come = 1.04 * PARTICIPANTS * min(1.0, (91 - ago) / 20)
            coffee = 0.55 if 25 < ago < 45 else 1.0
            n = round(come * coffee * (0.94 + 0.01 * (ago % 5)))
            await attendance.note(connection, database.dialect, now - timedelta(minutes=ago), {found[0]: n})
    await database.close()


async def look(page: Page, name: str, height: int = HEIGHT, at: Locator | None = None) -> None:
    """Take a picture of a window of this height, from somewhere on the page on."""
    await page.set_viewport_size({"width": WIDTH, "height": height})
    top = await at.evaluate("one => one.getBoundingClientRect().top + scrollY") - ABOVE if at else 0
    await take(page, f"guide/{name}", quality=QUALITY, top=top)


async def sign_in(page: Page, demo: Mapping[str, str]) -> None:
    """Sign in as the demo's organiser."""
    await page.get_by_label("Name oder E-Mail-Adresse").fill(demo["organiser"])
    await look(page, "sign-in")
    await page.get_by_label("Passwort").fill(demo["password"])
    await page.keyboard.press("Enter")
    await page.locator(".sg-events").first.wait_for()
    await look(page, "events")


async def paste(page: Page) -> str:
    """Paste the programme and save it; return the code of the event."""
    day = datetime.now(ZoneInfo(TIME_ZONE))
    await page.get_by_role("link", name="Programm übernehmen").click()
    await page.get_by_label("Programm", exact=True).fill(PROGRAMME.format(day=f"{day.day}.{day.month}.{day.year}"))
    await look(page, "programme")
    await page.get_by_role("button", name="Ansehen").click()
    await page.locator("#save").wait_for()
    await look(page, "understood", 1000, page.locator("#outcome"))
    await page.locator("#save").click()
    await page.locator("#checklist").wait_for()
    return page.url.partition("?")[0].rpartition("/")[2]


async def fill_the_round(page: Page) -> None:
    """Take questions from the library into the first round."""
    await page.get_by_role("link", name="Aus der Bibliothek").first.click()
    await page.get_by_role("heading", name="Fragenbibliothek").wait_for()
    await look(page, "library")
    entry = page.locator(".sg-library > li").filter(has_text=QUESTIONS[-1])
    await entry.get_by_role("link", name="Vorschau").click()
    await page.frame_locator("#preview-phone").get_by_role("heading", level=1).wait_for()
    await look(page, "preview", 900, entry)
    for text in QUESTIONS:
        one = page.locator(".sg-library > li").filter(has_text=text)
        await one.get_by_role("button", name="In die Runde übernehmen").click()
        await page.locator("#told").filter(has_text=text).wait_for()
    await page.get_by_role("link", name="Zur Veranstaltung").click()


async def invite(page: Page) -> str:
    """Make a link for a moderator; return its address."""
    await page.get_by_role("link", name="Links für Moderation, Leinwand und Podium").click()
    await page.get_by_label("Für wen ist der Link?").fill("Maria Muster")
    await page.get_by_role("button", name="Link anlegen").click()
    address = await page.get_by_label("Adresse des Links").input_value()
    await look(page, "links")
    return address


async def set_clock(page: Page, own: str) -> None:
    """Give the event a time zone in which it is late in the morning now."""
    await page.goto(f"{own}/edit")
    await page.get_by_label("Zeitzone").select_option(zone_of(datetime.now(UTC)))
    await page.get_by_role("button", name="Speichern").click()
    await page.locator("#told").wait_for()


async def ask(desk: Page, audience: str) -> None:
    """Ask the questions, each until most have answered, and show the results."""
    await desk.get_by_role("button", name="Frage öffnen").wait_for()
    async with running("simulate", audience, "--participants", str(PARTICIPANTS), "--pace", "8"):
        for number in range(len(QUESTIONS)):
            if number:
                await step(desk, "Frage öffnen")
            await step(desk, "Frage schließen")
            enough = f"Number(document.querySelector('[data-figure=answered]')?.textContent) > {HAVE_ANSWERED}"
            await desk.wait_for_function(enough)
            if not number:
                await take(desk, "guide/desk", WIDTH / DESK_WIDTH, QUALITY)
            await step(desk, "Ergebnis zeigen")
            await step(desk, "Ergebnis verbergen")


async def take_guide(browser: Browser, demo: Mapping[str, str], data: Path, local: str) -> None:
    """Go the way of the guide and take its pictures."""
    page = await opened(browser, demo["organise"], WIDTH, HEIGHT)
    await sign_in(page, demo)
    code = await paste(page)
    own = page.url.partition("?")[0]
    await page.goto(own)
    await look(page, "event")
    await fill_the_round(page)
    address = await invite(page)
    await page.goto(own)
    await look(page, "checklist", 900, page.locator("#checklist"))
    await set_clock(page, own)
    await ask(await opened(browser, address, DESK_WIDTH, HEIGHT), f"{local}/e/{code}")
    await keep_attendance(data, code)
    await page.goto(f"{own}/numbers")
    await page.locator(".sg-over-time rect").first.wait_for()
    await look(page, "numbers", 1000)
    await page.get_by_role("link", name="Ergebnisse als Dateien").click()
    await page.get_by_role("button", name="Dateien erstellen").click()
    await page.locator("#makings a[download]").wait_for()
    await look(page, "files")


async def main() -> None:
    """Run the demo and take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        demo = running("demo", "--json", "--port", str(port), "--data", data, POLL_PUBLIC_URL=f"http://{HOST}")
        async with demo as server, async_playwright() as playwright:
            assert server.stdout
            links = json.loads(await server.stdout.readline())
            browser = await launched(playwright, f"--host-resolver-rules=MAP {HOST} 127.0.0.1:{port}")
            await take_guide(browser, links, Path(data), f"http://127.0.0.1:{port}")
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
