"""Sending to the many connections of a room: the whole state after a step, numbers in ticks, a sign of life."""

import asyncio
import time
from collections.abc import Callable

from poll_server import render
from poll_server.domain.access import Role, Sight
from poll_server.domain.programme import item_now
from poll_server.live import private
from poll_server.live.encoding import encode
from poll_server.live.frames import BEAT, ENTRIES, ROWS, SAVED, STAGE, TICK, WAITING
from poll_server.live.hub import Audience
from poll_server.live.room import Room
from poll_server.live.storing import Storing

DESK_SECONDS = 0.25
"""Desks get numbers at most this often."""
AUDIENCE_SECONDS = 1.0
"""Phones and screens get numbers at most this often; a number that moves faster cannot be read."""
SENDING_SHARE = 4
"""Of the time between two ticks at most one part in so many is spent sending."""
HEARTBEAT_SECONDS = 20.0


async def broadcast(room: Room, *roles: Role) -> None:
    """Send the complete present state to everybody of these roles, then what is private to those who answered."""
    async with room.sending:
        version = room.frames.version

        def current() -> bool:
            return room.frames.version == version

        for audience in room.hub.audiences(*roles):
            await room.hub.send(audience, room.frames.of(audience).encoded, STAGE, current)
        if Role.AUDIENCE in roles:
            await _send_receipts(room, current)
        if room.counts_down:
            await _beat(room)


async def _send_receipts(room: Room, current: Callable[[], bool]) -> None:
    """Give everybody what is their own: the mark in a result shown now, the form in a question opened again."""
    if not room.sights("") & {Sight.FORM, Sight.RESULT}:
        return
    for at, participant in enumerate(list(room.standing)):
        members = room.hub.of(participant)
        receipt = private.receipt(room, participant) if members else None
        if receipt:
            for member in members:
                told = private.acknowledgement(room, participant, receipt, member.audience.language)
                member.connection.push(encode(told))
        if at % 200 == 0:
            await asyncio.sleep(0)
            if not current():
                return


async def tell_storing(room: Room, storing: Storing) -> None:
    """Tell the desks whether votes are being stored."""
    changed = storing.light is not room.storing.light
    room.take_storing(storing)
    async with room.sending:
        frame = encode(render.frame("saved", room.view(Role.MODERATOR), storing=room.storing))
        for audience in room.hub.audiences(Role.MODERATOR):
            await room.hub.send(audience, frame, SAVED, lambda: True)
    if room.floor and changed:  # its desks ask for what they look at themselves
        moved = encode(render.questions_moved(room.floor.kept.version))
        for audience in room.floor.hub.audiences(Role.MODERATOR):
            await room.floor.hub.send(audience, moved, SAVED, lambda: True)


async def send_numbers(room: Room) -> None:
    """Send numbers when they have moved, not faster than they can be read; runs until cancelled."""
    audience_due = 0.0
    audience_waits = False
    while True:
        if not audience_waits:
            await room.moved.wait()
        moved = room.moved.is_set()
        room.moved.clear()
        begun = time.monotonic()
        if moved:
            await _tick(room, Role.MODERATOR)
        audience_waits = begun < audience_due
        if not audience_waits:
            room.frames.forget_numbers()
            if room.grown:
                room.grown = False
                await broadcast(room, Role.SCREEN, Role.AUDIENCE)
            else:
                await _tick(room, Role.SCREEN, Role.AUDIENCE)
            await list_entries(room)
            spent = time.monotonic() - begun
            pause = max(AUDIENCE_SECONDS, SENDING_SHARE * spent)
            audience_due = begun + pause
            room.ticks += 1
            room.ticks_skipped += int(pause / AUDIENCE_SECONDS) - 1
        await asyncio.sleep(DESK_SECONDS)


async def _tick(room: Room, *roles: Role) -> None:
    async with room.sending:
        version = room.frames.version
        for audience in room.hub.audiences(*roles):
            for topic, frame in moving(room, audience).items():
                await room.hub.send(audience, encode(frame), topic, lambda: room.frames.version == version)


def moving(room: Room, audience: Audience) -> dict[str, bytes]:
    """Return the frames of a tick by topic: rows of a result that come and go, then the numbers."""
    seen = room.seen(audience)
    preview = room.view(Role.SCREEN) if audience.role is Role.MODERATOR else None
    frames = {ROWS: render.rows(seen, preview), TICK: render.tick(seen, preview)}
    return {topic: frame for topic, frame in frames.items() if frame}


async def list_entries(room: Room) -> None:
    """Send the desks what they decide about, where it is not what they got last."""
    async with room.sending:
        version, listed = room.frames.version, room.frames.listed
        desks = room.hub.audiences(Role.MODERATOR)
        for gone in listed.keys() - set(desks):
            del listed[gone]
        for audience in desks:
            html = render.entry_list(room.seen(audience), audience.look)
            if html and html != listed.get(audience):
                await room.hub.send(audience, encode(html), ENTRIES, lambda: room.frames.version == version)
                listed[audience] = html


async def tell_waiting(room: Room) -> None:
    """Tell the desks how many questions from the floor wait, what is on now, and what comes next."""
    room.frames.forget_staff()
    if room.floor is None:
        return
    frame = encode(render.desk_floor(room.event.language, view=room.view(Role.MODERATOR), **room.queue()))
    for audience in room.hub.audiences(Role.MODERATOR):
        await room.hub.send(audience, frame, WAITING, lambda: True)


async def heartbeat(room: Room) -> None:
    """Tell every connection that we are here, and follow the clock through the programme; runs until cancelled."""
    item = item_now(room.event.items, room.now())
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        await _beat(room)
        room.people_moved()
        if (present := item_now(room.event.items, room.now())) != item:
            item = present
            room.renew()
            await broadcast(room, Role.SCREEN, Role.MODERATOR, Role.AUDIENCE)


async def _beat(room: Room) -> None:
    beat = encode(render.heartbeat(room.now()))
    for hub in (room.hub, *([room.floor.hub] if room.floor else [])):
        for audience in hub.audiences(*Role):
            await hub.send(audience, beat, BEAT, lambda: True)
