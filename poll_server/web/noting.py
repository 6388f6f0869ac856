"""What a page's form or message is called in the journal."""

from poll_server.live.room import Room
from poll_server.messages import (
    Arrange,
    Ask,
    Command,
    Decide,
    DeskMessage,
    Look,
    Rehearse,
    Shift,
    ShowJoin,
    Sweep,
    Time,
)
from poll_server.storage.contributions import Hand
from poll_server.storage.journal import Line


def line_of(message: DeskMessage, hand: Hand, room: Room) -> Line | None:
    """Return the line for a moderator's message, without words of the audience; None for one that changes nothing."""
    match message:
        case Ask():
            return Line(hand, "ask", None, message.text)
        case ShowJoin():
            return Line(hand, "join_show" if message.shown else "join_hide")
        case Rehearse():
            return Line(hand, "rehearsal_begin" if message.begin else "rehearsal_wipe")
        case Shift():
            return shift_line(message, hand, room)
        case Look():
            return None
        case _:
            return about(room, message.question, hand, _act(message))


def _act(message: Command | Sweep | Arrange | Time | Decide) -> str:
    match message:
        case Command():
            return message.action
        case Sweep():
            return f"{message.action}_round"
        case Arrange():
            return message.move
        case Time():
            return "time"
        case Decide():
            return f"entry_{message.verdict or 'undo'}"


def about(room: Room, question_id: int, hand: Hand, act: str) -> Line:
    """Return a line about a question, with its words as they are now; there may be none of that number."""
    words = room.event.question(question_id).definition.text if room.event.has(question_id) else ""
    return Line(hand, act, question_id, words)


def shift_line(message: Shift, hand: Hand, room: Room) -> Line:
    """Return the line for a programme that moves, with the slot's title; there may be none of that number."""
    words = next((item.title for item in room.event.items if item.id == message.item), "")
    return Line(hand, {5: "slots_later", -5: "slots_earlier", 0: "slot_now"}[message.minutes], None, words)
