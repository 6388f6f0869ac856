"""Which questions the events of a series have in common.

A question is the same in two events if both are linked to the same one of a library, or if people were asked the same.
Only results that were shown are compared, as in the documentation of an event; groups never are.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from poll_server.domain.library import Asking
from poll_server.domain.programme import Series
from poll_server.questions import kind_of
from poll_server.questions.linking import asked
from poll_server.render.side_by_side import SideBySide, side_by_side


@dataclass(frozen=True, slots=True)
class Comparison:
    """A series with the events that are compared, and ``left_out``, how many others it has.

    ``questions`` are those that at least two of the events have asked, ``once`` an asking of each of the others; both
    in the order of their first asking. ``present`` is, by the code of an event, the most people at a close.
    """

    series: Series
    left_out: int
    questions: tuple[SideBySide, ...]
    once: tuple[Asking, ...]
    present: Mapping[str, int]


def compare(series: Series, askings: Sequence[Asking], left_out: int = 0) -> Comparison:
    """Put what the events of a series have asked side by side; ``askings`` are oldest first."""
    places = {event.code: place for place, event in enumerate(series.events)}
    answered = [one for one in askings if kind_of(one.definition).answerable]
    same = _same(sorted(answered, key=lambda one: places[one.code]))
    events = [len({one.code for one in found}) for found in same]
    return Comparison(
        series,
        left_out,
        tuple(side_by_side(found) for found, n in zip(same, events, strict=True) if n > 1),
        tuple(found[0] for found, n in zip(same, events, strict=True) if n == 1),
        {code: max((one.present for one in answered if one.code == code), default=0) for code in places},
    )


def _same(askings: Sequence[Asking]) -> list[list[Asking]]:
    """Put askings of the same question together."""
    origins = {asked(one.definition): one.definition.origin for one in askings if one.definition.origin}
    found: dict[Hashable, list[Asking]] = {}
    for one in askings:
        words = asked(one.definition)
        found.setdefault(one.definition.origin or origins.get(words, words), []).append(one)
    return list(found.values())
