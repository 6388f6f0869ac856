"""The time that a question is open: a countdown for everybody, and more time for who needs it (WCAG 2.2, 2.2.1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from poll_server.domain.errors import Forbidden, Refused
from poll_server.domain.rounds import Question, State

EXTENSION = timedelta(seconds=60)
"""What a participant gets with one press."""
EXTENSIONS_MAXIMUM = 10
SECONDS_MAXIMUM = 3600
"""What a moderator can add at a time."""


class Countdown(NamedTuple):
    """A countdown that runs since a moment until another one."""

    since: datetime
    closes: datetime


class Extension(NamedTuple):
    """More time for one participant: until when, and how often they have taken some."""

    until: datetime
    times: int


Extensions = Mapping[str, Extension]
"""The extensions of one asking, by pseudonym."""


def countdown(question: Question, seconds: int, now: datetime) -> Countdown | None:
    """Return the countdown of an open question with so many seconds more; 0 takes it away.

    Raises Forbidden unless it is open.
    """
    if question.state is not State.OPEN:
        raise Forbidden("step")
    if not seconds:
        return None
    return Countdown(question.counts_since or now, max(question.closes or now, now) + timedelta(seconds=seconds))


def extend(question: Question, held: Extension | None, now: datetime) -> Extension:
    """Return a participant's extension after one press more; raises Refused where there is none to be had."""
    offered = question.closes is not None and question.definition.rules.get("extension")
    running = question.state is State.OPEN or (held is not None and question.state is State.CLOSING)
    if question.closes is None or not offered or not running:
        raise Refused("no_extension")
    times = held.times + 1 if held else 1
    if times > EXTENSIONS_MAXIMUM:
        raise Refused("extended_enough", times=EXTENSIONS_MAXIMUM)
    return Extension(max(held.until if held else now, question.closes, now) + EXTENSION, times)
