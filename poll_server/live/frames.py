"""The frames and pages that audiences see, each made once and kept until something in it has changed."""

import time
from collections.abc import Callable
from typing import NamedTuple

from poll_server import render
from poll_server.domain.access import Role
from poll_server.live.compression import Ready
from poll_server.live.encoding import encode
from poll_server.live.hub import Audience
from poll_server.render import Site, View

STAGE, ROWS, ENTRIES, TICK, BEAT, WAITING, SAVED = "stage", "rows", "entries", "tick", "beat", "waiting", "saved"
"""Topics of frames: to a slow client goes only the newest of each."""


class Made(NamedTuple):
    """A frame: its HTML, for those who ask over HTTP, and encoded for sockets."""

    html: bytes
    encoded: bytes


class Frames:
    """The frames of one room; ``see`` says what an audience sees, ``context`` what a desk's or screen's has besides."""

    def __init__(
        self, see: Callable[[Audience], View], context: Callable[[Role, int], dict[str, object]], site: Site
    ) -> None:
        self.version = time.time_ns()
        """Changes with everything but numbers; also unlike that of an earlier process, for ETags."""
        self.numbers = self.decisions = 0
        """How often numbers, and what moderators decide about entries, have changed."""
        self.listed: dict[Audience, bytes] = {}
        """The list of entries that the desks of each audience have got since their last whole frame."""
        self._see = see
        self._context = context
        self._site = site
        self._frames: dict[Audience, Made] = {}
        self._pages: dict[Audience, Ready] = {}

    def of(self, audience: Audience) -> Made:
        """Return the frame with the whole present state for an audience."""
        made = self._frames.get(audience)
        if made is None:
            self.listed.pop(audience, None)
            html = render.frame(audience.role.value, self._see(audience), **self._context(audience.role, audience.look))
            made = self._frames[audience] = Made(html, encode(html))
        return made

    def page(self, audience: Audience) -> Ready:
        """Return the page of the audience, the same bytes for everybody in it."""
        page = self._pages.get(audience)
        if page is None:
            seen = self._see(audience)
            made = render.page("audience.html", seen.language, self._site, view=seen, tab="now")
            page = self._pages[audience] = Ready(made)
        return page

    def forget(self) -> None:
        """Drop everything: something else than numbers has changed."""
        self.version += 1
        self._clear()

    def forget_decided(self) -> None:
        """Drop everything, but not as a new state: results go out with the next tick, no whole frame does."""
        self.decisions += 1
        self._clear()

    def _clear(self) -> None:
        self._frames.clear()
        self._pages.clear()

    def forget_numbers(self) -> None:
        """Drop what shows numbers; those who have not answered see none, and in a burst many of them arrive."""
        self._frames = {audience: made for audience, made in self._frames.items() if audience.sees_no_number}
        self._pages = {audience: page for audience, page in self._pages.items() if audience.sees_no_number}
        self.numbers += 1

    def forget_staff(self) -> None:
        """Drop the frames of desks and screens, which show what no participant sees: who is there, what is wrong."""
        self._frames = {audience: made for audience, made in self._frames.items() if audience.role is Role.AUDIENCE}
