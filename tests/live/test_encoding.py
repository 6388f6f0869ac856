"""Text as the bytes of a WebSocket frame, compared with what the websockets library writes."""

import pytest
from websockets.frames import Frame, Opcode

from poll_server.live.encoding import encode, payload_at


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536])
def test_encode_length_forms(length: int) -> None:
    """A frame is byte for byte what the websockets library writes, in each form that a length has."""
    payload = b"x" * length
    assert encode(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


def test_encode_characters() -> None:
    """Text counts in bytes of UTF-8, not in characters."""
    assert encode("ä" * 63) == encode(("ä" * 63).encode()) == b"\x81\x7e\x00\x7e" + "ä".encode() * 63


@pytest.mark.parametrize("length", [0, 1, 2, 125, 126, 65535])
def test_payload_is_where_the_library_writes_it(length: int) -> None:
    """A masked text frame is found in each form of its length but the shortest; whatever else, and a byte more, not."""
    data = Frame(Opcode.TEXT, b"x" * length).serialize(mask=True)
    assert payload_at(data) == (len(data) - length if length > 1 else None)
    others = [data[:-1], data + b"x", Frame(Opcode.BINARY, b"x" * length).serialize(mask=True)]
    assert [payload_at(other) for other in others] == [None, None, None]
    assert payload_at(Frame(Opcode.TEXT, b"x" * 65536).serialize(mask=True)) is None
