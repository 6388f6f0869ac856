"""Text as the bytes of a WebSocket frame (RFC 6455, 5.2), made once for all who get it; and where it stands in one."""

import struct

MASK_LENGTH = 4
"""Bytes of the mask of what a client sends, right before it."""

_FINAL_TEXT = 0x81
_MASKED = 0x80
_IN_TWO_BYTES = 126
_SHORTEST = 8


def encode(text: str | bytes) -> bytes:
    """Return the one unmasked, final text frame that carries `text`; bytes must be UTF-8 already.

    Raises:
        UnicodeEncodeError: `text` holds a lone surrogate.
    """
    payload = text.encode() if isinstance(text, str) else text
    length = len(payload)
    if length < 126:
        return struct.pack("!BB", _FINAL_TEXT, length) + payload
    if length < 65536:
        return struct.pack("!BBH", _FINAL_TEXT, 126, length) + payload
    return struct.pack("!BBQ", _FINAL_TEXT, 127, length) + payload


def payload_at(data: bytes) -> int | None:
    """Return where in `data` the masked payload begins, up to its end.

    None if it is anything else than exactly one final, masked text frame of some bytes, shorter than 64 KiB.
    """
    if len(data) < _SHORTEST or data[0] != _FINAL_TEXT:
        return None
    start, length = 2, data[1] - _MASKED
    if length == _IN_TWO_BYTES:
        start, length = 4, data[2] << 8 | data[3]
    elif not 0 <= length < _IN_TWO_BYTES:
        return None
    begun = start + MASK_LENGTH
    return begun if len(data) == begun + length else None
