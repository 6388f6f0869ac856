"""What many browsers get is compressed once for all of them."""

import gzip

import brotli
import pytest

from poll_server.live.compression import Ready, encoding_for

TEXT = b"Sie sind gefragt! " * 50


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("BR;q=0.5", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip; q=0.000", ""),
        ("deflate", ""),
        ("brotli, xgzip", ""),
        ("", ""),
    ],
)
def test_encoding_for(accepted: str, encoding: str) -> None:
    """The smaller one of what the browser takes; a weight of nothing is a no."""
    assert encoding_for(accepted) == encoding


def test_encodings_are_made_once() -> None:
    """Each is the same content, made when it is asked for first, and then the same bytes."""
    ready = Ready(TEXT)
    assert [ready.is_made(encoding) for encoding in ("", "gzip", "br")] == [True, False, False]
    assert [brotli.decompress(ready.encoded("br")), gzip.decompress(ready.encoded("gzip"))] == [TEXT, TEXT]
    assert [ready.encoded(encoding) is ready.encoded(encoding) for encoding in ("", "gzip", "br")] == [True] * 3
