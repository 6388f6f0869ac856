"""An export is made: what it needs is read in pieces, and written into a folder, file by file.

It may take a minute, so it runs in a process of its own, which comes after everything else on the machine and writes
nothing but its files: ``python -m poll_server.documents.making``. `documents.apart` starts it and listens to it.
"""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from poll_server.documents import chart_pictures, charts, csv_files, floor_export, ods, report, series, xlsx
from poll_server.documents.apart import Tell
from poll_server.documents.ballots import read_ballots
from poll_server.documents.cells import PLAIN
from poll_server.documents.export import Export, read_export, to_json
from poll_server.documents.floor_export import FloorExport
from poll_server.documents.report.html_file import to_html
from poll_server.documents.report.model import Report
from poll_server.documents.report.typesetting import to_pdf
from poll_server.documents.sheets import workbook
from poll_server.documents.workbook import Workbook
from poll_server.domain.errors import PollError
from poll_server.questions.contract import Answer
from poll_server.storage import report_choices
from poll_server.storage.database import Database

NICE = 10
"""How nice the process is: whatever else runs comes first."""
PATIENCE = 30
"""So many times longer than with others PostgreSQL waits for it."""
STEP = 1_000
"""So many rows are told at once."""


class Form(NamedTuple):
    """A spreadsheet: the end of the file's name, its media type, what writes it, and what of the floor lies beside."""

    suffix: str
    media_type: str
    write: Callable[[Workbook, Path, Callable[[int], None]], None]
    beside: str = ""


FORMS: dict[str, Form] = {
    "xlsx": Form(".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.write),
    "ods": Form(".ods", ods.MEDIA_TYPE, ods.write),
    "csv": Form("-csv.zip", "application/zip", csv_files.write, "log.csv"),
    "csv-plain": Form("-csv-plain.zip", "application/zip", partial(csv_files.write, dialect=PLAIN), "log.csv"),
}
DOCUMENTS: dict[str, Callable[[Report], bytes]] = {"pdf": to_pdf, "html": to_html}
"""The documentation to read: the end of the file's name, and what makes it."""
JSON, SVG, PNG = "json", "svg", "png"


@dataclass(frozen=True, slots=True)
class Taken:
    """What of an event goes into its files: results and questions from the floor of one moment, and ballots."""

    results: Export
    floor: FloorExport | None
    ballots: Mapping[int, Mapping[Answer, int]]


async def take(database: Database, event_id: int, form: str, tell: Tell = lambda done, total: None) -> Taken:
    """Read what a format needs, ballots in short transactions.

    Raises Forbidden while a rehearsal runs, Conflict when ballots have changed meanwhile, Unavailable.
    """
    async with database.read() as connection:
        results, floor = await read_export(connection, event_id), await floor_export.read(connection, event_id)
    expected = sum(one.base + one.abstained for one in results.results.values())
    step = _Steps(tell, 0, 2 * expected)
    return Taken(results, floor, await read_ballots(database, results, step) if form in FORMS else {})


def write(taken: Taken, form: str, folder: Path, tell: Tell = lambda done, total: None) -> list[Path]:
    """Write the files of an event into a folder, and return them; raises OSError."""
    code, beside = taken.results.event.code, ""
    if form == JSON:
        made, beside = [folder / f"{code}.json"], "questions.json"
        made[0].write_bytes(to_json(taken.results))
    elif form == SVG:
        made = [folder / f"{code}-svg.zip"]
        charts.write(taken.results, made[0], tell)
    elif form == PNG:
        made = [folder / f"{code}-png.zip"]
        chart_pictures.write(taken.results, made[0], tell)
    else:
        suffix, _, written, beside = FORMS[form]
        book = workbook(taken.results, taken.floor, taken.ballots)
        made = [folder / f"{code}{suffix}"]
        written(book, made[0], _Steps(tell, book.size, 2 * book.size))
    if taken.floor and beside:
        one = floor_export.FORMS[beside]
        made.append(folder / f"{code}{one.suffix}")
        made[1].write_bytes(one.write(taken.floor))
    return made


def write_series(found: series.Comparison, form: str, folder: Path, tell: Tell = lambda done, total: None) -> Path:
    """Write the comparison of a series into a folder, and return the file; raises OSError."""
    code = f"series-{found.series.code}"
    if form == JSON or form in DOCUMENTS:
        path = folder / f"{code}.{form}"
        path.write_bytes(series.to_json(found) if form == JSON else DOCUMENTS[form](series.make(found)))
        return path
    suffix, _, written, _ = FORMS[form]
    book = series.workbook(found)
    written(book, folder / f"{code}{suffix}", _Steps(tell, 0, book.size))
    return folder / f"{code}{suffix}"


class _Steps:
    """Counts rows and tells of every thousandth."""

    def __init__(self, tell: Tell, done: int, total: int) -> None:
        self._tell = tell
        self._done = done
        self._total = total

    def __call__(self, rows: int) -> None:
        before, self._done = self._done, self._done + rows
        if before // STEP != self._done // STEP:
            self._tell(min(self._done, self._total), self._total)


# The process: an order comes in as a line of JSON, and lines go out: how far it is, then its files or what is wrong.


def _say(**words: Any) -> None:
    print(json.dumps(words), flush=True)


def _end_with_parent() -> None:
    """End at once when whoever started this process is gone, or wants it to stop."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(1)


async def _take(url: str, event_id: int, form: str, tell: Tell) -> Taken:
    database = Database(url, PATIENCE)
    try:
        return await take(database, event_id, form, tell)
    finally:
        await database.close()


async def _documentation(url: str, event_id: int) -> tuple[str, Report]:
    """Return the code of an event and its documentation, with what its organisers have chosen."""
    database = Database(url, PATIENCE)
    try:
        async with database.read() as connection:
            material, kept = await report.read(connection, event_id), await report_choices.find(connection, event_id)
    finally:
        await database.close()
    return material.export.event.code, report.make(material, report.chosen(kept.choice))


async def _compare(url: str, code: str, event_ids: Sequence[int]) -> series.Comparison:
    database = Database(url, PATIENCE)
    try:
        async with database.read() as connection:
            return await series.read(connection, code, event_ids)
    finally:
        await database.close()


def main() -> None:
    """Make the files that the order asks for."""
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    form, folder = order["form"], Path(order["folder"])

    def tell(done: int, total: int) -> None:
        _say(done=done, total=total)

    try:
        if "series" in order:
            found = asyncio.run(_compare(order["url"], order["series"], order["events"]))
            made = [write_series(found, form, folder, tell)]
        elif form in DOCUMENTS:
            code, documentation = asyncio.run(_documentation(order["url"], order["event"]))
            made = [folder / f"{code}.{form}"]
            made[0].write_bytes(DOCUMENTS[form](documentation))
        else:
            made = write(asyncio.run(_take(order["url"], order["event"], form, tell)), form, folder, tell)
    except PollError as error:
        _say(refused=error.code, kind=type(error).__name__)
    except OSError as error:
        _say(failed=error.strerror or str(error), number=error.errno)
    else:
        _say(files=[path.name for path in made])


if __name__ == "__main__":
    main()
