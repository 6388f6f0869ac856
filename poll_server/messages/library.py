"""What is done with the questions of a library."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from poll_server.domain.errors import Malformed
from poll_server.domain.library import ORIGIN_MAXIMUM
from poll_server.domain.text import fold
from poll_server.messages import ID_MAXIMUM
from poll_server.messages.fields import Fields, number_of, text_of, whole_number

WANTED_MAXIMUM = 100
"""Characters of what is searched for."""
_ORIGIN = re.compile(rf"[a-z0-9-]{{1,{ORIGIN_MAXIMUM}}}")


@dataclass(frozen=True, slots=True)
class Leaf:
    """What of a library is looked at: entries with all ``wanted`` words, the preview of one, for a round or 0."""

    wanted: str = ""
    look: str = ""
    round: int = 0


@dataclass(frozen=True, slots=True)
class Take:
    """A question of a library goes to the end of a round; 0 for an event without any."""

    origin: str
    round: int


@dataclass(frozen=True, slots=True)
class Keep:
    """A question of an event is kept."""

    question: int


def leaf(asked: Mapping[str, str]) -> Leaf:
    """Read what is looked at from an address; raises Malformed for what no link of ours says."""
    look = asked.get("look", "")
    wanted = fold(asked.get("q", ""), WANTED_MAXIMUM)
    return Leaf(wanted, origin_of(look) if look else "", whole_number(asked.get("round") or "0", ID_MAXIMUM))


def parse_library(fields: Fields) -> Take | Keep:
    """Read a button at a desk; raises Malformed."""
    if "keep" in fields:
        return Keep(number_of(fields, "keep", ID_MAXIMUM))
    return Take(origin_of(text_of(fields, "take")), number_of(fields, "round", ID_MAXIMUM))


def parse_forget(fields: Fields) -> str:
    """Read which question an organiser takes out of their library; raises Malformed."""
    return origin_of(text_of(fields, "forget"))


def origin_of(text: str) -> str:
    """Read an origin; raises Malformed."""
    if not _ORIGIN.fullmatch(text):
        raise Malformed("malformed")
    return text
