"""Questions from the floor on the screen and on the podium: what is on now at once, lists and numbers in ticks."""

import asyncio
import time
from dataclasses import replace

from poll_server import render
from poll_server.domain.access import Role
from poll_server.live import floor_views
from poll_server.live.encoding import encode
from poll_server.live.floor import Floor
from poll_server.live.floor_views import FloorView
from poll_server.live.frames import TICK
from poll_server.live.hub import Audience
from poll_server.live.room import Room
from poll_server.live.sending import broadcast

PASS_SECONDS = 0.25
"""What has changed is looked at no more often."""
FIGURES_SECONDS = 1.0
"""Numbers go out at most this often."""
LIST_SECONDS = 5.0
"""A list goes out at most this often: who reads it shall not chase it."""

_Shown = dict[Role, FloorView | None]


class Staging:
    """Keeps screens and podiums of a room up to date with its floor."""

    def __init__(self, room: Room, floor: Floor) -> None:
        self._room = room
        self._kept = floor.kept
        self._shown: _Shown = self._present()
        self._figures_due = self._list_due = 0.0

    async def run(self) -> None:
        """Show what has changed for as long as the room is there; runs until cancelled."""
        seen = (self._kept.version, self._kept.numbers)
        waits = False
        while True:
            if not waits and seen == (self._kept.version, self._kept.numbers):
                await self._kept.wake.wait()
            seen = (self._kept.version, self._kept.numbers)
            waits = await self._tell()
            await asyncio.sleep(PASS_SECONDS)

    def _present(self) -> _Shown:
        return {Role.SCREEN: self._room.floor_on_screen(), Role.PODIUM: self._room.floor_on_podium()}

    async def _tell(self) -> bool:
        """Send what is due; tells whether something else has changed that is not yet due."""
        now, present = time.monotonic(), self._present()
        moved = [role for role, view in present.items() if view != self._shown[role]]
        staged = [role for role in moved if _stage(present[role]) != _stage(self._shown[role])]
        lists = [role for role in moved if _list(present[role]) != _list(self._shown[role])]
        at_once = staged
        if now >= self._list_due and lists:
            self._list_due = now + LIST_SECONDS
            at_once = list({*staged, *lists})
        if at_once:
            self._room.frames.forget_staff()
            self._shown |= {role: present[role] for role in at_once}
            desks = (Role.MODERATOR,) if Role.SCREEN in staged else ()  # they see beside it what the screen shows
            await broadcast(self._room, *at_once, *desks)
        figures = [role for role in moved if role not in at_once and role not in lists]
        if figures and now >= self._figures_due:
            self._figures_due = now + FIGURES_SECONDS
            self._room.frames.forget_staff()
            self._shown |= {role: present[role] for role in figures}
            await self._send_figures(figures)
        return present != self._shown

    async def _send_figures(self, roles: list[Role]) -> None:
        for role in roles:
            if view := self._shown[role]:
                frame = render.questions_figures(floor_views.figures(view), self._room.event.language)
                await self._room.hub.send(Audience(role), encode(frame), TICK, lambda: True)


def _stage(view: FloorView | None) -> object:
    """Return what is shown at once when it changes: the current one without its number, and whether there is one."""
    if view is None:
        return None
    return view.session, _still(view)[:1], bool(view.listed.items)


def _list(view: FloorView | None) -> object:
    return view and _still(view)[1:]


def _still(view: FloorView) -> list[object]:
    """Return what is shown without numbers; only whether there is one at all."""
    there = (view.current, *view.listed.items)
    return [one and replace(one, backers=min(one.backers, 1)) for one in there]
