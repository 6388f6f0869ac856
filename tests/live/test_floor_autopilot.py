"""Questions from the floor that are moderated by themselves, as a demo does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest_asyncio

from poll_server.domain.contributions import Fate, SessionAction, SessionState
from poll_server.live.floor_autopilot import AT_ONCE, IN_WRITING, read_questions, take_question
from poll_server.simulate.questions import UNFIT
from tests.live.floor import Hall, server_on
from tests.storage.databases import migrated, stored
from tests.storage.sessions import with_session

REASONS = ("Werbung", "Privates")
BUS, BUS_AGAIN = (f"Wer bezahlt den Rufbus, wenn die Förderung {ends}?" for ends in ("ausläuft", "endet"))


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    """An event whose session is not open yet, with reasons to decline."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as database:
        event = await stored(database, replace(with_session(), decline_reasons=REASONS))
        async with server_on(database, event.code) as made:
            yield made


async def test_questions_are_read_as_a_moderator_would(hall: Hall) -> None:
    """The session is opened; what does not fit is declined for its reason, the same is joined, the rest accepted."""
    await read_questions(hall.floor)
    assert hall.floor.memory.session(hall.session).state is SessionState.OPEN
    texts = (BUS, UNFIT[0].text, BUS_AGAIN, UNFIT[1].text, "Wie viele Schulen bleiben?", "Wo spielen Kinder?", "Und 7?")
    asked = [await hall.ask(f"p{number}", number, text) for number, text in enumerate(texts, 1)]
    assert len(asked) == AT_ONCE + 1
    await read_questions(hall.floor)
    read = [(one.fate, one.reason, one.joined) for one in map(hall.now, asked)]
    accepted, waiting, joined = (Fate.ACCEPTED, "", 0), (Fate.WAITING, "", 0), (Fate.WAITING, "", asked[0].id)
    declined = [(Fate.DECLINED, reason, 0) for reason in REASONS]
    assert read == [accepted, declined[0], joined, declined[1], accepted, accepted, waiting]
    await read_questions(hall.floor)
    assert [hall.now(one).fate for one in asked].count(Fate.WAITING) == 1


async def test_most_backed_question_is_taken(hall: Hall) -> None:
    """It is on for the time that is given and answered after it, every fifth in writing; then the next one's turn is.

    Without an accepted question, or in a session that is over, nothing is done.
    """
    await take_question(hall.floor, 60)
    await hall.step()
    asked = [await hall.accepted(f"p{number}", number) for number in range(1, IN_WRITING + 1)]
    for one in (asked[1], asked[-1], asked[-1]):
        await hall.back(f"fan{one.id}", one)
    await hall.back("bert", asked[-1])
    taking = asyncio.create_task(take_question(hall.floor, 60))
    async with asyncio.timeout(20):
        while hall.now(asked[-1]).fate is not Fate.CURRENT:  # noqa: ASYNC110 - told to nobody else
            await asyncio.sleep(0.01)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    await take_question(hall.floor, 0)
    assert [hall.now(one).fate for one in (asked[1], asked[-1])] == [Fate.ANSWERED, Fate.ACCEPTED]
    await take_question(hall.floor, 0)
    assert hall.now(asked[-1]).fate is Fate.IN_WRITING
    await hall.step(SessionAction.CLOSE)
    await take_question(hall.floor, 60)
    assert [hall.now(one).fate for one in asked].count(Fate.ACCEPTED) == 3
