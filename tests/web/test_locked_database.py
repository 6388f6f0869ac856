"""While the database takes nothing: everybody is told so in bounded time, and nothing is lost or counted twice."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import groupby
from uuid import uuid4

from poll_server.domain.errors import Unavailable
from poll_server.live.ballot_box import ATTEMPTS, PAUSE_SECONDS
from poll_server.storage.database import BUSY_MILLISECONDS
from tests.harness.server import Server
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import ballots_of
from tests.web.floor import hall
from tests.web.people import ballot_form, german, receipts

ATTEMPT_SECONDS = ATTEMPTS * BUSY_MILLISECONDS / 1000 + sum(PAUSE_SECONDS * 2**attempt for attempt in range(ATTEMPTS))
ANSWERED_SECONDS = 2 * ATTEMPT_SECONDS + 3
"""A vote may come just after a batch has begun its attempts; then it waits for those and its own."""
SLOW, FAILING, STORED = "Speichern dauert länger als sonst", "Uhr wird nicht gespeichert.", "Alles gespeichert"


@contextmanager
def locked(server: Server) -> Iterator[None]:
    """Hold the write lock of a server's database from outside."""
    with closing(sqlite3.connect(server.data / "poll.sqlite3", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


def lights(frames: Sequence[str]) -> list[str]:
    """What the desk's light has said, each time it said something else."""
    said = [next(words for words in (SLOW, FAILING, STORED) if words in frame) for frame in frames if "light" in frame]
    return [words for words, _ in groupby(said)]


async def test_locked_database_keeps_voters_waiting(
    new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """Voters at all doors and the desk hear of it; pages go on; what is sent again afterwards counts once.

    The desk's light says that it is slow, then that nothing is stored, and by itself that all is well again.
    """
    stored = await new_event()
    question = stored.ids[0]
    desk = await new_desk(stored)
    anna, bert, clara, dora = [await new_person(stored) for _ in range(4)]
    line = await anna.take_part()
    await desk.do("open", question)
    form = ballot_form(await line.until(ballot_form))
    assert form is not None
    for person in (bert, clara):
        await person.get()
    first, second = str(uuid4()), str(uuid4())
    posted = form | {"answer": "o2", "submission": second}

    with locked(stored.server):
        begun = time.monotonic()
        over_socket, over_http, plain = await asyncio.gather(
            line.vote(form, "o1", submission=first),
            bert.post("/vote", posted, HX_Request="true"),
            clara.post("/vote", form | {"answer": "o3"}),
        )
        assert time.monotonic() - begun < ANSWERED_SECONDS
        waiting = receipts(over_http.text)[-1]
        assert (over_socket.state, over_socket.answer, over_socket.number) == ("waiting", "", "0")
        assert (over_http.status_code, waiting.submission, waiting.state) == (200, second, "waiting")
        assert (plain.status_code, [one.state for one in receipts(plain.text)]) == (503, ["waiting"])
        for text in (over_socket.text, waiting.text, plain.text):
            assert text.count(german(Unavailable("unavailable"))) == 1

        await desk.line.until(lambda frame: FAILING in frame)
        assert lights(desk.line.frames) == [STORED, SLOW, FAILING]
        assert lights([(await desk.person.get("/desk")).text]) == [FAILING]
        assert await desk.say("close", question) == "not_saved"
        assert (await dora.get()).status_code == 200
        assert (await dora.http.get("/healthz")).status_code == 200
        assert (await dora.http.get("/readyz")).status_code == 503
        assert await ballots_of(stored) == {}

    await desk.line.until(lambda frame: STORED in frame)
    assert lights(desk.line.frames) == [STORED, SLOW, FAILING, STORED]
    assert (await dora.http.get("/readyz")).status_code == 200

    for _ in range(2):
        again = await line.vote(form, "o1", submission=first)
        assert (again.state, again.answer, again.number) == ("counted", "o1", "1")
        response = await bert.post("/vote", posted, HX_Request="true")
        assert [one.state for one in receipts(response.text)][-1] == "counted"
    assert await ballots_of(stored) == {(question, 1): 2}
    assert lights([(await desk.person.get("/desk")).text]) == [STORED]
    await desk.do("close", question)


async def test_locked_database_passes_unnoticed(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """A lock that goes away in time, such as another process's own write, only makes the acknowledgement later."""
    stored = await new_event()
    desk, anna = await new_desk(stored), await new_person(stored)
    line = await anna.take_part()
    await desk.do("open", stored.ids[0])
    form = ballot_form(await line.until(ballot_form))
    assert form is not None
    submission = str(uuid4())
    with locked(stored.server):
        await line.send({**form, "answer": "o1", "submission": submission})
        # The answer to nonsense comes after the vote has been taken in.
        await line.send("nonsense")
        await line.error()
        assert await ballots_of(stored) == {}
    receipt = await line.receipt(submission)
    assert (receipt.state, receipt.answer, receipt.number) == ("counted", "o1", "1")
    assert await ballots_of(stored) == {(stored.ids[0], 1): 1}


async def test_locked_database_keeps_questions_waiting(
    shared_server: Server, new_person: NewPerson, new_desk: NewDesk
) -> None:
    """The light says so as well where nobody votes: a question that is not stored is told of, the desk, its page of
    questions and whoever watches the server hear of it, and by itself that all is well again.
    """
    made = await hall(shared_server)
    desk, anna = await new_desk(made.stored), await new_person(made.stored)
    asked = {"do": "ask", "session": str(made.session), "submission": str(uuid4()), "text": "Wird das gespeichert?"}
    await anna.get("/questions")
    with locked(shared_server):
        refused = await anna.post("/questions", asked)
        assert (refused.status_code, german(Unavailable("not_saved")) in refused.text) == (503, True)
        await desk.line.until(lambda frame: FAILING in frame)
        assert lights([(await desk.person.get("/desk/questions")).text]) == [FAILING]
        assert (await anna.http.get("/readyz")).status_code == 503
    await desk.line.until(lambda frame: STORED in frame)
    assert lights(desk.line.frames) == [STORED, FAILING, STORED]
    assert (await anna.http.get("/readyz")).status_code == 200
    assert (await anna.post("/questions", asked)).status_code == 303
