"""When a question is still the one that a library has, so that results of both can be put side by side.

Results can be compared if people have been asked the same. Another wording, another hint, other answers or another
order of them, another scale or base make it another question. How much time there is, when the result appears and
which translations there are do not.
"""

from dataclasses import replace
from typing import Any

from poll_server.domain.programme import Definition, Translation
from poll_server.domain.rounds import Question
from poll_server.questions import kind_of
from poll_server.questions.languages import in_language, to_translate, untranslated

_TIME = frozenset({"seconds", "extension"})


def linked(definition: Definition, base: Definition) -> Definition:
    """Return a question made from another one, with its origin if people will be asked the same."""
    return replace(definition, origin=base.origin if asked(definition) == asked(base) else "")


def keepable(question: Question) -> bool:
    """Tell whether a library can hold a question: people answer it, and nothing of it lies with the event."""
    rules = kind_of(question.definition).rules
    return question.answerable and not any(rules[name].type is bytes for name in question.definition.rules)


def spoken(definition: Definition, language: str) -> Definition | None:
    """Return a question with this as its own language and the one that it had as a translation; None without it."""
    if definition.language == language:
        return definition
    if language not in definition.translations or untranslated(definition, language):
        return None
    wanted = to_translate(definition)
    own = Translation(
        definition.text,
        {option.key: option.label for option in definition.options},
        {name: value for name, value in definition.rules.items() if name in wanted},
        definition.hint,
    )
    others = {tag: one for tag, one in definition.translations.items() if tag != language}
    return replace(in_language(definition, language), translations={definition.language: own, **others})


def asked(definition: Definition) -> tuple[Any, ...]:
    """Return what people are asked, apart from the time that they have: equal where it is the same question."""
    rules = {
        name: tuple(value) if isinstance(value, list | tuple) else value
        for name, value in sorted(definition.rules.items())
        if name not in _TIME and value
    }
    options = tuple((option.key, option.label) for option in definition.options)
    said = (definition.text, definition.hint, options, tuple(rules.items()))
    return definition.kind, definition.language, *said
