"""The words for keys, kinds and values in rounds that are written as text or in a table, German and English.

Whoever writes such a round need not know the keys of the event file; these are understood as well, so that a rule
without a word of its own here goes by its key.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from poll_server.documents.yaml_tree import unusable
from poll_server.domain.programme import Definition, Reveal, Translation
from poll_server.domain.text import one_line
from poll_server.questions import KINDS
from poll_server.render import environment

LANGUAGES = ("de", "en")

_KEYS: dict[str, tuple[str, ...]] = {
    "title": ("Runde", "Round", "Titel"),
    "text": ("Frage", "Question", "Fragetext"),
    "kind": ("Art", "Kind", "Frageart", "Fragetyp", "Typ", "Type"),
    "hint": ("Hinweis", "Hint"),
    "options": ("Antwort", "Answer", "Antworten", "Answers", "Option", "Optionen", "Antwortoption", "Antwortoptionen"),
    "result": ("Ergebnis", "Result"),
    "minimum": ("Mindestens", "At least", "Min"),
    "maximum": ("Höchstens", "At most", "Max", "Maximal"),
    "points": ("Punkte", "Points"),
    "unit": ("Einheit", "Unit"),
    "decimals": ("Nachkommastellen", "Decimals"),
    "scale": ("Skala", "Scale"),
    "steps": ("Stufen", "Steps"),
    "low": ("Unteres Ende", "Low end"),
    "high": ("Oberes Ende", "High end"),
    "places": ("Plätze", "Places"),
    "words": ("Wörter", "Words"),
    "length": ("Zeichen", "Characters", "Länge"),
    "additions": ("Eigene Aussagen", "Additions"),
    "approval": ("Freigabe", "Approval"),
    "abstention": ("Enthaltung", "Abstention", "Enthaltung möglich"),
    "seconds": ("Sekunden", "Seconds"),
    "extension": ("Mehr Zeit", "More time"),
    "shuffle": ("Mischen", "Shuffle"),
    "correct": ("Richtig", "Correct"),
    "secret": ("Geheim", "Secret"),
    "details": ("Text dazu", "Details"),
    "picture": ("Bild", "Picture"),
    "alternative": ("Alternativtext", "Alternative text"),
}
"""By key: what it is called in German, in English, and otherwise."""
_VALUES: dict[str, dict[str, tuple[str, ...]]] = {
    "result": {
        Reveal.SHOWN: ("später", "later"),
        Reveal.LIVE: ("live", "live", "sofort"),
        Reveal.ANSWERED: ("nach der Antwort", "after answering"),
    },
    "scale": {
        "agreement": ("Zustimmung", "agreement"),
        "satisfaction": ("Zufriedenheit", "satisfaction"),
        "frequency": ("Häufigkeit", "frequency"),
        "importance": ("Wichtigkeit", "importance"),
        "quality": ("Qualität", "quality"),
        "probability": ("Wahrscheinlichkeit", "probability"),
    },
}
_YES_NO: dict[str, tuple[str, ...]] = {
    "yes": ("ja", "yes", "x", "wahr", "true"),
    "no": ("nein", "no", "falsch", "false"),
}

LISTS = {"options", *(name for kind in KINDS.values() for name, rule in kind.rules.items() if rule.type is tuple)}
"""Keys that may stand more than once, with one entry each time."""

MULTILINE = {name for kind in KINDS.values() for name, rule in kind.rules.items() if rule.lines}
"""Keys whose texts may have several lines."""

Written = Mapping[str, str | list[str]]
"""A question as the event file has it: values by key, in an order to be read, without what goes without saying."""


def written(definition: Definition) -> Written:
    """Return a question as texts, without characters that no file can hold."""
    values: dict[str, Any] = {
        "kind": definition.kind,
        "text": definition.text,
        "hint": definition.hint,
        "result": "" if definition.reveal is Reveal.SHOWN else definition.reveal.value,
        **definition.rules,
        "options": [option.label for option in definition.options],
    }
    texts = {name: _text(name, value) for name, value in values.items() if value is not None and value is not False}
    return {name: text for name, text in texts.items() if text}


def _text(name: str, value: Any) -> str | list[str]:
    if isinstance(value, list | tuple):
        return [line(str(one)) for one in value]
    if name in MULTILINE:
        return "\n".join(map(line, value.split("\n"))).strip()
    return "yes" if value is True else line(str(value))


def translated(definition: Definition) -> dict[str, dict[str, str | list[str]]]:
    """Return a question's translations as the event file has them, by language."""
    return {language: _translation(definition, words) for language, words in definition.translations.items()}


def _translation(definition: Definition, words: Translation) -> dict[str, str | list[str]]:
    labels = [words.options[option.key] for option in definition.options if option.key in words.options]
    values: dict[str, Any] = {"text": words.text, "hint": words.hint, **words.rules, "options": labels}
    texts = {name: _text(name, value) for name, value in values.items()}
    return {name: text for name, text in texts.items() if text}


def line(text: str) -> str:
    """Return a text as one line that every file can hold."""
    return one_line("".join(letter for letter in text if letter == "\t" or not unusable(letter))).strip()


def keys_in(language: str) -> dict[str, str]:
    """Return what each key is called; those without a word are missing."""
    at = LANGUAGES.index(language)
    return {key: words[at] for key, words in _KEYS.items()}


def words_in(language: str) -> dict[str, str]:
    """Return what keys, kinds and values of the event file are called."""
    at = LANGUAGES.index(language)
    values = {value: words[at] for known in (_YES_NO, *_VALUES.values()) for value, words in known.items()}
    return values | {kind: name_of(kind, language) for kind in KINDS} | keys_in(language)


def key_of(word: str) -> str:
    """Return the key that a word means, with or without a number behind it, such as ``Antwort 2``; else nothing."""
    return _keys().get(_bare(re.sub(r"[\s_]*[0-9]{1,2}$", "", word.strip())), "")


def meant(word: str) -> str:
    """Return the word for a key that was very likely meant by an unknown one, else nothing."""
    known = {known.casefold(): known for words in _KEYS.values() for known in words}
    found = get_close_matches(word.casefold(), known, n=1, cutoff=0.8)
    return known[found[0]] if found else ""


def kind_of(word: str) -> str:
    """Return the kind that a word means, else nothing."""
    return _kinds().get(_bare(word), "")


def presumed(has_options: bool) -> str:
    """Return the kind of a question that names none."""
    return next(kind.name for kind in KINDS.values() if kind.presumed and (kind.options.stop > 1) is has_options)


def value_of(key: str, word: str) -> str:
    """Return a value as the event file writes it; what is no word known for this key stays as it is."""
    if key == "kind":
        return kind_of(word) or word
    return _values(key).get(_bare(word), word)


def said(key: str, value: str, language: str) -> str:
    """Return a value of the event file in a language."""
    if key == "kind":
        return name_of(value, language)
    words = _words(key).get(value)
    return words[LANGUAGES.index(language)] if words else value


def rules_said(question: Written, language: str) -> list[tuple[str, str]]:
    """Return (word, value) of all that a question carries besides text, kind and options."""
    names = keys_in(language)
    return [
        (names.get(key, key), said(key, one, language))
        for key, value in question.items()
        if key not in ("text", "kind", "options")
        for one in (value if isinstance(value, list) else [value])
    ]


def name_of(kind: str, language: str) -> str:
    """Return what a kind is called."""
    macros: Any = environment(language).get_template(f"questions/{kind}.html").module
    return str(macros.name().unescape()).strip()


def _bare(word: str) -> str:
    """Return a word as it is compared: without capitals, hyphens, underscores and surplus spaces."""
    return " ".join(re.sub(r"[_-]", " ", word.casefold()).split())


def _rules() -> Iterator[tuple[str, type]]:
    return ((name, rule.type) for kind in KINDS.values() for name, rule in kind.rules.items())


@cache
def _keys() -> dict[str, str]:
    own = {_bare(key): key for key in [*_KEYS, *(name for name, _ in _rules())]}
    return own | {_bare(word): key for key, words in _KEYS.items() for word in words}


@cache
def _kinds() -> dict[str, str]:
    return {
        _bare(word): name
        for name, kind in KINDS.items()
        for word in (name, *kind.synonyms, *(name_of(name, language) for language in LANGUAGES))
    }


def _words(key: str) -> dict[str, tuple[str, ...]]:
    return _YES_NO if (key, bool) in _rules() else _VALUES.get(key, {})


@cache
def _values(key: str) -> dict[str, str]:
    return {_bare(word): value for value, words in _words(key).items() for word in (value, *words)}
