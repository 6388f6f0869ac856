"""docs/protocol.md says what the server does: its examples are played, its tables compared with the source."""

import re
from collections import defaultdict
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from uuid import UUID

import orjson

from poll_server import messages as wire
from poll_server import render
from poll_server.documents.event_file import read_event
from poll_server.domain.ballots import NUMBER_MAXIMUM
from poll_server.domain.errors import PollError, Unavailable
from poll_server.domain.rounds import TRANSITIONS, Action, State
from poll_server.render import Receipt
from poll_server.server import MESSAGE_BYTES
from poll_server.web.doors import FIELD_BYTES, FIELDS_MAXIMUM, STATUS
from poll_server.web.receiving import WAITING_MAXIMUM
from tests.harness.server import StartServer
from tests.render.sights import event, seen
from tests.web.document import DOCUMENT, Block, Exchange, block, blocks, entries, exchanges, fits, messages
from tests.web.events import Stored, store
from tests.web.people import Line, Person

PUBLIC_URL = "http://localhost:8000"


class Player:
    """Plays the conversations of the document, each name with cookies and a socket of its own."""

    def __init__(self, stored: Stored, stack: AsyncExitStack) -> None:
        self._stored = stored
        self._stack = stack
        self._people: dict[str, Person] = {}
        self._lines: dict[str, Line] = {}
        self._noted: dict[str, dict[str, str]] = defaultdict(dict)

    async def person(self, name: str) -> Person:
        """Somebody; a moderator without a link in the document opens the desk's first."""
        if name not in self._people:
            self._people[name] = person = await self._stack.enter_async_context(Person(self._stored))
            if name == "desk":
                await person.open("desk")
        return self._people[name]

    async def play(self, conversation: Block) -> None:
        """Play one example."""
        if conversation.kind == "ws":
            for direction, text in entries(conversation.text):
                await self._say(conversation.name, direction, text)
        else:
            for exchange in exchanges(conversation.text):
                await self._ask(conversation.name, exchange)

    async def _say(self, name: str, direction: str, text: str) -> None:
        if text.startswith("connect "):
            person = await self.person(name)
            path = text.removeprefix(f"connect {person.path}")
            self._lines[name] = await person.line(path)
        elif direction == ">":
            await self._lines[name].send(text)
        else:
            await self._lines[name].until(lambda frame: fits(frame, text))

    async def _ask(self, name: str, exchange: Exchange) -> None:
        person = await self.person(name)
        path = exchange.path
        if "{key}" in path:
            path = path.replace("{key}", self._stored.link(path.split("/")[3]).rpartition("/")[2])
        noted = self._noted[name]
        if path == "{location}":
            path = noted["location"]
        headers = {header: value.replace("{etag}", noted.get("etag", "")) for header, value in exchange.headers.items()}
        if exchange.body:
            headers["content-type"] = "application/x-www-form-urlencoded"
        answer = await person.http.request(exchange.method, path, headers=headers, content=exchange.body.encode())
        noted |= {header: value for header, value in answer.headers.items() if header in ("etag", "location")}
        assert answer.status_code == exchange.status, (exchange, answer.text)
        for header, pattern in exchange.answer_headers.items():
            assert fits(answer.headers.get(header, ""), pattern), (exchange, answer.headers)
        assert fits(answer.text, exchange.answer_body or "…"), (exchange.answer_body, answer.text)


async def test_document_examples_are_what_the_server_does(start_server: StartServer) -> None:
    """Every conversation of the document, played in order by people who know nothing else, comes out as it says."""
    server = await start_server({"POLL_PUBLIC_URL": PUBLIC_URL})
    stored = await store(server, read_event(block("yaml", "event"), date.today()))  # noqa: DTZ011 - any day will do
    assert stored.ids == [1, 2]
    async with AsyncExitStack() as stack:
        player = Player(stored, stack)
        for conversation in blocks():
            if conversation.kind in ("ws", "http"):
                await player.play(conversation)


def test_document_shows_every_message() -> None:
    """Each action of a desk is sent in some example, and a vote with one answer and with several."""
    said = [message for one in blocks() if one.kind == "ws" for message in messages(one.text)]
    ours = {*Action} - {Action.SETTLE} | {"look", "ask", "decide", "join_show", "join_hide"}
    ours |= {"archive_round", "restore_round", "rehearsal_begin", "rehearsal_wipe", "time", *wire.Move}
    assert {message["action"] for message in said if "action" in message} == ours
    assert {type(message["answer"]) for message in said if "answer" in message} == {str, list}


def test_document_shows_the_heartbeat() -> None:
    """The heartbeat is the bytes that the document shows, at its time."""
    shown = block("json", "beat").strip()
    now = datetime.fromtimestamp(orjson.loads(shown)["now"] / 1000, UTC)
    assert shown.encode() == render.heartbeat(now)


def test_document_shows_how_somebody_is_greeted_who_has_voted_in_secret() -> None:
    """The greeting in the document, without an id and an answer, is the one that the server sends."""
    greeting = Receipt("counted", 1, 1, (), 1, None, secret=True)
    frame = render.private_frame(event(State.OPEN), seen(State.OPEN).sights, greeting).decode()
    assert fits(frame, block("html", "secret"))


def test_document_shows_what_a_waiting_vote_is_told() -> None:
    """The acknowledgement of a vote that is not stored yet is the one that the document shows."""
    waiting = Receipt("waiting", 1, 1, (), 0, UUID(int=1), error=Unavailable("unavailable"))
    assert fits(
        render.private_frame(event(State.READY), seen(State.READY).sights, waiting).decode(), block("html", "waiting")
    )


def _table(heading: str) -> list[list[str]]:
    """The rows of the first table behind a heading or a sentence of the document."""
    rest = DOCUMENT.read_text(encoding="utf-8").split(heading, 1)[1]
    rows = re.search(r"(?:^\|.*\n)+", rest, re.MULTILINE)
    assert rows is not None
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in rows[0].splitlines()[2:]]


def test_document_lists_every_error() -> None:
    """The table of error codes is the tree of errors, with status and sentence."""
    tree = [
        [f"`{code}`", kind.__name__, str(STATUS[kind]), sentence]
        for kind in PollError.__subclasses__()
        if kind.__module__ == PollError.__module__
        for code, sentence in kind.sentences.items()
    ]
    assert _table("## Error codes") == tree


def test_document_lists_every_step() -> None:
    """The table of steps is the table of transitions."""
    rows = {
        (row[0].strip("`"), before): before if row[2] == "the same" else row[2]
        for row in _table("The steps:")
        for before in row[1].split(", ")
    }
    steps = {(action.value, before.value): after.value for (before, action), after in TRANSITIONS.items()}
    del steps[Action.SETTLE.value, "closing"]
    assert rows == steps


def test_document_names_the_limits() -> None:
    """The limits in the table are those of the source."""
    limits = [row[1] for row in _table("## Limits")]
    assert limits == [
        f"{MESSAGE_BYTES} bytes",
        str(WAITING_MAXIMUM),
        str(FIELDS_MAXIMUM),
        str(wire.ANSWERS_MAXIMUM),
        f"0 to {NUMBER_MAXIMUM}",
        f"0 to {wire.WAVE_MAXIMUM}",
        f"0 to {wire.ID_MAXIMUM}",
    ]
    assert FIELD_BYTES == MESSAGE_BYTES
