"""What pages show of a session: each viewer gets what they may see, in order and in pages."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest_asyncio

from poll_server.domain.contributions import SHOWN_FIRST, Contribution, Fate, Order
from poll_server.domain.moderation import Deed
from poll_server.domain.programme import SessionDraft
from poll_server.live import floor_views
from poll_server.live.floor_memory import Memory
from poll_server.live.floor_views import Page
from poll_server.messages.floor import Browse
from poll_server.storage.contributions import Rules
from poll_server.storage.database import Database
from tests.domain.questions_asked import contribution
from tests.live.floor import Hall, open_hall
from tests.storage.databases import migrated
from tests.storage.sessions import with_session


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database."""
    async with migrated(f"sqlite+aiosqlite:///{tmp_path / 'poll.sqlite3'}") as made:
        yield made


@pytest_asyncio.fixture
async def hall(database: Database) -> AsyncIterator[Hall]:
    """An event whose session is open and listed on the screen."""
    async with open_hall(database, with_session(SessionDraft(listed=True))) as made:
        yield made


def ids(page: Page) -> list[int]:
    """The ids of a page in their order."""
    return [one.id for one in page.items]


SECRETS = ("geheime Notiz", "Schlagwort", "Amt 7", "ein Entwurf", "ursprünglich", "noch unklar", "unsachlich", "anna")


async def full(hall: Hall) -> dict[str, Contribution]:
    """A contribution of each fate, with everything about them that is private."""
    found = {}
    for at, name in enumerate(("waiting", "accepted", "current", "answered", "promised", "declined", "gone"), 1):
        text = {"waiting": "Ist das noch unklar?", "accepted": "Wie war es ursprünglich?"}.get(name, f"Was ist {name}?")
        found[name] = await hall.ask(f"anna-{name}", at, text)
    await hall.do(Deed.ACCEPT, found["accepted"], text="Wie war es?")
    await hall.do(Deed.ACCEPT, *(found[name] for name in ("current", "answered", "promised")))
    for name, deed in (("current", Deed.SHOW), ("answered", Deed.ANSWER), ("promised", Deed.PROMISE)):
        await hall.do(deed, hall.now(found[name]))
    await hall.do(Deed.DECLINE, found["declined"], reason="unsachlich")
    await hall.withdraw("anna-gone", found["gone"])
    for name in ("accepted", "current", "promised"):
        await hall.do(Deed.NOTE, hall.now(found[name]), text="geheime Notiz")
        await hall.do(Deed.LABEL, hall.now(found[name]), label="Schlagwort")
    await hall.do(Deed.ASSIGN, hall.now(found["promised"]), assignee="Amt 7")
    await hall.do(Deed.DRAFT, hall.now(found["promised"]), text="ein Entwurf")
    return {name: hall.now(one) for name, one in found.items()}


async def test_audience_screen_and_podium_get_nothing_private(hall: Hall) -> None:
    """Pending, declined and withdrawn ones, notes, labels, drafts and authors are in none of their views."""
    found, memory = await full(hall), hall.floor.memory
    await hall.do(Deed.JOIN, found["waiting"], into=found["accepted"].id)
    views = [make(memory, hall.session) for make in (floor_views.audience, floor_views.screen, floor_views.podium)]
    for view in views:
        told = str(asdict(view))
        assert [secret for secret in SECRETS if secret in told] == []
    audience, screen, podium = views
    assert {one.fate for one in audience.listed.items} == {
        Fate.ACCEPTED,
        Fate.CURRENT,
        Fate.ANSWERED,
        Fate.IN_WRITING,
    }
    assert [view.current.id for view in views if view.current] == [found["current"].id] * 3
    assert (ids(screen.listed), ids(podium.listed)) == ([found["accepted"].id],) * 2


async def test_moderators_see_everything_but_what_was_taken_back(hall: Hall) -> None:
    """Waiting and accepted beside each other, others by fate; sizes count all of each fate."""
    found = await full(hall)
    view = floor_views.desk(hall.floor.memory, hall.session, Browse(fate=Fate.DECLINED))
    assert (ids(view.waiting), ids(view.others)) == ([found["waiting"].id], [found["declined"].id])
    assert ids(view.accepted) == [found["accepted"].id, found["current"].id]
    assert (view.sizes[Fate.WAITING], view.sizes[Fate.WITHDRAWN], view.labels) == (1, 0, ("Schlagwort",))
    assert view.accepted.items[0].sent == "Wie war es ursprünglich?"
    assert floor_views.desk(hall.floor.memory, hall.session, Browse()).others.items == ()


async def test_desk_finds_what_it_looks_for(hall: Hall) -> None:
    """Words in texts, also of what is joined, names and notes; labels; addressees."""
    one = await hall.ask("anna", 1, "Wann fährt der BUS?", addressee="Kim Beispiel")
    other = await hall.accepted("bert", 2, "Wer bezahlt das?")
    joined = await hall.ask("cem", 3, "Was kostet der Bus?")
    await hall.do(Deed.JOIN, joined, into=other.id)
    await hall.do(Deed.LABEL, other, label="Geld")

    def found(**looked: str) -> list[int]:
        view = floor_views.desk(hall.floor.memory, hall.session, Browse(**looked))  # type: ignore[arg-type]  # texts
        return ids(view.waiting) + ids(view.accepted)

    assert found(text="bus") == [one.id, other.id]
    assert (found(label="Geld"), found(addressee="Kim Beispiel"), found(text="xyz")) == ([other.id], [one.id], [])


async def test_author_sees_the_fate_of_what_it_is_joined_with(hall: Hall) -> None:
    """And its answer, and its text only when that is public; what is backed, and how many more may be sent."""
    root, own = await hall.ask("anna", 1), await hall.ask("bert", 2)
    await hall.do(Deed.JOIN, own, into=root.id)
    (seen,) = floor_views.author(hall.floor.memory, hall.session, "bert").own
    assert (seen.fate, seen.root, seen.seen.joined, seen.seen.text) == (Fate.WAITING, None, root.id, own.text)
    await hall.do(Deed.ACCEPT, hall.now(root))
    await hall.do(Deed.PROMISE, hall.now(root))
    await hall.do(Deed.RELEASE, hall.now(root), text="Zwei Euro.")
    view = floor_views.author(hall.floor.memory, hall.session, "bert")
    (seen,) = view.own
    assert (seen.fate, seen.answer, seen.root and seen.root.text) == (Fate.IN_WRITING, "Zwei Euro.", root.text)
    assert (view.left, view.backed) == (9, frozenset())


async def test_author_sees_times_also_after_a_restart(hall: Hall) -> None:
    """What became of a question stands with its times; the next one on the moderators' list says so while it is."""
    one, other = await hall.accepted("anna", 1), await hall.accepted("bert", 2)
    accepted = hall.room.now()

    def way(who: str) -> list[tuple[str, str]]:
        (own,) = floor_views.author(hall.floor.memory, hall.session, who).own
        return [(stage.what, f"{stage.at:%H:%M}" if stage.at else "") for stage in own.way]

    await hall.do(Deed.PLACE, other, place=1)
    assert way("bert") == [("received", f"{other.at:%H:%M}"), ("accepted", f"{accepted:%H:%M}"), ("next", "")]
    await hall.do(Deed.PLACE, hall.now(one), place=1)
    assert (way("bert")[-1][0], way("anna")[-1]) == ("accepted", ("next", ""))
    hall.clock.forward(600)
    await hall.do(Deed.SHOW, hall.now(one))
    stood = [way("anna"), way("bert")]
    assert [each[-1] for each in stood] == [("current", f"{hall.room.now():%H:%M}"), ("next", "")]
    await hall.floor.kept.reread()
    assert [way("anna"), way("bert")] == stood


async def test_lists_come_in_orders_and_pages(hall: Hall) -> None:
    """Thirty at a time, the total with each; a page beyond the end is the last; the podium has the planned first."""
    session = hall.floor.memory.session(hall.session)
    found = [contribution(n, Fate.ACCEPTED, item_id=hall.session, place=1.0 if n == 7 else 0.0) for n in range(1, 66)]
    memory = Memory({hall.session: session}, Rules(), found, {}, {n: n % 50 for n in range(1, 66)})
    first = floor_views.audience(memory, hall.session)
    assert (ids(first.listed)[:3], len(first.listed.items)) == ([49, 48, 47], SHOWN_FIRST)
    last = floor_views.audience(memory, hall.session, Order.NEWEST, 9).listed
    assert (last.number, last.pages, last.total, ids(last)) == (3, 3, 65, [5, 4, 3, 2, 1])
    assert ids(floor_views.podium(memory, hall.session).listed) == [7, 49, 48, 47, 46]
    assert ids(floor_views.screen(memory, hall.session).listed) == [49, 48, 47, 46, 45, 44, 43, 42, 41, 40]
    figures = floor_views.figures(first)
    assert (figures["q49"], figures["total"], len(figures)) == (49, 65, SHOWN_FIRST + 1)


async def test_stage_has_what_was_put_on_last(database: Database) -> None:
    """Of two open sessions with a question on each, the one that moderators have just put on; taken off, the other."""
    async with open_hall(database, with_session(SessionDraft(), SessionDraft())) as hall:
        first, second = hall.floor.memory.sessions
        found = []
        for at, session in enumerate((first, second), 1):
            hall.session = session
            if at == 2:
                await hall.step()
            found.append(await hall.accepted("anna", at))
            await hall.do(Deed.SHOW, found[-1])
        assert floor_views.on_stage(hall.floor.memory) == second
        await hall.do(Deed.UNSHOW, hall.now(found[1]))
        assert floor_views.on_stage(hall.floor.memory) == first
