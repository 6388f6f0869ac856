"""What many browsers get, compressed once for all of them."""

import gzip

import brotli

BEST = 11
"""Brotli's quality for what is made once: a fifth of a second for 90 kB."""
QUICK = 5
"""Brotli's quality for what is made anew while others wait: less than a millisecond for 12 kB."""


def encoding_for(accepted: str) -> str:
    """Return "br", "gzip" or "" (as it is) for the Accept-Encoding of a request (RFC 9110, 12.5.3)."""
    named = dict(_weighed(part) for part in accepted.lower().split(","))
    return next((encoding for encoding in ("br", "gzip") if named.get(encoding)), "")


def _weighed(part: str) -> tuple[str, bool]:
    name, _, weight = part.partition(";")
    return name.strip(), weight.strip().removeprefix("q=").strip("0.") != "" if weight else True


class Ready:
    """Bytes ready to send; each encoding is made when somebody asks for it first, and kept."""

    def __init__(self, plain: bytes, quality: int = QUICK) -> None:
        self._made = {"": plain}
        self._quality = quality

    @property
    def plain(self) -> bytes:
        """The bytes as they are."""
        return self._made[""]

    def is_made(self, encoding: str) -> bool:
        """Whether this encoding costs nothing any more."""
        return encoding in self._made

    def encoded(self, encoding: str) -> bytes:
        """Return the bytes in one of the encodings that ``encoding_for`` returns."""
        if encoding not in self._made:
            self._made[encoding] = (
                brotli.compress(self.plain, quality=self._quality)
                if encoding == "br"
                else gzip.compress(self.plain, 6, mtime=0)
            )
        return self._made[encoding]
