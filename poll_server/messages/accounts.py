"""What organisers say about their accounts and about whose an event is."""

import re
from dataclasses import dataclass, field

from poll_server.domain.accounts import NAME_MAXIMUM
from poll_server.domain.errors import Malformed, Refused
from poll_server.domain.text import fold
from poll_server.messages import ID_MAXIMUM
from poll_server.messages.fields import Fields, number_of, text_of

HOME = "/organise"
_PAGE = re.compile(r"/organise(/[a-z0-9-]+)*")


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody signs in; ``wanted`` is the page of ours that they came for."""

    name: str
    password: str = field(repr=False)
    wanted: str = HOME


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """An organiser changes the own password."""

    present: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndSessions:
    """An organiser ends one of the own sessions, or with 0 all but the one in which they say it."""

    session: int


@dataclass(frozen=True, slots=True)
class Share:
    """An event's owner shares it with who signs in with this name."""

    name: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """An event's owner ends the sharing with an organiser."""

    organiser: int


def parse_sign_in(fields: Fields) -> SignIn:
    """Read who signs in; a page that is not one of the organisers' becomes their first. Raises Malformed."""
    wanted = page_of(text_of(fields, "wanted") if "wanted" in fields else HOME)
    return SignIn(fold(text_of(fields, "name"), NAME_MAXIMUM), text_of(fields, "password"), wanted)


def page_of(path: str) -> str:
    """Return the address of a page for organisers; anything else, also an address elsewhere, becomes their first."""
    return path if _PAGE.fullmatch(path) else HOME


def parse_password(fields: Fields) -> str:
    """Read a new password that was typed twice; raises Malformed, or Refused when the two differ."""
    password = text_of(fields, "password")
    if password != text_of(fields, "again"):
        raise Refused("password_twice")
    return password


def parse_change(fields: Fields) -> ChangePassword:
    """Read the present and the new password; raises Malformed or Refused."""
    return ChangePassword(text_of(fields, "present"), parse_password(fields))


def parse_end(fields: Fields) -> EndSessions:
    """Read which session ends; raises Malformed."""
    return EndSessions(number_of(fields, "session", ID_MAXIMUM))


def parse_share(fields: Fields) -> Share | TakeBack:
    """Read with whom an event is shared, or is no longer; raises Malformed."""
    if "take_back" in fields:
        return TakeBack(number_of(fields, "take_back", ID_MAXIMUM))
    name = fold(text_of(fields, "name"), NAME_MAXIMUM)
    if not name:
        raise Malformed("malformed")
    return Share(name)
