"""The documentation of an event on the server: chosen by its organisers, read by everybody once it is published."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

from poll_server.domain.errors import Unknown
from poll_server.domain.programme import Definition
from poll_server.messages.reports import INTRODUCTION_MAXIMUM
from poll_server.storage import rehearsal, report_choices
from poll_server.storage.report_choices import Kept
from tests.harness.server import Server
from tests.harness.visitor import visitor
from tests.web.accounts import account, session_cookie
from tests.web.conftest import NewDesk, NewEvent, NewPerson
from tests.web.events import LIVE, SINGLE, Stored, database_of, draft, store
from tests.web.exports import files_made
from tests.web.people import PATIENCE_SECONDS, Person, german

WORDS = Definition("open_text", "Was nehmen Sie mit?")
WRITTEN = "<b>Mut</b> & {{ 7 * 7 }}"
FORM = {
    **{f"place.{part}": str(place) for place, part in enumerate(("programme", "results", "floor", "method"), 1)},
    **dict.fromkeys(("introduction", "licence"), ""),
    "language": "de",
}
"""The form with everything in its place and no question."""


@dataclass
class Hall:
    """An event whose first two questions are shown and whose third nobody was asked, and a browser of its owner."""

    stored: Stored
    browser: httpx2.AsyncClient

    @property
    def own(self) -> str:
        """The page where the documentation is chosen."""
        return f"/organise/events/{self.stored.code}/documentation"

    @property
    def public(self) -> str:
        """The page for everybody."""
        return f"/e/{self.stored.code}/documentation"

    def form(self, *kept: int, **changed: str) -> dict[str, str | list[str]]:
        """The form as it is sent with these questions ticked."""
        shown = self.stored.ids[:2]
        remarks = {f"remark.{question}": "" for question in shown}
        return {**FORM, **remarks, "question": [str(question) for question in kept or shown], **changed}


def article(page: str) -> str:
    """What is between the head and the foot of a page."""
    return page[page.index("<article") : page.index("</article>")]


@asynccontextmanager
async def hall(server: Server, name: str, new_desk: NewDesk, new_person: NewPerson) -> AsyncIterator[Hall]:
    """Ask and show two questions, with an answer to each."""
    stored = await store(server, draft(SINGLE, WORDS, LIVE))
    desk, person = await new_desk(stored), await new_person(stored)
    line = await person.take_part()
    for question, answer in zip(stored.ids, ("o2", WRITTEN), strict=False):
        await desk.do("open", question)
        fields = {"question": str(question), "wave": "1", "number": "1"}
        await line.vote(fields, answer)
        for action in ("close", "show"):
            await desk.do(action, question)
    cookie = await session_cookie(server, await account(server, name, owns=stored))
    headers = {"cookie": cookie, "origin": server.env["POLL_PUBLIC_URL"], "accept-language": "de"}
    async with visitor(server.url, headers=headers, timeout=PATIENCE_SECONDS) as browser:
        yield Hall(stored, browser)


async def test_documentation_is_public_once_it_is_published(
    shared_server: Server, new_desk: NewDesk, new_person: NewPerson
) -> None:
    """Before nobody finds it; then everybody reads what was chosen, words as words, and so has the file; then not."""
    async with hall(shared_server, "published", new_desk, new_person) as here:
        first, second, _ = here.stored.ids
        before = await here.browser.get(here.public)
        assert (before.status_code, german(Unknown("unknown_page")) in before.text) == (404, True)
        choosing = (await here.browser.get(here.own)).text
        assert re.findall(r'name="make" value="(\w+)"', choosing) == ["pdf", "html"]
        offered = [f'id="question-{question}"' in choosing for question in here.stored.ids]
        assert offered == [True, True, False]
        remarks = {f"remark.{second}": "Dazu gab es <i>Streit</i>.", f"remark.{first}": ""}
        saved = await here.browser.post(
            here.own, data=here.form(second, public="yes", licence=" CC  BY 4.0 ", **remarks)
        )
        assert (saved.status_code, saved.headers["location"]) == (303, f"{here.own}?done=saved#told")
        visitor = await new_person(here.stored)
        page = (await visitor.get("/documentation")).text
        found = {
            words: words in page
            for words in ("&lt;b&gt;Mut&lt;/b&gt; &amp; {{ 7 * 7 }}", "<b>Mut</b>", SINGLE.text, LIVE.text)
        }
        assert list(found.values()) == [True, False, False, False]
        assert [words in page for words in ("Dazu gab es &lt;i&gt;Streit&lt;/i&gt;.", "CC BY 4.0")] == [True, True]
        (path,) = await files_made(here.browser, here.stored, "html")
        assert article((await here.browser.get(path)).text) == article(page)
        kept = (await here.browser.get(here.own)).text
        assert [f'name="question" value="{question}" checked' in kept for question in (first, second)] == [False, True]
        made = await here.browser.post(here.own, data=here.form(make="pdf"))
        export = here.own.replace("documentation", "export")
        assert (made.status_code, made.headers["location"]) == (303, f"{export}#files")
        assert 'name="end"' in (await here.browser.get(export)).text
        assert (await here.browser.get(here.public)).status_code == 404


async def test_documentation_that_cannot_be_kept_stays_in_the_form(
    shared_server: Server, new_desk: NewDesk, new_person: NewPerson
) -> None:
    """A text that is too long is told with its beginning, nothing is kept, and what was written stands there still."""
    async with hall(shared_server, "too long", new_desk, new_person) as here:
        long = "Liebe Leute " * (INTRODUCTION_MAXIMUM // 10)
        answer = await here.browser.post(here.own, data=here.form(introduction=long, public="yes"))
        assert (answer.status_code, long.strip() in answer.text, "Bitte kürzen Sie" in answer.text) == (422, True, True)
        assert (await here.browser.get(here.public)).status_code == 404
        for strange in ({"language": "fr"}, {"make": "xlsx"}):
            assert (await here.browser.post(here.own, data=here.form(**strange))).status_code == 400


async def test_documentation_is_gone_as_soon_as_anybody_switches_it_off(
    new_event: NewEvent, new_person: NewPerson
) -> None:
    """Beside the server it is published, switched off and published again; a rehearsal begins: each is seen next."""
    stored = await new_event()
    visitor = await new_person(stored)
    found = []
    async with database_of(stored.server) as database:
        for public in (True, False, True):
            async with database.write() as connection:
                await report_choices.keep(connection, stored.event.id, Kept({}, public=public))
            found.append(await _readable(visitor))
        async with database.write() as connection:
            await rehearsal.begin(connection, stored.event, stored.event.revision)
        found.append(await _readable(visitor))
    assert found == [(200, True), (404, False), (200, True), (404, False)]


async def _readable(visitor: Person) -> tuple[int, bool]:
    """The status of the public page, and whether the programme leads to it."""
    page = await visitor.get("/documentation")
    return page.status_code, "Dokumentation lesen" in (await visitor.get("/programme")).text
