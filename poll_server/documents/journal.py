"""What the team of an event has done, by which link: one log of the poll and of the questions from the floor.

``docs/export.md`` describes its files, ``journal.schema.json`` beside this module the JSON.
Nothing in it is about the audience: what authors do with their own questions is left out, and so are all their words.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.documents import floor_export
from poll_server.documents.cells import Cell, table
from poll_server.domain.access import Role
from poll_server.domain.rounds import Event
from poll_server.i18n import translations
from poll_server.storage import contributions, journal

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: who did what, and about which ``words`` of the team's own; a number names a question of the floor."""

    at: datetime
    role: str
    link: str
    act: str
    words: str = ""
    question: int | None = None
    contribution: int | None = None


async def read(connection: AsyncConnection, event: Event) -> list[Entry]:
    """Return the whole log of an event, oldest first; times are in its zone."""
    zone = ZoneInfo(event.time_zone)
    noted = [
        Entry(at, line.hand.role, line.hand.link, line.act, line.words, question=line.about)
        for at, line in await journal.lines(connection, event.id, zone)
    ]
    titles = {item.id: item.title for item in event.items}
    deeds = [
        Entry(one.at, one.role, one.link, f"floor_{one.deed}", titles[one.session], contribution=one.contribution)
        for one in await contributions.log(connection, event.id, zone)
        if one.role != Role.AUDIENCE
    ]
    return sorted([*noted, *deeds], key=lambda one: one.at)


def act_name(act: str, language: str) -> str:
    """Return what was done, in words."""
    if act.startswith("floor_"):
        return floor_export.deed_name(act.removeprefix("floor_"), language)
    gettext = translations(language).gettext
    return {
        "open": gettext("Question opened"),
        "take_back": gettext("Opening taken back"),
        "close": gettext("Question closed"),
        "show": gettext("Result shown"),
        "hide": gettext("Result hidden again"),
        "reopen": gettext("Question opened again"),
        "discard": gettext("Answers discarded"),
        "repeat": gettext("Question made ready to be asked again"),
        "next": gettext("Gone on to the next question"),
        "archive": gettext("Question archived"),
        "restore": gettext("Question restored"),
        "archive_round": gettext("Round archived"),
        "restore_round": gettext("Round restored"),
        "time": gettext("Time of the question changed"),
        "join_show": gettext("Join code put on the screen"),
        "join_hide": gettext("Join code taken off the screen"),
        "up": gettext("Question moved up"),
        "down": gettext("Question moved down"),
        "copy": gettext("Question copied"),
        "rehearsal_begin": gettext("Rehearsal begun"),
        "rehearsal_wipe": gettext("Rehearsal ended and wiped"),
        "ask": gettext("Question asked on the spot"),
        "add": gettext("Question added"),
        "rewrite": gettext("Question changed"),
        "mend": gettext("Words of a question mended"),
        "remove": gettext("Question deleted"),
        "keep": gettext("Question kept in a library"),
        "add_round": gettext("Round added"),
        "entry_shown": gettext("An entry of the result shown"),
        "entry_hidden": gettext("An entry of the result hidden"),
        "entry_joined": gettext("Two entries of the result joined"),
        "entry_chosen": gettext("An entry of the result chosen for the screen"),
        "entry_undo": gettext("A decision about an entry taken back"),
        "run_out": gettext("Question closed, since its time was up"),
        "event_create": gettext("Event made"),
        "event_import": gettext("Event made from a programme"),
        "event_copy": gettext("Event made as a copy"),
        "event_copied": gettext("Event copied"),
        "event_edit": gettext("Event changed"),
        "event_archive": gettext("Event archived"),
        "event_restore": gettext("Event taken out of the archive"),
        "event_share": gettext("Event shared"),
        "event_unshare": gettext("Sharing of the event taken back"),
        "event_give": gettext("Event given to its owner"),
        "slot_added": gettext("Item of the programme added"),
        "slot_changed": gettext("Item of the programme changed"),
        "slot_removed": gettext("Item of the programme deleted"),
        "slot_moved": gettext("Item of the programme moved"),
        "programme_added": gettext("Programme added to the one that was there"),
        "programme_replaced": gettext("Programme replaced"),
        "slots_later": gettext("Programme five minutes later from here on"),
        "slots_earlier": gettext("Programme five minutes earlier from here on"),
        "slot_now": gettext("Programme goes on here now"),
        "link_made": gettext("Link made"),
        "link_revoked": gettext("Link taken back"),
    }.get(act, act)


def who(role: str, link: str, language: str) -> str:
    """Return whose act it was, in words."""
    if role == Role.MODERATOR:
        return floor_export.who(role, link, language)
    gettext = translations(language).gettext
    others = {journal.COMMAND: gettext("Command on the server"), journal.SERVER: gettext("By itself")}
    named = others.get(role) or gettext("Organisers")
    return ", ".join(filter(None, (named, link)))


def about(entry: Entry, language: str) -> str:
    """Return what an entry is about, in words."""
    if entry.contribution is None:
        return entry.words
    number = translations(language).gettext("No. %(number)s") % {"number": entry.contribution}
    return f"{entry.words}, {number}"


def to_csv(event: Event, entries: Iterable[Entry]) -> bytes:
    """Return the log as a table, in the event's language."""
    language = event.language
    gettext = translations(language).gettext
    head: list[Cell] = [gettext("Time"), gettext("Who"), gettext("What was done"), gettext("About")]
    rows: list[list[Cell]] = [
        [one.at, who(one.role, one.link, language), act_name(one.act, language), about(one, language)]
        for one in entries
    ]
    return table([head, *rows])


def to_json(event: Event, entries: Iterable[Entry]) -> bytes:
    """Return the log as JSON; times have an offset."""
    content = {
        "schema": SCHEMA_VERSION,
        "event": {
            "code": event.code,
            "title": event.title,
            "day": event.day.isoformat(),
            "last_day": event.ends.isoformat(),
        },
        "log": [
            {
                "at": one.at.isoformat(timespec="seconds"),
                "role": one.role,
                "link": one.link or None,
                "act": one.act,
                "about": one.words or None,
                "question": one.question,
                "contribution": one.contribution,
            }
            for one in entries
        ],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


class Form(NamedTuple):
    """How the file is written: the end of its name, its media type, and what writes it."""

    suffix: str
    media_type: str
    write: Callable[[Event, Iterable[Entry]], bytes]


FORMS: dict[str, Form] = {
    "csv": Form("-log.csv", "text/csv; charset=utf-8", to_csv),
    "json": Form("-log.json", "application/json", to_json),
}
