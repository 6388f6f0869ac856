"""Languages: gettext catalogues, read from their sources. Message ids are English sentences."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from poll_server.domain.errors import PollError
from poll_server.domain.text import spelled
from poll_server.resources import resource

LANGUAGES = ("de", "en")


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of ``de`` or ``en``; the message ids are the English ones."""
    if language == "en":
        return NullTranslations()
    compiled = BytesIO()
    with (resource("locale") / language / "messages.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def sentence(error: PollError, language: str) -> str:
    """Return what an error says to people."""
    values = {
        name: spelled(value, language) if isinstance(value, int) else value for name, value in error.values.items()
    }
    return translations(language).gettext(error.sentence) % values
