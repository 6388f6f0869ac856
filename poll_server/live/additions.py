"""Additions to a question in a running event: somebody sends one in, and a moderator lets it be asked."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import structlog

from poll_server.domain.access import Sight
from poll_server.domain.additions import OWN_MAXIMUM, TEXT_MAXIMUM, WAITING_MAXIMUM, Addition
from poll_server.domain.decisions import Verdict
from poll_server.domain.errors import Forbidden, PollError, Refused, Unavailable
from poll_server.domain.rounds import Question
from poll_server.domain.text import fold
from poll_server.live.room import Room
from poll_server.live.together import Together
from poll_server.messages import Add
from poll_server.questions import kind_of
from poll_server.questions.written import lines
from poll_server.storage import additions
from poll_server.storage.database import Database, is_passing

log = structlog.get_logger()


_Sent = tuple[str, Add]


class Adding:
    """Takes in what participants add: what many of a room send in the same second goes into one transaction."""

    def __init__(self, database: Database, spawn: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._database = database
        self._spawn = spawn
        self._of: dict[Room, Together[_Sent, None]] = {}

    async def add(self, room: Room, participant: str, message: Add) -> None:
        """Store what somebody adds to the question on the stage; the same text again changes nothing.

        Raises Refused or Unavailable.
        """
        if room not in self._of:
            self._of[room] = Together(partial(self._add, room), self._spawn)
        await self._of[room].do((participant, message))

    async def _add(self, room: Room, sent: Sequence[_Sent]) -> Sequence[PollError | None]:
        """Store all that may be added, in one transaction; if that fails, their authors are told Unavailable."""
        async with room.stepping:
            batch = _Batch(room)
            told = [batch.take(participant, message) for participant, message in sent]
            if batch.drafts:
                try:
                    async with self._database.write() as connection:
                        stored = await additions.add(connection, batch.drafts)
                except Exception as error:
                    if not is_passing(error):
                        raise
                    log.warning("additions not saved", code=room.event.code, error=type(error).__name__)
                    return [Unavailable("not_saved") if one in batch.drafts else _refusal(one) for one in told]
                for addition in stored:
                    room.keep_addition(addition)
                    log.info("added", code=room.event.code, question=addition.question_id, wave=addition.wave)
        return [_refusal(one) for one in told]


def _refusal(told: Addition | PollError) -> PollError | None:
    return told if isinstance(told, PollError) else None


class _Batch:
    """What may be stored at once for the question on the stage; ``drafts`` have no id yet."""

    def __init__(self, room: Room) -> None:
        self.drafts: list[Addition] = []
        self._room = room
        self._stage = stage = room.event.on_stage
        there = list(room.askings.additions.get(stage.id, {}).values()) if stage else []
        self._waiting = sum(one.verdict is None for one in there)
        self._own: dict[str, dict[str, Addition]] = {}
        for one in there:
            self._own.setdefault(one.participant, {})[_folded(one.text)] = one
        asked = (*stage.definition.options, *stage.definition.added) if stage else ()
        self._asked = {_folded(option.label) for option in asked}

    def take(self, participant: str, message: Add) -> Addition | PollError:
        """Return what stands for this text of theirs, maybe a new draft, or why it is refused."""
        try:
            text = self._checked(participant, message)
        except PollError as error:
            return error
        own = self._own.setdefault(participant, {})
        if found := own.get(_folded(text)):
            return found
        if len(own) >= OWN_MAXIMUM:
            return Refused("added_enough", maximum=OWN_MAXIMUM)
        if self._waiting >= WAITING_MAXIMUM:
            return Refused("many_wait")
        draft = own[_folded(text)] = Addition(0, message.question, message.wave, participant, text)
        self._waiting += 1
        self.drafts.append(draft)
        return draft

    def _checked(self, participant: str, message: Add) -> str:
        """Return the text of an addition as it is stored, if it may be made now; raises Refused."""
        stage = self._stage
        if stage is None or (stage.id, stage.wave) != (message.question, message.wave):
            raise Refused("no_addition")
        extensible = kind_of(stage.definition).extensible(stage.definition)
        if not extensible or Sight.FORM not in self._room.sights(participant):
            raise Refused("no_addition")
        text = next(lines([message.text], TEXT_MAXIMUM), None)
        if text is None:
            raise Refused("unwritten")
        if _folded(text) in self._asked:
            raise Refused("added_already")
        return text


def _folded(text: str) -> str:
    return fold(text, TEXT_MAXIMUM).casefold()


def decided(room: Room, question: Question, key: str, verdict: Verdict | None) -> Addition | None:
    """Return the addition with this key as it is after a verdict, None if the entry is no addition.

    One that is accepted gets the next place, and keeps it. Raises Forbidden.
    """
    found = next((one for one in room.askings.additions.get(question.id, {}).values() if one.key == key), None)
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
