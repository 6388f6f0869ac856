"""Texts as the fonts of documents can set them: each character has a letter in one of them, or is replaced visibly.

PDF/UA wants a glyph for every character. So whatever no font has becomes ``REPLACED``, and what is not seen at all,
such as a control character, is left out. Marks are set only with a font that has their letter, too.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

REPLACED = "\N{WHITE VERTICAL RECTANGLE}"
"""Stands for what no font has."""
LONGEST = 24
"""So many letters of a word stand in a line at least; a longer one may go on in the next after each of them.

Words that no-break spaces tie together to a longer one are parted there.
"""

_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\u061c\ufe0e\ufe0f")
"""Not seen, and understood by the typesetter: where words part or join, directions, and how an emoji looks."""
_OTHERWISE = str.maketrans(dict.fromkeys("\t\u2028\u2029\u0085\x0b\x0c", " ") | {"\ufdfd": REPLACED})
"""Blanks that the typesetter does not know, and the one letter that is wider than a column."""
_NO_BREAK = re.compile("[\u00a0\u2007\u202f]")
_WORD = re.compile(rf"[\S\u00a0\u2007\u202f]{{{LONGEST + 1},}}")


def lettered(text: str) -> str:
    """Return a text with letters for all of it; lines stay apart, and what is not seen goes."""
    if text.isascii() and text.isprintable():
        return _parted(text)
    whole = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode()).translate(_OTHERWISE)
    return _parted("".join(_set(cluster) for cluster in _clusters(whole)))


def is_from_right(text: str) -> bool:
    """Tell whether a text is written from right to left, by its first letter that has a direction."""
    return next((found for found in map(unicodedata.bidirectional, text) if found in ("L", "R", "AL")), "L") != "L"


def has_replaced(texts: Sequence[str]) -> bool:
    """Tell whether the sign for a missing letter stands in any of these."""
    return any(REPLACED in text for text in texts)


@cache
def fonts() -> Mapping[str, frozenset[int]]:
    """Return which characters each family of fonts has."""
    ranges: dict[str, str] = json.loads((files("poll_server.documents") / "fonts" / "covered.json").read_text("utf-8"))
    return {family: frozenset(_points(text)) for family, text in ranges.items()}


def _points(ranges: str) -> Iterator[int]:
    for one in ranges.split():
        low, _, high = one.partition("-")
        yield from range(int(low, 16), int(high or low, 16) + 1)


def _clusters(text: str) -> Iterator[str]:
    """Give each letter with the marks upon it."""
    starts = [at for at, letter in enumerate(text) if at == 0 or unicodedata.category(letter)[0] != "M"]
    for start, end in pairwise([*starts, len(text)]):
        yield text[start:end]


def _set(cluster: str) -> str:
    """Return a letter with its marks if one font has all of them; else the letter, or what stands for it."""
    first, marks = cluster[0], [mark for mark in cluster[1:] if mark not in _INVISIBLE]
    if first in "\n" or first in _INVISIBLE:
        return first if not marks else first + REPLACED
    if unicodedata.category(first) in ("Cc", "Cf", "Cs") or first == "\ufeff":
        return REPLACED if marks else ""
    able = [have for have in fonts().values() if ord(first) in have]
    if any(all(ord(mark) in have for mark in marks) for have in able):
        return cluster
    return first + REPLACED if able else REPLACED


def _parted(text: str) -> str:
    """Return a text in which words of any length can go on in the next line."""
    return _WORD.sub(lambda long: " ".join("\u200b".join(_pieces(word)) for word in _NO_BREAK.split(long[0])), text)


def _pieces(word: str) -> Iterator[str]:
    piece = ""
    for cluster in _clusters(word):
        joins = cluster[0] in _INVISIBLE or piece[-1:] in _INVISIBLE
        if len(piece) >= (2 * LONGEST if joins else LONGEST):
            yield piece
            piece = ""
        piece += cluster
    yield piece
