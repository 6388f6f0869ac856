"""An organiser in a real browser: by keyboard, at 320 pixels and wide, light and dark, without a fault of axe-core."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conference import STILL, Conference
from tests.browser.test_rounds import faults
from tests.web.accounts import PASSWORD, account, password_link
from tests.web.events import database_of

pytestmark = pytest.mark.long

OTHER = "Drei Reiher stehen still"


async def sign_in(page: Page, password: str) -> None:
    """Fill in the form and send it, by keyboard."""
    await page.get_by_label("Name oder E-Mail-Adresse").fill("kim@example.org")
    await page.get_by_label("Passwort").fill(password)
    await page.keyboard.press("Enter")


async def own_event(conference: Conference, organiser_id: int) -> None:
    """Make the conference's event that of an organiser."""
    async with database_of(conference.server) as database, database.write() as connection:
        await connection.exec_driver_sql(f"INSERT INTO event_organiser SELECT id, {organiser_id}, true FROM event")


@pytest.mark.parametrize("scripts", [True, False])
async def test_organiser_signs_in_changes_the_password_and_ends_a_session(
    conference: Conference, scripts: bool
) -> None:
    """A link sets the password; wrong, then right; two browsers, of which one signs the other out; event and desk."""
    organiser = await account(conference.server, "kim@example.org")
    await own_event(conference, organiser)
    key = await password_link(conference.server, organiser)
    here, there = [
        await (await conference.new_context(**STILL, java_script_enabled=scripts)).new_page() for _ in range(2)
    ]
    await here.goto(f"{conference.url}/organise/password/{key}")
    assert await faults(here) == []
    for label in ("Neues Passwort", "Neues Passwort, noch einmal"):
        await here.get_by_label(label, exact=True).fill(OTHER)
    await here.keyboard.press("Enter")
    await expect(here.get_by_role("heading", level=1)).to_have_text("Veranstaltungen")
    await there.goto(f"{conference.url}/organise/account")
    await sign_in(there, PASSWORD)
    await expect(there.get_by_role("alert")).to_have_text("Name oder Passwort stimmt nicht. Bitte prüfen Sie beides.")
    assert (await there.get_by_label("Passwort").input_value(), await faults(there)) == ("", [])
    await sign_in(there, OTHER)
    await expect(there.get_by_role("heading", level=1)).to_have_text("Mein Konto")
    assert await faults(there) == []
    await there.get_by_label("Jetziges Passwort").fill(OTHER)
    for label in ("Neues Passwort", "Neues Passwort, noch einmal"):
        await there.get_by_label(label, exact=True).fill(PASSWORD)
    await there.keyboard.press("Enter")
    await expect(there.get_by_role("status")).to_contain_text("Ihr Passwort ist geändert.")
    await here.reload()
    await sign_in(here, PASSWORD)
    await expect(here.get_by_role("heading", level=1)).to_have_text("Veranstaltungen")
    await there.reload()
    await there.get_by_role("button", name="Dort abmelden").press("Enter")
    await expect(there.get_by_role("status")).to_have_text("Dort sind Sie abgemeldet.")
    await here.reload()
    await expect(here.get_by_role("alert")).to_have_text("Bitte melden Sie sich zuerst an.")
    await there.get_by_role("link", name="Alle Veranstaltungen").press("Enter")
    await expect(there.get_by_role("heading", level=1)).to_have_text("Veranstaltungen")
    assert await faults(there) == []
    await there.locator(".sg-events a").press("Enter")
    await there.get_by_label("Freigeben für").fill("niemand")
    await there.keyboard.press("Enter")
    await expect(there.get_by_role("alert")).to_contain_text("Mit diesem Namen hat hier niemand ein Konto.")
    assert await faults(there) == []
    await there.get_by_role("link", name="Regie öffnen").press("Enter")
    await expect(there).to_have_title("Regie – Kleinstädte in Deutschland")
    await there.goto(f"{conference.url}/organise")
    await there.get_by_role("button", name="Abmelden").press("Enter")
    await expect(there.get_by_role("heading", level=1)).to_have_text("Anmelden")
