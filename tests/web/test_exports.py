"""An organiser has the results of an event made into files: begun, told, taken home, taken away, and nobody else's."""

import io
import re
import stat
import zipfile

from poll_server.domain.errors import Forbidden, Unknown
from poll_server.storage import rehearsal
from tests.web.accounts import Browser, account
from tests.web.conftest import NewEvent
from tests.web.events import Stored, database_of
from tests.web.exports import files_made, path_of
from tests.web.people import german


async def signed_in(stored: Stored, browser: Browser, name: str) -> Browser:
    """A browser in which the owner of an event has signed in."""
    await account(stored.server, name, owns=stored)
    await browser.sign_in(name)
    return browser


async def test_files_are_made_taken_home_and_taken_away(new_event: NewEvent) -> None:
    """The page offers formats; after a while a file is there, kept by no cache; taken away it is at no address."""
    stored = await new_event(tally={"#": 3, "o1": 2, "o2": 1})
    async with Browser(stored.server) as browser:
        await signed_in(stored, browser, "export one")
        page = (await browser.get(path_of(stored))).text
        assert re.findall(r'name="form" value="([^"]+)"', page) == [
            "xlsx",
            "ods",
            "csv",
            "csv-plain",
            "json",
            "pdf",
            "html",
            "svg",
            "png",
        ]
        (path,) = await files_made(browser.http, stored, "csv-plain")
        found = await browser.get(path)
        assert found.headers["content-type"] == "application/zip"
        assert found.headers["content-disposition"] == f'attachment; filename="{stored.code}-csv-plain.zip"'
        assert found.headers["cache-control"] == "no-store"
        with zipfile.ZipFile(io.BytesIO(found.content)) as packed:
            rows = packed.read("1.1.csv").decode().splitlines()
        assert rows[1:4] == ["1,Wohnraum,2,", "2,Bus und Bahn,1,", "3,Schnelles Netz,0,"]
        assert "Ihre Dateien sind fertig." in (await browser.get(path_of(stored))).text
        making = path.split("/")[-2]
        await browser.post(path_of(stored), {"end": making})
        assert (await browser.get(path)).status_code == 404
        assert making not in (await browser.get(path_of(stored))).text


async def test_files_are_those_of_their_event(new_event: NewEvent) -> None:
    """At another event the file is not there, nor can it be taken away from there; signed out nobody gets it."""
    stored, other = await new_event(), await new_event()
    async with Browser(stored.server) as browser:
        await signed_in(stored, browser, "export three")
        await signed_in(other, browser, "export four")
        (theirs,) = await files_made(browser.http, other, "json")
        await browser.sign_in("export three")
        _, _, _, _, _, making, name = theirs.split("/")
        found = await browser.get(f"{path_of(stored)}/{making}/{name}")
        assert (found.status_code, german(Unknown("unknown_page")) in found.text) == (404, True)
        assert (await browser.get(theirs)).status_code == 404
        await browser.post(path_of(stored), {"end": making})
        await browser.sign_in("export four")
        assert (await browser.get(theirs)).status_code == 200
        await browser.post("/organise/sign-out", {})
        assert (await browser.get(theirs)).status_code == 403


async def test_rehearsal_is_said_instead_of_files(new_event: NewEvent) -> None:
    """While a rehearsal runs the page says why there is no file."""
    stored = await new_event()
    async with database_of(stored.server) as database, database.write() as connection:
        await rehearsal.begin(connection, stored.event, stored.event.revision)
    async with Browser(stored.server) as browser:
        await signed_in(stored, browser, "export five")
        assert await files_made(browser.http, stored, "xlsx") == []
        assert german(Forbidden("rehearsal")) in (await browser.get(path_of(stored))).text


async def test_unknown_format_is_refused(new_event: NewEvent) -> None:
    """A form that the page does not have makes nothing."""
    stored = await new_event()
    async with Browser(stored.server) as browser:
        await signed_in(stored, browser, "export six")
        for fields in ({"form": "exe"}, {"form": "../xlsx"}, {}):
            assert (await browser.post(path_of(stored), fields)).status_code == 400
        assert "makings-still" in (await browser.get(path_of(stored))).text


async def test_deleted_event_leaves_no_files(new_event: NewEvent) -> None:
    """With the event go the files that were made of it."""
    stored = await new_event()
    async with Browser(stored.server) as browser:
        await signed_in(stored, browser, "export seven")
        (path,) = await files_made(browser.http, stored, "json")
        folder = stored.server.data / "exports" / path.split("/")[-2]
        assert [one.name for one in folder.iterdir()] == [f"{stored.code}.json"]
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        await browser.post(f"/organise/events/{stored.code}/delete", {"name": stored.event.title})
        assert not folder.exists()
