"""What may be shown of a closed question by group and as movements, as read from the database."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from poll_server.domain.programme import Option
from poll_server.domain.rounds import Action, Event
from poll_server.questions.split import Movement, Split
from poll_server.storage import ballots, events, groups
from poll_server.storage.database import Database
from tests.storage.databases import ballot, definition, draft, ids, stepped, stored

GROUPS = (Option("g1", "Kommune"), Option("g2", "Verband"), Option("g3", "Politik"))
CLOSE = (Action.CLOSE, Action.SETTLE, Action.SHOW)


async def asked(database: Database, groups: tuple[Option, ...] = GROUPS) -> Event:
    """An event with groups, whose one question is open."""
    event = await stored(database, replace(draft([definition()]), groups=groups))
    return await stepped(database, event, Action.OPEN, ids(event)[0])


async def answered(database: Database, event: Event, **people: str) -> None:
    """Let so many people of each group give these answers, one letter each: the digits of options."""
    question = event.question(ids(event)[0])
    batch = [
        ballot(question.id, f"{group}-{at}", f"o{digit}", wave=question.wave, grp="" if group == "none" else group)
        for group, answers in people.items()
        for at, digit in enumerate(answers)
        if digit != "0"
    ]
    await ballots.count(database, batch)


async def steps(database: Database, event: Event, *actions: Action) -> Event:
    """Carry out steps with the one question."""
    for action in actions:
        event = await stepped(database, event, action, ids(event)[0])
    return event


def labels(groups: Sequence[Option]) -> tuple[str, ...]:
    """What these groups are called."""
    return tuple(group.label for group in groups)


async def split_of(database: Database, event: Event) -> Split:
    """What may be shown now."""
    async with database.read() as connection:
        return await groups.read_split(connection, event, event.question(ids(event)[0]))


def parts(split: Split) -> dict[str, dict[str, int]]:
    """The rows of each group that is shown, without zeros."""
    return {part.key: {row.key: row.count for row in part.results.rows if row.count} for part in split.parts}


async def test_groups_of_an_event_are_read(database: Database) -> None:
    """An event has its groups again; one that was made without has none."""
    event = await stored(database)
    assert (event.groups, (await asked(database)).groups) == ((), GROUPS)


async def test_group_is_kept_and_taken_back(database: Database) -> None:
    """The last choice of a participant stands, in one event only."""
    one, other = await asked(database), await asked(database)
    async with database.write() as connection:
        for person, group in (("a", "g1"), ("b", "g2"), ("a", "g3"), ("b", "")):
            await groups.choose(connection, {(one.id, person): group})
    async with database.read() as connection:
        assert await groups.members(connection, one.id) == {"a": "g3"}
        assert await groups.members(connection, other.id) == {}


async def test_result_by_group_hides_what_is_small(database: Database) -> None:
    """Four people are hidden with the next smallest group; all others have their own sums, those without one too."""
    event = await asked(database)
    await answered(database, event, g1="1112222", g2="111122", g3="1234", none="44444444")
    split = await split_of(database, await steps(database, event, *CLOSE))
    assert parts(split) == {"g1": {"o1": 3, "o2": 4}, "": {"o4": 8}}
    assert (labels(split.hidden), split.movement, split.reopened) == (("Verband", "Politik"), None, False)


@pytest.mark.parametrize(("shown", "hidden"), [(True, ("Verband", "Politik")), (False, ())])
async def test_hidden_once_stays_hidden(database: Database, *, shown: bool, hidden: tuple[str, ...]) -> None:
    """A group hidden in a result that was shown is hidden in the next pass, however many answer there."""
    event = await asked(database)
    await answered(database, event, g1="1111111", g2="111111", g3="1234")
    event = await steps(database, event, *(CLOSE if shown else CLOSE[:2]), Action.REPEAT, Action.OPEN)
    await answered(database, event, g1="1111111", g2="11111111", g3="333333333")
    assert labels((await split_of(database, await steps(database, event, *CLOSE))).hidden) == hidden


async def test_nothing_after_a_shown_result_was_opened_again(database: Database) -> None:
    """One vote more after the result was shown would be that of one person; before it was shown nobody can compare."""
    event = await asked(database)
    await answered(database, event, g1="1111111", g2="11111122", g3="333333")
    event = await steps(database, event, *CLOSE[:2], Action.REOPEN, *CLOSE)
    assert parts(await split_of(database, event)).keys() == {"g1", "g2", "g3"}
    event = await steps(database, event, Action.HIDE, Action.REOPEN, *CLOSE)
    assert await split_of(database, event) == Split(reopened=True)
    event = await steps(database, event, Action.REPEAT, Action.OPEN)
    await answered(database, event, g1="1111122", g2="22222211", g3="333333")
    split = await split_of(database, await steps(database, event, *CLOSE))
    assert (split.parts, split.reopened, split.movement is None) == ((), True, False)


async def test_movements_match_people(database: Database) -> None:
    """Who answered twice is followed by pseudonym, who abstained or answered once is not; without groups too."""
    event = await asked(database, ())
    first, second = (
        "1" * 20 + "2" * 12 + "1" * 6 + "2" * 7 + "0" * 5 + "3" * 5,
        "1" * 20 + "2" * 12 + "2" * 6 + "1" * 7 + "3" * 5 + "0" * 5,
    )
    await answered(database, event, none=first)
    event = await steps(database, event, *CLOSE, Action.REPEAT, Action.OPEN)
    await answered(database, event, none=second)
    found = (await split_of(database, await steps(database, event, *CLOSE))).movement
    assert found is not None
    assert (found.people, found.changed, found.hidden) == (45, 13, False)
    assert found.cells == {("o1", "o1"): 20, ("o2", "o2"): 12, ("o1", "o2"): 6, ("o2", "o1"): 7}
    largest = found.largest
    assert largest is not None
    assert (largest[0].key, largest[1].key, largest[2]) == ("o2", "o1", 7)


async def test_few_who_answered_once_take_movements_with_them(database: Database) -> None:
    """One who answered only before would be the difference between the movements and that result; five are not few."""
    event = await asked(database, ())
    both = ("1" * 20 + "2" * 12 + "1" * 6 + "2" * 7, "1" * 20 + "2" * 12 + "2" * 6 + "1" * 7)
    await answered(database, event, none=both[0] + "2" + "11222")
    event = await steps(database, event, *CLOSE, Action.REPEAT, Action.OPEN)
    await answered(database, event, none=both[1] + "0" + "11222")
    event = await steps(database, event, *CLOSE)
    assert (await split_of(database, event)).movement == Movement()
    event = await steps(database, event, Action.REPEAT, Action.OPEN)
    await answered(database, event, none=both[0] + "0" * 6)
    found = (await split_of(database, await steps(database, event, *CLOSE))).movement
    assert found is not None
    assert (found.people, found.changed, found.hidden) == (45, 13, False)


async def test_no_movements_after_a_pass_was_opened_again(database: Database) -> None:
    """One vote more in a later pass whose result was shown would be that of one person, without groups too."""
    event = await asked(database, ())
    await answered(database, event, none="1" * 20 + "2" * 12 + "1" * 6 + "2" * 7)
    event = await steps(database, event, *CLOSE, Action.REPEAT, Action.OPEN)
    await answered(database, event, none="1" * 20 + "2" * 12 + "2" * 6 + "1" * 7)
    event = await steps(database, event, *CLOSE)
    found = (await split_of(database, event)).movement
    assert found is not None
    assert found.people == 45
    event = await steps(database, event, Action.HIDE, Action.REOPEN, *CLOSE)
    assert await split_of(database, event) == Split(reopened=True)


@pytest.mark.parametrize(("later", "cells"), [("g1", {("o1", "o1"): 10, ("o2", "o2"): 10, ("o3", "o3"): 10}), ("", {})])
async def test_movements_are_hidden_by_the_last_group(
    database: Database, later: str, cells: dict[tuple[str, str], int]
) -> None:
    """Those who moved can stand in for each other if they are in one group now, whichever they came from."""
    event = await asked(database, GROUPS[:2])
    question = event.question(ids(event)[0])
    stayed = [(option, option, group) for option in ("o1", "o2", "o3") for group in ("g1", "g2")] * 5
    moved = [("o1", "o2", "g1"), ("o2", "o1", "g1"), ("o3", "o2", "g1")]
    moved += [("o1", "o3", "g2"), ("o3", "o1", "g2"), ("o2", "o3", "g2")]
    people = [(one, other, group, group) for one, other, group in stayed]
    people += [(one, other, group, later or group) for one, other, group in moved * 3]
    first = [ballot(question.id, f"{at}", one, grp=group) for at, (one, _, group, _) in enumerate(people)]
    await ballots.count(database, first)
    event = await steps(database, event, *CLOSE, Action.REPEAT, Action.OPEN)
    second = [ballot(question.id, f"{at}", other, wave=2, grp=group) for at, (_, other, _, group) in enumerate(people)]
    await ballots.count(database, second)
    found = (await split_of(database, await steps(database, event, *CLOSE))).movement
    assert found is not None
    assert (found.people, found.changed, found.cells) == (48, 18, cells)


@pytest.mark.parametrize(("shown", "hidden"), [(True, ("Kommune", "Verband", "Politik")), (False, ())])
async def test_wave_that_was_shown_and_discarded_is_remembered(
    database: Database, *, shown: bool, hidden: tuple[str, ...]
) -> None:
    """What was hidden in a result that people have seen stays hidden, though moderators discard it."""
    event = await asked(database)
    await answered(database, event, g1="11", g2="1", g3="1")
    event = await steps(database, event, *(CLOSE if shown else CLOSE[:2]), Action.DISCARD, Action.OPEN)
    await answered(database, event, g1="11111", g2="11111", g3="33333")
    event = await steps(database, event, *CLOSE)
    async with database.read() as connection:
        assert await events.load(connection, event.id) == event
    assert labels((await split_of(database, event)).hidden) == hidden
