"""Stored audience-question sessions, and what tests put into them."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from poll_server.domain.contributions import Contribution, Fate, Session, SessionState
from poll_server.domain.programme import EventDraft, ItemDraft, ItemKind, Person, SessionDraft
from poll_server.domain.rounds import Event
from poll_server.storage import backings, contributions
from poll_server.storage.database import Database
from tests.storage.databases import STARTS, draft, stored

ZONE = ZoneInfo("Europe/Berlin")
AT = STARTS.astimezone(ZONE)


def with_session(*sessions: SessionDraft) -> EventDraft:
    """An event with a round of one question, then such sessions with two people each."""
    people = (Person("Alex Muster", "Bürgermeisterin"), Person("Kim Beispiel"))
    items = tuple(
        ItemDraft(
            STARTS + timedelta(hours=1 + at),
            f"Fragerunde {at}",
            kind=ItemKind.QUESTION_SESSION,
            people=people,
            session=session,
        )
        for at, session in enumerate(sessions or (SessionDraft(),), 1)
    )
    event = draft()
    return replace(event, items=(*event.items, *items))


@dataclass
class Asking:
    """An event with sessions in a database; ``session`` is the id of the first one, which is open."""

    database: Database
    event: Event
    session: int

    async def sessions(self) -> dict[int, Session]:
        """The sessions as they are stored."""
        async with self.database.read() as connection:
            return await contributions.sessions(connection, self.event.id)

    async def step(self, after: SessionState) -> None:
        """Bring the first session into this state."""
        session = (await self.sessions())[self.session]
        async with self.database.write() as connection:
            await contributions.take_step(connection, session, after, rehearsal=False)

    def new(self, who: str, number: int = 1, **changed: Any) -> Contribution:
        """A contribution that is not stored yet; its number makes the client's id."""
        one = Contribution(0, self.session, who, UUID(int=number), f"Frage {number} von {who}?", AT)
        return replace(one, **{"fate": Fate.ACCEPTED, **changed})

    async def add(self, *new: Contribution) -> list[Contribution]:
        """Store contributions, and return what stands for each."""
        async with self.database.write() as connection:
            assert await contributions.hold(connection, [self.session]) == {self.session: SessionState.OPEN}
            found = await contributions.add(connection, new)
        return [found[one.item_id, one.participant, one.submission] for one in new]

    async def stored(self) -> dict[int, Contribution]:
        """All contributions of the event."""
        async with self.database.read() as connection:
            return await contributions.contributions(connection, list(await self.sessions()), ZONE)

    async def change(self, before: Contribution, after: Contribution) -> Contribution:
        """Store a change of one contribution."""
        return (await self.change_all({before.id: before}, {before.id: after}))[before.id]

    async def change_all(
        self, before: dict[int, Contribution], after: dict[int, Contribution]
    ) -> dict[int, Contribution]:
        """Store a change of several in one transaction."""
        async with self.database.write() as connection:
            return await contributions.change(connection, self.session, before, after)

    async def back(self, backed: bool, *pairs: tuple[Contribution, str]) -> None:
        """Let people back contributions, or not any more."""
        async with self.database.write() as connection:
            await backings.keep(connection, {(one.id, who): backed for one, who in pairs})

    async def backers(self, *roots: Contribution) -> list[int]:
        """How many people back each of these."""
        async with self.database.read() as connection:
            found = await backings.count(connection, [one.id for one in roots])
        return [found[one.id] for one in roots]


async def asking(database: Database, *sessions: SessionDraft) -> Asking:
    """Store an event with such sessions and open the first one."""
    event = await stored(database, with_session(*sessions))
    async with database.read() as connection:
        found = await contributions.sessions(connection, event.id)
    made = Asking(database, event, next(iter(found)))
    await made.step(SessionState.OPEN)
    return made
