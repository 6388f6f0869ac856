"""What the choice kinds share: options, marks per option, rows per option."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from poll_server.domain.decisions import UNDECIDED, Decisions
from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition, Option
from poll_server.questions.contract import (
    ANSWERED,
    COMMON_RULES,
    LABEL_MAXIMUM,
    SECRET_RULE,
    Answer,
    Plain,
    Problem,
    Results,
    Row,
    Rule,
    check_text_and_options,
)


class Choice(Plain):
    """Base of the kinds whose answer is a set of options.

    ``shuffle`` lets each browser show the options in an order of its own; ``correct`` names the correct ones by label.
    """

    options = range(2, 21)
    rules: Mapping[str, Rule] = (
        COMMON_RULES | SECRET_RULE | {"shuffle": Rule(bool), "correct": Rule(tuple, LABEL_MAXIMUM, labels=True)}
    )
    splits = True
    module = "shuffle"

    def check(self, definition: Definition) -> list[Problem]:
        """Return what is wrong with text and options."""
        problems = check_text_and_options(definition, self.options)
        if not {*definition.rules.get("correct", ())} <= {option.label for option in self.offered(definition)}:
            problems.append(Problem("correct", "A correct answer is not among the options.", {}))
        return problems

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """One mark for the person, one for each option."""
        return Counter([ANSWERED, *answer])

    def results(self, definition: Definition, tally: Mapping[str, int], decisions: Decisions = UNDECIDED) -> Results:
        """Options in the order of the ballot; shares of the people who answered."""
        base = tally.get(ANSWERED, 0)
        counts = {option.key: tally.get(option.key, 0) for option in self.offered(definition)}
        most = max(counts.values())
        return Results(
            base,
            tuple(
                Row(option.key, option.label, n, n / base if base else 0.0, leads=n > 0 and n == most)
                for option in self.offered(definition)
                for n in (counts[option.key],)
            ),
        )

    def describe(self, definition: Definition, answer: Answer) -> tuple[str, ...]:
        """The labels of the chosen options."""
        return tuple(option.label for option in self.offered(definition) if option.key in answer)


def chosen(options: Iterable[Option], given: Sequence[str]) -> Answer:
    """Return the keys of these options among ``given`` in the order of the ballot, each once.

    Raises Refused when nothing is chosen, or something that is not an option.
    """
    if not given:
        raise Refused("empty")
    keys = [option.key for option in options]
    if set(given) - set(keys):
        raise Refused("unknown_option")
    return tuple(key for key in keys if key in given)
