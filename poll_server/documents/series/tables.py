"""The comparison of a series as data: a spreadsheet and JSON. `docs/export.md` describes both."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson

from poll_server.documents.export import row_fields
from poll_server.documents.report.words import Words
from poll_server.documents.result_sheet import Counts, explanations, result_sheet, sheet
from poll_server.documents.round_words import name_of
from poll_server.documents.series.comparing import Comparison
from poll_server.documents.workbook import Column, Row, Sheet, Workbook
from poll_server.i18n import translations
from poll_server.questions.contract import Results
from poll_server.render.side_by_side import SideBySide

SCHEMA_VERSION = 1
"""Raised by one whenever a program that reads the JSON would have to be changed."""


# Spreadsheet


def workbook(found: Comparison) -> Workbook:
    """Return the sheets of a comparison, in the language of the series."""
    language = Words(found.series.language).language
    sheets = [_events(found, language), _askings(found, language)]
    sheets += [_result(number, seen, language) for number, seen in enumerate(found.questions, 1)]
    if found.once:
        sheets.append(_once(found, language))
    last = found.series.events[-1].day
    return Workbook(found.series.title, last, language, (_about(found, sheets, language), *sheets))


def _about(found: Comparison, sheets: Sequence[Sheet], language: str) -> Sheet:
    gettext = translations(language).gettext
    said = [
        found.series.title,
        gettext("The numbers are the stored tallies of one moment, of results that were shown."),
        gettext("Other people have answered each time. There is nothing by group here."),
        gettext("Who abstained is in no count and in no share."),
        gettext("Shares are parts of the people who answered that question; of points and orders, of all points."),
        gettext("What moderators have hidden of what people wrote is left out, and so is whatever names a person."),
    ]
    if found.left_out:
        said.insert(1, gettext("Events of the series that are not here: %(n)s") % {"n": found.left_out})
    return explanations(said, sheets, language)


def _events(found: Comparison, language: str) -> Sheet:
    gettext = translations(language).gettext
    columns = (
        Column(gettext("Event"), gettext("The event's title."), 60),
        Column(gettext("Day"), gettext("Its first day."), 12),
        Column(gettext("Present at the most"), gettext("The most participants who were there when a question closed.")),
    )
    rows = [(one.title, one.day, found.present[one.code] or None) for one in found.series.events]
    return sheet(gettext("Events"), "events", columns, rows)


def _askings(found: Comparison, language: str) -> Sheet:
    gettext = translations(language).gettext
    columns = (
        Column(gettext("Question no."), gettext("The question's place in the series, from 1."), 9),
        Column(gettext("Question"), gettext("Its wording in this event."), 60),
        Column(gettext("Kind"), gettext("How it is answered."), 18),
        Column(gettext("Asking"), gettext("The asking's place among those of the question, from 1."), 9),
        Column(gettext("Event"), gettext("The event's title."), 40),
        Column(gettext("Pass"), gettext("Which time the event has asked it."), 9),
        Column(gettext("Opened"), gettext("When it was opened, in the event's time zone."), 19),
        Column(gettext("Present at the close"), gettext("How many participants were there when it closed.")),
        Column(gettext("Have answered"), gettext("How many people answered, without those who abstained.")),
        Column(gettext("Have abstained"), gettext("How many people abstained.")),
    )
    rows = [
        (
            number,
            column.asking.definition.text,
            name_of(column.asking.definition.kind, language),
            column.number,
            column.asking.event,
            column.asking.pass_number,
            column.asking.opened,
            column.asking.present,
            column.results.base,
            column.results.abstained,
        )
        for number, seen in enumerate(found.questions, 1)
        for column in seen.columns
    ]
    return sheet(gettext("Askings"), "askings", columns, rows)


def _result(number: int, seen: SideBySide, language: str) -> Sheet:
    meaning = translations(language).gettext("Of this asking alone, whose number stands in the sheet of askings.")
    day = Words(language).short
    sides = [
        Counts(f"{one.number}, {one.asking.event}, {day(one.asking.opened.date())}", meaning, _compared(one.results))
        for one in seen.columns
    ]
    return result_sheet(str(number), seen.columns[-1].asking.definition, sides, language)


def _compared(results: Results) -> Results:
    """Return a result without its rows where they are other ones each time, such as ranges of numbers."""
    lines = results.compared
    return replace(results, rows=()) if lines and not any(line.label for line in lines) else results


def _once(found: Comparison, language: str) -> Sheet:
    gettext = translations(language).gettext
    columns = (
        Column(gettext("Question"), gettext("A question that only one of the events has asked."), 60),
        Column(gettext("Event"), gettext("The event's title."), 40),
    )
    rows: list[Row] = [(one.definition.text, one.event) for one in found.once]
    return sheet(gettext("Asked only once"), "once", columns, rows)


# JSON


def to_json(found: Comparison) -> bytes:
    """Return the comparison as JSON that keeps ``series.schema.json``: shares are fractions, times have an offset."""
    series = found.series
    content = {
        "schema": SCHEMA_VERSION,
        "series": {
            "code": series.code,
            "title": series.title,
            "organisers": series.organisers,
            "language": series.language,
            "left_out": found.left_out,
        },
        "events": [
            {"code": one.code, "title": one.title, "day": one.day.isoformat(), "present": found.present[one.code]}
            for one in series.events
        ],
        "questions": [_question_fields(seen) for seen in found.questions],
        "once": [{"text": one.definition.text, "event": one.code} for one in found.once],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _question_fields(seen: SideBySide) -> dict[str, Any]:
    latest = seen.columns[-1].asking.definition
    return {
        "kind": latest.kind,
        "text": latest.text,
        "hint": latest.hint,
        "rules": latest.rules,
        "askings": list(_asking_fields(seen)),
    }


def _asking_fields(seen: SideBySide) -> Iterator[dict[str, Any]]:
    for column in seen.columns:
        asking, results = column.asking, column.results
        yield {
            "event": asking.code,
            "pass": asking.pass_number,
            "text": asking.definition.text,
            "language": asking.definition.language,
            "mended": asking.mended,
            "opened": asking.opened.isoformat(timespec="seconds"),
            "present": asking.present,
            "answered": results.base,
            "abstained": results.abstained,
            "statistics": results.statistics,
            "options": [row_fields(row, results) for row in results.rows],
        }
