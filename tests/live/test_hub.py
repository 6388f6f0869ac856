"""Connections by audience: the same bytes for all members, in chunks, and nothing for those who have moved on."""

from typing import cast

from poll_server.domain.access import Role
from poll_server.live.hub import CHUNK, Audience, Hub, Member
from poll_server.live.protocol import FanoutProtocol

WAITING, ANSWERED = Audience(Role.AUDIENCE), Audience(Role.AUDIENCE, answered=True)


class Wire:
    """The end of a connection that keeps what is pushed."""

    is_idle = False

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def push(self, frame: bytes, topic: str | None = None) -> bool:
        """Keep a frame."""
        self.frames.append(frame)
        return True


def member(participant: str = "", audience: Audience = WAITING) -> Member:
    """A connection that is not in a hub yet."""
    return Member(cast("FanoutProtocol", Wire()), participant, audience)


def got(one: Member) -> list[bytes]:
    """What came over a connection."""
    return cast("Wire", one.connection).frames


async def test_hub_sends_to_one_audience() -> None:
    """A frame goes to every member of its audience once, and to nobody else."""
    hub, here, there = Hub(), [member("a"), member("a"), member("b")], member("c", ANSWERED)
    for one in (*here, there):
        hub.join(one)
    await hub.send(WAITING, b"frame", "stage", lambda: True)
    assert [got(one) for one in (*here, there)] == [[b"frame"], [b"frame"], [b"frame"], []]


async def test_hub_stops_when_something_newer_is_to_be_sent() -> None:
    """A fan-out that is out of date ends after the chunk it is at."""
    hub, many = Hub(), [member(str(at)) for at in range(CHUNK + 1)]
    for one in many:
        hub.join(one)
    await hub.send(WAITING, b"old", "stage", lambda: False)
    assert [len(got(one)) for one in many] == [1] * CHUNK + [0]


async def test_hub_passes_over_those_who_have_moved() -> None:
    """Who changes audience during a fan-out does not get the old audience's frame afterwards."""
    hub, many = Hub(), [member(str(at)) for at in range(CHUNK + 1)]
    for one in many:
        hub.join(one)

    def moves() -> bool:
        hub.move(many[-1], ANSWERED)
        return True

    await hub.send(WAITING, b"waiting", "stage", moves)
    assert (got(many[0]), got(many[-1])) == ([b"waiting"], [])


def test_hub_forgets_who_leaves() -> None:
    """A participant is there with each connection until the last one leaves; empty audiences are no audiences."""
    hub, first, second, desk = Hub(), member("a"), member("a"), member(audience=Audience(Role.MODERATOR, look=3))
    for one in (first, second, desk):
        hub.join(one)
    assert (hub.of("a"), hub.audiences(*Role)) == ([first, second], [WAITING, Audience(Role.MODERATOR, look=3)])
    hub.leave(first)
    assert (hub.of("a"), list(hub.members(Role.AUDIENCE))) == ([second], [second])
    hub.leave(second)
    hub.leave(desk)
    assert (hub.of("a"), hub.audiences(*Role)) == ([], [])
