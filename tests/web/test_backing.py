"""Taking a backing back at the audience's doors, whatever has become of it; what authors of joined ones read."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from poll_server.domain.access import Role
from poll_server.domain.contributions import Contribution, Fate
from poll_server.domain.errors import Forbidden
from poll_server.domain.programme import SessionDraft
from tests.harness.server import Server
from tests.web.conftest import NewPerson
from tests.web.floor import Hall, hall
from tests.web.people import PATIENCE_SECONDS, Tags, german
from tests.web.test_contributions import here, line, question, told
from tests.web.test_moderation import EVENT, REASON, Moderator
from tests.web.test_questions_hidden import LINKS, Seat


@pytest.fixture
def new_hall(shared_server: Server) -> Any:
    """Await it for an event with a session."""

    async def make(*sessions: SessionDraft, **values: Any) -> Hall:
        return await hall(shared_server, *sessions, **values)

    return make


async def moderating(new_person: NewPerson, hall: Hall) -> Moderator:
    """A moderator at the page of the questions."""
    moderator = Moderator(await new_person(hall.stored), hall)
    await moderator.person.open("desk")
    return moderator


async def step(moderator: Moderator, action: str) -> None:
    """Close or archive the session."""
    seen = next(tag["value"] for tag in Tags(await moderator.page()).having("value") if tag.get("name") == "seen")
    assert (await moderator.post(action=f"session_{action}", seen=seen)).status_code == 303


def offered(html: str, one: Contribution) -> list[str]:
    """The buttons of the list about a question, by what they do."""
    found = Tags(html).having("form")
    return [tag["name"] for tag in found if (tag["form"], tag["value"]) == ("backing", str(one.id))]


@pytest.mark.parametrize("deed", ["answer", "promise", "show"])
async def test_backing_is_taken_back_by_form_when_nothing_can_be_backed(
    new_hall: Any, new_person: NewPerson, deed: str
) -> None:
    """Who has backed it has a button for this, nobody else; numbers follow for audience, screen, podium and desk."""
    made = await new_hall()
    (one,) = await made.add(made.new(1), backers=7)
    person, other = await here(new_person, made), await here(new_person, made)
    await person.post("/questions/back", {"back": str(one.id)})
    moderator = await moderating(new_person, made)
    await moderator.do(deed, one)
    if deed == "show":
        await step(moderator, "close")
    pages = [(await reader.get("/questions?order=newest")).text for reader in (person, other)]
    assert [offered(page, one) for page in pages] == [["unback"], []]
    answer = await person.post("/questions/back?order=newest", {"unback": str(one.id)})
    assert (answer.status_code, answer.headers["location"][-len(f"#q{one.id}") :]) == (303, f"#q{one.id}")
    figure = f'data-figure="q{one.id}">7<'
    for reader in (person, other):
        page = (await reader.get("/questions")).text
        assert (offered(page, one), figure in page) == ([], True)
    if deed == "show":
        for role in (Role.SCREEN, Role.PODIUM):
            seat = Seat(role, await new_person(made.stored))
            await seat.sit_down(LINKS[role])
            assert figure in await seat.bytes()
    assert ">7<" in await moderator.page("?fate=" + {"answer": "answered", "promise": "in_writing"}.get(deed, ""))


async def test_backing_is_taken_back_after_the_end_by_socket_and_polling(new_hall: Any, new_person: NewPerson) -> None:
    """Its sender is told, the others hear of the number; frames that everybody gets have no button of one person's."""
    made = await new_hall()
    (one,) = await made.add(made.new(1))
    person, other = await here(new_person, made), await here(new_person, made)
    for reader in (person, other):
        answer = await reader.post("/questions/back", {"back": str(one.id)}, hx_request="true")
        assert answer.json()["told"]["state"] == "stored"
    moderator = await moderating(new_person, made)
    await step(moderator, "close")
    mine, theirs = await line(person), await line(await here(new_person, made))
    state = await other.get("/questions/state")
    assert (offered(state.text, one), f'data-backed="{one.id}"' in state.text) == ([], True)
    await mine.send({"do": "unback", "contribution": str(one.id)})
    await told(mine, state="stored", contribution=one.id, root=one.id, backed=False, backers="1")
    # Closing goes out whole, maybe only now; a number alone comes in a tick.
    await theirs.until(lambda frame: f'"q{one.id}":"1"' in frame or f'data-figure="q{one.id}">1<' in frame)
    answer = await other.post("/questions/back", {"do": "unback", "contribution": str(one.id)}, hx_request="true")
    assert (answer.json()["told"]["backers"], 'data-backed=""' in answer.json()["html"]) == ("0", True)
    seen, etag = "", state.headers["etag"]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while f'data-figure="q{one.id}">0<' not in seen:  # asking as a page does: with the tag of what it has
            again = await other.get("/questions/state", **{"if-none-match": etag})
            seen, etag = again.text or seen, again.headers["etag"]
    assert (offered(seen, one), 'data-backed=""' in seen) == ([], True)
    assert [frame for frame in (*mine.frames, *theirs.frames) if "unback" in frame] == []


async def test_number_of_all_questions_follows_within_a_tick(new_hall: Any, new_person: NewPerson) -> None:
    """Also where the one that is published stands beyond the thirty that frames carry, and nobody backs anything."""
    made = await new_hall(SessionDraft(moderated=False))
    await made.add(*(made.new(number) for number in range(1, 31)))
    person, other = await here(new_person, made), await here(new_person, made)
    theirs = await line(other)
    assert (await person.post("/questions", question(made))).status_code == 303
    tick = await theirs.until(lambda frame: frame.startswith('{"tick"'))
    assert '"total":"31"' in tick


async def test_archived_session_says_why_nothing_is_taken_back(new_hall: Any, new_person: NewPerson) -> None:
    """There is no button; what is sent all the same is refused with the reason, and counts on."""
    made = await new_hall()
    (one,) = await made.add(made.new(1))
    person = await here(new_person, made)
    await person.post("/questions/back", {"back": str(one.id)})
    moderator = await moderating(new_person, made)
    for action in ("close", "archive"):
        await step(moderator, action)
    page = (await person.get("/questions")).text
    assert (offered(page, one), f'data-backed="{one.id}"' in page, "data-changes" in page) == ([], True, False)
    refused = await person.post("/questions/back", {"unback": str(one.id)})
    assert (refused.status_code, german(Forbidden("archived")) in Tags(refused.text).text) == (403, True)
    assert f'data-figure="q{one.id}">1<' in (await person.get("/questions")).text


async def test_author_of_a_joined_one_reads_why_both_are_not_accepted(new_hall: Any, new_person: NewPerson) -> None:
    """As the other author does, live and by link, and nobody else; parted it waits again, without that reason."""
    made = await new_hall(prepared=EVENT)
    (root,) = await made.add(made.new(1, fate=Fate.WAITING))
    person, stranger = await here(new_person, made), await here(new_person, made)
    form = {"do": "ask", "session": str(made.session), "submission": str(uuid4()), "text": "Wie teuer ist Haus 1?"}
    asked = await person.post("/questions", form, hx_request="true")
    own = made.new(2)
    own = Contribution(**{name: getattr(own, name) for name in own.__slots__} | {"id": asked.json()["told"]["id"]})
    live, frames = await line(person), await line(stranger)
    moderator = await moderating(new_person, made)
    await moderator.do("join", own, into=str(root.id))
    await moderator.do("decline", root, reason=REASON)
    said = f"Nicht angenommen: {REASON}"
    await live.until(lambda frame: said in frame)
    for path in ("/questions", "/questions/state"):
        assert said in (await person.get(path)).text
        assert REASON not in (await stranger.get(path)).text
    await moderator.do("part", own)
    waits = await live.until(lambda frame: 'data-fate="waiting"' in frame)
    page = (await person.get("/questions")).text
    assert (REASON in waits, REASON in page, 'data-fate="waiting"' in page) == (False, False, True)
    assert [frame for frame in frames.frames if REASON in frame] == []
