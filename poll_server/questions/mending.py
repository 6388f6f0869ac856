"""Mending a question that people have answered: its words may be corrected, its meaning stays.

What words mean cannot be judged by a program. So whatever is mended is shown before and after to whoever mends it,
kept in a log with both texts, and said to everybody. Refused is what can only be another question: another kind, other
rules, more, fewer or moved options, a label that another option has or had, and words of which little is left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from poll_server.domain.programme import Definition, Option, Translation
from poll_server.questions import KINDS
from poll_server.questions.contract import Problem

LIKE_ENOUGH = 0.5
"""How much of the first words must be left, as the ratio of matching letters (Ratcliff and Obershelp), 0 to 1.

"Wohnraumm" to "Wohnraum" is 0.94, "Rat" to "Stadtrat" 0.55; "zu" to "zu wenig" is 0.4 and "Ja" to "Nein" 0.
"""

_NO_CORRECTION = "“%(before)s” to “%(after)s” is more than a correction. Please ask it as another question, in a copy."
_TAKEN = "“%(label)s” is or was another answer of this question. People have chosen that one."


class Change(NamedTuple):
    """Words that are another text now. ``field`` is ``text``, ``hint``, the key of an option or the name of a rule.

    That of a translation begins with its language: ``en.text``.
    """

    field: str
    before: str
    after: str


class Correction(NamedTuple):
    """A line of the log: when, in which role, and what was changed."""

    at: datetime
    role: str
    change: Change


def words(definition: Definition) -> dict[str, str]:
    """Return what people read and what may be mended, by field; those of a translation begin with its language."""
    labels = {option.key: option.label for option in definition.options}
    rules = {name: definition.rules[name] for name in _worded(definition) if name in definition.rules}
    found = {"text": definition.text, "hint": definition.hint} | labels | rules
    for language, one in definition.translations.items():
        translated = {"text": one.text, "hint": one.hint, **one.options, **one.rules}
        found |= {f"{language}.{name}": text for name, text in translated.items()}
    return found


def same_meaning(one: Definition, other: Definition) -> bool:
    """Tell whether two questions differ in their words at most."""
    return _meaning(one) == _meaning(other)


def reworded(definition: Definition, new: Mapping[str, str]) -> Definition:
    """Return the question with other words; lists that name options follow their labels."""
    labels = {option.label: new[option.key] for option in definition.options}
    rules = {
        name: new[name] if name in _worded(definition) else _renamed(value, labels)
        for name, value in definition.rules.items()
    }
    options = tuple(Option(option.key, new[option.key]) for option in definition.options)
    translations = {
        language: Translation(
            new[f"{language}.text"],
            {key: new[f"{language}.{key}"] for key in one.options},
            {name: new[f"{language}.{name}"] for name in one.rules},
            new[f"{language}.hint"],
        )
        for language, one in definition.translations.items()
    }
    return replace(
        definition, text=new["text"], hint=new["hint"], options=options, rules=rules, translations=translations
    )


def changes(before: Definition, after: Definition) -> list[Change]:
    """Return which words differ; both have the same meaning."""
    new = words(after)
    return [Change(field, old, new[field]) for field, old in words(before).items() if old != new[field]]


def problems(before: Definition, after: Definition, log: Sequence[Correction]) -> list[Problem]:
    """Return why these words are no correction of those before; ``log`` has the earlier ones, oldest first."""
    found = [problem for change in changes(before, after) for problem in _too_different(change, log)]
    for begin in ("", *(f"{language}." for language in before.translations)):
        found += [Problem(f"{begin}options", _TAKEN, {"label": label}) for label in _taken(before, after, log, begin)]
    return found


def _worded(definition: Definition) -> list[str]:
    return [name for name, rule in KINDS[definition.kind].rules.items() if rule.wording]


def _meaning(definition: Definition) -> tuple[Any, ...]:
    keys = {option.label: option.key for option in definition.options}
    rules = {
        name: value is not None if name in _worded(definition) else _comparable(_renamed(value, keys))
        for name, value in definition.rules.items()
    }
    translated = {tag: (sorted(one.options), sorted(one.rules)) for tag, one in definition.translations.items()}
    return definition.kind, tuple(keys.values()), rules, definition.reveal, definition.language, translated


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    return [names.get(one, one) for one in value] if isinstance(value, list | tuple) else value


def _comparable(value: Any) -> Any:
    return frozenset(value) if isinstance(value, list) else value


def _too_different(change: Change, log: Iterable[Correction]) -> list[Problem]:
    """Compare with the first words, so that small steps lead no further than one."""
    earlier = [one.change.before for one in log if one.change.field == change.field]
    first, after = (earlier or [change.before])[0].casefold(), change.after.casefold()
    language, dot, name = change.field.rpartition(".")
    if name == "hint" or SequenceMatcher(None, first, after, autojunk=False).ratio() >= LIKE_ENOUGH:
        return []
    field = name if name == "text" or name in _rule_names() else "options"
    return [Problem(f"{language}{dot}{field}", _NO_CORRECTION, {"before": change.before, "after": change.after})]


def _rule_names() -> set[str]:
    return {name for kind in KINDS.values() for name in kind.rules}


def _taken(before: Definition, after: Definition, log: Iterable[Correction], begin: str) -> Iterable[str]:
    """Find labels that people have read at another option, in the language whose fields ``begin`` so."""
    keys = {begin + option.key for option in before.options}
    old, new = words(before), words(after)
    known = [*old.items(), *((one.change.field, one.change.before) for one in log)]
    owners = {(label.strip().casefold(), key) for key, label in known if key in keys}
    for key in sorted(keys & new.keys()):
        label = new[key].strip().casefold()
        if new[key] != old.get(key) and any(text == label and owner != key for text, owner in owners):
            yield new[key]
