"""Clients that no person has: each is bounded, is told why, and takes nothing from the others."""

import asyncio
import json
import resource
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from websockets.frames import Close, Frame, Opcode

from poll_server.domain.errors import Malformed
from poll_server.live.protocol import TOO_FAST
from poll_server.server import MESSAGE_BYTES
from poll_server.web.deadline import HeadDeadline
from tests.harness.server import Server
from tests.live.wire import HANDSHAKE, RawClient
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.crowding import MIB, others_are_served, raw, resident
from tests.web.events import SINGLE, Stored, ballots_of
from tests.web.people import PATIENCE_SECONDS, Desk, Line, Person, ballot_form, german

pytestmark = pytest.mark.long

HANDSHAKES = 10_000
OWN_FILES = 500
"""Files that the test's process and the server have open beside these connections."""
BODY_BYTES = 100_000_000
SENT_BEFORE_THE_ANSWER = 16 * MIB
"""What the kernel takes for a client whose answer is there already."""


class Scene:
    """An open question, somebody who votes all the time, and somebody who is up to something."""

    def __init__(self, stored: Stored, desk: Desk, line: Line, other: Person, form: dict[str, str]) -> None:
        self.stored = stored
        self.server = stored.server
        self.desk = desk
        self.line = line
        self.other = other
        self.form = form
        self.headers = {"Cookie": other.cookies(other.path), "Origin": other.origin}


@pytest.fixture
async def scene(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> Scene:
    """A new scene, with the single choice open."""
    stored = await new_event(SINGLE)
    desk = await new_desk(stored)
    voter, other = await new_person(stored), await new_person(stored)
    line = await voter.take_part()
    await other.get()
    await desk.do("open", stored.ids[0])
    form = ballot_form(await line.until(ballot_form))
    assert form is not None
    return Scene(stored, desk, line, other, form)


async def test_messages_at_full_speed(scene: Scene) -> None:
    """A client that sends 16 KiB again and again is read slowly, then closed with a sentence; others notice nothing."""
    frame = Frame(Opcode.TEXT, b"x" * MESSAGE_BYTES)
    before = resident(scene.server)

    async def flood() -> tuple[int, float, bytes]:
        async with RawClient.connected(
            scene.server.port, path=f"{scene.other.path}/socket", headers=scene.headers
        ) as client:
            sent, begun = 0, time.monotonic()

            async def send() -> None:
                nonlocal sent
                with suppress(ConnectionError):
                    while True:
                        await client.send(frame)
                        sent += MESSAGE_BYTES

            sending = asyncio.create_task(send())
            while (came := await client.frame())[0] is not Opcode.CLOSE:
                pass
            took = time.monotonic() - begun
            await asyncio.wait_for(sending, PATIENCE_SECONDS)
            return sent, took, came[1]

    sent, took, closed = await others_are_served(scene.line, scene.form, asyncio.wait_for(flood(), PATIENCE_SECONDS))
    assert closed == Close(1008, TOO_FAST).serialize()
    assert (took > 4, sent < 16 * MIB, resident(scene.server) - before < 16 * MIB) == (True, True, True)


async def test_votes_that_come_a_byte_a_second(scene: Scene) -> None:
    """Frames that drip are waited for, in little memory: others are served, and the votes count when they are whole."""
    people, seconds = 20, 5

    async def drip(person: Person) -> None:
        await person.get()
        headers = {"Cookie": person.cookies(person.path), "Origin": person.origin}
        path = f"{person.path}/socket"
        async with RawClient.connected(scene.server.port, path=path, headers=headers) as client:
            submission = str(uuid4())
            vote = json.dumps({**scene.form, "answer": "o2", "submission": submission}).encode()
            data = Frame(Opcode.TEXT, vote).serialize(mask=True)
            for at in range(seconds):
                await client.write(data[at : at + 1])
                await asyncio.sleep(1)
            await client.write(data[seconds:])
            while submission.encode() not in (await client.frame())[1]:
                pass

    async with asyncio.timeout(PATIENCE_SECONDS):
        everybody = [Person(scene.stored) for _ in range(people)]
        try:
            dripping = asyncio.gather(*(drip(person) for person in everybody))
            await others_are_served(scene.line, scene.form, dripping)
        finally:
            for person in everybody:
                await person.http.aclose()
    assert await ballots_of(scene.stored) == {(scene.stored.ids[0], 1): people + 1}


@pytest.mark.parametrize("sort", ["half a handshake", "whole handshakes without a cookie"])
async def test_handshakes_without_a_join(scene: Scene, sort: str) -> None:
    """Ten thousand connections that never take part cost a few kilobytes each, for a while, and nobody else anything.

    On a machine that allows fewer open files it is as many as both ends may have.
    """
    whole = sort.startswith("whole")
    lines = [f"GET {scene.other.path}/socket HTTP/1.1", *(f"{name}: {value}" for name, value in HANDSHAKE.items())]
    request = "\r\n".join([*lines, "", ""] if whole else lines).encode()
    number = min(HANDSHAKES, allowed_files() - OWN_FILES)
    before = resident(scene.server)

    async def knock() -> list[bytes]:
        loop = asyncio.get_running_loop()
        with ExitStack() as stack:
            knocking = []
            for _ in range(number):
                sock = stack.enter_context(await raw(scene.server.port))
                await loop.sock_sendall(sock, request)
                knocking.append(sock)
                await asyncio.sleep(0)
            assert resident(scene.server) - before < number * 16 * 1024 + 16 * MIB
            if not whole:
                await asyncio.sleep(HeadDeadline.HEAD_SECONDS)
            told = []
            for sock in knocking:
                told.append((await loop.sock_recv(sock, 1000)).split(b"\r\n")[0])
                sock.close()
                await asyncio.sleep(0)
            return told

    told = await others_are_served(scene.line, scene.form, asyncio.wait_for(knock(), 4 * PATIENCE_SECONDS))
    answer = b"HTTP/1.1 403 Forbidden" if whole else b"HTTP/1.1 408 Request Timeout"
    assert (len(told), set(told)) == (number, {answer})
    assert len(open_files(scene.server)) < OWN_FILES


def allowed_files() -> int:
    """How many files a process of this machine may have open; this one may from now on."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def open_files(server: Server) -> list[str]:
    """The files that a server has open."""
    return [path.name for path in Path(f"/proc/{server.pid}/fd").iterdir()]


MULTIPART = "multipart/form-data; boundary=x"
URLENCODED = "application/x-www-form-urlencoded"
FIELD = b'--x\r\nContent-Disposition: form-data; name="answer"\r\n\r\n'
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'


@pytest.mark.parametrize(
    ("path", "kind", "begun", "more", "error"),
    [
        ("/vote", URLENCODED, b"answer=", b"o", Malformed("malformed")),
        ("/vote", URLENCODED, b"", b"answer=o1&", Malformed("malformed")),
        ("/vote", MULTIPART, FIELD, b"o", Malformed("malformed")),
        ("/vote", MULTIPART, FILE, b"o", Malformed("malformed")),
        ("/desk/rounds", MULTIPART, FILE, b"o", Malformed("too_large", kilobytes=0)),
    ],
    ids=["one field", "many fields", "a part", "a file", "a file at the desk"],
)
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
async def test_body_of_100_mb(
    scene: Scene, path: str, kind: str, begun: bytes, more: bytes, error: Malformed, chunked: bool
) -> None:
    """A huge body is refused with a sentence before much of it has come; memory is bounded, and others are served."""
    person = scene.desk.person if path.startswith("/desk") else scene.other
    before, highest = resident(scene.server), 0
    lines = (
        f"POST {person.path}{path} HTTP/1.1",
        "Host: localhost",
        f"Origin: {person.origin}",
        f"Cookie: {person.cookies(person.path + path)}",
        f"Content-Type: {kind}",
        "Transfer-Encoding: chunked" if chunked else f"Content-Length: {BODY_BYTES}",
        "",
        "",
    )
    block = more * (64 * 1024 // len(more))

    async def post() -> tuple[int, str]:
        nonlocal highest
        reader, writer = await asyncio.open_connection("127.0.0.1", scene.server.port)
        sent = 0
        writer.write("\r\n".join(lines).encode())
        reading = asyncio.create_task(reader.readuntil(b"</html>"))
        try:
            for data in (begun, *[block] * (BODY_BYTES // len(block))):
                if data:
                    writer.write(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
                sent += len(data)
                await writer.drain()
                await asyncio.sleep(0)  # drain alone lets no answer in while there is room to send
                highest = max(highest, resident(scene.server))
                if reading.done():
                    break
            return sent, (await asyncio.wait_for(reading, PATIENCE_SECONDS)).decode()
        finally:
            writer.transport.abort()

    sent, page = await others_are_served(scene.line, scene.form, post())
    sentence = german(error).partition(" höchstens")[0]
    assert (page.split()[1], sentence in page) == ("400", True)
    assert (sent < SENT_BEFORE_THE_ANSWER, highest - before < 32 * MIB) == (True, True)
