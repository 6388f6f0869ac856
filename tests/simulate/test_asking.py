"""Simulated people at the page of questions from the floor."""

from typing import Any

from sqlalchemy import func, select

from poll_server.domain.programme import SessionDraft
from poll_server.simulate.asking import Pool, QuestionsPage
from poll_server.simulate.questions import QUESTIONS, UNFIT
from poll_server.storage.tables import metadata
from tests.harness.server import Server
from tests.simulate.watching import simulating
from tests.web.events import database_of
from tests.web.floor import Hall, hall


async def test_crowd_asks_and_backs_and_loses_nothing(server: Server) -> None:
    """What people ask and back is stored as often as they were told, and all of it is there at the end."""
    there = await hall(server, SessionDraft(moderated=False))
    await there.add(*(there.new(number) for number in range(1, 11)))
    async with simulating(f"{server.url}/e/{there.stored.code}", 20, pace=20) as crowd:
        await crowd.until(lambda report: report.questions_stored >= 3 and report.backings >= 20)
        report = await crowd.stop()
    assert (report.lost, report.doubled, report.asked - report.questions_stored) == (0, 0, 0)
    assert await _count(there, "contribution") == 10 + report.questions_stored
    assert await _count(there, "backing") == report.backings


async def test_crowd_notices_a_question_that_is_gone(server: Server) -> None:
    """A server that does not know any more what it acknowledged has lost it, on whichever page it stands meanwhile."""
    there = await hall(server, SessionDraft(moderated=False))
    await there.add(*(there.new(number) for number in range(1, 11)))
    async with simulating(f"{server.url}/e/{there.stored.code}", 20, pace=20) as crowd:
        await crowd.until(lambda report: report.backings >= 20)
        await server.kill()
        async with database_of(server) as database, database.write() as connection:
            await connection.execute(metadata.tables["backing"].delete())
        await there.add(*(there.new(number) for number in range(11, 41)), backers=1)  # the first page has only these
        await server.restart()
        report = await crowd.stop()
    assert report.lost > 0


def test_page_tells_what_can_be_done_on_it() -> None:
    """The form that asks with whom one can ask, what can be backed, and what is one's own."""
    page = QuestionsPage(
        '<form data-ask action="/a"><input type="hidden" name="session" value="3"><select>'
        '<option value="">Alle</option>'
        '<option>Alex</option></select></form><form id="backing" action="/b"></form>'
        '<li data-item="5"><button name="back" value="5"></button></li>'
        '<li data-item="6"><button name="unback"></button></li>'
        '<a id="more" href="?page=2"></a><span data-backed="6" data-own="7 8"></span>'
    )
    assert (page.ask, page.back, page.addressees) == ({"action": "/a", "session": "3"}, "/b", ["Alle", "Alex"])
    assert (page.backable, page.listed, page.backed, page.own) == (["5"], {"5", "6"}, {"6"}, {"7", "8"})
    assert (page.more, QuestionsPage("").more) == ("?page=2", "")


def test_pool_has_every_question_once() -> None:
    """The crowd asks each question once, also the two that a moderator declines."""
    pool = Pool().questions
    assert sorted(pool) == sorted((*QUESTIONS, *UNFIT))


async def _count(there: Hall, name: str) -> Any:
    async with database_of(there.stored.server) as database, database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(metadata.tables[name]))
