"""One question of an event file, or of a round wherever it is written."""

from typing import Any

from poll_server.documents.fields import Fields, text_of
from poll_server.documents.pictures import Album
from poll_server.documents.translations import read_translations
from poll_server.documents.yaml_tree import Complain, Node
from poll_server.domain.programme import Definition, Option, Reveal
from poll_server.domain.text import one_line
from poll_server.i18n import N_, Sentence
from poll_server.questions import KINDS


def read_question(node: Node, complain: Complain, language: str, album: Album) -> Definition:
    """Read one question of a round, wherever it is written; ``complain`` hears all its mistakes."""
    fields = Fields(node, "question", complain)
    labels = [one_line(text_of(option, "options", 0, complain)) for option in fields.entries("options")]
    kind = fields.one_of("kind", KINDS, "")
    definition = Definition(
        kind=kind,
        text=fields.line("text"),
        options=tuple(Option(f"o{number}", label) for number, label in enumerate(labels, 1)),
        rules=_rules(fields, kind, album),
        hint=fields.line("hint"),
        reveal=Reveal(fields.one_of("result", [*Reveal], Reveal.SHOWN)),
        language=language,
    )
    if not definition.kind:
        return definition
    sound = _check_question(definition, fields)
    if not fields.has("translations"):
        return definition
    return read_translations(definition, fields.part("translations", "translations"), sound=sound)


def _rules(fields: Fields, kind: str, album: Album) -> dict[str, Any]:
    """Read the rules of this kind; those of other kinds are mistakes."""
    known = KINDS[kind].rules if kind else {}
    strange = {name for other in KINDS.values() for name in other.rules} - set(known)
    if kind and not KINDS[kind].answerable:
        strange.add("result")
    for name in strange:
        if kind and fields.has(name):
            stray = N_("The key “%(key)s” does not belong to the kind %(kind)s.", key=name, kind=kind)
            fields.complain(fields.place(name), stray)
    found = {
        name: fields.picture(name, rule.maximum, album) if rule.type is bytes else fields.rule(name, rule)
        for name, rule in known.items()
        if fields.has(name)
    }
    return {name: value for name, value in found.items() if value not in (None, ()) and value is not False}


def _check_question(definition: Definition, fields: Fields) -> bool:
    """Report what the kind finds wrong, at the key concerned; a missing key has been reported already.

    Return whether nothing is wrong.
    """
    kind = KINDS[definition.kind]
    problems = kind.check(definition)
    for problem in problems:
        names = tuple(kind.rules) if problem.field == "rules" else (problem.field,)
        given = [name for name in names if fields.has(name)]
        if given or not fields.incomplete:
            place = fields.place_of(problem, given[0]) if given else fields.here
            fields.complain(place, Sentence(problem.sentence, **problem.values))
    return not problems
