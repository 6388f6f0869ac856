"""Additions to a question in a running event: somebody sends one in, and a moderator lets it be asked."""

from dataclasses import replace

import structlog

from poll_server.domain.access import Sight
from poll_server.domain.additions import OWN_MAXIMUM, TEXT_MAXIMUM, WAITING_MAXIMUM, Addition
from poll_server.domain.decisions import Verdict
from poll_server.domain.errors import Forbidden, Refused, Unavailable
from poll_server.domain.rounds import Question
from poll_server.domain.text import fold
from poll_server.live.room import Room
from poll_server.messages import Add
from poll_server.questions import kind_of
from poll_server.questions.written import lines
from poll_server.storage import additions
from poll_server.storage.database import Database, is_passing

log = structlog.get_logger()


async def add(database: Database, room: Room, participant: str, message: Add) -> None:
    """Store what somebody adds to the question on the stage; the same text again changes nothing.

    Raises Unknown, Refused or Unavailable.
    """
    async with room.stepping:
        question = room.event.question(message.question)
        text = _checked(room, question, participant, message)
        mine = room.additions_of(participant, question)
        if any(_same(one.text, text) for one in mine):
            return
        if len(mine) == OWN_MAXIMUM:
            raise Refused("added_enough", maximum=OWN_MAXIMUM)
        waiting = [one for one in room.additions.get(question.id, {}).values() if one.verdict is None]
        if len(waiting) >= WAITING_MAXIMUM:
            raise Refused("many_wait")
        try:
            async with database.write() as connection:
                added = await additions.add(connection, question.id, question.wave, participant, text)
        except Exception as error:
            if not is_passing(error):
                raise
            raise Unavailable("not_saved") from error
        room.keep_addition(added)
    log.info("added", code=room.event.code, question=question.id, wave=question.wave)


def _checked(room: Room, question: Question, participant: str, message: Add) -> str:
    """Return the text of an addition as it is stored, if it may be made now; raises Refused."""
    here = question == room.event.on_stage and question.wave == message.wave
    kind, definition = kind_of(question.definition), question.definition
    if not here or not kind.extensible(definition) or Sight.FORM not in room.sights(participant):
        raise Refused("no_addition")
    text = next(lines([message.text], TEXT_MAXIMUM), None)
    if text is None:
        raise Refused("unwritten")
    if any(_same(option.label, text) for option in (*definition.options, *definition.added)):
        raise Refused("added_already")
    return text


def _same(one: str, other: str) -> bool:
    return fold(one, TEXT_MAXIMUM).casefold() == fold(other, TEXT_MAXIMUM).casefold()


def decided(room: Room, question: Question, key: str, verdict: Verdict | None) -> Addition | None:
    """Return the addition with this key as it is after a verdict, None if the entry is no addition.

    One that is accepted gets the next place, and keeps it. Raises Forbidden.
    """
    found = next((one for one in room.additions.get(question.id, {}).values() if one.key == key), None)
    if found is None:
        return None
    if verdict not in (None, Verdict.SHOWN, Verdict.HIDDEN):
        raise Forbidden("step")
    number = found.number
    if verdict is Verdict.SHOWN and not number:
        definition = question.definition
        number = len(definition.options) + len(definition.added) + 1
        if number not in kind_of(definition).options:
            raise Forbidden("full")
    return replace(found, verdict=verdict, number=number)
