"""What organisers take home of questions from the floor: contributions and the log, as tables or as one JSON file.

`docs/export.md` describes them, ``floor_export.schema.json`` beside this module the JSON. Who sent a question is in
none of them but by the name that they gave themselves, and what its author has taken back is not there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server.documents.cells import Cell, Plain, table
from poll_server.domain.access import Role
from poll_server.domain.contributions import Contribution, Fate, Session, SessionState
from poll_server.domain.errors import Forbidden
from poll_server.domain.rounds import Event
from poll_server.i18n import translations
from poll_server.storage import backings, contributions, events
from poll_server.storage.contributions import Entry

SCHEMA_VERSION = 1
"""Raised by one whenever a program that reads the JSON would have to be changed."""


@dataclass(frozen=True, slots=True)
class FloorExport:
    """An event with its sessions and what was sent to them by id, how many back each, and the log, oldest first."""

    event: Event
    sessions: Mapping[int, Session]
    contributions: Mapping[int, Contribution]
    backers: Mapping[int, int]
    log: Sequence[Entry]

    def sent(self, item_id: int) -> list[Contribution]:
        """Return what was sent to a session and not taken back, oldest first."""
        return [one for one in self.contributions.values() if one.item_id == item_id and one.fate is not Fate.WITHDRAWN]

    def backed(self, one: Contribution) -> int | None:
        """Return how many people back one or what is joined with it, None for one that is joined itself."""
        return None if one.joined else self.backers.get(one.id, 0)


async def read(connection: AsyncConnection, event_id: int) -> FloorExport | None:
    """Read what an export has, None for an event without a session; raises Forbidden while a rehearsal runs."""
    event = await events.load(connection, event_id)
    if event.rehearsal:
        raise Forbidden("rehearsal")
    sessions = await contributions.sessions(connection, event_id)
    if not sessions:
        return None
    zone = ZoneInfo(event.time_zone)
    return FloorExport(
        event,
        sessions,
        await contributions.contributions(connection, list(sessions), zone),
        await backings.count_all(connection, list(sessions)),
        await contributions.log(connection, event_id, zone),
    )


# Words


def fate_name(fate: str, language: str) -> str:
    """Return what a fate is called."""
    gettext = translations(language).gettext
    return {
        Fate.WAITING: gettext("Waiting"),
        Fate.ACCEPTED: gettext("Accepted"),
        Fate.CURRENT: gettext("On the screen"),
        Fate.ANSWERED: gettext("Answered"),
        Fate.IN_WRITING: gettext("In writing"),
        Fate.DECLINED: gettext("Declined"),
        Fate.WITHDRAWN: gettext("Taken back"),
        Fate.ARCHIVED: gettext("Archived"),
    }[Fate(fate)]


def state_name(state: str, language: str) -> str:
    """Return what the state of a session is called."""
    gettext = translations(language).gettext
    return {
        SessionState.READY: gettext("Not open yet"),
        SessionState.OPEN: gettext("Open for questions"),
        SessionState.CLOSED: gettext("Closed"),
        SessionState.ARCHIVED: gettext("Archived"),
    }[SessionState(state)]


def deed_name(deed: str, language: str) -> str:
    """Return what a deed of the log is called; ``open``, ``close`` are those of a session."""
    gettext = translations(language).gettext
    return {
        "accept": gettext("Accept"),
        "decline": gettext("Decline"),
        "withdraw": gettext("Taken back by its author"),
        "archive": gettext("Archive"),
        "restore": gettext("Restore"),
        "show": gettext("Put on the screen"),
        "unshow": gettext("Take off the screen"),
        "answer": gettext("Answered"),
        "promise": gettext("In writing"),
        "edit": gettext("Edit"),
        "label": gettext("Label"),
        "unlabel": gettext("Take a label away"),
        "note": gettext("Note"),
        "place": gettext("Place"),
        "join": gettext("Join"),
        "part": gettext("Part"),
        "assign": gettext("Give to somebody"),
        "draft": gettext("Draft an answer"),
        "release": gettext("Release the answer"),
        "undo": gettext("Undo"),
        "open": gettext("Open the question time"),
        "close": gettext("Close the question time"),
    }.get(deed, deed)


def role_name(role: str, language: str) -> str:
    """Return who has a role of the log."""
    gettext = translations(language).gettext
    return gettext("Author") if role == Role.AUDIENCE else gettext("Moderation")


def link_name(role: str, link: str, language: str) -> str:
    """Return what the link of a line is called: its name, or that it is the one without; authors have none."""
    return link or ("" if role == Role.AUDIENCE else translations(language).gettext("link without a name"))


def who(role: str, link: str, language: str) -> str:
    """Return role and link in words."""
    return ", ".join(filter(None, (role_name(role, language), link_name(role, link, language))))


def _field_names(language: str) -> dict[str, str]:
    gettext = translations(language).gettext
    return {
        "fate": gettext("Fate"),
        "state": gettext("State"),
        "wording": gettext("Wording"),
        "reason": gettext("Reason"),
        "labels": gettext("Labels"),
        "note": gettext("Note"),
        "place": gettext("Place"),
        "joined": gettext("Joined with no."),
        "assignee": gettext("Given to"),
        "draft": gettext("Draft"),
        "answer": gettext("Answer"),
    }


class Change(NamedTuple):
    """One field that a deed has changed, all in words; empty for nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log in words: the session, the text of the contribution as it was sent, and what has changed."""

    entry: Entry
    session: str
    text: str
    deed: str
    changes: tuple[Change, ...]

    @property
    def searchable(self) -> str:
        """All its words, for looking for some."""
        words = (self.text, self.deed, self.entry.link, *(part for change in self.changes for part in change))
        return " ".join(words).casefold()


def line(entry: Entry, session: Session, one: Contribution | None, language: str) -> Line:
    """Return a line of the log about a contribution, or none, in words; what its author has taken back has no text."""
    gone = _is_gone(one)
    text = one.text if one and not gone else ""
    names = _field_names(language)
    before, after = _kept(entry.before, gone), _kept(entry.after, gone)
    changes = tuple(
        Change(names[name], _said(name, before.get(name), text, language), _said(name, value, text, language))
        for name, value in after.items()
    )
    return Line(entry, session.title, text, deed_name(entry.deed, language), changes)


def _said(name: str, value: Any, sent: str, language: str) -> str:
    """Say the value of a field; no wording of its own is the text as it was sent."""
    if name == "fate":
        return fate_name(value, language)
    if name == "state":
        return state_name(value, language)
    if name == "wording" and not value:
        return sent
    if isinstance(value, list | tuple):
        return ", ".join(value)
    return str(value or "")


# JSON


def to_json(export: FloorExport) -> bytes:
    """Return contributions and log of all sessions as JSON; times have an offset."""
    event = export.event
    content = {
        "schema": SCHEMA_VERSION,
        "event": {
            "code": event.code,
            "title": event.title,
            "day": event.day.isoformat(),
            "last_day": event.ends.isoformat(),
        },
        "sessions": [
            {
                "title": session.title,
                "state": session.state,
                "moderated": session.moderated,
                "contributions": [_fields(one, export) for one in export.sent(item_id)],
            }
            for item_id, session in export.sessions.items()
        ],
        "log": [_entry_fields(one, export) for one in export.log],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _fields(one: Contribution, export: FloorExport) -> dict[str, Any]:
    return {
        "number": one.id,
        "at": one.at.isoformat(timespec="minutes"),
        "text": one.text,
        "wording": one.wording or None,
        "name": one.name or None,
        "addressee": one.addressee or None,
        "fate": one.fate,
        "reason": one.reason or None,
        "joined": one.joined or None,
        "backers": export.backed(one),
        "labels": one.labels,
        "note": one.note or None,
        "hits": one.hits,
        "assignee": one.assignee or None,
        "draft": one.draft or None,
        "answer": one.answer or None,
    }


def _entry_fields(entry: Entry, export: FloorExport) -> dict[str, Any]:
    gone = _is_gone(export.contributions.get(entry.contribution or 0))
    return {
        "at": entry.at.isoformat(timespec="seconds"),
        "session": export.sessions[entry.session].title,
        "contribution": entry.contribution,
        "role": entry.role,
        "link": entry.link or None,
        "deed": entry.deed,
        "before": _kept(entry.before, gone),
        "after": _kept(entry.after, gone),
    }


def _is_gone(one: Contribution | None) -> bool:
    return one is not None and one.fate is Fate.WITHDRAWN


def _kept(values: Mapping[str, Any], gone: bool) -> dict[str, Any]:
    """Return the values of a line, of what its author has taken back without the words in it."""
    return {name: value for name, value in values.items() if not (gone and name in ("wording", "draft", "answer"))}


# CSV


def contribution_headings(language: str) -> tuple[str, ...]:
    """Return the names of the columns of a table of contributions."""
    gettext = translations(language).gettext
    return (
        gettext("Question time"),
        gettext("No."),
        gettext("Time"),
        gettext("Text as sent"),
        gettext("Text as published"),
        gettext("Name"),
        gettext("To whom"),
        gettext("Fate"),
        gettext("Reason"),
        gettext("Joined with no."),
        gettext("People who ask it too"),
        gettext("Labels"),
        gettext("Note"),
        gettext("Blocked words"),
        gettext("Given to"),
        gettext("Draft"),
        gettext("Answer"),
    )


def contribution_rows(export: FloorExport) -> list[tuple[Cell, ...]]:
    """Return such a row for each contribution, session by session, oldest first."""
    language = export.event.language
    return [
        (
            session.title,
            one.id,
            Plain(f"{one.at:%d.%m.%Y %H:%M}"),
            one.text,
            one.published,
            one.name,
            one.addressee,
            fate_name(one.fate, language),
            one.reason,
            one.joined or None,
            export.backed(one),
            ", ".join(one.labels),
            one.note,
            ", ".join(one.hits),
            one.assignee,
            one.draft,
            one.answer,
        )
        for item_id, session in export.sessions.items()
        for one in export.sent(item_id)
    ]


def contributions_csv(export: FloorExport) -> bytes:
    """Return all contributions as CSV, with headings in the event's language, as the results have it."""
    return table([contribution_headings(export.event.language), *contribution_rows(export)])


def log_csv(export: FloorExport) -> bytes:
    """Return the log as CSV: a row for each field that a deed has changed, one for a deed that has changed none."""
    language = export.event.language
    gettext = translations(language).gettext
    headings = (
        gettext("Time"),
        gettext("Role"),
        gettext("Link"),
        gettext("Question time"),
        gettext("No."),
        gettext("Text as sent"),
        gettext("Deed"),
        gettext("What has changed"),
        gettext("Before"),
        gettext("After"),
    )
    rows: list[tuple[Cell, ...]] = []
    for entry in export.log:
        one = export.contributions.get(entry.contribution or 0)
        said = line(entry, export.sessions[entry.session], one, language)
        about = (
            entry.at,
            role_name(entry.role, language),
            link_name(entry.role, entry.link, language),
            said.session,
            entry.contribution,
        )
        rows.extend((*about, said.text, said.deed, *change) for change in said.changes or [Change("", "", "")])
    return table([headings, *rows])


class Form(NamedTuple):
    """How one of the files is written: the end of its name, its media type, and what writes it."""

    suffix: str
    media_type: str
    write: Callable[[FloorExport], bytes]


FORMS: dict[str, Form] = {
    "questions.csv": Form("-questions.csv", "text/csv; charset=utf-8", contributions_csv),
    "log.csv": Form("-questions-log.csv", "text/csv; charset=utf-8", log_csv),
    "questions.json": Form("-questions.json", "application/json", to_json),
}
