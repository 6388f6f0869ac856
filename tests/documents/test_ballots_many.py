"""A hundred thousand ballots, a third of what a large event has: written in a third of its time, and little memory."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from poll_server.domain.ballots import Ballot, Key, Rank
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Action
from poll_server.questions import kind_of
from poll_server.storage import ballots
from tests.harness.server import PROJECT
from tests.storage.databases import draft, ids, migrated, stepped, stored

QUESTIONS, PEOPLE = 10, 10_000
SECONDS, MEBIBYTES = 20, 500
MAKING = """
import asyncio, pathlib, resource, sys
from poll_server.documents.apart import make_apart
url, event, folder = sys.argv[1:]
asyncio.run(make_apart(url, int(event), "xlsx", pathlib.Path(folder)))
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""
OPTIONS = tuple(Option(f"o{at}", f"Antwort {at}") for at in range(1, 7))
DEFINITIONS = (
    Definition("single_choice", "Womit?", OPTIONS),
    Definition("multiple_choice", "Was alles?", OPTIONS),
    Definition("rating", "Wie war es?", OPTIONS[:3]),
    Definition("points", "Wie viel wofür?", OPTIONS[:4]),
    Definition("numeric", "Wie viele?"),
)


def given(definition: Definition, person: int) -> tuple[str, ...]:
    """What somebody answers; all sorts of answers come."""
    at = person * 7919
    forms = {
        "single_choice": (f"o{at % 6 + 1}",),
        "multiple_choice": tuple(f"o{one}" for one in range(1, 7) if at >> one & 1) or ("o1",),
        "rating": tuple(f"o{one}={at // one % 5 + 1}" for one in range(1, 4)),
        "points": (f"o1={at % 50 + 1}", f"o3={99 - at % 50}"),
        "numeric": (str(at % 1000),),
    }
    return kind_of(definition).parse(definition, forms[definition.kind])


@pytest.mark.long
async def test_all_ballots_of_a_large_event_become_a_spreadsheet(tmp_path: Path) -> None:
    """10,000 people and 10 questions: all ballots as XLSX in 20 seconds of a core and 500 MiB, with equal numbers."""
    definitions = [DEFINITIONS[at % len(DEFINITIONS)] for at in range(QUESTIONS)]
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as database:
        event = await stored(database, draft(definitions))
        for question_id, definition in zip(ids(event), definitions, strict=True):
            kind = kind_of(definition)
            event = await stepped(database, event, Action.OPEN, question_id)
            answers = [given(definition, person) for person in range(PEOPLE)]
            batch = [
                Ballot(Key(question_id, 1, f"p{at}"), Rank(1, UUID(int=at + 1)), answer, kind.marks(definition, answer))
                for at, answer in enumerate(answers)
            ]
            await ballots.count(database, batch)
            for action in (Action.CLOSE, Action.SETTLE, Action.SHOW, Action.NEXT):
                event = await stepped(database, event, action, question_id)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", MAKING, database.url, str(event.id), str(tmp_path)), cwd=PROJECT, stdout=PIPE
        )
        said, _ = await process.communicate()
        took, memory = map(float, said.split())
    path = tmp_path / f"{event.code}.xlsx"
    sys.stderr.write(f"{took:.1f} s, {memory:.0f} MiB, {path.stat().st_size / 1e6:.1f} MB\n")
    book = CalamineWorkbook.from_path(str(path))
    first = book.get_sheet_by_name("1.1 Stimmen").to_python()[1:]
    chosen = Counter(row[1] for row in first)
    assert chosen == Counter(
        f"Antwort {answer[0][1:]}" for answer in (given(definitions[0], at) for at in range(PEOPLE))
    )
    assert [len(book.get_sheet_by_name(f"1.{at} Stimmen").to_python()) for at in range(1, QUESTIONS + 1)] == [
        PEOPLE + 1
    ] * QUESTIONS
    assert (took < SECONDS, memory < MEBIBYTES) == (True, True)
