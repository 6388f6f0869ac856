"""Each kind of question in each state of its life, on phone, screen and desk: nothing is wrong with how it looks.

The questions of looks.yaml have long words, other languages, a countdown, an abstention and groups. Each is asked
twice, and a third time where there are results by group: of few people, of enough for shares, and of groups. A state
that a kind does not have is left out by an attribute of the kind.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from poll_server.documents.event_file import read_event
from poll_server.domain.programme import Definition
from poll_server.questions import KINDS
from tests.browser import looks, projection
from tests.browser.conference import CODE, NARROW, STILL, WIDE, Conference, Links, prepared
from tests.harness.server import PROJECT
from tests.harness.visitor import visitor
from tests.web.people import revision_of
from tools.kind_answers import ABSTAIN, Fields
from tools.kind_pictures import fill_in

pytestmark = pytest.mark.long

EVENT_FILE = Path(__file__).with_name("looks.yaml")
FEW, ENTRIES = 8, 4
TALLER = "() => document.documentElement.scrollHeight > innerHeight"
GROUPS = ("g1",) * 9 + ("g2",) * 8 + ("g3",) * 4 + ("g4",) * 3


def _some(*given: str | list[str]) -> list[Fields]:
    return [{"answer": one} for one in given]


ORDERS = [["o1", "o2", "o3", "o4"], ["o2", "o1", "o3", "o4"], ["o1", "o4", "o3", "o2"]]
ANSWERS: dict[str, list[Fields]] = {
    "single_choice": [*_some("o3", "o1", "o3", "o2"), ABSTAIN],
    "multiple_choice": [*_some(["o1", "o2"], ["o1", "o3", "o4"], ["o1", "o4"], ["o2", "o3"]), ABSTAIN],
    "yes_no": [*_some("yes", "no", "yes"), ABSTAIN],
    "rating": [*_some("5", "4", "2", "4"), ABSTAIN],
    "rating_items": [{"answer.o1": "10", "answer.o2": "3"}, {"answer.o1": "7", "answer.o2": "0"}],
    "ranking": [*_some(*ORDERS), ABSTAIN],
    "ranking_best": _some(*[one[:2] for one in ORDERS]),
    "points": [{"answer.o1": "60", "answer.o2": "40"}, {"answer.o3": "100"}, ABSTAIN],
    "word_cloud": _some(
        ["gemütlich", "Verkehrsberuhigungsmaßnahmen"], ["gemütlich", "leer"], ["leer", "<b>Quatsch</b>"]
    ),
    "open_text": _some(
        "Geben Sie uns verlässliches Geld statt immer neuer Projekte.",
        "Städtebauförderungsantragsbearbeitungszeiten verkürzen!",
        "Ein Bus am Abend ändert mehr als jede Broschüre.",
        "مرحبا, hello",
    ),
    "numeric": [*_some("3,5", "12", "0,8", "7", "22,4"), ABSTAIN],
    "statements": [
        {"answer.o1": "a", "answer.o2": "d", "answer.o3": "a"},
        {"answer.o1": "a", "answer.o2": "a", "answer.o3": "d"},
        {"answer.o1": "a", "answer.o2": "d", "answer.o3": "d"},
    ],
    "notice": [],
}
"""What people answer in turn to each question of looks.yaml, in their order, by a name."""
_DRAFT = read_event(EVENT_FILE.read_text(encoding="utf-8"), date(2027, 1, 22), PROJECT / "tools")
DEFINITIONS: dict[str, Definition] = dict(zip(ANSWERS, _DRAFT.items[0].questions, strict=True))


@pytest.fixture(scope="module")
def event_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Links]:
    """A data folder with the event of looks.yaml."""
    folder = tmp_path_factory.mktemp("looks")
    shutil.copy(PROJECT / "tools" / "kind_notice.webp", folder)
    return prepared(folder, EVENT_FILE.read_text(encoding="utf-8"))


@pytest_asyncio.fixture
async def people(conference: Conference) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """People without browsers, each with a cookie of their own."""
    async with AsyncExitStack() as stack:
        found = []
        for _ in GROUPS:
            person = visitor(conference.url)
            person.headers["origin"] = conference.url
            await stack.enter_async_context(person)
            await person.get(f"/e/{CODE}")
            found.append(person)
        yield found


class Room:
    """Everybody's pages while one question of the event is asked, and what was found wrong with them."""

    def __init__(self, conference: Conference, name: str, people: list[httpx2.AsyncClient]) -> None:
        self.conference = conference
        self.answers = ANSWERS[name]
        self.definition = DEFINITIONS[name]
        self.kind = KINDS[self.definition.kind]
        self.question = 1 + list(ANSWERS).index(name)
        self.people = people
        self.wave = 0
        self.found: dict[str, dict[str, object]] = {}

    async def enter(self) -> None:
        """Open the pages: two phones, one of them with another language, one without scripts, the screen, the desk."""
        here, phone = self.conference, {"viewport": NARROW, **STILL}
        self.desk = await here.desk(viewport=WIDE, **STILL)
        self.screen = await here.screen(viewport=WIDE, **STILL)
        self.phone = await here.participant(**phone)
        self.other = await here.participant(**phone)
        self.plain = await here.participant(java_script_enabled=False, **phone)
        for language in self.definition.translations:
            await self.other.goto(f"{here.event_url}?language={language}")

    async def look(self, state: str, *pages: Page) -> None:
        """Note what is wrong with these pages in this state, all at the same time."""
        names = {self.desk: "desk", self.screen: "screen", self.plain: "plain", self.other: "other"}
        for page, faults in zip(pages, await asyncio.gather(*map(looks.faults, pages)), strict=True):
            seen = f"{names.get(page, 'phone')}: {state}"
            if page == self.screen:
                faults |= {f"projected at {width}": wrong for width, wrong in (await projection.faults(page)).items()}
                await page.set_viewport_size(WIDE)
            if page == self.desk and await page.evaluate(TALLER):
                faults["page to scroll"] = True
            if faults:
                self.found[seen] = faults

    async def say(self, action: str, **fields: str) -> None:
        """Send a command of the desk by HTTP."""
        url = f"{self.conference.event_url}/desk"
        state = await self.desk.request.get(f"{url}/state", max_retries=2)
        seen = revision_of(await state.text()) or ""
        sent = await self.desk.request.post(
            url,
            form={"action": action, "question": str(self.question), "seen": seen, **fields},
            headers={"origin": self.conference.url},
            max_redirects=0,
        )
        assert sent.status == 303, (action, sent.status)

    async def do(self, action: str, then: str) -> None:
        """Carry out a step, until the desk offers the next one."""
        await self.say(action)
        await expect(self.desk.locator(f"#button-{then}-{self.question}")).to_be_visible()

    async def expect_state(self, state: str) -> None:
        """Wait until the screen is at the question, and both phones are at it in this state."""
        await expect(self.screen.locator(f"#question-{self.question}-{self.wave}")).to_be_visible()
        for page in (self.phone, self.other):
            await expect(page.locator(f"[data-question='{self.question}'][data-state={state}]")).to_be_visible()

    async def vote(self, count: int) -> None:
        """Have so many of the people answer, half of them otherwise than in the pass before."""
        given = self.answers
        await asyncio.gather(
            *(
                self._answer(person, given[(at + at % self.wave) % len(given)])
                for at, person in enumerate(self.people[:count])
            )
        )

    async def _answer(self, person: httpx2.AsyncClient, fields: Fields) -> None:
        hidden = {"question": str(self.question), "wave": str(self.wave), "number": "1"}
        sent = await person.post(f"/e/{CODE}/vote", data=hidden | fields)
        assert sent.status_code == httpx2.codes.SEE_OTHER, sent.text

    async def press(self, page: Page, name: str = "sg-cta") -> None:
        """Send what stands in the form, or nothing."""
        await page.locator(f"form[data-vote] .{name} button").first.click()

    async def open(self) -> None:
        """Ask the question, in one more pass."""
        self.wave += 1
        await self.do("open", "close")
        await self.expect_state("open")

    async def close(self) -> None:
        """Close it for good."""
        await self.do("close", "show")
        await self.expect_state("closed")

    async def show(self) -> None:
        """Show its result."""
        await self.do("show", "hide")
        await self.expect_state("shown")
        await expect(self.screen.locator(".sg-stage main > h1 + :not(.sg-live)")).to_be_visible()

    async def again(self) -> None:
        """Ask it once more, of enough people for shares, and show the result."""
        await self.say("repeat")
        await expect(self.desk.locator(f"#button-open-{self.question}")).to_be_visible()
        await self.ask()

    async def by_groups(self) -> None:
        """Have everybody choose a group, and ask a copy of the question: of the first one all groups stay hidden."""
        choices = zip(self.people, GROUPS, strict=True)
        await asyncio.gather(*(one.post(f"/e/{CODE}/group", data={"group": group}) for one, group in choices))
        await self.say("copy")
        self.question, self.wave = len(ANSWERS) + 1, 0
        await self.ask()

    async def ask(self) -> None:
        """Ask everybody, and show the result."""
        await self.open()
        await self.vote(len(self.people))
        await self.close()
        await self.show()

    async def decide(self) -> None:
        """Hide an entry, join two and have one large, as far as the kind can, and release all others that wait."""
        entries = self.desk.locator(".sg-entries")
        names = await entries.locator("[name=hidden]").evaluate_all("(all) => all.map((one) => one.value)")
        joinable = await entries.locator("[name=into]").count()
        large = await entries.locator("[name=chosen]").count()
        verdicts = dict.fromkeys(names, "shown") | {names[0]: "hidden"}
        if joinable:
            verdicts[names[1]] = "joined"
        if large:
            verdicts[names[2]] = "chosen"
        for name, verdict in verdicts.items():
            into = {"into": names[2]} if verdict == "joined" else {}
            await self.say("decide", wave=str(self.wave), **{verdict: name}, **into)
        await expect(self.desk.locator("#entries-0")).to_have_count(0)
        await expect(entries.locator("[name=undo]").first).to_be_visible()


async def _form(room: Room) -> None:
    """The form, with a mistake also in another language and without a script, and what is counted of an answer."""
    await room.plain.reload()
    await room.look("form", room.phone, room.screen, room.desk)
    if room.kind.piecewise:
        await room.plain.get_by_role("link", name="Aussagen beantworten").click()
        await room.other.locator("[data-additions] summary").click()
        await room.other.locator("[data-add] button").click()
    else:
        await room.press(room.plain)
        await expect(room.plain.locator(".kern-error")).to_be_visible()
        await room.press(room.other)
    await expect(room.other.get_by_role("alert")).to_be_visible()
    await room.look("mistake", room.plain, room.other)

    await fill_in(room.phone.locator("form[data-vote]"), room.answers[0])
    await room.press(room.phone, "sg-three" if room.kind.piecewise else "sg-cta")
    await expect(room.phone.locator("[data-submission]")).to_have_attribute("data-state", "counted")
    change = room.phone.locator("[data-question] details")
    await change.evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
    await room.vote(FEW)
    await room.look("receipt", room.phone)


async def _entries(room: Room) -> None:
    """What people wrote, before and after decisions about it."""
    if room.kind.extensible(room.definition):
        for at, person in enumerate(room.people[:ENTRIES]):
            fields = {"question": str(room.question), "wave": str(room.wave), "statement": f"Nachbarschaftstreff {at}"}
            await person.post(f"/e/{CODE}/add", data=fields)
    await expect(room.desk.locator(".sg-entries li")).to_have_count(ENTRIES)
    await room.look("entries", room.desk)
    await room.decide()
    await room.look("entries decided", room.desk)


def test_each_kind_is_looked_at() -> None:
    """No kind is forgotten in looks.yaml."""
    assert {definition.kind for definition in DEFINITIONS.values()} == {*KINDS}


@pytest.mark.parametrize("name", ANSWERS)
async def test_kind_has_no_faults_in_any_state(
    conference: Conference, name: str, people: list[httpx2.AsyncClient]
) -> None:
    """In four themes, narrow and by touch size on every page; the screen without scrolling and in large type, too."""
    room = Room(conference, name, people)
    await room.enter()
    await room.look("waiting", room.phone)
    if not room.kind.answerable:
        room.wave += 1
        await room.do("open", "next")
        await room.expect_state("shown")
        await room.plain.reload()
        await room.look("shown", room.phone, room.other, room.plain, room.screen, room.desk)
        assert room.found == {}
        return
    await room.open()
    await _form(room)
    if room.kind.moderated(room.definition):
        await _entries(room)
    await room.close()
    await room.look("closed", room.phone, room.screen, room.desk)
    await room.show()
    await room.look("result of few", room.phone, room.other, room.screen, room.desk)
    await room.again()
    await room.look("passes", room.phone, room.screen, room.desk)
    if room.kind.splits:
        await room.by_groups()
        await expect(room.screen.locator(".sg-sides")).to_be_visible()
        await room.look("groups", room.phone, room.screen, room.desk)
        await room.again()
        await room.look("groups and passes", room.phone, room.screen, room.desk)
    assert room.found == {}
