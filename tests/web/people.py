"""People at the doors: clients that know no more than docs/protocol.md says."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from html.parser import HTMLParser
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from poll_server.domain.errors import PollError
from poll_server.i18n import sentence
from tests.harness.visitor import visitor
from tests.web.events import Stored

PATIENCE_SECONDS = 30.0
"""How long a client waits for what must come; never how long it waits for nothing."""


class Tags(HTMLParser):
    """The start tags of a page or frame, in order, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.all.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data

    def having(self, attribute: str) -> list[dict[str, str]]:
        """The attributes of all tags that have this one."""
        return [attributes for _, attributes in self.all if attribute in attributes]


@dataclass(frozen=True)
class Receipt:
    """What an acknowledgement says."""

    submission: str
    state: str
    answer: str
    number: str
    text: str


def receipts(html: str) -> list[Receipt]:
    """The acknowledgements in a page or frame."""
    tags = Tags(html if "data-submission" in html else "")
    return [
        Receipt(found["data-submission"], found["data-state"], found["data-answer"], found["data-number"], tags.text)
        for found in tags.having("data-submission")
    ]


def german(error: PollError) -> str:
    """What an error says to people in German."""
    return sentence(error, "de")


def ballot_form(html: str) -> dict[str, str] | None:
    """The hidden fields of the first form for a vote in a page or frame; None without one."""
    fields: dict[str, str] | None = None
    for tag, attributes in Tags(html if "data-vote" in html else "").all:
        if tag == "form":
            if fields is not None:
                break
            fields = {} if "data-vote" in attributes else None
        elif tag == "input" and attributes.get("type") == "hidden" and fields is not None:
            fields[attributes["name"]] = attributes["value"]
    return fields


def revision_of(frame: str) -> str | None:
    """The state that a desk's frame shows, to be sent back as ``seen``."""
    found = re.search(r'name="seen" value="(\d+)"', frame)
    return found[1] if found else None


def notice_of(frame: str) -> str | None:
    """The code in a desk's notice: empty when all is well, None when the frame is no notice."""
    if 'hx-target="#notice"' not in frame:
        return None
    codes = [tag["data-code"] for tag in Tags(frame).having("data-code")]
    return codes[0] if codes else ""


class Line:
    """A socket, and everything that has come over it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[str] = []
        self._read = 0

    async def send(self, message: Mapping[str, Any] | str | bytes) -> None:
        """Send a message, a mapping as JSON."""
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def take(self) -> str:
        """Return the next frame that has not been looked at."""
        if self._read == len(self.frames):
            frame = await self.connection.recv()
            assert isinstance(frame, str)
            self.frames.append(frame)
        self._read += 1
        return self.frames[self._read - 1]

    async def until(self, wanted: Callable[[str], Any]) -> str:
        """Return the next frame for which ``wanted`` is true; those before it are passed over."""
        start = self._read
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not wanted(frame := await self.take()):
                    pass
        except TimeoutError:
            raise AssertionError(f"not among these frames: {self.frames[start:]}") from None
        return frame

    async def receipt(self, submission: str) -> Receipt:
        """Return the acknowledgement of a submission."""
        frame = await self.until(lambda one: submission in one)
        return receipts(frame)[0]

    async def error(self) -> dict[str, str]:
        """Return the next error that the server names."""
        frame = json.loads(await self.until(lambda one: one.startswith('{"error"')))
        error: dict[str, str] = frame["error"]
        return error

    async def vote(self, fields: Mapping[str, str], answer: str | list[str], **changed: str) -> Receipt:
        """Vote with the fields of a form and a submission of our own, and wait for the acknowledgement."""
        submission = changed.get("submission", str(uuid4()))
        await self.send({**fields, "answer": answer, **changed, "submission": submission})
        return await self.receipt(submission)


class Person:
    """Somebody with a browser of their own: its cookies, its pages and its sockets. Use it in ``async with``."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.path = f"/e/{stored.code}"
        self.origin = stored.server.env["POLL_PUBLIC_URL"]
        # Without TLS: reading all certificates would take a tenth of a second for each person.
        self.http = visitor(stored.server.url)
        self._lines = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._lines.aclose()
        await self.http.aclose()

    def cookies(self, path: str) -> str:
        """The Cookie header of a request for this path."""
        fitting = [one for one in self.http.cookies.jar if path.startswith(one.path)]
        return "; ".join(f"{one.name}={one.value}" for one in fitting)

    async def get(self, path: str = "", **headers: str) -> httpx2.Response:
        """Ask for a page of the event."""
        return await self.http.get(self.path + path, headers=headers)

    async def post(self, path: str, fields: Mapping[str, Any], files: Any = None, **headers: str) -> httpx2.Response:
        """Send a form of the event, from its own page unless ``origin`` says otherwise."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(self.path + path, data=fields, files=files, headers={"origin": self.origin} | given)

    async def open(self, page: str, name: str = "") -> None:
        """Exchange the secret link of the desk or the screen for its cookie; with a name it is a new one."""
        path = await self.stored.new_link(page, name) if name else self.stored.link(page)
        response = await self.http.post(path, headers={"origin": self.origin})
        assert (response.status_code, response.headers["location"]) == (303, f"{self.path}/{page}")

    async def line(self, path: str = "/socket", **headers: str) -> Line:
        """Open a socket of the event, as a browser does, with the cookies and the page's origin."""
        url = self.stored.server.ws_url(self.path + path)
        given = {"origin": self.origin, "cookie": self.cookies(self.path + path.partition("?")[0])} | headers
        sent = {name: value for name, value in given.items() if value}
        return Line(
            await self._lines.enter_async_context(connect(url, additional_headers=sent, proxy=None, max_queue=None))
        )

    async def take_part(self) -> Line:
        """Open the page and the socket whose address stands in it."""
        page = await self.get()
        (root,) = Tags(page.text).having("hx-ws:connect")
        return await self.line(root["hx-ws:connect"].removeprefix(self.path))


class Desk:
    """A moderator at a desk with an open socket."""

    def __init__(self, person: Person, line: Line) -> None:
        self.person = person
        self.line = line
        self.seen = ""

    @classmethod
    async def of(cls, person: Person) -> Self:
        """Take the link and open the desk."""
        await person.open("desk")
        desk = cls(person, await person.line("/desk/socket"))
        await desk.see()
        return desk

    async def see(self, wanted: Callable[[str], Any] = lambda frame: True) -> str:
        """Wait for a state that is ``wanted``, and remember it."""
        frame = await self.line.until(lambda one: revision_of(one) is not None and wanted(one))
        self.seen = revision_of(frame) or ""
        return frame

    async def say(self, action: str, question: int | None = None, **more: str) -> str:
        """Send a command that carries the state seen last, and return the notice's code: empty when it was done."""
        message = {"action": action, "seen": self.seen, **more}
        await self.line.send(message if question is None else message | {"question": str(question)})
        return await self.notice()

    async def notice(self) -> str:
        """Return the code of the next notice."""
        return notice_of(await self.line.until(lambda one: notice_of(one) is not None)) or ""

    async def do(self, action: str, question: int) -> str:
        """Carry out a step that must succeed, and see the state after it; ``close`` waits for the closing to end."""
        wanted = int(self.seen) + (2 if action == "close" else 1)
        await self.line.send({"action": action, "seen": self.seen, "question": str(question)})
        notice = await self.notice()
        assert notice == "", notice
        return await self.at(wanted)

    async def at(self, revision: int) -> str:
        """Return the state after so many steps, which may have come already, and remember it as seen."""
        came = [frame for frame in self.line.frames if revision_of(frame) == str(revision)]
        self.seen = str(revision)
        return came[-1] if came else await self.line.until(lambda frame: revision_of(frame) == str(revision))
