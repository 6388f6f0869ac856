"""A programme that comes into an event: what is new, what goes on, what stays and what goes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poll_server.domain.merging import Merger, Way, merge
from poll_server.domain.programme import Definition, Item, ItemDraft, ItemKind
from poll_server.domain.rounds import Event, Question, Round, State, Wave

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2027, 1, 21)
KINDS = {"T": ItemKind.TALK, "R": ItemKind.ROUND, "F": ItemKind.QUESTION_SESSION, "P": ItemKind.BREAK}


def at(hour: int, day: int = 21) -> datetime:
    """An hour in January, in Berlin."""
    return datetime(2027, 1, day, hour, tzinfo=BERLIN)


def drafts(*slots: tuple[int, str]) -> tuple[ItemDraft, ...]:
    """A programme as it was read; the first letter of a title says its kind."""
    return tuple(ItemDraft(at(hour), title, kind=KINDS[title[0]]) for hour, title in slots)


def event(*slots: tuple[int, str], questions: dict[int, Sequence[Question]] | None = None) -> Event:
    """An event whose slots have ids from 1 on, with the questions of their rounds by slot."""
    items = tuple(
        Item(number, at(hour), None, False, KINDS[title[0]], title, "", ())
        for number, (hour, title) in enumerate(slots, 1)
    )
    rounds = tuple(Round(100 + one, one, "Runde", tuple(asked)) for one, asked in (questions or {}).items())
    return Event(1, "code", "Tagung", "", "", DAY, "Europe/Berlin", "de", 0, None, False, items, rounds)


def question(number: int, state: State = State.READY, *, again: bool = False) -> Question:
    """A question in this state, maybe one whose earlier asking is kept."""
    earlier = (Wave(1, at(9), at(10), 7),) if again else ()
    return Question(number, 1, Definition("yes_no", f"Frage {number}?"), state, 1 + again, earlier=earlier)


def ids(items: Sequence[Item]) -> list[int]:
    """The ids of slots."""
    return [item.id for item in items]


def titles(items: Sequence[ItemDraft]) -> list[str]:
    """The titles of what was read."""
    return [item.title for item in items]


def test_added_programme_leaves_what_is_there() -> None:
    """What stands there at the same time under the same title is not added twice, however it is written."""
    there = event((9, "Tor"), (10, "Pause"))
    found = merge(there, drafts((9, "TOR"), (9, "Turm"), (10, "Tor"), (11, "Pause")), Way.ADD, ())
    assert (titles(found.new), titles(found.there)) == (["Turm", "Tor", "Pause"], ["TOR"])
    assert (found.changed, found.gone, found.kept, found.loose) == ((), (), (), ())


def test_replaced_programme_goes_on_with_what_it_has_too() -> None:
    """Slots of the same kind and title keep their questions at other times; the others go."""
    there = event((9, "Tor"), (10, "Runde"), (11, "Pause"), (12, "Frage"), questions={2: [question(1)]})
    found = merge(there, drafts((9, "Tor"), (11, "RUNDE"), (12, "Talk")), Way.REPLACE, ())
    assert [(item.id, draft.title) for item, draft in found.changed] == [(1, "Tor"), (2, "RUNDE")]
    assert (titles(found.new), ids(found.gone), ids(found.asking), found.loose) == (["Talk"], [3, 4], [2], ())


def test_slots_of_one_name_go_on_at_their_times_first() -> None:
    """Of two rounds of the same name the one at the same time stays; what is left goes on in order."""
    there = event((9, "R"), (11, "R"), (14, "R"), (15, "P"))
    found = merge(there, drafts((11, "R"), (12, "R"), (15, "Paus")), Way.REPLACE, ())
    assert [(item.id, draft.starts.hour) for item, draft in found.changed] == [(2, 11), (1, 12)]
    assert (ids(found.gone), titles(found.new)) == ([3, 4], ["Paus"])


def test_another_kind_is_another_slot() -> None:
    """A talk with the name of a round does not take its questions."""
    there = event((9, "R"), questions={1: [question(1)]})
    talk = (replace(drafts((9, "R"))[0], kind=ItemKind.TALK),)
    found = merge(there, talk, Way.REPLACE, ())
    assert (found.new, found.changed, ids(found.gone), len(found.loose)) == (talk, (), [1], 1)


@pytest.mark.parametrize(
    ("asked", "stays"),
    [
        (question(1), False),
        (question(1, State.OPEN), True),
        (question(1, State.ARCHIVED), True),
        (question(1, State.READY, again=True), True),
    ],
)
def test_slots_where_people_were_asked_stay(asked: Question, stays: bool) -> None:
    """Whatever has been asked, once, keeps its slot; what was only prepared stays outside the programme."""
    there = event((9, "R"), (10, "F"), questions={1: [question(2), asked]})
    found = merge(there, drafts((9, "Tor")), Way.REPLACE, ())
    assert (ids(found.kept), ids(found.gone)) == (([1], [2]) if stays else ([], [1, 2]))
    assert [one.id for one in found.loose] == ([] if stays else [2, 1])


def test_opened_question_sessions_stay() -> None:
    """A session that has begun keeps its slot, and goes on with one of its name; one that has not may go."""
    there = event((9, "Frage A"), (10, "Frage B"), (11, "Frage C"))
    found = merge(there, drafts((12, "Frage A")), Way.REPLACE, {1, 2})
    assert (ids(found.asking), ids(found.kept), ids(found.gone)) == ([1], [2], [3])


def test_items_on_other_days_are_named() -> None:
    """What lies before or behind the event's days is named, however it comes; what is there already is not."""
    there = replace(event((9, "Tor")), last_day=date(2027, 1, 22))
    programme = [
        replace(one, starts=at(9, day)) for day, one in zip((20, 21, 22, 23), drafts(*[(9, "Tor")] * 4), strict=True)
    ]
    for way in Way:
        found = merge(there, programme, way, ())
        assert [one.starts.day for one in found.outside] == [20, 23]


SLOTS = st.lists(st.tuples(st.integers(8, 12), st.sampled_from(["T", "R", "R2", "F", "P"])), max_size=8)


@given(SLOTS, SLOTS, st.sampled_from(Way), st.sets(st.integers(1, 8)), st.sets(st.integers(1, 8)))
def test_nothing_is_lost_or_doubled(
    stored: list[tuple[int, str]], read: list[tuple[int, str]], way: Way, opened: set[int], asked: set[int]
) -> None:
    """Each slot and each item read has one fate; nothing that people were asked in goes, and kinds never change."""
    there = event(*stored, questions={at: [question(at, State.SHOWN)] for at in asked if at <= len(stored)})
    programme = drafts(*read)
    found: Merger = merge(there, programme, way, opened)
    changed = [item.id for item, _ in found.changed]
    stays = set(ids(there.items)) if way is Way.ADD else set()
    assert sorted([*changed, *ids(found.kept), *ids(found.gone), *stays]) == ids(there.items)
    assert len(found.new) + len(found.there) + len(found.changed) == len(programme)
    assert {item.id for item in found.gone}.isdisjoint(opened | asked)
    assert all(item.kind is draft.kind for item, draft in found.changed)
