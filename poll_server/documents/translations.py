"""A question's translations in an event file: each has just what people read of the question, in the same order."""

from collections.abc import Iterator
from dataclasses import replace

from poll_server.documents.fields import Fields, text_of
from poll_server.domain.programme import Definition, Translation
from poll_server.domain.text import one_line
from poll_server.i18n import N_, Sentence
from poll_server.questions import kind_of
from poll_server.questions.languages import in_language, to_translate


def read_translations(definition: Definition, fields: Fields, *, sound: bool) -> Definition:
    """Return the question with its translations; ``fields`` are keyed by language.

    Whether they fit the question is told if that is ``sound`` itself.
    """
    return replace(definition, translations=dict(_read(definition, fields, sound)))


def _read(definition: Definition, fields: Fields, sound: bool) -> Iterator[tuple[str, Translation]]:
    for language in fields.given:
        if language == definition.language:
            fields.complain(fields.place(language), N_("The question itself is in “%(language)s”.", language=language))
            continue
        part = fields.part(language, "translation")
        translation = _translation(definition, part)
        if sound and not part.incomplete and _has_the_same(definition, part):
            _check(replace(definition, translations={language: translation}), language, part)
        yield language, translation


def _translation(definition: Definition, fields: Fields) -> Translation:
    labels = [one_line(text_of(option, "options", 0, fields.complain)) for option in fields.entries("options")]
    rules = {name: fields.rule(name, rule) for name, rule in kind_of(definition).rules.items() if rule.words}
    return Translation(
        text=fields.line("text"),
        options=dict(zip((option.key for option in definition.options), labels, strict=False)),
        rules={name: value for name, value in rules.items() if value},
        hint=fields.line("hint"),
    )


def _has_the_same(definition: Definition, fields: Fields) -> bool:
    """Report what only one of the question and its translation has; tell whether there is nothing of the kind."""
    wanted, given = to_translate(definition), frozenset(fields.given)
    for name in sorted(wanted - given):
        fields.complain(fields.here, N_("The key “%(key)s” is missing: the question has it.", key=name))
    for name in sorted(given - wanted):
        fields.complain(
            fields.place(name), N_("The key “%(key)s” does not belong here: the question has none.", key=name)
        )
    options, translated = len(definition.options), len(fields.entries("options"))
    if "options" in wanted & given and options != translated:
        many = N_("The question has %(n)s options, its translation has %(m)s.", n=options, m=translated)
        fields.wrong("options", many)
    return wanted == given and options == translated


def _check(definition: Definition, language: str, fields: Fields) -> None:
    """Report what would be wrong with the question in this language, at the key concerned."""
    for problem in kind_of(definition).check(in_language(definition, language)):
        fields.complain(fields.place_of(problem, problem.field), Sentence(problem.sentence, **problem.values))
