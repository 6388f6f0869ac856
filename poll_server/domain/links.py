"""Secret links of a team: each opens one role's pages of one event, until it is over or taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from poll_server.domain.access import Role
from poll_server.domain.contributions import NAME_MAXIMUM
from poll_server.domain.errors import Forbidden, Malformed
from poll_server.domain.text import drawn, fold, has_no_shape, is_seen

PAGES = {"desk": Role.MODERATOR, "screen": Role.SCREEN, "podium": Role.PODIUM}
"""The pages that links open, and for which role."""
PAGE_OF = {role: page for page, role in PAGES.items()}
_WRITTEN_WITH = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\N{VARIATION SELECTOR-15}\N{VARIATION SELECTOR-16}"
"""What is not seen itself and yet belongs to how emoji and some scripts are written."""


class Validity(StrEnum):
    """Whether a link opens its page."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is known to everybody but its owner: without its secret. All times are aware.

    ``made_by`` is who made it, in words; ``seen`` the minute in which somebody was last on it. Without ``expires`` it
    is valid until it is ``revoked``.
    """

    id: int
    role: Role
    name: str
    made: datetime
    made_by: str
    expires: datetime | None = None
    revoked: datetime | None = None
    seen: datetime | None = None

    def validity(self, now: datetime) -> Validity:
        """Tell whether the link opens its page at this moment."""
        if self.revoked:
            return Validity.REVOKED
        return Validity.EXPIRED if self.expires and self.expires <= now else Validity.VALID

    def check(self, now: datetime) -> None:
        """Raise Forbidden unless the link opens its page at this moment."""
        validity = self.validity(now)
        if validity is not Validity.VALID:
            raise Forbidden(f"link_{validity}")


def link_name(typed: str) -> str:
    """Return the name of a link as it is kept.

    Raises Malformed for none that is seen, one too long, or one with characters that nobody sees.
    """
    name = fold(typed)
    if not is_seen(name) or len(name) > NAME_MAXIMUM:
        raise Malformed("link_name", maximum=NAME_MAXIMUM)
    if any(has_no_shape(letter) for letter in name if letter not in _WRITTEN_WITH):
        raise Malformed("link_unseen")
    return name


def free_name(wanted: str, taken: Collection[str]) -> str:
    """Return this name, or the first of "name 2", "name 3" and so on that none of those taken looks like."""
    known = set(map(drawn, taken))
    number = 1
    name = wanted
    while drawn(name) in known:
        number += 1
        name = f"{wanted} {number}"
    return name


def expiry(typed: str, zone: str, now: datetime) -> datetime:
    """Return until when a link is valid by an ISO time in the event's zone, or the end of an ISO day.

    Raises Malformed for anything else, and for what is over already.
    """
    try:
        at = datetime.combine(date.fromisoformat(typed) + timedelta(days=1), time.min)
    except ValueError:
        try:
            at = datetime.fromisoformat(typed)
        except ValueError as error:
            raise Malformed("link_expires") from error
    except OverflowError as error:
        raise Malformed("link_expires") from error
    if at.tzinfo is not None or at.replace(tzinfo=ZoneInfo(zone)) <= now:
        raise Malformed("link_expires")
    return at.replace(tzinfo=ZoneInfo(zone))
