"""Multiple choice: some of 2 to 20 options, between a minimum and a maximum."""

from collections.abc import Mapping, Sequence

from poll_server.domain.errors import Refused
from poll_server.domain.programme import Definition
from poll_server.questions.choices import Choice, chosen
from poll_server.questions.contract import Answer, Problem, Rule, Value


def limits(definition: Definition) -> tuple[int, int]:
    """Return how many options a participant must and may choose; without rules at least one and at most all."""
    rules = definition.rules
    return rules.get("minimum", 1), rules.get("maximum", len(definition.options))


class MultipleChoice(Choice):
    """Some options; shares of people, so they may add up to more than 100 %."""

    name = "multiple_choice"
    synonyms: tuple[str, ...] = ("Mehrfachnennung", "Mehrfachnennungen möglich", "Mehrere Antworten möglich")
    rules: Mapping[str, Rule] = {**Choice.rules, "minimum": Rule(int), "maximum": Rule(int)}

    def check(self, definition: Definition) -> list[Problem]:
        """Besides text and options: 1 <= minimum <= maximum <= number of options; no more correct ones than that."""
        minimum, maximum = limits(definition)
        problems = super().check(definition)
        if definition.options and not 1 <= minimum <= maximum <= len(definition.options):
            sentence = "Minimum and maximum must fit: 1 ≤ minimum ≤ maximum ≤ number of options."
            problems.append(Problem("rules", sentence, {}))
        elif (correct := len(definition.rules.get("correct", ()))) > maximum:
            excess = "More answers are correct (%(correct)s) than may be chosen (%(maximum)s)."
            problems.append(Problem("correct", excess, {"correct": correct, "maximum": maximum}))
        return problems

    def parse(self, definition: Definition, given: Sequence[str]) -> Answer:
        """Take as many known options as the rules allow."""
        minimum, maximum = limits(definition)
        if not given and minimum > 1:
            raise Refused("none_chosen", minimum=minimum)
        answer = chosen(self.offered(definition), given)
        if len(answer) < minimum:
            raise Refused("too_few", chosen=len(answer), minimum=minimum)
        if len(answer) > maximum:
            raise Refused("too_many", chosen=len(answer), maximum=maximum, excess=len(answer) - maximum)
        return answer

    def columns(self, definition: Definition) -> tuple[str, ...]:
        """One for each option."""
        return tuple(option.label for option in definition.options)

    def cells(self, definition: Definition, answer: Answer) -> tuple[Value, ...]:
        """1 where it was chosen, else 0."""
        return tuple(int(option.key in answer) for option in definition.options)
