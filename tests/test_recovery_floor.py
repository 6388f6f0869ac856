"""A server that is killed while people ask, back and moderate loses nothing acknowledged and stores nothing twice."""

import asyncio
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import select

from poll_server.domain.contributions import Fate
from poll_server.domain.programme import SessionDraft
from poll_server.storage.tables import metadata
from tests.harness.server import Server, StartServer
from tests.harness.visitor import visitor
from tests.storage.databases import BACKENDS
from tests.web.events import database_of
from tests.web.floor import Hall, hall
from tests.web.people import Person

pytestmark = pytest.mark.long

PEOPLE = 100
ACKNOWLEDGED_BEFORE_THE_KILL = 400
OWN_QUESTIONS = 2
PATIENCE_SECONDS = 60


@dataclass
class Guest:
    """Somebody who asks and backs as fast as acknowledgements come, and keeps what has none."""

    http: httpx2.AsyncClient
    cookie: str
    path: str
    rng: random.Random
    asked: dict[str, int] = field(default_factory=dict)
    """The number of each own question that was acknowledged, by its submission."""
    backed: dict[int, bool] = field(default_factory=dict)
    """What was last acknowledged about each question."""
    pending: dict[str, str] | None = None
    refused: list[str] = field(default_factory=list)

    def question(self, session: int) -> dict[str, str]:
        """Another question of one's own."""
        submission = str(UUID(int=self.rng.getrandbits(128), version=4))
        return {"do": "ask", "session": str(session), "submission": submission, "text": f"Was kostet {submission}?"}

    def backing(self, ids: list[int]) -> dict[str, str]:
        """Back something, or take a backing back."""
        id_ = self.rng.choice(ids)
        return {"do": "unback" if self.backed.get(id_) else "back", "contribution": str(id_)}

    async def send(self, fields: dict[str, str]) -> None:
        """Send a form; raises TransportError when the server is gone."""
        self.pending = fields
        address = self.path.replace("/questions", "/questions/back" if fields["do"] != "ask" else "/questions")
        answer = await self.http.post(address, data=fields, headers={"cookie": self.cookie, "HX-Request": "true"})
        told: Mapping[str, Any] = answer.json()["told"]
        if told["state"] == "refused":
            self.refused.append(told["message"])
        elif told["state"] == "waiting":
            return
        elif fields["do"] == "ask":
            self.asked[fields["submission"]] = told["id"]
        else:
            self.backed[int(fields["contribution"])] = told["backed"]
        self.pending = None

    async def take_part(self, session: int, ids: list[int], told: Callable[[], None]) -> None:
        """Ask, then back what others have asked, until the server is gone."""
        try:
            for number in range(10_000):
                await self.send(
                    self.question(session) if number % 4 == 0 and number < 4 * OWN_QUESTIONS else self.backing(ids)
                )
                told()
        except httpx2.TransportError:
            return

    async def come_back(self) -> None:
        """Send again what has no acknowledgement, or now and then what has one."""
        again = self.pending
        if again is None and self.asked and self.rng.random() < 0.5:
            submission = self.rng.choice(list(self.asked))
            again = {"do": "ask", "session": "0", "submission": submission, "text": f"Was kostet {submission}?"}
            again["session"] = self.path.rpartition("=")[2]
        if again:
            await self.send(again)


@dataclass
class Moderator:
    """Somebody at the desk who labels questions and takes labels away, until the server is gone."""

    person: Person
    labelled: dict[int, bool] = field(default_factory=dict)
    """What was last acknowledged about each question."""
    deeds: int = 0
    pending: int = 0
    """The question of the deed without an acknowledgement."""

    async def moderate(self, session: int, ids: list[int]) -> None:
        """Do one deed after the other, each with the revision that the one before it made."""
        revisions = dict.fromkeys(ids, 0)
        try:
            while True:
                self.pending = id_ = ids[self.deeds % len(ids)]
                action = "unlabel" if self.labelled.get(id_) else "label"
                fields = {"action": action, "session": str(session), "contribution": f"{id_}.{revisions[id_]}"}
                answer = await self.person.post("/desk/questions", fields | {"label": "Verkehr"})
                assert answer.status_code == 303
                revisions[id_] += 1
                self.labelled[id_] = action == "label"
                self.deeds += 1
        except httpx2.TransportError:
            return


@pytest.mark.parametrize("backend", BACKENDS)
async def test_kill_while_people_ask_and_back(
    backend: str, request: pytest.FixtureRequest, start_server: StartServer
) -> None:
    """A hundred people ask and back, the server is killed and comes back: what was acknowledged stands, once."""
    env = {"POLL_DATABASE_URL": request.getfixturevalue("postgres_url")} if backend == "postgresql" else {}
    server = await start_server(env)
    there = await hall(server, SessionDraft(moderated=False))
    ids = [one.id for one in await there.add(*(there.new(number) for number in range(1, 21)))]
    async with (
        visitor(server.url, timeout=PATIENCE_SECONDS) as http,
        Person(there.stored) as person,
    ):
        await person.open("desk")
        moderator = Moderator(person)
        moderating = asyncio.create_task(moderator.moderate(there.session, ids))
        guests = [await _guest(http, there, number) for number in range(PEOPLE)]
        await _take_part_and_kill(server, guests, there.session, ids)
        await moderating
        assert any(guest.pending for guest in guests)

        await server.restart()
        await asyncio.gather(*(guest.come_back() for guest in guests))
        pages = [(await http.get(guest.path, headers={"cookie": guest.cookie})).text for guest in guests]
    assert [guest.refused for guest in guests if guest.refused or guest.pending] == []
    asked = {UUID(submission): id_ for guest in guests for submission, id_ in guest.asked.items()}
    stored = await _rows(there, "contribution")
    assert {row.submission: row.id for row in stored if row.id not in ids} == asked
    labelled = {row.id: bool(row.labels) for row in stored if row.id in ids}
    decided = {id_: stands for id_, stands in moderator.labelled.items() if id_ != moderator.pending}
    assert (moderator.deeds > 0, {id_: labelled[id_] for id_ in decided}) == (True, decided)
    assert len(await _rows(there, "deed")) - moderator.deeds in (0, 1)
    backed = sorted(id_ for guest in guests for id_, backed in guest.backed.items() if backed)
    assert sorted(row.contribution_id for row in await _rows(there, "backing")) == backed
    for guest, page in zip(guests, pages, strict=True):
        mine = " ".join(str(id_) for id_ in sorted(id_ for id_, stands in guest.backed.items() if stands))
        assert f'data-backed="{mine}"' in page


async def _guest(http: httpx2.AsyncClient, there: Hall, number: int) -> Guest:
    """Somebody with the cookie that the page gave them."""
    path = f"/e/{there.stored.code}/questions"
    http.cookies.clear()
    await http.get(path)
    cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    http.cookies.clear()
    return Guest(http, cookie, f"{path}?session={there.session}", random.Random(number))


async def _take_part_and_kill(server: Server, guests: list[Guest], session: int, ids: list[int]) -> None:
    """Let all take part, kill the server when enough was acknowledged, and wait until everybody has noticed."""
    acknowledged, enough = 0, asyncio.Event()

    def told() -> None:
        nonlocal acknowledged
        acknowledged += 1
        if acknowledged >= ACKNOWLEDGED_BEFORE_THE_KILL:
            enough.set()

    burst = [asyncio.create_task(guest.take_part(session, ids, told)) for guest in guests]
    async with asyncio.timeout(PATIENCE_SECONDS):
        await enough.wait()
    await server.kill()
    await asyncio.gather(*burst)


async def _rows(there: Hall, name: str) -> list[Any]:
    async with database_of(there.stored.server) as database, database.read() as connection:
        return list(await connection.execute(select(metadata.tables[name])))


STEPS_MAXIMUM = 20
KILLED = (sys.executable, "-m", "tests.harness.killed")


DEEDS: dict[str, tuple[Fate, dict[str, str]]] = {
    "accept": (Fate.WAITING, {"text": "Neu?"}),
    "join": (Fate.ACCEPTED, {}),
    "show": (Fate.ACCEPTED, {}),
    "release": (Fate.IN_WRITING, {"text": "Ja."}),
}


@pytest.mark.parametrize(("backend", "deed"), [("postgresql", "join"), *(("sqlite", deed) for deed in DEEDS)])
async def test_kill_between_two_steps_of_a_deed(
    backend: str, deed: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Killed before each step to the database in turn: the deed is done with its line in the log, or not at all."""
    armed = tmp_path / "armed"
    env = {"POLL_DATABASE_URL": request.getfixturevalue("postgres_url")} if backend == "postgresql" else {}
    server = Server(tmp_path / "data", env | {"KILLED_AT": str(armed)}, command=KILLED)
    await server.start()
    try:
        found = await _deeds_and_kills(await hall(server), armed, deed)
    finally:
        await server.close()
    assert (found[0], found[-1], found == sorted(found)) == (False, True, True)


def _arm(armed: Path, step: int) -> None:
    """Let the server end itself at this step from now on; 0 for none."""
    if step:
        armed.write_text(str(step))
    else:
        armed.unlink()


async def _deeds_and_kills(there: Hall, armed: Path, deed: str) -> list[bool]:
    """Do a deed with one question after the other, killed one step later each time until it is not killed any more.

    Returns whether it was done each time; it is always whole.
    """
    server, found, (fate, more) = there.stored.server, list[bool](), DEEDS[deed]
    root, *chosen = await there.add(*(there.new(at, fate=fate) for at in range(1, STEPS_MAXIMUM)))
    more = more | ({"into": str(root.id)} if deed == "join" else {})
    async with Person(there.stored) as person:
        await person.open("desk")
        for step, one in enumerate(chosen, 1):
            await person.get("/desk/questions")
            _arm(armed, step)
            fields = {"action": deed, "session": str(there.session), "contribution": f"{one.id}.0"}
            killed = False
            try:
                answer = await person.post("/desk/questions", fields | more)
            except httpx2.TransportError:
                killed = True
                await server.reap()
                await server.start()
            else:
                _arm(armed, 0)
                assert answer.status_code == 303
            rows = {row.id: row for row in await _rows(there, "contribution")}
            log = [(row.deed, row.after) for row in await _rows(there, "deed") if row.contribution_id == one.id]
            stands = {name: getattr(rows[one.id], name) for name in ("fate", "wording", "joined", "draft", "answer")}
            changed = {name: value for name, value in stands.items() if value != getattr(one, name)}
            assert (log, rows[one.id].revision) == (([(deed, changed)], 1) if changed else ([], 0))
            assert sum(row.fate == Fate.CURRENT for row in rows.values()) == (deed == "show" and any([*found, changed]))
            found.append(bool(changed))
            if not killed:
                return found
    raise AssertionError(f"{deed} has more than {STEPS_MAXIMUM} steps")
