"""People at a server behind a network that loses and delays packets; run by `test_bad_network.py` in a namespace.

The one argument is a folder for the server's data. What is printed is one line of JSON.
"""

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from uuid import uuid4

from httpx2 import TransportError
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.harness.lossy import HERE, THERE
from tests.harness.server import Server
from tests.web.crowding import others_are_served
from tests.web.events import SINGLE, ballots_of, draft, store
from tests.web.people import Desk, Line, Person, ballot_form, receipts

PEOPLE = 12
LIMIT_SECONDS = 130.0
SILENCE_SECONDS = 15.0
"""After so long without a word people try again: the kernel waits ever longer where several packets are lost."""
ACKNOWLEDGED_SECONDS = 5.0
"""After so long without an acknowledgement a browser sends the same vote again."""
ANSWERS = ("o3", "o2")


async def vote(person: Person, line: Line, form: dict[str, str], answer: str, number: int) -> tuple[Line, int]:
    """Vote as a browser does, again until it is acknowledged, on a new connection if need be; tells how often."""
    message = {**form, "answer": answer, "number": str(number), "submission": str(uuid4())}
    tries = 0
    while True:
        tries += 1
        try:
            async with asyncio.timeout(ACKNOWLEDGED_SECONDS):
                await line.send(message)
                told = receipts(await line.until(lambda frame: message["submission"] in frame))[0]
        except ConnectionClosed:
            line = await enter(person)
        except TimeoutError:
            if tries % 3 == 0:
                line.connection.transport.abort()
                line = await enter(person)
        else:
            assert told.state == "counted", told
            return line, tries


async def enter(person: Person) -> Line:
    """A socket of the event."""
    headers = {"Origin": person.origin, "Cookie": person.cookies(f"{person.path}/socket")}
    url = person.stored.server.ws_url(f"{person.path}/socket")
    while True:
        with suppress(TimeoutError):
            return Line(
                await connect(
                    url, additional_headers=headers, proxy=None, open_timeout=SILENCE_SECONDS, ping_interval=None
                )
            )


async def take_part(person: Person) -> int:
    """Open the page and the socket, vote and change the vote; tells how often it had to be sent."""
    person.http.timeout = SILENCE_SECONDS
    while not person.http.cookies:
        with suppress(TransportError):
            assert (await person.get()).status_code == 200
    line, form = await enter(person), None
    while form is None:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                form = ballot_form(await line.until(ballot_form))
        except TimeoutError:
            line.connection.transport.abort()
            line = await enter(person)
    tries = 0
    for number, answer in enumerate(ANSWERS, 1):
        line, tried = await vote(person, line, form, answer, number)
        tries += tried
    line.connection.transport.abort()
    return tries


async def main(data: Path) -> dict[str, object]:
    """Let everybody take part, somebody with a good network beside them; what became of it."""
    server = Server(data, host=HERE)
    server.env["POLL_PUBLIC_URL"] = f"http://{THERE}:{server.port}"
    await server.start()
    try:
        stored = await store(server, draft(SINGLE))
        async with AsyncExitStack() as stack:
            desk = await Desk.of(await stack.enter_async_context(Person(stored)))
            beside = await (await stack.enter_async_context(Person(stored))).take_part()
            await desk.do("open", stored.ids[0])
            form = ballot_form(await beside.until(ballot_form)) or {}
            server.host, server.url = THERE, f"http://{THERE}:{server.port}"
            people = [await stack.enter_async_context(Person(stored)) for _ in range(PEOPLE)]
            begun = time.monotonic()
            working = asyncio.wait_for(asyncio.gather(*map(take_part, people)), LIMIT_SECONDS)
            tries = await others_are_served(beside, form, working)
            took = time.monotonic() - begun
            closed = await desk.do("close", stored.ids[0])
        found = await ballots_of(stored)
        return {"tries": sum(tries), "seconds": took, "ballots": sum(found.values()), "closed": bool(closed)}
    finally:
        await server.close()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(Path(sys.argv[1])))))
