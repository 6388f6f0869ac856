"""Languages: gettext catalogues, read from their sources. Message ids are English sentences."""

from collections.abc import Callable, Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from typing import Any, Self

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from poll_server.domain.errors import PollError
from poll_server.domain.languages import main_language
from poll_server.domain.text import spelled
from poll_server.resources import resource

LANGUAGES = ("de", "en")
"""Those of which every sentence is written."""


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language; the message ids are the English ones.

    Leichte Sprache has a small one of its own; what it does not say is said in German.
    """
    if language == "en":
        return NullTranslations()
    main = main_language(language)
    compiled = BytesIO()
    with (resource("locale") / language / "messages.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=main))
    compiled.seek(0)
    found = GNUTranslations(compiled)
    if main != language:
        found.add_fallback(translations(main))
    return found


def sentence(error: PollError, language: str) -> str:
    """Return what an error says to people."""
    values = {
        name: spelled(value, language) if isinstance(value, int) else value for name, value in error.values.items()
    }
    return translations(language).gettext(error.sentence) % values


class Sentence(str):
    """A sentence of the catalogue with its values. As a text it is English; `said` gives it in another language.

    Values may be sentences themselves.
    """

    __slots__ = ("_message", "_values")
    _message: str
    _values: Mapping[str, Any]

    def __new__(cls, message: str, **values: Any) -> Self:
        """Fill in a catalogue key with ``%(name)s`` places; a tuple of words is listed with commas."""
        made = super().__new__(cls, message % {name: _listed(value, {}) for name, value in values.items()})
        made._message, made._values = message, values
        return made

    def said(self, gettext: Callable[[str], str], names: Mapping[str, str]) -> str:
        """Return the sentence in the language of a catalogue.

        ``names`` are what the words of a format are called there: the values ``key``, ``kind``, ``closest`` and tuples.
        """
        values: dict[str, Any] = {}
        for name, value in self._values.items():
            if isinstance(value, Sentence):
                values[name] = value.said(gettext, names)
            else:
                values[name] = _listed(value, names if isinstance(value, tuple) or name in _NAMED else {})
        return gettext(self._message) % values


_NAMED = ("key", "kind", "closest")


def _listed(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value by its name if it has one, a tuple of words as a list with commas."""
    if isinstance(value, tuple):
        return ", ".join(dict.fromkeys(names.get(word, word) for word in value))
    return names.get(value, value) if names else value


N_ = Sentence
"""Marks a sentence for the catalogue where it is not yet said, by the name that the extraction knows."""
