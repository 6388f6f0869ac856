"""What organisers take home: every question's result, as one JSON file or as one CSV file for Excel in German.

`docs/export.md` describes both, ``export.schema.json`` beside this module the JSON.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server import questions
from poll_server.documents.cells import Cell, table
from poll_server.documents.wording import corrections_said, kind_words, state_name
from poll_server.domain.decisions import UNDECIDED
from poll_server.domain.errors import Forbidden
from poll_server.domain.programme import Item, Option, days_of
from poll_server.domain.rounds import Event, Question, Round
from poll_server.i18n import translations
from poll_server.questions.contract import Results, Row
from poll_server.questions.mending import Correction
from poll_server.questions.split import NO_GROUP, Movement, Split
from poll_server.render.counted import Pass
from poll_server.storage import ballots, decisions, events, groups, prepared, report_choices

SCHEMA_VERSION = 2
"""Raised by one whenever a program that reads the JSON would have to be changed."""


@dataclass(frozen=True, slots=True)
class Export:
    """An event with the result of each of its questions by id: of the present wave, empty if nobody answered.

    ``corrections`` are those of questions whose words were mended, oldest first; ``splits`` those of results that are
    shown: where there is none, there may never be one. ``earlier`` are the results of passes before that were kept,
    oldest first. ``introduction``, ``remarks`` by question and ``licence`` are organisers' words for the documentation.
    """

    event: Event
    results: Mapping[int, Results]
    corrections: Mapping[int, Sequence[Correction]] = field(default_factory=dict)
    splits: Mapping[int, Split] = field(default_factory=dict)
    earlier: Mapping[int, Sequence[Pass]] = field(default_factory=dict)
    introduction: str = ""
    remarks: Mapping[int, str] = field(default_factory=dict)
    licence: str = ""


async def read_export(connection: AsyncConnection, event_id: int) -> Export:
    """Read an event and the stored tallies of its questions.

    Inside one ``Database.read`` all of it is of the same moment. Raises Forbidden while a rehearsal runs.
    """
    event = await events.load(connection, event_id)
    if event.rehearsal:
        raise Forbidden("rehearsal")
    ids = [question.id for question in event.questions]
    tallies = await ballots.tallies(connection, ids)
    decided = await decisions.decisions(connection, ids)
    written = (await report_choices.find(connection, event_id)).choice
    return Export(
        event,
        {
            question.id: questions.results(question.definition, tallies.get(asking, {}), decided.get(asking, UNDECIDED))
            for question in event.questions
            for asking in [(question.id, question.wave)]
        },
        await prepared.corrections(connection, ids, ZoneInfo(event.time_zone)),
        {
            question.id: await groups.read_split(connection, event, question)
            for question in event.questions
            if question.state.shown and groups.has_split(event, question)
        },
        {
            question.id: [
                Pass(
                    wave,
                    questions.results(question.definition, tallies.get(asking, {}), decided.get(asking, UNDECIDED)),
                )
                for wave in question.earlier
                for asking in [(question.id, wave.number)]
            ]
            for question in event.questions
            if question.earlier
        },
        written.get("introduction", ""),
        {int(question): remark for question, remark in written.get("remarks", {}).items()},
        written.get("licence", ""),
    )


def present_at(question: Question) -> int | None:
    """Return how many were there when the question closed, None before that."""
    return question.present if question.closed else None


# JSON


def to_json(export: Export) -> bytes:
    """Return the export as JSON that keeps the schema: shares are fractions, times have an offset."""
    event = export.event
    content = {
        "schema": SCHEMA_VERSION,
        "event": {
            "code": event.code,
            "title": event.title,
            "subtitle": event.subtitle,
            "organisers": event.organisers,
            "partners": event.partners,
            "contact": event.contact,
            "licence": export.licence,
            "introduction": export.introduction,
            "day": event.day.isoformat(),
            "last_day": event.ends.isoformat(),
            "time_zone": event.time_zone,
            "language": event.language,
            "groups": [{"key": group.key, "label": group.label} for group in event.groups],
        },
        "programme": [
            {"day": day.isoformat(), "items": [_item_fields(item) for item in items]}
            for day, items in days_of(event.items)
        ],
        "rounds": [
            {
                "title": round_.title,
                "starts": next((_moment(item.starts) for item in event.items if item.id == round_.item_id), None),
                "questions": [
                    _question_fields(question, export) for question in round_.questions if question.answerable
                ],
            }
            for round_ in event.rounds
        ],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _item_fields(item: Item) -> dict[str, Any]:
    return {
        "starts": _moment(item.starts),
        "ends": _moment(item.ends),
        "about": item.about,
        "kind": item.kind,
        "title": item.title,
        "description": item.description,
        "people": [{"name": person.name, "role": person.role} for person in item.people],
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def _question_fields(question: Question, export: Export) -> dict[str, Any]:
    definition, results = question.definition, export.results[question.id]
    return {
        "kind": definition.kind,
        "text": definition.text,
        "hint": definition.hint,
        "remark": export.remarks.get(question.id, ""),
        "rules": definition.rules,
        "translations": {language: asdict(one) for language, one in definition.translations.items()},
        "state": question.state,
        "wave": question.wave,
        "opened": _moment(question.opened),
        "closed": _moment(question.closed),
        "present": present_at(question),
        "answered": results.base,
        "abstained": results.abstained,
        "statistics": results.statistics,
        "options": [row_fields(row, results) for row in results.rows],
        "corrections": [
            {"at": _moment(one.at), **one.change._asdict()} for one in export.corrections.get(question.id, ())
        ],
        **_split_fields(export.splits.get(question.id, Split())),
        "earlier": [_pass_fields(one) for one in export.earlier.get(question.id, ())],
    }


def _pass_fields(one: Pass) -> dict[str, Any]:
    wave, results = one
    return {
        "wave": wave.number,
        "opened": wave.opened.isoformat(timespec="seconds"),
        "closed": wave.closed.isoformat(timespec="seconds"),
        "present": wave.present,
        "answered": results.base,
        "abstained": results.abstained,
        "statistics": results.statistics,
        "options": [row_fields(row, results) for row in results.rows],
    }


def row_fields(row: Row, results: Results) -> dict[str, Any]:
    share = None if results.small else row.share
    return {"key": row.key, "label": row.label, "count": row.count, "share": share}


def _split_fields(split: Split) -> dict[str, Any]:
    return {
        "groups": [
            {
                "key": part.key,
                "label": part.label,
                "answered": part.results.base,
                "statistics": part.results.statistics,
                "options": [row_fields(row, part.results) for row in part.results.rows],
            }
            for part in split.parts
        ],
        "movements": _movement_fields(split.movement) if split.movement and split.movement.people else None,
    }


def _movement_fields(movement: Movement) -> dict[str, Any]:
    return {
        "people": movement.people,
        "changed": movement.changed,
        "cells": [
            {"from": before, "to": after, "people": n} for (before, after), n in sorted((movement.cells or {}).items())
        ],
    }


# CSV


def to_csv(export: Export) -> bytes:
    """Return the export as CSV: a row for each line of each result, and for each movement that is shown.

    Headings are in the event's language. A result without lines has one row with these places empty. UTF-8 with a byte
    order mark, semicolons, decimal commas, CRLF. No cell is a formula.
    """
    return table(_rows(export))


def _rows(export: Export) -> Iterator[tuple[Cell, ...]]:
    event = export.event
    yield (*headings(event.language), *_group_headings(event), *_move_headings(export))
    for number, round_ in enumerate(event.rounds, 1):
        yield from _round_rows(export, number, round_)


def headings(language: str) -> tuple[str, ...]:
    """Return the names of the CSV's columns."""
    gettext = translations(language).gettext
    return (
        gettext("Event"),
        gettext("Day"),
        gettext("Round no."),
        gettext("Round"),
        gettext("Question no."),
        gettext("Question"),
        gettext("Hint"),
        gettext("Kind"),
        gettext("Instruction"),
        gettext("Stands"),
        gettext("Wave"),
        gettext("Opened"),
        gettext("Closed"),
        gettext("Present at the close"),
        gettext("Have answered"),
        gettext("Have abstained"),
        gettext("Answer no."),
        gettext("Answer"),
        gettext("Count"),
        gettext("Share in percent"),
        gettext("Corrections"),
    )


def _groups(event: Event) -> list[tuple[str, str]]:
    """Return key and label of all that have columns of their own; none in an event without groups."""
    none = translations(event.language).gettext("No group chosen")
    return [*((group.key, group.label) for group in event.groups), (NO_GROUP, none)] if event.groups else []


def _group_headings(event: Event) -> Iterator[str]:
    gettext = translations(event.language).gettext
    for _, label in _groups(event):
        yield gettext("%(group)s: have answered") % {"group": label}
        yield gettext("%(group)s: count") % {"group": label}


def _group_cells(export: Export, question: Question, at: int | None) -> Iterator[Cell]:
    """Give for each group how many answered and what the row at this place counts; empty where it is not shown."""
    parts = {part.key: part.results for part in export.splits.get(question.id, Split()).parts}
    for key, _ in _groups(export.event):
        shown = parts.get(key)
        yield shown.base if shown else None
        yield shown.rows[at].count if shown and at is not None else None


def _move_headings(export: Export) -> Iterator[str]:
    """Name the columns of movements, if any are shown."""
    gettext = translations(export.event.language).gettext
    if any(split.movement and split.movement.people for split in export.splits.values()):
        yield gettext("Answer before")
        yield gettext("People who went from it to this answer")


def moves(split: Split) -> list[tuple[Option, Option, int]]:
    """Return the movements that are shown: from, to, and how many people, in the order of the ballot."""
    cells, options = (split.movement.cells or {}, split.movement.options) if split.movement else ({}, ())
    return [
        (before, after, cells[before.key, after.key])
        for before in options
        for after in options
        if (before.key, after.key) in cells
    ]


def _move_rows(export: Export, question: Question) -> Iterator[tuple[Cell, ...]]:
    """Give what stands behind the columns about a question: the answer now, no count, where from, how many.

    Below are two sums, over what is not shown, too: of all who answered both times, and of those who changed.
    """
    split, gettext = export.splits.get(question.id, Split()), translations(export.event.language).gettext
    keys = [row.key for row in export.results[question.id].rows]
    nothing = [None] * (3 + 2 * len(_groups(export.event)))
    for before, after, n in moves(split):
        yield (keys.index(after.key) + 1, after.label, *nothing, before.label, n)
    if (movement := split.movement) and movement.people:
        yield (None, gettext("Sum: have answered both times"), *nothing, None, movement.people)
        yield (None, gettext("Sum: have changed their answer"), *nothing, None, movement.changed)


def _round_rows(export: Export, round_number: int, round_: Round) -> Iterator[tuple[Cell, ...]]:
    event = export.event
    day = next((day for day, items in event.days if any(item.id == round_.item_id for item in items)), event.day)
    no_move = [None for _ in _move_headings(export)]
    for number, question in enumerate((one for one in round_.questions if one.answerable), 1):
        definition, results = question.definition, export.results[question.id]
        about = (
            event.title,
            day,
            round_number,
            round_.title,
            number,
            definition.text,
            definition.hint,
            *kind_words(question, event.language),
            state_name(question.state, event.language),
            question.wave,
            question.opened,
            question.closed,
            present_at(question),
            results.base,
            results.abstained,
        )
        mended = corrections_said(export.corrections.get(question.id, ()), event.language)
        if not results.rows:
            yield (*about, None, None, None, None, mended, *_group_cells(export, question, None), *no_move)
        for place, row in enumerate(results.rows, 1):
            share = None if results.small else _percent(row.share)
            groups = _group_cells(export, question, place - 1)
            yield (*about, place, row.label, row.count, share, mended, *groups, *no_move)
        for move in _move_rows(export, question):
            yield (*about, *move)


def _percent(share: float) -> Decimal:
    """Return a fraction in percent to one decimal, halves rounded up."""
    return Decimal(int(round(share * 1000, 9) + 0.5)).scaleb(-1)  # 0.285 * 1000 is a little less than 285


class Format(NamedTuple):
    """How an export is written: the end of the file's name, its media type, and what writes it."""

    suffix: str
    media_type: str
    write: Callable[[Export], bytes]


FORMATS: dict[str, Format] = {
    "csv": Format(".csv", "text/csv; charset=utf-8", to_csv),
    "json": Format(".json", "application/json", to_json),
}
