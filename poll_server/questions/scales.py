"""Scales: the steps of a rating, with the words that researchers use for them, ready-made in each language."""

from typing import NamedTuple

from poll_server.domain.programme import Definition

STEPS = range(2, 12)
WORDED_STEPS = 5
STANDARD = "agreement"
FROM_ZERO = 11

SCALES: dict[str, dict[str, tuple[str, ...]]] = {
    "agreement": {
        "de": ("stimme gar nicht zu", "stimme eher nicht zu", "teils, teils", "stimme eher zu", "stimme voll zu"),
        "en": ("strongly disagree", "disagree", "neither agree nor disagree", "agree", "strongly agree"),
        "de-simple": ("stimmt gar nicht", "stimmt eher nicht", "stimmt zum Teil", "stimmt eher", "stimmt ganz"),
    },
    "satisfaction": {
        "de": ("sehr unzufrieden", "eher unzufrieden", "teils, teils", "eher zufrieden", "sehr zufrieden"),
        "en": (
            "very dissatisfied",
            "dissatisfied",
            "neither satisfied nor dissatisfied",
            "satisfied",
            "very satisfied",
        ),
        "de-simple": ("sehr unzufrieden", "unzufrieden", "mittel", "zufrieden", "sehr zufrieden"),
    },
    "frequency": {
        "de": ("nie", "selten", "gelegentlich", "oft", "immer"),
        "en": ("never", "rarely", "sometimes", "often", "always"),
        "de-simple": ("nie", "selten", "manchmal", "oft", "immer"),
    },
    "importance": {
        "de": ("gar nicht wichtig", "wenig wichtig", "mittelmäßig wichtig", "ziemlich wichtig", "sehr wichtig"),
        "en": (
            "not at all important",
            "slightly important",
            "moderately important",
            "very important",
            "extremely important",
        ),
        "de-simple": ("gar nicht wichtig", "wenig wichtig", "mittel", "wichtig", "sehr wichtig"),
    },
    "quality": {
        "de": ("sehr schlecht", "schlecht", "mittelmäßig", "gut", "sehr gut"),
        "en": ("very poor", "poor", "fair", "good", "very good"),
        "de-simple": ("sehr schlecht", "schlecht", "mittel", "gut", "sehr gut"),
    },
    "probability": {
        "de": ("sehr unwahrscheinlich", "unwahrscheinlich", "vielleicht", "wahrscheinlich", "sehr wahrscheinlich"),
        "en": ("very unlikely", "unlikely", "maybe", "likely", "very likely"),
        "de-simple": ("ganz sicher nicht", "eher nicht", "vielleicht", "eher ja", "ganz sicher"),
    },
}
"""The ready-made scales: a word for each of five steps, from little to much, by language.

They are each language's own established wording, no translations of one another; those in Leichte Sprache are ours.
"""


class Step(NamedTuple):
    """One step; ``word`` is empty between the ends of a scale that names only these."""

    value: int
    word: str

    @property
    def label(self) -> str:
        """The step as it stands in a sentence."""
        return f"{self.value}\N{NO-BREAK SPACE}– {self.word}" if self.word else str(self.value)


def scale_of(definition: Definition) -> tuple[Step, ...]:
    """Return the steps of a question in their order: from 1, eleven of them from 0 to 10, five without a rule.

    Five steps of a ready-made scale all have their words, other numbers of steps only the ends.
    """
    rules = definition.rules
    count = rules.get("steps", WORDED_STEPS)
    words = SCALES[rules.get("scale", STANDARD)][definition.language]
    if "low" in rules:
        words = (rules["low"], rules["high"])
    if len(words) != count:
        words = (words[0], *[""] * (count - 2), words[-1])
    return tuple(Step(value, word) for value, word in enumerate(words, 0 if count == FROM_ZERO else 1))
