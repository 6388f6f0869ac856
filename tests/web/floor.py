"""Events with a session for questions from the floor, and what stands in their database before anybody comes."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from poll_server.domain.contributions import Contribution, Fate, SessionState
from poll_server.domain.programme import EventDraft, ItemDraft, ItemKind, Person, SessionDraft
from poll_server.storage import backings, contributions
from tests.harness.server import Server
from tests.web.events import Stored, database_of, draft, store

ZONE = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 11, 22, 12, 51, tzinfo=UTC).astimezone(ZONE)


@dataclass
class Hall:
    """A stored event; ``session`` is the id of its first session."""

    stored: Stored
    session: int

    async def add(self, *new: Contribution, backers: int = 0) -> list[Contribution]:
        """Store contributions to the first session, each backed by so many people."""
        async with database_of(self.stored.server) as database, database.write() as connection:
            found = await contributions.add(connection, new)
            made = [found[one.item_id, one.participant, one.submission] for one in new]
            people = {(one.id, f"fan{at}"): True for one in made for at in range(backers)}
            await backings.keep(connection, people)
        return made

    async def become(self, fate: Fate, **changed: Any) -> None:
        """While the server is down, let the newest contribution have met this fate."""
        async with database_of(self.stored.server) as database, database.write() as connection:
            *_, one = (await contributions.contributions(connection, [self.session], ZONE)).values()
            after = replace(one, fate=fate, **changed)
            await contributions.change(connection, self.session, {one.id: one}, {one.id: after})

    def new(self, number: int, text: str = "", who: str = "", **changed: Any) -> Contribution:
        """An accepted contribution that is not stored yet."""
        text = text or f"Was kostet Haus {number}?"
        one = Contribution(0, self.session, who or f"author{number}", UUID(int=number), text, AT, fate=Fate.ACCEPTED)
        return replace(one, **changed)


async def hall(
    server: Server,
    *sessions: SessionDraft,
    state: SessionState = SessionState.OPEN,
    prepared: EventDraft | None = None,
) -> Hall:
    """Store an event with such sessions, the first one in this state."""
    prepared = prepared or draft()
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    people = (Person("Alex Muster", "Bürgermeisterin"), Person("Kim Beispiel"))
    items = [
        ItemDraft(starts, f"Gespräch {at}", kind=ItemKind.QUESTION_SESSION, people=people, session=session)
        for at, session in enumerate(sessions or (SessionDraft(),), 1)
    ]
    stored = await store(server, replace(prepared, items=(*prepared.items, *items)))
    async with database_of(server) as database:
        async with database.read() as connection:
            found = await contributions.sessions(connection, stored.event.id)
        first = next(iter(found.values()))
        if state is not SessionState.READY:
            async with database.write() as connection:
                await contributions.take_step(connection, first, state, rehearsal=False)
    return Hall(stored, first.item_id)
