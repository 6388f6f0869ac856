"""A programme that is taken into an event which may have one: added to it, or put in its place."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from enum import StrEnum

from poll_server.domain.programme import Item, ItemDraft
from poll_server.domain.rounds import Event, Question
from poll_server.domain.text import looked_up


class Way(StrEnum):
    """What a programme is to the one that is there."""

    ADD = "add"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Merger:
    """What becomes of the slots of an event, and of those of a programme that is taken into it.

    ``new`` become slots, ``there`` are slots already. ``changed`` are slots that a programme has under the same title
    and kind: they keep their round or question session, ``asking`` if anything is in it, and get what it says. ``kept``
    are not in it, but people have been asked there, so they stay as they are; ``gone`` are deleted. ``loose`` are the
    questions of rounds that go: they stay outside the programme. ``outside`` are what the programme has on days that
    are none of the event's.
    """

    new: tuple[ItemDraft, ...]
    there: tuple[ItemDraft, ...] = ()
    changed: tuple[tuple[Item, ItemDraft], ...] = ()
    asking: tuple[Item, ...] = ()
    kept: tuple[Item, ...] = ()
    gone: tuple[Item, ...] = ()
    loose: tuple[Question, ...] = ()
    outside: tuple[ItemDraft, ...] = ()


def merge(event: Event, drafts: Sequence[ItemDraft], way: Way, opened: Collection[int]) -> Merger:
    """Return what becomes of an event's slots; ``opened`` are the ids of those whose question session has begun."""
    return (_added if way is Way.ADD else _replaced)(event, drafts, opened)


def _added(event: Event, drafts: Sequence[ItemDraft], _: Collection[int]) -> Merger:
    known = {_exact(item) for item in event.items}
    new = tuple(draft for draft in drafts if _exact(draft) not in known)
    there = tuple(draft for draft in drafts if _exact(draft) in known)
    return Merger(new, there, outside=tuple(_outside(event, new)))


def _replaced(event: Event, drafts: Sequence[ItemDraft], opened: Collection[int]) -> Merger:
    pairs = _pairs(event.items, drafts)
    matched = {item.id for item in pairs.values()}
    rest = [item for item in event.items if item.id not in matched]
    kept = tuple(item for item in rest if item.id in opened or any(one.asked for one in _questions(event, item)))
    gone = tuple(item for item in rest if item not in kept)
    return Merger(
        new=tuple(draft for at, draft in enumerate(drafts) if at not in pairs),
        changed=tuple((pairs[at], drafts[at]) for at in sorted(pairs)),
        asking=tuple(pairs[at] for at in sorted(pairs) if pairs[at].id in opened or _questions(event, pairs[at])),
        kept=kept,
        gone=gone,
        loose=tuple(question for item in gone for question in _questions(event, item)),
        outside=tuple(_outside(event, drafts)),
    )


def _questions(event: Event, item: Item) -> list[Question]:
    return [question for round_ in event.rounds if round_.item_id == item.id for question in round_.questions]


def _pairs(items: Sequence[Item], drafts: Sequence[ItemDraft]) -> dict[int, Item]:
    """Return which slot a draft goes on with, by the draft's place: first those at the same time, then in order."""
    found: dict[int, Item] = {}
    keys: tuple[Callable[[Item | ItemDraft], object], ...] = (_exact, _named)
    for key in keys:
        taken = {item.id for item in found.values()}
        waiting: dict[object, list[Item]] = {}
        for item in items:
            if item.id not in taken:
                waiting.setdefault((item.kind, key(item)), []).append(item)
        for at, draft in enumerate(drafts):
            same = waiting.get((draft.kind, key(draft)))
            if at not in found and same:
                found[at] = same.pop(0)
    return found


def _named(slot: Item | ItemDraft) -> str:
    return looked_up(slot.title)


def _exact(slot: Item | ItemDraft) -> tuple[object, str]:
    return slot.starts.astimezone(UTC), _named(slot)


def _outside(event: Event, drafts: Sequence[ItemDraft]) -> Iterator[ItemDraft]:
    last: date = event.last_day or event.day
    return (draft for draft in drafts if not event.day <= draft.starts.date() <= last)
