"""Questions of a library, and where each has been asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from poll_server.domain.decisions import Decisions
from poll_server.domain.programme import Definition

ORIGIN_MAXIMUM = 40
"""Characters of an origin."""
READY = "ready-"
"""How the origin of a ready-made question begins."""


class Occasion(StrEnum):
    """What a question is good for; one's own are good for what their owner knows."""

    ARRIVAL = "arrival"
    EXPECTATIONS = "expectations"
    AUDIENCE = "audience"
    FEEDBACK = "feedback"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Entry:
    """A question of a library; its definition carries the origin. ``use`` says when to ask it, as a catalogue key."""

    definition: Definition
    occasion: Occasion = Occasion.OWN
    use: str = ""

    @property
    def origin(self) -> str:
        """What all its uses in events have in common."""
        return self.definition.origin


@dataclass(frozen=True, slots=True)
class Asking:
    """One finished asking of a question of a library: where and when, in that event's time zone, and its tally.

    ``pass_number`` counts the askings of this question in its event that were kept, ``present`` how many were there
    when it closed; ``mended`` says that its words have been corrected since.
    """

    event: str
    code: str
    question: int
    pass_number: int
    opened: datetime
    present: int
    definition: Definition
    tally: Mapping[str, int]
    decisions: Decisions
    mended: bool
