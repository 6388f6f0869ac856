"""A question as somebody reads it who has chosen another language. Keys never change, so there is one tally."""

from dataclasses import replace

from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Event
from poll_server.questions import kind_of


def to_translate(definition: Definition) -> frozenset[str]:
    """Return which keys of the event file hold words that people read: what each translation must have, and no more."""
    rules = {name for name, rule in kind_of(definition).rules.items() if rule.words and name in definition.rules}
    found = {"text": True, "hint": bool(definition.hint), "options": bool(definition.options)}
    return frozenset(rules | {name for name, there in found.items() if there})


def in_language(definition: Definition, language: str) -> Definition:
    """Return a question in a language; in its own where there is no translation or not the whole of it.

    Half of one would make people guess which words belong together.
    """
    found = definition.translations.get(language)
    if found is None or untranslated(definition, language):
        return definition
    called = {option.label: found.options[option.key] for option in definition.options}
    kind = kind_of(definition)
    labels = {
        name: tuple(called.get(label, label) for label in value)
        for name, value in definition.rules.items()
        if kind.rules[name].labels
    }
    words = {name: found.rules[name] for name in to_translate(definition) if name in found.rules}
    return replace(
        definition,
        text=found.text,
        options=tuple(Option(option.key, found.options[option.key]) for option in definition.options),
        rules={**definition.rules, **words, **labels},
        hint=found.hint if definition.hint else "",
        language=language,
    )


def untranslated(definition: Definition, language: str) -> frozenset[str]:
    """Return which keys a translation lacks, or has not the whole of."""
    found = definition.translations[language]
    options = {option.key for option in definition.options}
    there = {"text": bool(found.text), "hint": bool(found.hint), "options": options <= set(found.options)}
    return frozenset(name for name in to_translate(definition) if not (there.get(name) or name in found.rules))


def event_in(event: Event, language: str) -> Event:
    """Return an event with its questions and groups in a language as far as they have it; all else stays."""
    rounds = (
        replace(
            round_,
            questions=tuple(
                replace(question, definition=in_language(question.definition, language))
                for question in round_.questions
            ),
        )
        for round_ in event.rounds
    )
    found = replace(event, rounds=tuple(rounds))
    if names := event.group_names.get(language):
        groups = tuple(replace(group, label=names[group.key]) for group in event.groups)
        return replace(found, groups=groups, groups_language=language)
    return found
