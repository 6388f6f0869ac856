"""What the choice kinds share: options, marks per option, rows per option."""

from collections import Counter
from collections.abc import Mapping, Sequence

from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.questions.contract import ANSWERED, Answer, Problem, Results, Row

OPTIONS_MINIMUM, OPTIONS_MAXIMUM = 2, 20
LABEL_MAXIMUM, TEXT_MAXIMUM = 120, 300


class Choice:
    """Base of the kinds whose answer is a set of options."""

    def check(self, definition: Definition) -> list[Problem]:
        """Return what is wrong with text and options."""
        return [*_check_text(definition), *_check_options(definition)]

    def marks(self, definition: Definition, answer: Answer) -> Counter[str]:
        """One mark for the person, one for each option."""
        return Counter([ANSWERED, *answer])

    def results(self, definition: Definition, tally: Mapping[str, int]) -> Results:
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


def _check_text(definition: Definition) -> list[Problem]:
    if not definition.text.strip():
        return [Problem("text", "A question needs a text.", {})]
    if len(definition.text) > TEXT_MAXIMUM:
        return [Problem("text", "The text is longer than %(maximum)s characters.", {"maximum": TEXT_MAXIMUM})]
    return []


def _check_options(definition: Definition) -> list[Problem]:
    labels = [option.label.strip() for option in definition.options]
    problems = []
    if not OPTIONS_MINIMUM <= len(labels) <= OPTIONS_MAXIMUM:
        limits = {"minimum": OPTIONS_MINIMUM, "maximum": OPTIONS_MAXIMUM}
        problems.append(Problem("options", "A question needs %(minimum)s to %(maximum)s options.", limits))
    if "" in labels:
        problems.append(Problem("options", "An option is empty.", {}))
    if len({label.casefold() for label in labels}) < len(labels):
        problems.append(Problem("options", "Two options are the same.", {}))
    if any(len(label) > LABEL_MAXIMUM for label in labels):
        problems.append(
            Problem("options", "An option is longer than %(maximum)s characters.", {"maximum": LABEL_MAXIMUM})
        )
    return problems
