"""A mistake of the server's own: told by a reference, logged without anything about a person."""

import re
import sqlite3
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

from tests.harness.server import Server
from tests.web.events import draft, store
from tests.web.people import Desk, Person


async def test_failure_is_a_page_with_a_reference_and_logs_nobody(tmp_path: Path) -> None:
    """A request that fails is 500 with a reference that the log has, which names no participant and no answer."""
    server = Server(tmp_path / "data")
    await server.start()
    try:
        stored = await store(server, draft())
        async with Person(stored) as person, Person(stored) as moderator:
            desk = await Desk.of(moderator)
            await person.get()
            await desk.do("open", stored.ids[0])
            form = {"question": str(stored.ids[0]), "wave": "1", "number": "1", "answer": "o3"}
            assert (await person.post("/vote", form)).status_code == 303
            for action in ("close", "show"):
                await desk.do(action, stored.ids[0])
            with closing(sqlite3.connect(server.data / "poll.sqlite3")) as database:
                database.execute("UPDATE ballot SET answer = answer || '['")
                database.commit()
            page = await person.get(f"/results/{stored.ids[0]}")
            participant, _, signature = person.http.cookies["participant"].partition(".")
    finally:
        await server.close()
    assert page.status_code == 500
    (reference,) = re.findall(r"Kennung: ([0-9A-F]{4})", page.text)
    assert f'"reference": "{reference}"' in server.logs()
    pseudonym = blake2b(participant.encode(), key=stored.pseudonym_key, digest_size=16).hexdigest()
    private = (participant, signature, pseudonym, "Wohnraum", "o3")
    assert [word for word in private if word in server.logs()] == []
