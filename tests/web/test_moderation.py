"""Questions from the floor at the moderators' doors: deeds by form, search, the log, the export, refusals."""

import asyncio
import csv
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from io import StringIO
from typing import Any

import httpx2
import pytest
from itsdangerous import TimestampSigner

from poll_server.domain.contributions import Contribution, Fate, SessionState
from poll_server.domain.errors import Conflict, Forbidden, Refused
from poll_server.web.sessions import LINK_SECONDS
from tests.harness.server import Server
from tests.harness.visitor import visitor
from tests.web.conftest import NewPerson
from tests.web.events import draft
from tests.web.floor import Hall, hall
from tests.web.people import Desk, Line, Person, Tags, german

REASON = "Die Frage nennt eine Person."
EVENT = replace(draft(), decline_reasons=(REASON, "Das Thema ist ein anderes."))
HERE = "/desk/questions"
SIDE = ("now", "next", "waiting")


class Moderator:
    """A moderator on the page of the questions, without a script unless said otherwise."""

    def __init__(self, person: Person, hall: Hall) -> None:
        self.person = person
        self.hall = hall

    async def page(self, query: str = "") -> str:
        """The page as it stands."""
        answer = await self.person.get(f"{HERE}{query}")
        assert answer.status_code == 200
        return answer.text

    async def post(self, query: str = "", **fields: Any) -> httpx2.Response:
        """Send a form of the page."""
        return await self.person.post(f"{HERE}{query}", {"session": str(self.hall.session), **fields})

    async def do(self, action: str, *chosen: Contribution, seen: int | None = None, **fields: Any) -> httpx2.Response:
        """Do something with contributions as they stand on the page, or as they stood at a revision."""
        stands = await self.revisions()
        named = [f"{one.id}.{stands[one.id] if seen is None else seen}" for one in chosen]
        return await self.post(action=action, contribution=named, **fields)

    async def revisions(self) -> dict[int, int]:
        """The revision of each contribution, whatever its fate."""
        pages = [await self.page(f"?fate={fate}") for fate in ("", *Fate)]
        found = re.findall(r'name="contribution" value="(\d+)\.(\d+)"', "".join(pages))
        return {int(id_): int(revision) for id_, revision in found}

    async def texts(self, column: str, query: str = "") -> list[str]:
        """The texts of one list."""
        whole = (await self.page(query)).partition(f'id="{column}"')[2].partition("</section>")[0]
        return re.findall(r'<bdi id="t\d+">(.*?)</bdi>', whole)


NewModerator = Callable[..., Awaitable[Moderator]]


@pytest.fixture
def new_moderator(new_person: NewPerson) -> NewModerator:
    """Await it for a moderator, let in by the desk's link."""

    async def make(hall: Hall, link: str = "") -> Moderator:
        person = await new_person(hall.stored)
        await person.open("desk", link)
        return Moderator(person, hall)

    return make


def waiting(hall: Hall, number: int, text: str = "", **changed: Any) -> Contribution:
    """A contribution that waits."""
    return hall.new(number, text, fate=Fate.WAITING, **changed)


def said(answer: httpx2.Response) -> str:
    """What a page says about a form that was refused."""
    found = re.search(r'data-code="(\w+)"', answer.text)
    return found[1] if found else ""


def frame_of(answer: httpx2.Response) -> set[str]:
    """The places that a frame brings."""
    return set(re.findall(r'hx-target="#(\w+)"', answer.text))


async def test_each_deed_without_a_script(shared_server: Server, new_moderator: NewModerator) -> None:
    """Accepting, showing, answering, promising and declining move a question from list to list, one at a time shown."""
    made = await hall(shared_server, prepared=EVENT)
    one, two, three = await made.add(*(waiting(made, number) for number in (1, 2, 3)))
    desk = await new_moderator(made)
    assert await desk.texts("waiting") == [one.text, two.text, three.text]
    assert (await desk.do("accept", one, two)).status_code == 303
    assert (await desk.texts("waiting"), await desk.texts("accepted")) == ([three.text], [one.text, two.text])
    for shown in (one, two):
        await desk.do("show", shown)
    assert re.findall(r'is-current" id="c(\d+)"', await desk.page()) == [str(two.id)]
    await desk.do("answer", two)
    await desk.do("promise", one)
    assert (await desk.do("decline", three, reason="Weil")).status_code == 422
    await desk.do("decline", three, reason=REASON)
    found = [await desk.texts("others", f"?fate={fate}") for fate in (Fate.ANSWERED, Fate.IN_WRITING, Fate.DECLINED)]
    assert found == [[two.text], [one.text], [three.text]]
    await desk.do("restore", three)
    assert await desk.texts("waiting") == [three.text]


async def test_deed_is_taken_back_whole(shared_server: Server, new_moderator: NewModerator) -> None:
    """The page after a deed offers to take it back; that holds for all that it was done with, and only once."""
    made = await hall(shared_server, prepared=EVENT)
    one, two = await made.add(waiting(made, 1), waiting(made, 2))
    desk = await new_moderator(made)
    answer = await desk.do("accept", one, two)
    after = await desk.person.get(answer.headers["location"].partition("#")[0].removeprefix(desk.person.path))
    (batch,) = [tag["value"] for tag in Tags(after.text).having("name") if tag["name"] == "batch"]
    assert "2 Fragen freigegeben." in after.text
    assert (await desk.post(action="undo", batch=batch)).status_code == 303
    assert await desk.texts("waiting") == [one.text, two.text]
    again = await desk.post(action="undo", batch=batch)
    assert (again.status_code, german(Forbidden("undo")) in again.text) == (403, True)


async def test_edited_keeps_both_texts(shared_server: Server, new_moderator: NewModerator) -> None:
    """Edited and accepted in one step: the new wording stands in the list, the sent text among the particulars."""
    made = await hall(shared_server, prepared=EVENT)
    (one,) = await made.add(waiting(made, 1, "was kostet das alles"))
    desk = await new_moderator(made)
    await desk.do("accept", one, text="Was kostet das?")
    assert await desk.texts("accepted") == ["Was kostet das?"]
    page = await desk.page(f"?one={one.id}")
    assert ("was kostet das alles" in page, "bearbeitet" in page) == (True, True)


async def test_refused_text_stands_in_its_form(shared_server: Server, new_moderator: NewModerator) -> None:
    """A wording that is too long is told at the question, and what was written is still in the field."""
    made = await hall(shared_server, prepared=EVENT)
    (one,) = await made.add(waiting(made, 1))
    desk = await new_moderator(made)
    text = "Wort " * 120
    answer = await desk.post(f"?one={one.id}", action="edit", contribution=f"{one.id}.0", text=text)
    reason = german(Refused("too_long", start=text[:20].strip() + " ", maximum=500))
    assert (answer.status_code, text.strip() in answer.text, answer.text.count("Bitte kürzen") > 0) == (422, True, True)
    assert reason.split("…")[1] in answer.text


async def test_second_of_two_is_told_at_the_question(shared_server: Server, new_moderator: NewModerator) -> None:
    """Who acts on what a colleague has just changed hears at that question who did what, and changes nothing."""
    made = await hall(shared_server, prepared=EVENT)
    one, two = await made.add(waiting(made, 1), waiting(made, 2))
    desk, other = await new_moderator(made, "Änne & Co"), await new_moderator(made)
    await desk.do("accept", one)
    answer = await other.do("decline", one, two, seen=0, reason=REASON)
    assert (answer.status_code, said(answer), f'id="w{one.id}"' in answer.text) == (409, "contribution", True)
    assert german(Conflict("contribution", text=one.text)) in answer.text.replace("&#34;", '"')
    last = r"Zuletzt: \u2068Moderation, Änne &amp; Co\u2069 um \d\d?:\d\d:\d\d Uhr, Freigeben\."
    assert len(re.findall(last, answer.text)) == 2  # at the question and above
    assert (await desk.texts("accepted"), await desk.texts("waiting")) == ([one.text], [two.text])


async def test_similar_is_joined_and_parted(shared_server: Server, new_moderator: NewModerator) -> None:
    """A waiting question says which one it is like; one button joins them, another one parts them again."""
    made = await hall(shared_server, prepared=EVENT)
    (root,) = await made.add(made.new(1, "Wer bezahlt den Rufbus, wenn die Förderung ausläuft?"), backers=2)
    (one,) = await made.add(waiting(made, 2, "Wer bezahlt den Rufbus, wenn die Förderung endet?"))
    (far,) = await made.add(waiting(made, 3, "Wie viele Kinder gehen hier zur Schule?"))
    desk = await new_moderator(made)
    async with asyncio.timeout(30):
        while "data-searching" in (page := await desk.page()):
            pass
    into = {tag["value"] for tag in Tags(page).having("name") if tag["name"] == "into"}
    assert into == {"0", str(root.id)}  # the field for many at once has 0
    assert (await desk.do("join", one, into=str(root.id))).status_code == 303
    assert (await desk.texts("waiting"), await desk.texts("accepted")) == ([far.text], [root.text])
    assert one.text in await desk.page(f"?one={root.id}")
    await desk.do("part", one)
    assert await desk.texts("waiting") == [one.text, far.text]


async def test_blocked_word_is_named(shared_server: Server, new_moderator: NewModerator) -> None:
    """What waits because of a blocked word says which one."""
    made = await hall(shared_server, prepared=EVENT)
    await made.add(waiting(made, 1, hits=("Mist",)))
    assert "Gesperrtes Wort: \u2068Mist\u2069" in await (await new_moderator(made)).page()


async def test_search_filter_and_pages(shared_server: Server, new_moderator: NewModerator) -> None:
    """Words, label, addressee and fate narrow the lists; a list has pages of fifty."""
    made = await hall(shared_server, prepared=EVENT)
    await made.add(*(waiting(made, number) for number in range(1, 53)))
    await made.add(waiting(made, 53, "Wo bleibt der Bus?", labels=("Verkehr",), addressee="Kim Beispiel"))
    desk = await new_moderator(made)
    lists = [len(await desk.texts("waiting", query)) for query in ("", "?waiting_page=2", "?waiting_page=9")]
    assert lists == [50, 3, 3]
    for query in ("?wanted=BUS", "?label=Verkehr", "?addressee=Kim+Beispiel", "?wanted=bus&label=Verkehr&fate=waiting"):
        assert await desk.texts("waiting", query) == ["Wo bleibt der Bus?"], query
    assert await desk.texts("waiting", "?label=Wohnen") == []
    assert (await desk.person.get(f"{HERE}?fate=lost")).status_code == 400


async def test_answer_in_writing(shared_server: Server, new_moderator: NewModerator) -> None:
    """A promised answer is given to somebody, drafted and released; then the author's private page shows it."""
    made = await hall(shared_server, prepared=EVENT)
    (one,) = await made.add(made.new(1, fate=Fate.IN_WRITING))
    desk = await new_moderator(made)
    await desk.do("assign", one, assignee="Alex Muster")
    await desk.do("draft", one, text="Rund drei Millionen.\n\nGruß")
    kept = await desk.person.get(f"{HERE}/state?one={one.id}")  # a frame, in which white space counts for less
    assert ("Rund drei Millionen.&#10;&#10;Gruß" in kept.text) is True
    page = await desk.page(f"?one={one.id}&fate=in_writing")
    (address,) = re.findall(r'href="/e/\w+(/questions/answer/[^"]+)"', page) or [""]
    assert ("Alex Muster" in page, "Rund drei Millionen." in page, address) == (True, True, "")
    await desk.do("release", one, text="Rund drei Millionen Euro.")
    (address,) = re.findall(r'href="/e/\w+(/questions/answer/[^"]+)"', await desk.page(f"?one={one.id}"))
    assert "Rund drei Millionen Euro." in (await desk.person.get(address)).text


async def test_place_is_the_present_rank(shared_server: Server, new_moderator: NewModerator) -> None:
    """The field and the list say which place a question has now, whatever was planned before it."""
    made = await hall(shared_server, prepared=EVENT)
    one, two = await made.add(made.new(1), made.new(2))
    desk = await new_moderator(made)
    for chosen in (one, two):  # the second one takes the first place
        await desk.do("place", chosen, place="1")
    pages = [Tags(await desk.page(f"?one={chosen.id}")) for chosen in (one, two)]
    assert [tag["value"] for page in pages for tag in page.having("value") if tag.get("name") == "place"] == ["2", "1"]
    assert re.findall(r"geplant auf Platz (\d)", await desk.page("?order=planned")) == ["1", "2"]


async def test_session_opens_closes_and_is_archived(shared_server: Server, new_moderator: NewModerator) -> None:
    """The session goes through its steps; in an archived one every deed is refused with the reason."""
    made = await hall(shared_server, state=SessionState.READY, prepared=EVENT)
    (one,) = await made.add(waiting(made, 1))
    desk = await new_moderator(made)
    for seen, action in enumerate(("session_open", "session_close", "session_archive")):
        assert (await desk.post(action=action, seen=str(seen))).status_code == 303
    assert (await desk.post(action="session_open", seen="3")).status_code == 403
    answer = await desk.post(action="accept", contribution=f"{one.id}.0")
    assert (answer.status_code, german(Forbidden("archived")) in answer.text) == (403, True)


async def test_script_gets_what_moves(shared_server: Server, new_moderator: NewModerator) -> None:
    """A form sent by the script brings the page's parts; asking again brings nothing while nothing has changed."""
    made = await hall(shared_server, prepared=EVENT)
    (one,) = await made.add(waiting(made, 1))
    desk = await new_moderator(made)
    fields = {"session": str(made.session), "action": "accept", "contribution": f"{one.id}.0"}
    done = await desk.person.post(HERE, fields, hx_request="true")
    refused = await desk.person.post(HERE, fields, hx_request="true")
    parts = {"saved", "told", "done", "session", "fates", "lists", "one", "searching"}
    assert (done.status_code, frame_of(done), said(done)) == (200, parts, "")
    assert (refused.status_code, frame_of(refused), said(refused)) == (409, parts, "contribution")
    first = await desk.person.get(f"{HERE}/state")
    again = await desk.person.get(f"{HERE}/state", **{"if-none-match": first.headers["etag"]})
    assert (frame_of(first), again.status_code) == (parts - {"told", "done"}, 304)


async def test_others_hear_at_once(shared_server: Server, new_moderator: NewModerator) -> None:
    """A deed of one moderator is told to the other one's socket, and the queue to the desk of the poll.

    A socket hears so at its beginning, too: something may have moved while there was none.
    """
    made = await hall(shared_server, prepared=EVENT)
    (one,) = await made.add(waiting(made, 1))
    desk, other = await new_moderator(made), await new_moderator(made)
    line: Line = await other.person.line(f"{HERE}/socket")
    poll: Line = await other.person.line("/desk/socket")
    await poll.until(lambda frame: "desk-question" in frame)
    assert "moved" in json.loads(await line.take())
    await desk.do("accept", one)
    assert "moved" in json.loads(await line.until(lambda frame: frame.startswith('{"moved"')))
    frame = await poll.until(lambda frame: 'hx-target="#desk-floor"' in frame and "floor-show" in frame)
    assert [">0</span> warten" in frame, "Keine Frage wartet" in frame, one.text in frame] == [True, True, True]
    await desk.do("show", one)
    await poll.until(lambda frame: "floor-unshow" in frame)


async def test_queue_beside_the_desk_of_the_poll(shared_server: Server, new_moderator: NewModerator) -> None:
    """What is on, what comes next, the first three that wait; its buttons come back there, with a script as a frame."""
    made = await hall(shared_server, prepared=EVENT)
    current, following = await made.add(made.new(1, fate=Fate.CURRENT), made.new(2))
    there = await made.add(*(waiting(made, number) for number in range(3, 8)))
    desk = await new_moderator(made)

    async def queue() -> dict[str, list[str]]:
        page = (await desk.person.get("/desk")).text
        parts = {name: page.partition(f'id="floor-{name}"')[2].partition("</section>")[0] for name in SIDE}
        return {name: re.findall(r"<bdi>(.*?)</bdi>", part) for name, part in parts.items()}

    assert await queue() == {
        "now": [current.text],
        "next": [following.text],
        "waiting": [one.text for one in there[:3]],
    }
    assert "Weitere wartende: 2." in (await desk.person.get("/desk")).text
    fields = {"session": str(made.session), "contribution": f"{there[0].id}.0"}
    done = await desk.person.post(f"{HERE}?at=desk", {**fields, "action": "decline", "reason": REASON})
    assert (done.status_code, done.headers["location"]) == (303, f"{desk.person.path}/desk#side-floor")
    frames = [
        await desk.person.post(f"{HERE}?at=desk", {**fields, "action": "accept"}, hx_request="true"),
        await desk.person.post(
            f"{HERE}?at=desk", {**fields, "action": "show", "contribution": f"{following.id}.0"}, hx_request="true"
        ),
    ]
    targets = [set(re.findall(r'hx-target="#([\w-]+)"', frame.text)) for frame in frames]
    assert targets == [{"asked", "desk-floor", "floor-told"}] * 2
    assert [(frame.status_code, said(frame)) for frame in frames] == [(409, "contribution"), (200, "")]
    assert (await queue())["now"] == [following.text]


async def test_log_says_who_did_what(shared_server: Server, new_moderator: NewModerator) -> None:
    """The log has each deed with role, link, and old and new text; it is narrowed by deed, question and words."""
    made = await hall(shared_server, prepared=EVENT)
    one, two = await made.add(waiting(made, 1, "was kostet es"), waiting(made, 2))
    desk = await new_moderator(made, "Zweite Regie")
    await desk.do("accept", one, text="Was kostet es?")
    await (await new_moderator(made)).do("decline", two, reason=REASON)

    async def lines(query: str) -> list[str]:
        page = (await desk.person.get(f"{HERE}/log{query}")).text
        return re.findall(r"<tr><td>.*?</tr>", page, re.S)

    every = await lines("")
    links = [re.findall(r"<bdi>(Moderation, .*?)</bdi>", line) for line in every]
    assert links == [["Moderation, Regie"], ["Moderation, Zweite Regie"]]
    assert [("Ablehnen" in every[0], REASON in every[0]), "Freigeben" in every[1]] == [(True, True), True]
    assert ("<del><bdi>was kostet es</bdi></del>" in every[1], "<ins><bdi>Was kostet es?</bdi></ins>" in every[1]) == (
        True,
        True,
    )
    narrowed = [len(await lines(query)) for query in ("?deed=accept", f"?contribution={two.id}", "?wanted=KOSTET+ES")]
    assert narrowed == [1, 1, 1]
    assert (await desk.person.get(f"{HERE}/log?page=x")).status_code == 400


async def test_exports_are_safe_and_say_nothing_of_authors(shared_server: Server, new_moderator: NewModerator) -> None:
    """The tables guard formulas; no file has who sent a question, nor what its author has taken back."""
    made = await hall(shared_server, prepared=EVENT)
    (one,) = await made.add(waiting(made, 1, "=1+2, oder nicht?", who="secret-author"))
    await made.add(made.new(2, "Zurückgezogen?", fate=Fate.WITHDRAWN))
    desk = await new_moderator(made)
    await desk.do("accept", one, text="+3 sind es?")
    files = {
        name: await desk.person.get(f"{HERE}/export/{name}") for name in ("questions.csv", "log.csv", "questions.json")
    }
    tables = {
        name: list(csv.reader(StringIO(files[name].content.decode("utf-8-sig")), delimiter=";"))
        for name in ("questions.csv", "log.csv")
    }
    assert tables["questions.csv"][1][3:5] == ["'=1+2, oder nicht?", "'+3 sind es?"]
    assert [row[-2:] for row in tables["log.csv"][1:]] == [
        ["Wartend", "Freigegeben"],
        ["'=1+2, oder nicht?", "'+3 sind es?"],
    ]
    found = json.loads(files["questions.json"].content)
    assert [(one["text"], one["wording"]) for one in found["sessions"][0]["contributions"]] == [
        ("=1+2, oder nicht?", "+3 sind es?")
    ]
    whole = b"".join(file.content for file in files.values())
    assert (b"secret-author" in whole, "Zurückgezogen?".encode() in whole) == (False, False)


async def test_expired_and_foreign_links_are_refused(shared_server: Server, new_moderator: NewModerator) -> None:
    """A cookie that is too old, or another event's, opens nothing, and the page says what to do."""
    made, other = await hall(shared_server, prepared=EVENT), await hall(shared_server, prepared=EVENT)
    desk = await new_moderator(made)
    value = desk.person.http.cookies["moderator"]

    class Old(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - LINK_SECONDS - 1

    secret = (shared_server.data / "secret").read_bytes()
    old = Old(secret, salt="role", digest_method=sha256).sign(f"moderator:{made.stored.code}").decode()
    for code, cookie in ((made.stored.code, old), (other.stored.code, value)):
        async with visitor(shared_server.url) as stranger:
            answer = await stranger.get(f"/e/{code}/desk/questions", headers={"cookie": f"moderator={cookie}"})
        assert (answer.status_code, german(Forbidden("role")) in answer.text) == (403, True)


async def test_event_without_a_session_has_no_page(new_event: Any, new_person: NewPerson) -> None:
    """Where nobody asks the panel, the desk has no link and the page does not exist."""
    stored = await new_event()
    person = await new_person(stored)
    await Desk.of(person)
    assert ((await person.get(HERE)).status_code, "to-questions" in (await person.get("/desk")).text) == (404, False)
