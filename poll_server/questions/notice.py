"""A notice: a text, maybe with a picture, that everybody sees and nobody answers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NoReturn

from poll_server.domain.decisions import UNDECIDED, Decisions
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.questions.contract import Answer, Plain, Problem, Results, Rule, check_text_and_options

DETAILS_MAXIMUM = 500
ALTERNATIVE_MAXIMUM = 300
PICTURE_BYTES = 500_000
"""Everybody fetches the picture in the same second: for 1,000 phones this is half a gigabyte."""


class Notice(Plain):
    """No answer, no counts, no result.

    ``details`` are a longer text whose lines stay, ``picture`` names a stored picture, ``alternative`` says in words
    what is on it.
    """

    name = "notice"
    answerable = False
    rules: Mapping[str, Rule] = {
        "details": Rule(str, DETAILS_MAXIMUM, lines=True, words=True),
        "picture": Rule(bytes, PICTURE_BYTES),
        "alternative": Rule(str, ALTERNATIVE_MAXIMUM, words=True),
    }

    def check(self, definition: Definition) -> list[Problem]:
        """Besides the text: a picture has an alternative text, and that a picture."""
        problems = check_text_and_options(definition, self.options)
        pictured, described = (bool(definition.rules.get(name)) for name in ("picture", "alternative"))
        if pictured and not described:
            problems.append(Problem("picture", "A picture needs an alternative text for those who do not see it.", {}))
        if described and not pictured:
            problems.append(Problem("alternative", "An alternative text needs its picture.", {}))
        if len(definition.rules.get("details", "")) > DETAILS_MAXIMUM:
            limit = {"maximum": DETAILS_MAXIMUM}
            problems.append(Problem("details", "The text is longer than %(maximum)s characters.", limit))
        return problems

    def parse(self, definition: Definition, given: Sequence[str]) -> NoReturn:
        """Refuse whatever is sent."""
        raise Refused("not_open")

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """None."""
        return Counter()

    def results(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> Results:
        """Empty."""
        return Results(0, ())

    def describe(self, definition: Definition, answer: Answer) -> tuple[str, ...]:
        """Nothing."""
        return ()
