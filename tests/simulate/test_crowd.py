"""Fifty simulated participants at a real server; and servers that lie, which they notice."""

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from poll_server.documents.event_file import example_text, read_event
from poll_server.domain.programme import Reveal
from poll_server.questions import KINDS
from poll_server.simulate import NotThereError, Report, simulate
from poll_server.storage.tables import metadata
from tests.harness.server import Server
from tests.simulate.liar import Liar, Vote, hanging_up, honest, listening, surpassing, swallowing, swapping
from tests.simulate.watching import Watched, simulating
from tests.web.events import SEVERAL, SINGLE, Stored, database_of, draft, store
from tests.web.people import Desk, Person

PARTICIPANTS = 50


async def test_crowd_loses_and_doubles_nothing(server: Server) -> None:
    """Fifty people vote, change, lose their network and come back: the tally is what they were told, and recounted."""
    stored = await store(server, draft(SINGLE, SEVERAL))
    address = f"{server.url}/e/{stored.code}"
    async with Person(stored) as moderator, simulating(address, PARTICIPANTS, pace=10) as crowd:
        desk = await Desk.of(moderator)
        await crowd.until(lambda report: report.connected > PARTICIPANTS * 0.9)
        for question, votes in zip(stored.ids, (40, 80), strict=True):
            await _ask(desk, crowd, question, votes)
        report = await crowd.stop()
    assert (report.arrived, report.lost, report.doubled, report.pending, report.errors) == (PARTICIPANTS, 0, 0, 0, 0)
    assert (report.changes > 0, report.reconnects > 0) == (True, True)
    assert await _tally(stored) == {key: dict(counts) for key, counts in report.believed.items()}
    assert await _recount(stored) == 0


@pytest.mark.long
async def test_crowd_answers_every_kind_of_the_example(server: Server) -> None:
    """Whatever the demo asks, people find answers that count; as many as they were told, abstentions beside them.

    Where they may, some add statements of their own, which wait.
    """
    event = read_event(example_text(), date(2026, 11, 22))
    questions = [question for item in event.items for question in item.questions]
    asked = {question.kind: question for question in questions if KINDS[question.kind].answerable}
    stored = await store(server, draft(*(replace(one, reveal=Reveal.LIVE) for one in asked.values())))
    async with Person(stored) as moderator, simulating(f"{server.url}/e/{stored.code}", 20, pace=20) as crowd:
        desk = await Desk.of(moderator)
        await crowd.until(lambda report: report.connected >= 18)
        for question, definition in zip(stored.ids, asked.values(), strict=True):
            if desk.seen != "0":
                await desk.do("next", question - 1)
            before = (await crowd.until(lambda report: True)).acknowledged
            await desk.do("open", question)
            await _acknowledged(crowd, before + 15)
            if definition.rules.get("additions"):
                await crowd.until(lambda report: report.added > 0)
            await desk.do("close", question)
        report = await crowd.stop()
    assert (report.lost, report.doubled, report.pending, report.errors) == (0, 0, 0, 0)
    assert len(await _added(stored)) >= report.added > 0
    tally = await _tally(stored)
    assert len(tally) == len(asked)
    assert _people(tally) == _people(report.believed)


async def test_crowd_votes_in_secret(server: Server) -> None:
    """Nobody finds their answer told or their vote lost, though networks fail; the slips are what people believe."""
    stored = await store(server, draft(replace(SINGLE, rules={"secret": True, "abstention": True})))
    (question,) = stored.ids
    async with Person(stored) as moderator, simulating(f"{server.url}/e/{stored.code}", 40, pace=10) as crowd:
        desk = await Desk.of(moderator)
        await crowd.until(lambda report: report.connected >= 36)
        await desk.do("open", question)
        await crowd.until(lambda report: report.acknowledged >= 25 and report.reconnects > 0)
        await desk.do("close", question)
        report = await crowd.stop()
    assert (report.lost, report.doubled, report.pending, report.errors, report.changes) == (0, 0, 0, 0, 0)
    assert await _tally(stored) == {key: dict(counts) for key, counts in report.believed.items()}
    assert await _recount(stored) == 0


async def _acknowledged(crowd: Watched, votes: int) -> None:
    await crowd.until(lambda report: report.acknowledged >= votes)


def _people(tallies: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[int, int]]:
    """How many answered and how many abstained."""
    return {asking: (counts.get("people", 0), counts.get("-", 0)) for asking, counts in tallies.items()}


async def _ask(desk: Desk, crowd: Watched, question: int, votes: int) -> None:
    """Bring a question on the stage, and close it while some still change their answers or are away."""
    if desk.seen != "0":
        await desk.do("next", question - 1)
    before = await crowd.until(lambda report: True)
    await desk.do("open", question)
    await crowd.until(
        lambda report: (
            report.acknowledged >= votes and report.changes > before.changes and report.reconnects > before.reconnects
        )
    )
    await desk.do("close", question)
    await desk.do("show", question)
    await crowd.until(lambda report: report.state == "shown")


async def _added(stored: Stored) -> list[str]:
    """The statements that have been added."""
    table = metadata.tables["addition"]
    async with database_of(stored.server) as database, database.read() as connection:
        return list(await connection.scalars(select(table.c.text)))


async def _tally(stored: Stored) -> dict[str, dict[str, int]]:
    """The stored tally of each question and wave, named as a report names it."""
    table = metadata.tables["tally"]
    found: dict[str, dict[str, int]] = {}
    async with database_of(stored.server) as database, database.read() as connection:
        for row in await connection.execute(select(table).where(table.c.question_id.in_(stored.ids), table.c.n > 0)):
            found.setdefault(f"{row.question_id}-{row.wave}", {})["people" if row.key == "#" else row.key] = row.n
    return found


async def _recount(stored: Stored) -> int:
    command = (sys.executable, "-m", "poll_server", "recount", stored.code, "--data", str(stored.server.data))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL, env=stored.server.env)
    return await asyncio.wait_for(process.wait(), 20)


async def test_crowd_comes_back_to_a_server_that_was_killed(server: Server) -> None:
    """A server that is killed amid the votes is waited for, and nothing that it said is lost."""
    stored = await store(server, draft(SINGLE))
    async with Person(stored) as moderator, simulating(f"{server.url}/e/{stored.code}", 20, pace=10) as crowd:
        await (await Desk.of(moderator)).do("open", stored.ids[0])
        before = await crowd.until(lambda report: report.acknowledged >= 5)
        await server.kill()
        await crowd.until(lambda report: report.connected == 0)
        await server.start()
        await crowd.until(lambda report: report.reconnects >= before.reconnects + 10)
        report = await crowd.stop()
    assert (report.lost, report.doubled, report.pending) == (0, 0, 0)
    assert await _tally(stored) == {key: dict(counts) for key, counts in report.believed.items()}


async def _found(liar: Liar, seen: str) -> Report:
    """What three people find at this server, once ``seen`` is not zero."""
    async with listening(liar), simulating(liar.url, 3, pace=50, patience=1) as crowd:
        await crowd.until(lambda report: getattr(report, seen))
        return await crowd.stop()


async def test_honest_server_is_believed() -> None:
    """Where every vote is acknowledged as it was sent, nothing is lost or doubled."""
    report = await _found(Liar(honest), "acknowledged")
    assert (report.lost, report.doubled, report.failed) == (0, 0, False)


async def test_swallowed_acknowledgement_is_a_lost_vote() -> None:
    """A vote without a word is sent again, the very same, and is called lost when no word comes."""
    liar = Liar(swallowing)
    report = await _found(liar, "lost")
    sent = {vote["submission"]: vote for vote in liar.votes}
    assert (report.failed, report.lost <= report.pending == report.votes == len(sent)) == (True, True)
    assert [vote for vote in liar.votes if vote != sent[vote["submission"]]] == []
    assert len(liar.votes) > len(sent)


async def test_counted_vote_that_is_forgotten_is_lost() -> None:
    """A server that asks for the first vote again after it has counted it has lost it."""
    report = await _found(Liar(honest, hangs_up=True), "lost")
    assert (report.failed, report.doubled) == (True, 0)


async def test_answer_of_somebody_else_is_a_doubled_vote() -> None:
    """An acknowledgement with an answer that was not sent is noticed."""
    report = await _found(Liar(swapping), "doubled")
    assert (report.failed, report.lost) == (True, 0)


async def test_more_answers_than_voters_are_doubled_when_nobody_else_is_there() -> None:
    """A number of answers above that of the voters is noticed."""
    assert 997 <= (await _found(Liar(surpassing), "doubled")).doubled <= 999


async def test_more_answers_than_voters_are_somebody_elses_otherwise() -> None:
    """Where others take part, too, their answers are no doubled ones."""
    async with (
        listening(Liar(surpassing)) as liar,
        simulating(liar.url, 3, pace=50, patience=1, alone=False) as crowd,
    ):
        await crowd.until(lambda report: report.acknowledged)
        assert (await crowd.stop()).failed is False


async def test_cookie_of_the_page_is_sent_back_whatever_its_name() -> None:
    """Each person has one of their own, and shows it at each connection."""
    liar = Liar(honest, hangs_up=True)
    async with listening(liar), simulating(liar.url, 3, pace=50) as crowd:
        await crowd.until(lambda report: len({vote["cookie"] for vote in liar.votes}) == 3)
        await crowd.until(lambda report: report.reconnects >= 3)
        await crowd.stop()
    assert {vote["cookie"] for vote in liar.votes} == {f"__Host-participant=p{number}" for number in range(3)}


async def test_last_votes_are_waited_for() -> None:
    """A simulation that ends while votes have no word yet sends them again and waits for it."""
    heard: set[str] = set()

    def deaf(vote: Vote) -> list[str]:
        """Answer what was sent before."""
        frames = honest(vote) if vote["submission"] in heard else []
        heard.add(vote["submission"])
        return frames

    async with listening(Liar(deaf)) as liar, simulating(liar.url, 3, pace=50, patience=2) as crowd:
        await crowd.until(lambda report: report.pending)
        report = await crowd.stop()
    assert (report.pending, report.acknowledged, report.lost) == (0, report.votes, 0)


async def test_simulation_ends_with_one_more_try_to_come_back() -> None:
    """Whoever pauses after tries in vain when it ends comes back at once, and gets the word that is missing."""
    liar = Liar(swallowing, hangs_up=True)
    async with AsyncExitStack() as stack:
        async with listening(liar):
            crowd = await stack.enter_async_context(simulating(liar.url, 1, pace=50))
            await crowd.until(lambda report: report.pending)
        async with hanging_up(liar.port) as came:
            await crowd.until(lambda report: len(came) >= 4)
        async with listening(Liar(honest), liar.port):
            report = await crowd.stop()
    assert (report.pending, report.acknowledged) == (0, 1)


async def test_simulation_ends_after_its_time() -> None:
    """With a time limit it needs nobody to end it."""
    async with listening(Liar()) as liar:
        report = await asyncio.wait_for(simulate(liar.url, 1, seconds=0.1, pace=100, seed=1), 10)
    assert 0.1 <= report.seconds < 5


async def test_address_without_event_is_told(server: Server) -> None:
    """An address that leads to no event ends it with a sentence, before anybody sets out."""
    for path, status in {"/": 200, "/e/nothinghere": 404}.items():
        with pytest.raises(NotThereError) as told:
            await simulate(f"{server.url}{path}", 3, seconds=1, pace=10, seed=1)
        assert str(told.value) == f"{server.url}{path} is no page of an event (status {status})."


async def test_server_that_is_not_there_is_told() -> None:
    """An address where nobody listens ends it with a sentence, too."""
    with pytest.raises(NotThereError):
        await simulate("http://127.0.0.1:9/e/x", 3, seconds=1, pace=10, seed=1)
