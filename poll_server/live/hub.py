"""The connections of one event, by audience: each frame is made once and the same bytes go to every member."""

import asyncio
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from itertools import count
from operator import attrgetter
from typing import NamedTuple

from poll_server.domain.access import Role
from poll_server.live.protocol import FanoutProtocol

CHUNK = 2000
"""Connections written to before others get a turn, so that acknowledgements do not wait for a long fan-out."""


_ORDER = (Role.SCREEN, Role.PODIUM, Role.AUDIENCE, Role.MODERATOR)
"""Who gets a frame first: the one screen and the podium, then the many; the desk's frame takes longest to make."""


class Audience(NamedTuple):
    """Those who see the same: by role, by having answered, at the desk by the question selected (0: the stage's).

    ``wanted`` is what a desk looks for in the entries of a result, empty for all. Who is ``entitled`` has more time to
    answer than the others. ``language`` is the one chosen for this connection, empty for the event's own.
    """

    role: Role
    answered: bool = False
    look: int = 0
    wanted: str = ""
    entitled: bool = False
    language: str = ""

    @property
    def sees_no_number(self) -> bool:
        """Whether votes change nothing of what they see: participants who have not answered."""
        return self.role is Role.AUDIENCE and not self.answered


@cache
def audience_in(language: str, answered: bool, entitled: bool) -> Audience:
    """Return one of the few audiences of participants; of thousands of connections each has the same one."""
    return Audience(Role.AUDIENCE, answered, entitled=entitled, language=language)


class Member:
    """One connection in its audience; ``participant`` is a pseudonym, empty for desks and screens.

    ``number`` counts those who joined before.
    """

    __slots__ = ("audience", "connection", "number", "participant")

    def __init__(self, connection: FanoutProtocol, participant: str, audience: Audience) -> None:
        self.connection = connection
        self.participant = participant
        self.audience = audience
        self.number = 0


class Hub:
    """Who is connected, and the writing of frames to them."""

    def __init__(self) -> None:
        self._audiences: defaultdict[Audience, dict[Member, None]] = defaultdict(dict)
        self._participants: defaultdict[str, list[Member]] = defaultdict(list)
        self._numbers = count()
        self.cut_short = 0
        """How often a frame did not go to everybody, because there was something newer to send."""

    def join(self, member: Member) -> None:
        """Add a connection to its audience."""
        member.number = next(self._numbers)
        self._audiences[member.audience][member] = None
        if member.participant:
            self._participants[member.participant].append(member)

    def leave(self, member: Member) -> None:
        """Forget a connection."""
        self._drop(member)
        if member.participant:
            members = self._participants[member.participant]
            members.remove(member)
            if not members:
                del self._participants[member.participant]

    def move(self, member: Member, audience: Audience) -> None:
        """Put a connection into another audience."""
        self._drop(member)
        member.audience = audience
        self._audiences[audience][member] = None

    def _drop(self, member: Member) -> None:
        members = self._audiences[member.audience]
        members.pop(member, None)
        if not members:
            del self._audiences[member.audience]

    def of(self, participant: str) -> list[Member]:
        """Return the connections of one participant."""
        return list(self._participants.get(participant, ()))

    def audiences(self, *roles: Role) -> list[Audience]:
        """Return the audiences of these roles that have members, in the order in which they are served."""
        found = [audience for audience in self._audiences if audience.role in roles]
        return sorted(found, key=lambda audience: _ORDER.index(audience.role))

    def sizes(self) -> Counter[Role]:
        """Return how many connections each role has."""
        found: Counter[Role] = Counter()
        for audience, members in self._audiences.items():
            found[audience.role] += len(members)
        return found

    def members(self, *roles: Role) -> Iterable[Member]:
        """Return all connections of these roles."""
        return [member for audience in self.audiences(*roles) for member in self._audiences[audience]]

    async def send(self, audience: Audience, frame: bytes, topic: str, current: Callable[[], bool]) -> None:
        """Write one encoded frame to all members of an audience, in chunks.

        Stops when ``current`` says that something newer is to be sent, and passes over members who have moved on: they
        have got their new audience's frame already.
        """
        # In the order in which they took memory, in the kernel too: in that of their votes it costs a third more.
        members = sorted(self._audiences.get(audience, ()), key=attrgetter("number"))
        for start in range(0, len(members), CHUNK):
            some = members[start : start + CHUNK]
            push_to_all((member.connection for member in some if member.audience == audience), frame, topic)
            await asyncio.sleep(0)
            if not current():
                self.cut_short += 1
                return


def push_to_all(connections: Iterable[FanoutProtocol], frame: bytes, topic: str | None = None) -> None:
    """Push one encoded frame to many connections, as `FanoutProtocol.push` does to one.

    Those with nothing waiting are written to past the transport, in a second loop that touches nothing else: the
    kernel's send leaves little of ours in the processor's caches, so whatever else stands between two sends is slow.
    """
    idle: list[tuple[int, FanoutProtocol]] = []
    for one in connections:
        if one.is_idle:
            idle.append((one.descriptor, one))
        else:
            one.push(frame, topic)
    for descriptor, one in idle:
        try:
            sent = os.write(descriptor, frame)
        except OSError:  # full, or gone: the transport finds out which
            sent = 0
        if sent < len(frame):
            one.transport.write(frame[sent:])
    FanoutProtocol.traffic.frames += len(idle)
    FanoutProtocol.traffic.bytes += len(idle) * len(frame)
