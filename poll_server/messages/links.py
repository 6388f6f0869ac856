"""What organisers say about the links of an event's team."""

from dataclasses import dataclass
from datetime import datetime

from poll_server.domain.access import Role
from poll_server.domain.errors import Malformed
from poll_server.domain.links import PAGES, expiry, link_name
from poll_server.messages import ID_MAXIMUM
from poll_server.messages.fields import Fields, number_of, text_of

UNTIL = ("event", "revoked", "time")
"""How long a link is valid: to the end of the event's last day, until it is taken back, to a time of one's own."""


@dataclass(frozen=True, slots=True)
class MakeLink:
    """An organiser makes a link; ``at`` is a time in the event's zone as it was typed, for ``until`` ``time``."""

    role: Role
    name: str
    until: str
    at: str

    def checked_name(self) -> str:
        """Return the name as it is kept; raises Malformed."""
        return link_name(self.name)

    def expires(self, zone: str, end: str, now: datetime) -> datetime | None:
        """Return when it ends, None for never; ``end`` is the event's last day in ISO format. Raises Malformed."""
        if self.until == "revoked":
            return None
        return expiry(end if self.until == "event" else self.at, zone, now)


@dataclass(frozen=True, slots=True)
class RevokeLink:
    """An organiser takes a link back."""

    link: int


def parse_links(fields: Fields) -> MakeLink | RevokeLink:
    """Read what an organiser wants with the links; raises Malformed. Names and times are checked later."""
    if "revoke" in fields:
        return RevokeLink(number_of(fields, "revoke", ID_MAXIMUM))
    role, until = PAGES.get(text_of(fields, "page")), text_of(fields, "until")
    if role is None or until not in UNTIL:
        raise Malformed("malformed")
    return MakeLink(role, text_of(fields, "name"), until, text_of(fields, "at") if "at" in fields else "")
