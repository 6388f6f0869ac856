"""Changing the times of a programme: moving a slot among its neighbours, and following a conference that runs late."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from poll_server.domain.errors import Forbidden, Unknown
from poll_server.domain.programme import Item, ItemKind, days_of

Times = Mapping[int, tuple[datetime, datetime | None]]
"""When slots begin and end from now on, by their ids."""

FAR = timedelta(hours=6)
"""What begins further from now is not what runs late."""


def find(items: tuple[Item, ...], item_id: int) -> Item:
    """Return a slot; raises Unknown."""
    found = next((item for item in items if item.id == item_id), None)
    if found is None:
        raise Unknown("unknown_slot")
    return found


def seal(seen: Item | tuple[Item, ...]) -> str:
    """Return a text that is the same as long as a slot, or a whole programme, is; for a form to send back."""
    return blake2b(repr(seen).encode(), digest_size=12).hexdigest()


def of_day(items: tuple[Item, ...], item_id: int) -> tuple[Item, ...]:
    """Return the slots of the day that a slot is on; raises Unknown."""
    one = find(items, item_id)
    return next(found for _, found in days_of(items) if one in found)


def moved(items: tuple[Item, ...], item_id: int, *, by: int) -> tuple[tuple[Item, ...], Times]:
    """Move a slot by so many places of its day; return the day's slots in their new order, and the times that change.

    Raises Forbidden at the edge of the day, and where the end of the event would not stay the last.
    """
    day = list(of_day(items, item_id))
    times: dict[int, tuple[datetime, datetime | None]] = {item.id: (item.starts, item.ends) for item in day}
    at = day.index(find(items, item_id))
    step = 1 if by > 0 else -1
    for _ in range(abs(by)):
        to = at + step
        if not 0 <= to < len(day) or ItemKind.END in (day[at].kind, day[to].kind):
            raise Forbidden("slot_edge")
        first, second = (day[at], day[to]) if step > 0 else (day[to], day[at])
        times |= _swapped(first.id, second.id, times)
        day[at], day[to] = day[to], day[at]
        at = to
    return tuple(day), times


def _swapped(first: int, second: int, times: Times) -> Times:
    """Let two slots change places: each keeps its length, and the gap between them stays.

    Where one runs into the other, or the first one's end is open, they change their starts.
    """
    (starts, ends), (after, until) = times[first], times[second]
    long, length = _length(starts, ends), _length(after, until)
    if ends is None or length is None or _utc(ends) > _utc(after):
        second_starts = after
    else:
        second_starts = later(starts, length + (_utc(after) - _utc(ends)))
    return {
        second: (starts, None if length is None else later(starts, length)),
        first: (second_starts, None if long is None else later(second_starts, long)),
    }


def shifted(items: tuple[Item, ...], item_id: int, by: timedelta) -> Times:
    """Let a slot and all that follow on its day begin and end later, or earlier; return the times that change.

    What ends where it begins goes on until then. Raises Forbidden if it would not begin after the one before it.
    """
    day = of_day(items, item_id)
    one = find(items, item_id)
    at = day.index(one)
    starts = later(one.starts, by)
    if at and _utc(starts) <= _utc(day[at - 1].starts) and by < timedelta(0):
        raise Forbidden("too_early")
    before = {item.id: (item.starts, starts) for item in day[:at] if item.ends == one.starts}
    return before | {
        item.id: (later(item.starts, by), None if item.ends is None else later(item.ends, by)) for item in day[at:]
    }


def until_now(item: Item, now: datetime) -> timedelta:
    """Return by how much a slot has to move to begin in the present minute; raises Forbidden for one far from now."""
    by = _utc(now).replace(second=0, microsecond=0) - _utc(item.starts)
    if abs(by) > FAR:
        raise Forbidden("not_now")
    return by


def beside(items: tuple[Item, ...]) -> frozenset[int]:
    """Return the ids of the slots that begin while an earlier one still runs."""
    found, latest = set(), None
    for item in items:
        if latest and _utc(item.starts) < latest:
            found.add(item.id)
        if item.ends and (latest is None or _utc(item.ends) > latest):
            latest = _utc(item.ends)
    return frozenset(found)


def later(moment: datetime, by: timedelta) -> datetime:
    """Return a moment that much later, in its own zone: real time, also while the clocks change."""
    return (_utc(moment) + by).astimezone(moment.tzinfo)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _length(starts: datetime, ends: datetime | None) -> timedelta | None:
    return None if ends is None else _utc(ends) - _utc(starts)
