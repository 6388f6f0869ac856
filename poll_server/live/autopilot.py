"""Going through all rounds by itself, for a demo: as a moderator would, while nobody is at the desk."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from poll_server.domain.errors import PollError
from poll_server.domain.rounds import MAIN_ACTION, Action, State
from poll_server.live import floor_autopilot
from poll_server.live.room import Room
from poll_server.live.rooms import Rooms
from poll_server.messages import Command

SECONDS = {State.READY: 6.0, State.OPEN: 20.0, State.CLOSING: 2.0, State.CLOSED: 3.0, State.SHOWN: 12.0}
"""How long a question stays in each state."""
ON_PODIUM_SECONDS = 15.0
"""How long a question from the floor is on, after each result."""


async def drive(
    rooms: Rooms, code: str, seconds: Mapping[State, float] = SECONDS, on_podium: float = ON_PODIUM_SECONDS
) -> None:
    """Take one step after the other, from the start again after the last; runs until cancelled."""
    while True:
        with suppress(PollError):
            room = await rooms.get(code)
            before = _standing(room)
            await asyncio.sleep(seconds[before.state])
            # What has moved meanwhile, such as a closing that is over, has all of its time from now on.
            if not room.is_moderated() and _standing(room) == before:
                await _ask_podium(room, before.state, on_podium)
            if not room.is_moderated() and _standing(room) == before:
                await _step(rooms, room)


class _Standing(NamedTuple):
    """Which asking is the next to be moved, and its state; the last one is shown when there is none."""

    question: int
    wave: int
    state: State


def _standing(room: Room) -> _Standing:
    cue = room.event.cue
    return _Standing(cue.id, cue.wave, cue.state) if cue else _Standing(0, 0, State.SHOWN)


async def _ask_podium(room: Room, state: State, seconds: float) -> None:
    """Decide about questions from the floor; after a result one of them is on, for so many seconds."""
    if room.floor is None:
        return
    with suppress(PollError):
        await floor_autopilot.read_questions(room.floor)
        if state is State.SHOWN:
            await floor_autopilot.take_question(room.floor, seconds)


async def _step(rooms: Rooms, room: Room) -> None:
    cue = room.event.cue
    if cue is None:
        for question in room.event.questions:
            if question.state in (State.CLOSED, State.SHOWN):
                await rooms.command(room, Command(Action.DISCARD, question.id, room.event.revision))
    elif cue.state in MAIN_ACTION:
        await rooms.command(room, Command(MAIN_ACTION[cue.state], cue.id, room.event.revision))
