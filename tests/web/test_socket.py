"""Bad input at the sockets: the right word to its sender, nothing stored, nobody else disturbed."""

import asyncio
import base64
import json
import random
import sqlite3
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, InvalidStatus

from poll_server.domain.errors import Malformed, PollError, Refused
from poll_server.server import MESSAGE_BYTES
from poll_server.web.receiving import WAITING_MAXIMUM
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SEVERAL, SINGLE, Stored, ballots_of, database_of
from tests.web.people import Desk, Line, german

HUGE = str(2**63)

UNREADABLE: list[tuple[str | bytes, str]] = [
    ("", "malformed"),
    ("no json", "malformed"),
    ('{"question": "1"', "malformed"),
    ("[" * 5000, "malformed"),
    ("null", "malformed"),
    ('["question"]', "malformed"),
    ('{"question": 1, "wave": 1, "number": 1, "answer": 1}', "malformed"),
    ('{"question": {"id": "1"}}', "malformed"),
    ('{"question": null}', "malformed"),
    ('{"question": [["1"]]}', "malformed"),
    ("{}", "unknown_message"),
    ('{"answer": "o1"}', "unknown_message"),
    ('{"action": "close", "seen": "1"}', "unknown_message"),
    ('{"question": "1", "wave": "1", "number": "\\u0000"}', "malformed"),
    ('{"question": "1", "wave": "1", "number": "1", "answer": "\\ud800"}', "malformed"),
    ('{"question": "1", "wave": "1", "number": "\\u001b[2J"}', "malformed"),
    (b"\xff\xfe", "malformed"),
    (b"\x00" * 100, "malformed"),
]

FIELDS: list[dict[str, object]] = [
    {"question": ""},
    {"question": "-1"},
    {"question": "1.0"},
    {"question": "٣"},
    {"question": HUGE},
    {"question": "9" * 5000},
    {"question": ["1", "2"]},
    {"wave": ""},
    {"wave": str(2**31)},
    {"number": "one"},
    {"number": str(2**31)},
    {"submission": "1"},
    {"submission": "g" * 36},
    {"submission": ["", ""]},
    {"answer": ["o1"] * 51},
]


class Scene:
    """An open question, somebody at the socket, somebody beside them, and another event with an open question."""

    def __init__(self, stored: Stored, foreign: Stored, desk: Desk, line: Line, beside: Line) -> None:
        self.stored = stored
        self.foreign = foreign
        self.desk = desk
        self.line = line
        self.beside = beside
        self.form = {"question": str(stored.ids[0]), "wave": "1", "number": "1"}

    async def nothing_happened(self) -> None:
        """Nothing is stored, and both people can go on: their next votes are the first ones, and are counted."""
        assert (await ballots_of(self.stored), await ballots_of(self.foreign)) == ({}, {})
        for line in (self.line, self.beside):
            assert (await line.vote(self.form, "o1")).state == "counted"
        assert await ballots_of(self.stored) == {(self.stored.ids[0], 1): 2}
        assert [frame for frame in self.beside.frames if frame.startswith('{"error"')] == []


@pytest.fixture
async def scene(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> Scene:
    """A new scene, with the single choice open."""
    stored, foreign = await new_event(SINGLE, SEVERAL), await new_event()
    desk, elsewhere = await new_desk(stored), await new_desk(foreign)
    line, beside = [await (await new_person(stored)).take_part() for _ in range(2)]
    await desk.do("open", stored.ids[0])
    await elsewhere.do("open", foreign.ids[0])
    return Scene(stored, foreign, desk, line, beside)


async def test_unreadable_message_gets_an_error(scene: Scene) -> None:
    """What is no message of ours is answered with its code and sentence, and the connection lives on."""
    for message, code in UNREADABLE:
        await scene.line.send(message)
        assert (message, await scene.line.error()) == (message, {"code": code, "message": german(Malformed(code))})
    await scene.nothing_happened()


async def test_field_that_is_no_value_gets_an_error(scene: Scene) -> None:
    """A vote with a field that cannot be read is malformed, whatever the field."""
    for change in FIELDS:
        await scene.line.send({**scene.form, "submission": str(uuid4()), "answer": "o1", **change})
        assert (change, (await scene.line.error())["code"]) == (change, "malformed")
    for name in scene.form:
        rest = {field: value for field, value in scene.form.items() if field != name}
        await scene.line.send({**rest, "answer": "o1"})
        code = "unknown_message" if name == "question" else "malformed"
        assert (name, (await scene.line.error())["code"]) == (name, code)
    await scene.nothing_happened()


def refusals(scene: Scene) -> list[tuple[dict[str, str], list[str], PollError]]:
    """Votes that can be read and not be counted: changed fields, answer, reason."""
    ready, foreign = str(scene.stored.ids[1]), str(scene.foreign.ids[0])
    return [
        ({}, [], Refused("empty")),
        ({}, ["o4"], Refused("unknown_option")),
        ({}, [""], Refused("unknown_option")),
        ({}, ["#"], Refused("unknown_option")),
        ({}, ["o1", "o2"], Refused("one_only")),
        ({}, ["o1' OR '1'='1"], Refused("unknown_option")),
        ({"question": "0"}, ["o1"], Refused("unknown_question")),
        ({"question": str(2**63 - 1)}, ["o1"], Refused("unknown_question")),
        ({"question": foreign}, ["o1"], Refused("unknown_question")),
        ({"question": ready}, ["o1", "o2"], Refused("not_open")),
        ({"question": ready}, ["o1"], Refused("too_few", chosen=1, minimum=2)),
        ({"question": ready}, ["o1", "o2", "o3", "o4"], Refused("too_many", chosen=4, maximum=3, excess=1)),
        ({"wave": "2"}, ["o1"], Refused("not_open")),
        ({"wave": str(2**31 - 1)}, ["o1"], Refused("not_open")),
        ({"wave": "0"}, ["o1"], Refused("old_wave")),
    ]


async def test_vote_that_cannot_be_counted_is_refused_in_words(scene: Scene) -> None:
    """Refused votes are told the reason in their acknowledgement, and nothing is stored, here or in the other event."""
    for change, answer, reason in refusals(scene):
        told = await scene.line.vote(scene.form, answer, **change)
        expected = ("refused", "", "0", german(reason))
        assert (change, answer, (told.state, told.answer, told.number, told.text.strip())) == (change, answer, expected)
    await scene.nothing_happened()


async def test_message_of_the_greatest_size_is_read_and_a_longer_one_closes(scene: Scene) -> None:
    """16 KiB are a message; one byte more closes this connection with 1009 and no other."""
    vote = {**scene.form, "submission": str(uuid4()), "answer": "o9", "filler": ""}
    vote["filler"] = "x" * (MESSAGE_BYTES - len(json.dumps(vote)))
    await scene.line.send(json.dumps(vote))
    assert (await scene.line.receipt(vote["submission"])).state == "refused"
    await scene.line.send(json.dumps(vote) + " ")
    with pytest.raises(ConnectionClosed) as closed:
        await scene.line.until(lambda frame: False)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009
    assert (await scene.beside.vote(scene.form, "o1")).state == "counted"


async def test_sender_of_too_many_messages_at_once_is_closed(scene: Scene) -> None:
    """While 16 messages of a connection wait for their answer, one more closes it with 1008; others are only slow."""
    lock = sqlite3.connect(scene.stored.server.data / "poll.sqlite3")
    lock.execute("BEGIN IMMEDIATE")
    try:
        for _ in range(WAITING_MAXIMUM + 1):
            await scene.line.send({**scene.form, "submission": str(uuid4()), "answer": "o1"})
        with pytest.raises(ConnectionClosedError) as closed:
            await scene.line.until(lambda frame: False)
    finally:
        lock.close()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    assert (await scene.beside.vote(scene.form, "o1", number="2")).state == "counted"


async def test_screen_may_only_listen(new_event: NewEvent, new_person: NewPerson) -> None:
    """Whatever a screen sends is not known, also what a desk or a participant could say."""
    stored = await new_event()
    person = await new_person(stored)
    await person.open("screen")
    line = await person.line("/screen/socket")
    for message in ({"action": "open", "question": str(stored.ids[0]), "seen": "0"}, {"question": "1"}):
        await line.send(message)
        assert (await line.error())["code"] == "unknown_message"


async def test_handshake_is_refused_to_those_who_may_not_enter(new_event: NewEvent, new_person: NewPerson) -> None:
    """Without a cookie, with a forged one, from another origin, without the role or for no event: 403."""
    stored, other = await new_event(), await new_event()
    person, stranger, foreign = await new_person(stored), await new_person(stored), await new_person(other)
    await person.get()
    await foreign.open("desk")
    desk_elsewhere = foreign.cookies(f"{foreign.path}/desk")
    participant, _, signature = person.http.cookies["participant"].partition(".")
    refused: list[tuple[str, dict[str, str]]] = [
        ("/socket", {"cookie": ""}),
        ("/socket", {"cookie": f"participant={participant}"}),
        ("/socket", {"cookie": f"participant={'0' * 32}.{signature}"}),
        ("/socket", {"cookie": "participant="}),
        ("/socket", {"origin": "https://example.org"}),
        ("/socket", {"origin": "null"}),
        ("/socket", {"origin": stored.server.url.replace("http", "https")}),
        ("/screen/socket", {}),
        ("/desk/socket", {}),
        ("/desk/socket", {"cookie": desk_elsewhere}),
        ("/screen/socket", {"cookie": desk_elsewhere.replace("moderator", "screen")}),
    ]
    for path, headers in refused:
        with pytest.raises(InvalidStatus) as told:
            await person.line(path, **headers)
        assert (path, headers, told.value.response.status_code) == (path, headers, 403)
    stranger.path = "/e/nobody"
    with pytest.raises(InvalidStatus):
        await stranger.line("/socket", cookie=person.cookies("/"))


async def test_client_without_an_origin_may_enter(new_event: NewEvent, new_person: NewPerson) -> None:
    """Clients that are no browsers send no origin."""
    person = await new_person(await new_event())
    await person.get()
    line = await person.line(origin="")
    assert 'hx-target="#stage"' in await line.take()


SOUP = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=9), inner, max_size=4)),
        max_leaves=8,
    ).map(json.dumps),
    st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(st.text(max_size=20), st.lists(st.text(max_size=5), max_size=3), st.integers(0, 9).map(str))
            for name in (
                "question",
                "wave",
                "number",
                "submission",
                "answer",
                "action",
                "seen",
                "kind",
                "text",
                "options",
            )
        },
    ).map(json.dumps),
)


def _sendable(text: str) -> bool:
    return text.isprintable() or not any(0xD800 <= ord(letter) < 0xE000 for letter in text)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(soup=st.lists(SOUP.filter(lambda one: isinstance(one, bytes) or _sendable(one)), min_size=1, max_size=8))
async def test_any_message_leaves_the_server_standing(soup: list[str | bytes], scene: Scene) -> None:
    """Whatever is sent to the sockets of audience and desk, each goes on answering, and no vote comes of it."""
    for message in soup:
        await scene.line.send(message)
        await scene.desk.line.send(message)
    assert (await scene.line.vote(scene.form, "o9")).text.strip() == german(Refused("unknown_option"))
    await scene.desk.line.send({"action": "look", "question": scene.form["question"]})
    await scene.desk.line.until(lambda frame: f'id="head-{scene.form["question"]}"' in frame)
    assert await ballots_of(scene.stored) == {}


async def test_any_bytes_leave_the_server_standing(new_event: NewEvent, new_person: NewPerson) -> None:
    """Random bytes, instead of a request or behind a handshake, close their own connection at most."""
    stored = await new_event()
    person = await new_person(stored)
    line = await person.take_part()
    dice = random.Random(2022)
    handshake = (
        f"GET {person.path}/socket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(dice.randbytes(16)).decode()}\r\n"
        f"Cookie: {person.cookies(person.path)}\r\n\r\n"
    ).encode()
    for at in range(100):
        reader, writer = await asyncio.open_connection("127.0.0.1", stored.server.port)
        if at % 2:
            writer.write(handshake)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        writer.write(dice.randbytes(dice.randrange(1, 400)))
        writer.write_eof()
        await asyncio.wait_for(reader.read(), 10)
        writer.close()
    await line.send("still here?")
    assert (await line.error())["code"] == "malformed"
    async with database_of(stored.server) as database:
        await database.check()
