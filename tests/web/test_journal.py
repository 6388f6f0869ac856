"""The journal: who of the team did what, by which link, stored with the step itself."""

from typing import Any
from zoneinfo import ZoneInfo

from poll_server.storage import journal
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import SINGLE, Stored, database_of


async def lines(stored: Stored) -> list[tuple[str, str, str, int | None, str]]:
    """The journal without times."""
    async with database_of(stored.server) as database, database.read() as connection:
        found = await journal.lines(connection, stored.event.id, ZoneInfo("UTC"))
    return [(line.hand.role, line.hand.link, line.act, line.about, line.words) for _, line in found]


async def test_steps_are_noted_with_their_link(new_event: NewEvent, new_person: NewPerson, new_desk: NewDesk) -> None:
    """What is done over sockets and by forms stands in the journal once, with role, link and the question's words."""
    stored = await new_event(SINGLE)
    (question,) = stored.ids
    desk = await new_desk(stored)
    await desk.do("open", question)
    anna = await new_person(stored)
    await anna.open("desk", "Anna")
    shown = await anna.post("/desk", {"action": "join_show", "seen": desk.seen})
    assert shown.status_code == 303
    asked = {"action": "ask", "kind": "yes_no", "text": "Machen wir weiter?", "options": "", "seen": "2"}
    assert (await anna.post("/desk", asked)).status_code == 303
    fresh: dict[str, Any] = {"do": "save", "kind": SINGLE.kind, "result": "shown", "text": "Was noch?", "hint": ""}
    fresh |= {"option": ["Eins", "Zwei"]}
    saved = await anna.post("/desk/question/new", fresh)
    added = int(saved.headers["location"].rpartition("=")[2])
    assert (await anna.post(f"/desk/question/{added}", fresh | {"do": "delete"})).status_code == 303
    await desk.at(int(desk.seen) + 4)
    await desk.do("close", question)
    assert await lines(stored) == [
        ("moderator", "Regie", "open", question, SINGLE.text),
        ("moderator", "Anna", "join_show", None, ""),
        ("moderator", "Anna", "ask", None, "Machen wir weiter?"),
        ("moderator", "Anna", "add", None, "Was noch?"),
        ("moderator", "Anna", "remove", added, "Was noch?"),
        ("moderator", "Regie", "close", question, SINGLE.text),
    ]


async def test_what_was_refused_is_not_noted(new_event: NewEvent, new_desk: NewDesk) -> None:
    """A step that somebody else was faster with, and one that cannot be leave no line."""
    stored = await new_event(SINGLE)
    (question,) = stored.ids
    desk, other = await new_desk(stored), await new_desk(stored)
    await desk.do("open", question)
    assert await other.say("open", question) == "conflict"
    assert await desk.say("show", question) == "step"
    assert [line[2] for line in await lines(stored)] == ["open"]
