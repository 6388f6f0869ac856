"""A question while somebody writes it: everything is text as it was typed, right or wrong.

The fields are those of the contract, so a new kind or a new rule needs nothing here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

import orjson

from poll_server.domain.programme import Definition, Option, Reveal
from poll_server.domain.text import one_line
from poll_server.questions import KINDS
from poll_server.questions.contract import HINT_MAXIMUM, Problem, Rule
from poll_server.questions.languages import carried

NUMBER_DIGITS = 6
"""Digits of a rule that is a number."""
_PICTURE = r"[0-9a-f]{32}\.[a-z]{3,4}"
YES = "yes"
"""What a ticked box sends."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form. ``options`` has the empty fields too; ``rules`` those of other kinds, which wait there.

    A rule that is ticked is ``yes``; one that is a list has an entry on each line.
    """

    kind: str
    text: str = ""
    hint: str = ""
    reveal: Reveal = Reveal.SHOWN
    options: tuple[str, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, definition: Definition) -> "Draft":
        """The form of a question as it stands."""
        labels = tuple(option.label for option in definition.options)
        rules = {name: _written(value) for name, value in definition.rules.items()}
        return cls(definition.kind, definition.text, definition.hint, definition.reveal, labels, rules)

    def definition(self, base: Definition) -> tuple[Definition, list[Problem]]:
        """Return the question that this would be, and what is wrong with it.

        What the form does not know comes from ``base``. Empty fields for options are passed over.
        """
        problems = []
        rules: dict[str, Any] = {}
        for name, rule in KINDS[self.kind].rules.items():
            value, problem = _read(name, rule, self.rules.get(name, ""))
            problems += [problem] if problem else []
            if value is not None:
                rules[name] = value
        if len(self.hint) > HINT_MAXIMUM:
            problems.append(Problem("hint", "This is longer than %(maximum)s characters.", {"maximum": HINT_MAXIMUM}))
        labels = [label for label in map(one_line, self.options) if label]
        definition = replace(
            base,
            kind=self.kind,
            text=one_line(self.text),
            hint=one_line(self.hint),
            reveal=self.reveal,
            options=tuple(Option(f"o{at}", label) for at, label in enumerate(labels, 1)) if self.has_options else (),
            rules=rules,
        )
        definition = replace(definition, translations=carried(base, definition))
        return definition, [*problems, *KINDS[self.kind].check(definition)]

    @property
    def has_options(self) -> bool:
        """Whether the kind takes options."""
        return KINDS[self.kind].options.stop > 1

    def fields(self) -> tuple[str, ...]:
        """Return the texts of the fields for options: as many as the kind needs at least."""
        return self.options + ("",) * (KINDS[self.kind].options.start - len(self.options))

    def correct(self, label: str) -> bool:
        """Tell whether an option is among the correct ones."""
        return bool(label) and one_line(label) in self.rules.get("correct", "").splitlines()

    def added(self) -> "Draft":
        """With one more field for an option."""
        return replace(self, options=(*self.fields(), ""))

    def removed(self, at: int) -> "Draft":
        """Without the option at this place."""
        return replace(self, options=self.fields()[:at] + self.fields()[at + 1 :])

    def moved(self, at: int, by: int) -> "Draft":
        """With the option at this place so many places further on; at the ends nothing changes."""
        options = list(self.fields())
        if 0 <= at < len(options) and 0 <= at + by < len(options):
            options.insert(at + by, options.pop(at))
        return replace(self, options=tuple(options))


def seal(definition: Definition) -> str:
    """Return a text that is the same as long as the question is the same, for a form to send back."""
    return blake2b(orjson.dumps(definition, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else ""
    return "\n".join(value) if isinstance(value, list | tuple) else str(value)


def _read(name: str, rule: Rule, written: str) -> tuple[Any, Problem | None]:
    """Return the value of a rule, None for none, and what is wrong with what was written."""
    lines = [line for line in map(one_line, written.splitlines()) if line]
    if not lines:
        return None, None
    if rule.type is bytes:
        known = re.fullmatch(_PICTURE, written)
        return (written, None) if known else (None, Problem(name, "This picture is not stored here.", {}))
    if rule.lines:
        text = "\n".join(map(one_line, written.splitlines())).strip()
        return text, None
    if rule.type is bool:
        return lines == [YES] or None, None
    if rule.maximum and any(len(line) > rule.maximum for line in lines):
        return None, Problem(name, "This is longer than %(maximum)s characters.", {"maximum": rule.maximum})
    if rule.type is int:
        text = lines[0]
        if len(lines) == 1 and text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS:
            return int(text), None
        return None, Problem(name, "Please write a whole number in digits.", {})
    return (tuple(lines) if rule.type is tuple else " ".join(lines)), None
