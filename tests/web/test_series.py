"""The questions of a series as files, on the organisers' page of it: of the events that they may see, and no others."""

import json
from dataclasses import replace
from datetime import timedelta

from poll_server.domain.errors import Unknown
from poll_server.domain.programme import SeriesDraft
from poll_server.domain.rounds import Event
from poll_server.storage import events, series, sharing
from tests.documents.report.test_reading import shown
from tests.harness.server import Server
from tests.web.accounts import Browser, account
from tests.web.events import SINGLE, database_of, draft
from tests.web.exports import files_made
from tests.web.people import german


async def held(server: Server, n: int) -> tuple[str, list[Event]]:
    """Store a series of so many events, each of which has asked the same question."""
    one = draft(SINGLE)
    drafts = [replace(one, title=f"Abend {at} <b>", day=one.day + timedelta(at)) for at in range(1, n + 1)]
    async with database_of(server) as database:
        async with database.write() as connection:
            code, made = await series.create_events(connection, drafts, SeriesDraft("Land & Leute", "de"))
            stored = [await events.load(connection, event_id) for event_id, _ in made]
        return code, [await shown(database, event, event.question_ids[0], {"a": "o1", "b": "o2"}) for event in stored]


async def owner_of(server: Server, name: str, *owned: Event) -> int:
    """Make an account that owns these events, and return its id."""
    organiser = await account(server, name)
    async with database_of(server) as database, database.write() as connection:
        for event in owned:
            await sharing.give(connection, event.id, organiser, owner=True)
    return organiser


async def test_organiser_gets_the_events_that_are_theirs(shared_server: Server) -> None:
    """The page and the file have those alone, and say how many others there are; nobody else gets the file."""
    code, (first, second, third) = await held(shared_server, 3)
    await owner_of(shared_server, "series one", first, third)
    await owner_of(shared_server, "series two", second)
    path = f"/organise/series/{code}"
    async with Browser(shared_server) as browser:
        await browser.sign_in("series one")
        assert f'href="{path}"' in (await browser.get(f"/organise/events/{first.code}")).text
        page = (await browser.get(path)).text
        assert [f"/organise/events/{event.code}" in page for event in (first, second, third)] == [True, False, True]
        assert ("Land &amp; Leute" in page, "Abend 1 &lt;b&gt;" in page) == (True, True)
        assert "die anderen Veranstaltenden gehören und in den Dateien fehlen: 1" in page
        (made,) = await files_made(browser.http, path, "json")
        found = await browser.get(made)
        assert found.headers["content-disposition"] == f'attachment; filename="series-{code}.json"'
        content = json.loads(found.content)
        assert [one["event"] for one in content["questions"][0]["askings"]] == [first.code, third.code]
        await browser.sign_in("series two")
        assert (await browser.get(path)).status_code == 200
        assert (await browser.get(made)).status_code == 404
        await browser.sign_in("series one")
        await browser.post(path, {"end": made.split("/")[-2]})
        assert (await browser.get(made)).status_code == 404


async def test_series_of_others_is_not_there(shared_server: Server) -> None:
    """Whoever has none of its events gets what an unknown code gives, whatever they do; so does a wrong format."""
    code, _ = await held(shared_server, 1)
    await owner_of(shared_server, "series three")
    async with Browser(shared_server) as browser:
        await browser.sign_in("series three")
        for path in (f"/organise/series/{code}", "/organise/series/gibtesnicht"):
            answers = [await browser.get(path), await browser.post(path, {"form": "json"})]
            answers += [await browser.get(f"{path}/state"), await browser.get(f"{path}/0/series.json")]
            assert [(one.status_code, german(Unknown("unknown_series")) in one.text) for one in answers] == [
                (404, True)
            ] * 4


async def test_formats_are_those_of_a_series(shared_server: Server) -> None:
    """There are no pictures of a series, and a format that the page does not have makes nothing."""
    code, (event,) = await held(shared_server, 1)
    await owner_of(shared_server, "series four", event)
    async with Browser(shared_server) as browser:
        await browser.sign_in("series four")
        for form in ("svg", "exe"):
            assert (await browser.post(f"/organise/series/{code}", {"form": form})).status_code == 400
        assert "makings-still" in (await browser.get(f"/organise/series/{code}")).text


async def test_deleted_event_leaves_no_file_of_its_series(shared_server: Server) -> None:
    """With an event go the files in which it stood beside others."""
    code, (first, second) = await held(shared_server, 2)
    await owner_of(shared_server, "series five", first, second)
    async with Browser(shared_server) as browser:
        await browser.sign_in("series five")
        (made,) = await files_made(browser.http, f"/organise/series/{code}", "json")
        folder = shared_server.data / "exports" / made.split("/")[-2]
        assert [one.name for one in folder.iterdir()] == [f"series-{code}.json"]
        await browser.post(f"/organise/events/{first.code}/delete", {"name": first.title})
        assert not folder.exists()
