"""The event file: an event with its programme, rounds and questions, as an organiser writes it in YAML.

``docs/event-file.md`` describes the format; a test keeps its tables complete.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

from poll_server.documents.event_items import read_items
from poll_server.documents.event_times import Days, read_days
from poll_server.documents.fields import KEYS, Fields, text_of
from poll_server.documents.pictures import Album
from poll_server.documents.yaml_tree import Place, read_tree
from poll_server.domain.blocked import lines
from poll_server.domain.errors import PollError
from poll_server.domain.programme import SMALL_BASE, EventDraft, ItemDraft, Option
from poll_server.domain.text import normal_code, one_line
from poll_server.i18n import N_, Sentence, translations
from poll_server.messages.events import ADDRESSES, Fault, address

LANGUAGE = "de"
LANGUAGES = ("de", "en")
SHARES_FROM = range(1001)
GROUPS = range(2, 13)


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing to mend in a file; ``line`` and ``column`` count from 1, in characters."""

    line: int
    column: int
    sentence: str


class EventFileError(PollError):
    """The file cannot be read; ``mistakes`` are all that were found, in the order of the file, at least one."""

    sentences: ClassVar[dict[str, str]] = {"event_file": "The event file has mistakes. Nothing has been created."}

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("event_file")
        self.mistakes = mistakes


def read_event(text: str, today: date, folder: Path | None = None, language: str = "en") -> EventDraft:
    """Read an event file; ``today`` is the day, in the event's time zone, that ``date: today`` stands for.

    Its pictures are read from ``folder``; without one there can be none. Mistakes are told in ``language``.
    Raises EventFileError with all mistakes at once, and nothing else whatever the text is. Of a file that is not YAML
    only the first place where it is not can be told.
    """
    gettext = translations(language).gettext
    mistakes: set[Mistake] = set()

    def complain(place: Place, sentence: str) -> None:
        told = sentence.said(gettext, {}) if isinstance(sentence, Sentence) else sentence
        mistakes.add(Mistake(place.line, place.column, told))

    root = read_tree(text, complain)
    draft = _event(Fields(root, "event", complain), today, Album(folder)) if root else None
    if draft is None or mistakes:
        raise EventFileError(tuple(sorted(mistakes)))
    return draft


def example_text() -> str:
    """Return the event file of the demo; its code is ``demo`` and its day the present one."""
    return files("poll_server.documents").joinpath("example.yaml").read_text(encoding="utf-8")


def _event(fields: Fields, today: date, album: Album) -> EventDraft:
    days = read_days(fields, today)
    groups = _groups(fields)
    language = fields.one_of("language", LANGUAGES, LANGUAGE)
    items = read_items(fields, days, language, album)
    return EventDraft(
        title=fields.line("title"),
        day=days.first,
        last_day=_last_day(days, items),
        time_zone=days.zone.key,
        language=language,
        code=_code(fields),
        subtitle=fields.line("subtitle"),
        organisers=fields.line("organisers"),
        partners=fields.line("partners"),
        welcome=fields.paragraphs("welcome"),
        contact=fields.paragraphs("contact"),
        shares_from=_shares_from(fields),
        items=items,
        pictures=album.pictures,
        groups=groups,
        group_names=_group_names(fields, language, groups),
        decline_reasons=_reasons(fields),
        blocked_words=_blocked_words(fields),
        **{name: _address(fields, name) for name in ADDRESSES},
    )


def _last_day(days: Days, items: Sequence[ItemDraft]) -> date | None:
    """Return the last day as it is written, or else that of the last item; None for an event of one day."""
    last = days.last or max((item.starts.date() for item in items), default=days.first)
    return last if last > days.first else None


def _address(fields: Fields, name: str) -> str:
    try:
        return address(fields.line(name))
    except Fault as fault:
        fields.wrong(name, fault.sentence)
        return ""


def _group_names(fields: Fields, language: str, groups: tuple[Option, ...]) -> dict[str, dict[str, str]]:
    """Read what the groups are called in other languages: all of them, in the same order."""
    found: dict[str, dict[str, str]] = {}
    if not fields.has("translations"):
        return found
    translations = fields.part("translations", "translations")
    for tag in translations.given:
        if tag == language:
            own = N_("The event itself is in “%(language)s”.", language=tag)
            translations.complain(translations.place(tag), own)
            continue
        part = translations.part(tag, "event translation")
        names = _groups(part)
        if not part.incomplete and len(names) != len(groups):
            many = N_("The event has %(n)s groups, its translation has %(m)s.", n=len(groups), m=len(names))
            part.wrong("groups", many)
        found[tag] = {one.key: name.label for one, name in zip(groups, names, strict=False)}
    return found


def _reasons(fields: Fields) -> tuple[str, ...]:
    nodes, maximum = fields.entries("decline_reasons"), KEYS["event"]["decline_reasons"].maximum
    reasons = [one_line(text_of(node, "decline_reasons", maximum, fields.complain)) for node in nodes]
    return tuple(dict.fromkeys(reason for reason in reasons if reason))


def _blocked_words(fields: Fields) -> dict[str, tuple[str, ...]]:
    if not fields.has("blocked_words"):
        return {}
    part, found = fields.part("blocked_words", "blocked_words"), {}
    for language in part.given:
        maximum = KEYS["blocked_words"][language].maximum
        written = [text_of(node, language, maximum, fields.complain) for node in part.entries(language)]
        found[language] = lines("\n".join(written))
    return found


def _groups(fields: Fields) -> tuple[Option, ...]:
    nodes = fields.entries("groups")
    labels = [one_line(text_of(node, "groups", KEYS["event"]["groups"].maximum, fields.complain)) for node in nodes]
    if nodes and len(labels) not in GROUPS:
        fields.wrong(
            "groups", N_("An event has %(minimum)s to %(maximum)s groups.", minimum=GROUPS[0], maximum=GROUPS[-1])
        )
    if "" in labels:
        fields.wrong("groups", N_("A group has no name."))
    if len({label.casefold() for label in labels}) < len(labels):
        fields.wrong("groups", N_("Two groups are the same."))
    return tuple(Option(f"g{number}", label) for number, label in enumerate(labels, 1))


def _code(fields: Fields) -> str:
    written = fields.line("code")
    if written and not re.fullmatch("[A-Za-z0-9]{2,32}", written):
        fields.wrong("code", N_("A code has 2 to 32 letters from A to Z and digits, nothing else."))
    return normal_code(written)


def _shares_from(fields: Fields) -> int:
    written = fields.line("shares_from")
    if not written:
        return SMALL_BASE
    if re.fullmatch("[0-9]{1,4}", written) and int(written) in SHARES_FROM:
        return int(written)
    takes = N_("The key “%(key)s” takes a whole number from 0 to %(last)s.", key="shares_from", last=SHARES_FROM[-1])
    fields.wrong("shares_from", takes)
    return SMALL_BASE
