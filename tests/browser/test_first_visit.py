"""The first visit of a phone: few requests, few bytes, no other host, and nothing more when a question opens later."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.async_api import Page, expect

from poll_server.documents.event_file import example_text, read_event
from poll_server.questions import KINDS
from tests.browser.conference import STILL
from tests.harness.browser import NewContext
from tests.harness.server import Server
from tests.web.floor import Hall, hall
from tests.web.people import Desk, Person

REQUESTS = 5
BYTES = 60_000


@dataclass
class Visit:
    """A page in a browser of its own, and its requests; ``first`` until it was there, ``bytes`` with all headers."""

    page: Page
    paths: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    bytes: float = 0
    first: tuple[str, ...] = ()

    @classmethod
    async def to(cls, made: Hall, new_context: NewContext, path: str = "") -> Self:
        """Go to a page of the event for the first time, and wait until its socket has brought the present state."""
        context = await new_context(**STILL)
        page = await context.new_page()
        visit = cls(page)
        network = await context.new_cdp_session(page)
        network.on("Network.requestWillBeSent", lambda event: visit._note(event["request"]["url"]))
        network.on("Network.webSocketCreated", lambda event: visit._note(event["url"]))
        network.on("Network.loadingFinished", lambda event: visit._count(event["encodedDataLength"]))
        network.on("Network.webSocketHandshakeResponseReceived", visit._shake_hands)
        network.on("Network.webSocketFrameReceived", lambda event: visit._count(len(event["response"]["payloadData"])))
        await network.send("Network.enable")
        async with page.expect_event("websocket") as opened:
            await page.goto(f"{made.stored.server.url}/e/{made.stored.code}{path}")
        await (await opened.value).wait_for_event("framereceived")
        await page.wait_for_load_state("networkidle")
        visit.first = tuple(visit.paths)
        return visit

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "data":
            self.paths.append(parts.path)
            self.hosts.add(parts.netloc)

    def _shake_hands(self, event: dict[str, Any]) -> None:
        self._count(len(event["response"]["headersText"]))

    def _count(self, length: float) -> None:
        self.bytes += 0 if self.first else length


async def test_first_visit_is_small_and_complete(server: Server, new_context: NewContext) -> None:
    """Each page comes in five requests and 60 kB at most; a phone that waits has all that any kind of question needs.

    Only the pages of statements are fetched when they are asked: no two of them are the same.
    """
    made = await hall(server, prepared=read_event(example_text(), datetime.now(UTC).date()))
    await made.add(*(made.new(number) for number in range(1, 31)), backers=2)
    visits = {"questions": await Visit.to(made, new_context, "/questions"), "now": await Visit.to(made, new_context)}
    waiting = visits["now"]
    asked = {question.definition.kind: question.id for question in made.stored.event.questions}
    assert sorted(asked) == sorted(KINDS)
    async with Person(made.stored) as person:
        desk = await Desk.of(person)
        for kind, question in asked.items():
            await desk.do("open", question)
            await expect(waiting.page.locator(f"#stage [data-question='{question}']").first).to_be_visible()
            if kind == "statements":
                await expect(waiting.page.locator("[data-progress]")).to_be_visible()
                visits[kind] = await Visit.to(made, new_context)
            if KINDS[kind].answerable:
                await desk.do("close", question)
    parts = f"/e/{made.stored.code}/parts/"
    assert [path for path in waiting.paths[len(waiting.first) :] if not path.startswith(parts)] == []
    assert set().union(*(visit.hosts for visit in visits.values())) == {urlsplit(server.url).netloc}
    assert {name: visit.first for name, visit in visits.items() if len(visit.first) > REQUESTS} == {}
    assert {name: visit.bytes for name, visit in visits.items() if visit.bytes > BYTES} == {}
