"""A ballot is a maximum, and the tally moves with it: in any order of arrival, in one batch or in many."""

import asyncio
import itertools
from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from poll_server.domain.ballots import Ballot, Key, Mark, Outcome, Rank, Standing
from poll_server.domain.rounds import Action
from poll_server.storage import ballots
from poll_server.storage.database import Database
from poll_server.storage.tables import metadata
from tests.storage.databases import ballot, definition, differences, draft, ids, opened, rows, stepped, stored, tally

COUNTED, DUPLICATE, STALE, CLOSED = Outcome.COUNTED, Outcome.DUPLICATE, Outcome.STALE, Outcome.CLOSED

# Two tabs of one participant: both begin at number 1, and each changes its answer once.
SUBMISSIONS = (("o1", 1, 10), ("o2", 2, 10_000), ("o3", 1, 20_000), ("o4", 2, 5))
HIGHEST = (2, 10_000, ("o2",))
ORDERS = list(itertools.permutations(SUBMISSIONS))


def _everybody(question_id: int, turn: int) -> list[Ballot]:
    """What each of 24 participants sends at this turn: every one has another order."""
    sent = (order[turn] for order in ORDERS)
    return [ballot(question_id, f"p{at}", answer, number, id=id) for at, (answer, number, id) in enumerate(sent)]


async def test_highest_stands_in_every_order_of_arrival(database: Database) -> None:
    """Four submissions of one participant in all 24 orders, one transaction after the other, end the same."""
    question_id = ids(await opened(database))[0]
    for turn in range(4):
        await ballots.count(database, _everybody(question_id, turn))
        assert await differences(database, question_id) == []
    assert set((await rows(database, question_id)).values()) == {HIGHEST}
    assert await tally(database, question_id) == {"#": 24, "o2": 24}


async def test_highest_stands_in_every_order_within_one_batch(database: Database) -> None:
    """The same in a single transaction: the highest of each is counted, all others are stale."""
    question_id = ids(await opened(database))[0]
    batch = [one for turn in range(4) for one in _everybody(question_id, turn)]
    counted = await ballots.count(database, batch)
    assert counted.outcomes == [COUNTED if one.answer == ("o2",) else STALE for one in batch]
    assert set((await rows(database, question_id)).values()) == {HIGHEST}
    assert await tally(database, question_id) == {"#": 24, "o2": 24}


async def test_highest_stands_when_batches_race(database: Database) -> None:
    """The same with the four batches in the same moment, as from four servers."""
    question_id = ids(await opened(database))[0]
    await asyncio.gather(*(ballots.count(database, _everybody(question_id, turn)) for turn in range(4)))
    assert set((await rows(database, question_id)).values()) == {HIGHEST}
    assert await tally(database, question_id) == {"#": 24, "o2": 24}
    assert await differences(database, question_id) == []


async def test_resend_is_a_duplicate_and_moves_nothing(database: Database) -> None:
    """The standing submission sent again, alone or twice in a batch, is known and changes no number."""
    question_id = ids(await opened(database))[0]
    sent = ballot(question_id, "a")
    first = await ballots.count(database, [sent, ballot(question_id, "a")])
    again = await ballots.count(database, [sent])
    assert [first.outcomes, again.outcomes] == [[COUNTED, DUPLICATE], [DUPLICATE]]
    assert (again.changes, again.standing) == ({}, {})
    assert await tally(database, question_id) == {"#": 1, "o1": 1}


async def test_older_submission_is_stale(database: Database) -> None:
    """A lower number is stale, and so is an equal number with a lower id."""
    question_id = ids(await opened(database))[0]
    await ballots.count(database, [ballot(question_id, "a", "o2", 2, id=7)])
    late = [ballot(question_id, "a", "o1", 1, id=9), ballot(question_id, "a", "o3", 2, id=6)]
    assert (await ballots.count(database, late)).outcomes == [STALE, STALE]
    assert await rows(database, question_id) == {(1, "a"): (2, 7, ("o2",))}


async def test_equal_number_with_a_higher_id_replaces(database: Database) -> None:
    """Of two tabs with the same number the higher id stands; ids are compared as numbers, also in their upper half."""
    question_id = ids(await opened(database))[0]
    await ballots.count(database, [ballot(question_id, "a", "o1", id=2**127 - 1)])
    assert (await ballots.count(database, [ballot(question_id, "a", "o2", id=2**127)])).outcomes == [COUNTED]
    assert await rows(database, question_id) == {(1, "a"): (1, 2**127, ("o2",))}


async def test_change_reports_the_difference(database: Database) -> None:
    """What a batch returns is what it added to the tally, and what stands now for those it wrote."""
    question_id = ids(await opened(database))[0]
    await ballots.count(database, [ballot(question_id, "a", "o1 o2"), ballot(question_id, "b", "o4", 5)])
    change = [ballot(question_id, "a", "o2 o3", 2, id=8), ballot(question_id, "b", "o1", 4)]
    counted = await ballots.count(database, change)
    assert counted.changes == {Mark(question_id, 1, "", "o1"): -1, Mark(question_id, 1, "", "o3"): 1}
    assert counted.standing == {Key(question_id, 1, "a"): Standing(Rank(2, UUID(int=8)), ("o2", "o3"))}


async def test_marks_are_taken_back_from_the_group_they_were_added_to(database: Database) -> None:
    """A participant who votes again with another group stays in the first one."""
    question_id = ids(await opened(database))[0]
    await ballots.count(database, [ballot(question_id, "a", grp="nord"), ballot(question_id, "b", grp="süd")])
    await ballots.count(database, [ballot(question_id, "a", "o2", 2, grp="süd")])
    table = metadata.tables["tally"]
    async with database.read() as connection:
        found = await connection.execute(select(table).where(table.c.question_id == question_id, table.c.n != 0))
        cells = {(row.grp, row.key): row.n for row in found}
    assert cells == {("nord", "#"): 1, ("nord", "o2"): 1, ("süd", "#"): 1, ("süd", "o1"): 1}
    assert await differences(database, question_id) == []


async def test_marks_are_taken_back_as_they_were_stored(database: Database) -> None:
    """Minus takes what plus gave, even when the same answer would make other marks today."""
    question_id = ids(await opened(database))[0]
    old = ballot(question_id, "a")
    old.marks.update({"former": 3})
    await ballots.count(database, [old])
    await ballots.count(database, [ballot(question_id, "a", "o2", 2)])
    assert await tally(database, question_id) == {"#": 1, "o2": 1}


async def test_parts_of_a_question_are_ballots_of_their_own(database: Database) -> None:
    """Two parts answered by one participant stand beside each other."""
    question_id = ids(await opened(database))[0]
    pieces = [
        Ballot(Key(question_id, 1, "a", part), Rank(1, UUID(int=1)), ("o1",), ballot(question_id, "a").marks)
        for part in ("r1", "r2")
    ]
    assert (await ballots.count(database, pieces)).outcomes == [COUNTED, COUNTED]
    assert await tally(database, question_id) == {"#": 2, "o1": 2}


# When a question takes ballots


async def test_closing_question_still_takes_ballots_and_a_closed_one_does_not(database: Database) -> None:
    """Votes on their way are counted until the closing settles; then nothing moves any more."""
    event = await opened(database)
    question_id = ids(event)[0]
    closing = await stepped(database, event, Action.CLOSE, question_id)
    assert (await ballots.count(database, [ballot(question_id, "a")])).outcomes == [COUNTED]
    settled = await stepped(database, closing, Action.SETTLE, question_id)
    late = [ballot(question_id, "a", "o2", 2), ballot(question_id, "b")]
    assert (await ballots.count(database, late)).outcomes == [CLOSED, CLOSED]
    await stepped(database, settled, Action.SHOW, question_id)
    assert (await ballots.count(database, late)).outcomes == [CLOSED, CLOSED]
    assert await rows(database, question_id) == {(1, "a"): (1, 1, ("o1",))}


async def test_rank_is_asked_before_closed(database: Database) -> None:
    """After the closing a counted submission sent again hears that it counts, and an older one that it is stale."""
    event = await opened(database)
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, "a", "o2", 2)])
    closing = await stepped(database, event, Action.CLOSE, question_id)
    await stepped(database, closing, Action.SETTLE, question_id)
    again = [ballot(question_id, "a", answer, number) for answer, number in (("o2", 2), ("o1", 1), ("o3", 3))]
    assert (await ballots.count(database, again)).outcomes == [DUPLICATE, STALE, CLOSED]


async def test_question_that_was_not_opened_takes_nothing(database: Database) -> None:
    """A question that is prepared, or does not exist, stores no ballot."""
    question_id = ids(await stored(database))[0]
    batch = [ballot(question_id, "a"), ballot(2**40, "a")]
    assert (await ballots.count(database, batch)).outcomes == [CLOSED, CLOSED]
    assert await rows(database, question_id) == {}


async def test_old_and_coming_waves_take_nothing(database: Database) -> None:
    """A sleeping phone's vote for the first asking does not count in the second, nor one for a third."""
    event = await opened(database)
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, "a")])
    ready = await stepped(database, event, Action.TAKE_BACK, question_id)
    await stepped(database, ready, Action.OPEN, question_id)
    batch = [ballot(question_id, "b"), ballot(question_id, "a", "o2", 2), ballot(question_id, "b", wave=3)]
    resend = [ballot(question_id, "a")]
    assert (await ballots.count(database, batch + resend)).outcomes == [CLOSED, CLOSED, CLOSED, DUPLICATE]
    assert await rows(database, question_id) == {(1, "a"): (1, 1, ("o1",))}


async def test_batch_with_several_questions_judges_each_by_itself(database: Database) -> None:
    """Questions of several events, open and closed, in one transaction: each ballot gets its own outcome."""
    here, there = await opened(database), await opened(database)
    prepared = await stored(database, draft([definition()]))
    first, second, third = ids(here)[0], ids(there)[0], ids(prepared)[0]
    batch = [ballot(one, person) for person in ("a", "b") for one in (third, second, first)]
    assert (await ballots.count(database, batch)).outcomes == [CLOSED, COUNTED, COUNTED] * 2
    assert [await tally(database, one) for one in (first, second, third)] == [{"#": 2, "o1": 2}] * 2 + [{}]


async def test_large_batch_is_counted_whole(database: Database) -> None:
    """1,000 people in one transaction, all known when they come again: more than one statement can carry."""
    question_id = ids(await opened(database))[0]
    batch = [ballot(question_id, f"p{at}", f"o{at % 4 + 1}") for at in range(1000)]
    outcomes = [(await ballots.count(database, batch)).outcomes for _ in range(2)]
    assert outcomes == [[COUNTED] * 1000, [DUPLICATE] * 1000]
    assert await tally(database, question_id) == {"#": 1000, "o1": 250, "o2": 250, "o3": 250, "o4": 250}


async def test_ballot_and_closing_wait_for_each_other(database: Database) -> None:
    """Whichever commits first, ballot or settling, the outcome says truly whether the vote is stored."""
    for _ in range(20):
        event = await opened(database)
        question_id = ids(event)[0]
        closing = await stepped(database, event, Action.CLOSE, question_id)
        settling = asyncio.create_task(stepped(database, closing, Action.SETTLE, question_id))
        counting = [ballots.count(database, [ballot(question_id, person)]) for person in "abc"]
        counted = await asyncio.gather(*counting)
        await settling
        standing = await rows(database, question_id)
        expected = [COUNTED if (1, person) in standing else CLOSED for person in "abc"]
        assert [outcome for one in counted for outcome in one.outcomes] == expected


async def test_batches_in_opposite_order_never_lock_each_other_out(database: Database) -> None:
    """Locks are taken in one order: the same people, or the same marks, from both ends at once are no deadlock."""
    question_id = ids(await opened(database))[0]
    for number in range(1, 11):
        same = [ballot(question_id, f"p{at}", number=number) for at in range(500)]
        await asyncio.gather(*(ballots.count(database, batch) for batch in (same, same[::-1]) * 3))
        await asyncio.gather(*(ballots.count(database, _words(question_id, f"{number}{way}", way)) for way in (1, -1)))
    assert await tally(database, question_id) == {"#": 500, "o1": 500, **{f"w{at}": 20 for at in range(500)}}


def _words(question_id: int, part: str, way: int) -> list[Ballot]:
    """500 people, each with a mark that nobody else has; with another ``way`` the last has the first one's."""
    people = [ballot(question_id, f"p{at:03}") for at in range(500)]
    return [
        replace(one, key=one.key._replace(part=part), marks=Counter({f"w{at}": 1}))
        for one, at in zip(people, range(500)[::way], strict=True)
    ]


# Reading


async def test_standing_ballots_are_those_of_one_wave(database: Database) -> None:
    """What is read for a room has each participant's standing rank and answer, of this question and wave only."""
    event = await opened(database)
    other = ids(await opened(database))[0]
    question_id = ids(event)[0]
    await ballots.count(database, [ballot(question_id, "a", "o1 o2", 3, id=4), ballot(other, "a", "o3")])
    async with database.read() as connection:
        found = await ballots.standing_ballots(connection, question_id, 1)
        assert found == {"a": Standing(Rank(3, UUID(int=4)), ("o1", "o2"))}
        assert await ballots.standing_ballots(connection, question_id, 2) == {}
        assert await ballots.answer_of(connection, question_id, 1, "a") == ("o1", "o2")
        assert await ballots.answer_of(connection, question_id, 1, "b") == ()


@pytest.mark.parametrize("groups", [("",), ("nord", "süd", "")])
async def test_tallies_add_all_groups_together(database: Database, groups: tuple[str, ...]) -> None:
    """The sum that is shown is that of everybody, whatever their groups."""
    question_id = ids(await opened(database))[0]
    batch = [ballot(question_id, f"p{at}", grp=groups[at % len(groups)]) for at in range(6)]
    await ballots.count(database, batch)
    assert await tally(database, question_id) == {"#": 6, "o1": 6}


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


async def test_ballots_are_read_in_pieces(database: Database) -> None:
    """Each piece begins behind the last row of the one before, in the order of participants, whatever its size."""
    question_id = ids(await opened(database))[0]
    people = [f"p{at:02}" for at in range(7)]
    await ballots.count(database, [ballot(question_id, person, id=at) for at, person in enumerate(people)])
    found: list[tuple[str, str, tuple[str, ...]]] = []
    sizes: list[int] = []
    async with database.read() as connection:
        while not sizes or sizes[-1]:
            last = found[-1][:2] if found else ("", "")
            some = await ballots.rows_after(connection, question_id, 1, last, 3)
            found += some
            sizes.append(len(some))
    assert (sizes, found) == ([3, 3, 1, 0], [(person, "", ("o1",)) for person in people])


async def test_all_answers_are_read_whatever_a_piece_holds(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """More answers than one piece holds are all there, sorted."""
    monkeypatch.setattr(ballots, "_READ_AT_ONCE", 3)
    question_id = ids(await opened(database))[0]
    given = ["o3", "o1", "o4", "o1", "o2", "o3", "o1"]
    await ballots.count(database, [ballot(question_id, f"p{at}", answer, id=at) for at, answer in enumerate(given)])
    async with database.read() as connection:
        found = await ballots.answers(connection, question_id, 1)
    assert found == sorted((answer,) for answer in given)
