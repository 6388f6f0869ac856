"""Yes or no, or abstain: a single choice that is ready-made in the event's language."""

from collections.abc import Mapping

from poll_server.domain.programme import Definition, Option
from poll_server.questions.contract import COMMON_RULES, SECRET_RULE, Problem, Rule, check_text_and_options
from poll_server.questions.single_choice import SingleChoice

WORDS = {"de": ("Ja", "Nein"), "en": ("Yes", "No"), "de-simple": ("Ja", "Nein")}


class YesNo(SingleChoice):
    """Yes or no; organisers write no options, and everybody may abstain."""

    name = "yes_no"
    presumed = False
    synonyms: tuple[str, ...] = ("Ja/Nein", "Yes/no")
    options = range(1)
    rules: Mapping[str, Rule] = COMMON_RULES | SECRET_RULE
    module = ""

    def check(self, definition: Definition) -> list[Problem]:
        """Return what is wrong with the text, and that there are options."""
        return check_text_and_options(definition, self.options)

    def abstains(self, definition: Definition) -> bool:
        """Always."""
        return True

    def offered(self, definition: Definition) -> tuple[Option, ...]:
        """Yes and no."""
        yes, no = WORDS[definition.language]
        return Option("yes", yes), Option("no", no)
