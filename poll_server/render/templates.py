"""The templates' environment: one for each language, and what templates may name in it."""

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial

from babel.dates import format_date, format_interval
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from poll_server.domain import rounds, text
from poll_server.domain.access import Role, Sight
from poll_server.domain.accounts import Phase
from poll_server.domain.additions import OWN_MAXIMUM
from poll_server.domain.checklist import Address, Ready, Topic, Wrong
from poll_server.domain.contributions import Fate
from poll_server.domain.decisions import Verdict
from poll_server.domain.languages import NAMES, main_language
from poll_server.domain.programme import ItemKind
from poll_server.i18n import LANGUAGES, translations
from poll_server.questions import KINDS
from poll_server.render.entries import entry_rows
from poll_server.resources import resource


@cache
def environment(language: str = "de") -> Environment:
    """Return the one Jinja environment of a language."""
    jinja = Environment(
        loader=FileSystemLoader(resource("templates")),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    jinja.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # by the extension
    jinja.globals |= {
        "language": language,
        "languages": NAMES,
        "full_languages": LANGUAGES,
        "lang": lambda of: "" if of == language else Markup(' lang="{}"').format(of),
        "Role": Role,
        "Sight": Sight,
        "State": rounds.State,
        "Action": rounds.Action,
        "Phase": Phase,
        "Ready": Ready,
        "Topic": Topic,
        "Wrong": Wrong,
        "Address": Address,
        "Fate": Fate,
        "ItemKind": ItemKind,
        "main_action": rounds.MAIN_ACTION,
        "kinds": KINDS,
        "abstains": lambda question: KINDS[question.definition.kind].abstains(question.definition),
        "Verdict": Verdict,
        "additions_maximum": OWN_MAXIMUM,
    }
    jinja.filters |= _filters(language)
    return jinja


def _filters(language: str) -> dict[str, Callable[..., object]]:
    """Return how templates write what they get, in this language."""
    locale = main_language(language)
    return {
        "clock": _clock,
        "exact": lambda moment: f"{_clock(moment)}:{moment:%S}",
        "epoch": epoch,
        "time": lambda moment: f"{moment:%H:%M}",
        "day": lambda day: format_date(day, "long", locale=locale),
        "days_to": lambda day, last: format_interval(day, last, "yMMMMd", locale=locale),
        "weekday": lambda day: format_date(day, "EEEE", locale=locale),
        "number": lambda n: text.count(n, language),
        "lines": lambda words: escape(words).replace("\n", Markup("&#10;")),  # frames keep no others in a field
        "listed": lambda labels: text.listed(list(labels)),
        "spelled": lambda n: text.spelled(n, language),
        "decimal": partial(text.decimal, language=language),
        "mean": partial(text.decimal, language=language, places=1, least=1),
        "percent": lambda share: text.percent(share, language),
        "width": text.width,
        "code": text.shown_code,
        "worded": lambda words, of: words if of == language else Markup('<span lang="{}">{}</span>').format(of, words),
        "counted": lambda keys: keys == [f"o{number}" for number in range(1, len(keys) + 1)],
        "entry_rows": partial(entry_rows, language=language),
        "letter": lambda index: chr(ord("A") + index),
    }


def epoch(moment: datetime) -> int:
    """Return a moment in milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def _clock(moment: datetime) -> str:
    return f"{moment.hour}:{moment:%M}"


def squeeze(html: str) -> str:
    """Return markup without the white space between its lines."""
    return "\n".join(filter(None, map(str.strip, html.split("\n"))))
