"""The language that a documentation is written in: sentences, numbers, times, and what a kind of question says."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from html import unescape
from typing import Any

from babel.dates import format_date, format_interval

from poll_server.domain import text
from poll_server.domain.languages import main_language
from poll_server.domain.rounds import Question
from poll_server.i18n import LANGUAGES, translations
from poll_server.questions.contract import Results
from poll_server.render import environment

DASH = "\N{EN DASH}"
_TAG = re.compile(r"<[^>]*>")
_BLANKS = re.compile(r"[ \t\n]+")


class Words:
    """How a documentation says things."""

    def __init__(self, language: str) -> None:
        main = main_language(language)
        self.language = main if main in LANGUAGES else LANGUAGES[0]
        self._said = translations(self.language)

    def gettext(self, sentence: str, **values: str) -> str:
        """Return a sentence with its values."""
        said = self._said.gettext(sentence)
        return said % values if values else said

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Return a sentence about a number of things, with the place ``n`` filled in."""
        return self._said.ngettext(one, many, n) % {"n": self.count(n)}

    def count(self, n: int) -> str:
        """Return a whole number."""
        return text.count(n, self.language)

    def share(self, share: float) -> str:
        """Return a fraction in whole percent."""
        return text.percent(share, self.language)

    def number(self, value: float | None, unit: str = "", places: int = 1) -> str:
        """Return a statistic: whole numbers as they are, others with one decimal or up to ``places``; else a dash."""
        if value is None:
            return DASH
        decimal = text.decimal(value, self.language, places=places, least=1)
        said = self.count(value) if isinstance(value, int) else decimal
        return f"{said}\N{NO-BREAK SPACE}{unit}" if unit else said

    def change(self, difference: float, unit: str = "", places: int = 1) -> str:
        """Return the difference of two statistics as one of them is told, with its sign."""
        said, none = (self.number(round(one, 9), unit, places) for one in (abs(difference), abs(difference * 0)))
        sign = "\N{PLUS-MINUS SIGN}" if said == none else "+" if difference > 0 else "\N{MINUS SIGN}"
        return sign + said

    def day(self, day: date) -> str:
        """Return a date in full."""
        return format_date(day, "long", locale=self.language)

    def short(self, day: date) -> str:
        """Return a date in short."""
        return format_date(day, "medium", locale=self.language)

    def weekday(self, day: date) -> str:
        """Return a date with its weekday."""
        return f"{format_date(day, 'EEEE', locale=self.language)}, {self.day(day)}"

    def days(self, first: date, last: date) -> str:
        """Return one date, or from one to another."""
        return format_interval(first, last, "yMMMMd", locale=self.language) if last > first else self.day(first)

    def clock(self, moment: datetime) -> str:
        """Return a time of day."""
        return self.gettext("%(time)s o’clock", time=_clock(moment))

    def span(self, start: datetime, end: datetime) -> str:
        """Return from when to when."""
        if _clock(start) == _clock(end):
            return self.clock(start)
        return self.gettext("%(start)s to %(end)s o’clock", start=_clock(start), end=_clock(end))

    def said(self, template: str, macro: str, *arguments: object) -> str:
        """Return what a macro of a template says, as plain text in one line."""
        found: Any = getattr(environment(self.language).get_template(template).module, macro)
        apart = str(found(*arguments)).replace("</p>", " ")
        return _BLANKS.sub(" ", unescape(_TAG.sub("", apart))).strip(" ")

    def of_kind(self, question: Question, macro: str, *arguments: object) -> str:
        """Return what the kind of a question says."""
        return self.said(f"questions/{question.definition.kind}.html", macro, *arguments)

    def people(self, n: int) -> str:
        """Return how many people answered, as it stands in a heading."""
        return f"(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{self.count(n)})"

    def base(self, question: Question, results: Results) -> str:
        """Return what shares are of."""
        if results.small:
            return self.gettext("Few answers: we show counts, not shares.")
        return self.of_kind(question, "base")

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """The headings of columns and sums, by the names that kinds give them."""
        return {
            "people": self.gettext("People"),
            "givers": self.gettext("People"),
            "mentions": self.gettext("Mentions"),
            "points": self.gettext("Points"),
            "share": self.gettext("Share"),
            "first": self.gettext("First places"),
            "mean": self.gettext("Mean"),
            "median": self.gettext("Median"),
            "quartile-1": self.gettext("Lower quartile"),
            "quartile-3": self.gettext("Upper quartile"),
            "count": self.gettext("Count"),
            "agree": self.gettext("Agree"),
            "disagree": self.gettext("Disagree"),
        }

    def column(self, name: str, *, of_row: bool) -> str:
        """Return the heading of a column; the mean of a row is that of its places."""
        return self.gettext("Mean place") if of_row and name == "mean" else self.columns[name]


def _clock(moment: datetime) -> str:
    return f"{moment.hour}:{moment:%M}"
