"""What participants add to a question: it waits, and once moderators have accepted it, it is asked like the rest."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from poll_server.domain.decisions import Decision, Decisions, Verdict

TEXT_MAXIMUM = 280
"""Characters of an addition."""
OWN_MAXIMUM = 5
"""So many a participant may make to a question, whatever becomes of them."""
WAITING_MAXIMUM = 1000
"""So many wait for a decision at a time."""


@dataclass(frozen=True, slots=True)
class Addition:
    """One addition. ``number`` is the place it has got among the parts of the question, 0 before it was accepted."""

    id: int
    question_id: int
    wave: int
    participant: str
    text: str
    number: int = 0
    verdict: Verdict | None = None

    @property
    def accepted(self) -> bool:
        """Whether it is asked now."""
        return self.verdict is Verdict.SHOWN

    @property
    def key(self) -> str:
        """What it is called among a result's entries: by arrival."""
        return f"+{self.id:012} {self.text}"


def entered(additions: Iterable[Addition]) -> Counter[str]:
    """Return what additions put beside the tally, so that the kind lists them as entries: their keys."""
    return Counter([one.key for one in additions])


def decided(additions: Iterable[Addition]) -> Decisions:
    """Return what stands about additions, as about other entries."""
    return {one.key: Decision(one.verdict) for one in additions if one.verdict}
