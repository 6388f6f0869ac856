"""One participant at the page of questions from the floor: what they ask and back over HTTP, and what they are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin
from uuid import uuid4

import httpx2

from poll_server.simulate.habits import Habits
from poll_server.simulate.questions import QUESTIONS, UNFIT, Asked
from poll_server.simulate.report import Ledger

BACKED_AT_ONCE = 3


class QuestionsPage(HTMLParser):
    """What a client needs of the page: the form to ask, what can be backed, and what is one's own."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ask: dict[str, str] = {}
        """The hidden fields of the form that asks, with its ``action``; empty without one."""
        self.back = ""
        """Where backings go."""
        self.addressees: list[str] = []
        self.backable: list[str] = []
        self.backed: set[str] = set()
        self.own: set[str] = set()
        self.listed: set[str] = set()
        self.more = ""
        """Where the list goes on; empty at its end."""
        self._asks = self._names = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag tells."""
        found = {name: value or "" for name, value in attrs}
        self._names = tag == "option" and self._asks
        if tag == "form":
            self._asks = "data-ask" in found
            if self._asks:
                self.ask["action"] = found["action"]
            elif found.get("id") == "backing":
                self.back = found["action"]
        elif tag == "input" and self._asks and found.get("type") == "hidden":
            self.ask[found["name"]] = found["value"]
        elif tag == "button" and found.get("name") == "back":
            self.backable.append(found["value"])
        elif tag == "a" and found.get("id") == "more":
            self.more = found["href"]
        self.listed |= {found["data-item"]} if "data-item" in found else set()
        if "data-backed" in found:
            self.backed, self.own = set(found["data-backed"].split()), set(found.get("data-own", "").split())

    def handle_endtag(self, tag: str) -> None:
        """A form is complete."""
        self._names = False
        if tag == "form":
            self._asks = False

    def handle_data(self, data: str) -> None:
        """Keep the names of those who can be asked."""
        if self._names:
            self.addressees.append(data.strip())


@dataclass
class Pool:
    """What the crowd has still to ask, the next one last."""

    questions: list[Asked] = field(default_factory=lambda: [*QUESTIONS[:8], *UNFIT, *QUESTIONS[8:]][::-1])


class Asker:
    """What one participant asks and backs, and was told that it is stored."""

    def __init__(self, habits: Habits, ledger: Ledger, pool: Pool) -> None:
        self.habits = habits
        self._ledger = ledger
        self._pool = pool
        self._asked: set[str] = set()
        self._backed: set[str] = set()
        self._lists: set[str] = set()
        """Where the sessions can be read to which something was sent."""

    async def visit(self, http: httpx2.AsyncClient, url: str, cookie: str) -> bool:
        """Look at the page, ask or back something; tells whether there is such a page. Raises HTTPError."""
        answer = await http.get(url, headers={"cookie": cookie})
        if answer.status_code != 200:
            return False
        page = QuestionsPage(answer.text)
        if page.back:
            self._lists.add(urljoin(url, page.back).replace("/questions/back?", "/questions?"))
        if page.ask and self._pool.questions and self.habits.asks():
            await self._ask(http, urljoin(url, page.ask.pop("action")), page, cookie)
        for id_ in self.habits.some(page.backable, BACKED_AT_ONCE):
            if id_ not in self._asked and self.habits.backs():
                await self._back(http, urljoin(url, page.back), id_, cookie)
        return True

    async def _ask(self, http: httpx2.AsyncClient, address: str, page: QuestionsPage, cookie: str) -> None:
        asked = self._pool.questions.pop()
        fields = page.ask | {"submission": str(uuid4()), "text": asked.text, "name": asked.name}
        fields["addressee"] = asked.to if asked.to in page.addressees else ""
        self._ledger.asked += 1
        told = await _send(http, address, fields, cookie)
        if told.get("state") == "stored":
            self._ledger.questions_stored += 1
            self._asked.add(str(told["id"]))

    async def _back(self, http: httpx2.AsyncClient, address: str, id_: str, cookie: str) -> None:
        told = await _send(http, address, {"do": "back", "contribution": id_}, cookie)
        if told.get("state") == "stored" and told.get("backed") is True:
            self._ledger.backings += 1
            self._backed.add(str(told["root"]))

    async def check(self, http: httpx2.AsyncClient, cookie: str) -> None:
        """Compare what pages say is one's own with what was acknowledged, on all of them; raises HTTPError."""
        if not (self._asked or self._backed):
            return
        own, backed, listed = set[str](), set[str](), set[str]()
        unread = [*self._lists]
        while unread:
            address = unread.pop()
            answer = await http.get(address, headers={"cookie": cookie})
            answer.raise_for_status()
            page = QuestionsPage(answer.text)
            own, backed, listed = own | page.own, backed | page.backed, listed | page.listed
            unread += [urljoin(address, page.more)] if page.more else []
        self._ledger.questions_lost += len(self._asked - own)
        # What was joined meanwhile is backed by another id, and not listed any more.
        self._ledger.questions_lost += len((self._backed & listed) - backed)
        self._ledger.questions_doubled += max(0, len(own) - len(self._asked))


async def _send(http: httpx2.AsyncClient, address: str, fields: Mapping[str, str], cookie: str) -> Mapping[str, object]:
    """Send a form, once more with the same id when no answer comes, and return what is told; raises HTTPError."""
    headers = {"cookie": cookie, "HX-Request": "true"}
    try:
        answer = await http.post(address, data=dict(fields), headers=headers)
    except httpx2.TransportError:
        answer = await http.post(address, data=dict(fields), headers=headers)
    if answer.headers.get("content-type") != "application/json":
        return {}
    told: Mapping[str, object] = answer.json()["told"]
    return told
