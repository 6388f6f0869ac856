"""What pages of the audience, authors, moderators, screen and podium show of a session: values for templates.

What a viewer may not see is not in them: `domain/contributions.SEES` is the one table.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from poll_server.domain.contributions import (
    BACKABLE,
    PUBLIC,
    SHOWN_FIRST,
    Contribution,
    Fate,
    Order,
    Seen,
    Session,
    SessionState,
    Viewer,
    ordered,
    seen,
)
from poll_server.domain.fates import Stage, way
from poll_server.live.floor_memory import Memory
from poll_server.messages.floor import Browse

NEXT = 5
"""So many come after the current one on the podium."""
MOST_BACKED = 10
"""So many a screen lists."""
QUEUED = 3
"""So many that wait stand beside the desk of the poll."""
PAGE = 50
"""So many a desk lists at a time."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a list: ``number`` of ``pages`` from 1, ``total`` in all of them."""

    items: tuple[Seen, ...]
    number: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class FloorView:
    """What everybody may see of a session, as the audience, the screen or the podium sees it.

    ``listed`` are the public ones for the audience, the most backed for a screen that lists them, the next ones for
    the podium; ``current`` is among them for the audience only.
    """

    session: Session
    order: Order
    current: Seen | None
    listed: Page


@dataclass(frozen=True, slots=True)
class Own:
    """An own contribution. If it is joined with another one, ``fate``, ``reason`` and ``answer`` are those of that one.

    ``root`` is that one as everybody sees it, None without one or while it is not public. ``way`` is what has become
    of it one after the other, the present last.
    """

    seen: Seen
    fate: Fate
    reason: str
    answer: str
    root: Seen | None
    way: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class AuthorView:
    """What is private to a participant: own contributions, ids of those backed, how many more may be sent."""

    own: tuple[Own, ...]
    backed: frozenset[int]
    left: int


@dataclass(frozen=True, slots=True)
class DeskView:
    """What moderators see of a session: what waits, what is accepted or current, and ``others`` of the fate looked for.

    ``sizes`` counts all by fate, whatever is looked for, ``labels`` and ``addressees`` are those there are, ``ranks``
    the places from 1 of those that are planned as the next.
    """

    session: Session
    browse: Browse
    current: Seen | None
    waiting: Page
    accepted: Page
    others: Page
    sizes: Mapping[Fate, int]
    labels: tuple[str, ...]
    addressees: tuple[str, ...]
    reasons: tuple[str, ...]
    ranks: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Queue:
    """What stands of the present session beside the desk of the poll, all as moderators see it.

    ``following`` is the one that comes next on the podium, ``waiting`` are the first that wait.
    """

    session: Session
    current: Seen | None
    following: Seen | None
    waiting: Page
    reasons: tuple[str, ...]


def audience(memory: Memory, item_id: int, order: Order = Order.BACKING, page: int = 1) -> FloorView:
    """Return what the audience sees of a session."""
    public = ordered(_roots(memory, item_id, PUBLIC), order, memory.backers)
    listed = _page(public, page, SHOWN_FIRST, lambda one: _seen(memory, one, Viewer.AUDIENCE))
    return FloorView(memory.session(item_id), order, _current(memory, item_id, Viewer.AUDIENCE), listed)


def screen(memory: Memory, item_id: int) -> FloorView:
    """Return what the screen shows of a session."""
    session = memory.session(item_id)
    found = ordered(_roots(memory, item_id, {Fate.ACCEPTED}), Order.BACKING, memory.backers) if session.listed else []
    listed = _page(found, 1, MOST_BACKED, lambda one: _seen(memory, one, Viewer.SCREEN))
    return FloorView(session, Order.BACKING, _current(memory, item_id, Viewer.SCREEN), listed)


def podium(memory: Memory, item_id: int) -> FloorView:
    """Return what the podium sees of a session: the current one and the next, as planned, then by backing."""
    following = ordered(_roots(memory, item_id, {Fate.ACCEPTED}), Order.PLANNED, memory.backers)
    listed = _page(following, 1, NEXT, lambda one: _seen(memory, one, Viewer.PODIUM))
    return FloorView(memory.session(item_id), Order.PLANNED, _current(memory, item_id, Viewer.PODIUM), listed)


def queue(memory: Memory) -> Queue | None:
    """Return what stands of the present session beside the desk of the poll, None without such a session."""
    item_id = on_stage(memory)
    if not item_id:
        return None

    def look(one: Contribution) -> Seen | None:
        return _seen(memory, one, Viewer.MODERATOR)

    following = ordered(_roots(memory, item_id, {Fate.ACCEPTED}), Order.PLANNED, memory.backers)
    return Queue(
        memory.session(item_id),
        _current(memory, item_id, Viewer.MODERATOR),
        look(following[0]) if following else None,
        _page(_roots(memory, item_id, {Fate.WAITING}), 1, QUEUED, look),
        memory.rules.reasons,
    )


def on_stage(memory: Memory) -> int:
    """Return the session that screen and podium show: the one with a current contribution, the open one, the next.

    Of several with a current one it is that in which one was put on last.
    """
    there = [one for one in memory.sessions.values() if one.state is not SessionState.ARCHIVED]
    taking = [one.item_id for one in there if one.state is SessionState.OPEN]
    ready = [one.item_id for one in there if one.state is SessionState.READY]
    over = [one.item_id for one in there if one.state is SessionState.CLOSED][::-1]
    current = [item_id for item_id in (*taking, *over) if _roots(memory, item_id, {Fate.CURRENT})]
    current.sort(key=lambda item_id: item_id != memory.shown_last)
    return next(iter((*current, *taking, *ready, *over)), 0)


def author(memory: Memory, item_id: int, participant: str) -> AuthorView:
    """Return what is private to a participant of a session."""
    session, mine = memory.session(item_id), memory.own(participant, item_id)
    own = tuple(_own(memory, one) for one in mine)
    backed = frozenset(id_ for id_ in memory.backed(participant) if memory.contribution(id_).item_id == item_id)
    return AuthorView(own, backed, max(0, session.maximum - len(mine)))


def particulars(memory: Memory, id_: int) -> Seen | None:
    """Return a contribution as moderators see it, None when its author has taken it back; raises Unknown."""
    return _seen(memory, memory.contribution(id_), Viewer.MODERATOR)


def own(memory: Memory, one: Contribution) -> Own:
    """Return a contribution as its author sees it."""
    return _own(memory, one)


def desk(memory: Memory, item_id: int, browse: Browse) -> DeskView:
    """Return what moderators see of a session who look for something in it."""
    there = memory.there(item_id).values()
    wanted = ordered(_wanted(memory, item_id, browse), browse.order, memory.backers)

    def page(fates: Iterable[Fate], number: int) -> Page:
        some = [one for one in wanted if one.fate in fates]
        return _page(some, number, PAGE, lambda one: _seen(memory, one, Viewer.MODERATOR))

    shown = [one for one in there if one.fate is not Fate.WITHDRAWN]
    return DeskView(
        session=memory.session(item_id),
        browse=browse,
        current=_current(memory, item_id, Viewer.MODERATOR),
        waiting=page({Fate.WAITING}, browse.waiting_page),
        accepted=page(BACKABLE, browse.page),
        others=page({browse.fate} - BACKABLE - {Fate.WAITING} if browse.fate else (), browse.page),
        sizes=Counter(one.fate for one in shown if not one.joined),
        labels=tuple(sorted({label for one in shown for label in one.labels}, key=str.casefold)),
        addressees=tuple(sorted({one.addressee for one in shown if one.addressee})),
        reasons=memory.rules.reasons,
        ranks={one.id: rank for rank, one in enumerate(memory.planned(item_id), 1)},
    )


def figures(view: FloorView) -> dict[str, int]:
    """Return the numbers of a tick: the backers of each that is listed by ``q<id>``, and ``total``."""
    found = {f"q{one.id}": one.backers for one in (*view.listed.items, *([view.current] if view.current else []))}
    return found | {"total": view.listed.total}


def _wanted(memory: Memory, item_id: int, browse: Browse) -> list[Contribution]:
    """Return those that stand for themselves and, alone or with those joined, have what is looked for."""
    text = browse.text.casefold()

    def fits(one: Contribution) -> bool:
        return (
            (not browse.label or browse.label in one.labels)
            and (not browse.addressee or one.addressee == browse.addressee)
            and (not text or any(text in field.casefold() for field in (one.text, one.wording, one.name, one.note)))
        )

    return [one for one in _roots(memory, item_id, Fate) if fits(one) or any(map(fits, memory.together(one.id)))]


def _roots(memory: Memory, item_id: int, fates: Iterable[Fate]) -> list[Contribution]:
    wanted = frozenset(fates)
    return [one for one in memory.there(item_id).values() if one.fate in wanted and not one.joined]


def _seen(memory: Memory, one: Contribution, viewer: Viewer) -> Seen | None:
    joined = (seen(other, viewer) for other in memory.together(one.id))
    return seen(one, viewer, memory.backers.get(one.id, 0), [other for other in joined if other])


def _current(memory: Memory, item_id: int, viewer: Viewer) -> Seen | None:
    current = next(iter(_roots(memory, item_id, {Fate.CURRENT})), None)
    return _seen(memory, current, viewer) if current else None


def _own(memory: Memory, one: Contribution) -> Own:
    root = memory.contribution(one.root)
    found = seen(one, Viewer.AUTHOR, memory.backers.get(root.id, 0))
    assert found is not None
    as_public = seen(root, Viewer.AUDIENCE, memory.backers.get(root.id, 0)) if one.joined else None
    following = root.id in [planned.id for planned in memory.planned(one.item_id)[:1]]
    became = way(one, root, memory.turns, following=following)
    return Own(found, root.fate, root.reason, root.answer or one.answer, as_public, became)


def _page(found: Sequence[Contribution], number: int, size: int, look: Callable[[Contribution], Seen | None]) -> Page:
    """Return one page of a list; a number beyond its end is the last one."""
    pages = max(1, ceil(len(found) / size))
    number = min(max(1, number), pages)
    items = (look(one) for one in found[(number - 1) * size : number * size])
    return Page(tuple(one for one in items if one), number, pages, len(found))
