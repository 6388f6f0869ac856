"""What the choice kinds share: options, marks per option, rows per option."""

from collections import Counter
from collections.abc import Mapping, Sequence

from poll_server.domain.decisions import UNDECIDED, Decisions
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.questions.contract import (
    ANSWERED,
    Answer,
    Plain,
    Problem,
    Results,
    Row,
    check_text_and_options,
)


class Choice(Plain):
    """Base of the kinds whose answer is a set of options."""

    options = range(2, 21)

    def check(self, definition: Definition) -> list[Problem]:
        """Return what is wrong with text and options."""
        return check_text_and_options(definition, self.options)

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """One mark for the person, one for each option."""
        return Counter([ANSWERED, *answer])

    def results(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> Results:
        """Options in the order of the ballot; shares of the people who answered."""
        base = tally.get(ANSWERED, 0)
        counts = {option.key: tally.get(option.key, 0) for option in definition.options}
        most = max(counts.values())
        return Results(
            base,
            tuple(
                Row(option.key, option.label, n, n / base if base else 0.0, leads=n > 0 and n == most)
                for option in definition.options
                for n in (counts[option.key],)
            ),
        )

    def describe(self, definition: Definition, answer: Answer) -> tuple[str, ...]:
        """The labels of the chosen options."""
        return tuple(option.label for option in definition.options if option.key in answer)


def chosen(definition: Definition, given: Sequence[str]) -> Answer:
    """Return the known options among ``given`` in the order of the ballot, each once.

    Raises Refused when nothing is chosen, or something that is not an option.
    """
    if not given:
        raise Refused("empty")
    keys = [option.key for option in definition.options]
    if set(given) - set(keys):
        raise Refused("unknown_option")
    return tuple(key for key in keys if key in given)
