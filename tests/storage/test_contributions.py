"""Sessions and contributions in the database: stored once, changed by one at a time, logged, wiped."""

import asyncio
from dataclasses import asdict, replace
from uuid import UUID

import pytest

from poll_server.domain.contributions import Fate, SessionAction, SessionState
from poll_server.domain.errors import Conflict
from poll_server.domain.programme import SessionDraft
from poll_server.storage import contributions, events, rehearsal
from poll_server.storage.contributions import Hand
from poll_server.storage.database import Database
from tests.storage.databases import stored
from tests.storage.sessions import AT, ZONE, Asking, asking, with_session

DESK = Hand("moderator", "Regie 1")


async def test_sessions_of_an_event_in_the_order_of_its_programme(database: Database) -> None:
    """Each item of the kind has one, with what the organiser has set and the people of its slot; others have none."""
    prepared = with_session(SessionDraft(), SessionDraft(moderated=False, maximum=3, listed=True))
    event = await stored(database, prepared)
    async with database.read() as connection:
        first, second = (await contributions.sessions(connection, event.id)).values()
        none = await contributions.sessions(connection, (await stored(database)).id)
    assert [item.id for item in event.items[1:]] == [first.item_id, second.item_id]
    assert (first.state, first.moderated, first.maximum, first.listed) == (SessionState.READY, True, 10, False)
    assert (second.moderated, second.maximum, second.listed, second.title) == (False, 3, True, "Fragerunde 2")
    assert (second.people, none) == (("Alex Muster", "Kim Beispiel"), {})


async def test_rules_of_an_event(database: Database) -> None:
    """Reasons and blocked words are as the organiser wrote them; without any there are none."""
    prepared = replace(with_session(), decline_reasons=("Doppelt",), blocked_words={"de": ("doof*", "Depp")})
    for event, expected in (
        (await stored(database, prepared), (("Doppelt",), {"de": ("doof*", "Depp")})),
        (await stored(database), ((), {})),
    ):
        async with database.read() as connection:
            assert await contributions.rules(connection, event.id) == expected


async def test_contribution_is_read_as_it_was_stored(database: Database) -> None:
    """Everything of it comes back, its time in the zone of the event."""
    asked = await asking(database)
    full = asked.new(
        "anna",
        text="Wann? <b> 🚌",
        addressee="Kim Beispiel",
        name="Anna",
        hits=("doof",),
        labels=("Geld",),
        rehearsal=True,
    )
    (one,) = await asked.add(full)
    assert replace(one, id=0) == full
    assert await asked.stored() == {one.id: one}
    assert one.at.tzinfo == ZONE


async def test_same_submission_is_one_contribution(database: Database) -> None:
    """Sent again, in the same batch or later, with other words too, it stays what it was; another id is another one."""
    asked = await asking(database)
    first, again = await asked.add(asked.new("anna"), asked.new("anna", text="Anders?"))
    (later,) = await asked.add(asked.new("anna", text="Noch anders?"))
    assert first == again == later
    other, of_bert = await asked.add(asked.new("anna", 2), asked.new("bert", 1))
    assert len({first.id, other.id, of_bert.id}) == len(await asked.stored()) == 3


async def test_same_submission_at_the_same_moment_is_one(database: Database) -> None:
    """Ten transactions that send it at once store it once, and all hear the same."""
    asked = await asking(database)
    found = await asyncio.gather(*(asked.add(asked.new("anna"), asked.new(f"p{n}")) for n in range(10)))
    assert len({one.id for one, _ in found}) == 1
    assert len(await asked.stored()) == 11


async def test_contributions_have_the_order_of_their_batch(database: Database) -> None:
    """Who was earlier in a batch has the smaller id."""
    asked = await asking(database)
    sent = [asked.new(f"p{n}", n) for n in (5, 3, 9, 1, 7)]
    assert [one.participant for one in sorted(await asked.add(*sent), key=lambda one: one.id)] == [
        one.participant for one in sent
    ]


async def test_sessions_are_held_as_they_stand(database: Database) -> None:
    """Whoever stores something learns in the transaction what each of them takes."""
    asked = await asking(database)
    other = await asking(database)
    await other.step(SessionState.CLOSED)
    async with database.write() as connection:
        held = await contributions.hold(connection, [other.session, asked.session])
    assert held == {asked.session: SessionState.OPEN, other.session: SessionState.CLOSED}


async def test_second_of_two_changes_is_a_conflict(database: Database) -> None:
    """Whoever saw an older revision changes nothing; nor does anything else of the same order."""
    asked = await asking(database)
    one, other = await asked.add(asked.new("anna", fate=Fate.WAITING), asked.new("bert"))
    accepted = await asked.change(one, replace(one, fate=Fate.ACCEPTED, labels=("Geld",)))
    assert (accepted.fate, accepted.labels, accepted.revision) == (Fate.ACCEPTED, ("Geld",), 1)
    before = {one.id: one, other.id: other}
    after = {id_: replace(each, fate=Fate.DECLINED) for id_, each in before.items()}
    with pytest.raises(Conflict):
        await asked.change_all(before, after)
    assert await asked.stored() == {one.id: accepted, other.id: other}


async def test_of_two_changes_at_the_same_moment_one_is_done(database: Database) -> None:
    """Two moderators act on the same contribution at once: one of them is told a conflict."""
    asked = await asking(database)
    (one,) = await asked.add(asked.new("anna"))
    outcomes = await asyncio.gather(
        *(asked.change(one, replace(one, fate=fate)) for fate in (Fate.CURRENT, Fate.DECLINED)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Contribution"]


async def test_archived_session_is_not_changed(database: Database) -> None:
    """In it nothing is done any more."""
    asked = await asking(database)
    (one,) = await asked.add(asked.new("anna"))
    await asked.step(SessionState.ARCHIVED)
    with pytest.raises(Conflict):
        await asked.change(one, replace(one, fate=Fate.ANSWERED))
    assert await asked.stored() == {one.id: one}


async def test_step_from_an_older_state_is_a_conflict(database: Database) -> None:
    """A session is opened by one of two."""
    asked = await asking(database)
    seen = (await asked.sessions())[asked.session]
    await asked.step(SessionState.CLOSED)
    with pytest.raises(Conflict):
        async with database.write() as connection:
            await contributions.take_step(connection, seen, SessionState.CLOSED, rehearsal=False)
    session = (await asked.sessions())[asked.session]
    assert (session.state, session.revision) == (SessionState.CLOSED, seen.revision + 1)


async def test_log_says_who_did_what_when(database: Database) -> None:
    """With old and new values of what has changed, and nothing else; steps of the session too; of one event only."""
    asked, other = await asking(database), await asking(database)
    (one,) = await asked.add(asked.new("anna", fate=Fate.WAITING))
    after = replace(one, fate=Fate.ACCEPTED, wording="Besser?")
    async with database.write() as connection:
        await contributions.note_deeds(connection, asked.session, "accept", DESK, AT, "b1", [(one, after)])
        session = (await asked.sessions())[asked.session]
        await contributions.note_step(connection, session, SessionAction.CLOSE, SessionState.CLOSED, DESK, AT)
    async with database.read() as connection:
        first, second = await contributions.log(connection, asked.event.id, ZONE)
        assert await contributions.log(connection, other.event.id, ZONE) == []
    assert asdict(first) == {
        "at": AT,
        "session": asked.session,
        "contribution": one.id,
        "role": "moderator",
        "link": "Regie 1",
        "deed": "accept",
        "before": {"fate": "waiting", "wording": ""},
        "after": {"fate": "accepted", "wording": "Besser?"},
        "batch": "b1",
    }
    assert (second.contribution, second.deed, second.after) == (None, "close", {"state": "closed"})


async def rehearsed(database: Database) -> Asking:
    """An event whose session was opened in a rehearsal."""
    event = await stored(database, with_session())
    async with database.write() as connection:
        await rehearsal.begin(connection, event, event.revision)
        event = await events.load(connection, event.id)
        (session,) = (await contributions.sessions(connection, event.id)).values()
        await contributions.take_step(connection, session, SessionState.OPEN, rehearsal=True)
        await contributions.note_step(connection, session, SessionAction.OPEN, SessionState.OPEN, DESK, AT)
    return Asking(database, event, session.item_id)


async def test_rehearsal_is_wiped_with_its_contributions(database: Database) -> None:
    """What was sent, backed and done in it is gone; the session is ready; what was sent before it stays, parted."""
    asked = await rehearsed(database)
    kept, gone = await asked.add(asked.new("anna"), asked.new("bert", rehearsal=True))
    joined = await asked.change(kept, replace(kept, joined=gone.id))
    await asked.back(True, (gone, "cem"), (kept, "cem"))
    async with database.write() as connection:
        await contributions.note_deeds(connection, asked.session, "show", DESK, AT, "b1", [(gone, gone)])
        await rehearsal.wipe(connection, asked.event, asked.event.revision)
    assert await asked.stored() == {kept.id: replace(joined, joined=0)}
    assert (await asked.backers(kept, gone)) == [1, 0]
    assert (await asked.sessions())[asked.session].state is SessionState.READY
    async with database.read() as connection:
        assert await contributions.log(connection, asked.event.id, ZONE) == []


async def test_nothing_stored_for_nothing_sent(database: Database) -> None:
    """An empty batch is no statement."""
    asked = await asking(database)
    assert await asked.add() == []
    assert (await asked.add(asked.new("anna", submission=UUID(int=2**128 - 1))))[0].submission.int == 2**128 - 1
