"""Decisions in a room: who sees what after them, and what is sent to whom."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from poll_server.domain.access import Role
from poll_server.domain.decisions import Decision, Verdict
from poll_server.domain.programme import Definition, Reveal
from poll_server.domain.rounds import State
from poll_server.live import connections, private, sending
from poll_server.live.hub import Audience
from poll_server.live.room import Room
from tests.live.room import ANSWERED, SITE, STANDING, WAITING, Clock, enter, event

BEAMER, DESK = Audience(Role.SCREEN), Audience(Role.MODERATOR)
HIDDEN, SHOWN = Decision(Verdict.HIDDEN), Decision(Verdict.SHOWN)
TALLIES = {
    "word_cloud": Counter({"#": 9, "w:bus|Bus": 5, "w:quatsch|Quatsch": 3, "w:bahn|Bahn": 2}),
    "open_text": Counter({"#": 9, "t:Bus": 5, "t:Quatsch": 3, "t:Bahn": 2}),
}
KEYS = {"word_cloud": ("bus", "quatsch", "bahn"), "open_text": ("Bus", "Quatsch", "Bahn")}


def room_of(kind: str, state: State, *, approval: bool = False) -> Room:
    """A room whose question on the stage, shown live, has been answered in words, by ``anna`` too."""
    prepared = event(state)
    definition = Definition(kind, "Was fehlt?", reveal=Reveal.LIVE, rules={"approval": True} if approval else {})
    question = replace(next(iter(prepared.questions)), definition=definition)
    rounds = (replace(prepared.rounds[0], questions=(question,)),)
    room = Room(replace(prepared, rounds=rounds), b"key", Clock(), SITE)
    room.askings.tallies = {(5, 1): Counter(TALLIES[kind])}
    room.standing = {"anna": replace(STANDING, answer=("Rad",))}
    return room


def decide(room: Room, **verdicts: Decision) -> None:
    """Let these decisions stand for the room's question."""
    room.decide({(5, 1): dict(verdicts)})


def everything(room: Room, audience: Audience) -> str:
    """All that an audience may get: frame and page."""
    page = room.frames.page(audience).plain if audience.role is Role.AUDIENCE else b""
    return (room.frames.of(audience).html + page).decode()


def found(room: Room, audience: Audience) -> tuple[bool, bool]:
    """Whether Bus and Quatsch are in the bytes of an audience."""
    return "Bus" in everything(room, audience), "Quatsch" in everything(room, audience)


@pytest.mark.parametrize("kind", list(TALLIES))
@pytest.mark.parametrize("state", [State.OPEN, State.CLOSING, State.CLOSED, State.SHOWN])
def test_hidden_entry_is_at_the_desk_only(kind: str, state: State) -> None:
    """What is hidden is in no byte for audience and screen, from the moment on; undone it comes back."""
    room = room_of(kind, state)
    bus, quatsch, _ = KEYS[kind]
    seeing = [audience for audience in (WAITING, ANSWERED, BEAMER) if found(room, audience) == (True, True)]
    assert (BEAMER in seeing, ANSWERED in seeing) == (True, True)
    room.decide({(5, 1): {quatsch: HIDDEN}})
    assert [found(room, audience) for audience in seeing] == [(True, False)] * len(seeing)
    assert found(room, DESK) == (True, True)
    room.decide({(5, 1): {bus: HIDDEN}})
    assert [found(room, audience) for audience in seeing] == [(False, True)] * len(seeing)


@pytest.mark.parametrize("kind", list(TALLIES))
def test_waiting_entries_are_at_the_desk_only(kind: str) -> None:
    """Where entries wait for approval, none is seen before it is shown, and then only that one."""
    room = room_of(kind, State.SHOWN, approval=True)
    audiences = (WAITING, ANSWERED, BEAMER)
    assert [found(room, audience) for audience in audiences] == [(False, False)] * 3
    assert found(room, DESK) == (True, True)
    room.decide({(5, 1): {KEYS[kind][0]: SHOWN}})
    assert [found(room, audience) for audience in audiences] == [(True, False)] * 3


def test_decision_of_another_wave_counts_nothing() -> None:
    """A question asked again begins without decisions."""
    room = room_of("word_cloud", State.SHOWN)
    room.decide({(5, 2): {"quatsch": HIDDEN}, (6, 1): {"quatsch": HIDDEN}})
    assert found(room, BEAMER) == (True, True)


def test_decision_changes_the_tag_of_everybody() -> None:
    """Browsers without a socket get the new result, those who have not answered too, also when nothing else moves."""
    room = room_of("word_cloud", State.SHOWN)
    before = [private.etag(room, person) for person in ("anna", "somebody")]
    decide(room, quatsch=HIDDEN)
    after = [private.etag(room, person) for person in ("anna", "somebody")]
    assert [was == now for was, now in zip(before, after, strict=True)] == [False, False]


async def test_decision_goes_out_as_rows_and_not_as_a_whole_state() -> None:
    """Audience and screen get the result alone: nothing that could touch a form."""
    room = room_of("word_cloud", State.OPEN)
    wire, _ = enter(room, participant="anna")
    wire.frames.clear()
    decide(room, quatsch=HIDDEN)
    running = asyncio.create_task(sending.send_numbers(room))
    await wire.ticks(1)
    running.cancel()
    html = [frame for frame in wire.frames if not frame.startswith("{")]
    assert [frame.partition(' hx-swap="')[0] for frame in html] == ['<template hx type="partial" hx-target="#rows-5-1"']
    assert "Quatsch" not in html[0]


def lists(frames: list[str]) -> list[str]:
    """The lists of entries among these frames."""
    return [frame for frame in frames if 'hx-target="#entries"' in frame.partition(">")[0]]


async def test_list_goes_to_desks_when_it_is_new() -> None:
    """The same list is not sent twice; a desk that looks for something gets what contains it; nobody else gets any."""
    room = room_of("word_cloud", State.OPEN)
    desk, _ = enter(room, Role.MODERATOR)
    seeking, member = enter(room, Role.MODERATOR)
    screen, _ = enter(room, Role.SCREEN)
    anna, _ = enter(room, participant="anna")
    connections.look(room, member, 0, "bah")
    for _ in range(2):
        await sending.list_entries(room)
    assert [len(lists(wire.frames)) for wire in (desk, seeking, screen, anna)] == [1, 1, 0, 0]
    decide(room, bahn=HIDDEN)
    await sending.list_entries(room)
    assert [len(lists(wire.frames)) for wire in (desk, seeking, screen, anna)] == [2, 2, 0, 0]
    assert ["Quatsch" in lists(wire.frames)[-1] for wire in (desk, seeking)] == [True, False]


async def test_list_is_sent_again_after_another_state() -> None:
    """When a whole state has shown another list in between, the earlier one is news again."""
    room = room_of("word_cloud", State.OPEN)
    desk, member = enter(room, Role.MODERATOR)
    await sending.list_entries(room)
    decide(room, bahn=HIDDEN)
    connections.greet(room, member)
    decide(room)
    await sending.list_entries(room)
    assert len(lists(desk.frames)) == 2


def test_questions_with_nothing_to_decide_have_no_list() -> None:
    """A choice has no section for entries at the desk, and no question has one before it is opened."""
    choice = Room(event(State.OPEN), b"key", Clock(), SITE)
    assert 'id="entries"' in room_of("word_cloud", State.OPEN).frames.of(DESK).html.decode()
    assert 'id="entries"' not in choice.frames.of(DESK).html.decode()
    assert 'id="entries"' not in room_of("word_cloud", State.READY).frames.of(DESK).html.decode()
