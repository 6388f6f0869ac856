"""What moderators decide about what participants wrote: shown, hidden, joined with another. Marks are never touched."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """What becomes of one entry of a result."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    JOINED = "joined"
    """Counted with another entry; its own text is not shown."""
    CHOSEN = "chosen"
    """Shown, and large on the screen."""


class Decision(NamedTuple):
    """The verdict on an entry; ``into`` is the key of the entry that it is joined with, else empty."""

    verdict: Verdict
    into: str = ""


Decisions = Mapping[str, Decision]
"""The decisions that stand for one asking of a question, by the key of the entry; what is not in it is undecided."""

UNDECIDED: Decisions = {}
