"""The languages that pages speak and questions are written in, by their BCP 47 tags.

``simple`` is a registered variant, "simplified form": ``de-simple`` is Leichte Sprache.
"""

import re
from functools import lru_cache

NAMES = {"de": "Deutsch", "en": "English", "de-simple": "Leichte Sprache"}
"""Each language as it calls itself, in the order in which they are offered."""

_SIMPLE = "-simple"
_RANGE = re.compile(r"([A-Za-z-]{1,35})\s*(?:;\s*q=([01](?:\.[0-9]{1,3})?))?\s*(?:,|$)")


def main_language(tag: str) -> str:
    """Return the language that one is a form of: ``de`` of ``de-simple``, else itself."""
    return tag.removesuffix(_SIMPLE)


@lru_cache(256)  # a hall's browsers send the same few
def preferred(wanted: str, offered: tuple[str, ...]) -> str:
    """Return which of the languages ``offered`` an Accept-Language header wants most, the first one if it wants none.

    A region is read over (``en-GB`` is English), and what cannot be read is left out. RFC 9110, 12.5.4.
    """
    found: dict[str, float] = {tag.lower(): float(weight or 1) for tag, weight in _RANGE.findall(wanted)}
    for tag in sorted((tag for tag in found if found[tag]), key=lambda tag: -found[tag]):
        for language in (tag, tag.partition("-")[0]):
            if language in offered:
                return language
    return offered[0]
