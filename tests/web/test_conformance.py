"""The wire as RFC 6455 has it: what a client sends, and what must come of it.

One table for three servers: our protocol with detached connections, the sockets of the audience, and the protocol of
uvicorn that ours is made from. Each case is sent in one piece, frame by frame and byte by byte.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import NamedTuple

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Opcode

from poll_server.live.encoding import encode
from poll_server.live.protocol import FanoutProtocol
from tests.live.wire import MAX_SIZE, RawClient, Room, serving
from tests.web.conftest import NewEvent, NewPerson
from tests.web.people import PATIENCE_SECONDS

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
CONTROLS = (CLOSE, PING, PONG)
RESERVED = (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
MASK = b"\x9a\x00\x51\xff"
PIECE_BYTES = 997
"""What is longer than a thousand bytes comes in pieces of so many, in place of single bytes."""

Message = bytes | str


class Case(NamedTuple):
    """Frames of a client, and what must come of them.

    ``closed`` is the payload of the server's close frame, or only its code; None if the connection stays open.
    """

    name: str
    sent: tuple[bytes, ...]
    messages: tuple[Message, ...] = ()
    pongs: tuple[bytes, ...] = ()
    closed: bytes | int | None = None


class Outcome(NamedTuple):
    """What came of a case."""

    messages: list[Message]
    pongs: list[bytes]
    closed: bytes | int | None


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, reserved: int = 0, mask: bytes = MASK, form: int = 0
) -> bytes:
    """A frame; no ``mask`` leaves it bare, ``form`` 16 or 64 writes the length in so many bits even if it is short."""
    length = len(payload)
    form = form or (0 if length < 126 else 16 if length < 65536 else 64)
    short, more = {0: (length, b""), 16: (126, length.to_bytes(4)[2:]), 64: (127, length.to_bytes(8))}[form]
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload)) if mask else payload
    return bytes([fin << 7 | reserved << 4 | opcode, bool(mask) << 7 | short]) + more + mask + masked


def first(payload: bytes, opcode: int = TEXT) -> bytes:
    """The first fragment of a message that goes on."""
    return frame(opcode, payload, fin=False)


def amid(payload: bytes) -> bytes:
    """A fragment in the middle of a message."""
    return frame(CONT, payload, fin=False)


def last(payload: bytes) -> bytes:
    """The last fragment of a message."""
    return frame(CONT, payload)


def farewell(code: int, reason: bytes = b"") -> bytes:
    """The payload of a close frame."""
    return code.to_bytes(2) + reason


def rejected(name: str, *sent: bytes, code: int = 1002) -> Case:
    """A case that ends the connection (7.1.7): a mistake of the protocol unless ``code`` says otherwise."""
    return Case(name, sent, closed=code)


FULL, OVERFULL = b"m" * MAX_SIZE, b"m" * (MAX_SIZE + 1)

DATA = (  # 5.2, 5.3, 5.6
    *(Case(f"text of {n} bytes", (frame(TEXT, b"t" * n),), ("t" * n,)) for n in (0, 1, 7, 125, 126, 127, MAX_SIZE)),
    *(Case(f"binary of {n} bytes", (frame(BINARY, b"\xff" * n),), (b"\xff" * n,)) for n in (0, 1, 125, 126, MAX_SIZE)),
    Case("mask of zeros", (frame(TEXT, b"plain", mask=bytes(4)),), ("plain",)),
    # A client must write lengths in the shortest form. What becomes of another the RFC leaves open: all three take it.
    *(Case(f"length in {n} bits, longer than needed", (frame(TEXT, b"abc", form=n),), ("abc",)) for n in (16, 64)),
    Case("length of 300 in 64 bits", (frame(TEXT, b"x" * 300, form=64),), ("x" * 300,)),
    Case("many in a row", tuple(frame(TEXT, b"%d" % at) for at in range(40)), tuple(str(at) for at in range(40))),
    Case("both kinds in a row", (frame(TEXT, b"1"), frame(BINARY, b"2"), frame(TEXT, b"3")), ("1", b"2", "3")),
    rejected("one byte more than a message may have", frame(TEXT, OVERFULL), code=1009),
    rejected("one byte more, binary", frame(BINARY, OVERFULL), code=1009),
    rejected("length in 64 bits and too large", frame(TEXT, b"x" * 65536), code=1009),
    rejected("a head that promises 2^62 bytes", b"\x81\xff" + (2**62).to_bytes(8) + MASK, code=1009),
    # The highest bit must be 0 (5.2); a length is refused as too large before anybody looks at it.
    rejected("a head that promises 2^63 bytes", b"\x81\xff" + (2**63).to_bytes(8) + MASK, code=1009),
)

FRAGMENTS = (  # 5.4
    Case("two fragments", (first(b"ab"), last(b"cd")), ("abcd",)),
    Case("binary fragments", (first(b"\xfe", BINARY), last(b"\xff")), (b"\xfe\xff",)),
    Case(
        "a fragment for each byte",
        (first(b"0"), *(amid(b"%d" % at) for at in range(1, 9)), last(b"9")),
        ("0123456789",),
    ),
    Case("empty fragments around", (first(b""), amid(b""), amid(b"x"), amid(b""), last(b"")), ("x",)),
    Case("nothing but empty fragments", (first(b""), last(b"")), ("",)),
    Case("fragments up to the limit", (first(FULL[:9000]), last(FULL[9000:])), ("m" * MAX_SIZE,)),
    Case("two messages in fragments", (first(b"a"), last(b"b"), first(b"c"), last(b"d")), ("ab", "cd")),
    Case("a ping between", (first(b"a"), frame(PING, b"!"), last(b"b")), ("ab",), (b"!",)),
    Case(
        "pings between all",
        (frame(PING, b"1"), first(b"a"), frame(PING), last(b"b"), frame(PING, b"3")),
        ("ab",),
        (b"1", b"", b"3"),
    ),
    Case("a pong between", (first(b"a"), frame(PONG, b"?"), last(b"b")), ("ab",)),
    # Allowed by 5.4, and 1000 would be the answer. The parser of the package websockets, which all three have, calls a
    # message that does not come to its end a mistake: nothing is delivered and the connection ends in either case.
    rejected("a close between", first(b"a"), frame(CLOSE, farewell(1000)), last(b"b")),
    rejected("fragments beyond the limit", first(FULL), last(b"x"), code=1009),
    rejected("fragments beyond the limit, the last one missing", first(FULL), amid(b"x"), code=1009),
    rejected("a continuation of nothing", last(b"x")),
    rejected("a continuation of nothing that goes on", amid(b"x")),
    rejected("a whole text amid fragments", first(b"a"), frame(TEXT, b"b")),
    rejected("a whole binary amid fragments", first(b"a"), frame(BINARY, b"b")),
    rejected("a beginning amid fragments", first(b"a"), first(b"b")),
    rejected("a reserved opcode amid fragments", first(b"a"), frame(3), last(b"b")),
)

CONTROL = (  # 5.5
    *(Case(f"ping of {n} bytes", (frame(PING, b"\xff" * n),), pongs=(b"\xff" * n,)) for n in (0, 1, 125)),
    Case("many pings", tuple(frame(PING, b"%d" % at) for at in range(20)), pongs=tuple(b"%d" % at for at in range(20))),
    *(Case(f"pong of {n} bytes that nobody asked for", (frame(PONG, b"x" * n),)) for n in (0, 125)),
    Case("ping, text, ping", (frame(PING, b"1"), frame(TEXT, b"t"), frame(PING, b"2")), ("t",), (b"1", b"2")),
    # The length of 5.5 counts, not its form.
    Case("ping whose length is written in 16 bits", (frame(PING, b"p", form=16),), pongs=(b"p",)),
    *(rejected(f"opcode {op} of 126 bytes", frame(op, farewell(1000) + b"x" * 124)) for op in CONTROLS),
    *(rejected(f"opcode {op} of 16 KiB", frame(op, FULL)) for op in CONTROLS),
    # Larger than any frame may be, which is looked at first.
    *(rejected(f"opcode {op} of more", frame(op, OVERFULL), code=1009) for op in CONTROLS),
    *(rejected(f"opcode {op} in fragments", frame(op, fin=False), last(b"")) for op in CONTROLS),
)

MASKS_AND_RESERVED = (  # 5.1, 5.2
    *(rejected(f"opcode {op} without a mask", frame(op, mask=b"")) for op in (CONT, TEXT, BINARY, *CONTROLS)),
    rejected("text without a mask", frame(TEXT, b"nobody masks", mask=b"")),
    rejected("second fragment without a mask", first(b"a"), frame(CONT, b"b", mask=b"")),
    *(
        rejected(f"opcode {op} with reserved bits {bits:03b}", frame(op, reserved=bits))
        for op in (TEXT, BINARY, *CONTROLS)
        for bits in (1, 2, 4, 7)
    ),
    rejected("second fragment with a reserved bit", first(b"a"), frame(CONT, b"b", reserved=4)),
    *(rejected(f"reserved opcode {op}", frame(op, b"x" * n)) for op in RESERVED for n in (0, 9)),
)

MAY_BE_SENT = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999)
MAY_NOT_BE_SENT = (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)

CLOSING = (  # 5.5.1, 7.1, 7.4
    Case("close without a body", (frame(CLOSE),), closed=b""),
    *(Case(f"close with {code}", (frame(CLOSE, farewell(code)),), closed=farewell(code)) for code in MAY_BE_SENT),
    *(rejected(f"close with {code}", frame(CLOSE, farewell(code))) for code in MAY_NOT_BE_SENT),
    *(
        Case(f"close with a reason of {len(body) - 2} bytes", (frame(CLOSE, body),), closed=body)
        for body in (farewell(1000, b"r"), farewell(1000, "bis später".encode()), farewell(1000, b"r" * 123))
    ),
    rejected("close with a body of one byte", frame(CLOSE, b"\x03")),
    rejected("close with a reason that is not UTF-8", frame(CLOSE, farewell(1000, b"\xc3(")), code=1007),
    rejected("close with half a character", frame(CLOSE, farewell(1000, b"\xe2\x82")), code=1007),
    *(
        Case(f"{name} after close", (frame(CLOSE, farewell(1000)), after), closed=farewell(1000))
        for name, after in (
            ("text", frame(TEXT, b"late")),
            ("ping", frame(PING, b"late")),
            ("close", frame(CLOSE, farewell(1001))),
            ("nonsense", b"\xff" * 40),
        )
    ),
)

WELL_WRITTEN = ("κόσμε", "ä€𝄞", "\ud7ff\ue000\uffff", "\U00010000\U0010ffff", "\ufeffmark", "nul\0nul", "\ufffe\u200d")
# No UTF-8 at all, longer than needed, surrogates, beyond Unicode, cut off, and amid good text.
ILL_WRITTEN = tuple(
    map(
        bytes.fromhex,
        (
            *("ff", "80", "6f6bfe", "c080", "c1bf", "e080af", "f08080af", "eda080", "edbfbf", "f4908080", "f888808080"),
            *("c3", "e282", "f09d84", "cebae1bdb9cf83eda080"),
        ),
    )
)

UTF_8 = (  # 5.6, 8.1
    *(Case(f"text {text!a}", (frame(TEXT, text.encode()),), (text,)) for text in WELL_WRITTEN),
    *(
        Case(
            f"{text!a} cut at each byte",
            (first(b""), *(amid(bytes([byte])) for byte in text.encode()), last(b"")),
            (text,),
        )
        for text in WELL_WRITTEN
    ),
    *(rejected(f"text {text!r}", frame(TEXT, text), code=1007) for text in ILL_WRITTEN),
    *(rejected(f"{text!r} cut in two", first(text[:1]), last(text[1:]), code=1007) for text in ILL_WRITTEN),
    *(rejected(f"{text!r} amid others", first(b"ok "), amid(text), last(b" ok"), code=1007) for text in ILL_WRITTEN),
    *(Case(f"binary {text!r}", (frame(BINARY, text),), (text,)) for text in ILL_WRITTEN),
)

ANSWERED = (
    Case("a text, then a mistake", (frame(TEXT, b"t"), frame(3)), ("t",), closed=1002),
    Case("texts, then one that is none", tuple(frame(TEXT, b) for b in (b"1", b"2", b"\xff")), ("1", "2"), (), 1007),
    Case("text and ping, then too much", (frame(TEXT, b"t"), frame(PING), frame(TEXT, OVERFULL)), ("t",), (b"",), 1009),
    Case("ping, text, goodbye", (frame(PING), frame(TEXT, b"t"), frame(CLOSE)), ("t",), (b"",), b""),
    Case("a vote and goodbye", (frame(TEXT, b"t"), frame(CLOSE, farewell(1001))), ("t",), closed=farewell(1001)),
)
"""What came before the end is answered before it, where the answer needs no task of an application."""

GROUPS = {
    "data": DATA,
    "fragments": FRAGMENTS,
    "control": CONTROL,
    "masks and reserved": MASKS_AND_RESERVED,
    "closing": CLOSING,
    "utf-8": UTF_8,
}

Connect = Callable[[], AbstractAsyncContextManager[RawClient]]
Heard = Callable[[int, bytes], Message | None]
"""What a data frame of the server says about the message that it got; None if it answers none."""


def deliveries(case: Case) -> Iterable[Sequence[bytes]]:
    """The pieces in which a case is sent, three times."""
    whole = b"".join(case.sent)
    size = 1 if len(whole) <= 1000 else PIECE_BYTES
    return [whole], case.sent, [whole[at : at + size] for at in range(0, len(whole), size)]


async def play(client: RawClient, case: Case, pieces: Sequence[bytes], heard: Heard) -> Outcome:
    """Send a case, read what comes of it, and close as a client should: nothing more may come then."""
    outcome = Outcome([], [], None)
    with suppress(ConnectionError):  # the server may have closed already
        for piece in pieces:
            await client.write(piece)
            await asyncio.sleep(0)
    closing = False
    with suppress(EOFError, ConnectionError):
        while True:
            answered = len(outcome.messages) >= len(case.messages) and len(outcome.pongs) >= len(case.pongs)
            if not closing and case.closed is None and answered:
                closing = True
                await client.write(frame(CLOSE, farewell(4321)))
            opcode, payload = await client.frame()
            assert outcome.closed is None, "nothing follows a close frame"
            if opcode is Opcode.CLOSE:
                code = int.from_bytes(payload[:2])
                outcome = outcome._replace(closed=code if isinstance(case.closed, int) else payload)
                if not closing and frame(CLOSE, payload) not in case.sent:
                    closing = True
                    await client.write(frame(CLOSE, payload))
            elif opcode is Opcode.PONG:
                outcome.pongs.append(payload)
            elif (message := heard(opcode, payload)) is not None:
                outcome.messages.append(message)
    return outcome


async def check(group: Sequence[Case], connect: Connect, heard: Heard, said: Callable[[Message], Message]) -> None:
    """Play every case in every way of delivery; ``said`` is what the server says about a message that it got."""
    wrong = []
    for case in group:
        expected = Outcome([said(one) for one in case.messages], list(case.pongs), case.closed)
        if case.closed is None:
            expected = expected._replace(closed=farewell(4321))
        for way, pieces in zip(("at once", "by frames", "by bytes"), deliveries(case), strict=True):
            async with asyncio.timeout(PATIENCE_SECONDS), connect() as client:
                outcome = await play(client, case, pieces, heard)
            if outcome != expected:
                wrong.append((case.name, way, outcome, expected))
    assert wrong == []


def echoed(opcode: int, payload: bytes) -> Message:
    """An echo's message."""
    return payload if opcode == BINARY else payload.decode()


async def plain_echo(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that sends every message back."""
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.send", "text": event.get("text"), "bytes": event.get("bytes")})


def detached_echo(member: FanoutProtocol, message: Message) -> None:
    """Send a message back in a frame of its kind."""
    data = encode(message)
    member.push(data if isinstance(message, str) else b"\x82" + data[1:])


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize(
    ("app", "protocol"),
    [(Room(detached_echo), FanoutProtocol), (plain_echo, FanoutProtocol), (plain_echo, WebSocketsSansIOProtocol)],
    ids=["detached", "not detached", "uvicorn"],
)
async def test_protocol_does_what_the_rfc_says(
    group: str, app: Callable[[Scope, Receive, Send], Awaitable[None]], protocol: type[WebSocketsSansIOProtocol]
) -> None:
    """Every case of the group has the same outcome with our protocol, detached and not, and with uvicorn's."""
    async with serving(app, protocol) as served:
        await check(GROUPS[group], lambda: RawClient.connected(served.port), echoed, lambda message: message)


async def test_what_came_before_the_end_is_answered() -> None:
    """A detached connection answers what came before a mistake or a close, however the network cuts it."""
    async with serving(Room(detached_echo)) as served:
        await check(ANSWERED, lambda: RawClient.connected(served.port), echoed, lambda message: message)


@pytest.mark.parametrize("group", [*GROUPS, "answered"])
async def test_sockets_of_the_audience_do_what_the_rfc_says(
    group: str, new_event: NewEvent, new_person: NewPerson
) -> None:
    """The same with the running server; what is no vote is answered as malformed, once for each message."""
    stored = await new_event()
    person = await new_person(stored)
    await person.get()
    path, malformed = f"{person.path}/socket", json.dumps({"code": "malformed"})
    headers = {"Cookie": person.cookies(person.path), "Origin": person.origin}

    def heard(_: int, payload: bytes) -> Message | None:
        return malformed if payload.startswith(b'{"error"') else None

    def connect() -> AbstractAsyncContextManager[RawClient]:
        return RawClient.connected(stored.server.port, path=path, headers=headers)

    await check((GROUPS | {"answered": ANSWERED})[group], connect, heard, lambda _: malformed)
