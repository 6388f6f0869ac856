"""The result of each question as a picture for slides: SVG with its title and all its numbers in words.

Pictures are drawn by us, since a bar chart is rectangles and lines of text; bars are the same as on the pages.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from poll_server.documents.apart import Tell
from poll_server.documents.export import Export
from poll_server.documents.report.words import Words
from poll_server.documents.workbook import visible
from poll_server.domain import text
from poll_server.domain.rounds import FINAL, Question
from poll_server.i18n import translations
from poll_server.questions.contract import Results, Row
from poll_server.render import environment

WIDTH, MARGIN = 1600, 80
ROWS = 20
"""Bars in one picture; there may be hundreds of words and statements."""
_BAR = 1140
_TITLE, _LABEL, _SMALL = 44, 30, 24
_TITLE_LINES, _LABEL_LINES = 7, 3
_INK, _MUTED, _FILL, _LEADS, _TRACK = "#12122b", "#4a4f6a", "#7f9be0", "#2141ab", "#e8ebf4"
_FONT = "'Fira Sans', 'Noto Sans', 'Helvetica Neue', Arial, sans-serif"


def svg(export: Export, question: Question, shown: Callable[[str], str] = visible) -> str:
    """Return the picture of a question's result, in its event's language; ``shown`` makes texts fit to be drawn."""
    event, results = export.event, export.results[question.id]
    gettext = translations(event.language).gettext
    title, told = shown(question.definition.text), alternative(export, question)
    parts, top = [], MARGIN
    for line in wrapped(title, 62, _TITLE_LINES):
        top += round(_TITLE * 1.3)
        parts.append(_text(MARGIN, top, _TITLE, line, weight=700))
    top += 30
    rows, most = results.rows[:ROWS], max((row.count for row in results.rows), default=0)
    for row in rows:
        for line in wrapped(shown(row.label), 88, _LABEL_LINES):
            top += round(_LABEL * 1.35)
            parts.append(_text(MARGIN, top, _LABEL, line))
        top += 16
        length = row.count / most if results.small and most else row.share
        parts += _bar(top, length, row, _value(row, results, event.language))
        top += 60
    if left := len(results.rows) - len(rows):
        top += 40
        parts.append(_text(MARGIN, top, _SMALL, gettext("Further answers: %(n)s") % {"n": left}, _MUTED))
    top += 60
    base = f"{gettext('Have answered')}: {text.count(results.base, event.language)}"
    where = shown(f"{base} · {event.title}, {Words(event.language).days(event.day, event.ends)}")
    for line in wrapped(where, 105, _LABEL_LINES):
        parts.append(_text(MARGIN, top, _SMALL, line, _MUTED))
        top += 34
    height = max(900, top + MARGIN - 20)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-labelledby="title desc" lang="{event.language}" font-family="{_FONT}">\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="desc">{escape(told)}</desc>\n'
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n{"".join(parts)}</svg>\n'
    )


def alternative(export: Export, question: Question) -> str:
    """Return a result in words: what it says, and each answer with its numbers."""
    event, results = export.event, export.results[question.id]
    kind: Any = environment(event.language).get_template(f"questions/{question.definition.kind}.html").module
    gettext = translations(event.language).gettext
    rows = [f"{text.begun(row.label)}: {_value(row, results, event.language)}" for row in results.rows[:ROWS]]
    if left := len(results.rows) - len(rows):
        rows.append(gettext("Further answers: %(n)s") % {"n": left})
    base = f"{gettext('Have answered')}: {text.count(results.base, event.language)}"
    said = str(kind.say(results).unescape()).strip()
    return visible(" ".join(filter(None, [said, f"{base}.", *(f"{row}." for row in rows)])))


def closed(export: Export) -> Iterator[tuple[str, Question]]:
    """Give each question that has a result which does not move any more, under the numbers of its round and itself."""
    for number, round_ in enumerate(export.event.rounds, 1):
        for place, question in enumerate((one for one in round_.questions if one.answerable), 1):
            if question.state in FINAL and export.results[question.id].rows:
                yield f"{number}.{place}", question


def write(
    export: Export,
    path: Path,
    tell: Tell = lambda done, total: None,
    picture: Callable[[Export, Question], str | bytes] = svg,
    suffix: str = ".svg",
) -> None:
    """Write a zip with a picture of each question that is closed. The same results give the same bytes."""
    questions = list(closed(export))
    with ZipFile(path, "w") as packed:
        for done, (name, question) in enumerate(questions, 1):
            entry = ZipInfo(f"{name}{suffix}")
            entry.compress_type = ZIP_DEFLATED
            packed.writestr(entry, picture(export, question))
            tell(done, len(questions))


def _value(row: Row, results: Results, language: str) -> str:
    """Return what stands behind a bar: the share, where there is one, and the count."""
    count = text.count(row.count, language)
    return count if results.small else f"{text.percent(row.share, language)} ({count})"


def _bar(top: int, length: float, row: Row, value: str) -> Sequence[str]:
    fill = _LEADS if row.leads else _FILL
    return (
        f'<rect x="{MARGIN}" y="{top}" width="{_BAR}" height="32" rx="4" fill="{_TRACK}"/>\n',
        f'<rect x="{MARGIN}" y="{top}" width="{round(_BAR * length, 1):g}" height="32" rx="4" fill="{fill}"/>\n',
        _text(MARGIN + _BAR + 24, top + 27, _LABEL, value, weight=700 if row.leads else 400),
    )


def _text(x: int, y: int, size: int, words: str, fill: str = _INK, weight: int = 400) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}">{escape(words)}</text>\n'


def wrapped(words: str, width: int, lines: int) -> list[str]:
    """Return a text in at most so many lines of so many narrow letters; what does not fit ends with an ellipsis."""
    found, line = list[str](), ""
    for word in words.split():
        rest = word
        if line and measured(f"{line} {rest}") <= width:
            line = f"{line} {rest}"
            continue
        if line:
            found.append(line)
        while measured(rest) > width:
            cut = next(at for at in range(len(rest), 0, -1) if at == 1 or measured(rest[:at]) <= width)
            found.append(rest[:cut])
            rest = rest[cut:]
        line = rest
    found = [*found, line] if line else found
    return found if len(found) <= lines else [*found[: lines - 1], f"{found[lines - 1][: width - 1]}…"]


def measured(words: str) -> float:
    """Return about how wide a text is, in narrow letters."""
    return sum(map(_width, words))


def _width(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return 2
    return 1.7 if letter in "WMmw@%…—" else 1.3 if letter.isupper() else 1
