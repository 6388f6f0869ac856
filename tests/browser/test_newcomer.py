"""A newcomer's first event in real browsers, from the one-time link to the file that is taken home.

Nothing but pages is used, except for the link that whoever runs the server makes once. The organiser goes by keyboard,
the moderator and one of the audience by finger at 320 pixels.
"""

import asyncio
import io
import re
import time
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect
from python_calamine import CalamineWorkbook

from poll_server.domain.errors import Forbidden
from tests.browser import looks
from tests.browser.conference import NARROW, STILL, close_question, counts, expect_counted, figure, show_result
from tests.browser.desks import asked
from tests.browser.test_rounds import faults
from tests.documents.real_programme import PROGRAMME
from tests.harness.browser import NewContext
from tests.harness.server import PRODUCT, PROJECT, Server
from tests.web.people import german

pytestmark = pytest.mark.long

ORGANISER, PASSWORD = "erika@stadt.example", "Vier Amseln baden im Regen"
MODERATOR = "Maria Muster"
DAY = "2050-01-21"
"""A day that is still to come: what the page of an event offers depends on it."""
QUESTION, SLOW, RIGHT = "Wie war das Tempo heute für Sie?", "etwas zu langsam", "genau richtig"
ROUNDS = ["Sie sind gefragt! I", "Sie sind gefragt! II"]
CLOSED_SECONDS = 5.0
MAKING_MS = 60_000
FINGER = {**STILL, "viewport": NARROW, "has_touch": True}
OURS = """Tag der kleinen Städte

Freitag, 21. Januar 2022, 9.30 bis 13 Uhr, digital

9.30 Uhr	Begrüßung	Dr. Eva Klein, Bürgermeisterin
9.45 Uhr	Wohnen im Ort
10.30 Uhr	Sie sind gefragt! I	Ihre Meinung ist gefragt.
10.45 Uhr	Pause
11.15 Uhr	Sie sind gefragt! II
11.30 Uhr	Gespräch mit Publikumsbeteiligung
13.00 Uhr	Ende der Veranstaltung
"""


class Pasted(NamedTuple):
    """A programme as it is pasted, with the title and the number of items that are understood."""

    text: str
    title: str
    items: int


def pasted() -> Pasted:
    """A real programme with two rounds where it is there, else one of our own."""
    if PROGRAMME.exists():
        return Pasted(PROGRAMME.read_text(encoding="utf-8"), "Bundestagung „Kleinstädte in Deutschland“", 12)
    return Pasted(OURS, "Tag der kleinen Städte", 7)


async def press(page: Page, name: str, role: str = "link") -> None:
    """Press a link or button by keyboard; of several with this name the first."""
    control = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    await control.focus()
    await expect(control).to_be_focused()
    await page.keyboard.press("Enter")


async def headed(page: Page, text: str) -> None:
    """The page with this heading is there, fits at 320 pixels, and axe-core finds nothing on it, light or dark."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(text)
    await page.emulate_media(color_scheme="light")
    assert await faults(page) == []


async def fit(page: Page) -> None:
    """What is on a phone now fits there, can be pressed by a finger, and axe-core finds nothing on it in any theme."""
    assert await looks.faults(page) == {}


async def one_time_link(server: Server) -> str:
    """What whoever runs the server makes at the command line for a new organiser."""
    command = (*PRODUCT, "organiser", "add", ORGANISER, "--data", str(server.data))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, cwd=PROJECT, env=server.env)
    printed, _ = await asyncio.wait_for(process.communicate(), 60)
    (link,) = re.findall(r"\S+/organise/password/\S+", printed.decode())
    return str(link)


async def come_in(page: Page, link: str) -> None:
    """Set a password by the link, and be at the list, which is empty and says how to begin."""
    await page.goto(link)
    await headed(page, "Passwort setzen")
    await page.get_by_label("Neues Passwort", exact=True).focus()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Es gibt noch keine Veranstaltung.")).to_be_visible()
    await headed(page, "Veranstaltungen")


async def paste(page: Page, programme: Pasted) -> None:
    """Paste a programme, see what was understood, save it, and put the event on a day to come."""
    await press(page, "Programm übernehmen")
    await headed(page, "Programm übernehmen")
    await page.get_by_label("Programm", exact=True).focus()
    await page.keyboard.insert_text(programme.text)
    await press(page, "Ansehen", "button")
    await expect(page.locator("#outcome")).to_have_text(f"Verstandene Programmpunkte: {programme.items}")
    await expect(page.locator("#outcome")).to_be_focused()
    items = page.locator(".sg-prog > li")
    await expect(items).to_have_count(programme.items)
    rounds = items.filter(has=page.locator("p", has_text=re.compile("^Runde")))
    await expect(rounds.locator("bdi").first).to_have_text(ROUNDS[0])
    await expect(rounds).to_have_count(len(ROUNDS))
    await headed(page, "Programm übernehmen")
    await press(page, "Veranstaltung speichern", "button")
    await expect(page.locator("#told")).to_contain_text("Die Veranstaltung ist angelegt.")
    await press(page, "Titel, Tag, Code und Texte bearbeiten")
    await headed(page, "Veranstaltung bearbeiten")
    await page.get_by_label("Tag", exact=True).fill(DAY)
    await press(page, "Speichern", "button")
    await expect(page.locator("#phase")).to_have_text("In Vorbereitung")
    await expect(page.locator("[data-point=rounds]")).to_have_attribute("data-ready", "to_do")
    await headed(page, programme.title)


async def fill_the_round(page: Page, title: str) -> None:
    """Look in the library how a question will stand on a phone, and take it into the first round."""
    await press(page, "Aus der Bibliothek")
    await expect(page.get_by_label("Wohin die Fragen kommen").locator("option:checked")).to_contain_text(ROUNDS[0])
    await page.get_by_label("In der Bibliothek suchen").focus()
    await page.keyboard.type("Tempo")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=3)).to_have_text([QUESTION])
    await press(page, "Vorschau")
    await expect(page.frame_locator("#preview-phone").get_by_role("heading", level=1)).to_have_text(QUESTION)
    await headed(page, "Fragenbibliothek")
    await press(page, "In die Runde übernehmen", "button")
    await expect(page.locator("#told")).to_contain_text(f"„{QUESTION}“ ist in der Runde.")
    await press(page, "Zur Veranstaltung")
    await expect(page.locator(".sg-slot--round").first).to_contain_text(QUESTION)
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)


async def invite(page: Page) -> str:
    """Make a link for a moderator, and return its address, which stands on this page only."""
    await press(page, "Links für Moderation, Leinwand und Podium")
    await headed(page, "Links des Teams")
    await page.get_by_label("Für wen ist der Link?").focus()
    await page.keyboard.type(MODERATOR)
    await page.keyboard.press("Enter")
    address = await page.get_by_label("Adresse des Links").input_value()
    await headed(page, "Links des Teams")
    return address


async def open_on_a_phone(desk: Page, address: str) -> None:
    """A moderator opens the link and the question."""
    await desk.goto(address)
    await fit(desk)
    await desk.get_by_role("button", name="Regie öffnen").tap()
    await expect(asked(desk)).to_have_text(QUESTION)
    await fit(desk)
    await desk.get_by_role("button", name="Frage öffnen").tap()
    await expect(desk.get_by_role("button", name="Frage schließen")).to_be_visible()


async def answer_by_finger(page: Page, url: str, code: str) -> None:
    """Type the code from the wall, tap an answer and send it."""
    await page.goto(url)
    await page.get_by_label("Veranstaltungscode").fill(code)
    await page.get_by_role("button", name="Teilnehmen").tap()
    await page.locator("label", has_text=SLOW).tap()
    await fit(page)
    await page.get_by_role("button", name="Stimme abgeben").tap()
    await expect_counted(page, SLOW)
    await fit(page)


async def answer_by_keyboard(page: Page, address: str) -> None:
    """Come by the link, choose an answer with the space bar, and send it with the enter key."""
    await page.goto(address)
    await page.get_by_label(RIGHT).focus()
    await page.keyboard.press("Space")
    await press(page, "Stimme abgeben", "button")
    await expect_counted(page, RIGHT)


async def take_home(page: Page, title: str) -> dict[str, object]:
    """See the numbers, and return from the spreadsheet that is taken home how often each answer was given."""
    await press(page, title)
    await press(page, "Zahlen")
    await expect(page.locator(".sg-answers tbody th")).to_contain_text([QUESTION])
    await expect(page.locator(".sg-answers tbody td")).to_have_text(["2", "0", "2"])
    await headed(page, "Zahlen")
    await press(page, "Ergebnisse als Dateien")
    await headed(page, "Ergebnisse als Dateien")
    await press(page, "Dateien erstellen", "button")
    file = page.locator("#makings a[download]")
    await expect(file).to_contain_text(".xlsx", timeout=MAKING_MS)
    await headed(page, "Ergebnisse als Dateien")
    async with page.expect_download() as download:
        await file.press("Enter")
    workbook = CalamineWorkbook.from_filelike(io.BytesIO((await (await download.value).path()).read_bytes()))
    (sheet,) = [name for name in workbook.sheet_names if name.startswith("1.1 ")]
    _, *rows = workbook.get_sheet_by_name(sheet).to_python()
    return {str(label): n for number, label, n, *_ in rows if number}


async def take_back(page: Page, desk: Page, title: str) -> None:
    """Take the moderator's link back: their page ends within five seconds, and the log says what they did."""
    await press(page, title)
    await press(page, "Links für Moderation, Leinwand und Podium")
    row = page.get_by_role("listitem").filter(has_text=MODERATOR)
    await row.locator("summary").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(row.get_by_role("button", name="Link zurückziehen")).to_be_focused()
    begun = time.monotonic()
    await page.keyboard.press("Enter")
    await expect(desk.locator("[data-refused]")).to_have_text(german(Forbidden("link_revoked")))
    assert time.monotonic() - begun < CLOSED_SECONDS
    await fit(desk)
    await expect(page.locator("#told")).to_be_visible()
    await press(page, "Was das Team getan hat")
    deeds = page.get_by_role("row").filter(has_text=MODERATOR).filter(has_text=QUESTION)
    await expect(deeds.locator("td:nth-child(3)")).to_have_text(
        ["Ergebnis gezeigt", "Frage geschlossen", "Frage geöffnet"]
    )
    await headed(page, "Was das Team getan hat")


async def test_newcomer_runs_an_event(server: Server, new_context: NewContext) -> None:
    """A password, a pasted programme, a round from the library, a moderator on a phone, two answers, the file."""
    programme = pasted()
    organiser = await (await new_context(**STILL)).new_page()
    await come_in(organiser, await one_time_link(server))
    await paste(organiser, programme)
    await fill_the_round(organiser, programme.title)
    address = await invite(organiser)
    code = urlsplit(address).path.split("/")[2]
    desk, finger = [await (await new_context(**FINGER)).new_page() for _ in range(2)]
    keyboard = await (await new_context(**STILL)).new_page()
    await open_on_a_phone(desk, address)
    await answer_by_finger(finger, server.url, code)
    await answer_by_keyboard(keyboard, f"{server.url}/e/{code}")
    await expect(figure(desk, "answered")).to_have_text("2")
    await close_question(desk)
    await show_result(desk)
    for page in (finger, keyboard):
        await expect(page.locator("table.sg-results")).to_be_visible()
        assert {label: n for label, n in (await counts(page)).items() if n != "0"} == {SLOW: "1", RIGHT: "1"}
    taken = await take_home(organiser, programme.title)
    assert {label: n for label, n in taken.items() if n} == {SLOW: 1, RIGHT: 1}
    await take_back(organiser, desk, programme.title)
    await press(organiser, "Abmelden", "button")
    await expect(organiser.get_by_role("heading", level=1)).to_have_text("Anmelden")
