"""Moderating questions from the floor by itself, for a demo: as a moderator would, while nobody is at the desk."""

import asyncio

from poll_server.domain.access import Role
from poll_server.domain.contributions import Contribution, Fate, SessionAction, SessionState
from poll_server.domain.moderation import Deed, Deeds
from poll_server.live import floor_views
from poll_server.live.floor import Floor
from poll_server.messages.floor import SessionStep
from poll_server.simulate.questions import UNFIT
from poll_server.storage.contributions import Hand

AT_ONCE = 6
"""So many questions a moderator reads at a time."""
IN_WRITING = 5
"""Every so many questions wait for an answer in writing; the others are answered on the podium."""

_HAND = Hand(Role.MODERATOR, "Autopilot")
_UNFIT = [one.text for one in UNFIT]


async def read_questions(floor: Floor) -> None:
    """Open a session that is ready, and decide about the first that wait; raises any PollError."""
    for session in list(floor.memory.sessions.values()):
        if session.state is SessionState.READY:
            await floor.step(SessionStep(session.item_id, SessionAction.OPEN, session.revision), _HAND)
        there = floor.memory.there(session.item_id).values()
        waiting = [one for one in there if one.fate is Fate.WAITING and not one.joined]
        for one in waiting[:AT_ONCE] if session.state is SessionState.OPEN else ():
            await _decide(floor, one)


async def _decide(floor: Floor, one: Contribution) -> None:
    """Decline what a moderator declines, with its reason; join what asks the same as another one; accept the rest."""
    if one.text in _UNFIT:
        reason = next(iter(floor.memory.rules.reasons[_UNFIT.index(one.text) :]), "")
        await _do(floor, Deed.DECLINE, one, reason=reason)
        return
    alike = [other for other, _ in await floor.similar(one.id) if other.fate is Fate.ACCEPTED]
    if alike:
        await _do(floor, Deed.JOIN, one, into=alike[0].id)
    else:
        await _do(floor, Deed.ACCEPT, one)


async def take_question(floor: Floor, seconds: float) -> None:
    """Put the most backed question on for so many seconds, then it is answered; raises any PollError."""
    item_id = floor_views.on_stage(floor.memory)
    following = floor_views.podium(floor.memory, item_id).listed.items if item_id else ()
    if not following or floor.memory.session(item_id).state is not SessionState.OPEN:
        return
    id_ = following[0].id
    await _do(floor, Deed.SHOW, floor.memory.contribution(id_))
    await asyncio.sleep(seconds)
    answered = Deed.PROMISE if id_ % IN_WRITING == 0 else Deed.ANSWER
    await _do(floor, answered, floor.memory.contribution(id_))


async def _do(floor: Floor, deed: Deed, one: Contribution, reason: str = "", into: int = 0) -> None:
    order = Deeds(one.item_id, deed, ((one.id, one.revision),), reason=reason, into=into)
    await floor.carry_out(order, _HAND)
