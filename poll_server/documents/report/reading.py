"""Everything that a documentation is made of, read from one moment of the database."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from poll_server import questions
from poll_server.documents import floor_export
from poll_server.documents.export import Export, read_export
from poll_server.documents.floor_export import FloorExport
from poll_server.domain.decisions import UNDECIDED, Decisions
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import Question
from poll_server.questions import kind_of
from poll_server.questions.contract import ABSTENTION, Results
from poll_server.storage import ballots, decisions, slips

Wave = tuple[int, int]
"""A question and the number of an asking."""


@dataclass(frozen=True, slots=True)
class Material:
    """What came of an event: the export and the questions from the floor, None without any.

    ``tallies`` and ``decided`` are of every asking of every question, so that results can be had in another language.
    """

    export: Export
    floor: FloorExport | None
    tallies: Mapping[Wave, Mapping[str, int]]
    decided: Mapping[Wave, Decisions]

    def results(self, question: Question, definition: Definition, wave: int) -> Results:
        """Return the result of one asking in the words of a definition."""
        asking = (question.id, wave)
        return questions.results(definition, self.tallies.get(asking, {}), self.decided.get(asking, UNDECIDED))


def documented(question: Question) -> bool:
    """Tell whether a documentation can have a question: once everybody has seen its result, and while it stands."""
    return question.answerable and question.state.shown


async def read(connection: AsyncConnection, event_id: int) -> Material:
    """Read what a documentation is made of; raises Forbidden while a rehearsal runs.

    Inside one ``Database.read`` all of it is of the same moment.
    """
    export = await read_export(connection, event_id)
    asked = [question for question in export.event.questions if documented(question)]
    ids = [question.id for question in asked]
    tallies: dict[Wave, Counter[str]] = dict(await ballots.tallies(connection, ids))
    for question in asked:
        if kind_of(question.definition).finishes:
            whole = tallies.get((question.id, question.wave), Counter())
            tallies[question.id, question.wave] = whole + await _final(connection, question)
    floor = await floor_export.read(connection, event_id)
    return Material(export, floor, tallies, await decisions.decisions(connection, ids))


async def _final(connection: AsyncConnection, question: Question) -> Counter[str]:
    """Return the sums that only all ballots together give."""
    stored = slips if question.definition.secret else ballots
    answers = await stored.answers(connection, question.id, question.wave)
    given = [answer for answer in answers if answer != ABSTENTION]
    return await asyncio.to_thread(kind_of(question.definition).final, question.definition, given)
