"""Words that organisers want to see before everybody does: a contribution with one of them waits for approval."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from poll_server.domain.text import BLANK_LETTERS

_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_UNSEEN = {"\N{COMBINING GRAPHEME JOINER}", *BLANK_LETTERS}
_MARKS = ("Mn", "Me")
_WORD = re.compile(r"[^\W_]+")
_ANY_ENDING = "*"


def lines(written: str) -> tuple[str, ...]:
    """Return the words and phrases of a list as organisers edit it: one a line, in its order, each once.

    ``*`` at the end stands for any ending. Lines without a letter or digit are left out.
    """
    return tuple(dict.fromkeys(line for line in map(_one_line, written.splitlines()) if _words(line)))


def hits(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return those of the words and phrases that stand in the text, as they are written in the list and in its order.

    Whole words only. Case, ae for ä, ss for ß, accents and invisible characters do not matter.
    """
    said = f" {' '.join(_words(text))} "
    return tuple(dict.fromkeys(word for word in words if (sought := _sought(word)) and sought in said))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _words(text: str) -> list[str]:
    """Return the words of a text, folded."""
    if not text.isascii():
        text = _plain(text)
    return _WORD.findall(text.casefold())


def _plain(text: str) -> str:
    """Return a text without what hides a word; umlauts are composed first, so that what is left of marks can go."""
    visible = "".join(letter for letter in text if unicodedata.category(letter) != "Cf" and letter not in _UNSEEN)
    umlauts = unicodedata.normalize("NFKC", visible).casefold().translate(_FOLDED)
    return "".join(one for one in unicodedata.normalize("NFKD", umlauts) if unicodedata.category(one) not in _MARKS)


@lru_cache(maxsize=5_000)
def _sought(line: str) -> str:
    """Return what to look for among words with a space around each; empty for a line without a word."""
    words = " ".join(_words(line))
    end = "" if line.rstrip().endswith(_ANY_ENDING) else " "
    return words and f" {words}{end}"
