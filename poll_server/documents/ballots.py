"""Single ballots of closed questions, as far as they may be told: read in pieces, and kept as a bag of answers.

A bag has no people in it: neither who gave an answer nor in which order. So whatever is written of it, in the order of
the answers themselves, is the same for the same answers, and ties nobody to anything.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from poll_server import questions
from poll_server.documents.cells import Cell
from poll_server.documents.export import Export
from poll_server.domain.errors import Conflict
from poll_server.domain.programme import Definition
from poll_server.domain.rounds import FINAL, Question
from poll_server.domain.suppression import LEAST
from poll_server.i18n import translations
from poll_server.questions.contract import ABSTENTION, Answer, Results
from poll_server.storage import ballots
from poll_server.storage.database import Database

AT_ONCE = 5_000
"""Rows in one read, each a transaction of its own: some 30 ms."""


def withheld(question: Question, results: Results, language: str) -> str:
    """Say why the single ballots of a question are not told; empty where they are.

    Not those of secret questions; not where people write, for what one person wrote together is more than moderators
    have seen, and what they hid shall stay hidden; not of fewer than LEAST people.
    """
    gettext = translations(language).gettext
    if question.definition.secret:
        return gettext("None: the question is secret.")
    if questions.kind_of(question.definition).written:
        return gettext("None: people answered in their own words.")
    if question.state not in FINAL:
        return gettext("None: the question is not closed.")
    if results.base + results.abstained < LEAST:
        return gettext("None: too few people answered.")
    return ""


async def read_ballots(
    database: Database, export: Export, tell: Callable[[int], None] = lambda rows: None, at_once: int = AT_ONCE
) -> dict[int, Counter[Answer]]:
    """Return the answers of each question whose ballots may be told, with how many people gave each of them.

    ``tell`` hears how many rows have been read after each piece. Raises Conflict when a question has been opened again,
    asked again or discarded since the export was read: what is told adds up to its tally.
    """
    found: dict[int, Counter[Answer]] = {}
    for question in export.event.questions:
        results = export.results[question.id]
        if question.answerable and not withheld(question, results, "en"):
            found[question.id] = await _bag(database, question, tell, at_once)
            _check(question, results, found[question.id])
    return found


async def _bag(database: Database, question: Question, tell: Callable[[int], None], at_once: int) -> Counter[Answer]:
    bag: Counter[Answer] = Counter()
    pieces: list[Answer] = []
    last, part = "", ""
    while True:
        async with database.read() as connection:
            rows = await ballots.rows_after(connection, question.id, question.wave, (last, part), at_once)
        for participant, part, answer in rows:  # noqa: B007 - the next piece begins behind the last one
            if participant != last and pieces:
                bag[_whole(pieces)] += 1
                pieces = []
            last = participant
            pieces.append(answer)
        tell(len(rows))
        if len(rows) < at_once:
            break
    if pieces:
        bag[_whole(pieces)] += 1
    return bag


def _whole(pieces: Sequence[Answer]) -> Answer:
    """Return the answer that somebody gave piece by piece; a ballot beside them only counts the person."""
    return pieces[0] if len(pieces) == 1 else tuple(piece for one in pieces for piece in one if "=" in piece)


def _check(question: Question, results: Results, bag: Mapping[Answer, int]) -> None:
    """Raise Conflict unless the ballots give the result that the export has."""
    tally: Counter[str] = Counter()
    for answer, n in bag.items():
        tally.update({key: n * each for key, each in questions.marks(question.definition, answer).items()})
    counted = questions.results(question.definition, tally)
    same = [(row.key, row.count) for row in counted.rows] == [(row.key, row.count) for row in results.rows]
    if (counted.base, counted.abstained, same) != (results.base, results.abstained, True):
        raise Conflict("exported")


def headings_of(definition: Definition, abstained: str) -> tuple[str, ...]:
    """Return the headings of a table of ballots, one for the question itself is empty; first whether they abstained."""
    kind = questions.kind_of(definition)
    return (*([abstained] if kind.abstains(definition) else []), *kind.columns(definition))


def cells_of(definition: Definition, answer: Answer) -> tuple[Cell, ...]:
    """Return an answer as a row of that table."""
    kind = questions.kind_of(definition)
    abstained = answer == ABSTENTION
    said = (None,) * len(kind.columns(definition)) if abstained else kind.cells(definition, answer)
    return (*([int(abstained)] if kind.abstains(definition) else []), *said)
