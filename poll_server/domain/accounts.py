"""Organisers: who they are, which password is none, how long somebody waits who guesses."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from poll_server.domain.access import Role
from poll_server.domain.errors import Refused
from poll_server.domain.text import looked_up

NAME_MAXIMUM = 100
PASSWORD_MINIMUM = 12
PASSWORD_MAXIMUM = 256
LINK_LASTS = timedelta(hours=24)
"""How long a link to set a password can be used."""
SESSION_LASTS = timedelta(days=30)
SESSION_RESTS = timedelta(days=14)
"""A session that nobody has used for so long is over."""
SEEN_EVERY = timedelta(hours=1)
"""How exactly it is noted when a session was last used: nobody's hours of work are written down."""
WAIT_MAXIMUM = 60
"""Seconds that somebody waits at most before the next attempt to sign in."""
_PLAIN = (
    *("passwort", "password", "kennwort", "geheim", "secret", "qwertz", "qwerty", "asdfgh", "yxcvbn", "zxcvbn"),
    *("willkommen", "welcome", "siesindgefragt", "gefragt", "organisieren", "organiser", "admin"),
)
_REST_MINIMUM = 5
"""Different characters that must be left of a password without the words that everybody tries first, 123 and aaa."""


@dataclass(frozen=True, slots=True)
class Organiser:
    """Somebody with an account; ``role`` is ADMINISTRATOR or ORGANISER."""

    id: int
    name: str
    role: Role
    active: bool
    created: datetime

    @property
    def is_administrator(self) -> bool:
        """Whether all events are theirs."""
        return self.role is Role.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which an organiser has signed in; ``browser`` is its family and no more, ``seen`` to the hour."""

    id: int
    created: datetime
    seen: datetime
    browser: str

    def lasts(self, now: datetime) -> bool:
        """Tell whether it can still be used."""
        return now - self.created < SESSION_LASTS and now - self.seen < SESSION_RESTS


def sign_in_name(typed: str) -> str:
    """Return a name or address as it is looked up, also one that was copied with characters that nobody sees."""
    return looked_up(typed)


def entered(password: str) -> str:
    """Return a password as it is hashed: the same characters from every keyboard (RFC 8265, but for its spaces)."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, name: str) -> None:
    """Raise Refused for a password that is too short, too long, or one of those that everybody tries first."""
    if len(password) < PASSWORD_MINIMUM:
        raise Refused("password_short", minimum=PASSWORD_MINIMUM)
    if len(password) > PASSWORD_MAXIMUM:
        raise Refused("password_long", maximum=PASSWORD_MAXIMUM)
    rest = password.casefold()
    for word in (sign_in_name(name), *_PLAIN):
        rest = rest.replace(word, "")
    steps = pairwise(rest)
    if len(set(rest[:1]) | {b for a, b in steps if abs(ord(a) - ord(b)) > 1}) < _REST_MINIMUM:
        raise Refused("password_plain")


def wait_after(failures: int, free: int) -> int:
    """Return how many seconds to wait after so many failures: none below ``free``, then twice as many each time.

    There are never more than `WAIT_MAXIMUM`, so nobody is kept out for good.
    """
    return min(2 ** min(failures - free + 1, 10), WAIT_MAXIMUM) if failures >= free else 0


_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))


def browser_family(user_agent: str) -> str:
    """Return what sort of browser it is, empty for one of none of the known: no version, no system."""
    return next((family for mark, family in _BROWSERS if mark in user_agent), "")


class Phase(StrEnum):
    """Where an event is in its life, by the days of its programme."""

    TODAY = "today"
    AHEAD = "ahead"
    OVER = "over"


def phase(day: date, last: date, time_zone: str, now: datetime) -> Phase:
    """Return whether it is ahead, on today or over, where it takes place: its first and last day are days there."""
    today = now.astimezone(ZoneInfo(time_zone)).date()
    if today < day:
        return Phase.AHEAD
    return Phase.TODAY if today <= last else Phase.OVER


@dataclass(frozen=True, slots=True)
class Listed:
    """An event in an organiser's list; ``owner`` is the owner's name, empty without one. ``last`` is its last day."""

    code: str
    title: str
    day: date
    last: date
    time_zone: str
    owner: str
    own: bool
