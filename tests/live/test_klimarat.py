"""A real deliberation, replayed through the real way of a vote: some 300 statements with some 60,000 votes."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from poll_server.domain.ballots import Standing
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Action
from poll_server.live.cast import cast
from poll_server.live.rehearsal import Crowds
from poll_server.live.rooms import Rooms
from poll_server.messages import Command, parse_vote
from poll_server.messages.fields import fields_of
from poll_server.storage import ballots
from tests.live.klimarat import CHOICES, FOLDER, REASON, accepted, recount, rows
from tests.live.test_cast import SITE, told
from tests.storage.databases import draft, migrated, stored

pytestmark = [pytest.mark.skipif(not FOLDER.is_dir(), reason=REASON), pytest.mark.long]

TOGETHER = 2000


def answers(standing: Mapping[str, Standing]) -> dict[str, set[str]]:
    """The pieces of everybody's answer, whatever their order."""
    return {who: set(one.answer) for who, one in standing.items()}


async def test_real_votes_are_counted_statement_by_statement(tmp_path: Path) -> None:
    """Each message as a phone sends it, in the order of then, changes too: the tally is that of a count by other means.

    So is what a recount finds in the ballots, and nobody's answer is more or less than their latest votes.
    """
    statements = accepted()
    keys = {row["comment-id"]: f"o{number}" for number, row in enumerate(statements, 1)}
    options = tuple(Option(keys[row["comment-id"]], row["comment-body"]) for row in statements)
    votes = [row for row in rows("votes") if row["comment-id"] in keys]
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as database:
        event = await stored(database, draft([Definition("statements", "Produktion und Konsum", options)]))
        rooms = Rooms(database, lambda: datetime.now(UTC), SITE, Crowds("http://127.0.0.1:9"))
        rooms.start()
        try:
            room = await rooms.get(event.code)
            (question,) = room.event.questions
            await rooms.command(room, Command(Action.OPEN, question.id, room.event.revision))
            numbers: dict[str, int] = {}
            for start in range(0, len(votes), TOGETHER):
                waiting = []
                for at, row in enumerate(votes[start : start + TOGETHER], start):
                    person = row["voter-id"]
                    numbers[person] = numbers.get(person, 0) + 1
                    message = {
                        "question": str(question.id),
                        "wave": "1",
                        "number": str(numbers[person]),
                        "submission": str(UUID(int=at)),
                        f"answer.{keys[row['comment-id']]}": CHOICES[row["vote"]],
                    }
                    waiting.append(cast(room, rooms.box, person, parse_vote(fields_of(json.dumps(message)))))
                # Who votes again on the same statement in the same moment hears that only the newer one counts.
                assert {told(await receipt)[:2] for receipt in waiting} <= {("counted", ""), ("refused", "stale")}
            tally = {key: n for key, n in room.askings.present(question).tally.items() if n}
            async with database.read() as connection:
                assert await ballots.recount(connection, [question.id]) == []
                sums = await ballots.tallies(connection, [question.id])
                standing = await ballots.standing_ballots(connection, question.id, 1)
        finally:
            await rooms.stop()
    counted, people = recount()
    expected = {f"{keys[comment]}={CHOICES[vote]}": n for comment, of in counted.items() for vote, n in of.items()}
    assert tally == expected | {"#": people}
    assert {key: n for key, n in sums[question.id, 1].items() if n} == tally
    assert (len(numbers), len(standing)) == (people, people)
    assert sum(len(one.answer) for one in standing.values()) == sum(of.total() for of in counted.values())
    assert answers(room.standing) == answers(standing)
