"""Single choice: one of 2 to 20 options."""

from collections.abc import Sequence

from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.questions.choices import Choice, chosen
from poll_server.questions.contract import Answer


class SingleChoice(Choice):
    """One option; shares of those who answered."""

    name = "single_choice"
    presumed = True
    synonyms: tuple[str, ...] = ("Einfachnennung", "Eine Antwort")
    moves = True

    def parse(self, definition: Definition, given: Sequence[str]) -> Answer:
        """Take exactly one known option."""
        answer = chosen(self.offered(definition), given)
        if len(answer) > 1:
            raise Refused("one_only")
        return answer
