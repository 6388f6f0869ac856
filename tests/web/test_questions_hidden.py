"""What is not for everybody is in no byte to audience, screen and podium, whatever becomes of a question."""

import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

from poll_server.domain.access import Role
from poll_server.domain.contributions import Contribution, Fate, Order
from poll_server.domain.programme import SessionDraft
from poll_server.live.floor import answer_key
from poll_server.web.routes import DOORS, EVENT
from tests.harness.server import Server
from tests.web.conftest import NewPerson
from tests.web.events import draft
from tests.web.floor import hall
from tests.web.people import Desk, Line, Person
from tests.web.test_moderation import Moderator

SECRET = re.compile(r"geheim-\w+", re.IGNORECASE)
GONE, BATH, BUS = "Was war einst öffentlich?", "Wer bezahlt das Bad?", "Wann fährt der Bus?"
EDITED = "Was kostet das Rathaus?"
PREPARED = replace(draft(), decline_reasons=("Geheim-grund",), blocked_words={"de": ("geheim-wort",)})
LINKS = {Role.AUDIENCE: "", Role.SCREEN: "screen", Role.PODIUM: "podium"}


class Seat:
    """Somebody who has asked nothing, or a screen or podium, with all its sockets."""

    def __init__(self, role: Role, person: Person) -> None:
        self.person = person
        doors = [door for door in DOORS if door.role is role and door.path.count("{") == 1]
        self._pages = [door.path.removeprefix(EVENT) for door in doors if door.method == "GET"]
        if role is Role.AUDIENCE:
            self._pages += [f"/questions{path}?order={order}" for path in ("", "/list", "/state") for order in Order]
            self._pages += [f"/results/{question.id}" for question in person.stored.event.questions]
        self._sockets = [door.path.removeprefix(EVENT) for door in doors if door.method == "WS"]
        self._lines: list[Line] = []
        self._etags: dict[str, str] = {}

    async def sit_down(self, page: str) -> None:
        """Open a secret link, if the seat needs one, and all sockets."""
        if page:
            await self.person.open(page)
        await self.person.get("/questions")
        self._lines = [await self.person.line(path) for path in self._sockets]

    async def bytes(self) -> str:
        """All that this seat gets by now: pages, heads of answers, answers to an ETag of before, frames."""
        got: list[str] = []
        for path in self._pages:
            etag = self._etags.get(path)
            for headers in ({}, {"if-none-match": etag} if etag else {}):
                answer = await self.person.get(path, **headers)
                assert answer.status_code < 500, path
                got += [path, str(answer.headers), answer.text]
                self._etags[path] = answer.headers.get("etag", "")
        for line in self._lines:
            await line.send("nonsense")  # whose answer comes after all that was sent until now
            await line.error()
            got += line.frames
        return "\n".join(got)


async def test_what_is_not_public_is_in_no_byte(shared_server: Server, new_person: NewPerson) -> None:
    """Waiting, declined, archived, taken back, joined, as sent before editing; reasons, notes, labels, drafts, answers.

    After each deed everything is looked at that can be asked for or is sent: pages, polling, answers by ETag, frames.
    """
    made = await hall(shared_server, SessionDraft(listed=True), prepared=PREPARED)
    secret = ("abgelehnt", "beigelegt", "archiviert", "wartend")
    texts = (*(f"Was ist Geheim-{name}?" for name in secret), "Was soll das, Geheim-original?", GONE, BATH, BUS)
    declined, joined, archived, _, edited, gone, bath, bus = await made.add(
        *(
            made.new(at, text, f"geheim-person{at}", fate=Fate.WAITING, name="" if at > 4 else f"Geheim-name{at}")
            for at, text in enumerate(texts, 1)
        )
    )
    moderator, author = Moderator(await new_person(made.stored), made), await new_person(made.stored)
    await Desk.of(moderator.person)

    async def seats() -> list[Seat]:
        found = [Seat(role, await new_person(made.stored)) for role in LINKS]
        for seat, page in zip(found, LINKS.values(), strict=True):
            await seat.sit_down(page)
        return found

    present = await seats()

    async def look(*public: str) -> None:
        """Nobody gets what is secret, and everybody gets what is public by now."""
        for seat in present:
            got = await seat.bytes()
            assert sorted(set(SECRET.findall(got))) == []
            assert [text for text in public if text not in got] == []

    async def do(action: str, *chosen: Contribution, **fields: Any) -> None:
        answer = await moderator.do(action, *chosen, **fields)
        assert (action, answer.status_code) == (action, 303)

    await author.get("/questions")
    for text in ("Was ist Geheim-zurückgezogen?", "Was soll das Geheim-Wort?"):
        form = {"do": "ask", "session": str(made.session), "submission": str(uuid4()), "text": text}
        assert (await author.post("/questions", form)).status_code == 303
    *_, first = re.findall(r'id="withdraw-(\d+)"', (await author.get("/questions")).text)
    await author.post("/questions/withdraw", {"do": "withdraw", "contribution": first})
    await do("decline", declined, reason="Geheim-grund")
    await do("archive", archived)
    await do("note", bus, text="Geheim-notiz")
    await do("label", bus, label="Geheim-marke")
    await look()
    await do("accept", edited, text=EDITED)
    await do("accept", gone, bath, bus)
    await do("join", joined, into=str(bath.id))
    await look(EDITED, GONE, BATH, BUS)
    await do("decline", gone, reason="Geheim-grund")
    await do("show", bus)
    await look(BUS)
    await do("promise", bus)
    await do("assign", bus, assignee="Geheim-amt")
    await do("draft", bus, text="Geheim-entwurf")
    await look(EDITED, BATH)
    await do("release", bus, text="Geheim-antwort")
    await do("show", bath)
    await look(BATH)
    await do("answer", bath)
    for action in ("session_close", "session_archive"):
        (seen,) = set(re.findall(r'name="seen" value="(\d+)"', await moderator.page()))
        assert (await moderator.post(action=action, seen=seen)).status_code == 303
        await look()
        present = await seats()
        await look()
        assert [GONE in await seat.bytes() for seat in present] == [False] * 3
    export = (await moderator.person.get("/desk/questions/export/questions.json")).text
    words = ("original", "Wort", "wort", "grund", "notiz", "marke", "amt", "entwurf", "antwort")
    kept = {one.partition("-")[2] for one in SECRET.findall(export)}
    assert kept == {*secret, *words, *(f"name{at}" for at in range(1, 5))}


async def test_answer_link_has_what_its_author_may_see(shared_server: Server, new_person: NewPerson) -> None:
    """Own words, fate and reason, and the answer once it is released, also in an archived session; nothing else."""
    made = await hall(shared_server, prepared=PREPARED)
    promised, declined, root, joined = await made.add(
        *(
            made.new(at, f"Was ist Geheim-frage{at}?", f"geheim-person{at}", fate=Fate.WAITING, name=f"Geheim-name{at}")
            for at in range(1, 5)
        )
    )
    moderator, reader = Moderator(await new_person(made.stored), made), await new_person(made.stored)
    await Desk.of(moderator.person)

    async def read(one: Contribution) -> set[str]:
        answer = await reader.get(f"/questions/answer/{answer_key(one, made.stored.pseudonym_key)}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        return {word.lower() for word in SECRET.findall(f"{answer.headers} {answer.text}")}

    async def do(action: str, *chosen: Contribution, **fields: Any) -> None:
        assert (await moderator.do(action, *chosen, **fields)).status_code == 303

    await do("decline", declined, reason="Geheim-grund")
    await do("join", joined, into=str(root.id))
    assert await read(joined) == {"geheim-frage4"}  # what it is joined with waits, too
    await do("accept", promised, root)
    await do("promise", promised, root)
    for one in (promised, root):
        await do("note", one, text="Geheim-notiz")
        await do("label", one, label="Geheim-marke")
        await do("assign", one, assignee="Geheim-amt")
        await do("draft", one, text="Geheim-entwurf")
    expected = {
        promised: {"geheim-frage1"},
        declined: {"geheim-frage2", "geheim-grund"},
        root: {"geheim-frage3"},
        joined: {"geheim-frage4", "geheim-frage3"},
    }
    assert {one: await read(one) for one in expected} == expected
    await do("release", promised, text="Geheim-antwort")
    await do("release", root, text="Geheim-antwort3")
    for action in ("session_close", "session_archive"):
        (seen,) = set(re.findall(r'name="seen" value="(\d+)"', await moderator.page()))
        assert (await moderator.post(action=action, seen=seen)).status_code == 303
    released = {promised: {"geheim-antwort"}, root: {"geheim-antwort3"}, joined: {"geheim-antwort3"}}
    assert {one: await read(one) for one in expected} == {
        one: expected[one] | released.get(one, set()) for one in expected
    }
