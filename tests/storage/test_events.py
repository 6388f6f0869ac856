"""Events are stored and read whole, and moderators' steps move them once."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from poll_server.domain.errors import Conflict
from poll_server.domain.programme import EventDraft, ItemDraft, ItemKind, Person, Reveal
from poll_server.domain.rounds import Action, Event, State, plan
from poll_server.domain.timing import EXTENSION, Extension
from poll_server.questions import KINDS
from poll_server.storage import ballots, events
from poll_server.storage.database import Database
from poll_server.storage.tables import metadata
from tests.storage.databases import (
    ballot,
    definition,
    differences,
    draft,
    ids,
    opened,
    rows,
    stepped,
    stored,
    tally,
)

BERLIN = ZoneInfo("Europe/Berlin")


def _whole() -> EventDraft:
    """A draft in which no field has its default and no text is plain."""
    asked = [
        replace(
            definition(f"Frage für „{kind}“?"),
            kind=kind,
            hint="Wählen Sie.",
            rules={"maximum": 2},
            reveal=Reveal.LIVE,
            language="en",
            shares_from=7,
        )
        for kind in KINDS
    ]
    starts = datetime(2026, 11, 22, 9, 30, tzinfo=BERLIN)
    talk = ItemDraft(
        starts,
        "Begrüßung – 🏘️ & <b>",
        ends=starts + timedelta(minutes=15),
        about=True,
        description='Erster Absatz.\n\nZweiter, mit "Anführung".',
        people=(Person("Kim Beispiel", "Moderation"), Person("Alex")),
    )
    asking = ItemDraft(starts + timedelta(hours=1), "Sie sind gefragt! I", kind=ItemKind.ROUND, questions=tuple(asked))
    end = ItemDraft(starts + timedelta(hours=2), "Ende", kind=ItemKind.END)
    return EventDraft(
        "Tagung", date(2026, 11, 22), "Europe/Berlin", "en", "", "Untertitel", "Netzwerk", (talk, asking, end), 7
    )


async def test_event_comes_back_whole(database: Database) -> None:
    """What was prepared is what is read, field by field, and nothing has happened to it yet."""
    prepared = _whole()
    event = await stored(database, prepared)
    assert [
        (item.starts, item.ends, item.about, item.kind, item.title, item.description, item.people)
        for item in event.items
    ] == [
        (item.starts, item.ends, item.about, item.kind, item.title, item.description, item.people)
        for item in prepared.items
    ]
    assert [question.definition for question in event.questions] == list(prepared.items[1].questions)
    assert {(q.state, q.wave, q.opened, q.closed, q.present) for q in event.questions} == {
        (State.READY, 1, None, None, 0)
    }
    assert [(r.item_id, r.title) for r in event.rounds] == [(event.items[1].id, "Sie sind gefragt! I")]
    told = (event.title, event.subtitle, event.organisers, event.day, event.time_zone, event.language)
    assert told == ("Tagung", "Untertitel", "Netzwerk", date(2026, 11, 22), "Europe/Berlin", "en")
    assert (event.revision, event.current, event.join_shown) == (0, None, False)


async def test_times_are_read_in_the_time_zone_of_the_event(database: Database) -> None:
    """A start stored as 09:30 in Berlin is read as 09:30 of Berlin's clock, not only as the same moment."""
    event = await stored(database, _whole())
    assert [item.starts.isoformat() for item in event.items] == [
        "2026-11-22T09:30:00+01:00",
        "2026-11-22T10:30:00+01:00",
        "2026-11-22T11:30:00+01:00",
    ]


async def test_create_with_a_code_taken_makes_nothing(database: Database) -> None:
    """A second event under the same code is refused and leaves no row behind."""
    event = await stored(database)
    counting = [
        select(func.count()).select_from(metadata.tables[name]) for name in ("event", "item", "round", "question")
    ]
    async with database.read() as connection:
        before = [await connection.scalar(statement) for statement in counting]
    with pytest.raises(events.CodeTaken) as refused:
        async with database.write() as connection:
            await events.create(connection, draft(), event.code, bytes(32))
    assert str(refused.value) == event.code
    async with database.read() as connection:
        assert [await connection.scalar(statement) for statement in counting] == before


async def test_find_returns_the_event_with_its_own_key(database: Database) -> None:
    """An event is found by its code with the key of its pseudonyms, and by no other code."""
    async with database.write() as connection:
        event_id = await events.create(connection, draft(), "gesucht", b"k" * 32)
    async with database.read() as connection:
        assert await events.find(connection, "gesucht") == (event_id, b"k" * 32)
        assert await events.find(connection, "gesuch") is None
        assert (await events.codes(connection))[-1] == "gesucht"


async def test_create_with_a_naive_time_makes_nothing(database: Database) -> None:
    """A time without its zone is refused, and with it the whole event."""
    naive = replace(draft(), items=(ItemDraft(datetime(2026, 11, 22, 9, 30), "Ohne Zone"),))  # noqa: DTZ001 - the fault
    with pytest.raises(StatementError, match="a moment needs its time zone"):
        async with database.write() as connection:
            await events.create(connection, naive, "naiv", bytes(32))
    async with database.read() as connection:
        assert await events.find(connection, "naiv") is None


# Steps


async def test_step_moves_question_stage_and_revision(database: Database) -> None:
    """Opening puts the question on the stage, counts the revision and notes when."""
    event = await stored(database, draft([definition(), definition()]))
    before = datetime.now(UTC)
    after = await stepped(database, event, Action.OPEN, ids(event)[1])
    states = [question.state for question in after.questions]
    assert (states, after.current, after.revision) == ([State.READY, State.OPEN], ids(event)[1], 1)
    moment = after.question(ids(event)[1]).opened
    assert moment is not None
    assert (before <= moment <= datetime.now(UTC), moment.tzinfo) == (True, BERLIN)


async def test_step_from_an_older_state_is_a_conflict(database: Database) -> None:
    """A step whose sender saw an older revision does nothing."""
    event = await stored(database)
    question_id = ids(event)[0]
    now = await stepped(database, event, Action.OPEN, question_id)
    with pytest.raises(Conflict):
        await stepped(database, event, Action.OPEN, question_id)
    assert await _read(database, event) == now


async def test_step_planned_from_another_state_changes_nothing(database: Database) -> None:
    """Even with the right revision a step is not taken if the question stands elsewhere than planned."""
    event = await stored(database)
    question_id = ids(event)[0]
    now = await stepped(database, event, Action.OPEN, question_id)
    with pytest.raises(Conflict):
        async with database.write() as connection:
            await events.take_step(
                connection, now, now.revision, plan(event, Action.OPEN, question_id), Action.OPEN, present=0
            )
    assert await _read(database, event) == now


async def test_two_steps_at_once_are_one_step(database: Database) -> None:
    """Of two steps with the same revision in the same moment exactly one wins, thirty times in a row."""
    for _ in range(30):
        event = await stored(database)
        outcomes = await _outcomes(*(stepped(database, event, Action.OPEN, ids(event)[0]) for _ in range(2)))
        now = await _read(database, event)
        assert (sorted(outcomes), now.revision) == (["Conflict", "Event"], 1)


async def test_different_steps_at_once_are_one_step(database: Database) -> None:
    """Close, take back, another question and the join code in the same moment: one wins and the others are told."""
    event = await opened(database)
    question_id = ids(event)[0]

    async def join() -> Event:
        async with database.write() as connection:
            await events.show_join(connection, event, event.revision, shown=True)
            return event

    async def ask() -> Event:
        async with database.write() as connection:
            await events.add_question(connection, event, event.revision, definition(), "")
            return event

    steps = (stepped(database, event, action, question_id) for action in (Action.CLOSE, Action.TAKE_BACK))
    outcomes = await _outcomes(*steps, join(), ask())
    assert sorted(outcomes) == ["Conflict", "Conflict", "Conflict", "Event"]
    assert (await _read(database, event)).revision == event.revision + 1


async def test_join_code_stays_until_the_moderators_next_step(database: Database) -> None:
    """The join code on the screen goes with the moderator's next step, but not with the server's own settling."""
    event = await opened(database)
    question_id = ids(event)[0]
    closing = await stepped(database, event, Action.CLOSE, question_id)
    async with database.write() as connection:
        await events.show_join(connection, closing, closing.revision, shown=True)
    joining = await _read(database, event)
    settled = await stepped(database, joining, Action.SETTLE, question_id)
    shown = await stepped(database, settled, Action.SHOW, question_id)
    assert [one.join_shown for one in (joining, settled, shown)] == [True, True, False]


# Waves


async def test_closing_keeps_when_and_how_many_were_there(database: Database) -> None:
    """A question that closes notes the moment and the number of people; settling does not move either."""
    event = await opened(database)
    question_id = ids(event)[0]
    closing = (await stepped(database, event, Action.CLOSE, question_id, present=120)).question(question_id)
    settled = await stepped(database, await _read(database, event), Action.SETTLE, question_id, present=5)
    question = settled.question(question_id)
    assert (closing.state, question.state) == (State.CLOSING, State.CLOSED)
    assert closing.closed is not None
    assert (question.closed, question.present) == (closing.closed, 120)


async def test_kept_extension_takes_the_place_of_an_earlier_one(database: Database) -> None:
    """More time taken again replaces what its participant had, and nobody else's."""
    event = await stored(database)
    question = next(event.questions)
    zone = ZoneInfo(event.time_zone)
    first, second = [Extension(datetime.now(zone) + times * EXTENSION, times) for times in (1, 2)]
    async with database.write() as connection:
        await events.keep_extensions(connection, question, {"anna": first, "paul": first})
        await events.keep_extensions(connection, question, {"paul": second, "berta": first})
    async with database.read() as connection:
        found = await events.extensions(connection, question, zone)
    assert found == {"anna": first, "paul": second, "berta": first}


async def test_reopened_question_goes_on_where_it_was(database: Database) -> None:
    """Reopening keeps wave, opening and ballots, and forgets the closing with its number of people."""
    event = await opened(database)
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, "a")])
    closed = await _closed(database, event, present=7)
    question = (await stepped(database, closed, Action.REOPEN, question_id)).question(question_id)
    assert question == event.question(question_id)
    await ballots.count(database, [ballot(question_id, "b")])
    assert await tally(database, question_id) == {"#": 2, "o1": 2}


@pytest.mark.parametrize("ending", [Action.TAKE_BACK, Action.DISCARD])
async def test_discarded_wave_stays_stored_and_counts_no_more(database: Database, ending: Action) -> None:
    """The ballots of a wave that was taken back or discarded stay as they are, and the next wave begins empty."""
    event = await opened(database)
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, "a"), ballot(question_id, "b", "o2")])
    if ending is Action.DISCARD:
        event = await _closed(database, event)
    ready = await stepped(database, event, ending, question_id)
    question = ready.question(question_id)
    assert (question.state, question.wave, question.opened, question.closed) == (State.READY, 2, None, None)
    assert await tally(database, question_id, wave=2) == {}
    await stepped(database, ready, Action.OPEN, question_id)
    await ballots.count(database, [ballot(question_id, "a", "o4", id=9, wave=2)])
    assert await rows(database, question_id) == {
        (1, "a"): (1, 1, ("o1",)),
        (1, "b"): (1, 1, ("o2",)),
        (2, "a"): (1, 9, ("o4",)),
    }
    assert await tally(database, question_id) == {"#": 2, "o1": 1, "o2": 1}
    assert await tally(database, question_id, wave=2) == {"#": 1, "o4": 1}
    assert await _discarded(database, question_id) == {1: True, 2: False}


# Questions asked on the spot


async def test_added_question_comes_after_the_one_at_the_desk(database: Database) -> None:
    """A question asked on the spot stands behind the one on the stage, before those that follow."""
    event = await stored(database, draft([definition("A"), definition("B"), definition("C")], [definition("D")]))
    event = await stepped(database, event, Action.OPEN, ids(event)[1])
    event = await _added(database, event, "neu")
    assert _texts(event) == [["A", "B", "neu", "C"], ["D"]]
    event = await _added(database, event, "neuer")
    assert _texts(event) == [["A", "B", "neuer", "neu", "C"], ["D"]]


async def test_added_question_before_the_first_opening_comes_second(database: Database) -> None:
    """Before anything was asked, the desk is at the first question."""
    event = await _added(database, await stored(database, draft([definition("A"), definition("B")])), "neu")
    assert _texts(event) == [["A", "neu", "B"]]


async def test_added_question_in_an_event_without_rounds_gets_one(database: Database) -> None:
    """An event without rounds gets one outside its programme, which the next such question joins."""
    talk = ItemDraft(datetime(2026, 11, 22, 9, 30, tzinfo=UTC), "Vortrag")
    event = await stored(database, replace(draft(), items=(talk,)))
    assert event.rounds == ()
    event = await _added(database, event, "erste")
    event = await _added(database, event, "zweite")
    assert [(r.item_id, r.title) for r in event.rounds] == [(None, "Spontan")]
    assert _texts(event) == [["erste", "zweite"]]


async def test_added_question_from_an_older_state_is_a_conflict(database: Database) -> None:
    """A question that was written while somebody else took a step is not stored."""
    event = await stored(database)
    now = await stepped(database, event, Action.OPEN, ids(event)[0])
    with pytest.raises(Conflict):
        await _added(database, event, "neu")
    assert await _read(database, event) == now


# Recount


async def test_recount_of_what_was_counted_is_clean(database: Database) -> None:
    """After votes, changes and groups the tally is what the ballots add up to."""
    event = await opened(database)
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, f"p{at}", "o1 o3", grp=f"g{at % 2}") for at in range(20)])
    await ballots.count(database, [ballot(question_id, f"p{at}", "o2", 2) for at in range(0, 20, 3)])
    assert await differences(database, question_id) == []


async def test_recount_finds_every_tampered_number(database: Database) -> None:
    """A sum that was changed, one that was removed and one that was invented are named with both numbers."""
    event = await opened(database)
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, "a", "o1 o2"), ballot(question_id, "b", "o1 o3")])
    table = metadata.tables["tally"]
    here = table.c.question_id == question_id
    async with database.write() as connection:
        await connection.execute(table.update().where(here, table.c.key == "o1").values(n=3))
        await connection.execute(table.delete().where(here, table.c.key == "o2"))
        row = {"question_id": question_id, "wave": 1, "grp": "g", "key": "o1", "n": 1}
        await connection.execute(table.insert(), [row])
    found = [(d.mark.grp, d.mark.key, d.stored, d.recounted) for d in await differences(database, question_id)]
    assert found == [("", "o1", 3, 2), ("", "o2", 0, 1), ("g", "o1", 1, 0)]


async def test_recount_finds_a_removed_ballot(database: Database) -> None:
    """A ballot that is gone is missed by all its marks."""
    event = await opened(database)
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, "a"), ballot(question_id, "b")])
    table = metadata.tables["ballot"]
    async with database.write() as connection:
        await connection.execute(table.delete().where(table.c.question_id == question_id, table.c.participant == "b"))
    found = [(d.mark.key, d.stored, d.recounted) for d in await differences(database, question_id)]
    assert found == [("#", 2, 1), ("o1", 2, 1)]


async def _read(database: Database, event: Event) -> Event:
    async with database.read() as connection:
        return await events.load(connection, event.id)


async def _closed(database: Database, event: Event, present: int = 0) -> Event:
    question_id = ids(event)[0]
    closing = await stepped(database, event, Action.CLOSE, question_id, present)
    return await stepped(database, closing, Action.SETTLE, question_id)


async def _added(database: Database, event: Event, text: str) -> Event:
    async with database.write() as connection:
        await events.add_question(connection, event, event.revision, definition(text), "Spontan")
    return await _read(database, event)


def _texts(event: Event) -> list[list[str]]:
    return [[question.definition.text for question in round_.questions] for round_ in event.rounds]


async def _discarded(database: Database, question_id: int) -> dict[int, bool]:
    table = metadata.tables["wave"]
    async with database.read() as connection:
        found = await connection.execute(select(table).where(table.c.question_id == question_id))
        return {row.wave: row.discarded for row in found}


async def _outcomes(*steps: Awaitable[Event]) -> list[str]:
    """Take steps in the same moment, and name the class of each one's result or error."""
    return [type(outcome).__name__ for outcome in await asyncio.gather(*steps, return_exceptions=True)]
