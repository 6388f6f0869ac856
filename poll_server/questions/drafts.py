"""A question while somebody writes it: everything is text as it was typed, right or wrong.

The fields are those of the contract, so a new kind or a new rule needs nothing here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import compress
from typing import Any

import orjson

from poll_server.domain.programme import Definition, Option, Reveal, Translation
from poll_server.domain.text import one_line
from poll_server.questions import KINDS
from poll_server.questions.contract import HINT_MAXIMUM, Problem, Rule
from poll_server.questions.languages import in_language, to_translate, untranslated
from poll_server.questions.linking import linked

NUMBER_DIGITS = 6
"""Digits of a rule that is a number."""
_PICTURE = r"[0-9a-f]{32}\.[a-z]{3,4}"
_NOT_WHOLE = "Only a whole translation counts. Please write this too, or nothing at all in this language."
YES = "yes"
"""What a ticked box sends."""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the form of a question in another language; ``options`` are in the order of the question's."""

    text: str = ""
    hint: str = ""
    options: tuple[str, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> bool:
        """Whether there is anything."""
        return any(text.strip() for text in (self.text, self.hint, *self.options, *self.rules.values()))


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form. ``options`` has the empty fields too; ``rules`` those of other kinds, which wait there.

    A rule that is ticked is ``yes``; one that is a list has an entry on each line. ``refused`` are the rules whose
    picture could not be taken, unless its writer goes on without it.
    """

    kind: str
    text: str = ""
    hint: str = ""
    reveal: Reveal = Reveal.SHOWN
    options: tuple[str, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    translations: Mapping[str, Words] = field(default_factory=dict)
    refused: Set[str] = frozenset()

    @classmethod
    def of(cls, definition: Definition) -> "Draft":
        """The form of a question as it stands."""
        labels = tuple(option.label for option in definition.options)
        rules = {name: _written(value) for name, value in definition.rules.items()}
        found = {
            language: Words(
                one.text, one.hint, tuple(one.options.get(option.key, "") for option in definition.options), one.rules
            )
            for language, one in definition.translations.items()
        }
        return cls(definition.kind, definition.text, definition.hint, definition.reveal, labels, rules, found)

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
        found = {language: self._translated(words, definition) for language, words in self.translations.items()}
        whole = {language: one for language, one in found.items() if one != Translation("")}
        definition = linked(replace(definition, translations=whole), base)
        problems += KINDS[self.kind].check(definition)
        sound = not problems
        return definition, [
            *problems,
            *(problem for language in whole for problem in _wrong(definition, language, sound)),
        ]

    def _translated(self, words: Words, definition: Definition) -> Translation:
        """Return what was written of all that the question has."""
        wanted = to_translate(definition)
        there = [bool(one_line(label)) for label in self.options]
        labels = compress((*words.options, *[""] * len(there)), there)
        options = {f"o{at}": one_line(label) for at, label in enumerate(labels, 1) if one_line(label)}
        rules = {name: _read(name, rule, words.rules.get(name, ""))[0] for name, rule in KINDS[self.kind].rules.items()}
        return Translation(
            one_line(words.text),
            options if "options" in wanted else {},
            {name: value for name, value in rules.items() if name in wanted and value},
            one_line(words.hint) if "hint" in wanted else "",
        )

    @property
    def has_options(self) -> bool:
        """Whether the kind takes options."""
        return KINDS[self.kind].options.stop > 1

    def fields(self) -> tuple[str, ...]:
        """Return the texts of the fields for options: as many as the kind needs at least."""
        return self.options + ("",) * (KINDS[self.kind].options.start - len(self.options))

    def words(self, language: str) -> Words:
        """Return what stands in the fields of another language, with one for each option."""
        words = self.translations.get(language, Words())
        return replace(words, options=words.options + ("",) * (len(self.fields()) - len(words.options)))

    def correct(self, label: str) -> bool:
        """Tell whether an option is among the correct ones."""
        return bool(label) and one_line(label) in self.rules.get("correct", "").splitlines()

    def added(self) -> "Draft":
        """With one more field for an option."""
        return self._arranged([*range(len(self.fields())), -1])

    def removed(self, at: int) -> "Draft":
        """Without the option at this place."""
        return self._arranged([place for place in range(len(self.fields())) if place != at])

    def moved(self, at: int, by: int) -> "Draft":
        """With the option at this place so many places further on; at the ends nothing changes."""
        places = list(range(len(self.fields())))
        if 0 <= at < len(places) and 0 <= at + by < len(places):
            places.insert(at + by, places.pop(at))
        return self._arranged(places)

    def _arranged(self, places: Sequence[int]) -> "Draft":
        """With other options in this order, -1 for an empty one; their translations go with them."""

        def arranged(labels: Sequence[str]) -> tuple[str, ...]:
            return tuple(labels[at] if 0 <= at < len(labels) else "" for at in places)

        found = {name: replace(one, options=arranged(one.options)) for name, one in self.translations.items()}
        return replace(self, options=arranged(self.fields()), translations=found)


def seal(definition: Definition) -> str:
    """Return a text that is the same as long as the question is the same, for a form to send back.

    Whether a library has it does not change a question.
    """
    return blake2b(
        orjson.dumps(replace(definition, origin=""), option=orjson.OPT_SORT_KEYS), digest_size=12
    ).hexdigest()


def _wrong(definition: Definition, language: str, sound: bool) -> Iterator[Problem]:
    """Find what a translation lacks; of a whole one, if the question is ``sound``, what its kind finds wrong in it."""
    missing = untranslated(definition, language)
    for name in sorted(missing):
        yield Problem(f"{language}.{name}", _NOT_WHOLE, {})
    if sound and not missing:
        for problem in KINDS[definition.kind].check(in_language(definition, language)):
            yield replace(problem, field=f"{language}.{problem.field}")


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
