"""Sending to many: who gets what, and when."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC
from typing import cast

from poll_server.domain.access import Role
from poll_server.domain.additions import Addition
from poll_server.domain.ballots import Mark
from poll_server.domain.decisions import Verdict
from poll_server.domain.programme import Definition, Option
from poll_server.domain.rounds import Event, State
from poll_server.live import private, sending
from poll_server.live.hub import Audience
from poll_server.live.protocol import FanoutProtocol
from poll_server.live.storing import EVERYTHING_STORED, Light, Storing
from tests.live.room import (
    OPTIONS,
    Clock,
    Wire,
    enter,
    event,
    room_of,
)


async def test_numbers_go_out_when_they_move_and_not_again() -> None:
    """A desk gets a tick for each movement, and none when nothing has moved; who may see no number gets none."""
    room = room_of(State.OPEN)
    desk, _ = enter(room, Role.MODERATOR)
    screen, _ = enter(room, Role.SCREEN)
    mute, _ = enter(room, participant="bert")
    running = asyncio.create_task(sending.send_numbers(room))
    try:
        assert (await desk.ticks(1))[0]["text"]["answered"] == "9.127"
        assert (await screen.ticks(1))[0]["text"]["answered"] == "9.127"
        room.count({Mark(5, 1, "", "#"): 1}, {})
        assert (await desk.ticks(2))[1]["text"]["answered"] == "9.128"
        assert [tick["text"]["answered"] for tick in await screen.ticks(2)] == ["9.127", "9.128"]
        assert len(await desk.ticks(2)) == 2
        assert len(mute.frames) == 1
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


class Lazy(Wire):
    """A connection that takes 0.6 s for each frame."""

    def push(self, frame: bytes, topic: str | None = None) -> bool:
        """Keep it, slowly; nothing else runs meanwhile."""
        time.sleep(0.6)
        return super().push(frame, topic)


async def test_ticks_left_out_after_a_long_one_are_counted() -> None:
    """Sending takes a quarter of the time at most: after one of 0.6 s the next waits 2.4 s, and one is left out."""
    room = room_of(State.OPEN)
    member = enter(room, Role.SCREEN)[1]
    member.connection = cast("FanoutProtocol", Lazy())
    room.count({Mark(5, 1, "", "#"): 1}, {})
    running = asyncio.create_task(sending.send_numbers(room))
    try:
        async with asyncio.timeout(20):
            while not room.ticks:  # noqa: ASYNC110 - told to nobody
                await asyncio.sleep(0.01)
        assert (room.ticks, room.ticks_skipped > 0) == (1, True)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_broadcast_marks_the_own_answer_in_a_shown_result() -> None:
    """When a result is shown everybody gets it, and who has answered also the own mark, privately."""
    room = room_of(State.CLOSED)
    anna, _ = enter(room, participant="anna")
    bert, _ = enter(room, participant="bert")
    room.begin_event(event(State.SHOWN))
    await sending.broadcast(room, *Role)
    assert [len(anna.frames), len(bert.frames)] == [4, 2]
    assert ("7.331" in anna.frames[2], "Ihre Antwort" in anna.frames[2]) == (True, False)
    assert ('data-answer="o2"' in anna.frames[3], "7.331" in bert.frames[1]) == (True, True)
    assert '<div data-of="5-1"><i data-mine="o2" data-says="Ihre Antwort"></i></div>' in anna.frames[3]


async def test_light_is_told_to_desks_alone() -> None:
    """That votes are stored slowly or not at all goes to the desks in a small frame, and stands in their whole one."""
    clock = Clock()
    room = room_of(State.OPEN, clock=clock)
    desk, _ = enter(room, Role.MODERATOR)
    mute, _ = enter(room, participant="bert")
    for storing, said in (
        (Storing(Light.SLOW, 1), "(eine Stimme wartet)"),
        (Storing(Light.SLOW, 1200), "(1.200 Stimmen warten)"),
        (Storing(Light.FAILING, since=clock().astimezone(UTC)), "Seit 12:00 Uhr wird nicht gespeichert."),
        (EVERYTHING_STORED, "Alles gespeichert</span>"),
    ):
        await sending.tell_storing(room, storing)
        assert desk.frames[-1].count(said) == desk.frames[-1].count("<template") == 1
        assert room.frames.of(Audience(Role.MODERATOR)).html.decode().count(said) == 1
    assert (len(desk.frames), len(mute.frames)) == (5, 1)


async def test_accepted_additions_go_out_once_in_a_tick() -> None:
    """Three accepted in a row are one frame for each phone and screen; a desk gets none, its list is its own matter."""
    room = room_of(State.OPEN)
    definition = Definition("statements", "Was fehlt?", OPTIONS, {"additions": True})
    (asked,) = room.event.questions

    def with_added(many: int) -> Event:
        added = tuple(Option(f"o{n}", f"Neue {n}") for n in range(4, 4 + many))
        question = replace(asked, definition=replace(definition, added=added))
        return replace(room.event, rounds=(replace(room.event.rounds[0], questions=(question,)),))

    room.begin_event(with_added(0), {})
    wires = [enter(room, role)[0] for role in (Role.SCREEN, Role.MODERATOR)]
    phone, _ = enter(room, participant="bert")
    tags = {private.etag(room, "bert")}
    for number in (1, 2, 3):
        room.grow(with_added(number), Addition(number, 5, 1, "anna", f"Neue {number + 3}", number + 3, Verdict.SHOWN))
        tags.add(private.etag(room, "bert"))
    for wire in (phone, *wires):
        wire.frames.clear()
    running = asyncio.create_task(sending.send_numbers(room))
    try:
        async with asyncio.timeout(5):
            while not phone.frames:
                phone.came.clear()
                await phone.came.wait()
        await wires[1].ticks(1)
        await sending.list_entries(room)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    stages = [sum('hx-target="#said-stage"' in one for one in wire.frames) for wire in (phone, *wires)]
    assert (stages, 'data-parts="6"' in phone.frames[-1], len(tags)) == ([1, 1, 0], True, 4)
