"""The way of a contribution as its author reads it: what has become of it one after the other, and when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from poll_server.domain.contributions import PUBLIC, Contribution, Fate


class Turn(NamedTuple):
    """What a deed has changed of all that its author is told: the fate, being joined, an answer in writing.

    ``before`` and ``fate`` are the fates before and after it, ``joined`` is as of a contribution, ``answered`` whether
    an answer was released; each is None for what has not changed.
    """

    at: datetime
    before: Fate | None = None
    fate: Fate | None = None
    joined: int | None = None
    answered: bool | None = None


class Sort(StrEnum):
    """What else than a fate stands on the way."""

    RECEIVED = "received"
    JOINED = "joined"
    NEXT = "next"
    """Moderators have planned it as the next one."""
    WRITTEN = "written"
    """The answer in writing can be read."""


class Stage(NamedTuple):
    """One thing that has become of a contribution; ``at`` is None where no time belongs to it."""

    what: Sort | Fate
    at: datetime | None = None


def turn(at: datetime, before: Mapping[str, Any], after: Mapping[str, Any]) -> Turn | None:
    """Return the turn that a line of the log is, from the fields that it has changed; None if its author hears none."""
    found = Turn(
        at,
        Fate(before["fate"]) if "fate" in before else None,
        Fate(after["fate"]) if "fate" in after else None,
        after.get("joined"),
        bool(after["answer"]) if "answer" in after else None,
    )
    return found if any(one is not None for one in found[2:]) else None


def way(
    one: Contribution, root: Contribution, turns: Mapping[int, Sequence[Turn]], *, following: bool
) -> tuple[Stage, ...]:
    """Return what has become of a contribution, the present last, by the turns of each, oldest first.

    ``root`` is the one that stands for it; nothing that became of that one before they were joined is told as earlier
    than this. ``following`` says that it is planned as the next one.
    """
    begun, found = one.at, [Stage(Sort.RECEIVED, one.at)]
    if one.joined:
        begun = next((each.at for each in reversed(turns.get(one.id, ())) if each.joined == one.joined), begun)
        found.append(Stage(Sort.JOINED, begun))
    found += (Stage(fate, at and max(begun, at)) for fate, at in _fates(root, turns.get(root.id, ())).items())
    if root.fate is Fate.WAITING:
        found.append(Stage(Fate.WAITING))
    if root.fate is Fate.IN_WRITING and (root.answer or one.answer):
        released = [each.at for id_ in (root.id, one.id) for each in turns.get(id_, ()) if each.answered]
        found.append(Stage(Sort.WRITTEN, released[-1] if released else None))
    if following and root.fate is Fate.ACCEPTED:
        found.append(Stage(Sort.NEXT))
    return tuple(found)


def _fates(one: Contribution, turns: Sequence[Turn]) -> dict[Fate, datetime | None]:
    """Return the fates that count now, each with its time: of a public one those since it was published.

    What was taken back, such as being answered, does not count; of what happened twice the last one does. A fate that
    no turn tells of has no time.
    """
    fates = [(each.before, each.fate, each.at) for each in turns if each.fate is not None]
    public = (fates[0][0] if fates else one.fate) in PUBLIC
    found: dict[Fate, datetime | None] = {Fate.ACCEPTED: one.at} if public else {}
    for _, fate, at in fates:
        if fate not in PUBLIC:
            found = {} if fate is Fate.WAITING else {fate: at}
        elif fate is Fate.ACCEPTED:
            found = {fate: found.get(fate, at)}
        else:
            found.pop(fate, None)
            found = {each: when for each, when in found.items() if each in PUBLIC} | {fate: at}
    return found if one.fate in (Fate.WAITING, *found) else {one.fate: None}
