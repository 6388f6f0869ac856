"""The connections of a room: they come and go, each begins with the whole state, and each gets what is its own."""

import time

from poll_server import render
from poll_server.domain.access import Role
from poll_server.domain.timing import Extension
from poll_server.live import private
from poll_server.live.encoding import encode
from poll_server.live.frames import BEAT, STAGE
from poll_server.live.hub import Audience, Member
from poll_server.live.protocol import FanoutProtocol
from poll_server.live.room import Room
from poll_server.render import Receipt


def join(
    room: Room,
    connection: FanoutProtocol,
    role: Role,
    participant: str = "",
    look: int = 0,
    wanted: str = "",
    language: str = "",
) -> Member:
    """Take a connection in and send it the complete present state."""
    audience = Audience(role, look=look, wanted=wanted)
    if participant:
        audience = room.audience_of(participant, language)
    member = Member(connection, participant, audience)
    room.hub.join(member)
    if participant:
        room.presence.connect(participant)
        room.people_moved()
    greet(room, member)
    return member


def leave(room: Room, member: Member) -> None:
    """Forget a connection that is closed."""
    room.hub.leave(member)
    if member.participant:
        room.presence.disconnect(member.participant, time.monotonic())


def greet(room: Room, member: Member) -> None:
    """Send one connection the complete present state, and what is private to it."""
    member.connection.push(room.frames.of(member.audience).encoded, STAGE)
    if room.counts_down:
        member.connection.push(encode(render.heartbeat(room.now())), BEAT)
    if member.participant and (told := private.frames(room, member.participant, member.audience.language)):
        member.connection.push(encode(told))


def look(room: Room, member: Member, question_id: int, wanted: str = "") -> None:
    """Show a desk another question, of its entries those with ``wanted``; the stage's for one that is not there."""
    selected = question_id if room.event.has(question_id) else 0
    room.hub.move(member, Audience(Role.MODERATOR, look=selected, wanted=wanted))
    greet(room, member)


def acknowledge(room: Room, participant: str, receipt: Receipt) -> None:
    """Show all connections of a participant what they may see now, and tell them what became of a submission."""
    for member in room.hub.of(participant):
        told = encode(private.acknowledgement(room, participant, receipt, member.audience.language))
        audience = room.audience_of(participant, member.audience.language)
        if member.audience != audience:
            room.hub.move(member, audience)
            member.connection.push(room.frames.of(audience).encoded + told)
        else:
            member.connection.push(told)


def extend(room: Room, participant: str, extension: Extension | None) -> None:
    """Give a participant more time, or take what is over; all their connections see the form accordingly."""
    room.extend(participant, extension)
    for member in room.hub.of(participant):
        room.hub.move(member, room.audience_of(participant, member.audience.language))
        greet(room, member)


def choose(room: Room, participant: str, group: str) -> None:
    """Take the group that a participant comes from, and tell all their connections."""
    room.groups[participant] = group
    for member in room.hub.of(participant):
        member.connection.push(encode(private.chosen(room, group, member.audience.language, fresh=True)))


def tell_additions(room: Room, participant: str, *, fresh: bool = False) -> None:
    """Tell all connections of a participant what has become of their additions."""
    for member in room.hub.of(participant):
        if told := private.additions(room, participant, member.audience.language, fresh=fresh):
            member.connection.push(encode(told))
