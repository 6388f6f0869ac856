"""What comes of a tally, for the pages: the present one, and those of earlier askings."""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from poll_server import questions
from poll_server.domain.decisions import UNDECIDED, Decisions, Entry, Listing
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Wave
from poll_server.questions import KINDS
from poll_server.questions.contract import Results, Row


class Counted:
    """A tally under the moderators' decisions, and what comes of it: computed when it is first asked for, and once.

    For as long as neither the tally nor the decisions change.
    """

    def __init__(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> None:
        self.tally = tally
        self._definition = definition
        self._decisions = decisions

    @cached_property
    def results(self) -> Results:
        """The result."""
        return questions.results(self._definition, self.tally, self._decisions)

    def listing(self, wanted: str) -> Listing:
        """What a desk lists of what moderators decide about."""
        return KINDS[self._definition.kind].listing(self._definition, self.tally, self._decisions, wanted)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What moderators decide about in the result."""
        return KINDS[self._definition.kind].entries(self._definition, self.tally, self._decisions)


class Pass(NamedTuple):
    """An earlier asking of the same question with its result."""

    wave: Wave
    results: Results

    def row(self, key: str) -> Row | None:
        """Return the row of this key, if there was one."""
        return next((row for row in self.results.rows if row.key == key), None)
