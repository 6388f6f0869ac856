"""Every figure in every format is that of a count by other means: of the rows of the database, with nothing of ours."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest
import pytest_asyncio

from poll_server.documents import report
from poll_server.documents.charts import ROWS
from poll_server.documents.making import FORMS, SVG, take, write
from poll_server.documents.report import Choice, Report
from poll_server.documents.report.html_file import to_html
from poll_server.documents.report.lettering import lettered
from poll_server.documents.report.typesetting import to_pdf
from poll_server.domain.ballots import PERSON_RANK, Ballot, Key, Rank
from poll_server.domain.programme import SMALL_BASE, Definition, Option
from poll_server.domain.rounds import Action
from poll_server.questions import KINDS
from poll_server.questions.contract import ANSWERED
from poll_server.storage import ballots
from poll_server.storage.database import Database
from tests.documents import read_back
from tests.documents.counting import DEFINITIONS, KEYS, OPTIONS, STEPS, asked, counted, given, people
from tests.documents.office import filled, office_sheets
from tests.documents.read_back import column, counts, drawn, of_html, of_pdf, sheets, turnout
from tests.documents.report.pages import squeezed
from tests.live.klimarat import CHOICES, FOLDER, REASON, accepted, recount, rows
from tests.storage.databases import draft, ids, migrated, stepped, stored

WITH_BALLOTS = 9
"""So many of the questions, the first ones, have a sheet of ballots: the others are secret or in people's own words."""
CHOICE_WORDS = ("Stimme zu", "Stimme nicht zu", "Überspringen")


class Counted(NamedTuple):
    """An event in a database, and what its rows give for each question: answers, counts, who answered and abstained."""

    database: Database
    event_id: int
    answers: list[list[list[str]]]
    counts: list[list[int]]
    people: list[tuple[int, int]]

    async def written(self, form: str, folder: Path) -> Path:
        """Its file in a format."""
        (path,) = write(await take(self.database, self.event_id, form), form, folder)
        return path

    async def documentation(self) -> Report:
        """Its documentation, with all that people wrote."""
        async with self.database.read() as connection:
            return report.make(await report.read(connection, self.event_id), Choice(every_text=True))


@pytest_asyncio.fixture(scope="module")
async def event(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Counted]:
    """An event with a question of every kind."""
    file = tmp_path_factory.mktemp("recounted") / "poll.sqlite3"
    async with migrated(f"sqlite+aiosqlite:///{file}") as database:
        made = await asked(database)
        answers = [given(file, question_id) for question_id in ids(made)]
        pairs = list(zip(DEFINITIONS, answers, strict=True))
        yield Counted(database, made.id, answers, [counted(*pair) for pair in pairs], [people(*pair) for pair in pairs])


def test_every_kind_is_recounted() -> None:
    """Each kind that people answer is among the questions."""
    assert {one.kind for one in DEFINITIONS} == {name for name, kind in KINDS.items() if kind.answerable}


@pytest.mark.parametrize("form", FORMS)
async def test_spreadsheets_have_the_counts_of_the_stored_ballots(form: str, event: Counted, tmp_path: Path) -> None:
    """The sheet of each question says what a count of the database's rows gives, and so does a count of its ballots."""
    found = sheets(await event.written(form, tmp_path))
    numbers = range(1, len(DEFINITIONS) + 1)
    assert [counts(found[f"1.{at}"]) for at in numbers] == event.counts
    assert [turnout(found[f"1.{at}"]) for at in numbers] == event.people
    told = [f"1.{at}" for at in numbers if f"1.{at}-ballots" in found]
    assert told == [f"1.{at}" for at in range(1, WITH_BALLOTS + 1)]
    assert from_ballots([found[f"{name}-ballots"] for name in told]) == event.counts[:WITH_BALLOTS]


def from_ballots(found: Sequence[read_back.Sheet]) -> list[list[int]]:
    """Count the sheets of ballots, column by column, in the order of the results' rows."""
    columns = [[[row[at] for row in sheet[1:]] for at in range(1, len(sheet[0]))] for sheet in found]
    single, multiple, rated, points, ranked, stated, (_, decided), (day,), (times,) = columns
    return [
        [single[0].count(option.label) for option in OPTIONS],
        [one.count(1) for one in multiple],
        [one.count(int(step)) for one in rated for step in STEPS],
        [sum(int(str(amount).partition(".")[0]) for amount in one) for one in points],
        [sum((5 - place) * one.count(place) for place in range(1, 5)) for one in ranked],
        [one.count(word) for one in stated for word in CHOICE_WORDS],
        [decided.count("Ja"), decided.count("Nein")],
        [day.count(int(step)) for step in STEPS],
        [times.count(number) for number in range(4)],
    ]


async def test_json_has_the_counts_of_the_stored_ballots(event: Counted, tmp_path: Path) -> None:
    """Every count is there, with how many answered and abstained."""
    found = json.loads((await event.written("json", tmp_path)).read_bytes())["rounds"][0]["questions"]
    assert [[option["count"] for option in one["options"]] for one in found] == event.counts
    assert [(one["answered"], one["abstained"]) for one in found] == event.people


async def test_pictures_say_the_counts_of_the_stored_ballots(event: Counted, tmp_path: Path) -> None:
    """The text alternative of each chart has every count; those in PNG are the same words."""
    assert drawn(await event.written(SVG, tmp_path)) == event.counts


Reading = Callable[[Report], tuple[list[list[list[str]]], str]]
documented = pytest.mark.parametrize(
    "read", [lambda made: of_pdf(to_pdf(made)), lambda made: of_html(to_html(made))], ids=["pdf", "html"]
)


def percent(n: int, of: int) -> str:
    """A share in whole percent, halves rounded up."""
    return f"{(200 * n + of) // (2 * of)} %"


@documented
async def test_documentation_has_the_figures_of_the_stored_ballots(read: Reading, event: Counted) -> None:
    """Counts and shares in its tables, words and texts are those of a count of the database's rows."""
    tables, said = read(await event.documentation())
    single, multiple, rated, points, ranked, stated, decided, day, times, secret = tables
    alone = {0: single, 1: multiple, 3: points, 4: ranked, 6: decided, 7: day, 8: times, 9: secret}
    for at, table in alone.items():
        assert column(table, ("Punkte", "Personen")) == event.counts[at], DEFINITIONS[at]
        base = sum(event.counts[at]) if DEFINITIONS[at].kind == "points" else event.people[at][0]
        if DEFINITIONS[at].kind != "ranking":
            assert [row[table[0].index("Anteil")] for row in table[1:]] == [percent(n, base) for n in event.counts[at]]
    for at, table, size in ((2, rated, len(STEPS)), (5, stated, 3)):
        parts = [event.counts[at][start : start + size] for start in range(0, len(KEYS) * size, size)]
        assert [row[1 : size + 1] for row in table[1:]] == [[percent(n, sum(part)) for n in part] for part in parts]
        assert column(table, ("n",)) == [sum(part) for part in parts]
    words, texts = (Counter(one for answer in event.answers[at] for one in answer) for at in (10, 11))
    assert [word for word, n in words.items() if not re.search(rf"{word}{n}(?!\d)", said)] == []
    assert [text for text, n in texts.items() if f"{squeezed(text)}{n}Personen" not in said] == []


# Real data


here = pytest.mark.skipif(not FOLDER.is_dir(), reason=REASON)


@pytest_asyncio.fixture(scope="module")
async def deliberation(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Counted]:
    """The statements and votes of a real deliberation, and their count by means of their own."""
    keys = {row["comment-id"]: f"o{number}" for number, row in enumerate(accepted(), 1)}
    options = tuple(Option(keys[row["comment-id"]], row["comment-body"]) for row in accepted())
    latest = {
        (row["voter-id"], keys[row["comment-id"]]): CHOICES[row["vote"]]
        for row in rows("votes")
        if row["comment-id"] in keys
    }
    async with migrated(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('real') / 'poll.sqlite3'}") as database:
        made = await stored(database, draft([Definition("statements", "Produktion und Konsum", options)]))
        (question_id,) = ids(made)
        made = await stepped(database, made, Action.OPEN, question_id)
        batch = [
            Ballot(Key(question_id, 1, who), PERSON_RANK, (), Counter([ANSWERED])) for who in {who for who, _ in latest}
        ]
        batch += [
            Ballot(Key(question_id, 1, who, key), Rank(1, UUID(int=1)), (f"{key}={vote}",), Counter([f"{key}={vote}"]))
            for (who, key), vote in latest.items()
        ]
        for start in range(0, len(batch), 5000):
            await ballots.count(database, batch[start : start + 5000])
        for action in (Action.CLOSE, Action.SETTLE, Action.SHOW):
            made = await stepped(database, made, action, question_id)
        votes, voters = recount()
        of_keys = {keys[comment]: {CHOICES[vote]: n for vote, n in of.items()} for comment, of in votes.items()}
        expected = [of_keys[option.key].get(choice, 0) for option in options for choice in "ads"]
        yield Counted(database, made.id, [], [expected], [(voters, 0)])


def parts(deliberation: Counted) -> list[list[int]]:
    """How many agreed, disagreed and skipped, statement by statement."""
    (expected,) = deliberation.counts
    return [expected[start : start + 3] for start in range(0, len(expected), 3)]


@pytest.mark.long
@here
@pytest.mark.parametrize("form", ["xlsx", "ods", "csv"])
async def test_real_votes_come_home_in_spreadsheets(form: str, deliberation: Counted, tmp_path: Path) -> None:
    """Each count, and each count of the single ballots, is that of a count by other means."""
    found = sheets(await deliberation.written(form, tmp_path))
    assert ([counts(found["1.1"])], [turnout(found["1.1"])]) == (deliberation.counts, deliberation.people)
    table = found["1.1-ballots"][1:]
    expected = parts(deliberation)
    columns = [Counter(row[at] for row in table) for at in range(1, len(expected) + 1)]
    assert [[of[word] for word in CHOICE_WORDS] for of in columns] == expected
    assert len(table) == deliberation.people[0][0]


@pytest.mark.long
@here
@pytest.mark.parametrize("form", ["xlsx", "ods"])
async def test_real_votes_are_the_same_in_libreoffice(form: str, deliberation: Counted, tmp_path: Path) -> None:
    """The program of another house reads the same counts."""
    found = office_sheets(await deliberation.written(form, tmp_path))
    (sheet,) = (filled(rows) for name, rows in found.items() if name.startswith("1.1 Produktion"))
    assert ([counts(sheet)], [turnout(sheet)]) == (deliberation.counts, deliberation.people)


@pytest.mark.long
@here
async def test_real_votes_come_home_for_programs(deliberation: Counted, tmp_path: Path) -> None:
    """The JSON has each count, and the picture those that it draws."""
    (found,) = json.loads((await deliberation.written("json", tmp_path)).read_bytes())["rounds"][0]["questions"]
    assert [[option["count"] for option in found["options"]]] == deliberation.counts
    assert [(found["answered"], found["abstained"])] == deliberation.people
    assert drawn(await deliberation.written(SVG, tmp_path)) == [deliberation.counts[0][:ROWS]]


@pytest.mark.long
@here
@documented
async def test_real_votes_stand_in_the_documentation(read: Reading, deliberation: Counted) -> None:
    """Each statement stands in it in its words, with the shares of a count by other means and its base."""
    ((heads, *lines),), _ = read(await deliberation.documentation())
    expected = parts(deliberation)
    assert [squeezed(line[0]) for line in lines] == [squeezed(lettered(one["comment-body"])) for one in accepted()]
    assert [int(line[-1].replace(".", "")) for line in lines] == [sum(part) for part in expected]
    few = [sum(part) < SMALL_BASE for part in expected]
    assert [line[1:4] for line in lines] == [
        [str(n) if small else percent(n, sum(part)) for n in part] for part, small in zip(expected, few, strict=True)
    ]
    assert len(heads) == 5
