"""The check list and the numbers of an event, as its organisers get them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from poll_server.domain.checklist import Ready, Topic
from poll_server.domain.programme import EventDraft, ItemDraft, ItemKind
from poll_server.storage import attendance
from tests.harness.server import Server, StartServer
from tests.harness.visitor import visitor
from tests.web.accounts import account, session_cookie
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SINGLE, Stored, database_of, draft, store
from tests.web.people import PATIENCE_SECONDS

POINT = re.compile(r'data-point="(\w+)" data-ready="(\w+)"')


@asynccontextmanager
async def organiser(stored: Stored, name: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser of the event's owner."""
    cookie = await session_cookie(stored.server, await account(stored.server, name, owns=stored))
    headers = {"cookie": cookie, "origin": stored.server.env["POLL_PUBLIC_URL"], "accept-language": "de"}
    async with visitor(stored.server.url, headers=headers, timeout=PATIENCE_SECONDS) as client:
        yield client


def own(stored: Stored) -> str:
    """The path of the event's page for its organisers."""
    return f"/organise/events/{stored.code}"


async def points(client: httpx2.AsyncClient, stored: Stored) -> dict[str, str]:
    """The check list: how it stands with each point."""
    answer = await client.get(own(stored))
    assert answer.status_code == 200
    return dict(POINT.findall(answer.text))


def figure(page: str, name: str) -> str:
    """A number of the page."""
    (found,) = re.findall(rf'id="{name}">([^<]*)<', page)
    return str(found)


async def test_checklist_follows_what_is_mended(shared_server: Server, new_desk: NewDesk) -> None:
    """An event without anything has everything to do; a link that is made and opened is done."""
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    slot = ItemDraft(starts=now, ends=now - timedelta(hours=1), title="<b>Leer</b>", kind=ItemKind.ROUND)
    stored = await store(shared_server, EventDraft("Leer", now.date(), "Europe/Berlin", "de", items=(slot,)))
    async with organiser(stored, "checks") as client:
        before = await points(client, stored)
        assert list(before) == list(Topic)
        to_do = {Topic.SLOTS, Topic.ROUNDS, Topic.QUESTIONS, Topic.LEGAL}
        assert {topic for topic in to_do if before[topic] != Ready.TO_DO} == set()
        assert before[Topic.TEXTS] == Ready.DONE
        page = (await client.get(own(stored))).text
        assert ("&lt;b&gt;Leer&lt;/b&gt;" in page, "<b>Leer</b>" in page) == (True, False)
        slot_form = f'href="{own(stored)}/programme/{stored.event.items[0].id}">&lt;b&gt;Leer&lt;/b&gt;</a>“ endet um'
        assert slot_form in page
        for name in ("Regie", "Leinwand", "Podium"):
            await stored.revoke(name)
        without = await points(client, stored)
        assert [without[one] for one in (Topic.MODERATOR, Topic.SCREEN, Topic.PODIUM)] == [
            Ready.TO_DO,
            Ready.TO_DO,
            Ready.ATTENTION,
        ]
        link = await stored.new_link("desk", "Kim")
        assert (await points(client, stored))[Topic.MODERATOR] == Ready.ATTENTION
        assert (await client.post(link)).status_code == 303
        assert (await client.get(f"/e/{stored.code}/desk")).status_code == 200
        assert (await points(client, stored))[Topic.MODERATOR] == Ready.DONE


async def test_event_with_nothing_to_ask_is_looked_at(shared_server: Server) -> None:
    """Without a round and without a question time, nobody is told that every round has questions."""
    stored = await store(shared_server, replace(draft(), items=draft().items[:1]))
    async with organiser(stored, "silent") as client:
        found = await points(client, stored)
        page = (await client.get(own(stored))).text
    assert (found[Topic.ROUNDS], found[Topic.QUESTIONS]) == (Ready.ATTENTION, Ready.TO_DO)
    assert "<p>Es gibt keine Runde.</p>" in page


async def test_public_address_is_asked_only_when_somebody_wants_it(
    start_server: StartServer, new_person: NewPerson
) -> None:
    """It is this server's own setting that is asked, whatever a form says; then the page says what came of it."""
    server = await start_server()
    stored = await store(server, draft())
    async with organiser(stored, "reach") as client:
        assert "Ob sie hierher führt, ist noch nicht geprüft." in (await client.get(own(stored))).text
        elsewhere = {"url": "http://192.0.2.1/", "host": "192.0.2.1"}
        answer = await client.post(f"{own(stored)}/reach", data=elsewhere)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/organise/events/{stored.code}#checklist",
        )
        assert "Sie führt hierher." in (await client.get(own(stored))).text
        refused = await client.post(f"{own(stored)}/reach", headers={"origin": "https://elsewhere.example"})
        assert refused.status_code == 403


async def test_numbers_of_an_event(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """Who is there, who was, and how many answered and abstained stand on the page; the fragment has the same."""
    stored = await new_event(SINGLE)
    desk, person = await new_desk(stored), await new_person(stored)
    nine = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    async with database_of(stored.server) as database, database.write() as connection:
        for at, n in enumerate((40, 1234, 90)):
            minute = nine + timedelta(minutes=at)
            await attendance.note(connection, database.dialect, minute, {stored.event.id: n})
    await desk.do("open", stored.ids[0])
    await person.get()
    line = await person.line()
    await line.take()
    async with organiser(stored, "numbers") as client:
        page, part = (
            (await client.get(f"{own(stored)}/numbers")).text,
            (await client.get(f"{own(stored)}/numbers/state")).text,
        )
    assert part.strip() in page
    assert figure(page, "most") == "1.234"
    assert figure(page, "asked") == "1"
    assert int(figure(page, "here-now")) >= 1
    assert re.findall(r"<td>([\d.]+)</td></tr>", page)[:3] == ["40", "1.234", "90"]
    assert page.count("<rect") >= 4


@pytest.mark.parametrize("day", ["", "2031-01-01", "no day", "<script>"])
async def test_numbers_of_a_strange_day_are_those_of_the_event(new_event: NewEvent, day: str) -> None:
    """A day without numbers, or none at all, gets the event's page and no error."""
    stored = await new_event(SINGLE)
    async with organiser(stored, f"day {day}") as client:
        answer = await client.get(f"{own(stored)}/numbers", params={"day": day})
    assert (answer.status_code, "<script>" in answer.text) == (200, False)


async def test_numbers_of_an_event_that_is_over_stand_still(shared_server: Server) -> None:
    """The page of an event that is over asks for nothing new, and there is no check list any more."""
    prepared = draft()
    items = tuple(
        replace(item, starts=item.starts - timedelta(days=9), ends=item.ends and item.ends - timedelta(days=9))
        for item in prepared.items
    )
    over = replace(prepared, day=prepared.day - timedelta(days=9), items=items)
    for one, expected in ((prepared, (True, True)), (over, (False, False))):
        stored = await store(shared_server, one)
        async with organiser(stored, f"over {stored.code}") as client:
            assert (
                "hx-trigger" in (await client.get(f"{own(stored)}/numbers")).text,
                bool(await points(client, stored)),
            ) == expected
